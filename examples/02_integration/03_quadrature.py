r"""
How good is a quadrature rule?
==============================

The computer cannot take the limit of a sum. It stops after a number of evaluations, and what it has then is
not the integral. How far off is it? That depends less on how many values you take than on *where* you take
them, and on how much each one counts. With 17 values, one rule gets one digit of an integral right, another
gets fifteen.

**After this lesson you can**

- derive the weights of a rule from the functions it should integrate exactly;
- read the order of a rule off a figure, and say what ten more digits will cost;
- say which functions take a rule's order away, and what to do about each of them;
- choose a rule, and tell when its error estimate is not to be trusted.

**You need** the integral as a limit of sums (:doc:`01_area_as_a_sum`) and its value by an antiderivative
(:doc:`02_fundamental_theorem`). The :term:`order of accuracy` is explained in
:doc:`/lessons/01_differentiation/03_step_size`; here it comes back. One section solves four equations with four
unknowns.

**It takes** about an hour.
"""

# %%
# Four shapes under one curve
# ---------------------------
#
# Take :math:`f(x) = 1/(1 + x)` between 0 and 3. Its antiderivative is :math:`\log(1 + x)`, so the integral
# is :math:`\log 4`, and every error can be measured against it. A :term:`quadrature rule` does not know
# that. It takes some values of :math:`f` and adds them up, each with a weight:
#
# .. math:: \int_a^b f(x) \, dx \;\approx\; w_1 f(x_1) + w_2 f(x_2) + \dots + w_m f(x_m)
#
# The points :math:`x_i` are called **nodes**. Behind each of the oldest rules stands a shape: a polynomial
# that goes through the curve at the nodes. The rule takes the area under the shape instead. A constant goes
# through one point, a line through two, a parabola through three. Below are two constants, the
# :term:`trapezoid <trapezoidal rule>` and Simpson's parabola. Which is best, and which of the constants?

from functools import partial
from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np

from calcguide import autodiff, exercises, integrate, plotting

plotting.use_style()


def f(x):
    return 1 / (1 + x)


exact = np.log(4)
shapes = {"left": [0.0], "midpoint": [1.5], "trapezoid": [0, 3.0], "Simpson": [0, 1.5, 3.0]}

figure, panels = plt.subplots(2, 2, sharex=True, sharey=True, figsize=(6, 5))
title = "One value in the middle beats two at the ends; three beat both"
figure.suptitle(title, x=0.02, ha="left")
x = np.linspace(0, 3, 200)
for ax, (name, nodes) in zip(panels.flat, shapes.items(), strict=True):
    values = f(np.array(nodes))
    shape = np.polynomial.Polynomial.fit(nodes, values, len(nodes) - 1, [0, 3])
    area = np.diff(shape.integ()([0, 3]))[0]
    ax.fill_between(x, shape(x), color=plotting.PALETTE["orange"], alpha=0.3)
    plotting.curve(ax, f, 0, 3, color=plotting.PALETTE["blue"], label="$f$")
    ax.plot(x, shape(x), "--", color=plotting.PALETTE["orange"], label="shape")
    ax.plot(nodes, values, "o", color=plotting.PALETTE["blue"])
    ax.set_title(f"{name}: error {area - exact:+.3f}".replace("-", "−"), fontsize=11)
    ax.set(ylim=(0, 1.1))
panels[0, 1].legend(fontsize=10)
for ax in panels[1]:
    ax.set_xlabel("x")
for ax in panels[:, 0]:
    ax.set_ylabel("y")
plt.show()

# %%
# The two constants cost the same, one value each, and one of them is far better. At the left end every
# error has the same sign, since :math:`f` falls. The one in the middle errs on both sides, and most of it
# cancels. It even beats the trapezoid, which takes two values.
#
# One shape for the whole interval is crude. So the interval is cut into :math:`n` equal cells of width
# :math:`h`, and each cell gets a shape of its own; Simpson's parabola takes two cells at a time. These are
# the **composite rules**, and in NumPy they are one line each:

n = 16
x, h = np.linspace(0, 3, n + 1), 3 / n
y = f(x)

by_hand = {
    "left": h * y[:-1].sum(),
    "midpoint": h * f(x[:-1] + h / 2).sum(),
    "trapezoid": h * (y[0] / 2 + y[1:-1].sum() + y[-1] / 2),
    "Simpson": h / 3 * (y[0] + 4 * y[1::2].sum() + 2 * y[2:-1:2].sum() + y[-1]),
}

