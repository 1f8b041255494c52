r"""
Integration undoes differentiation
==================================

You can find a distance by adding up ten thousand little pieces. Or you can compute two numbers and subtract
them. Both lead to the same result, and the reason is the most useful sentence of calculus: **adding up and taking
the rate undo each other**. It turns most sums of the last lesson into one line on paper.

**After this lesson you can**

- treat an integral as a function of its upper end, and say what its rate of change is;
- integrate a formula by finding an antiderivative, and know where the :math:`+\,C` goes;
- explain why a running sum may lie 1200 above an antiderivative, and where the rest of the gap comes from;
- compute a running integral that is not off by a cell;
- differentiate an integral with respect to its limits, and to a parameter inside.

**You need** :doc:`01_area_as_a_sum`, and the rules of
:doc:`/lessons/01_differentiation/02_rules_of_differentiation`.

**It takes** about an hour with the tasks.
"""

# %%
# Sums and differences
# --------------------
#
# Start without any calculus. Here are the readings of a counter at the end of each day. ``np.diff`` takes
# the changes from day to day, ``np.cumsum`` adds them up again. What will the last line be?

import matplotlib.pyplot as plt
import numpy as np

from calcguide import differences, exercises, integrate, plotting

plotting.use_style()

readings = np.array([5, 8, 9, 13, 14, 19])
changes = np.diff(readings)
print("readings:       ", readings.tolist())
print("changes:        ", changes.tolist())
print("sums of changes:", np.cumsum(changes).tolist())
print("sum of all:     ", changes.sum())

# %%
# The sums of the changes are the readings again, each 5 too small: they do not know that the counter stood at 5
# when we began. And the sum of all changes is the last reading minus the first, :math:`19 - 5 = 14`. Whatever
# happened in between cancels.
#
# Make the days shorter and shorter, and this becomes the *fundamental theorem of calculus*. Changes divided by
# time become a derivative, sums of rate times time become an integral, and the forgotten 5 becomes a constant.
#
# The rate of a running total
# ---------------------------
#
# Take the train of the last lesson. Its speed is :math:`v(t) = t\,(40 - t)/20`. The distance covered up to the
# time :math:`x` is an integral whose upper end moves:
#
# .. math:: A(x) = \int_0^x v(t)\,dt
#
# (The letter inside, :math:`t`, is used up by the sum, like the ``i`` of a loop. So the end needs another letter.)
# This is the :term:`running integral` of :math:`v`. Let the end move on by a small :math:`h`. By how much does
# :math:`A` grow, for each second?


def speed(t):
    return t * (40 - t) / 20


def distance(x):
    return integrate.integral(speed, 0, x)


x = 8.0
print(f"speed at {x:g} s: {speed(x):.4f} m/s")
for h in (2, 1, 0.1, 0.01, 0.001):
    strip = distance(x + h) - distance(x)
    print(f"h = {h:<6} strip = {strip:>8.4f}   strip / h = {strip / h:.4f}")

# %%
# What is added is a strip: :math:`h` wide, and about as high as the curve at :math:`x`. Divide its area by its
# width, and you are left with its height.

figure, ax = plt.subplots()
plotting.curve(ax, speed, 0, 20, label="speed $v$")
plotting.shaded_area(ax, speed, 0, 8)
orange = plotting.PALETTE["orange"]
plotting.shaded_area(ax, speed, 8, 10, facecolor=(orange, 0.3), edgecolor=orange, hatch="///")
ax.text(5.2, 3, "$A(8)$", ha="center")
ax.annotate("strip, $h = 2$ wide", (10, 6), xytext=(11.5, 4), arrowprops={"arrowstyle": "->"})
ax.set(
    title="The area grows by a strip as high as the curve",
    xlabel="time in s",
    ylabel="speed in m/s",
    xlim=(0, 20),
    ylim=(0, 22),
)
ax.legend(loc="upper left")
plt.show()

