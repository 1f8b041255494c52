r"""
Area as a sum
=============

Your speed is on the dial. How far have you come? A derivative takes you from the distance to the speed; now
you want to go the other way. Whenever you know *how fast* and ask *how much in all*, the answer is a sum of
many thin pieces. What the sum runs towards as the pieces get thinner is called an integral.

**After this lesson you can**

- turn "how much in all?" into a sum of rectangles, in one line of NumPy;
- say how wrong the sum is before you run it, and make it better at no cost;
- tell a signed area from an unsigned one, and know which of them you were asked for;
- notice when the sums run towards nothing at all;
- integrate measurements that are not equally spaced.

**You need** Python loops and NumPy arrays, and an idea of what a rate of change is:
:doc:`/lessons/01_differentiation/01_rate_of_change`.

**It takes** about 50 minutes with the task.
"""

# %%
# How far?
# --------
#
# A train leaves the station. After :math:`t` seconds its speed is
#
# .. math:: v(t) = \frac{t\,(40 - t)}{20} \quad \text{metres per second.}
#
# How far is it after 20 seconds? If the speed were constant you would multiply: speed times time. It is not
# constant. But over a short time it hardly changes. So cut the 20 seconds into 5 cells of 4 seconds, pretend
# that within each cell the speed stays what it was at the start, multiply, and add up. The train only gets
# faster. Will the result be too small or too large?

import matplotlib.pyplot as plt
import numpy as np

from calcguide import exercises, integrate, plotting

plotting.use_style()


def speed(t):
    return t * (40 - t) / 20


width = 4
distance = 0.0
print("from    speed   piece   so far")
for t in (0, 4, 8, 12, 16):
    piece = speed(t) * width
    distance += piece
    print(f"{t:>3} s  {speed(t):>5.1f}   {piece:>5.1f}   {distance:>6.1f}")

# %%
# 224 metres, and that is too small: within each cell the train gets faster than we pretend. Had we taken the
# speed at the *end* of each cell, it would be too large. The middle should be better than either. Each of
# the three is a :term:`Riemann sum`: values of the function, times the width of a cell, added up.
#
# .. math:: S_n = \sum_{i=0}^{n-1} f(x_i^*) \, \Delta x, \qquad \Delta x = \frac{b - a}{n}
#
# The sign :math:`\sum` is the loop: add up what follows it, for :math:`i` from 0 to :math:`n - 1`. There are
# :math:`n` cells between :math:`a` and :math:`b`, each :math:`\Delta x` wide, and :math:`x_i^*` is the point of cell
# :math:`i` that gives the height. In NumPy the loop becomes one line, and the three sums differ in one number:


def rectangles(f, a, b, n, spot):
    """Add n rectangles; spot 0 is the left end of a cell, 1 the right end, 0.5 the middle."""
    width = (b - a) / n
    x = a + (np.arange(n) + spot) * width
    return np.sum(f(x)) * width


for name, spot in (("left", 0.0), ("right", 1.0), ("midpoint", 0.5)):
    own = rectangles(speed, 0, 20, 5, spot)
    packaged = integrate.riemann_sum(speed, 0, 20, 5, rule=name)
    print(f"{name:<9} {own:.1f} m   {packaged:.1f} m")

# %%
# The second column is :func:`~calcguide.integrate.riemann_sum`, which does the same. So the train has come more
# than 224 m, less than 304 m, and probably about 268 m. In the graph of the speed each piece is a rectangle: as
# wide as its cell, as high as the speed. Its area is the piece, so the sum is an area. The unit comes out right
# too: metres per second on the upright axis, times seconds on the level one, are metres.

figure, panels = plt.subplots(1, 3, sharey=True, figsize=(6, 3.2))
figure.suptitle(
    "Left sums miss a part, right sums overshoot, midpoints balance", x=0.02, ha="left"
)
for ax, rule in zip(panels, ("left", "right", "midpoint"), strict=True):
    plotting.riemann_rectangles(ax, speed, 0, 20, 5, rule=rule)
    plotting.curve(ax, speed, 0, 20, color=plotting.PALETTE["orange"], linestyle="-")
    total = integrate.riemann_sum(speed, 0, 20, 5, rule=rule)
    ax.set(xlabel="time in s", ylim=(0, 25), xticks=(0, 4, 8, 12, 16, 20))
    ax.text(0.5, 22.5, f"{rule}: {total:.0f} m")
panels[0].set(ylabel="speed in m/s")
plt.show()

