r"""
How small should h be?
======================

The derivative is a limit: the step :math:`h` goes to zero. So make :math:`h` as close to zero as the computer
can, and the quotient is as close to the derivative as it can be. That advice is common, and it is wrong. This
lesson shows by how much, why, and what to do instead.

**You will be able to**

- predict the error of a difference quotient, and the step that makes it smallest,
- choose between forward, central, extrapolated and complex-step derivatives,
- say what is wrong when a derivative "blows up" at large :math:`x`, and repair it.

**You need to know** what a difference quotient is (:doc:`01_rate_of_change`) and the derivatives of
:math:`x^2` and :math:`e^x`. One section uses complex numbers; that :math:`i^2 = -1` is all it asks of you.

**Time:** about 50 minutes.
"""

# %%
# As close to zero as possible?
# -----------------------------
#
# Here is the quotient from the first lesson,
#
# .. math:: \frac{f(x + h) - f(x)}{h},
#
# in one line of code. We try it on :math:`f(x) = x^2` at 500 points between −10 and 10, compare with
# :math:`f'(x) = 2x`, and keep the largest error. Before you read on: which of the steps below wins?

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np

from calcguide import differences, exercises, plotting

plotting.use_style()


def forward(f, x, h):
    return (f(x + h) - f(x)) / h


def square(x):
    return x**2


points = np.linspace(-10, 10, 500)
print("h        largest error")
for h in (1e-1, 1e-3, 1e-5, 1e-7, 1e-8, 1e-10, 1e-12, 1e-15, 1e-16):
    error = np.abs(forward(square, points, h) - 2 * points).max()
    print(f"{h:.0e}    {error:.1e}")

# %%
# Down to about :math:`10^{-7}` a smaller step helps. Then the error grows again. At :math:`10^{-15}` it is
# 26, more than the largest derivative on the interval, which is 20. At :math:`10^{-16}` it is 20, because
# the quotient is 0 at :math:`x = \pm 10`: there the computer cannot tell :math:`x + h` from :math:`x`.
#
# Two errors are at work. One shrinks with :math:`h`, the other grows. We take them one at a time.

# %%
# The first error: truncation
# ---------------------------
#
# Taylor's formula says what :math:`f` does one step further on. Somewhere between :math:`x` and
# :math:`x + h` there is a point :math:`\xi` with
#
# .. math:: f(x + h) = f(x) + h f'(x) + \tfrac{1}{2} h^2 f''(\xi).
#
# Subtract :math:`f(x)` and divide by :math:`h`:
#
# .. math:: \frac{f(x + h) - f(x)}{h} = f'(x) + \tfrac{1}{2} h f''(\xi).
#
# The last term is the :term:`truncation error`. It is there because :math:`h` is not zero, even if you
# compute with infinitely many digits. Halve :math:`h`, and you halve it. For :math:`e^x` at 1, where
# :math:`f'' = e`, it should be close to :math:`h e / 2`:

x = 1.0
print("h        error      h e / 2")
for h in (1e-1, 1e-2, 1e-4, 1e-6, 1e-8, 1e-10):
    print(f"{h:.0e}    {abs(forward(np.exp, x, h) - np.e):.2e}   {h * np.e / 2:.2e}")

# %%
# Down to :math:`10^{-6}` the formula tells almost the whole story. In the last row the error is ten
# thousand times larger than it says. Something else is going on.

# %%
# The second error: round-off
# ---------------------------
#
# A computer does not have all numbers. It has about 16 significant digits, so there are gaps between
# neighbours, and the gaps grow with the numbers. ``np.spacing(x)`` is the distance from ``x`` to the next
# number:

eps = np.finfo(float).eps
print(f"eps = {eps:.2e}")
for value in (1.0, 10.0, 100.0, 1e6, 1e10):
    print(f"gap at {value:<7g} {np.spacing(value):.1e}")
print("1 + 1e-16 == 1 is", 1 + 1e-16 == 1)

# %%
# The gap at 1 has a name: :term:`machine epsilon`, :math:`\varepsilon \approx 2.2 \cdot 10^{-16}`. At
# :math:`x` the gap is about :math:`\varepsilon |x|`, and a result that falls between two numbers moves to
# the nearer one. So each result is wrong by up to half a gap.
#
# Look at :math:`x^2` near 10 through a microscope. We ask for :math:`f(10 + t)` with :math:`t` so small
# that only a few gaps fit into the picture:

