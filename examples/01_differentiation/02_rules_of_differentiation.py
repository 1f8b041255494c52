r"""
Rules of differentiation
========================

A difference quotient gives you the slope at one point, and after that you start again for the next point. A
rule gives you a formula: the slope at every point at once, exactly, and on paper. A handful of rules is
enough for nearly every formula in this guide, and for nearly every network that you will train.

**After this lesson you can** differentiate a formula of any length by hand, say for each rule why it holds,
check the result in one line of code, and compute a polynomial and its slope in one pass.

**You need** the derivative as the limit of difference quotients: :doc:`01_rate_of_change`.

**It takes** about an hour with the tasks.
"""

# %%
# The habit of this lesson: two ways, side by side
# ------------------------------------------------
#
# Anybody can make a slip with a rule, so we never trust one alone. Each rule below gets a small table. One
# column holds the slope by the rule. The next one holds the slope by
# :func:`~calcguide.differences.derivative`, which knows no rules: it calls the function at nearby points and
# extrapolates the difference quotients to :math:`h = 0`. The last column is the gap between the two, relative
# to the slope if that is larger than 1.

import matplotlib.pyplot as plt
import numpy as np

from calcguide import plotting
from calcguide.differences import derivative

plotting.use_style()
gaps = {}


def check(topic, *rows):
    """Print the slope by rule beside the slope by differences, and keep the gaps."""
    print(f"{'function':<15}{'x':>4}{'rule':>11}{'differences':>13}{'gap':>7}")
    for name, fun, rule, x in rows:
        exact, measured = float(rule(x)), derivative(fun, x)
        gap = abs(exact - measured) / max(1, abs(exact))
        gaps.setdefault(topic, []).append(gap)
        print(f"{name:<15}{x:>4g}{exact:>11.6f}{measured:>13.6f}{gap:>7.0e}")


# %%
# Constants, sums and factors
# ---------------------------
#
# **A constant does not change, so its rate of change is 0.** Adding 7 to a function lifts its graph by 7. No
# slope changes.
#
# **The change of a sum is the sum of the changes.** If in the same second one tank gains two litres and
# another one three, together they gain five.
#
# **Twice the function changes twice as fast.** A factor that does not depend on :math:`x` stays in front.
#
# The three in one line, where :math:`a`, :math:`b` and :math:`c` are numbers:
#
# .. math:: (a f + b g + c)' = a f' + b g'.
#
# You can see why from the difference quotient. Write :math:`\Delta f` for the change :math:`f(x+h) - f(x)`.
# Changes add up, factors stay, and the constant cancels:
#
# .. math:: \frac{\Delta(a f + b g + c)}{h} = a\,\frac{\Delta f}{h} + b\,\frac{\Delta g}{h}.
#
# This property is called *linearity*. For the check we take from the next sections that :math:`x^2` has the
# derivative :math:`2x` and :math:`\sin x` has :math:`\cos x`.

check(
    "sums",
    ("x² + 7", lambda x: x**2 + 7, lambda x: 2 * x, 1.5),
    ("x² + sin x", lambda x: x**2 + np.sin(x), lambda x: 2 * x + np.cos(x), 1.5),
    (
        "4x² − 3 sin x",
        lambda x: 4 * x**2 - 3 * np.sin(x),
        lambda x: 8 * x - 3 * np.cos(x),
        1.5,
    ),
)

# %%
# Powers
# ------
#
# Multiply out :math:`(x + h)^3`. You pick :math:`x` or :math:`h` from each of three brackets. Picking
# :math:`x` each time gives :math:`x^3`. Picking :math:`h` once can be done in three ways, which gives
# :math:`3x^2 h`. All else has at least two factors :math:`h`:
#
# .. math::
#
#    \begin{aligned}
#    \frac{(x+h)^3 - x^3}{h} &= \frac{3x^2 h + 3x h^2 + h^3}{h} \\[1ex]
#    &= 3x^2 + 3xh + h^2 \;\to\; 3x^2.
#    \end{aligned}
#
# With :math:`n` brackets there are :math:`n` ways to pick :math:`h` once. **The exponent comes down as a
# factor, and the power goes down by one:**
#
# .. math:: (x^n)' = n\,x^{n-1}.
#
# The argument counts brackets, so it covers the exponents 1, 2, 3 and so on. The formula holds for others
# too: the reasons come further down, with the quotients and with the logarithm. What changes is **where** it
# holds:
#
# - :math:`n = 1, 2, 3, \dots`: for every :math:`x`.
# - :math:`n = 0`: the function is the constant 1, and its derivative is 0 for every :math:`x`. The formula
#   says :math:`0 \cdot x^{-1}`, which has no value at :math:`x = 0`. The formula has a hole there; the
#   derivative has none.
# - Negative whole :math:`n`, such as :math:`1/x = x^{-1}`: for every :math:`x \neq 0`.
# - Fractions, such as :math:`\sqrt{x} = x^{1/2}`: for :math:`x > 0`.
#
# Predict the slope of :math:`1/x` at −2 before you look: is it positive or negative?