# %%
# Nothing here is about trains. Power is energy per time, so energy is a sum of power times time. Rain per hour,
# times hours, is the rain of the day. Probability per length, times length, is a probability. A rate goes in,
# an amount comes out.
#
# Let the cells get narrow
# ------------------------
#
# More cells, less pretending. Take a function for which we can follow each step on paper,
# :math:`f(x) = x^2` between 0 and 1. It rises, so every left sum is too small, and every right sum too large.
# Towards which number will they run?

print(f"{'n':>6}{'left':>12}{'right':>12}{'right − left':>14}")
for n in (1, 2, 5, 10, 100, 1000, 10000):
    left = rectangles(np.square, 0, 1, n, 0.0)
    right = rectangles(np.square, 0, 1, n, 1.0)
    print(f"{n:>6}{left:>12.8f}{right:>12.8f}{right - left:>14.6f}")

# %%
# Both run towards :math:`1/3`, one from below and one from above. Look at the last column: the gap between them
# is :math:`1/n`, in every row. The next figure shows why. Right and left rectangles of one cell differ by a box
# on top. Push all boxes to the side until they stand on one another: they fill one column, as wide as a cell
# and as high as the whole rise of :math:`f`.

n = 8
edges = np.linspace(0, 1, n + 1)
low, high = edges[:-1] ** 2, edges[1:] ** 2
boxes = {"color": plotting.PALETTE["orange"], "alpha": 0.45, "edgecolor": plotting.INK}

figure, (staircase, column) = plt.subplots(
    1, 2, sharey=True, figsize=(6, 3.6), width_ratios=(3, 1)
)
figure.suptitle("The gap between left and right sum is one column", x=0.02, ha="left")
blue = {"color": plotting.PALETTE["blue"], "alpha": 0.3, "label": "left sum"}
staircase.bar(edges[:-1], low, 1 / n, align="edge", **blue)
gap = {"label": "added by the right sum", **boxes}
staircase.bar(edges[:-1], high - low, 1 / n, low, align="edge", **gap)
plotting.curve(staircase, np.square, 0, 1, label="$x^2$")
staircase.set(xlabel="x", ylabel="y", xlim=(0, 1), ylim=(0, 1.05))
staircase.legend(loc="upper left", fontsize=10)
column.bar(np.zeros(n), high - low, 1 / n, low, align="edge", **boxes)
column.set(xlim=(-1 / 12, 1 / 4), xticks=(0, 1 / n), xticklabels=("0", "1/8"), xlabel="width")
plt.show()

# %%
# Whatever the whole amount is, it lies between the two sums, and as :math:`n` grows no room is left between
# them. For :math:`x^2` we can say it without a picture. The squares from :math:`1^2` to :math:`(n-1)^2` add up to
# :math:`(n-1)\,n\,(2n-1)/6`, so the left sum is
#
# .. math::
#
#    \frac{1}{n} \sum_{i=0}^{n-1} \left(\frac{i}{n}\right)^2 = \frac{(n-1)(2n-1)}{6n^2}
#    = \frac{1}{3} - \frac{1}{2n} + \frac{1}{6n^2}.
#
# Python's fractions do not round, so here "equal" means equal:

from fractions import Fraction

for n in (1, 2, 10, 1000):
    exact = sum(Fraction(i, n) ** 2 for i in range(n)) / n
    formula = Fraction(1, 3) - Fraction(1, 2 * n) + Fraction(1, 6 * n**2)
    print(f"n = {n:<5} sum = {exact!s:<18} equal: {exact == formula}")

# %%
# As :math:`n` grows, the last two terms of the formula go to 0. So the limit is :math:`1/3`, and not a number
# very near to it. This limit is the :term:`integral`:
#
# .. math:: \int_a^b f(x)\,dx = \lim_{n \to \infty} \sum_{i=0}^{n-1} f(x_i^*)\,\Delta x
#
# Say "the integral of f from a to b". The sign :math:`\int` is a long S, for sum, and :math:`dx` is what
# becomes of the width. The definition asks for more than a limit of one kind of sum: *every* choice of the points
# :math:`x_i^*`, each in its cell, must lead to the same number. If :math:`f` is :term:`continuous` from
# :math:`a` to :math:`b`, both ends included, then it does.
#
# How wrong is a sum?
# -------------------
#
# A computer takes finitely many cells. What does that cost? Look at the staircase again. The left sum misses the
# part of each box that lies under the curve. In a narrow cell the curve is nearly straight, so that part is half
# of the box, a triangle. All the boxes together make the column, :math:`\Delta x` wide and :math:`f(b) - f(a)`
# high. Half of it is missing:
#
# .. math:: \text{left sum} - \int_a^b f(x)\,dx \;\approx\; \frac{\Delta x}{2}\,\big(f(a) - f(b)\big)
#
# For the right sum the same is predicted, with the other sign. Where the function falls, the box counts as
# negative, so what matters is where :math:`f` starts and where it ends, not what it does on the way. Test it
# before you believe it. The integrals of these four functions you can find yourself after the next lesson:

cases = (
    ("x²", np.square, 0.0, 1.0, 1 / 3),
    ("speed", speed, 0.0, 20.0, 800 / 3),
    ("eˣ", np.exp, 0.0, 1.0, np.e - 1),
    ("sin x", np.sin, 0.0, np.pi, 2.0),
)
n = 100
print(f"{'function':<10}{'error':>12}{'predicted':>12}")
for name, f, a, b, exact in cases:
    error = rectangles(f, a, b, n, 0.0) - exact
    predicted = (b - a) / n / 2 * (f(a) - f(b))
    # + 0.0 makes a 0 of a rounded -0
    print(f"{name:<10}{error:>12.6f}{round(predicted, 6) + 0.0:>12.6f}")

# %%
# The first three rows agree to half a percent. The sine starts and ends at 0, so the formula promises no error;
# what is left is the next term, with :math:`\Delta x^2`. And an error that you can predict you can remove. The
# left sum minus its predicted error is the mean of the left and the right sum:
#
# .. math:: T_n = \Delta x \left( \tfrac12 f(x_0) + f(x_1) + \dots + f(x_{n-1}) + \tfrac12 f(x_n) \right)
#
# Here :math:`x_0 = a, x_1, \dots, x_n = b` are the edges of the cells. Each cell now carries a trapezoid, a
# rectangle with a slanted top, hence the name :term:`trapezoidal rule`. It costs one more value than the left sum.
# The midpoint sum does not even cost that: its flat top is too high on one side of the middle, and too low on the
# other by nearly as much.
#
# How fast do the errors fall? You take ten times as many cells. By which factor does the error of the
# left sum shrink, and by which factor that of the midpoint sum?

rules = {
    "left": lambda n: integrate.riemann_sum(np.exp, 0, 1, n),
    "trapezoid": lambda n: integrate.trapezoid(np.exp, 0, 1, n),
    "midpoint": lambda n: integrate.riemann_sum(np.exp, 0, 1, n, rule="midpoint"),
}

print(f"{'n':>5}" + "".join(f"{name:>11}" for name in rules))
for n in (10, 100, 1000):
    errors = [rule(n) - (np.e - 1) for rule in rules.values()]
    print(f"{n:>5}" + "".join(f"{error:>11.1e}" for error in errors))

# %%
# The error of the left sum shrinks by a factor of about 10, that of the other two by about 100. So they are
# nearly proportional to :math:`\Delta x` and to :math:`\Delta x^2`. The trapezoid's is about twice that of the
# midpoint, with the other sign. On logarithmic axes a power is a straight line, and the exponent is its slope:

cells = np.unique(np.logspace(0, 4, 17).round().astype(int))
figure, ax = plt.subplots()
for name, rule in rules.items():
    errors = [abs(rule(n) - (np.e - 1)) for n in cells]
    plotting.convergence(ax, 1 / cells, errors, label=name)
ax.text(4e-4, 2e-3, "slope 1", ha="right")
ax.text(4e-4, 1e-7, "slope 2", ha="right")
ax.set(
    title="A tenth of the width: one more digit, or two",
    xlabel=r"width of a cell $\Delta x$",
    ylabel="size of the error, $e^x$ from 0 to 1",
)
ax.legend(loc="lower right")
plt.show()

# %%
# There are rules with steeper lines: :doc:`03_quadrature` is about them.
#
# Signed and unsigned
# -------------------
#
# Now a function that is negative in part: :math:`2x` between :math:`-10` and 10, with cells of width 0.1. Between
# its graph and the axis lie two triangles, each with the area 100. Before you look: what will the left sum be?
# The formula for its error tells you, once you know the integral.


def line(x):
    return 2 * x


n = 200
for rule in ("left", "midpoint", "right"):
    total = integrate.riemann_sum(line, -10, 10, n, rule=rule)
    print(f"{rule + ' sum':<15}{round(total, 4) + 0.0:>8.4f}")