composite = {
    "left": partial(integrate.riemann_sum, rule="left"),
    "midpoint": partial(integrate.riemann_sum, rule="midpoint"),
    "trapezoid": integrate.trapezoid,
    "Simpson": integrate.simpson,
}
print("           by hand       package       error")
for name, rule in composite.items():
    value = rule(f, 0, 3, n)
    print(f"{name:9}  {by_hand[name]:.9f}   {value:.9f}   {value - exact:+.1e}")

# %%
# The lines by hand and the package agree. Where do the 4 and the 2 in Simpson's line come from?
#
# Where 1-4-1 comes from
# ----------------------
#
# Take two cells, from :math:`-1` to 1, with nodes at :math:`-1`, 0 and 1. We do not know the three weights.
# So we ask for three things: the rule shall be *exact* for the functions :math:`1`, :math:`x` and
# :math:`x^2`. Each of them gives one equation. On the right stands the true integral:
#
# .. math::
#
#    \begin{aligned}
#    1: &\quad w_1 + w_2 + w_3 = \int_{-1}^{1} 1 \, dx = 2 \\
#    x: &\quad -w_1 + w_3 = \int_{-1}^{1} x \, dx = 0 \\
#    x^2: &\quad w_1 + w_3 = \int_{-1}^{1} x^2 \, dx = \tfrac{2}{3}
#    \end{aligned}
#
# The second says :math:`w_1 = w_3`, the third makes both :math:`\tfrac13`, and the first leaves
# :math:`\tfrac43` for the middle: 1, 4, 1, divided by 3. Every parabola is a weighted sum of :math:`1`,
# :math:`x` and :math:`x^2`, and so the rule is exact for every parabola. For any other nodes the equations
# look the same:


def weights(nodes):
    powers = np.arange(len(nodes))
    integrals = (1 - (-1.0) ** (powers + 1)) / (powers + 1)  # of x^k over [-1, 1]
    equations = np.vander(nodes, increasing=True).T  # row k: the nodes to the power k
    return np.linalg.solve(equations, integrals)


for nodes in ([-1, 1], [-1, 0, 1], [-1, -1 / 3, 1 / 3, 1]):
    print(len(nodes), "nodes:", weights(np.array(nodes)).round(6))

# %%
# Two nodes give the trapezoid, three give Simpson's rule. (Four give the *three-eighths rule*; in the task
# you find its weights on another interval, by hand.) Here a cell is 1 wide; for cells of width :math:`h`
# the weights are multiplied by :math:`h`. Where two parabolas meet, their ends add up, :math:`1 + 1 = 2`:
# so the composite rule counts 1, 4, 2, 4, ..., 2, 4, 1.
#
# Three weights, three equations: of :math:`x^3` we asked nothing. Will Simpson's rule be wrong there?

print("power   integral   trapezoid   midpoint   Simpson")
for k in range(6):
    true = (1 - (-1.0) ** (k + 1)) / (k + 1)
    ends, middle = 1.0 + (-1.0) ** k, 0.0**k  # x^k at -1 and at 1, and at 0
    sums = ends, 2 * middle, (ends + 4 * middle) / 3
    print(f"x^{k}     {true:>6.3f}" + "".join(f"{s:>11.3f}" for s in sums))

# %%
# It is exact for :math:`x^3`, which nobody asked for. The rule is symmetric, so every odd power cancels:
# its integral is 0, and so is the sum. For the same reason the midpoint rule, a constant, is exact for
# lines. The first power at which a rule fails sets its order: :math:`x^2` for midpoint and trapezoid,
# :math:`x^4` for Simpson.
#
# Look at the row of :math:`x^2` once more. The trapezoid is too large by :math:`\tfrac43`, the midpoint is
# too small by :math:`\tfrac23`: half as much, on the other side. Remember this; it comes back.
#
# The order is a slope
# --------------------
#
# Now halve :math:`h`, again and again. In a narrow cell a smooth function is nearly a polynomial, as the
# next lesson shows: :math:`c_0 + c_1 s + c_2 s^2 + \dots`, where :math:`s` is the distance from the middle.
# A rule that is exact for all powers below :math:`s^p` gets those terms right. The first one that it gets
# wrong is about :math:`h^p` high and :math:`h` wide, so a cell is wrong by some multiple of
# :math:`h^{p+1}`. There are :math:`3/h` cells. In all
#
# .. math:: \text{error} \approx C h^p = \frac{C'}{n^p}
#
# The power :math:`p` is the order of the rule. On two logarithmic axes the error is a straight line that
# falls with the slope :math:`p`. From the table you expect 2 for midpoint and trapezoid, 4 for Simpson; the
# left sum is exact for constants only, which makes 1. Fit a line, read off what really happens, and
# continue the line to see which :math:`n` brings the error down to :math:`10^{-10}`. The fifth rule is
# Gauss's, which you meet in the next section.