check(
    "powers",
    ("x³", lambda x: x**3, lambda x: 3 * x**2, -1.5),
    ("x⁰", lambda x: x**0, lambda x: 0 * x, 0.0),
    ("1/x", lambda x: x**-1, lambda x: -(x**-2), -2.0),
    ("1/x²", lambda x: x**-2, lambda x: -2 * x**-3, 0.5),
    ("√x", lambda x: x**0.5, lambda x: 0.5 * x**-0.5, 4.0),
    ("x^(1/3)", lambda x: x ** (1 / 3), lambda x: x ** (-2 / 3) / 3, 8.0),
)

# %%
# We see that :math:`1/x` falls at −2, as it does everywhere: the rule gives :math:`-x^{-2}`, which is
# negative on both sides.
#
# And what happens to :math:`\sqrt{x}` at the edge, where :math:`x` comes close to 0? The function has the
# value 0 there. Does it have a slope?

for x in (1e-2, 1e-4, 1e-6, 1e-8):
    print(f"slope of √x at {x:<6g} {derivative(np.sqrt, x):9.3f}")

# %%
# Each time :math:`x` shrinks by a factor of 100 the slope grows by a factor of 10, without end. At 0 the
# graph of the root is vertical: there is a value, and no derivative.
#
# Products
# --------
#
# What is the derivative of :math:`u \cdot v`, when both factors change? Many people's first guess is
# :math:`u' v'`. Draw it, and you will never guess so again.
#
# A product is the area of a rectangle. Let the sides be :math:`v(x) = e^x` and :math:`u(x) = x^2`, and go
# from :math:`x = 1` a step :math:`h` further. Both sides grow, by :math:`\Delta v` and :math:`\Delta u`.

x, h = 1.0, 0.25
u, v = x**2, np.exp(x)
du, dv = (x + h) ** 2 - u, np.exp(x + h) - v
corner = du * dv / ((u + du) * (v + dv) - u * v)

fig, ax = plt.subplots()
parts = {
    # lower left corner, width, height, colour, words
    (0, 0, v, u): ("blue", "area before:  $u v$"),
    (0, u, v, du): ("orange", r"strip:  $\Delta u \cdot v$"),
    (v, 0, dv, u): ("green", "strip:\n$u \\cdot \\Delta v$"),
    (v, u, dv, du): ("purple", "corner:\n$\\Delta u \\cdot \\Delta v$"),
}
for (left, low, width, height), (colour, words) in parts.items():
    hue = plotting.PALETTE[colour]
    area = plt.Rectangle((left, low), width, height, facecolor=(hue, 0.25), edgecolor=hue)
    ax.add_patch(area)
    ax.text(left + width / 2, low + height / 2, words, ha="center", va="center")
ax.set(xlim=(0, 3.6), ylim=(0, 1.7), aspect="equal")
ax.set(xlabel="v and its growth", ylabel="u and its growth")
ax.set_xticks([0, v, v + dv], ["0", f"{v:.2f}", f"{v + dv:.2f}"])
ax.set_yticks([0, u, u + du], ["0", f"{u:.2f}", f"{u + du:.2f}"])
ax.grid(visible=False)
ax.set_title(
    f"A growing rectangle gains two strips,\nand a corner: {corner:.0%} of the gain at {h = }"
)
plt.show()

# %%
# The new area consists of two strips and a corner. Divide the gain by :math:`h`:
#
# .. math::
#
#    \frac{\Delta(uv)}{h} = \frac{\Delta u}{h}\,v + u\,\frac{\Delta v}{h} + \frac{\Delta u\,\Delta v}{h}.
#
# The guess :math:`u' v'` is about the corner, the one part that does not matter: it is a product of **two**
# small numbers. Watch it while :math:`h` shrinks.

print(f"{'h':>7}{'Δu·v/h':>11}{'u·Δv/h':>11}{'corner/h':>11}{'sum':>11}")
for h in (0.25, 0.1, 0.01, 0.001, 0.0001):
    du, dv = (x + h) ** 2 - u, np.exp(x + h) - v
    strips = du * v / h, u * dv / h, du * dv / h
    print(f"{h:>7g}" + "".join(f"{part:>11.4f}" for part in (*strips, sum(strips))))
print(f"{'rule':>7}{2 * x * v:>11.4f}{u * v:>11.4f}{0:>11.4f}{2 * x * v + u * v:>11.4f}")

# %%
# We see that each strip settles at a number and the corner goes to 0. **Each factor takes its turn to change
# while the other one stays:**
#
# .. math:: (u v)' = u'\,v + u\,v'.

