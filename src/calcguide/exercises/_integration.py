"""Tasks of integration: sums, and the fundamental theorem."""

from __future__ import annotations

from typing import Any

import numpy as np

from calcguide.exercises._exercise import Exercise, Mistake, Solution, Tolerance

_SUM = "02_integration/01_area_as_a_sum"
_THEOREM = "02_integration/02_fundamental_theorem"

_THREE_NUMBERS = Exercise(
    id="A2u",
    title="Three numbers, one sum",
    lesson=_SUM,
    kind="vector",
    prompt=r"""
A drone moves up and down with the vertical speed $v(t) = 6 - 2t$ metres per second, for $t$ from 0 to 8 seconds. Find
three numbers, with paper alone if you can: the left sum with cells of 0.5 seconds; the integral, which says how much
higher the drone is at the end; and the length of its way, down counting as much as up.

Answer with all three, in this order: `[left_sum, integral, way]`.
""".strip(),
    hints=(
        (
            "The graph of $v$ is a straight line. Where does it cross the axis? Between the line and the axis lie two "
            "triangles, one above and one below."
        ),
        (
            "The integral is the triangle above minus the triangle below, and the way is their sum. A triangle has half the "
            "area of the rectangle around it."
        ),
        (
            "The left sum misses the integral by half a cell times $v(0) - v(8)$. For a straight line that is exact, "
            "because what is missing in each cell really is a triangle."
        ),
    ),
    solution=Solution(
        explanation=r"""
The speed is zero at $t = 3$. Until then the drone rises: a triangle 3 wide and 6 high, 9 metres. After that it sinks: a
triangle 5 wide and 10 deep, 25 metres. The integral is $9 - 25 = -16$, the way is $9 + 25 = 34$.

The left sum is off by $\frac{0.5}{2} \cdot (6 - (-10)) = 4$, so it is $-16 + 4 = -12$.
""".strip(),
        code="""
import numpy as np

from calcguide import integrate


def v(t):
    return 6 - 2 * t


left_sum = np.sum(v(np.arange(0, 8, 0.5))) * 0.5
answer = [left_sum, integrate.riemann_sum(v, 0, 8, 16, rule="midpoint"), 9 + 25]
print(answer)
""".strip(),
    ),
    reference=(-12.0, -16.0, 34.0),
    tolerance=Tolerance(
        rtol=1e-6,
        atol=1e-6,
        reason=(
            "The numbers are whole. 1e-6 admits what a routine with an error estimate returns, and no sum with cells "
            "of 0.5, which is off by 1 or more where it is off at all."
        ),
    ),
    insight=(
        "Three numbers for one graph: a sum, which depends on the cells; its limit, which is signed; and the unsigned area."
    ),
    mistakes=(
        Mistake(
            (-12.0, 34.0, -16.0),
            "All three are there, but the last two have changed places: the integral is the signed one.",
        ),
        Mistake(
            (-20.0, -16.0, 34.0),
            "The last two are right. The first is the right sum: a left sum takes the speed at the start of each cell, "
            "so it uses $v(0)$ and not $v(8)$.",
        ),
        Mistake(
            (-17.0, -16.0, 34.0),
            "The last two are right. Your sum has one cell too many: from 0 to 8 there are 16 cells of 0.5, but 17 points.",
        ),
        Mistake(
            (-24.0, -16.0, 34.0),
            "The last two are right. In the sum the width of the cells is missing: each value is multiplied by 0.5.",
        ),
        Mistake(
            (-16.0, -16.0, 34.0),
            "The last two are right. The first is their limit, not the sum: a left sum of a falling function is too large.",
        ),
        Mistake(
            (-12.0, -12.0, 34.0),
            "The sum is not the integral. It is off by half a cell times $v(0) - v(8)$.",
        ),
        Mistake(
            (-12.0, -16.0, 16.0),
            "The way is not the integral without its sign. Take the two triangles apart, and add their areas.",
        ),
        Mistake(
            (-12.0, -16.0, 33.0),
            "The first two are right. The third is a left sum of $|v|$; the way is the area itself.",
        ),
    ),
)


def _running(x: Any) -> Any:
    """Return the integral of 3t² − 4t for t from −10 to x."""
    return x**3 - 2 * x**2 + 1200


_RUNNING_POINTS = (-10.0, -7.5, -2.0, 0.0, 4 / 3, 3.0, 10.0)


def _off_by(values: Any, least: float, most: float, shift: float = 0.0) -> Any:
    """Say whether values miss the running integral plus a shift by something between the two, and not all alike."""
    gap = values - _running(np.array(_RUNNING_POINTS)) - shift
    return (least < np.abs(gap).max() <= most) & (np.ptp(gap) > least)