t = np.linspace(0, 8e-15, 2001)
h = 1e-15
rise = square(10 + h) - square(10.0)

figure, ax = plt.subplots()
ax.plot(t, square(10 + t) - 100, label="computed")
ax.plot(t, 20 * t, label="true slope, 20")
red = plotting.PALETTE["red"]
ax.plot([0, h], [0, rise], "o-", color=red, label=f"quotient, {rise / h:.1f}")
ax.set(
    title="Seen closely, a computed function is a staircase",
    xlabel="$t$",
    ylabel="$f(10 + t) - f(10)$",
)
ax.legend(loc="upper left")
plt.show()

# %%
# The curve has become a staircase. A step of :math:`10^{-15}` is not much more than half a gap; the
# computer rounds it up to a whole one, climbs a full stair, and then divides by the step that you asked
# for. The quotient is 42.6 instead of 20.
#
# This is also what happens at steps that look harmless, only less visibly. The two values in the numerator
# agree in their leading digits, and the subtraction removes them. What is left are the digits that rounding
# has touched:

h = 2.0**-40
print(f"h           {h:.1e}")
print(f"exp(1 + h)  {np.exp(1 + h):.16f}")
print(f"exp(1)      {np.exp(1.0):.16f}")
print(f"difference  {np.exp(1 + h) - np.exp(1.0):.16f}")
print(f"quotient    {forward(np.exp, 1.0, h):.16f}")

# %%
# Eleven digits are gone, and the quotient is right to five. This is :term:`cancellation`. The subtraction
# itself makes no error: it uncovers the errors that were there before. Each of the two values is off by up
# to :math:`\varepsilon |f| / 2`, both together by up to :math:`\varepsilon |f|`, and the quotient divides
# that by :math:`h`:
#
# .. math:: \text{round-off} \;\lesssim\; \frac{\varepsilon\,|f(x)|}{h}.
#
# Halve :math:`h`, and you double it.

# %%
# The best step is where the two meet
# -----------------------------------
#
# Add the two bounds:
#
# .. math:: \text{error} \;\lesssim\; \frac{h}{2}\,|f''| + \frac{\varepsilon\,|f|}{h}.
#
# The first term grows with :math:`h`, the second falls, and the sum is smallest where both are equal:
#
# .. math:: h_{\text{best}} = \sqrt{\varepsilon} \cdot \sqrt{\frac{2|f|}{|f''|}} ,
#           \qquad \text{error} \approx \sqrt{2 \varepsilon\,|f|\,|f''|} .
#
# The second root is a length: how far you must go along :math:`x` until :math:`f` has changed a lot. It is
# called the *scale* of the function. For :math:`e^x` it is :math:`\sqrt{2}` at every point.
#
# Predict the best step for :math:`e^x` at 1, and how many of the 16 digits you get. Then look. (The steps
# are powers of two, because then :math:`1 + h` is exact, and only the values of the function are rounded.)

h = 2.0 ** -np.arange(3, 53)
error = np.abs(forward(np.exp, 1.0, h) - np.e)
truncation = h / 2 * np.exp(1 + h)
roundoff = eps * np.e / h
predicted = np.sqrt(2 * eps)

print(f"predicted best step {predicted:.1e}, error about {predicted * np.e:.1e}")
print(f"smallest error seen {error.min():.1e}, at h = {h[error.argmin()]:.1e}")
print(f"largest error / sum of the bounds: {(error / (truncation + roundoff)).max():.5f}")

# %%
# Now every step, with both bounds, and the predicted best step as a dotted line:

dots = {"linestyle": "none", "marker": "o", "markersize": 4}
title = r"""The forward quotient is best where truncation
meets round-off, near $h = 2\cdot10^{-8}$"""

figure, ax = plt.subplots()
plotting.convergence(ax, h, error, label="error", **dots)
ax.loglog(h, truncation, label=r"truncation, $h\,f'' / 2$")
ax.loglog(h, roundoff, label=r"round-off, $\varepsilon f / h$")
ax.axvline(predicted, color=plotting.INK, linestyle=":", linewidth=1.2)
ax.set(title=title, xlabel="step $h$", ylabel="error at $x = 1$")
ax.legend()
plt.show()