rules = composite | {"Gauss": integrate.gauss_legendre}
cells = 2 ** np.arange(1, 10)
nodes = np.arange(1, 18)
errors = {
    name: np.array([abs(rule(f, 0, 3, int(n)) - exact) for n in cells])
    for name, rule in composite.items()
}
gauss = [integrate.gauss_legendre(f, 0, 3, int(n)) for n in nodes]
errors["Gauss"] = np.abs(np.array(gauss) - exact)


def fitted_order(n, errors):
    return -np.polyfit(np.log(n), np.log(errors), 1)[0]


theory = {"left": 1, "midpoint": 2, "trapezoid": 2, "Simpson": 4}
print("           theory   fitted   n for 1e-10")
for name, p in theory.items():
    needed = cells[-1] * (errors[name][-1] / 1e-10) ** (1 / p)
    order = fitted_order(cells[4:], errors[name][4:])
    print(f"{name:9}  {p}        {order:.3f}    {needed:.1e}")
print(f"Gauss                        {nodes[np.argmax(errors['Gauss'] < 1e-10)]}")

lefts = abs(composite["left"](f, 0, 3, 17) - exact)
print(f"\nwith 17 values: left {lefts:.0e}, Gauss {errors['Gauss'][16]:.0e}")

figure, ax = plt.subplots(figsize=(6, 4.5))
for name in rules:
    spent = nodes if name == "Gauss" else cells
    plotting.error_against_cost(ax, spent, errors[name], label=name, markersize=5)
ax.set(
    title="A higher order is a steeper line,\nand Gauss's rule falls faster than every line",
    xlabel="cells or nodes $n$",
    ylabel="error",
    ylim=(3e-17, 3),
)
ax.legend(loc="lower left")
plt.show()

# %%
# The fit agrees with theory to a percent. The last column says what an order is worth. For an error of
# :math:`10^{-10}` the left sum needs eleven billion cells, Simpson's rule four hundred, Gauss's rule
# eleven nodes.
#
# An order says what *doubling* gains: a factor :math:`2^p`. Gauss's curve bends down. Look at what one
# *single* node gains:

ratios = errors["Gauss"][:11] / errors["Gauss"][1:12]
print("node   " + "".join(f"{n:>7}" for n in nodes[1:12:2]))
print("gains  " + "".join(f"{ratio:>7.2f}" for ratio in ratios[::2]))

# %%
# Each further node divides the error by nearly 9. That is **exponential convergence**: equal steps gain
# equal numbers of digits. And the 9 has a cause. Where does :math:`1/(1 + x)` break down? At
# :math:`x = -1` it is infinite. The interval does not reach so far, yet the rule feels it. Measured from
# the middle, 1.5, in half lengths of the interval, that point lies at the distance
# :math:`z = 2.5 / 1.5 = \tfrac53`. For such a function the theory :cite:p:`trefethen2008` says that each
# node gains a factor that tends to :math:`\rho^2`, with
#
# .. math:: \rho = z + \sqrt{z^2 - 1} = \tfrac53 + \tfrac43 = 3
#
# The nearer the trouble, the slower. If it lies *on* the interval, :math:`z` is at most 1, and exponential
# convergence is lost. (Trouble beside the real line counts too; you meet it in :doc:`04_taylor_series`.)
# Here only :term:`round-off <round-off error>`, near :math:`10^{-16}`, stops the fall.
#
# Choose the nodes too
# --------------------
#
# How does Gauss do it? The rules so far fix the nodes and solve for the weights. With two nodes that is two
# unknowns, exact for :math:`1` and :math:`x`. But nobody says where the nodes must be. Let them be unknown
# as well: four unknowns, for four equations.
#
# .. math:: w_1 x_1^k + w_2 x_2^k = \int_{-1}^{1} x^k \, dx, \qquad k = 0, 1, 2, 3
#
# They are not linear. :func:`~calcguide.autodiff.root` solves them by Newton's method, from a rough guess:


def equations(unknown):
    x1, x2, w1, w2 = unknown
    integrals = (2.0, 0.0, 2 / 3, 0.0)
    return np.stack([w1 * x1**k + w2 * x2**k - integrals[k] for k in range(4)])


x1, x2, w1, w2 = autodiff.root(equations, np.array([-0.8, 0.7, 1.0, 1.0]))
print(f"nodes    {x1:+.6f}  {x2:+.6f}     1/sqrt(3) = {1 / np.sqrt(3):.6f}")
print(f"weights  {w1:+.6f}  {w2:+.6f}")

# %%
# Two values, and exact for every cubic: the same degree as Simpson with three. The nodes are at
# :math:`\pm 1/\sqrt3`, inside the interval, and both count 1. In general :math:`n` nodes and :math:`n`
# weights make a rule that is exact up to degree :math:`2n - 1`: :term:`Gaussian quadrature`. For large
# :math:`n` nobody solves these equations. The nodes are known to be the zeros of certain polynomials,
# those of Legendre, and :func:`~calcguide.integrate.gauss_legendre` computes them from that.
#
# Two sums make a better one
# --------------------------
#
# Back to the trapezoid and the midpoint, whose errors at :math:`x^2` are as 2 to :math:`-1`. Take the mean
# in which the midpoint counts twice, :math:`\tfrac13 (T + 2M)`, and these errors cancel. What is this new
# rule? Try it on :math:`n` cells, and also do what :term:`Richardson extrapolation` does, with the
# trapezoid sums of :math:`n` and :math:`2n` cells:
#
# .. math:: \frac{4\, T_{2n} - T_n}{3} \qquad \text{from} \qquad
#           T_n \approx I + c h^2, \quad T_{2n} \approx I + \tfrac14 c h^2

T, T2 = (integrate.trapezoid(f, 0, 3, n) for n in (8, 16))
M = composite["midpoint"](f, 0, 3, 8)
mean, extrapolated = (T + 2 * M) / 3, (4 * T2 - T) / 3
print(f"(T + 2 M) / 3     {mean:.12f}")
print(f"(4 T2 - T) / 3    {extrapolated:.12f}")
print(f"Simpson, 16       {integrate.simpson(f, 0, 3, 16):.12f}")

# %%
# All three are Simpson's rule. Its error, too, begins with a pure power, :math:`c\, h^4`. So extrapolate
# again, with 16 and 15 in the place of 4 and 3, then with 64 and 63, and so on: **Romberg's method**. Each
# round raises the order by 2. :func:`~calcguide.integrate.romberg` keeps a table of all of them. Here are
# the errors in its row of 32 cells, from the trapezoid sum to the fifth extrapolation:

table = integrate.romberg(f, 0, 3, rtol=1e-8, full_output=True).table[:6, :6]
print("order " + "".join(f"{p:>8}" for p in range(2, 14, 2)))
print("error " + "".join(f"{abs(value - exact):>8.0e}" for value in table[5]))

# %%
# The same 33 values and a little arithmetic bring the error from :math:`7 \cdot 10^{-4}` to
# :math:`3 \cdot 10^{-8}`.
#
# No better than the function is smooth
# -------------------------------------
#
# All of this leaned on one thing: that :math:`f` looks like a polynomial where you look closely. What if it
# does not? Take four functions on :math:`[0, 1]`: the smooth :math:`e^x`; :math:`\sqrt x`, whose slope is
# infinite at 0; the :term:`kink` :math:`|x - c|`; and a jump from 0 to 1 at :math:`c`. What is left of
# Simpson's order 4?
#
# One place :math:`c` proves nothing. At :math:`\tfrac13` the errors of Simpson's rule happen to cancel, as
# the first line below shows. So let the break fall on 200 random places, and take the root of the mean
# square error. The integrand then has 200 values at each node, and the rules take that in one call:


def kinked(c):
    return lambda x: abs(x - c), (c**2 + (1 - c) ** 2) / 2