def _off_by_a_constant(values: Any) -> Any:
    return np.ptp(values - _running(np.array(_RUNNING_POINTS))) < 1e-6


_RUNNING_INTEGRAL = Exercise(
    id="A2t",
    title="Antiderivative beside running sum",
    lesson=_THEOREM,
    kind="function",
    prompt=r"""
Take $f(x) = 3x^2 - 4x$. Find an antiderivative $F$ on paper. Then draw two curves from $x = -10$ to $x = 10$ in one plot:
$F$, and the running sum of $f(x) \cdot h$ with $h = 0.1$, which starts at $-10$. One lies far above the other.
By how much, and why?

What the running sum approximates is the integral of $f$ from $-10$ to $x$. Answer with this integral as a Python
function of `x` that takes numbers and arrays.
""".strip(),
    hints=(
        "Read the power rule backwards: which powers of $x$ have the derivatives $3x^2$ and $4x$?",
        (
            "The derivative of a constant is 0, so you may add any number to $F$ and still have an antiderivative. Only one "
            "of all these curves is the running integral. What must the running integral be at its start?"
        ),
        (
            "From $-10$ to $-10$ there is nothing to add, so the answer is 0 there. What is your $F(-10)$, and what do "
            "you have to do to make it 0?"
        ),
    ),
    solution=Solution(
        explanation=r"""
The power rule backwards: $3x^2$ comes from $x^3$, and $4x$ from $2x^2$. So $F(x) = x^3 - 2x^2 + C$, for every constant $C$.

The running integral is $F(x) - F(-10)$, whatever $C$ is. With $C = 0$ we have $F(-10) = -1000 - 200 = -1200$, so the running
integral is $x^3 - 2x^2 + 1200$: it lies 1200 above $F$, at every $x$.

The running sum itself is off by up to half a cell times the values of $f$ at both ends, at most 34 here.
""".strip(),
        code="""
import matplotlib.pyplot as plt
import numpy as np


def f(x):
    return 3 * x**2 - 4 * x


def F(x):
    return x**3 - 2 * x**2


def answer(x):
    return F(x) - F(-10)


h = 0.1
x = np.linspace(-10, 10, 201)
running_sum = np.cumsum(f(x)) * h
gap = running_sum - F(x)
print(f"the running sum lies {gap.min():.1f} to {gap.max():.1f} above F")

plt.plot(x, F(x), label="antiderivative F")
plt.plot(x, running_sum, label="running sum")
plt.plot(x, answer(x), "--", label="F(x) - F(-10)")
plt.xlabel("x")
plt.ylabel("value")
plt.legend()
plt.show()
""".strip(),
    ),
    reference=_running,
    tolerance=Tolerance(
        rtol=1e-9,
        atol=1e-6,
        reason=(
            "The values reach 2000, and round-off is below 1e-11. 1e-6 also admits a quadrature routine with the "
            "tolerance that is its default; a trapezoid sum with the cells of the task is off by up to 0.1."
        ),
    ),
    insight=(
        "The running integral starts at 0 and $F(-10)$ is $-1200$: the curves are 1200 apart, and that is the constant of "
        "integration."
    ),
    mistakes=(
        Mistake(
            lambda x: x**3 - 2 * x**2,
            "That is an antiderivative, but not the one that is 0 at $-10$: it lies 1200 lower than the running sum. "
            "Subtract its value at the start.",
        ),
        Mistake(
            lambda x: x**3 - 2 * x**2 - 1200,
            "The right constant with the wrong sign: subtracting $F(-10) = -1200$ adds 1200.",
        ),
        Mistake(
            lambda x: x**3 - 2 * x**2 + 800,
            "At $-10$ your function is $-400$. It must be 0 there, and $F(-10)$ is $-1000 - 200$: the square of $-10$ "
            "is positive.",
        ),
        Mistake(
            lambda x: 3 * x**3 - 4 * x**2 + 3400,
            "The powers went up by one; each term must also be divided by its new power. A test: differentiate your answer.",
        ),
        Mistake(
            lambda x: 3 * x**3 - 4 * x**2,
            "The powers went up by one; each term must also be divided by its new power. Then take care of the start: "
            "the running integral is 0 at $-10$.",
        ),
        Mistake(
            lambda x: x**3 - 2 * x**2 - 800,
            "That is the integral from 10 to $x$: it is 0 at the right end. Start at $-10$.",
        ),
        Mistake(lambda x: 3 * x**2 - 4 * x, "That is $f$ itself; its running integral is wanted."),
        Mistake(
            lambda x: 6 * x - 4, "You differentiated. The way back is wanted: what has the derivative $f$?"
        ),
        Mistake(
            lambda x: x**3 - 2 * x**2 + 1,
            "That is an antiderivative, with another constant: the running integral is the one that is 0 at $-10$.",
            matches=_off_by_a_constant,
        ),
        Mistake(
            lambda x: _running(x) + 0.05 * ((3 * x**2 - 4 * x) + 340),
            "Close: this looks like the running left sum, which is off by half a cell at both ends. The integral is its "
            "limit, and has a formula.",
            matches=lambda values: _off_by(values, 0.2, 40),
        ),
        Mistake(
            lambda x: _running(x) + 0.01 / 12 * (6 * x + 60),
            "Very close: this looks like a running sum of trapezoids. Its limit has a formula.",
            matches=lambda values: _off_by(values, 1e-6, 0.2),
        ),
        Mistake(
            lambda x: _running(x) - 1200 + 0.05 * ((3 * x**2 - 4 * x) + 340),
            "This looks like a running sum shifted to lie on an antiderivative. The running integral starts at 0.",
            matches=lambda values: _off_by(values, 1e-6, 40, shift=-1200),
        ),
    ),
    points=_RUNNING_POINTS,
)

