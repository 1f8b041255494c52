r"""
Taylor series
=============

A computer can add and multiply. From that you get polynomials, and nothing else. How, then, does it know
:math:`e^x`? And how does an optimiser know where to step, if all it has is one point of a landscape? The
answer is the same: replace the function by a polynomial that agrees with it *here*, and know how far it can
be trusted.

**After this lesson you can**

- write down the Taylor polynomial of a function, and say why there is a factorial in it;
- bound its error before you know the function's value;
- compute twenty derivatives in one pass, by arithmetic with power series;
- say how far a series reaches, and why it may stop where nothing seems to be;
- see gradient descent and Newton's method as two ways to minimise a Taylor polynomial.

**You need** the rules of differentiation (:doc:`/lessons/01_differentiation/02_rules_of_differentiation`), and for
two sections gradients and matrices. That :math:`i^2 = -1` is all you need of complex numbers.

**It takes** about an hour.
"""

# %%
# Match what you know
# -------------------
#
# You stand at a point of a curve, say of :math:`e^x` at 0. You know its height there, its slope, how the slope
# changes, and so on: the value and the derivatives. Build the polynomial that has them all. Start with one of
# degree 3, with unknown coefficients, and differentiate it again and again:
#
# .. math::
#
#    \begin{aligned}
#    p(x) &= c_0 + c_1 x + c_2 x^2 + c_3 x^3 & p(0) &= c_0 \\
#    p'(x) &= c_1 + 2 c_2 x + 3 c_3 x^2 & p'(0) &= c_1 \\
#    p''(x) &= 2 c_2 + 3 \cdot 2\, c_3 x & p''(0) &= 2\, c_2 \\
#    p'''(x) &= 3 \cdot 2 \cdot 1\, c_3 & p'''(0) &= 3!\, c_3
#    \end{aligned}
#
# At 0 only one term is left each time. The power :math:`x^k`, differentiated :math:`k` times, leaves the factor
# :math:`k! = k (k - 1) \cdots 1`. So if the :math:`k`-th derivative is to be :math:`f^{(k)}(0)`, the coefficient must
# be :math:`f^{(k)}(0) / k!`. (For :math:`k = 0` that is the value itself: :math:`0! = 1`.) Around another point
# :math:`x_0`, replace :math:`x` by the distance :math:`x - x_0`:
#
# .. math:: p_n(x) = \sum_{k=0}^{n} \frac{f^{(k)}(x_0)}{k!} \, (x - x_0)^k
#
# This is the :term:`Taylor polynomial` of degree :math:`n`; let :math:`n` run on without end, and it is the
# :term:`Taylor series`. For :math:`e^x` at 0 every derivative is 1, and the code is one line:

import math
from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np

from calcguide import autodiff, exercises, plotting, series

plotting.use_style()


def exp_series(x, degree):
    return sum(x**k / math.factorial(k) for k in range(degree + 1))


print("by hand at 1:  ", exp_series(1.0, 4))
print("package at 1:  ", series.taylor(np.exp, 0.0, 4)(1.0))
print("the polynomial:", series.taylor(np.exp, 0.0, 3))

# %%
# Count the terms: degree 4 makes *five*, because the constant is one of them. Hence the ``degree + 1``.
#
# Here are the degrees 0, 2 and 4 on :math:`[-2, 2]`: a constant, a parabola, and a polynomial with five terms. Before
# you look: where is each of them worst, and how fast does that improve?

x = np.linspace(-2, 2, 401)
for n in (0, 2, 4):
    error = np.abs(np.exp(x) - exp_series(x, n))
    print(f"degree {n}: largest error {error.max():.11f}, at x = {x[error.argmax()]:g}")

figure, ax = plt.subplots()
plotting.curve(ax, np.exp, -2, 2, label="$e^x$", linewidth=2.5, color=plotting.INK)
for n in (0, 2, 4):
    plotting.curve(ax, series.taylor(np.exp, 0.0, n), -2, 2, label=f"degree {n}")
