"""Tasks of approximation: quadrature and Taylor series."""

from __future__ import annotations

from calcguide.exercises._exercise import Exercise, Mistake, Solution, Tolerance

_QUADRATURE = "02_integration/03_quadrature"

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

#: The tasks, in the order of the lessons.
TASKS = (_FOUR_POINTS,)