# %%
# To be exact, the strip's area lies between :math:`h` times the lowest and :math:`h` times the highest value of
# :math:`v` on it. As :math:`h` shrinks, both values go to :math:`v(x)`, provided that :math:`v` is
# :term:`continuous` there, and the quotient has no other place to go. This is the first half of the theorem:
#
# .. math:: \frac{d}{dx} \int_a^x f(t)\,dt = f(x)
#
# :func:`~calcguide.differences.derivative` knows nothing about it. It sees a function, here one that computes
# an integral each time it is called, and takes quotients:

print(f"{'function':<12}{'x':>6}{'rate of integral':>18}{'f(x)':>10}")
for name, f, x in (
    ("speed", speed, 3.0),
    ("speed", speed, 16.0),
    ("cos t", np.cos, 2.0),
    ("exp(−t²)", lambda t: np.exp(-(t**2)), 0.5),
):
    rate = differences.derivative(lambda end, f=f: integrate.integral(f, 0, end), x)
    print(f"{name:<12}{x:>6}{rate:>18.6f}{f(x):>10.6f}")

# %%
# Where :math:`f` jumps, the running integral has a kink and no derivative. Take the step from 0 to 1 at 0. From
# any start on the left of 0, its running integral is :math:`\max(x, 0)`, the ReLU of neural networks:


def step(t):
    return np.where(t < 0, 0.0, 1.0)


for end in (-0.5, 0.5, 2.0):
    area = integrate.integral(step, -1, end)
    print(f"x = {end:>4}   running integral {area:.6f}   ReLU {max(end, 0):.6f}")

# %%
# Antiderivatives, and where C comes from
# ---------------------------------------
#
# A function :math:`F` with :math:`F' = f` is called an :term:`antiderivative` of :math:`f`. The running integral
# of a continuous :math:`f` is one. There are others: a constant has the rate 0, so adding one changes no slope.
# If :math:`x^2` is an antiderivative of :math:`2x`, so are :math:`x^2 + 5` and :math:`x^2 - 100`. Are there more?
#
# Suppose :math:`F` and :math:`G` have the same derivative. Then their difference has the derivative 0 everywhere,
# so it neither rises nor falls. **On an interval** that means it is constant: you can walk from any point to any
# other, and on the way nothing changes. (What makes this a proof is called the mean value theorem.) So on an
# interval
#
# .. math:: F' = G' \quad\text{if and only if}\quad F = G + C \text{ for some number } C.
#
# The words *on an interval* matter. Where the domain has a gap, you cannot walk across. The function
# :math:`\operatorname{sign}(x)`, taken without the point 0, has the derivative 0 everywhere. Is it constant?

for x in (-2.0, -0.5, 0.5, 2.0):
    rate = differences.derivative(np.sign, x)
    print(f"x = {x:>4}   sign = {np.sign(x):>4}   rate = {rate:.1f}")

# %%
# It is not: :math:`-1` on one side and 1 on the other, and constant on each of the two. The same can happen to the
# antiderivatives of :math:`1/x`, which has a gap at 0: :math:`\ln |x|` may get one constant on the left and another
# one on the right.


def log_with_a_step(x):
    return np.log(np.abs(x)) + np.where(x > 0, 0.0, 2.0)


figure, (left, right) = plt.subplots(1, 2, figsize=(6, 3.6))
figure.suptitle("One constant for each interval without a gap", x=0.02, ha="left")
for c in (-2, 1, 4):
    plotting.curve(left, lambda x, c=c: x**2 + c, -2, 2, label=f"$x^2 {c:+d}$")
left.set(xlabel="x", ylabel="antiderivatives of 2x", ylim=(-3, 13))
left.legend(loc="upper center", fontsize=10)
plotting.curve(right, lambda x: np.log(np.abs(x)), -3, 3, breaks=[0], label=r"$\ln|x|$")
plotting.curve(right, log_with_a_step, -3, 3, breaks=[0], label=r"$\ln|x|$, left side +2")
right.set(xlabel="x", ylabel="antiderivatives of 1/x", ylim=(-4, 6.5))
right.legend(loc="upper center", fontsize=10)
plt.show()