ax.plot(0, 1, "o", color=plotting.INK)
ax.set(
    title="Each degree follows $e^x$ a little longer", xlabel="x", ylabel="y", ylim=(-0.5, 7.6)
)
ax.legend()
plt.show()

# %%
# All meet the curve at 0, and hold on to it longer the higher the degree. They are worst at 2, the end where
# :math:`e^x` is steep. But we could measure these errors only because ``np.exp`` knows the answer.
#
# How far off, without knowing
# ----------------------------
#
# What the polynomial lacks is called the :term:`remainder`. Lagrange found that it looks like the first term that was
# left out, with one change: the derivative is taken not at :math:`x_0` but somewhere on the way. (It must exist
# all the way.)
#
# .. math:: f(x) - p_n(x) = \frac{f^{(n+1)}(\xi)}{(n+1)!} \, (x - x_0)^{n+1}
#           \qquad \text{for some } \xi \text{ between } x_0 \text{ and } x
#
# Nobody tells you where :math:`\xi` (the Greek letter xi) is. It does not matter: put in the largest value that the
# derivative has on the way, and you have a bound. For :math:`e^x` on :math:`[-2, 2]` that is :math:`e^2`, and the
# bound is :math:`e^2\, 2^{n+1} / (n+1)!`. :func:`~calcguide.series.remainder_bound` looks for the largest derivative
# itself, at sample points. (A derivative could be larger between them; if you have a bound from a proof, hand it
# over as ``bound``.)

degrees = np.arange(0, 21)
worst = np.array([np.abs(np.exp(x) - exp_series(x, n)).max() for n in degrees])
bounds = np.array([series.remainder_bound(np.exp, 0.0, n, [-2.0, 2.0]).max() for n in degrees])
formula = np.array([np.e**2 * 2.0 ** (n + 1) / math.factorial(n + 1) for n in degrees])

print("degree   largest error   bound     by formula")
for n in (0, 2, 4, 8, 12, 16):
    print(f"{n:>6}   {worst[n]:<13.2e}   {bounds[n]:.2e}  {formula[n]:.2e}")

figure, ax = plt.subplots()
ax.semilogy(degrees, bounds, "s-", markersize=5, label="Lagrange's bound")
ax.semilogy(degrees, worst, "o--", markersize=5, label="largest error")
ax.set(
    title="The bound is a few times too large,\nand falls as steeply as the error",
    xlabel="degree $n$",
    ylabel="error on $[-2, 2]$",
)
ax.set_xticks(range(0, 21, 4))
ax.legend()
plt.show()

# %%
# The bound is two to seven times as large as the error: it assumes the worst place for :math:`\xi`. But it goes down
# with it, faster and faster, since each further degree multiplies by 2 and divides by :math:`n + 2`. The factorial
# wins against every power, so for :math:`e^x` the series reaches every :math:`x`. That is not so for every function,
# as you will see.
#
# Twenty derivatives in one pass
# ------------------------------
#
# For :math:`e^x` the derivatives are at hand. Take :math:`e^{\sin x}`. The first is :math:`\cos x\, e^{\sin x}`, the
# second has two terms, the third has three. Nobody wants to write down the twentieth. There is a better way: do not
# differentiate at all. Put the *polynomial* :math:`x_0 + t` into the function instead of a number, where :math:`t` is the
# distance from :math:`x_0`. What comes out is a series in :math:`t`, and each operation on the way is a rule for
# coefficients:
#
# - The **product** of :math:`u_0 + u_1 t + \dots` and :math:`w_0 + w_1 t + \dots` collects what belongs to
#   :math:`t^k`: :math:`(uw)_k = \sum_{j=0}^{k} u_j\, w_{k-j}`.
# - The **exponential** :math:`y = e^u` satisfies :math:`y' = u' y`, by the chain rule. Compare the coefficients of
#   :math:`t^{k-1}` on both sides: :math:`k\, y_k = \sum_{j=1}^{k} j\, u_j\, y_{k-j}`. On the right there are only
#   :math:`y`'s that you already have.
# - **Sine and cosine** obey :math:`s' = u' c` and :math:`c' = -u' s`, and grow together in the same way.