# %%
# Read the figure from right to left. At first the error follows the truncation line, with slope 1. Then it
# leaves the line and climbs, below the other one. No dot is above the sum of the two bounds. The smallest
# error is about :math:`4 \cdot 10^{-8}`: the forward quotient gives you half of the digits, and no step
# gives you more.
#
# The dots under the round-off line scatter, and some lie far below it. Those are luck: two rounding errors
# that happen to be alike. You cannot plan with luck; plan with the bound.

# %%
# A better formula: look to both sides
# ------------------------------------
#
# You cannot do much about rounding. You can do something about truncation. Write Taylor's formula for both
# neighbours,
#
# .. math:: f(x \pm h) = f(x) \pm h f'(x) + \tfrac{1}{2} h^2 f''(x) \pm \tfrac{1}{6} h^3 f'''(x) + \dots
#
# and subtract. The even terms cancel:
#
# .. math:: C(h) = \frac{f(x + h) - f(x - h)}{2h} = f'(x) + \tfrac{1}{6} h^2 f'''(x) + \dots
#
# The error falls with :math:`h^2`: a step ten times smaller gives an error a hundred times smaller. So you
# can stop at a larger step, before rounding hurts. Balance :math:`h^2 |f'''| / 6` against
# :math:`\varepsilon |f| / h`, and the best step is about :math:`\varepsilon^{1/3}` times the scale, with an
# error of about :math:`\varepsilon^{2/3}`:


def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


print(f"eps^(1/3) = {eps ** (1 / 3):.1e},  eps^(2/3) = {eps ** (2 / 3):.1e}")
for h in (1e-1, 1e-3, 1e-5, 1e-7, 1e-9):
    print(f"h = {h:.0e}   error {abs(central(np.exp, 1.0, h) - np.e):.1e}")

# %%
# Better still: cancel the next term too
# --------------------------------------
#
# The error of :math:`C(h)` has a known form: a constant times :math:`h^2`, then :math:`h^4`, :math:`h^6`
# and so on. The constant is not known. But compute the quotient twice, with :math:`h` and :math:`h/2`:
#
# .. math:: \begin{aligned}
#           C(h) &= f' + c\,h^2 + \dots \\
#           C(h/2) &= f' + \tfrac{1}{4} c\,h^2 + \dots
#           \end{aligned}
#
# Four times the second minus the first is :math:`3 f'` and no :math:`h^2`. That is the idea of
# :cite:t:`richardson1911`:
#
# .. math:: R(h) = \frac{4\,C(h/2) - C(h)}{3} = f' + O(h^4).
#
# Nothing stops you from playing the same trick on :math:`R`, whose error starts with :math:`h^4`: now the
# factor is 16. Here it is by hand, with steps that nobody would call small:

c = [central(np.exp, 1.0, h) for h in (0.4, 0.2, 0.1)]
r = [(4 * c[1] - c[0]) / 3, (4 * c[2] - c[1]) / 3]
s = (16 * r[1] - r[0]) / 15

for name, value in (("C(0.1)", c[2]), ("R(0.2)", r[1]), ("once more", s)):
    print(f"{name:10} {value:.12f}   error {abs(value - np.e):.0e}")

# %%
# Six evaluations with steps of 0.1 or more, and the error is down by five powers of ten. Because the steps
# are large, round-off has no say.
#
# Write out :math:`R(2h)`, and you find a formula with the four points :math:`x \pm h` and :math:`x \pm 2h`.
# It is the central difference of order 4. With :math:`x \pm 3h` as well there is one of order 6. The
# package has both under ``order``, and the first is what you have just built:

h = 0.1
by_hand = (4 * central(np.exp, 1.0, h) - central(np.exp, 1.0, 2 * h)) / 3
package = differences.derivative(np.exp, 1.0, method="central", order=4, h=h)
print(f"by hand {by_hand:.14f}")
print(f"package {package:.14f}")