check(
    "products",
    (
        "x² eˣ",
        lambda x: x**2 * np.exp(x),
        lambda x: 2 * x * np.exp(x) + x**2 * np.exp(x),
        1.0,
    ),
    ("x sin x", lambda x: x * np.sin(x), lambda x: np.sin(x) + x * np.cos(x), 2.0),
    ("x · x²", lambda x: x * x**2, lambda x: 1 * x**2 + x * 2 * x, -1.5),
)

# %%
# The last row is :math:`x^3` in disguise, and :math:`x^2 + 2x^2 = 3x^2` is what the power rule says. In fact
# the product rule *is* the reason for the power rule: each further factor :math:`x` adds one more strip.
#
# Quotients
# ---------
#
# There is nothing new to learn here. A quotient :math:`q = u / v` is the number for which :math:`u = q\,v`.
# Apply the product rule to that, :math:`u' = q' v + q v'`, and solve for :math:`q'`:
#
# .. math:: \left(\frac{u}{v}\right)' = \frac{u' - q\,v'}{v} = \frac{u'\,v - u\,v'}{v^2} \quad (v \neq 0).
#
# **The quotient grows when the numerator does, and shrinks when the denominator grows:** that is where the
# minus sign comes from, and it tells you which of the two terms has it.
#
# With :math:`u = 1` and :math:`v = x^n` you get :math:`-n x^{n-1} / x^{2n} = -n x^{-n-1}`. That is the power
# rule for negative whole exponents.

check(
    "quotients",
    (
        "x/(1 + x²)",
        lambda x: x / (1 + x**2),
        lambda x: (1 * (1 + x**2) - x * 2 * x) / (1 + x**2) ** 2,
        0.5,
    ),
    ("sin x / x", lambda x: np.sin(x) / x, lambda x: (np.cos(x) * x - np.sin(x)) / x**2, 2.0),
    (
        "sin x / cos x",
        lambda x: np.sin(x) / np.cos(x),
        lambda x: (np.cos(x) ** 2 + np.sin(x) ** 2) / np.cos(x) ** 2,
        1.0,
    ),
)

# %%
# The last one is the tangent, :math:`\tan x`. Because :math:`\cos^2 x + \sin^2 x = 1`, its derivative is
# :math:`1 / \cos^2 x`.
#
# Functions inside functions: rates multiply
# ------------------------------------------
#
# Turn a crank. It drives a wheel that turns twice as fast as the crank, and this wheel drives another one
# that turns one and a half times as fast as itself. How fast is the last wheel? :math:`2 \cdot 1.5 = 3` times
# as fast as the crank. Not :math:`2 + 1.5`.
#
# A function inside a function is such a train of wheels: :math:`x` drives :math:`u = g(x)`, and :math:`u`
# drives :math:`y = f(u)`. Take :math:`g(x) = x^2` and :math:`f(u) = u^{3/2}`, start at :math:`x = 1`, and
# follow a small interval through both.

x, h = 1.0, 0.1
stations = np.linspace(x, x + h, 6)
images = [stations, stations**2, (stations**2) ** 1.5]
lengths = [image[-1] - image[0] for image in images]
stretch = [lengths[1] / lengths[0], lengths[2] / lengths[1], lengths[2] / lengths[0]]

fig, ax = plt.subplots()
hues = [plotting.PALETTE[colour] for colour in ("blue", "orange", "green")]
names = [r"$\Delta x$", r"$\Delta u$", r"$\Delta y$"]
for i, image in enumerate(images):
    ax.axhline(2 - i, color=plotting.INK, linewidth=0.8)
    ax.plot(image, np.full(6, 2 - i), "|-", color=hues[i], linewidth=5, markersize=14)
    ax.text(image[-1] + 0.012, 2.1 - i, f"{names[i]} = {lengths[i]:.3f}")
for i, rate in enumerate(("$g$", "$f$")):
    ax.plot(images[i : i + 2], [2 - i, 1 - i], color=plotting.INK, linestyle=":", linewidth=1)
    ax.text(
        0.955, 1.5 - i, f"{rate} stretches\n{stretch[i]:.3f} times", ha="right", va="center"
    )
ax.set(xlim=(0.76, 1.48), ylim=(-0.35, 2.4), xlabel="position on each of the three lines")
ax.set_yticks([2, 1, 0], ["$x$", "$u = x^2$", "$y = u^{3/2}$"])
ax.grid(visible=False)
ax.set_title(
    "Stretched {:.2f} times, then {:.2f} times:\n{:.2f} times in all".format(*stretch)
)
plt.show()

# %%
# The first function stretches the interval, the second one stretches the result. The lengths cancel as
# fractions do:
#
# .. math:: \frac{\Delta y}{\Delta x} = \frac{\Delta y}{\Delta u} \cdot \frac{\Delta u}{\Delta x}.

print(f"{'h':>8}{'Δu/Δx':>11}{'Δy/Δu':>11}{'product':>11}{'Δy/Δx':>11}")
for h in (0.1, 0.01, 0.001, 0.0001):
    du = (x + h) ** 2 - x**2
    dy = ((x + h) ** 2) ** 1.5 - (x**2) ** 1.5
    print(f"{h:>8g}{du / h:>11.5f}{dy / du:>11.5f}{dy / du * (du / h):>11.5f}{dy / h:>11.5f}")