def product(u, w):
    return [sum(u[j] * w[k - j] for j in range(k + 1)) for k in range(len(u))]


def exponential(u):
    y = [math.exp(u[0])]
    for k in range(1, len(u)):
        y.append(sum(j * u[j] * y[k - j] for j in range(1, k + 1)) / k)
    return y


def sine(u):
    s, c = [math.sin(u[0])], [math.cos(u[0])]
    for k in range(1, len(u)):
        s.append(sum(j * u[j] * c[k - j] for j in range(1, k + 1)) / k)
        c.append(-sum(j * u[j] * s[k - j] for j in range(1, k + 1)) / k)
    return s


degree = 20
variable = [0.0, 1.0] + [0.0] * (degree - 1)  # the polynomial x0 + t, at x0 = 0
ours = exponential(sine(variable))
jet = series.jet(lambda x: np.exp(np.sin(x)), 0.0, degree)
print(" k   ours            package")
for k in (0, 1, 2, 3, 4, 5, 20):
    print(f"{k:>2}   {ours[k]:+.9f}    {jet[k]:+.9f}")
print("20th derivative:", round(ours[20] * math.factorial(20)))

# %%
# Read off :math:`e^{\sin x} = 1 + x + \frac{x^2}{2} - \frac{x^4}{8} - \frac{x^5}{15} + \dots`, and the twentieth
# derivative, a whole number. The price is three sums with :math:`1 + 2 + \dots + 20 = 210` terms in all, each of two
# multiplications: 1260. Such a list of coefficients is called a *jet*. These few lines work for every function that
# is made of these operations. That is :term:`forward mode` differentiation, with numbers that carry twenty
# derivatives instead of one, and it is how :func:`~calcguide.series.taylor` works. To see the product rule at work:
# the square of :math:`e^{\sin x}` must be :math:`e^{2 \sin x}`.

doubled = exponential([2 * s for s in sine(variable)])
gap = max(abs(a - b) for a, b in zip(product(ours, ours), doubled, strict=True))
print(f"largest difference of the coefficients: {gap:.0e}")

# %%
# How far a series reaches
# ------------------------
#
# Look at :math:`f(x) = \frac{1}{1 + x^2}`. It is smooth everywhere, it has no corner and no gap. Its series is
# :math:`1 - x^2 + x^4 - x^6 + \dots`, a geometric one. Does a higher degree help at :math:`x = 0.9`? At 1.1?


def bell(x):
    return 1 / (1 + x**2)


at = np.array([0.5, 0.9, 1.1])
print("degree   x = 0.5   x = 0.9   x = 1.1")
for n in (10, 20, 40, 80):
    errors = np.abs(series.taylor(bell, 0.0, n)(at) - bell(at))
    print(f"{n:>6}   " + "   ".join(f"{error:.1e}" for error in errors))

figure, ax = plt.subplots()
plotting.curve(ax, bell, -1.6, 1.6, label=r"$1/(1 + x^2)$", linewidth=2.5, color=plotting.INK)
for n in (4, 10, 40):
    plotting.curve(ax, series.taylor(bell, 0.0, n), -1.6, 1.6, label=f"degree {n}")
for end in (-1, 1):
    ax.axvline(end, color=plotting.INK, linewidth=0.8, linestyle="--")
ax.set(
    title="Beyond −1 and 1 every degree runs away,\nthough nothing happens to the function",
    xlabel="x",
    ylabel="y",
    ylim=(-0.6, 1.9),
)
ax.legend(loc="upper center", ncols=2)
plt.show()