# %%
# The best of all, if you can have it: the complex step
# -----------------------------------------------------
#
# Every formula so far subtracts two nearly equal numbers. Go into the complex plane, and you need not. Put
# an imaginary step :math:`ih` into Taylor's formula, and use :math:`i^2 = -1`:
#
# .. math:: f(x + ih) = f(x) + i h f'(x) - \tfrac{1}{2} h^2 f''(x) - \tfrac{1}{6} i h^3 f'''(x) + \dots
#
# The derivative is in the imaginary part, and :math:`f(x)`, which had to be subtracted before, is in the
# real part. It does not get in the way:
#
# .. math:: f'(x) = \frac{\operatorname{Im} f(x + ih)}{h} + O(h^2).
#
# There is no subtraction, so no digits are lost, and :math:`h` can be as small as you like:


def complex_step(f, x, h=1e-100):
    return f(x + 1j * h).imag / h


for h in (1e-2, 1e-4, 1e-8, 1e-20, 1e-100):
    print(f"h = {h:.0e}   error {abs(complex_step(np.exp, 1.0, h) - np.e):.0e}")

# %%
# It has a price. The function must accept complex numbers and treat them as algebra does: powers,
# ``np.exp``, ``np.sin`` and their like do. ``abs``, ``max`` and comparisons do not. They drop the imaginary
# part, and with it the derivative, without a word:


def energy(x):
    return abs(x) ** 2


print("own lines:", complex_step(energy, 3.0), "for a derivative of 6")
try:
    differences.derivative(energy, 3.0, method="complex")
except TypeError as problem:
    print("package: ", fill(str(problem), 60, subsequent_indent=" " * 10))

# %%
# All of them in one figure
# -------------------------
#
# Let them compete on a function that you meet in every neural network, the sigmoid
# :math:`s(x) = 1 / (1 + e^{-x})`, with :math:`s' = s\,(1 - s)`. To take luck out of the picture, each dot
# is the largest relative error at 41 points between 0.5 and 1.5. Before you look: which slope does each
# formula have on the right? Which one has no left branch?


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_slope(x):
    return sigmoid(x) * (1 - sigmoid(x))


steps = 2.0 ** -np.arange(1, 50)
grid = np.linspace(0.5, 1.5, 41)
formulas = {
    "forward": {"method": "forward"},
    "central": {"method": "central"},
    "central, order 4": {"method": "central", "order": 4},
    "central, order 6": {"method": "central", "order": 6},
}


def worst(slopes):
    return np.abs(slopes / sigmoid_slope(grid) - 1).max()


errors = {
    name: [worst(differences.derivative(sigmoid, grid, h=h, **options)) for h in steps]
    for name, options in formulas.items()
}
errors["complex step"] = [worst(complex_step(sigmoid, grid, h)) for h in steps]

print("formula            best error   at h")
for name, values in errors.items():
    best = int(np.argmin(values))
    at = "any tiny h" if name == "complex step" else f"{steps[best]:.0e}"
    print(f"{name:18} {values[best]:.0e}        {at}")

# %%
# And the whole way there:

figure, ax = plt.subplots(figsize=(6, 4.6))
for name, values in errors.items():
    plotting.convergence(ax, steps, values, label=name, markersize=4, markevery=3)
ax.set(
    title="Higher orders allow larger steps;\nthe complex step has no round-off branch",
    xlabel="step $h$",
    ylabel="largest relative error",
    ylim=(1e-17, 1e5),
)
ax.legend(ncols=2, loc="upper center", fontsize=10)
plt.show()

# %%
# On the right, the slopes are 1, 2, 4 and 6: the orders. On the left, all difference formulas share one
# branch, because all of them divide rounded values by :math:`h`. A higher order moves the valley to the
# right and down. The complex step comes down the same line as the central difference, because its
# truncation error is the same up to the sign. But it goes on to the bottom, and stays there.

# %%
# A method that finds its own step
# --------------------------------
#
# In practice you do not know :math:`f''` or the scale: if you did, you would hardly need the quotient. The
# default of :func:`~calcguide.differences.derivative` looks at the function instead. It does what you did
# by hand, Richardson's extrapolation of central differences with three steps; compares the two best results
# to estimate the truncation; adds an estimate of the round-off; and if the sum is too large, tries other
# steps. With ``full_output=True`` it tells you all of that:

print(differences.derivative(np.exp, 1.0, full_output=True))

# %%
# An error estimate is worth something if it holds. Here it stands beside the true error, both relative to
# the derivative:


def wave(x):
    return np.sin(50 * x)


cases = [
    ("exp", np.exp, 1.0, np.e),
    ("exp", np.exp, 100.0, np.exp(100.0)),
    ("log", np.log, 1e-3, 1e3),
    ("sqrt", np.sqrt, 1e-6, 0.5 / np.sqrt(1e-6)),
    ("x^2", square, 1e10, 2e10),
    ("sin 50x", wave, 1.0, 50 * np.cos(50.0)),
]
print("f        x        true error   estimate   calls")
for name, f, x, exact in cases:
    result = differences.derivative(f, x, full_output=True)
    true, estimate = abs(result.value - exact) / abs(exact), result.error / abs(exact)
    print(f"{name:8} {x:<8g} {true:.0e}        {estimate:.0e}      {result.nfev}")

# %%
# The estimate is larger than the true error in every row, as it should be: it is cautious, by a factor of
# ten or more. Where the first step does not suit the function, the search costs more calls.
#
# Where there is no derivative, as for :math:`|x|` at 0, it says so. A plain call would warn:

result = differences.derivative(np.abs, 0.0, full_output=True)
print("success:", result.success)
print(fill(result.message, 60))

# %%
# An estimate is not a proof, though. A method that sees values at a few points can be deceived by what
# happens between them. This function has ripples that fit exactly between the points:


def rippled(x):
    return x + np.sin(2 * np.pi * 1024 * x) / 1024


exact = 1 + 2 * np.pi
short = {"method": "central", "order": 6, "h": 1e-5}
print("          value     true error   estimate")
for label, options in (("default", {}), ("h = 1e-5", short)):
    result = differences.derivative(rippled, 0.25, full_output=True, **options)
    print(
        f"{label:8}  {result.value:.6f}  {abs(result.value - exact):.0e}        {result.error:.0e}"
    )

# %%
# The default sees a straight line and is sure of it. If you know that your function varies over lengths
# much shorter than 0.01, take a fixed formula with a step that is shorter still, as in the second row.

# %%
# The derivative of eˣ "blows up" at large x
# ------------------------------------------
#
# Somebody computes the derivative of :math:`e^x` between 0 and 100 with one fixed step, plots the error,
# and sees it explode. Is that cancellation? Here is the error with :math:`h = 10^{-6}`, once as it is, once
# divided by the derivative:

x = np.linspace(0, 100, 101)
h = 1e-6
absolute = np.abs(forward(np.exp, x, h) - np.exp(x))
relative = absolute / np.exp(x)

print("x      absolute   relative")
for i in (0, 20, 60, 100):
    print(f"{x[i]:<5.0f}  {absolute[i]:.0e}      {relative[i]:.1e}")

# %%
# At every point:

figure, ax = plt.subplots()
ax.semilogy(x, absolute, label="absolute error")
ax.semilogy(x, relative, label="relative error")
ax.set(
    title="The absolute error grows with $e^x$,\nthe relative error stays at $h/2$",
    xlabel="$x$",
    ylabel="error with $h = 10^{-6}$",
)
ax.legend()
plt.show()

# %%
# The absolute error grows by 43 powers of ten. So does the derivative. By Taylor's formula the error is
# :math:`h f'' / 2`, and for :math:`e^x` that is :math:`h/2` times the derivative at every :math:`x`: a
# relative error of :math:`5 \cdot 10^{-7}`, here and at 100. Nothing blows up. What you see is plain
# truncation, measured with the wrong ruler.
#
# That answers the question for this step. What if you now make the step smaller? Keep :math:`x = 100`, and
# draw the relative error against :math:`h`:

h = np.logspace(-16, -1, 151)
relative = np.abs(forward(np.exp, 100.0, h) / np.exp(100.0) - 1)
half_gap = np.spacing(100.0) / 2

print(
    f"half the gap at 100: {half_gap:.1e}, that is {half_gap / (eps / 2):.0f} times as wide as at 1"
)
for step in (1e-4, 1e-10, 1e-12, 7.2e-15, 7.0e-15):
    quotient = forward(np.exp, 100.0, step) / np.exp(100.0)
    print(f"h = {step:.1e}   quotient / derivative = {quotient:.6f}")