# %%
# On the right side of 0 the two curves of the right picture are one.
#
# Two numbers instead of a sum
# ----------------------------
#
# Now the second half. Let :math:`F` be *any* antiderivative of a continuous :math:`f` on the interval from
# :math:`a` to :math:`b`. The running integral :math:`A` is one too, so :math:`A(x) = F(x) + C`. Which
# constant is it? At the start nothing has been added yet: :math:`A(a) = 0`. So :math:`C = -F(a)`, and at the end
#
# .. math:: \int_a^b f(x)\,dx = F(b) - F(a).
#
# That is the counter again: last reading minus first. For :math:`x^2` on :math:`[0, 1]` an antiderivative is
# :math:`x^3/3`, whose derivative is :math:`3x^2/3`. The integral is :math:`1/3 - 0`, and all those sums of the last
# lesson were not needed. For the train, :math:`v = 2t - t^2/20` has the antiderivative :math:`t^2 - t^3/60`:


def distance_by_formula(t, c=0.0):
    return t**2 - t**3 / 60 + c


for n in (10, 1000, 100_000):
    print(f"left sum, n = {n:<7} {integrate.riemann_sum(speed, 0, 20, n):.6f}")
for c in (0.0, 17.0):
    difference = distance_by_formula(20, c) - distance_by_formula(0, c)
    print(f"F(20) − F(0), C = {c:<4g} {difference:.6f}")

# %%
# The constant is in both numbers and drops out. When you want a number, leave it out. When you want a
# function, it matters, as you will see below.
#
# The table, read backwards
# -------------------------
#
# So each rule of differentiation is also a rule of integration. Read the table of derivatives from right to left:
#
# .. math::
#
#    \begin{aligned}
#    (x^{n+1})' = (n+1)\,x^n \quad &\Rightarrow \quad \int x^n\,dx = \frac{x^{n+1}}{n+1} + C
#    \quad (n \ne -1) \\
#    (\ln |x|)' = \frac{1}{x} \quad &\Rightarrow \quad \int \frac{1}{x}\,dx = \ln |x| + C
#    \end{aligned}
#
# An integral without limits, as here, stands for all antiderivatives on an interval where the function has no
# gap. For powers: raise the exponent by one, then divide by the new exponent. Sums and constant factors go
# through, as they did before. The chain rule can be read backwards where the derivative of the inner function
# stands beside as a factor: :math:`\cos(x^2) \cdot 2x` comes from :math:`\sin(x^2)`. The product rule, backwards,
# lets you guess and repair: the derivative of :math:`x e^x` is :math:`e^x + x e^x`, one :math:`e^x` too many, so
# :math:`x e^x - e^x` is an antiderivative of :math:`x e^x`.
#
# Finding an antiderivative may take a good idea. Checking one never does: differentiate it. Each row of this
# table is checked in two ways: :math:`F(2) - F(1)` against :func:`~calcguide.integrate.integral`, which knows no
# antiderivatives and adds up values of :math:`f`; and the rate of :math:`F` against :math:`f`, at 1.5.

table = (
    ("x³", "x⁴/4", lambda x: x**3, lambda x: x**4 / 4),
    ("√x", "⅔ √x³", np.sqrt, lambda x: 2 / 3 * x**1.5),
    ("1/x", "ln|x|", lambda x: 1 / x, lambda x: np.log(np.abs(x))),
    ("1/x²", "−1/x", lambda x: x**-2.0, lambda x: -1 / x),
    ("exp(2x)", "exp(2x)/2", lambda x: np.exp(2 * x), lambda x: np.exp(2 * x) / 2),
    ("cos x", "sin x", np.cos, np.sin),
    ("sin x", "−cos x", np.sin, lambda x: -np.cos(x)),
    ("1/(1+x²)", "arctan x", lambda x: 1 / (1 + x**2), np.arctan),
    ("σ(x)", "ln(1+exp x)", lambda x: 1 / (1 + np.exp(-x)), lambda x: np.log1p(np.exp(x))),
    ("2x cos(x²)", "sin(x²)", lambda x: 2 * x * np.cos(x**2), lambda x: np.sin(x**2)),
    ("x exp x", "(x−1) exp x", lambda x: x * np.exp(x), lambda x: (x - 1) * np.exp(x)),
    ("ln x", "x ln x − x", np.log, lambda x: x * np.log(x) - x),
)
print(f"{'f':<12}{'F':<12}{'F(2)−F(1)':>11}{'integral':>10}{'rate':>6}")
for name, anti, f, F in table:
    difference = F(2.0) - F(1.0)
    integral = np.isclose(integrate.integral(f, 1, 2), difference, rtol=0, atol=1e-12)
    rate = np.isclose(differences.derivative(F, 1.5), f(1.5), rtol=0, atol=1e-8)
    words = ["same" if agrees else "differs" for agrees in (integral, rate)]
    print(f"{name:<12}{anti:<12}{difference:>11.6f}{words[0]:>10}{words[1]:>6}")