# %%
# The last two columns agree in every row, and as :math:`h` shrinks the stretches become the two derivatives,
# :math:`2x = 2` and :math:`\tfrac{3}{2} u^{1/2} = 1.5`. Their product is 3. No wonder: :math:`(x^2)^{3/2}` is
# :math:`x^3` for positive :math:`x`.
#
# This is the :term:`chain rule`. **Outer derivative, taken at the inner function, times inner derivative:**
#
# .. math::
#
#    \big(f(g(x))\big)' = f'(g(x)) \cdot g'(x).
#
# With a name for each quantity, :math:`u = g(x)` and :math:`y = f(u)`, it is easier to remember:
#
# .. math:: \frac{dy}{dx} = \frac{dy}{du} \cdot \frac{du}{dx}.
#
# (Where :math:`\Delta u` is 0 for some small :math:`h` you may not divide by it. A proof needs one more
# sentence for this case; the rule stays the same.)
#
# Two things to watch. The outer derivative is taken at :math:`u`, not at :math:`x`. And a chain of three
# functions has three factors.

check(
    "chains",
    ("(3x + 1)⁵", lambda x: (3 * x + 1) ** 5, lambda x: 5 * (3 * x + 1) ** 4 * 3, 0.2),
    ("sin(x²)", lambda x: np.sin(x**2), lambda x: np.cos(x**2) * 2 * x, 1.5),
    ("exp(−x²/2)", lambda x: np.exp(-(x**2) / 2), lambda x: np.exp(-(x**2) / 2) * (-x), 0.8),
    (
        "√(1 + sin² x)",
        lambda x: np.sqrt(1 + np.sin(x) ** 2),
        lambda x: 0.5 / np.sqrt(1 + np.sin(x) ** 2) * 2 * np.sin(x) * np.cos(x),
        1.0,
    ),
)

# %%
# Exponential functions
# ---------------------
#
# How fast does :math:`a^x` grow? Since :math:`a^{x+h} = a^x a^h`, the value at :math:`x` can be taken out:
#
# .. math:: \frac{a^{x+h} - a^x}{h} = a^x \cdot \frac{a^h - 1}{h}.
#
# The second factor does not know about :math:`x`. **An exponential function grows in proportion to its own
# value**, and only the proportion depends on the base. Here it is for three bases:

print(f"{'h':>7}{'a = 2':>12}{'a = e':>12}{'a = 3':>12}")
for h in (0.1, 0.01, 0.001, 0.0001):
    print(f"{h:>7g}" + "".join(f"{(a**h - 1) / h:>12.6f}" for a in (2, np.e, 3)))
print(f"{'log a':>7}" + "".join(f"{np.log(a):>12.6f}" for a in (2, np.e, 3)))

# %%
# For :math:`a = e \approx 2.718` the proportion is 1. That is what this number is for. Any other base is
# :math:`a^x = e^{x \ln a}`, and the chain rule gives the inner derivative :math:`\ln a`, the last row of the
# table (``np.log`` is the natural logarithm :math:`\ln`):
#
# .. math:: (e^x)' = e^x, \qquad (a^x)' = a^x \ln a \quad (a > 0).
#
# Sine and cosine
# ---------------
#
# Let a point run around the unit circle with speed 1. At time :math:`x` it has covered an arc of length
# :math:`x`, and it is at :math:`(\cos x, \sin x)`. Which way does it move? Along the circle, at a right angle
# to the radius.

x = 0.6
point, velocity = np.array([np.cos(x), np.sin(x)]), np.array([-np.sin(x), np.cos(x)])
tip = point + velocity

fig, ax = plt.subplots()
angles = np.linspace(-0.12, 1.75, 200)
ax.plot(np.cos(angles), np.sin(angles), color=plotting.INK, linewidth=1.2, linestyle="-")
for start, end, colour in (((0, 0), point, "blue"), (point, tip, "orange")):
    hue = plotting.PALETTE[colour]
    arrow = {"color": hue, "arrowstyle": "-|>", "linewidth": 2.5, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops=arrow)
    corner = (end[0], start[1]) if colour == "blue" else (start[0], end[1])
    ax.plot(*zip(start, corner, end, strict=True), color=hue, linestyle="--", linewidth=1.5)