lucky, lucky_area = kinked(1 / 3)
error = abs(integrate.simpson(lucky, 0, 1, 50) - lucky_area)
print(f"Simpson, 50 cells, kink at 1/3: error {error:.0e}\n")

places = np.random.default_rng(0).uniform(0.3, 0.6, 200)
cases = {
    "smooth": (np.exp, np.e - 1),
    "root": (np.sqrt, 2 / 3),
    "kink": (lambda x: abs(x[:, None] - places), (places**2 + (1 - places) ** 2) / 2),
    "jump": (lambda x: 1.0 * (x[:, None] > places), 1 - places),
}
cells = 2 ** np.arange(4, 9)


def typical_error(rule, case, n):
    g, true = cases[case]
    return np.sqrt(np.mean((rule(g, 0, 1, int(n)) - true) ** 2))


by_case = {
    (name, case): [typical_error(rule, case, n) for n in cells]
    for name, rule in rules.items()
    for case in cases
}
orders = {
    key: fitted_order(cells, found) for key, found in by_case.items() if min(found) > 1e-15
}
print("order    " + "".join(f"{case:>9}" for case in cases))
for name in rules:
    row = [orders.get((name, case)) for case in cases]
    print(f"{name:9}" + "".join(f"{p:>9.2f}" if p else "    expon." for p in row))

figure, ax = plt.subplots()
style = {"color": plotting.PALETTE["purple"], "markersize": 5, "linestyle": "-"}
for case in cases:
    heights = by_case["Simpson", case]
    plotting.error_against_cost(ax, cells, heights, label=case, **style)
    place = {"xytext": (9, 0), "textcoords": "offset points", "va": "center"}
    ax.annotate(
        f"{case}: order {orders['Simpson', case]:.1f}", (cells[-1], heights[-1]), **place
    )
ax.set(
    title="Simpson's rule keeps its order 4\nfor the smooth function only",
    xlabel="cells $n$",
    ylabel="typical error",
    xlim=(13, 900),
)
ax.minorticks_off()
ax.set_xticks(cells, cells)
plt.show()

# %%
# (Gauss's rule integrates :math:`e^x` up to round-off with 16 nodes already, and has no order.)
#
# Read the columns. For the kink, every rule but the left sum has order 2; for the jump, all have order 1. A
# high order is a promise about smooth functions, and nothing else. The reason is a count on one cell. All
# cells are fine but the one with the break. It is :math:`h` wide, and in it a kink makes the height wrong
# by about :math:`h`, a jump by about 1: so the area is wrong by :math:`h^2`, or by :math:`h`. In the first
# cell of :math:`\sqrt x` the height is about :math:`\sqrt h`, and :math:`h \cdot h^{1/2}` is the order
# 1.5. Gauss's nodes crowd at the ends, about :math:`1/n^2` from one to the next, and
# :math:`(1/n^2)^{1.5}` is the order 3.
#
# If you know where the break is, there is a cure: cut the interval there. Each piece is smooth.

kink = 0.4123
bent, bent_area = kinked(kink)
whole = integrate.gauss_legendre(bent, 0, 1, 20)
halves = [integrate.gauss_legendre(bent, a, b, 10) for a, b in ((0, kink), (kink, 1))]
print(f"20 nodes on the whole:   error {abs(whole - bent_area):.0e}")
print(f"10 nodes on each piece:  error {abs(sum(halves) - bent_area):.0e}")

# %%
# Where the trapezoid wins
# ------------------------
#
# The trapezoid has order 2, and so far little to recommend it. There is one kind of function where it beats
# them all: a smooth *periodic* one, over a full period. Take :math:`e^{\cos x}` from 0 to :math:`2\pi`. Its
# integral is :math:`2\pi I_0(1)`, with a function :math:`I_0` that NumPy knows. How many cells for all
# digits?


def wave(x):
    return np.exp(np.cos(x))


period = 2 * np.pi
wave_area = period * np.i0(1.0)
contest = (integrate.trapezoid, integrate.simpson, integrate.gauss_legendre)
print(" n   trapezoid   Simpson   Gauss")
for n in (4, 6, 8, 10, 12, 14):
    row = [abs(rule(wave, 0, period, n) - wave_area) for rule in contest]
    print("{:>2}   {:<11.0e} {:<9.0e} {:.0e}".format(n, *row))

