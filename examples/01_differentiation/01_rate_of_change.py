r"""
The rate of change
==================

How fast does a function change *at* a point? You need two points to see a change, and a limit to get
rid of the second one.

After this lesson you can

- compute a rate of change from function values, and say in advance how wrong it will be;
- take a limit on paper, and check it in numbers;
- explain why two curves that look the same are not, and by how much they differ;
- tell a jump, a hole and a kink apart, and say which of them has a derivative.

You need Python functions and powers such as :math:`x^2`. You need no calculus. Take about 45 minutes,
and a quarter of an hour for the task at the end.
"""

# %%
# A rate needs two points
# -----------------------
#
# How fast does :math:`f(x) = x^2` change at :math:`x = 3`? At the point itself nothing changes: there
# is one value, :math:`f(3) = 9`. So take a second point, a step :math:`h` further on. The change of
# :math:`f`, divided by the change of :math:`x`, is the **average rate of change** between the two:
#
# .. math::
#
#    \frac{f(x + h) - f(x)}{h}
#
# This fraction is called the :term:`difference quotient`. In Python it is one line, which looks like
# the formula:

import matplotlib.pyplot as plt
import numpy as np

from calcguide import differences, exercises, functions, plotting

plotting.use_style()


def quotient(f, x, h):
    return (f(x + h) - f(x)) / h


def square(x):
    return x**2


# %%
# We want the rate at 3, so the second point should move towards the first: let :math:`h` shrink. With
# :math:`h = 1` the rate is :math:`4^2 - 3^2 = 7`. Before you look at the output: which number will the
# others run towards?

for h in (1, 0.1, 0.01, 0.001, 0.0001):
    print(f"h = {h:<8} quotient = {quotient(square, 3, h):.4f}")

# %%
# They run towards 6, and they do it in a striking way: each one is too large by :math:`h` itself. We
# come back to that.
#
# From the secant to the tangent
# ------------------------------
#
# Seen in the graph, a difference quotient is a slope: that of the straight line through the two
# points, the :term:`secant`. When the second point moves towards the first, the secant turns. What it
# turns into is the :term:`tangent`, the line that has the direction of the curve at that point. Here
# it is for :math:`x^2` at :math:`x = 1`:

figure, ax = plt.subplots()
ax.set(
    title="As h shrinks, the secants of $x^2$ turn into the tangent",
    xlabel="x",
    ylabel="y",
    xlim=(-0.5, 3.5),
    ylim=(-2, 10),
)
plotting.curve(ax, square, -0.5, 3.5, label="$x^2$", linewidth=2.5)
for h, name, line in ((2, "orange", "--"), (1, "green", "-."), (0.5, "purple", ":")):
    style = {"color": plotting.PALETTE[name], "linestyle": line}
    label = f"h = {h}, slope {quotient(square, 1, h):g}"
    plotting.secant(ax, square, 1, h, label=label, **style)
plotting.tangent(ax, square, 1, 2, label="tangent, slope 2", linewidth=2)
ax.legend(loc="upper left")
plt.show()

# %%
# Why the rate is 6, and the error is h
# -------------------------------------
#
# The table suggests a pattern. Algebra proves it. Write the quotient out for :math:`x^2`:
#
# .. math::
#
#    \begin{aligned}
#    \frac{(x + h)^2 - x^2}{h}
#    &= \frac{x^2 + 2xh + h^2 - x^2}{h} \\
#    &= \frac{2xh + h^2}{h} \\
#    &= 2x + h
#    \end{aligned}
#
# The :math:`x^2` cancels, both terms that are left have a factor :math:`h`, and the division removes
# it. The result has two parts. The first, :math:`2x`, does not depend on :math:`h`. The second,
# :math:`h`, is as small as you like. At :math:`x = 3` that is :math:`6 + h`: the rate is 6, and the
# error is :math:`h`. Not about :math:`h`, but exactly. Python's fractions do not round, so they can
# show it:

from fractions import Fraction

for h in (Fraction(1), Fraction(1, 10), Fraction(1, 10**6)):
    error = quotient(square, Fraction(3), h) - 6
    print(f"h = {h!s:<9} error = {error}")

