"""Tasks of approximation: quadrature and Taylor series."""

from __future__ import annotations

import math

from calcguide.exercises._exercise import Exercise, Mistake, Solution, Tolerance

_QUADRATURE = "02_integration/03_quadrature"
_TAYLOR = "02_integration/04_taylor_series"

_FRACTIONS = Tolerance(
    rtol=1e-9,
    atol=1e-9,
    reason="The answer consists of fractions, which solving by computer changes by round-off, less than 1e-12.",
)

_FOUR_POINTS = Exercise(
    id="A2v",
    title="Four points, one cubic",
    lesson=_QUADRATURE,
    kind="vector",
    prompt=r"""
A rule for the integral of $f$ from 0 to 3 uses the values $f(0), f(1), f(2), f(3)$. Find the four weights for which it
is exact for $1$, $x$, $x^2$ and $x^3$, with paper and pencil if you can.

Answer with the weights, from left to right: `[w0, w1, w2, w3]`.
""".strip(),
    hints=(
        (
            "One equation for each power: on the left the rule applied to $x^k$, on the right its integral from 0 to 3. "
            "For $k = 0$ it says that the weights add up to 3."
        ),
        (
            "The nodes lie symmetrically in the interval, so the outer weights are equal, and the inner ones too. Two "
            "unknowns are left: the equations for $1$ and for $x^2$ are enough, and those for $x$ and $x^3$ then hold."
        ),
        (
            "With $a$ outside and $b$ inside: $2a + 2b = 3$ from the constant, and $b + 4b + 9a = 9$ from the square. "
            "Subtract five times half of the first from the second."
        ),
    ),
    solution=Solution(
        explanation=r"""
By symmetry the weights are $a, b, b, a$. The constant gives $2a + 2b = 3$. The square gives
$0 \cdot a + 1 \cdot b + 4 \cdot b + 9 \cdot a = \int_0^3 x^2 \, dx = 9$. From the first, $b = \frac{3}{2} - a$; into the
second, $5 \cdot \frac{3}{2} + 4a = 9$, so $a = \frac{3}{8}$ and $b = \frac{9}{8}$.

The rule is called the *three-eighths rule*. It is exact up to degree 3, like Simpson's, which does with one value less.
""".strip(),
        code="""
import numpy as np

nodes = np.arange(4.0)
powers = np.arange(4)
integrals = 3.0 ** (powers + 1) / (powers + 1)  # of x^k from 0 to 3
answer = np.linalg.solve(np.vander(nodes, increasing=True).T, integrals)
print(answer)
print("exact for the cube:", bool(np.isclose(answer @ nodes**3, 3**4 / 4)))
""".strip(),
    ),
    reference=(3 / 8, 9 / 8, 9 / 8, 3 / 8),
    tolerance=_FRACTIONS,
    insight=(
        "The weights are $\\frac{3}{8}, \\frac{9}{8}, \\frac{9}{8}, \\frac{3}{8}$: the three-eighths rule. Its order is 4, like that of "
        "Simpson's rule; a fourth node alone does not raise it."
    ),
    mistakes=(
        Mistake(
            (1.0, 3.0, 3.0, 1.0),
            "The proportions are right, the size is not: for the constant 1 the weights must add up to the length of "
            "the interval, 3.",
        ),
        Mistake(
            (1 / 8, 3 / 8, 3 / 8, 1 / 8),
            "These add up to 1, so they belong to an interval of length 1. Here the length is 3.",
        ),
        Mistake(
            (1 / 4, 3 / 4, 3 / 4, 1 / 4),
            "These are the weights for the interval from −1 to 1, of length 2. Here it goes from 0 to 3.",
        ),
        Mistake(
            (1 / 2, 1.0, 1.0, 1 / 2),
            "That is the composite trapezoid: exact for $1$ and $x$, but for $x^2$ it gives 9.5 instead of 9.",
        ),
        Mistake(
            (1 / 3, 4 / 3, 4 / 3, 1 / 3),
            "Simpson's weights stretched over four nodes: they add up to $\\frac{10}{3}$, and the constant 1 already "
            "comes out wrong.",
        ),
        Mistake(
            (3 / 4, 3 / 4, 3 / 4, 3 / 4),
            "Equal weights are exact for $1$ and $x$ only: for $x^2$ they give 10.5 instead of 9.",
        ),
    ),
)