# %%
# With 14 cells the trapezoid misses by :math:`9 \cdot 10^{-15}`, Simpson's rule by :math:`7 \cdot 10^{-6}`.
# Simpson's is *worse*, since it mixes :math:`T_n` with :math:`T_{n/2}`, and here the second is the bad one. The
# reason for the fall: by the *Euler-Maclaurin formula* the terms :math:`h^2, h^4, \dots` of the trapezoid's error
# depend on the ends only. Their coefficients are multiples of :math:`f'(b) - f'(a)`, of the same difference of the
# third derivative, and so on. For a smooth periodic function all of these are 0, and what is left falls faster than
# every power of :math:`h` :cite:p:`trefethen2014`.
#
# A rule that looks where it matters
# ----------------------------------
#
# Many functions are calm almost everywhere and busy in one place, like the peak below, two thousandths wide
# at half its height. Equal cells waste nearly all of their values on the calm. Can a program find out by
# itself where to look? It needs to know where it is wrong. So compare two sums on one piece: Simpson's rule
# with two and with four cells. The second is about 16 times as good, so their difference, divided by 15,
# estimates the error of the second. If it is too large, halve the piece, and allow each half of it half of
# the error. This is :term:`adaptive quadrature`. Ask for :math:`10^{-8}`:


def adaptive(f, a, b, tolerance):
    coarse, fine = (integrate.simpson(f, a, b, n) for n in (2, 4))
    if abs(fine - coarse) / 15 <= tolerance:
        return fine, [(a, b)]
    middle = (a + b) / 2
    first, first_pieces = adaptive(f, a, middle, tolerance / 2)
    second, second_pieces = adaptive(f, middle, b, tolerance / 2)
    return first + second, first_pieces + second_pieces


def peak(x):
    return 1 / (1 + (1000 * (x - 0.3)) ** 2)


peak_area = (np.arctan(700) + np.arctan(300)) / 1000
value, pieces = adaptive(peak, 0.0, 1.0, 1e-8)
ends = np.array(pieces)
widths = ends[:, 1] - ends[:, 0]
doubled = 2 ** np.arange(1, 14)
misses = [abs(integrate.simpson(peak, 0, 1, int(n)) - peak_area) for n in doubled]
equal = doubled[np.array(misses) < 1e-8]
print(f"error {abs(value - peak_area):.0e} with {len(pieces)} pieces")
print(f"widths from 1/{1 / widths.max():.0f} to 1/{1 / widths.min():.0f}")
print(f"{4 * len(pieces) + 1} nodes; with equal cells {equal[0] + 1}")

figure, (above, below) = plt.subplots(2, sharex=True, figsize=(6, 5))
plotting.curve(above, peak, 0, 1, points=2001)
starts = ends[:, 0]
above.plot(starts, peak(starts), "o", color="C0", markersize=4, label="a piece begins")
above.legend(fontsize=10)
above.set(title="The pieces are narrow where the peak is", ylabel="height of the peak")
below.semilogy(ends.mean(axis=1), widths, "s", color=plotting.PALETTE["orange"], markersize=5)
below.set(xlabel="x", ylabel="width of a piece")
plt.show()

# %%
# It takes an eighth of the nodes that equal cells need. (A library also limits how often a piece is halved,
# and keeps the values that the halves share; ours computes them again.)
# :func:`~calcguide.integrate.integral` works in this way, with better rules, and with many pieces in one
# call. It is the routine to reach for first. With ``full_output=True`` it also tells you how large it takes
# its error to be.
#
# What an estimate cannot know
# ----------------------------
#
# An estimate sees the values it was given, and nothing between them. Here is a function that is 1, with a
# spike of area 1 on top, about a hundred-thousandth wide. The integral is 2. What will the routine say?


def spike(x, at=0.7123, width=1e-5):
    return 1 + np.exp(-(((x - at) / width) ** 2)) / (width * np.sqrt(np.pi))


missed = integrate.integral(spike, 0, 1, full_output=True)
told = integrate.integral(spike, 0, 1, points=[0.7122, 0.7124], full_output=True)
for name, result in (("on its own", missed), ("told where", told)):
    print(f"{name}: {result.value:.6f}, estimate {result.error:.0e}, success {result.success}")