# %%
# ("Same" means to within :math:`10^{-12}` for the integral and :math:`10^{-8}` for the rate.) In the row with the
# sigmoid :math:`\sigma` you meet an old acquaintance of machine learning: its antiderivative is called *softplus*.
#
# A running sum that is off by a cell
# -----------------------------------
#
# Now let the computer draw an antiderivative, of :math:`2x` from :math:`-10` to 10. The running integral
# from :math:`-10` is :math:`x^2 - (-10)^2 = x^2 - 100`. The obvious program takes values 0.1 apart, multiplies each by
# the width, and calls ``np.cumsum``. Will it draw :math:`x^2 - 100`?

h = 0.1
x = np.linspace(-10, 10, 201)
y = np.cumsum(2 * x) * h
gap = y - (x**2 - 100)
print("     x    running sum   x² − 100     gap    0.1x − 1")
for i in (0, 50, 100, 150, 200):
    print(
        f"{x[i]:>6.1f}{y[i]:>15.4f}{x[i] ** 2 - 100:>11.4f}{gap[i]:>8.4f}{0.1 * x[i] - 1:>12.4f}"
    )

# %%
# Not quite. The gap is :math:`0.1x - 1` in every row: from :math:`-2` at the left end to 0 at the right. It cannot be a
# constant of integration, because it is not constant. Two slips add up to it.
#
# - The first entry of ``np.cumsum`` is not 0 but the first cell, :math:`2 \cdot (-10) \cdot 0.1 = -2`. Every entry is
#   **one cell ahead**: at :math:`x_k` it already holds the cell from :math:`x_k` to :math:`x_{k+1}`, which is
#   :math:`2x_k \cdot 0.1 = 0.2\,x_k`.
# - What is left is a left sum with the error :math:`\frac{h}{2}\,(f(-10) - f(x))`, as in the last lesson, here
#   :math:`0.05\,(-20 - 2x) = -1 - 0.1x`. For a straight line this is exact.
#
# Together they give :math:`0.1x - 1`. To cure the first, start at 0 and drop the last cell. To cure the second as
# well, add trapezoids. :func:`~calcguide.integrate.cumulative` does both:

aligned = np.concatenate([[0.0], y[:-1]])
trapezoids = integrate.cumulative(2 * x, x)
for name, total in (("cumsum", y), ("starts at 0", aligned), ("cumulative", trapezoids)):
    largest = np.abs(total - (x**2 - 100)).max()
    print(f"{name:<12} first {total[0]:>4.1f}   largest gap {round(largest, 9):.3f}")

# %%
# The curves themselves look like one. You have to draw the gap:

figure, ax = plt.subplots()
for name, total in (
    ("np.cumsum: one cell ahead", y),
    ("left sum, starts at 0", aligned),
    ("trapezoids: cumulative", trapezoids),
):
    ax.plot(x, total - (x**2 - 100), label=name)
ax.set(
    title="Rectangles miss by up to 2, trapezoids fit",
    xlabel="x",
    ylabel="running sum minus $(x^2 - 100)$",
    ylim=(-2.3, 1.6),
)
ax.legend(loc="upper left")
plt.show()

# %%
# For the straight line :math:`2x` trapezoids are exact. For a smooth curve they leave an error of order
# :math:`h^2`, and ``order=4`` leaves one of order :math:`h^4`.
#
# Why the running sum lies 1200 above
# -----------------------------------
#
# Now :math:`f(x) = 3x^2 - 4x`. The power rule backwards gives :math:`F(x) = x^3 - 2x^2`. Draw :math:`F` and the
# running sum of :math:`f` from :math:`-10` to 10 in one plot. Should they not coincide?