total = integrate.integral(line, -10, 10)
print(f"{'integral':<15}{round(total, 4) + 0.0:>8.4f}")
print(f"{'unsigned area':<15}{integrate.area(line, -10, 10):>8.4f}")

# %%
# Three different numbers, and each has been called "the area". The **integral** is 0: a rectangle below the axis
# has a negative height and counts as negative, so the two triangles cancel. The **left sum** is :math:`-2`. That
# is its error, :math:`\frac{0.1}{2}\,(-20 - 20)`, and nothing else. The :term:`unsigned area` is 200; it is
# the integral of :math:`|2x|`, a different function.

figure, ax = plt.subplots()
plotting.shaded_area(ax, line, -10, 10)
plotting.curve(ax, line, -10, 10, label="$2x$")
ax.axhline(0, color=plotting.INK, linewidth=0.8)
ax.text(6.3, 3.5, "+100", ha="center")
ax.text(
    -6.3, -5, "−100", ha="center", bbox={"facecolor": plotting.GROUND, "edgecolor": "none"}
)
ax.set(title="Below the axis counts as negative: 100 − 100 = 0", xlabel="x", ylabel="y")
ax.legend(loc="upper left")
plt.show()

# %%
# Which one do you want? That depends on the question. If :math:`2x` is a speed, negative values drive you back.
# The integral says where you end up: where you started. The unsigned area says what the wheels have
# covered: 200. The sum itself is neither of the two. It is a number close to the integral, and the
# integral is the limit.
#
# The same bookkeeping makes sense of exchanged limits. From :math:`b` back to :math:`a` the widths
# are negative, so :math:`\int_b^a f(x)\,dx = -\int_a^b f(x)\,dx`, and :func:`~calcguide.integrate.integral`
# keeps to that:

there, back = integrate.integral(np.square, 0, 1), integrate.integral(np.square, 1, 0)
print(f"from 0 to 1: {there:.6f},  from 1 to 0: {back:.6f}")

# %%
# When there is no integral
# -------------------------
#
# Finitely many numbers always have a sum. So a sum of rectangles always gives you a number, whether there is a
# limit or not. Take :math:`1/x` between 0 and 1. At 0 it has no value; the right sum does not notice, because
# it never looks there. Beside it, :math:`1/\sqrt{x}`, which grows without bound at 0 as well. Do both
# sums settle?


def reciprocal(x):
    return 1 / x


def reciprocal_root(x):
    return 1 / np.sqrt(x)


sizes = (10, 100, 1000, 10_000, 100_000, 1_000_000)
sums = np.array(
    [[rectangles(f, 0, 1, n, 1.0) for f in (reciprocal, reciprocal_root)] for n in sizes]
)
gains = np.diff(sums, axis=0)  # on the sum with a tenth of the cells

print(f"{'n':>8}{'1/x':>10}{'gain':>8}{'1/√x':>10}{'gain':>8}")
for n, (one, root), (gain_one, gain_root) in zip(sizes[1:], sums[1:], gains, strict=True):
    print(f"{n:>8}{one:>10.4f}{gain_one:>8.4f}{root:>10.4f}{gain_root:>8.4f}")
print(f"log 10 = {np.log(10):.4f}")

# %%
# For :math:`1/x` each step to ten times as many cells adds nearly the same, and the gains run towards 2.3026, the
# natural logarithm of 10. The sums grow like the logarithm of :math:`n`, slowly and without end: :math:`1/x` has
# no integral from 0 to 1. For :math:`1/\sqrt{x}` each gain is about a third of the one before, so little is left
# to come, and the sums go to 2. Strictly, neither function has an integral by the definition above, because a
# point chosen close enough to 0 makes its rectangle as large as you like. So you leave out a short piece at 0,
# integrate the rest, and let the piece shrink. If that has a limit, it is called an :term:`improper integral`:
# for :math:`1/\sqrt{x}` it is 2, for :math:`1/x` there is none.
#
# A single sum looks the same in both cases. So use a routine that compares several, and says so if they do
# not agree. With ``full_output=True`` you get its opinion:

from textwrap import fill

for name, f in (("1/√x", reciprocal_root), ("1/x", reciprocal)):
    result = integrate.integral(f, 0, 1, full_output=True)
    value = f"{result.value:.10f}" if result.success else "no value to trust"
    print(f"{name:<5} status {result.status}: {value}")
    print(fill(result.message, width=48, initial_indent="  ", subsequent_indent="  "))