# %%
# The number that the quotients come as close to as you like, and stay close to, is their
# :term:`limit` as :math:`h` tends to 0. The limit of the difference quotient is the
# :term:`derivative` of :math:`f` at :math:`x`, written :math:`f'(x)` and read "f prime of x":
#
# .. math::
#
#    f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}
#
# Note what a limit is not: it is not the value at :math:`h = 0`. There the quotient is :math:`0/0`,
# which means nothing. We divided by :math:`h` while it was not zero, and only then asked where the
# result goes.
#
# The derivative is a function
# ----------------------------
#
# The algebra did not use that :math:`x` is 3. It gave the rate at *every* :math:`x`: the derivative
# of :math:`x^2` is the function :math:`2x`. The same steps work for each power. In
#
# .. math::
#
#    (x + h)^n = x^n + n x^{n-1} h + h^2 (\dots)
#
# the first term cancels, the second loses its :math:`h`, and what follows keeps one, so it
# vanishes in the limit:
#
# .. math::
#
#    (x^n)' = n x^{n-1}
#
# This is the **power rule**: the exponent comes down as a factor, and the power goes down by one. A
# rule deserves a check. :func:`~calcguide.differences.derivative` knows no rules; it evaluates the
# function at a few points near :math:`x`. Do the two agree at :math:`x = 1.5`?

x = 1.5
print("  n      rule      from values")
for n in (1, 2, 3, 4, 5, -1, 0.5):
    rule = n * x ** (n - 1)
    by_values = differences.derivative(lambda t, n=n: t**n, x)
    print(f"{n:>4}  {rule:>10.6f}  {by_values:>10.6f}")

# %%
# They do, even for :math:`n = -1` and :math:`n = 1/2`. There our expansion says nothing and the rule
# needs another proof, but for :math:`x > 0` it holds with every exponent.
#
# Now a sum: :math:`g(x) = x^2 + 5x + 6`. Which of its three terms will make the quotient wrong? Guess
# before you go on.
#
# .. math::
#
#    \begin{aligned}
#    \frac{g(x + h) - g(x)}{h}
#    &= \frac{2xh + h^2}{h} + \frac{5h}{h} + \frac{6 - 6}{h} \\
#    &= (2x + h) + 5 + 0
#    \end{aligned}
#
# Each term goes its own way. A straight line has the same rate everywhere, so :math:`5x` contributes
# exactly 5. The constant does not change, so it contributes nothing. All of the error comes from
# :math:`x^2`, and the derivative is :math:`g'(x) = 2x + 5`:


def g(x):
    return x**2 + 5 * x + 6


def g_prime(x):
    return 2 * x + 5


h = 0.01
print("   x    rate     rule     rate - rule")
for x in (-4, -2.5, 0, 1):
    rate = quotient(g, x, h)
    print(f"{x:>4}  {rate:>6.2f}   {g_prime(x):>6.2f}   {rate - g_prime(x):>7.4f}")

# %%
# The sign of a derivative says where a function goes: :math:`g` falls at :math:`-4`, rises at 0, and
# at :math:`-2.5` it does neither. That is its lowest point.
#
# Rate beside rule
# ----------------
#
# Next, a function with more of a shape: :math:`f(x) = x^3 - 2x^2 + 1`. It is ``functions.cubic``, and
# it knows its own derivatives by rule: ``cubic.jac`` is :math:`f'`. (What formula is behind it? That
# is your task at the end.) We draw :math:`f` above, and below it the derivative by rule together with
# the rate, once for a large step and once for a small one.

cubic = functions.cubic

figure, (above, below) = plt.subplots(2, sharex=True, figsize=(6, 6))
above.set(title="f rises where f' > 0; a small step hides the gap", ylabel="f(x)")
plotting.curve(above, cubic, -1, 2.6, label="$x^3 - 2x^2 + 1$")
above.legend()

below.set(xlabel="x", ylabel="slope")
below.axhline(0, color=plotting.INK, linewidth=0.8)
plotting.curve(below, cubic.jac, -1, 2.6, label="rule")
plotting.curve(below, lambda x: quotient(cubic, x, 0.25), -1, 2.6, label="rate, h = 0.25")
at = np.linspace(-1, 2.6, 19)
style = {"color": plotting.PALETTE["red"], "linestyle": "none", "marker": "o"}
below.plot(at, quotient(cubic, at, 1e-4), label="rate, h = 0.0001", **style)
below.legend(loc="upper center")

for point in cubic.stationary:  # where the slope is 0
    for ax in (above, below):
        ax.axvline(point.x, color=plotting.INK, linewidth=0.8, linestyle="--")
plt.show()

# %%
# Where :math:`f` turns, at the upright lines, its derivative crosses zero. With :math:`h = 0.25` you
# can see that rate and rule are two curves. With :math:`h = 10^{-4}` the points lie on the line. Do the
# two coincide now? Look on a wider range:

h = 1e-4
x = np.linspace(-10, 10, 500)
gap = quotient(cubic, x, h) - cubic.jac(x)
widest = np.argmax(np.abs(gap))
print(f"largest gap: {abs(gap[widest]):.1e}, at x = {x[widest]:.0f}")

# %%
# They do not, and we can say why. The quotient is the *average* slope between :math:`x` and
# :math:`x + h`. On the way the slope itself changes, at the rate :math:`f''(x)`: the **second
# derivative**, which is the derivative of the derivative. Over the whole step the slope changes by
# about :math:`f''(x)\, h`. The average lies in the middle, so it is off by half of that:
#
# .. math::
#
#    \frac{f(x + h) - f(x)}{h} \approx f'(x) + \frac{f''(x)}{2}\, h
#
# For :math:`x^2` the second derivative is 2, and the error is :math:`h`, as we found. Test the
# formula on the cubic, whose second derivative is ``cubic.hess``:

print("   x    measured    f'' h / 2")
for x in (-10.0, -3.0, 0.0, 2 / 3, 5.0):
    measured = quotient(cubic, x, h) - cubic.jac(x)
    predicted = cubic.hess(x) * h / 2
    print(f"{x:>6.2f}  {measured:>9.2e}   {predicted:>9.2e}")

# %%
# Prediction and measurement agree wherever the second derivative is not zero. At :math:`x = 2/3` it
# is zero, and the gap that remains, :math:`10^{-8}`, comes from terms with :math:`h^2`.
#
# This suggests a better rate. If the average slope belongs to the middle of the step, put :math:`x`
# into the middle:
#
# .. math::
#
#    \frac{f(x + h) - f(x - h)}{2h} \approx f'(x) + \frac{f'''(x)}{6}\, h^2
#
# This is the :term:`central difference`; the quotient that we had so far is the
# :term:`forward difference`. The error now has a factor :math:`h^2`, and :math:`f'''`, the derivative
# of :math:`f''`. How much better is that for the same :math:`h`?