def f(x):
    return 3 * x**2 - 4 * x


def F(x):
    return x**3 - 2 * x**2


running_sum = np.cumsum(f(x)) * h
running_integral = integrate.cumulative(f(x), x)

print(f"F(−10) = {F(-10)}")
print("     x    running sum − F   running integral − F")
for i in (0, 50, 100, 150, 200):
    sum_gap, integral_gap = running_sum[i] - F(x[i]), running_integral[i] - F(x[i])
    print(f"{x[i]:>6.1f}{sum_gap:>18.3f}{integral_gap:>23.3f}")

figure, ax = plt.subplots()
ax.plot(x, running_sum, label="running sum")
ax.plot(x, running_integral, label="running integral")
ax.plot(x, F(x), label="$F(x) = x^3 - 2x^2$")
ax.annotate("", (-5, F(-5)), xytext=(-5, F(-5) + 1200), arrowprops={"arrowstyle": "<->"})
ax.text(-4.6, F(-5) + 400, "1200")
ax.set(
    title="The running sum starts near 0, $F$ starts at −1200",
    xlabel="x",
    ylabel="value",
)
ax.legend(loc="upper left")
plt.show()

# %%
# They should not, and nothing is broken. The running integral starts at 0, because at :math:`-10` nothing has been
# added. :math:`F` starts at :math:`F(-10) = -1000 - 200 = -1200`. Both have the same slope everywhere, so they
# stay 1200 apart:
#
# .. math:: \int_{-10}^x f(t)\,dt = F(x) - F(-10) = F(x) + 1200.
#
# That is the constant of integration, made visible. The *sum* is a little further away, by 17 to 34. That
# is the other fault, the one of the last section. ``np.cumsum`` gives the first and the last value their full
# weight, where the trapezoidal rule gives them half. So it lies above the trapezoids by
#
# .. math:: \frac{h}{2}\,\big(f(-10) + f(x)\big).
#
# At :math:`x = -10` this is :math:`0.05 \cdot 680 = 34`. It shrinks with :math:`h`; the 1200 does not. The
# trapezoids themselves are off by 0.1 at most, and that shrinks with :math:`h^2`.
#
# So what do you do? Either subtract :math:`F(-10)` from :math:`F`, or add it to the running sum. Then your plot
# shows only *one* curve, and even so the two need not be equal. The two upper curves here are up to 34 apart,
# which at this height is less than two line widths. Do not trust the eye. Print the gap. (For a parabola,
# ``order=4`` is exact.)

print(f"largest gap of the sum:      {np.abs(running_sum - (F(x) - F(-10))).max():.3f}")
print(f"largest gap of trapezoids:   {np.abs(running_integral - (F(x) - F(-10))).max():.3f}")
fourth = integrate.cumulative(f(x), x, order=4)
print(f"largest gap with order=4:    {round(np.abs(fourth - (F(x) - F(-10))).max(), 9):.3f}")

# %%
# Some antiderivatives have no formula
# ------------------------------------
#
# Each continuous function has an antiderivative: its running integral. But not every one has a *formula*, if that
# means powers, roots, exponentials, logarithms, the trigonometric functions and their inverses, put together in
# finitely many steps. The theory that Liouville began around 1835 proves it for a function as plain as
# :math:`e^{-x^2}`, the bell curve. The way out is to give the running integral a name. This one is called the
# error function:
#
# .. math:: \operatorname{erf}(x) = \frac{2}{\sqrt{\pi}} \int_0^x e^{-t^2}\,dt
#
# SymPy, asked for an antiderivative, answers with that name. Behind the name stands a numerical method, and any
# other good one gives the same numbers. One is *quadrature*, which computes an integral from values of the
# function; :func:`~calcguide.integrate.integral` is a routine of this kind:

from math import erf, sqrt

import sympy

symbol = sympy.Symbol("x")
print("SymPy:", sympy.integrate(sympy.exp(-(symbol**2)), symbol))