# %%
# The first answer is half of the true one, and sure of itself. No estimate could have known: all the values
# were 1, up to the last digit. What helps is what *you* know. Name points on both sides of the spike, as
# ``points``, and it is found.
#
# Ends that run away
# ------------------
#
# :math:`1/\sqrt x` is infinite at 0, and yet its area from 0 to 1 is finite: 2. How do you integrate what
# has no value at the end? Change the variable, so that the end moves out to infinity and the function dies
# away there. The **tanh-sinh** rule of :cite:t:`takahasi1974` puts
#
# .. math:: x = \frac{1}{1 + e^{-\pi \sinh t}}, \qquad dx = \pi \cosh t \; x\,(1 - x) \, dt
#
# While :math:`t` runs from :math:`-\infty` to :math:`\infty`, :math:`x` runs from 0 to 1. The factor
# :math:`x (1 - x)` falls so steeply that next to nothing is left beyond :math:`|t| = 4`, even if :math:`f`
# grows like :math:`1/\sqrt x`. What remains is smooth and flat at both ends, like a periodic function: a
# case for the trapezoid.


def tanh_sinh(f, n):
    t = np.linspace(-4, 4, n + 1)
    x = 1 / (1 + np.exp(-np.pi * np.sinh(t)))
    rest = 1 / (1 + np.exp(np.pi * np.sinh(t)))  # 1 - x, without cancellation
    return np.sum(f(x) * np.pi * np.cosh(t) * x * rest) * 8 / n


def upright(x):
    return 1 / np.sqrt(x)


print("  n   midpoint   Gauss      tanh-sinh")
for n in (8, 16, 32, 64):
    row = [rules[name](upright, 0, 1, n) for name in ("midpoint", "Gauss")]
    row.append(tanh_sinh(upright, n))
    print("{:>3}   {:<10.0e} {:<10.0e} {:.0e}".format(n, *np.abs(np.array(row) - 2)))

# %%
# To halve its error, the midpoint rule needs four times as many values. With twice as many, the substituted
# trapezoid at least doubles its *digits*, until round-off. In the package this is
# :func:`~calcguide.integrate.tanh_sinh`; ``integral`` recognises an end like this one and hands it over.
#
# The same idea makes an infinite range finite. With :math:`x = \frac{t}{1 - t}` the half line becomes
# :math:`0 \le t < 1`, and :math:`dx = \frac{dt}{(1 - t)^2}`. You need not do it by hand: ``integral`` takes
# ``np.inf`` as a limit. Here for :math:`\int_0^\infty x^2 e^{-x} dx = 2`, beside the first idea that comes
# to mind, to stop at 20:


def tail(x):
    return x**2 * np.exp(-x)


for end in (20, np.inf):
    print(f"from 0 to {end}: {integrate.integral(tail, 0, end):.12f}")

# %%
# What lies beyond 20 is lost, and no number of nodes brings it back.
#
# Which rule when
# ---------------
#
# Here is the lesson in one table: what an error below :math:`10^{-8}` costs. The first three rules double
# their cells or nodes until they are there; a dash means more than 65 536, or 512 for Gauss's rule. They
# are told the true value. The last two are not: they choose their own numbers, and their evaluations are
# counted. There a dash means that they gave up, and said so.

problems = {
    "smooth": (f, 0, 3, exact),
    "periodic": (wave, 0, period, wave_area),
    "peak": (peak, 0, 1, peak_area),
    "kink": (bent, 0, 1, bent_area),
    "sqrt(x)": (np.sqrt, 0, 1, 2 / 3),
    "1/sqrt(x)": (upright, 0, 1, 2.0),
}


def cost(rule, g, a, b, true):
    for n in 2 ** np.arange(1, 10 if rule is integrate.gauss_legendre else 17):
        result = rule(g, a, b, int(n), full_output=True)
        if result.success and abs(result.value - true) < 1e-8:
            return n
    return "-"


def own_cost(rule, g, a, b, true):
    result = rule(g, a, b, rtol=1e-8, full_output=True)
    return result.nfev if result.success and abs(result.value - true) < 1e-8 * true else "-"


table_of_costs = {}
print("           trap.  Simpson  Gauss  t.-sinh  integral")
for name, problem in problems.items():
    row = [cost(rule, *problem) for rule in contest]
    row += [own_cost(rule, *problem) for rule in (integrate.tanh_sinh, integrate.integral)]
    table_of_costs[name] = row
    print("{:10}{:>6}{:>9}{:>7}{:>9}{:>10}".format(name, *row))