# %%
# There are wilder functions, for instance one that is 1 at every fraction and 0 at every other number. Each cell
# holds points of both kinds, so between 0 and 1 the sums can be made to give 1 or 0, and there is no integral in
# the sense of this lesson. You cannot see that on a computer: every floating-point number is a fraction.
#
# Samples instead of a function
# -----------------------------
#
# Often there is no formula. A meter writes down the power of a heater, in kilowatts, and it does so more often
# while something is happening. How many kilowatt-hours were used? With samples the natural sum is the
# trapezoidal rule, and each cell has its own width:
#
# .. math:: \int f(x)\,dx \approx \sum_{i} \frac{f(x_i) + f(x_{i+1})}{2}\,(x_{i+1} - x_i)

hours = np.array([0, 1, 2, 2.5, 2.75, 3, 3.5, 4, 6, 8])
power = np.array([0.2, 0.2, 0.3, 1.2, 2.0, 1.8, 0.9, 0.4, 0.2, 0.2])

pieces = (power[:-1] + power[1:]) / 2 * np.diff(hours)
running = integrate.cumulative(power, hours)
print(f"trapezoids:       {pieces.sum():.2f} kWh")
print(f"cumulative, last: {running[-1]:.2f} kWh")
print(f"mean times hours: {power.mean() * (hours[-1] - hours[0]):.2f} kWh")

# %%
# The last line is what you get if you forget the widths: 60 % too much. The mean counts each sample once, and
# most samples were taken during the busy hours. The line above it comes from
# :func:`~calcguide.integrate.cumulative`, which keeps the **running total**: one number for each sample, 0 at the
# first, the whole at the last.

figure, (above, below) = plt.subplots(2, sharex=True, figsize=(6, 5.4))
share = (running[6] - running[2]) / running[-1]  # from hour 2 to hour 3.5
percent = f"{100 * share:.0f} %"
above.set(title=f"{percent} of the energy is used in 1.5 of the 8 hours", ylabel="power in kW")
above.fill_between(hours, power, color=plotting.PALETTE["blue"], alpha=0.25)
busy = {"facecolor": "none", "edgecolor": plotting.PALETTE["blue"], "hatch": "///"}
above.fill_between(hours[2:7], power[2:7], label=f"{percent} of the energy", **busy)
above.vlines(hours, 0, power, color=plotting.PALETTE["blue"], linewidth=1)
above.plot(hours, power, "o-")
above.legend(loc="upper right")
below.set(xlabel="time in hours", ylabel="energy so far in kWh")
below.plot(hours, running, "o-", color=plotting.PALETTE["green"])
plt.show()

# %%
# Where the power is high, the running total is steep. That is no accident, and the next lesson is about
# it.
#
# Averages are sums of this kind
# ------------------------------
#
# Divide an integral by the length of the interval, and you get the **mean value** of the function there. Now
# write the Riemann sum out with :math:`\Delta x = (b - a)/n`. The width is the same in every term:
#
# .. math:: \frac{1}{b - a}\int_a^b f(x)\,dx \;\approx\; \frac{1}{b - a} \sum_i f(x_i)\,\frac{b - a}{n}
#           = \frac{1}{n} \sum_i f(x_i)
#
# The right side is a plain average. (It needs cells of one width. The heater's differ, so its average went
# wrong.) The mean loss that you report for a model has the same form. It stands for an integral over all the
# inputs that there could be, each weighted by how likely it is. Nobody lays these inputs out in cells: they come
# at random, and the likely ones come more often, which is the weighting. Do random points give an integral, too?
# Try :math:`x^2` on :math:`[0, 1]`, the interval from 0 to 1:

n = 10_000
middles = (np.arange(n) + 0.5) / n
random = np.random.default_rng(0).random(n)
print(f"mean at {n} middles:       {np.mean(middles**2):.6f}")
print(f"mean at {n} random points: {np.mean(random**2):.6f}")

# %%
# They come near to :math:`1/3`. They are worse here than the middles, but they need no grid. That is what counts
# when there are a thousand variables: with 2 points for each, a grid would have :math:`2^{1000}`.
#
# Your task
# ---------
#
# .. exercise:: A2u
#
# Here is an attempt, and what the checker says to it:

answer = (-12, -16, 16)
print(fill(str(exercises.get("A2u").check(answer)), width=48))

# %%
# Common mistakes
# ---------------
#
# **Calling the sum the area.** Three numbers are in play, and for :math:`2x` on :math:`[-10, 10]` you have seen
# how far apart they are: the left sum with width 0.1 is :math:`-2`, the integral 0, the unsigned area 200. The
# integral is a limit, and it is signed. If you want the unsigned area, say so, with a sum or with the package:

x = -10 + 0.1 * np.arange(200)
print(f"left sum:      {np.sum(2 * x) * 0.1:.4f}")
print(f"unsigned area: {np.sum(np.abs(2 * x)) * 0.1:.4f}")
print(f"package:       {integrate.area(line, -10, 10):.4f}")

# %%
# **Eleven points for ten cells.** Cut :math:`[0, 1]` into 10 cells, and there are 11 points. A left or right sum
# uses 10 of them. Add all 11 values, each times 0.1, and you have integrated over a cell that does not
# exist:

x = np.linspace(0, 1, 11)
print(f"{'f':<4}{'faulty':>9}{'left sum':>11}{'right sum':>11}")
for name, f in (("x²", np.square), ("1", np.ones_like)):
    faulty, left, right = (np.sum(f(points)) * 0.1 for points in (x, x[:-1], x[1:]))
    print(f"{name:<4}{faulty:>9.3f}{left:>11.3f}{right:>11.3f}")

# %%
# With :math:`x^2` you would not notice: its first value is 0, so the faulty sum is the right sum. Test with a
# constant. The integral of 1 from 0 to 1 is 1.
#
# **Forgetting the width.** ``np.trapezoid(y)`` takes the samples to be 1 apart unless you tell it where they are.

x = np.linspace(0, 1, 101)
print(f"faulty:     {np.trapezoid(x**2):.6f}")
print(f"with x:     {np.trapezoid(x**2, x):.6f}")

# %%
# In practice
# -----------
#
# **Trapezoids of samples** are ``np.trapezoid`` (``np.trapz`` before NumPy 2), ``scipy.integrate.trapezoid``,
# ``torch.trapezoid`` and ``jax.scipy.integrate.trapezoid``. The running total is
# ``scipy.integrate.cumulative_trapezoid``; give it ``initial=0``, or it drops the first entry.
#
# **The area under a ROC curve** is a trapezoidal rule. A classifier gives each example a score, and takes it for
# a positive if the score reaches a threshold. Lower the threshold step by step, and follow two shares: of the
# positives that are found, and of the negatives that are taken for positives by mistake. One drawn against the
# other is the curve. Ten examples are enough to see it:

labels = np.array([1, 1, 0, 1, 1, 0, 0, 1, 0, 0])
scores = np.array([0.9, 0.8, 0.7, 0.6, 0.6, 0.6, 0.4, 0.3, 0.2, 0.1])

positives, negatives = scores[labels == 1], scores[labels == 0]
thresholds = np.append(np.inf, np.unique(scores)[::-1])
found = np.array([np.mean(positives >= c) for c in thresholds])
mistaken = np.array([np.mean(negatives >= c) for c in thresholds])
area = np.trapezoid(found, mistaken)
# every positive against every negative
wins = (positives[:, None] > negatives).mean() + (positives[:, None] == negatives).mean() / 2
print(f"area under the curve:      {area:.2f}")
print(f"pairs in the right order:  {wins:.2f}")

figure, ax = plt.subplots()
ax.fill_between(mistaken, found, color=plotting.PALETTE["blue"], alpha=0.25)
ax.plot(mistaken, found, "o-", label="the classifier")
ax.plot((0, 1), (0, 1), label="scores by chance")
ax.set(
    title=f"The shaded area is {area:.2f}: how often\na positive outscores a negative",
    xlabel="share of negatives found by mistake",
    ylabel="share of positives found",
)
ax.legend(loc="lower right")
plt.show()

# %%
# The curve goes straight up where the next score belongs to a positive, to the right where it belongs to a
# negative, and on a slant where examples of both kinds have the same score. The trapezoid under the slant counts
# such a tie as half a win. So the area is exactly the share of pairs that are in the right order, with a tie as
# half a pair. In scikit-learn this is ``roc_auc_score``.
#
# Further reading
# ---------------
#
# - The definition in full, with many exercises: chapter 1 of the free textbook
#   `OpenStax, Calculus Volume 2 <https://openstax.org/details/books/calculus-volume-2>`_.
# - :cite:t:`davis1984` is the standard work on computing integrals, from these sums to much better ones.
# - :cite:t:`trefethen2014` explain when the trapezoidal rule is far better than its slope 2.
# - :cite:t:`hanley1982` show what the area under a ROC curve means; :cite:t:`fawcett2006` is an introduction to the
#   curve.
#
# Next: :doc:`02_fundamental_theorem`, where you get rid of the sum.