# %%
# Between the upright lines the error falls. Beyond them it explodes, and the higher the degree, the worse. On the
# real line there is no reason. There is one beside it: at :math:`x = i` the denominator is :math:`1 + i^2 = 0`. Draw a
# complex number :math:`a + bi` as the point :math:`(a, b)` of a plane, the real numbers along its level axis. A series of
# powers converges in a *disc* of this plane, and the disc around 0 reaches to where the function first breaks
# down: to :math:`\pm i`, a distance of 1 away. That distance is the :term:`radius of convergence`. Start at
# :math:`x_0 = 1` instead. What will the radius be? Pythagoras knows.

cases = (
    ("1/(1 + x^2) at 0", bell, 0.0, 1.0),
    ("1/(1 + x^2) at 1", bell, 1.0, math.sqrt(2)),
    ("log(1 + x) at 0", np.log1p, 0.0, 1.0),
    ("tanh(x) at 0", np.tanh, 0.0, math.pi / 2),
    ("exp(x) at 0", np.exp, 0.0, math.inf),
)
print("function           estimate   distance")
for name, f, x0, distance in cases:
    found = series.radius_of_convergence(f, x0=x0)
    print(f"{name:16}   {found.value:<8.4f}   {distance:.4f}")

# %%
# :func:`~calcguide.series.radius_of_convergence` sees only coefficients, and reads off how fast they grow. It
# finds the distance to the nearest trouble, to three digits or more: from 1 to :math:`i` it is
# :math:`\sqrt 2`; for the logarithm the trouble is at :math:`-1`; for :math:`\tanh` it is at
# :math:`\pm \frac{\pi}{2} i`, where the hyperbolic cosine is 0. The exponential has no trouble anywhere.
#
# There is a stranger failure. The function :math:`e^{-1/x^2}`, with the value 0 at 0, has all derivatives at 0, and
# *all of them are 0*. Its graph leaves the axis so slowly that no power of :math:`x` can follow:


def flat(x):
    return np.exp(-1 / x**2)


print(" x      f(x)       f(x)/x^10   series")
for x in (0.5, 0.2, 0.1, 0.05):
    print(f"{x:<5}   {flat(x):<8.1e}   {flat(x) / x**10:<9.1e}   0")

# %%
# Divided by :math:`x^{10}` it still goes to 0, and so it does for every power. The Taylor series is
# :math:`0 + 0 + 0 + \dots`: it converges everywhere, to the wrong function. A function that equals its series near a
# point is called :term:`analytic`. To have all derivatives is not enough.
#
# What you already used
# ---------------------
#
# In :doc:`/lessons/01_differentiation/03_step_size`, difference quotients were off by :math:`\frac h2 f''` and
# :math:`\frac{h^2}{6} f'''`. Those are Taylor terms. Insert the series into the quotient:
#
# .. math::
#
#    \begin{aligned}
#    \frac{f(x + h) - f(x)}{h} &= c_1 + c_2 h + c_3 h^2 + \dots \\
#    \frac{f(x + h) - f(x - h)}{2h} &= c_1 + c_3 h^2 + c_5 h^4 + \dots
#    \end{aligned}
#
# The value :math:`c_1` is the derivative. What follows it is the error, and it begins with
# :math:`c_2 = \frac{1}{2} f''` or :math:`c_3 = \frac{1}{6} f'''`:


def swing(x):
    return np.exp(np.sin(x))


c = series.jet(swing, 1.0, 3)
h = 1e-3
forward = (swing(1 + h) - swing(1.0)) / h
central = (swing(1 + h) - swing(1 - h)) / (2 * h)
print(f"forward: error / h    {(forward - c[1]) / h:+.4f}   c_2 = {c[2]:+.4f}")
print(f"central: error / h^2  {(central - c[1]) / h**2:+.4f}   c_3 = {c[3]:+.4f}")

# %%
# Several variables
# -----------------
#
# For a function of a vector the first terms look the same. The slope becomes the :term:`gradient`, the second
# derivative the :term:`Hessian`, and a step :math:`s` leads from :math:`x_0` to
#
# .. math:: f(x_0 + s) \approx f(x_0) + \nabla f(x_0)^T s + \tfrac12\, s^T H(x_0)\, s
#
# Without the last term it is the *linear model*, with it the *quadratic* one. How good are they? Halve the step, and
# the first error should fall to a quarter, the second to an eighth.