# %%
# A dotted line marks half the gap. The bound for round-off is a new one; it is explained below the figure.

title = r"""At $x = 100$ nothing is left of the quotient
below $h = 7\cdot10^{-15}$, half the gap"""

figure, ax = plt.subplots()
plotting.convergence(ax, h, relative, label="relative error", **dots)
ax.loglog(h, h / 2, label="truncation, $h / 2$")
ax.loglog(h, (eps + eps * 100 / 2) / h, label="round-off, with that of $x + h$")
ax.axvline(half_gap, color=plotting.INK, linestyle=":", linewidth=1.2)
ax.set(title=title, xlabel="step $h$", ylabel="relative error", ylim=(1e-10, 1e4))
ax.legend(loc="upper right")
plt.show()

# %%
# This *is* rounding, and there is more of it than at :math:`x = 1`. The reason is not in :math:`f` but in
# :math:`x + h`. Numbers near 100 are 64 times as far apart as numbers near 1, so :math:`x + h` misses its
# mark by up to :math:`\varepsilon |x| / 2`, and :math:`f` passes that on, multiplied by its slope. The full
# bound is
#
# .. math:: \text{error} \;\lesssim\; \frac{h}{2}\,|f''| +
#           \frac{1}{h}\left(\varepsilon\,|f| + \tfrac{1}{2}\,\varepsilon\,|x|\,|f'|\right),
#           \qquad
#           h_{\text{best}} = \sqrt{\varepsilon \cdot \frac{2|f| + |x f'|}{|f''|}} .
#
# For :math:`e^x` all derivatives are alike, and this becomes :math:`\sqrt{\varepsilon\,(2 + |x|)}`. So here
# is the whole answer:
#
# - The absolute error grows because the function does. Look at the relative error: it is about :math:`h/2`.
# - Below :math:`h \approx \sqrt{\varepsilon \max(1, |x|)}` rounding takes over. That is cancellation, and from there
#   on a smaller step makes it worse.
# - Below half the gap at :math:`x`, which is :math:`7 \cdot 10^{-15}` at 100, :math:`x + h` is :math:`x`, and the
#   quotient is exactly 0.
# - To verify this at your own point, draw the figure above. To get around it, use a central quotient with a step that
#   suits the point, the complex step, or the adaptive method. The table at the end compares them.

# %%
# Steps that grow with x
# ----------------------
#
# For :math:`e^x` the best step hardly grows with :math:`x`. For :math:`x^2` it does: put :math:`f = x^2`,
# :math:`f' = 2x`, :math:`f'' = 2` into the formula, and you get :math:`\sqrt{2 \varepsilon}\,|x|`. The
# larger :math:`x`, the wider the gaps, but also the slower, in proportion, the function changes. A step
# that is fixed once and for all must fail somewhere. Predict where, for :math:`h = 10^{-7}`; the gaps are
# printed above.

print("x        h = 1e-7      h scaled")
for x in (1e0, 1e6, 5e8, 1e10):
    scaled = np.sqrt(eps) * max(1.0, abs(x))
    fixed_error = forward(square, x, 1e-7) / (2 * x) - 1
    scaled_error = forward(square, x, scaled) / (2 * x) - 1
    print(f"{x:<7.0e}  {fixed_error:+.1e}      {scaled_error:+.1e}")

# %%
# The fixed step is fine at 1, has lost half of its digits at a million, is wrong by 28 % at
# :math:`5 \cdot 10^8`, and at :math:`10^{10}` the relative error is −1: the quotient is 0. The scaled step,
# :math:`\sqrt{\varepsilon} \max(1, |x|)`, does not notice. The package scales its steps in this way, and
# rounds them to a power of two so that :math:`x + h` is exact. :func:`~calcguide.differences.step_size`
# tells you what it chose, and why:

print(differences.step_size(1e6, method="forward"))

# %%
# It knows :math:`x` but not your function, so it assumes that :math:`f` changes over lengths like
# :math:`|x|`. At large :math:`x` that is right for powers and wrong for :math:`e^x`, which changes over
# lengths like 1 everywhere. Your task below turns on this difference.