_ROOT_SERIES = Exercise(
    id="C9t",
    title="A polynomial for the root",
    lesson=_TAYLOR,
    kind="vector",
    prompt=r"""
Find the Taylor polynomial of degree 3 of $f(x) = \sqrt{1 + x}$ at $x_0 = 0$, with paper and pencil: differentiate three
times, and match.

Answer with its coefficients, the constant first: `[c0, c1, c2, c3]`.
""".strip(),
    hints=(
        "Write the root as a power, $(1 + x)^{1/2}$, and use the power rule again and again.",
        (
            "Each differentiation brings the exponent down and makes it smaller by 1. From the second one on the exponent "
            "is negative, so the signs alternate."
        ),
        (
            "The coefficient is not the derivative: it is $f^{(k)}(0) / k!$. The second derivative at 0 is "
            "$-\\frac{1}{4}$, the third is $\\frac{3}{8}$."
        ),
    ),
    solution=Solution(
        explanation=r"""
The derivatives are $\frac{1}{2} (1 + x)^{-1/2}$, $-\frac{1}{4} (1 + x)^{-3/2}$ and $\frac{3}{8} (1 + x)^{-5/2}$. At 0 that is
$\frac{1}{2}$, $-\frac{1}{4}$, $\frac{3}{8}$, and the value is 1. Divide by $k!$, which is 1, 1, 2, 6:

the coefficients are $1, \frac{1}{2}, -\frac{1}{8}, \frac{1}{16}$. A degree of 3 makes four of them.
""".strip(),
        code="""
import numpy as np

from calcguide import series

answer = [1, 1 / 2, -1 / 8, 1 / 16]
print(series.taylor(lambda x: np.sqrt(1 + x), 0.0, 3))
print(np.allclose(answer, series.jet(lambda x: np.sqrt(1 + x), 0.0, 3)))
""".strip(),
    ),
    reference=(1.0, 1 / 2, -1 / 8, 1 / 16),
    tolerance=_FRACTIONS,
    insight=(
        "So $\\sqrt{1 + x} \\approx 1 + \\frac{x}{2} - \\frac{x^2}{8} + \\frac{x^3}{16}$. At $x = 0.1$ it is right to "
        "4 parts in a million."
    ),
    mistakes=(
        Mistake(
            (1.0, 1 / 2, -1 / 4, 3 / 8),
            "These are the derivatives themselves. The $k$-th power, differentiated $k$ times, leaves a factor $k!$: "
            "divide by it.",
        ),
        Mistake(
            (1.0, 1 / 2, 1 / 8, 1 / 16),
            "The sizes are right, one sign is not: the exponent of the first derivative is negative, and comes down as "
            "a factor.",
        ),
        Mistake(
            (1 / 16, -1 / 8, 1 / 2, 1.0), "The right numbers in the wrong order: the constant comes first."
        ),
        Mistake(
            (1.0, 1 / 2, -1 / 8, 1 / 8),
            "The first three are right. In the last one $k!$ is 6, not 3: $3! = 3 \\cdot 2 \\cdot 1$.",
        ),
        Mistake(
            (1.0, 1 / 2, -1 / 8, -1 / 16),
            "The first three are right; look at the last sign. Two negative exponents have come down, and their signs "
            "cancel.",
        ),
        Mistake(
            (0.0, 1 / 2, -1 / 8, 1 / 16),
            "The value itself is missing: at 0 the polynomial has to be $\\sqrt{1}$.",
        ),
    ),
)


def _guaranteed(radius: float, maximum: float, shift: int = 1) -> float:
    """Return the lowest degree n for which maximum · radius^(n + shift) / (n + shift)! is at most 10⁻⁶."""
    n = 0
    while maximum * radius ** (n + shift) / math.factorial(n + shift) > 1e-6:
        n += 1
    return float(n)


_SAFE_DEGREE = Exercise(
    id="C9u",
    title="A degree that is safe",
    lesson=_TAYLOR,
    kind="number",
    prompt=r"""
You want $e^x$ on $[-2, 2]$ from its Taylor polynomial at 0, with an error of at most $10^{-6}$ everywhere. Lagrange's
bound is to guarantee it. Which degree is the lowest that does?

Answer with a whole number. A calculator or a few lines of Python are welcome.
""".strip(),
    hints=(
        "The bound needs two things: how far you go from $x_0$, and how large the next derivative gets on the way.",
        (
            "Every derivative of $e^x$ is $e^x$. On the interval it is largest at the right end. The distance is at most "
            "2."
        ),
        "So the bound for degree $n$ is $e^2 \\cdot 2^{n+1} / (n + 1)!$. Try one degree after another.",
    ),
    solution=Solution(
        explanation=r"""
All derivatives are $e^x$, at most $e^2 \approx 7.39$ on the interval. The bound is $e^2\, 2^{n + 1} / (n + 1)!$. For
$n = 13$ it is $1.4 \cdot 10^{-6}$, a little too much. For $n = 14$ it is $1.9 \cdot 10^{-7}$.

The true error of degree 13 is $2.2 \cdot 10^{-7}$, so that degree would do as well. But you know that only if you know
$e^x$ already. The bound is the price for not knowing.
""".strip(),
        code="""
from math import e, factorial

answer = 0
while e**2 * 2 ** (answer + 1) / factorial(answer + 1) > 1e-6:
    answer += 1
print("degree", answer, "with", answer + 1, "terms")
""".strip(),
    ),
    reference=_guaranteed(2, math.e**2),
    tolerance=Tolerance(atol=1e-9, reason="A whole number is asked for; the neighbours are wrong."),
    insight="Degree 14, with 15 terms. For degree 13 the bound is $1.4 \\cdot 10^{-6}$, although its true error is smaller.",
    mistakes=(
        Mistake(
            15.0,
            "One too many. Is that the number of terms? A polynomial of degree $n$ has $n + 1$ of them. Or did you put "
            "$n$ where the bound has $n + 1$?",
        ),
        Mistake(
            13.0,
            "One too few. The true error of that degree is small enough, but the bound cannot know it: the derivative "
            "in it is not 1, it reaches $e^2$ at the end of the interval.",
        ),
        Mistake(
            _guaranteed(1, math.e),
            "That is for a distance of 1. On $[-2, 2]$ you go up to 2 away from 0.",
        ),
        Mistake(
            _guaranteed(4, math.e**2),
            "That takes the length of the interval for the distance. From the middle, 0, it is at most 2.",
        ),
        Mistake(13.5, "A degree is a whole number.", matches=lambda n: n != round(float(n))),
    ),
)

#: The tasks, in the order of the lessons.
TASKS = (_FOUR_POINTS, _ROOT_SERIES, _SAFE_DEGREE)