def valley(p):
    x, y = p
    return np.exp(x + 3 * y - 0.1) + np.exp(x - 3 * y - 0.1) + np.exp(-x - 0.1)


x0 = np.array([1.0, 0.3])
value, gradient = autodiff.value_and_grad(valley)(x0)
hessian = autodiff.hessian(valley)(x0)

direction = np.array([-0.6, -0.8])
print("length   linear     quadratic")
for length in (0.1, 0.05, 0.025, 0.0125):
    s = length * direction
    linear = value + gradient @ s
    quadratic = linear + s @ hessian @ s / 2  # as series.taylor(valley, x0, 2)(x0 + s)
    true = valley(x0 + s)
    print(f"{length:<6}   {abs(true - linear):.2e}   {abs(true - quadratic):.2e}")

# %%
# They nearly do, and the better the shorter the step. Close to the point, curvature is worth a great deal: at the
# shortest step the quadratic model is about ninety times as good.
#
# Why optimisers live on it
# -------------------------
#
# An optimiser cannot see the landscape. It sees the value, the slope and perhaps the curvature at one point: a Taylor
# polynomial. So it minimises that, which is called a :term:`local model`.
#
# **Gradient descent takes the linear model.** That one falls without end, so the step needs a leash: a price for its
# length. The sum
#
# .. math:: \nabla f^T s + \frac{1}{2\eta} \lVert s \rVert^2 \quad \text{is least at} \quad s = -\eta\, \nabla f,
#
# where its own gradient :math:`\nabla f + s / \eta` is zero. The step size :math:`\eta` of gradient descent sets the
# length of the leash. **Newton's method takes the quadratic model**, which has a lowest point of its own if its
# Hessian is positive definite: if it curves upwards in every direction. Set its gradient to zero:
#
# .. math:: \nabla f + H s = 0 \qquad \text{at} \quad s = -H^{-1}\, \nabla f .
#
# Both promise a reduction of :math:`f`. Then you can ask what they keep. Predict: what happens to the promises of the
# linear model as the leash gets longer?

linear_model = series.local_model(valley, x0, order=1)
quadratic_model = series.local_model(valley, x0)
newton = quadratic_model.step()

print("step                  promised    kept   kept/promised")
trials = {
    f"gradient, η = {eta}": (linear_model, -eta * gradient) for eta in (0.003, 0.01, 0.05)
}
trials["Newton"] = (quadratic_model, newton.step)
for name, (model, s) in trials.items():
    promised = model.reduction(s)
    kept = value - valley(x0 + s)
    print(f"{name:20}  {promised:>8.3f}  {kept:>6.3f}   {kept / promised:>5.2f}")
print("Newton by hand:", -np.linalg.solve(hessian, gradient).round(6))
print("package:       ", newton.step.round(6))

# %%
# With a short leash the linear model nearly keeps its word. With :math:`\eta = 0.05` it promises more than there is, and
# the function even *rises*. The quadratic model promised 3.1 and kept 3.8. That quotient, kept over promised, is what
# trust-region methods watch: near 1 or above, the next step may be longer; near 0 or below, shorten it.
#
# The picture: lines of equal height of the function, and dashed those of the quadratic model.

minimum = np.array([-math.log(2) / 2, 0.0])  # where the gradient is zero
grid_x, grid_y = np.meshgrid(np.linspace(-1.6, 1.4, 161), np.linspace(-0.9, 0.7, 161))
levels = [2.6, 3, 4, 5.5, 7.5, 10]
heights = valley((grid_x, grid_y))
modelled = quadratic_model(np.stack([grid_x, grid_y], axis=-1))