_UNSIGNED = 54064 / 27

_UNSIGNED_AREA = Exercise(
    id="A2w",
    title="The area between curve and axis",
    lesson=_THEOREM,
    kind="number",
    prompt=r"""
Once more $f(x) = 3x^2 - 4x$ from $-10$ to 10. Its integral is 2000. How large is the *unsigned* area between the curve
and the axis, where parts below the axis count as positive too? Use an antiderivative, not a sum.

Answer with a number; a fraction is welcome.
""".strip(),
    hints=(
        "Where is $f$ negative? Factor out $x$ to find the two points at which it is zero.",
        (
            "Cut the interval at the two zeros. On each of the three parts $f$ has one sign, so there the unsigned area is "
            "the integral, up to its sign."
        ),
        (
            "The part below the axis is small: between 0 and $\\frac{4}{3}$ the integral is $F(\\frac{4}{3}) - F(0)$, a "
            "little more than one below zero. It was subtracted once; what do you have to add to make it count as positive?"
        ),
    ),
    solution=Solution(
        explanation=r"""
The zeros are 0 and $\frac{4}{3}$. With $F(x) = x^3 - 2x^2$ the three integrals are $F(0) - F(-10) = 1200$, then
$F(\frac{4}{3}) - F(0) = \frac{64}{27} - \frac{96}{27} = -\frac{32}{27}$, then $F(10) - F(\frac{4}{3}) = 800 + \frac{32}{27}$.

Without their signs they add up to $2000 + \frac{64}{27} = \frac{54064}{27} \approx 2002.37$.
""".strip(),
        code="""
from fractions import Fraction


def F(x):
    return x**3 - 2 * x**2


cuts = (Fraction(-10), Fraction(0), Fraction(4, 3), Fraction(10))
parts = [F(right) - F(left) for left, right in zip(cuts[:-1], cuts[1:])]
answer = sum(abs(part) for part in parts)
print(answer, "=", float(answer))
""".strip(),
    ),
    reference=_UNSIGNED,
    tolerance=Tolerance(
        rtol=1e-6,
        reason=(
            "2002.37 and six more digits of it are accepted, as a routine with an error estimate gives them; the "
            "integral itself differs by one part in a thousand, and the left sum of |f| with cells of 0.1 by two."
        ),
    ),
    insight="The part below the axis is $\\frac{32}{27}$, and it counts twice: once to undo the minus, once to be added.",
    mistakes=(
        Mistake(2000.0, "That is the integral, which is signed: the part below the axis was subtracted."),
        Mistake(
            2000 + 32 / 27,
            "Once $\\frac{32}{27}$ is missing: either the part below the axis is left out, or the last part starts at 0 "
            "instead of $\\frac{4}{3}$.",
        ),
        Mistake(
            2000 - 64 / 27,
            "The part below the axis was subtracted twice: its integral is already negative.",
        ),
        Mistake(
            2000 - 32 / 27,
            "Two things: the part between the zeros counts as positive, and the last part starts at $\\frac{4}{3}$, where "
            "$F$ is not 0.",
        ),
        Mistake(
            2400.0,
            "That is twice the area to the left of 0. The two halves differ: to the right of 0, $f$ is smaller.",
        ),
        Mistake(
            2006.466,
            "That looks like a sum with cells of 0.1. An antiderivative gives the exact number.",
            matches=lambda value: 2002.3 < value < 2040,
        ),
    ),
)

#: The tasks, in the order of the lessons.
TASKS: tuple[Exercise, ...] = (_THREE_NUMBERS, _RUNNING_INTEGRAL, _UNSIGNED_AREA)