# %%
# Second derivatives want larger steps
# ------------------------------------
#
# The second derivative is a difference of differences,
#
# .. math:: \frac{f(x + h) - 2 f(x) + f(x - h)}{h^2} = f''(x) + \tfrac{1}{12} h^2 f''''(x) + \dots
#
# Now rounding is divided by :math:`h^2`. Balance :math:`h^2` against :math:`\varepsilon / h^2`, and the
# best step is near :math:`\varepsilon^{1/4}`. What happens with the step :math:`10^{-8}`, which was good
# for the first derivative?

print(f"eps^(1/4) = {eps**0.25:.1e}")
for h in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8):
    second = (np.exp(1 + h) - 2 * np.exp(1.0) + np.exp(1 - h)) / h**2
    print(f"h = {h:.0e}   error {abs(second - np.e):.1e}")
adaptive = differences.derivative(np.exp, 1.0, n=2)
print(f"adaptive    error {abs(adaptive - np.e):.1e}")

# %%
# With :math:`10^{-8}` the error is as large as the second derivative itself. Even at the best step, the
# plain formula gives half of the digits. Extrapolation gives you most of the others.

# %%
# What to do
# ----------
#
# Here are the methods of the package with their own steps, on three problems: the sigmoid at 1, :math:`e^x`
# at 100, and :math:`x^2` at a million. "Calls" is the number of evaluations for the first.

problems = [
    (sigmoid, 1.0, sigmoid_slope(1.0)),
    (np.exp, 100.0, np.exp(100.0)),
    (square, 1e6, 2e6),
]
methods = formulas | {"complex step": {"method": "complex"}, "adaptive": {}}


calls = []


def counted_sigmoid(x):
    calls.append(x)
    return sigmoid(x)


print("relative error     sigmoid  exp     square  calls")
for name, options in methods.items():
    slopes = [differences.derivative(f, x, **options) for f, x, _ in problems]
    row = [
        f"{abs(slope / exact - 1):.0e}"
        for slope, (_, _, exact) in zip(slopes, problems, strict=True)
    ]
    calls.clear()
    differences.derivative(counted_sigmoid, 1.0, **options)
    print(f"{name:18} {row[0]:8} {row[1]:7} {row[2]:7} {len(calls)}")

# %%
# (``0e+00`` means equal to the last bit.) Look down the middle column. The fixed formulas take steps that
# suit lengths like 100, which are too long for :math:`e^x`, and the higher the order, the more they pay for
# it. The adaptive method notices.
#
# So which one, when?
#
# - **In general:** the default. It is the only difference method here that is good in all three columns, and it tells
#   you how good.
# - **Your function is a formula that accepts complex numbers:** the complex step. One call, all digits.
# - **Calls are expensive:** a central difference with a scaled step. Expect ten digits from a friendly function, and
#   fewer where the scale is not what the package assumes.
# - **Calls are very expensive, or you can look to one side only:** a forward difference, for half of the digits at
#   best. With many variables it takes one call for each and one more; a central difference takes two for each.
# - **You can have the derivative by rule:** take that, on paper or by a program that knows the chain rule, and keep a
#   difference quotient to test it with.

# %%
# Your task
# ---------
#
# .. exercise:: B1t

# %%
# A plausible first try is the step that the package proposes for a forward quotient at 100. The checker
# knows what is behind it:

answer = differences.step_size(100.0, method="forward").h
print(f"h = {answer:.1e}")
print(fill(str(exercises.get("B1t").check(answer)), 72))

# %%
# Replace ``answer`` by your own number, and run the cell again.

# %%
# Common mistakes
# ---------------
#
# **"h as close to zero as possible."** The first table of this lesson is about this one. The faulty line
# and a good one, at :math:`x = 10`, where the derivative is 20:

x = 10.0
print("faulty:", forward(square, x, 1e-16))
print("good:  ", forward(square, x, np.sqrt(eps) * max(1.0, abs(x))))

# %%
# **A forward step in a central quotient.** ``h = 1e-7`` is about right for a forward quotient. A central
# one wants :math:`\varepsilon^{1/3}`, sixty times as large. With the smaller step, rounding makes the error
# several times larger:

x = 1.0
for label, h in (("faulty", 1e-7), ("good", eps ** (1 / 3) * max(1.0, abs(x)))):
    print(f"{label:7} h = {h:.0e}   error {abs(central(np.exp, x, h) - np.e):.1e}")

# %%
# **One step for all x.** The central quotient is no safer than the forward one: at :math:`x = 10^{10}` the
# gap is wider than the step, so that both neighbours are :math:`x` itself.

x = 1e10
print("faulty:", central(square, x, 1e-7))
print("good:  ", central(square, x, eps ** (1 / 3) * max(1.0, abs(x))))

# %%
# **Integers swallow the step.** An array of integers holds integers only: what you assign to an entry loses
# its fractional part. ``3 + 1e-7`` becomes 3 again, and ``3 - 1e-7`` becomes 2:


def bowl(p):
    return p[0] ** 2 + p[1] ** 2


def gradient_by_hand(f, p, h=1e-7):
    slopes = []
    for i in range(len(p)):
        above, below = p.copy(), p.copy()
        above[i] = p[i] + h
        below[i] = p[i] - h
        slopes.append((f(above) - f(below)) / (2 * h))
    return np.array(slopes)


p = np.array([3, 4])
print("faulty: ", gradient_by_hand(bowl, p))
print("cast:   ", gradient_by_hand(bowl, p.astype(float)).round(6))
print("package:", differences.gradient(bowl, p).round(6))

# %%
# The true gradient is :math:`(6, 8)`. The faulty one divides differences over a whole unit, 5 and 7, by
# :math:`2 \cdot 10^{-7}`. Cast the point to ``float`` before you take a step. The package does so for you.

# %%
# In practice
# -----------
#
# **NumPy.** ``np.gradient`` differentiates sampled data, whose spacing you cannot choose. It is not meant
# for functions.
#
# **SciPy.** ``scipy.differentiate.derivative`` (since version 1.15) is adaptive, with an error estimate. In
# ``scipy.optimize``, ``minimize(..., jac="2-point")``, ``"3-point"`` and ``"cs"`` are the forward, the
# central and the complex-step gradient. ``approx_fprime`` is a forward quotient with the fixed step
# :math:`\sqrt{\varepsilon}`, unless you give another. By now you know what that means at a million:

from scipy.optimize import approx_fprime

slope = approx_fprime([1e6], lambda v: v[0] ** 2)[0]
scaled = approx_fprime([1e6], lambda v: v[0] ** 2, np.sqrt(eps) * 1e6)[0]
print(f"fixed step:  relative error {abs(slope / 2e6 - 1):.0e}")
print(f"scaled step: relative error {abs(scaled / 2e6 - 1):.0e}")

# %%
# **JAX and PyTorch** compute derivatives by the chain rule and use differences to test them:
# ``jax.test_util.check_grads`` and ``torch.autograd.gradcheck``. The latter takes ``eps=1e-6`` and warns
# that it will likely fail in single precision. You can see why. Both libraries compute in single precision
# unless told otherwise, and there :math:`\varepsilon` is half a billion times larger:

single = np.finfo(np.float32).eps
one = np.float32(1)
print(f"eps in single precision: {single:.1e}, {single / eps:.1e} times as large")
for h in (np.float32(2**-20), np.float32(2**-8)):
    error = abs(float(central(np.exp, one, h)) / np.e - 1)
    print(f"h = {h:.0e}   relative error {error:.0e}   eps^(1/3) = {single ** (1 / 3):.0e}")

# %%
# Further reading
# ---------------
#
# - :cite:t:`goldberg1991` explains floating-point numbers, gaps and cancellation, with proofs.
# - :cite:t:`higham2002` is the reference for what rounding does to algorithms. Look up cancellation: it is not always bad.
# - :cite:t:`gill1983` choose the step from estimates of :math:`f''` and of the noise in :math:`f`.
# - :cite:t:`ridders1982` extrapolates until rounding begins to win, with an error estimate.
# - :cite:t:`fornberg1988` computes the weights of difference formulas of any order.
# - :cite:t:`squire1998` present the complex step in three pages; :cite:t:`martins2003` bring it into large programs.