def central_quotient(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


x = np.linspace(-10, 10, 500)
forward = np.abs(quotient(cubic, x, h) - cubic.jac(x))
central = np.abs(central_quotient(cubic, x, h) - cubic.jac(x))
print(f"largest gap, forward: {forward.max():.1e}")
print(f"largest gap, central: {central.max():.1e}")

# %%
# Those are the worst points. Here is the gap at every point, on a logarithmic axis:

figure, ax = plt.subplots()
ax.set(
    title="Rate and rule differ everywhere, much less if central",
    xlabel="x",
    ylabel="|rate − rule|",
    yscale="log",
    ylim=(1e-9, 1e-2),
)
ax.plot(x, forward, label="forward, $h = 10^{-4}$")
ax.plot(x, central, label="central, $h = 10^{-4}$")
at = np.array([-10, -7, -4, -1, 2, 5, 8])
predicted = np.abs(cubic.hess(at)) * h / 2
style = {"color": plotting.INK, "linestyle": "none", "marker": "o", "markerfacecolor": "none"}
ax.plot(at, predicted, label="predicted, $|f''(x)|\\,h/2$", **style)
ax.legend(loc="center left")
plt.show()

# %%
# Now you see what the plot before could not show. The forward gap dips where
# :math:`f''` is zero, and grows to both sides. The central gap is about :math:`10^{-8}` everywhere,
# which is :math:`h^2`. It gets a little rough at the ends: that is not calculus but rounding, and it
# is the subject of :doc:`the third lesson <03_step_size>`.
#
# Where there is no derivative
# ----------------------------
#
# A limit must not depend on the way: whether :math:`h` goes to 0 from the right or from the left, the
# quotients have to go to the same number. They do not always. Here are three things that can happen
# at a point, each at :math:`x = 0`.
#
# - A **jump**: :math:`\operatorname{sign}(x)` is :math:`-1` on the left, 0 at 0, and 1 on the right. The
#   function itself has no limit there.
# - A **hole**: :math:`\frac{\sin x}{x}` has no value at 0, where it is :math:`0/0`.
# - A **kink**: :math:`|x|` goes down with slope :math:`-1`, and up with slope 1.
#
# Take the hole first. There is no value at 0, but is there a limit?

for x in (0.1, 0.01, 0.001):
    right, left = np.sin(x) / x, np.sin(-x) / -x
    print(f"x = ±{x:<5}   {right:.8f}   {left:.8f}")

# %%
# From both sides the values go to 1. So the limit exists although the value does not, and exactly one
# number fills the hole: with :math:`f(0) = 1` the function is :term:`continuous`.
#
# You have met such a hole before. Every difference quotient, as a function of :math:`h`, has one at
# :math:`h = 0`, and the derivative is the number that fills it. This one even *is* a difference
# quotient, that of the sine at 0. So the derivative of the sine at 0 is 1:
#
# .. math::
#
#    \frac{\sin(0 + h) - \sin 0}{h} = \frac{\sin h}{h}
#
# So to see whether a derivative exists, draw the quotient against :math:`h`, with negative :math:`h`
# for steps to the left. Before you look: for which of the three can the gap at :math:`h = 0` be
# closed by one number?


def filled(x):
    return np.sinc(x / np.pi)  # sin(x)/x, and 1 at 0


right = np.geomspace(1e-3, 1, 200)
cases = (
    ("jump: sign(x)", np.sign, "orange", "--", 2.15),
    ("kink: |x|", np.abs, "blue", "-", -0.7),
    ("hole, filled: sin(x)/x", filled, "green", "-.", 0.4),
)

figure, ax = plt.subplots()
ax.set(
    title="Only for the filled hole do the two sides meet",
    xlabel="step h; below 0: a step to the left",
    ylabel="difference quotient at x = 0",
    xlim=(-1, 1),
    ylim=(-2, 6),
)
for label, f, name, line, height in cases:
    style = {"color": plotting.PALETTE[name], "linestyle": line}
    for h in (-right, right):
        ax.plot(h, quotient(f, 0.0, h), **style)
    ax.text(-0.96, height, label)
style = {"linestyle": "none", "marker": "o", "markerfacecolor": plotting.GROUND}
ax.plot([0, 0], [-1, 1], color=plotting.PALETTE["blue"], **style)
ax.plot([0], [0], color=plotting.PALETTE["green"], **style)
plt.show()

# %%
# - The **filled hole** closes: from both sides the quotients go to 0. The derivative there is 0.
# - The **kink** does not: 1 from the right, :math:`-1` from the left. One number cannot be both, so
#   there is no derivative. Each side alone has a limit; these are called one-sided derivatives.
# - The **jump** does not either: on both sides the quotients grow without bound. A function that
#   jumps has no derivative there, for a derivative needs a continuous function. The kink shows that
#   this is not enough.
#
# What does a computer say at such points? A formula with one step has no way to notice. The central
# quotient of :math:`|x|` at 0 is :math:`\frac{h - h}{2h} = 0`, for every :math:`h`: a steady answer,
# and a wrong one. So :func:`~calcguide.differences.derivative` compares several steps on both sides.
# With ``full_output=True`` it tells you what it found, as a status and a message:

from textwrap import fill

print("central quotient at the kink:", central_quotient(np.abs, 0.0, 1e-6))

candidates = {
    "jump": np.sign,
    "kink": np.abs,
    "filled hole": filled,
    "hole": lambda x: np.sin(x) / x,
}
results = {}
for name, f in candidates.items():
    results[name] = differences.derivative(f, 0.0, full_output=True)
    print(f"\n{name}: status {results[name].status}")
    print(fill(results[name].message, width=48))

# %%
# Status 0 means that the result can be used: the filled hole. Status 1 is an estimate that cannot be
# trusted: the kink and the jump. Status 2 says that the function has no value there: the hole.
# Without ``full_output``, status 1 is a warning and status 2 an error.
#
# Your task
# ---------
#
# Find the formula behind ``cubic.jac``, with paper, and put it beside the rate.
#
# .. exercise:: A1t
#
# The checker can tell a rate from a rule. Here is an attempt that would pass on any plot:


def answer(x):
    return (cubic(x + 1e-4) - cubic(x)) / 1e-4


print(fill(str(exercises.get("A1t").check(answer)), width=48))

# %%
# Common mistakes
# ---------------
#
# **Writing "=" where there is "≈".** A quotient with :math:`h = 10^{-4}` is called *the* derivative,
# and the two curves are said to coincide. They differ by about :math:`f''(x)\,h/2`, and fail a test
# for equality:

h = 1e-4
x = np.linspace(-10, 10, 500)
for f, rule in ((square, 2 * x), (cubic, cubic.jac(x))):
    rate = quotient(f, x, h)
    gap = np.abs(rate - rule).max()
    print(f"equal: {np.allclose(rate, rule)}, largest gap: {gap:.1e}")

# %%
# It is the step that makes the difference, not the powers and not the constant. Write :math:`\approx`
# and state the error, or write :math:`\lim` and mean the limit.
#
# **Taking h "as close to zero as possible".** On paper, a smaller :math:`h` makes the error of
# :math:`x^2` smaller. In floating-point numbers it does so only for a while. The largest error on
# :math:`[-10, 10]`:

for h in (1e-4, 1e-7, 1e-15, 1e-16):
    error = np.abs(quotient(square, x, h) - 2 * x).max()
    print(f"h = {h:.0e}   error = {error:.1e}")

# %%
# With :math:`h = 10^{-15}` the error is larger than the derivative, which is 20 at most. With
# :math:`h = 10^{-16}` it is 20 as well, because at :math:`x = 10` the quotient is 0: ``x + h`` is
# rounded to ``x``. Which step is best, and why, you find in :doc:`the third lesson <03_step_size>`.
# Until then, let :func:`~calcguide.differences.derivative` choose it.
#
# **Keeping the constant.** The derivative of :math:`x^2 + 5x + 6` is not :math:`2x + 5 + 6`. The
# constant is in :math:`g(x + h)` and in :math:`g(x)`, so the difference loses it. One point is enough
# to find out:

print("wrong:  ", 2 * 1.0 + 5 + 6)
print("right:  ", 2 * 1.0 + 5)
print("checked:", round(differences.derivative(g, 1.0), 6))

# %%
# **Plotting slopes at the wrong points.** ``np.diff(y) / h`` has one value less than ``x``. Which end
# of ``x`` do you drop? Neither: each slope belongs to the middle of its step.

h = 0.1
x = np.linspace(0, 1, 11)
slopes = np.diff(square(x)) / h
print(f"{x.size} points, {slopes.size} slopes")
places = {"x[:-1]": x[:-1], "x[1:]": x[1:], "middle": (x[:-1] + x[1:]) / 2}
for name, place in places.items():
    error = np.abs(slopes - 2 * place).max()
    print(f"plotted at {name}: largest error {error:.3f}")

# %%
# **Mixing up what** ``plt.subplots`` **returns.** It returns two things, a figure and axes, and the
# axes do the drawing. Typed from memory, it goes wrong in two ways:

figure, ax = plt.subplots()
try:
    ax.plt.plot(x, square(x))
except AttributeError as error:
    print(error)

ax = plt.subplots()
try:
    ax.plot(x, square(x))
except AttributeError as error:
    print(error)

plt.close("all")

# %%
# The correct form is ``figure, ax = plt.subplots()``, then ``ax.plot(x, square(x))``.
#
# In practice
# -----------
#
# The libraries offer what you have just built, under these names:
#
# - From samples, where there is no function to call: ``np.gradient``. It takes central quotients
#   inside, and one-sided ones at the two ends.
# - From a function: :func:`calcguide.differences.derivative`; in SciPy
#   ``scipy.differentiate.derivative`` (from version 1.15) and, with one forward step,
#   ``scipy.optimize.approx_fprime``.
# - By rule, applied by the machine to your code: ``jax.grad`` in JAX, and ``backward`` in PyTorch.
#   There is no :math:`h`, so there is no gap; what is left is rounding.
#
# Three of them on the cubic at :math:`x = 2`:

from scipy.optimize import approx_fprime

x = np.array([1.9, 2.0, 2.1])
print(f"np.gradient    {np.gradient(cubic(x), x)[1]:.9f}")
print(f"approx_fprime  {approx_fprime([2.0], lambda x: cubic(x[0]))[0]:.9f}")
print(f"derivative     {differences.derivative(cubic, 2.0):.9f}")
print(f"by rule        {cubic.jac(2.0):.9f}")

# %%
# You know both errors. The samples are 0.1 apart, and the central quotient of the cubic is off by
# :math:`h^2 = 0.01`. The step of ``approx_fprime`` is about :math:`3 \cdot 10^{-8}` here, and the forward
# quotient at 2 is off by :math:`f''(2)\, h/2 = 4h`.
#
# Further reading
# ---------------
#
# - The full definition of a limit, worked examples and many exercises: chapters 2 and 3 of the free
#   textbook `OpenStax, Calculus Volume 1 <https://openstax.org/details/books/calculus-volume-1>`_.
# - How a machine can apply the rules instead of taking quotients, and what
#   this is often confused with:
#   :cite:t:`baydin2018`.
# - Why small differences of rounded numbers are delicate: the first chapter of :cite:t:`higham2002`.
#
# Next: :doc:`02_rules_of_differentiation`, which adds products, quotients and chains to the power
# rule.