ax.plot(*point, marker="o", color=plotting.INK)
ax.text(0.42, -0.05, r"$\cos x$", ha="center", va="top", color=plotting.INK)
ax.text(point[0] - 0.03, 0.26, r"$\sin x$", ha="right", va="center")
ax.text(point[0] + 0.03, point[1] + 0.45, r"$\cos x$", va="center")
ax.text(point[0] - 0.28, tip[1] + 0.03, r"$\sin x$, to the left", ha="center", va="bottom")
ax.text(0.3, 0.31, "radius", ha="center", color=plotting.INK)
ax.text(0.36, 1.12, "velocity", ha="right", color=plotting.INK)
ax.set(
    xlim=(-0.45, 1.75), ylim=(-0.17, 1.55), aspect="equal", xlabel="to the right", ylabel="up"
)
ax.grid(visible=False)
ax.set_title(
    "Velocity is the radius turned by a right angle:\nthe height grows at the rate cos x"
)
plt.show()

# %%
# The blue triangle, turned by a right angle, is the orange one. So the height :math:`\sin x` grows at the
# rate :math:`\cos x`, and the horizontal position :math:`\cos x` changes at the rate :math:`-\sin x`, to the
# left:
#
# .. math:: (\sin x)' = \cos x, \qquad (\cos x)' = -\sin x.
#
# The speed is 1 because angles are measured in *radians*, as lengths of arc. In degrees the point would need
# 360 units of time for a round, and every derivative would get a factor :math:`\pi / 180`, by the chain rule.

check(
    "exp, sin, cos",
    ("eˣ", np.exp, np.exp, 1.5),
    ("2ˣ", lambda x: 2**x, lambda x: 2**x * np.log(2), 1.5),
    ("sin x", np.sin, np.cos, 0.6),
    ("cos x", np.cos, lambda x: -np.sin(x), 0.6),
    (
        "sin x°",
        lambda x: np.sin(np.radians(x)),
        lambda x: np.cos(np.radians(x)) * np.pi / 180,
        60.0,
    ),
)

# %%
# Inverse functions
# -----------------
#
# The logarithm undoes the exponential: its graph is the graph of :math:`e^x`, mirrored at the diagonal. The
# mirror exchanges "up" and "to the right". What does it do to a slope of 2?

a = np.log(2)
fig, ax = plt.subplots()
ax.axline((0, 0), slope=1, color=plotting.INK, linewidth=0.8, linestyle=":")
blue, orange = plotting.PALETTE["blue"], plotting.PALETTE["orange"]
plotting.curve(ax, np.exp, -2, 1.4, color=blue, linestyle="-", label="$e^x$")
plotting.curve(ax, np.log, 0.13, 5, color=orange, linestyle="-", label=r"$\ln x$")
plotting.tangent(ax, np.exp, a, 2, color=blue, linestyle="--", linewidth=1.2)
plotting.tangent(ax, np.log, 2, 0.5, color=orange, linestyle="--", linewidth=1.2)
ax.text(a - 0.12, 2.05, "slope 2", ha="right", va="bottom")
ax.text(2.05, a - 0.12, "slope 1/2", va="top")
ax.set(xlim=(-2, 4.6), ylim=(-2, 3.6), aspect="equal", xlabel="x", ylabel="y")
ax.legend(loc="lower right")
ax.set_title("Mirrored at the diagonal, a slope of 2 becomes 1/2")
plt.show()

# %%
# **Rise and run change places, so the slope turns into its reciprocal.** The chain rule says the same:
# differentiate both sides of :math:`f(g(x)) = x`, where :math:`g` undoes :math:`f`.
#
# .. math:: f'(g(x)) \cdot g'(x) = 1 \quad\Rightarrow\quad g'(x) = \frac{1}{f'(g(x))}.
#
# (Where :math:`f'` is 0, the mirrored graph is vertical and has no slope.)
#
# For :math:`g = \ln` and :math:`f = \exp`, which is its own derivative, this is :math:`1 / e^{\ln x}`:
#
# .. math:: (\ln x)' = \frac{1}{x}, \qquad x > 0.
#
# That leaves the powers with other exponents. For any exponent :math:`r`, whole or not, and :math:`x > 0`, a
# power is :math:`x^r = e^{r \ln x}`, and by the chain rule
#
# .. math:: (x^r)' = e^{r \ln x} \cdot \frac{r}{x} = r\,x^{r-1}.

check(
    "inverses",
    ("ln x", np.log, lambda x: 1 / x, 2.0),
    ("arctan x", np.arctan, lambda x: 1 / (1 + x**2), 1.5),
    ("x^π", lambda x: x**np.pi, lambda x: np.pi * x ** (np.pi - 1), 2.0),
)

