"""Tasks of probability: areas below densities, and integrals by chance."""

from __future__ import annotations

from math import sqrt

from calcguide.exercises._exercise import Exercise, Mistake, Solution, Tolerance

_AREA = "02_integration/05_probability_is_area"
_CHANCE = "02_integration/06_integrals_by_chance"

#: Areas below x²(3 − x), and below x times that: ∫ (3x² − x³) dx and ∫ (3x³ − x⁴) dx.
_ALL, _LEFT, _FIRST = 27 - 81 / 4, 1 - 1 / 4, 243 / 4 - 243 / 5

_DENSITY = Exercise(
    id="C8t",
    title="From a shape to a density",
    lesson=_AREA,
    kind="vector",
    prompt=r"""
A random number $X$ lies between 0 and 3, and its density has the shape $f(x) = x^2 (3 - x)$. That is not yet a density.
Find three numbers: the normalising constant $Z$ by which $f$ has to be divided, the probability $P(X < 1)$, and the
expected value of $X$. If you like, draw the density and shade the part that is $P(X < 1)$.

Answer with all three, `[Z, probability, expected value]`, each with three right digits or more.
""".strip(),
    hints=(
        "The constant is the whole area below $f$. The other two numbers come out right only after it is known.",
        (
            "Multiply out: $f(x) = 3x^2 - x^3$ has the antiderivative $x^3 - \\frac{1}{4} x^4$. For the expected value, "
            "integrate $x f(x)$ in the same way."
        ),
        (
            "Put 3 and 0 into the antiderivative for $Z$, and divide both other integrals by it. Two tests: a probability is "
            "at most 1, and the expected value lies where the shape would balance, a little right of the middle."
        ),
    ),
    solution=Solution(
        explanation=r"""
The whole area is $Z = \int_0^3 (3x^2 - x^3)\, dx = 27 - \frac{81}{4} = 6.75$.

The part up to 1 is $1 - \frac{1}{4} = 0.75$, so $P(X < 1) = \frac{0.75}{6.75} = \frac{1}{9}$.

With one more factor $x$: $\int_0^3 (3x^3 - x^4)\, dx = \frac{243}{4} - \frac{243}{5} = 12.15$, so
$\mathrm{E}[X] = \frac{12.15}{6.75} = 1.8$.
""".strip(),
        code="""
import matplotlib.pyplot as plt
import numpy as np

from calcguide import plotting, probability


def shape(x):
    return x**2 * (3 - x)


Z = probability.normalising_constant(shape, low=0, high=3)


def density(x):
    return shape(x) / Z


below_one = probability.probability(density, 0, 1, low=0, high=3)
mean = probability.mean(density, low=0, high=3)
answer = [Z, below_one, mean]
print(np.round(answer, 6).tolist())
print(np.allclose(answer, [27 / 4, 1 / 9, 9 / 5]))

plotting.use_style()
figure, ax = plt.subplots()
plotting.curve(ax, density, 0, 3)
plotting.shaded_area(ax, density, 0, 1)
ax.set(title="One ninth of the area lies below 1", xlabel="x", ylabel="density")
plt.show()
""".strip(),
    ),
    reference=(_ALL, _LEFT / _ALL, _FIRST / _ALL),
    tolerance=Tolerance(
        rtol=2e-3,
        reason="Three digits are enough: 0.111 is within 1e-3 of one ninth, and the median, 1.843, is 2 % from the mean.",
    ),
    insight=(
        "Every area is divided by the same 6.75. The expected value 1.8 is neither the middle, 1.5, nor the most likely "
        "value, 2, nor the median, 1.84."
    ),
    mistakes=(
        Mistake(
            (_ALL, _LEFT, _FIRST),
            "The areas are right, but they are areas below $f$. Divide the second and the third by $Z$: no expected value "
            "can be 12.15 if $X$ is at most 3.",
        ),
        Mistake(
            (_ALL, _LEFT / _ALL, _FIRST),
            "Two are right. The expected value is an area too, and has to be divided by $Z$.",
        ),
        Mistake(
            (_ALL, _LEFT, _FIRST / _ALL),
            "Two are right. The probability is an area below the density, so it has to be divided by $Z$.",
        ),
        Mistake(
            (1 / _ALL, _LEFT / _ALL, _FIRST / _ALL),
            "The first number is the factor in front of the density. $Z$ is what $f$ is divided by: its area.",
        ),
        Mistake(
            (_ALL, 2 / _ALL, _FIRST / _ALL),
            "The second number is the density at 1, probability per width. The area from 0 to 1 is wanted.",
        ),
        Mistake(
            (_ALL, 1 - _LEFT / _ALL, _FIRST / _ALL),
            "The second number is the probability of the other side, $P(X > 1)$.",
        ),
        Mistake(
            (_ALL, _LEFT / _ALL, 1.5),
            "1.5 is the middle of the range. The shape is not symmetric, so it balances elsewhere.",
        ),
        Mistake(
            (_ALL, _LEFT / _ALL, 2.0),
            "2 is where the density is highest. The expected value weighs every $x$ with its density.",
        ),
        Mistake(
            (_ALL, _LEFT / _ALL, 1.8428),
            "1.843 is the median, with half of the area on each side. The expected value is the average.",
        ),
    ),
)