figure, ax = plt.subplots(figsize=(6, 4.5))
ax.contour(grid_x, grid_y, heights, levels, colors=plotting.INK, linewidths=0.8)
blue, red = plotting.PALETTE["blue"], plotting.PALETTE["red"]
ax.contour(grid_x, grid_y, modelled, [4.4, 5, 6], colors=blue, linestyles="--", linewidths=1.2)
steps = (
    ("gradient, η = 0.05", -0.05 * gradient, red, "s"),
    ("gradient, η = 0.01", -0.01 * gradient, red, "^"),
    ("Newton", newton.step, blue, "D"),
)
for name, s, colour, marker in steps:
    ax.plot(*np.stack([x0, x0 + s], axis=1), color=colour, linestyle="-", linewidth=1.2)
    ax.plot(*(x0 + s), marker, color=colour, label=name, linestyle="none")
ax.plot(*x0, "o", color=plotting.INK, label="start", linestyle="none")
style = {"color": plotting.INK, "linestyle": "none", "markersize": 10}
ax.plot(*minimum, "*", label="minimum", **style)
ax.set(
    title="Newton steps to the middle of its model;\n"
    "a long step down the slope leaps over the valley",
    xlabel="$x$",
    ylabel="$y$",
)
ax.legend(loc="lower left", fontsize=9)
plt.show()

# %%
# Newton's step ends in the middle of the dashed ellipses, where the model is lowest. From there, make a new model and
# step again. How many steps to the minimum?

point = x0
for k in range(1, 7):
    point = series.local_model(valley, point).step().x
    print(f"step {k}: distance {np.linalg.norm(point - minimum):.1e}")

# %%
# Six steps. Near the minimum the number of right digits about doubles with each one, because what the quadratic model
# neglects is of third order in the distance, and its gradient therefore wrong by the second. (That needs a positive
# definite Hessian at the minimum, too.)
#
# When a convergent series is wrong
# ---------------------------------
#
# The series of :math:`e^x` converges for every :math:`x`. So compute :math:`e^{-20}`, and take all the terms you
# like. How many digits will be right?

for n in (40, 60, 80, 120):
    print(f"degree {n:>3}:  {exp_series(-20.0, n):+.9e}")
print(f"true:        {math.exp(-20):+.9e}")

# %%
# It settles, and on a wrong number: not even the first digit is right. The terms tell why:

k = np.arange(0, 81)
terms = np.array([20.0**i / math.factorial(i) for i in k])
noise = terms.max() * np.finfo(float).eps / 2
print(f"largest term  {terms.max():.1e}")
print(f"its rounding  {noise:.1e}")
print(f"result        {math.exp(-20):.1e}")

figure, ax = plt.subplots()
ax.semilogy(k, terms, "o", markersize=4, label=r"size of the term $20^k / k!$")
style = {"linewidth": 1.5, "color": plotting.PALETTE["red"]}
ax.axhline(noise, linestyle="--", label="rounding of the largest term", **style)
ax.axhline(
    math.exp(-20), color=plotting.INK, linestyle=":", label="$e^{-20}$, what is to come out"
)
ax.set(
    title="The result drowns in the rounding of its own terms",
    xlabel="k",
    ylabel="size",
    ylim=(1e-12, 1e12),
)
ax.legend(loc="upper right", fontsize=10)
plt.show()

# %%
# Terms of forty million, with alternating signs, have to cancel down to :math:`2 \cdot 10^{-9}`. But each of them is
# rounded, the largest by up to about :math:`5 \cdot 10^{-9}`, and the :term:`cancellation` brings that to light.
# More terms do not help, and neither does the remainder's bound, which knows nothing of rounding. Avoid the signs:
# :math:`e^{-20} = 1 / e^{20}`, where all terms are positive.
#
# The same illness has milder forms, and NumPy has the medicine. For small :math:`x`, :math:`e^x - 1` subtracts nearly
# equal numbers; ``np.expm1`` computes what :math:`x + \frac{x^2}{2} + \dots` stands for, where the 1 is cancelled on
# paper. ``np.log1p`` is its inverse, :math:`\log(1 + x)`.