# %%
# The second row comes in the same way, from the tangent: its derivative is :math:`1/\cos^2 u = 1 + \tan^2 u`,
# and at :math:`u = \arctan x` that is :math:`1 + x^2`.
#
# The card
# --------
#
# That is all. On one card, with where each formula holds:
#
# - Constants, sums and factors: :math:`(a f + b g + c)' = a f' + b g'`.
# - Products: :math:`(u v)' = u' v + u v'`.
# - Quotients: :math:`\left(\frac{u}{v}\right)' = \frac{u' v - u v'}{v^2}` where :math:`v \neq 0`.
# - Chains: :math:`\big(f(g(x))\big)' = f'(g(x)) \cdot g'(x)`.
# - Powers: :math:`(x^n)' = n x^{n-1}`. Everywhere for :math:`n = 1, 2, 3, \dots`; where :math:`x \neq 0` for
#   negative whole :math:`n`; where :math:`x > 0` for all other exponents but 0.
# - Exponential and logarithm: :math:`(e^x)' = e^x`, and :math:`(\ln x)' = \frac{1}{x}` where :math:`x > 0`.
# - Sine and cosine: :math:`(\sin x)' = \cos x`, :math:`(\cos x)' = -\sin x`.
#
# All rules in one formula
# ------------------------
#
# How do you start on a long formula? Ask which operation is done **last** when you compute its value. That
# one tells you the first rule. Then go inwards. For
#
# .. math:: f(x) = \ln(1 + x^2 e^x)
#
# 1. Last comes a logarithm. Chain rule: :math:`\dfrac{1}{1 + x^2 e^x}`, times the derivative of what is
#    inside.
# 2. Inside is a sum. The 1 is constant, so only :math:`x^2 e^x` counts.
# 3. That is a product: :math:`2x \cdot e^x + x^2 \cdot e^x`.
#
# .. math:: f'(x) = \frac{(2x + x^2)\,e^x}{1 + x^2 e^x}.
#
# The rules are so mechanical that a program can apply them. SymPy does, on the formula itself:

import sympy

s = sympy.Symbol("s")
formula = sympy.log(1 + s**2 * sympy.exp(s))
sympy.diff(formula, s)

# %%
# That makes a third way. By hand, by SymPy, and by differences, at :math:`x = 0.7`:


def f(x):
    """Return the logarithm of one plus a product."""
    return np.log(1 + x**2 * np.exp(x))


def slope_by_hand(x):
    """Apply chain, sum and product rule."""
    return (2 * x + x**2) * np.exp(x) / (1 + x**2 * np.exp(x))


slope_by_sympy = sympy.lambdify(s, sympy.diff(formula, s))

print(f"by hand         {slope_by_hand(0.7):.12f}")
print(f"by SymPy        {slope_by_sympy(0.7):.12f}")
print(f"by differences  {derivative(f, 0.7):.12f}")

# %%
# The same steps give the derivative that you will meet most often in machine learning. The *sigmoid*
# :math:`\sigma(x) = 1 / (1 + e^{-x})` is a power with exponent −1, of a sum, with an exponential inside, with
# :math:`-x` inside that:
#
# .. math::
#
#    \begin{aligned}
#    \sigma'(x) &= -(1 + e^{-x})^{-2} \cdot e^{-x} \cdot (-1) \\
#    &= \frac{1}{1 + e^{-x}} \cdot \frac{e^{-x}}{1 + e^{-x}} \\[1ex]
#    &= \sigma(x)\,(1 - \sigma(x)).
#    \end{aligned}


def sigmoid(x):
    """Map the real line to the interval from 0 to 1."""
    return 1 / (1 + np.exp(-x))


check(
    "all together",
    ("ln(1 + x² eˣ)", f, slope_by_hand, 0.7),
    ("sigmoid", sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x)), 0.7),
)

# %%
# A polynomial and its slope in one pass
# --------------------------------------
#
# To evaluate :math:`p(x) = 3x^3 + 2x^2 - 5x + 1`, you could form every power. You can also put brackets:
#
# .. math:: p(x) = ((3x + 2)\,x - 5)\,x + 1.
#
# From the inside out this is one line, repeated for each coefficient :math:`c`: multiply what you have by
# :math:`x`, and add :math:`c`. Differentiate this line by the product rule, remembering that :math:`c` is
# constant and :math:`x' = 1`, and you have a second line that carries the slope along:
#
# .. math:: p \leftarrow p\,x + c, \qquad p' \leftarrow p'\,x + p.
#
# This is :term:`Horner's scheme`. The slope goes first, because its line needs the :math:`p` from before the
# step.


def value_and_slope(coefficients, x, *, show=False):
    """Evaluate a polynomial and its derivative; coefficients from the highest power down."""
    p = slope = 0
    for c in coefficients:
        slope = slope * x + p
        p = p * x + c
        if show:
            print(f"{c:>5}{p:>8}{slope:>8}")
    return p, slope


print(f"{'c':>5}{'p':>8}{'slope':>8}")
p, slope = value_and_slope([3, 2, -5, 1], 3, show=True)

# %%
# The last row holds the results: :math:`p(3) = 85` and :math:`p'(3) = 88`. No powers, and nothing divided.
#
# .. important::
#
#    **The coefficients run from the highest power down.** ``[3, 2, -5, 1]`` is :math:`3x^3 + 2x^2 - 5x + 1`,
#    as it is written and as :func:`numpy.polyval` has it. A missing power needs a 0:
#    :math:`x^3 - 2x^2 + 1` is ``[1, -2, 0, 1]``.
#
# In the package, :func:`~calcguide.functions.horner` does this for arrays of points, and for derivatives of
# any order:

from calcguide.functions import horner

coefficients = [3, 2, -5, 1]
value, slope = horner(coefficients, [0, 1, 2, 3])
print("p  at 0, 1, 2, 3:", value)
print("p' at 0, 1, 2, 3:", slope)
print("p, p', p'' and p''' at 3:", horner(coefficients, 3, derivatives=3))

# %%
# How much work is saved? Let a number count how often something is multiplied by it, and hand it to both
# ways.


class Counted(float):
    """A number that counts what is multiplied by it."""

    count = 0

    def __rmul__(self, left):
        Counted.count += 1
        return left * float(self)


def term_by_term(coefficients, x):
    """Evaluate a polynomial and its derivative, each power multiplied out."""
    p = slope = 0
    for power, c in zip(range(len(coefficients) - 1, -1, -1), coefficients, strict=True):
        term, its_slope = c, power * c
        for _ in range(power):
            term = term * x
        for _ in range(power - 1):
            its_slope = its_slope * x
        p, slope = p + term, slope + its_slope
    return p, slope


def multiplications(method, degree):
    """Count the multiplications by x that a method makes."""
    Counted.count = 0
    method([1] * (degree + 1), Counted(0.5))
    return Counted.count


print("term by term:", term_by_term(coefficients, 3))
print("Horner:      ", value_and_slope(coefficients, 3))
print(f"\n{'degree':>8}{'term by term':>15}{'Horner':>9}")
for degree in (3, 10, 100):
    one, other = (multiplications(way, degree) for way in (term_by_term, value_and_slope))
    print(f"{degree:>8}{one:>15}{other:>9}")

# %%
# Both ways give the same numbers. For degree :math:`n`, term by term takes :math:`n^2` multiplications by
# :math:`x`; Horner takes :math:`2(n + 1)`, value and slope together. (Three of these multiply a zero from the
# start. On paper you leave them out, and a cubic takes five.)
#
# Your task
# ---------
#
# .. exercise:: B2t
#
# .. exercise:: B2u
#
# Two attempts, and what the checker says to them. Put yours in their place.

from calcguide import exercises

answer = value_and_slope([5, -4, -3, 2], 2)
print(exercises.get("B2t").check(answer))


def answer(x):
    """Return the derivative of x² sin(3x), perhaps."""
    return 2 * x * 3 * np.cos(3 * x)


print(exercises.get("B2u").check(answer))

# %%
# Common mistakes
# ---------------
#
# First three slips with rules. Each function below comes with a faulty form, the correct one, and what the
# differences say.
#
# - *The derivative of a product taken as the product of the derivatives.* Faulty for :math:`x^2 e^x`: ``2 * x
#   * np.exp(x)``. The factors take turns, so there are two terms: ``2 * x * np.exp(x) + x**2 * np.exp(x)``.
# - *The inner derivative forgotten.* Faulty for :math:`\sin(3x)`: ``np.cos(3 * x)``. The sine is passed
#   through three times as fast: ``np.cos(3 * x) * 3``.
# - *The power rule used on an exponential.* Faulty for :math:`2^x`: ``x * 2 ** (x - 1)``. The power rule is
#   for a variable base and a fixed exponent. Here it is the other way round: ``2**x * np.log(2)``.

slips = [
    (
        "u'v' for (uv)'",
        lambda x: x**2 * np.exp(x),
        lambda x: 2 * x * np.exp(x),
        lambda x: 2 * x * np.exp(x) + x**2 * np.exp(x),
    ),
    (
        "inner derivative lost",
        lambda x: np.sin(3 * x),
        lambda x: np.cos(3 * x),
        lambda x: np.cos(3 * x) * 3,
    ),
    (
        "power rule on 2ˣ",
        lambda x: 2**x,
        lambda x: x * 2 ** (x - 1),
        lambda x: 2**x * np.log(2),
    ),
]
x = 1.2
slip_gaps = []
print(f"{'at x = 1.2':<24}{'faulty':>10}{'correct':>10}{'differences':>13}")
for name, fun, faulty, correct in slips:
    measured = derivative(fun, x)
    slip_gaps.append(abs(faulty(x) - measured) / max(1, abs(measured)))
    print(f"{name:<24}{faulty(x):>10.6f}{correct(x):>10.6f}{measured:>13.6f}")

# %%
# Would the check have caught them? Here are all gaps of this page, those of the correct rules and those of
# the slips.

right = 10 ** np.ceil(np.log10(max(max(found) for found in gaps.values())))
wrong = min(slip_gaps)
blue, orange, floor = plotting.PALETTE["blue"], plotting.PALETTE["orange"], 1e-17

fig, ax = plt.subplots(figsize=(6, 4.4))
rows = [*gaps, *(name for name, *_ in slips)]
for row, found in enumerate(gaps.values()):
    ax.plot(np.maximum(found, floor), np.full(len(found), row), "o", color=blue, alpha=0.8)