#: Uniform on [0, 3], x² has the mean 3 and the variance 81/5 − 9.
_WIDTH, _POINTS, _GOAL = 3.0, 100, 0.01
_VARIANCE = 81 / 5 - 9


def _error_and_cost(spread: float) -> tuple[float, float]:
    """Return the standard error with the points of the task, and the points that its goal needs."""
    return spread / sqrt(_POINTS), (spread / _GOAL) ** 2


_ERROR, _COST = _error_and_cost(_WIDTH * sqrt(_VARIANCE))

_HOW_MANY = Exercise(
    id="C8u",
    title="How many points?",
    lesson=_CHANCE,
    kind="vector",
    prompt=r"""
You estimate the integral of $x^2$ from 0 to 3 by chance: 3 times the average of $x^2$ at $n$ uniform random points between
0 and 3. The integral is 9. Before you draw a single point: how large is the standard error with $n = 100$ points? And
how many points do you need for a standard error of 0.01?

Answer with both, `[error, points]`, within one per cent.
""".strip(),
    hints=(
        "You need the standard deviation of one value $x^2$, when $x$ is uniform between 0 and 3. The density is 1/3.",
        (
            "The mean of $x^2$ is 3, and that of $x^4$ is $\\frac{81}{5}$. The variance is the second minus the square of "
            "the first. The integral is 3 times an average, so its error is 3 times as large as the average's."
        ),
        (
            "The error is $3 \\sigma / \\sqrt{n}$ with $\\sigma = \\sqrt{7.2}$. To make it 80 times smaller takes $80^2$ times "
            "the points."
        ),
    ),
    solution=Solution(
        explanation=r"""
For one point, $\mathrm{E}[x^2] = 3$ and $\mathrm{E}[x^4] = \frac{81}{5} = 16.2$. So the variance is $16.2 - 9 = 7.2$,
and $\sigma \approx 2.683$.

The estimate is 3 times an average of 100 such values: its standard error is $3 \cdot 2.683 / \sqrt{100} \approx 0.805$.

For 0.01, solve $3 \sigma / \sqrt{n} = 0.01$: $n = (3 \sigma / 0.01)^2 = 9 \cdot 7.2 / 0.0001 = 648000$.
""".strip(),
        code="""
import numpy as np

from calcguide import integrate

sigma = np.sqrt(3**4 / 5 - 3**2)
error = 3 * sigma / np.sqrt(100)
points = (3 * sigma / 0.01) ** 2
answer = [error, points]
print(f"{error:.4f}, {points:.0f}")

rng = np.random.default_rng(0)
runs = [integrate.monte_carlo(np.square, 0, 3, 100, rng=rng).value for _ in range(1000)]
print(f"spread of 1000 runs: {np.std(runs):.2f}")
long = integrate.monte_carlo(np.square, 0, 3, 648_000, rng=rng)
print(f"{long.value:.3f} ± {long.error:.4f}")
""".strip(),
    ),
    reference=(_ERROR, _COST),
    tolerance=Tolerance(
        rtol=1e-2,
        reason="One per cent admits an error rounded to 0.8 or 0.81; every typical mistake is off by a factor of 1.4 or more.",
    ),
    insight="From 100 points to 648 000: an error 80 times smaller costs 6480 times the work. Chance charges by the square.",
    mistakes=(
        Mistake(
            _error_and_cost(sqrt(_VARIANCE)),
            "That is the error of the average. The integral is the average times the length 3, and so is its error.",
        ),
        Mistake(
            (_WIDTH * sqrt(_VARIANCE) / _POINTS, _WIDTH * sqrt(_VARIANCE) / _GOAL),
            "You divided by $n$. The standard deviation of an average falls like one over the *root* of $n$.",
        ),
        Mistake(
            (_ERROR, _POINTS * _ERROR / _GOAL),
            "The error is right. But for half of it you need four times the points, not twice as many.",
        ),
        Mistake(
            _error_and_cost(_WIDTH * _VARIANCE),
            "7.2 is the variance. The error needs the standard deviation, its root.",
        ),
        Mistake(
            _error_and_cost(_WIDTH * sqrt(81 / 5)),
            "You took the root of the mean of $x^4$. From it the square of the mean of $x^2$, which is 9, has to go first.",
        ),
        Mistake(
            _error_and_cost(_WIDTH * sqrt(9 / 12)),
            "That is with the standard deviation of $x$. What you average is $x^2$.",
        ),
        Mistake(
            (_COST, _ERROR),
            "The two are there, in the wrong order: the error comes first.",
        ),
    ),
)

#: The tasks, in the order of the lessons.
TASKS = (_DENSITY, _HOW_MANY)