# %%
# - **One integral, or a function that you do not know well:** ``integral``. It is seldom the cheapest, and
#   it gets every row.
# - **Smooth, and needed many times:** ``gauss_legendre``. Double the nodes once, to see that the digits stand.
# - **Periodic, over a full period:** ``trapezoid``.
# - **A break or a spike at a known place:** cut there, or name it in ``points``.
# - **Infinite at an end, or with an infinite slope there:** ``tanh_sinh``.
# - **Values from a measurement:** you cannot choose the nodes. ``integrate.cumulative`` takes samples.
#
# Your task
# ---------
#
# .. exercise:: A2v
#
# Here is what the checker says to weights that look right:

answer = [1, 3, 3, 1]
print(fill(str(exercises.get("A2v").check(answer)), width=48))

# %%
# Common mistakes
# ---------------
#
# **Gauss's nodes on the wrong interval.** Tables give nodes and weights for :math:`[-1, 1]`. On
# :math:`[a, b]` the nodes move, *and* the weights are multiplied by half of the length:

t, w = np.polynomial.legendre.leggauss(10)
print(f"nodes moved only:  {np.sum(w * f(1.5 + 1.5 * t)):.9f}")
print(f"weights as well:   {1.5 * np.sum(w * f(1.5 + 1.5 * t)):.9f}")
print(f"true:              {exact:.9f}")

# %%
# **"More nodes, a higher degree, a better rule."** With equal distances this ends badly. The polynomial
# through many equally spaced points may swing widely near the ends, and the rule's weights grow, with both
# signs. For :math:`1/(1 + 25 x^2)` on :math:`[-1, 1]`, with ``weights`` from above:


def bump(x):
    return 1 / (1 + 25 * x**2)


bump_area = 2 * np.arctan(5) / 5
print("nodes   least weight   error    Gauss's error")
for n in (5, 9, 17, 25):
    nodes = np.linspace(-1, 1, n)
    w = weights(nodes)
    error = abs(w @ bump(nodes) - bump_area)
    gauss = abs(integrate.gauss_legendre(bump, -1, 1, n) - bump_area)
    print(f"{n:>5}   {w.min():>12.2f}   {error:.0e}    {gauss:.0e}")

# %%
# Cut the interval into cells instead, or take Gauss's nodes: their weights are always positive.
#
# **Simpson's rule with an odd number of cells.** A parabola takes two cells, so one is left over. The
# slices of the one-line formula do not notice. The package does:

x = np.linspace(0, 3, 16)  # 15 cells
y, h = f(x), 3 / 15
faulty = h / 3 * (y[0] + 4 * y[1::2].sum() + 2 * y[2:-1:2].sum() + y[-1])
print(f"faulty: error {faulty - exact:+.3f}")
try:
    integrate.simpson(f, 0, 3, 15)
except ValueError as error:
    print(fill(str(error), 48))

# %%
# In practice
# -----------
#
# - **SciPy:** ``scipy.integrate.quad`` is an adaptive routine from the library QUADPACK, for functions of
#   one number. ``quad_vec`` takes functions with many values, ``fixed_quad`` is Gauss's rule, and
#   ``tanhsinh`` (since version 1.15) is the rule for ends that run away. ``trapezoid`` and ``simpson`` take
#   *samples*, not a function.
# - **NumPy:** ``np.trapezoid`` for samples; before version 2 it was called ``np.trapz``. Gauss's nodes and
#   weights are ``np.polynomial.legendre.leggauss``.
# - **JAX and PyTorch** have the trapezoid for samples: ``jax.numpy.trapezoid`` and ``torch.trapezoid``. A
#   rule with fixed nodes is a weighted sum, so you can differentiate through it like through any other sum.
#
# Further reading
# ---------------
#
# - :cite:t:`davis1984` is the book on all of this.
# - :cite:t:`trefethen2008` explains how fast Gauss's rule converges, and why the simpler rule of Clenshaw
#   and Curtis is often as good.
# - :cite:t:`trefethen2014` tell why the trapezoid is exponential on a circle and on the whole line.
# - :cite:t:`takahasi1974` found the substitution behind tanh-sinh.
#
# Next: :doc:`04_taylor_series`, where one polynomial follows a function near one point.