ax.plot(slip_gaps, range(len(gaps), len(rows)), "s", color=orange)
ax.axvline(np.finfo(float).eps, color=plotting.INK, linestyle=":", linewidth=1.2)
ax.text(np.finfo(float).eps * 1.6, len(rows) - 1, "machine epsilon", va="center")
ax.set_xscale("log")
ax.set(xlim=(4e-18, 30), xlabel="gap to differences (0 is drawn at 1e-17)")
ax.set_yticks(range(len(rows)), rows)
ax.invert_yaxis()
ax.set_title(
    f"Correct rules agree to {right:.0e} or better,\nslips miss by {wrong:.2f} or more"
)
plt.show()

# %%
# There is nothing in between. A wrong rule is wrong in the first digits, and one comparison at one point
# shows it. Choose a point like 1.2: at 0 or 1 a wrong formula can be right by accident.
#
# **Coefficients from the wrong end.** Some programs promise "highest power first" and then read the list from
# the other side. Nothing crashes. You get another polynomial, here :math:`x^3 - 5x^2 + 2x + 3`:


def faulty_slope(coefficients, x):
    """Promise the highest power first, and take the lowest first."""
    return sum(n * c * x ** (n - 1) for n, c in enumerate(coefficients) if n > 0)


points = np.array([0, 1, 2, 3])
print("faulty: ", faulty_slope(coefficients, points))
print("correct:", horner(coefficients, points)[1])
print("the coefficient of x, which is the slope at 0:", coefficients[-2])

# %%
# The check that catches it needs no computing. At :math:`x = 0` the slope is the coefficient of :math:`x`, so
# it must be −5, and the faulty form says 2. Even NumPy has both orders, so look before you pass a list on:
# ``np.polyval`` takes the highest power first, the newer class ``np.polynomial.Polynomial`` the lowest.

print("np.polyval, highest first:", np.polyval([3, 2, -5, 1], 3))
print("Polynomial, lowest first: ", np.polynomial.Polynomial([1, -5, 2, 3])(3))

# %%
# **A term lost in mental arithmetic.** This polynomial has been published with the claim :math:`p'(3) = 76`.
# The power rule gives :math:`p'(x) = 9x^2 + 4x - 5`. Which term is missing?

terms = [9 * 3**2, 4 * 3, -5]
print("terms:", terms, "  sum:", sum(terms), "  without the middle one:", terms[0] + terms[2])
print("differences:", round(derivative(lambda x: 3 * x**3 + 2 * x**2 - 5 * x + 1, 3.0), 9))

# %%
# **The power rule at n = 0.** A loop that applies :math:`n\,x^{n-1}` to every coefficient, the constant too,
# works at every point but one:


def careless_slope(coefficients, x):
    """Apply the power rule to every term, the constant included."""
    degree = len(coefficients) - 1
    return sum((degree - i) * c * x ** (degree - i - 1) for i, c in enumerate(coefficients))


for x in (1.0, 0.0):
    try:
        print(f"careless at {x}:", careless_slope(coefficients, x))
    except ZeroDivisionError as error:
        print(f"careless at {x}: ZeroDivisionError: {error}")
    print(f"Horner at {x}:  ", horner(coefficients, x)[1])

# %%
# With NumPy arrays there is not even an exception: :math:`0 \cdot 0^{-1}` becomes ``nan`` and travels on.
# Leave the constant out (``coefficients[:-1]``), or use Horner, which forms no powers.
#
# In practice
# -----------
#
# - NumPy has :func:`numpy.polyval` for values and :func:`numpy.polyder` for the coefficients of the
#   derivative; ``Polynomial.deriv`` is the same in the newer class. Inside, ``np.polyval`` is Horner's
#   scheme.
# - SymPy calls the rules ``sympy.diff``. It works on formulas, and its answer is a formula.
# - JAX (``jax.grad``) and PyTorch (``loss.backward()``) use exactly the rules of this page, one operation at
#   a time. Each operation, a product, a sine, a logarithm, comes with its own derivative, and the chain rule
#   multiplies them while the program runs. No formula is ever written down, and no :math:`h` is chosen. This
#   is *automatic differentiation*. The two lines of Horner's scheme above are a small example: a value, and
#   its derivative carried along.
# - A derivative that you have typed in yourself deserves a check like those above before you train with it.
#   The check needs a good :math:`h`: that is the next lesson, :doc:`03_step_size`.
#
# Further reading
# ---------------
#
# - :cite:t:`higham2002`, chapter 5, on evaluating polynomials: what round-off does to Horner's scheme, and
#   how to bound the error while it runs.
# - :cite:t:`griewank2008` on the rules applied to whole programs, forwards and backwards.
# - :cite:t:`baydin2018` for a survey of automatic differentiation in machine learning, and of what it is
#   often mistaken for.