def bell(x):
    return np.exp(-(x**2))


print("    x    by quadrature     √π/2 · erf(x)")
for end in (0.5, 1.0, 2.0):
    print(
        f"{end:>5}{integrate.integral(bell, 0, end):>17.12f}{sqrt(np.pi) / 2 * erf(end):>18.12f}"
    )

# %%
# For the running integral at many points at once there is :func:`~calcguide.integrate.cumulative_integral`. It
# takes the function, not samples of it, and chooses for itself where to call it.

x = np.linspace(-3, 3, 121)
from_zero = integrate.cumulative_integral(bell, x) - integrate.integral(bell, -3, 0)

figure, ax = plt.subplots()
plotting.curve(ax, bell, -3, 3, label="$e^{-x^2}$")
ax.plot(x, from_zero, label="its running integral from 0")
points = np.linspace(-3, 3, 13)
style = {"color": plotting.INK, "linestyle": "none", "marker": "o", "markerfacecolor": "none"}
ax.plot(points, [sqrt(np.pi) / 2 * erf(p) for p in points], label="√π/2 · erf", **style)
ax.set(title="No formula, but a running integral like any other", xlabel="x", ylabel="y")
ax.legend(loc="lower right")
plt.show()

# %%
# To the left of 0 the running integral is negative: from 0 to :math:`-3` the way goes backwards.
#
# So the order of things is: if there is an antiderivative that you can find, use it. If there is none, or the search
# takes too long, use quadrature. In the table it agrees to a dozen digits.
#
# The derivative of an integral
# -----------------------------
#
# Three things in an integral may depend on a parameter :math:`p`: the upper limit, the lower limit, and the
# function. You know what the upper limit does: moving it on adds a strip. Moving the lower limit on removes one.
# And if the whole curve is lifted, each value at its own rate, the sum grows at the sum of these rates. Such a
# rate is written :math:`\partial f / \partial p`, with a curly :math:`\partial`: only :math:`p` moves, and
# :math:`x` is held still (a :term:`partial derivative`). Together, with the chain rule for the limits, this is
# *Leibniz's rule*:
#
# .. math::
#
#    \frac{d}{dp} \int_{a(p)}^{b(p)} f(x, p)\,dx = f(b, p)\,b'(p) - f(a, p)\,a'(p)
#    + \int_{a(p)}^{b(p)} \frac{\partial f}{\partial p}(x, p)\,dx
#
# It holds where :math:`f` and :math:`\partial f / \partial p` are continuous and the limits have derivatives. Take
# :math:`f = e^{-p x^2}` from :math:`a = p/2` to :math:`b = 1 + p^2`, so :math:`a' = 1/2` and :math:`b' = 2p`, at
# :math:`p = 0.8`:


def family(x, p):
    return np.exp(-p * x**2)


def integral_of_family(p):
    return integrate.integral(lambda x: family(x, p), p / 2, 1 + p**2)


p = 0.8
a, b = p / 2, 1 + p**2
upper = family(b, p) * 2 * p
lower = -family(a, p) / 2
inside = integrate.integral(lambda x: -(x**2) * family(x, p), a, b)
print(f"upper limit:   {upper:>10.6f}")
print(f"lower limit:   {lower:>10.6f}")
print(f"inside:        {inside:>10.6f}")
print(f"sum:           {upper + lower + inside:>10.6f}")
print(f"differences:   {differences.derivative(integral_of_family, p):>10.6f}")

# %%
# The last term is the one that machine learning lives on. An expected loss is an integral over the data, the
# parameters of the model stand inside, and the gradient of the integral is the integral of the gradient.
#
# Your task
# ---------
#
# .. exercise:: A2t
#
# .. exercise:: A2w
#
# Here is what the checker says to an antiderivative that forgets where the sum starts:

from textwrap import fill


def answer(x):
    return x**3 - 2 * x**2


print(fill(str(exercises.get("A2t").check(answer)), width=48))

# %%
# Common mistakes
# ---------------
#
# **"An antiderivative of x is x²."** Differentiate, and see: that gives :math:`2x`. The power goes up by one, and then
# you divide by the new power: :math:`x^2/2 + C`. It is :math:`2x` that has the antiderivatives
# :math:`x^2 + C`.