tiny = 1e-12
print(f"1 / series at 20   {1 / exp_series(20.0, 80):.12e}")
print(f"true               {math.exp(-20):.12e}")
print(f"\nexp(x) - 1         {np.exp(tiny) - 1:.12e}")
print(f"expm1(x)           {np.expm1(tiny):.12e}")
print(f"log(1 + x)         {np.log(1 + tiny):.12e}")
print(f"log1p(x)           {np.log1p(tiny):.12e}")

# %%
# Your task
# ---------
#
# .. exercise:: C9t
#
# .. exercise:: C9u
#
# Here is what the checker says to an attempt at the first that differentiates well:

answer = [1, 1 / 2, -1 / 4, 3 / 8]
print(fill(str(exercises.get("C9t").check(answer)), width=48))

# %%
# Common mistakes
# ---------------
#
# **A factorial that is gone.** Older texts write ``np.math.factorial``. That was Python's own ``math``, visible through
# NumPy by accident; since NumPy 2 it is not:

try:
    np.math.factorial(3)
except AttributeError as error:
    print(fill(f"AttributeError: {error}", width=48))
print("math.factorial:", math.factorial(3))

# %%
# **Degrees mixed up with terms.** "With four terms" and "of degree four" are not the same. ``range(4)`` stops at 3:

four_terms = sum(2.0**k / math.factorial(k) for k in range(4))
print(f"four terms, degree 3:  error {math.exp(2) - four_terms:.4f}")
print(f"five terms, degree 4:  error {math.exp(2) - exp_series(2.0, 4):.4f}")

# %%
# **A higher degree against a point that is too far away.** Around 1 the series of :math:`\log x` has the radius 1, the
# distance to 0. At :math:`x = 3` no degree helps. Expand around a point that is nearer:

for n in (5, 10, 20, 40):
    far = abs(series.taylor(np.log, 1.0, n)(3.0) - math.log(3))
    near = abs(series.taylor(np.log, 2.5, n)(3.0) - math.log(3))
    print(f"degree {n:<3} around 1: {far:.0e}   around 2.5: {near:.0e}")

# %%
# **A Newton step without a look at the curvature.** Where the Hessian has a negative eigenvalue, the quadratic model has
# no lowest point, and the formula leads to a saddle or a top. Near 0, :math:`\cos x + \frac x2` bends downwards, and the
# step goes uphill:

step = series.local_model(lambda x: np.cos(x) + 0.5 * x, 0.1).step()
print(f"from 0.1 to {step.x:.3f}, success {step.success}")
print(
    f"function before {math.cos(0.1) + 0.05:.3f}, after {math.cos(step.x) + 0.5 * step.x:.3f}"
)
print(fill(step.message, 48))

# %%
# In practice
# -----------
#
# - **Mathematical libraries** do not sum the Taylor series at 0. They reduce the argument first, for example
#   :math:`e^x = 2^k e^r` with :math:`|r| \le \frac12 \log 2`, and use a polynomial that spreads its error over that
#   small interval.
# - **SymPy:** ``sympy.series`` and ``sympy.fps`` for formulas. **mpmath:** ``mpmath.taylor`` for many digits.
# - **JAX:** ``jax.experimental.jet`` is arithmetic with truncated series. **SciPy:**
#   ``scipy.interpolate.approximate_taylor_polynomial`` fits values instead of differentiating.
# - **Optimisers:** ``scipy.optimize.minimize`` with ``method="trust-exact"`` minimises the quadratic model within a
#   radius. L-BFGS builds a quadratic model from past gradients; ``torch.optim.SGD`` uses the linear one.
#
# Further reading
# ---------------
#
# - :cite:t:`hairer2008` tell how the series were found, in the words of those who found them.
# - :cite:t:`griewank2008`, chapter 13, on arithmetic with truncated series.
# - :cite:t:`higham2002` on cancellation, and what to do against it.
# - :cite:t:`nocedal2006` on methods built from local models.
#
# Next: :doc:`05_probability_is_area`, where integrals say how likely something is.