print(f"rate of x² at 3:    {differences.derivative(lambda x: x**2, 3.0):.6f}")
print(f"rate of x²/2 at 3:  {differences.derivative(lambda x: x**2 / 2, 3.0):.6f}")

# %%
# **"Functions with the same derivative differ by a constant."** On an interval they do. The sign function and the
# constant 0 have the same derivative wherever both have one, and they differ by :math:`-1` on one side of 0
# and by 1 on the other:

for x in (-2.0, 2.0):
    slopes = differences.derivative(np.sign, x), differences.derivative(lambda x: 0 * x, x)
    print(
        f"x = {x:>4}: slopes {slopes[0]:.0f} and {slopes[1]:.0f}, difference {np.sign(x):>2.0f}"
    )

# %%
# **Subtracting across a gap.** An antiderivative of :math:`1/x^2` is :math:`-1/x`. From :math:`-1` to 1 that
# gives :math:`-1 - 1 = -2`: a negative area below a function that is positive everywhere. The formula needs
# :math:`F' = f` on the whole interval, and at 0 neither of them exists. There is no integral, and the routine
# sees it: status 3 means that the integral seems to diverge.

result = integrate.integral(lambda x: x**-2.0, -1, 1, full_output=True)
print("F(1) − F(−1):", -1 / 1 - -1 / -1)
print("status:      ", result.status)

# %%
# **A running sum that does not start at 0.** ``np.cumsum`` begins with the first cell, and one routine of SciPy
# leaves the first entry out unless told otherwise. Either way the curve is drawn one cell off. Compare lengths and
# first entries with those of ``x``:

from scipy.integrate import cumulative_trapezoid

x = np.linspace(0, 1, 11)
y = 2 * x + 1
for name, total in (
    ("np.cumsum", np.cumsum(y) * 0.1),
    ("SciPy, plain", cumulative_trapezoid(y, x)),
    ("SciPy, initial=0", cumulative_trapezoid(y, x, initial=0)),
    ("calcguide", integrate.cumulative(y, x)),
):
    print(f"{name:<17} {total.size} entries, first {total[0]:.2f}, last {total[-1]:.2f}")

# %%
# The integral of :math:`2x + 1` from 0 to 1 is 2, and there are 11 points.
#
# In practice
# -----------
#
# - Running integrals of samples: :func:`calcguide.integrate.cumulative`; in SciPy
#   ``scipy.integrate.cumulative_trapezoid(y, x, initial=0)`` and ``cumulative_simpson``; in PyTorch
#   ``torch.cumulative_trapezoid``, which leaves the first entry out too.
# - Antiderivatives as formulas: ``sympy.integrate``, which leaves :math:`C` out. For polynomials
#   ``np.polynomial.Polynomial.integ``, where ``lbnd`` says at which point the antiderivative is 0.
# - Numbers: :func:`calcguide.integrate.integral`; in SciPy ``scipy.integrate.quad``.
# - Gradients through an integral: JAX and PyTorch differentiate the sum that stands for it, term by term, which is
#   Leibniz's rule for fixed limits.
#
# The 1200, once more, from a library:

polynomial = np.polynomial.Polynomial([0, -4, 3])
print("from −10: ", polynomial.integ(lbnd=-10).coef.tolist())
print("SymPy:    ", sympy.integrate(3 * symbol**2 - 4 * symbol, symbol))

# %%
# Further reading
# ---------------
#
# - Both halves of the theorem with proofs and many exercises: chapter 1 of the free textbook
#   `OpenStax, Calculus Volume 2 <https://openstax.org/details/books/calculus-volume-2>`_.
# - :cite:t:`risch1969` shows for a large class of functions how to decide whether an antiderivative has a formula;
#   computer algebra builds on it.
# - :cite:t:`flanders1973` on differentiating under the integral sign, from Leibniz's rule to domains that move in
#   space.
# - :cite:t:`davis1984` for what to do when there is no formula.
#
# Next: :doc:`03_quadrature`, for when there is no formula and you want many digits.
