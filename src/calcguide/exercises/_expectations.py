"""Tasks of expectations: changes of variables, and gradients of expectations."""

from __future__ import annotations

import numpy as np

from calcguide.exercises._exercise import Exercise, Mistake, Solution, Tolerance

_VARIABLES = "02_integration/07_changing_variables"
_GRADIENTS = "02_integration/08_differentiating_an_expectation"

_ROOT = Exercise(
    id="D3t",
    title="The root of a waiting time",
    lesson=_VARIABLES,
    kind="function",
    prompt=r"""
The density of $X$ is $p_X(x) = e^{-x}$ for $x > 0$, and 0 for all other $x$. Let $Y = \sqrt{X}$. Find the density
$p_Y(y)$ for $y > 0$.

Answer with the density as a Python function of `y` that takes numbers and arrays: use `np.exp`.
""".strip(),
    hints=(
        "From which $x$ does a value $y$ come? Write that inverse down first; nothing is folded, so there is one.",
        (
            "Two things change. The density of $X$ is taken at the point where $y$ comes from, and each narrow strip "
            "there has another width than at $y$."
        ),
        (
            "The factor is the derivative of the inverse, by $y$. Then test your result: from 0 to a large number it must "
            "integrate to 1, and a substitution of this lesson does that on paper."
        ),
    ),
    solution=Solution(
        explanation=r"""
The inverse of the root is the square: $x = y^2$. Its derivative is $2y$, which is positive for $y > 0$. So the density
is that of $X$ at $y^2$, times $2y$: $p_Y(y) = e^{-y^2} \cdot 2y$.

It integrates to 1: with $u = y^2$ the integral is that of $e^{-u}$ from 0 on.
""".strip(),
        code="""
import numpy as np

from calcguide import probability


def answer(y):
    return 2 * y * np.exp(-(y**2))


def exponential(x):
    return np.exp(-x)


y = np.array([0.2, 0.7, 1.5])
package = probability.change_of_variables(exponential, np.square, low=0.0)
print(np.abs(answer(y) - package(y)).max() < 1e-12)

samples = np.sqrt(np.random.default_rng(1).exponential(size=100_000))
for k in range(4):
    low, high = k / 2, (k + 1) / 2
    share = np.mean((low < samples) & (samples < high))
    print(f"from {low} to {high}: {share / 0.5:.3f}, in the middle {answer((low + high) / 2):.3f}")
""".strip(),
    ),
    reference=lambda y: 2 * y * np.exp(-(y**2)),
    tolerance=Tolerance(
        rtol=1e-8,
        atol=1e-10,
        reason=(
            "However the formula is arranged, round-off changes it by less than 1e-13 at these points. 1e-8 also admits "
            "a factor from a central quotient with a good step, and no wrong factor comes near."
        ),
    ),
    insight=(
        "The density of $X$ at $y^2$, times the $2y$ by which the square stretches. Up to the unit this is also how far "
        "from the origin a pair of standard normals falls: there the factor is the $r$ of polar coordinates."
    ),
    mistakes=(
        Mistake(
            lambda y: np.exp(-(y**2)),
            "That is the density of $X$ at the point where $y$ comes from. The strip there has another width: a factor "
            "is missing, and the area is 0.886 where it should be 1.",
        ),
        Mistake(
            lambda y: np.exp(-(y**2)) / (2 * y),
            "The factor is upside down. It is $dx/dy$, the derivative of the inverse.",
        ),
        Mistake(
            lambda y: y * np.exp(-(y**2)),
            "Exactly half of it, so the area is 1/2: look at the derivative of the inverse again.",
        ),
        Mistake(
            lambda y: np.exp(-np.sqrt(y)) / (2 * np.sqrt(y)),
            "That is the density of the square of $X$. To get back from $Y$ to $X$, the root has to be undone.",
        ),
        Mistake(
            lambda y: np.exp(-np.sqrt(y)),
            "The density of $X$ is taken at the wrong point: $y$ comes from the $x$ whose root it is. And a factor is "
            "missing.",
        ),
        Mistake(
            lambda y: 2 * y * np.exp(-y),
            "The factor is right. The density of $X$ still has to be taken at the $x$ where $y$ comes from.",
        ),
        Mistake(
            lambda y: np.exp(-(y**2)) / (2 * np.sqrt(y)),
            "The factor is the derivative of the root, at $y$. It should be that of the inverse.",
        ),
        Mistake(
            lambda y: 1 - np.exp(-(y**2)),
            "That is the probability of being below $y$. Its derivative is the density.",
        ),
        Mistake(lambda y: np.exp(-y), "That is the density of $X$; the one of $Y$ is wanted."),
    ),
    points=(0.05, 0.3, 0.8, 1.3, 2.0, 3.5),
)

_ONE_SAMPLE = Exercise(
    id="D4t",
    title="One sample, two estimates",
    lesson=_GRADIENTS,
    kind="vector",
    prompt=r"""
Let $z$ be normal with mean $\mu = 1$ and standard deviation $\sigma = 2$, and $f(z) = z^3$. You want the derivative of
the expectation of $f(z)$ by $\sigma$, and you draw a single sample: the noise $\varepsilon = 0.5$, so
$z = \mu + \sigma \varepsilon = 2$.

What does each of the two estimators make of it? Answer with both, the reparameterised one first: `[moved, weighted]`.
""".strip(),
    hints=(
        "The first moves the sample: put $z = \\mu + \\sigma \\varepsilon$ into $f$, and differentiate by $\\sigma$.",
        (
            "The second leaves the sample where it is, and weights $f(z)$ with the derivative of the log-density by "
            "$\\sigma$. The log-density has two terms in which $\\sigma$ occurs."
        ),
        (
            "The log-density is $-\\log \\sigma - (z - \\mu)^2 / (2 \\sigma^2)$ and a constant. Its derivative can be "
            "written with $\\varepsilon$ and $\\sigma$ alone."
        ),
    ),
    solution=Solution(
        explanation=r"""
Moved: the derivative of $f(\mu + \sigma\varepsilon)$ by $\sigma$ is $f'(z) \cdot \varepsilon = 3 z^2 \varepsilon$. At
$z = 2$ and $\varepsilon = 0.5$ that is 6.

Weighted: the score is $-\frac{1}{\sigma} + \frac{(z - \mu)^2}{\sigma^3}$, which is
$\frac{\varepsilon^2 - 1}{\sigma} = -0.375$. Times $f(z) = 8$ that is −3.

The expectation of $z^3$ is $\mu^3 + 3 \mu \sigma^2$, so both aim at its derivative $6 \mu \sigma = 12$. One sample says
little; the mean of many finds it.
""".strip(),
        code="""
import numpy as np

from calcguide import autodiff, probability

mu, sigma, epsilon = 1.0, 2.0, 0.5


def f(z):
    return z**3


def move(epsilon, sigma):
    return mu + sigma * epsilon


def log_density(z, sigma):
    return -np.log(sigma) - (z - mu) ** 2 / (2 * sigma**2)


z = move(epsilon, sigma)
moved = autodiff.derivative(lambda sigma: f(move(epsilon, sigma)))(sigma)
weighted = f(z) * autodiff.derivative(lambda sigma: log_density(z, sigma))(sigma)
answer = [moved, weighted]
print(answer)

noise = np.random.default_rng(1).normal(size=100_000)
for found in (
    probability.reparameterised_gradient(f, move, sigma, noise),
    probability.score_function_gradient(f, log_density, sigma, move(noise, sigma)),
):
    print(f"from 100000 samples: {found.value:.2f} ± {found.error:.2f}")
""".strip(),
    ),
    reference=(6.0, -3.0),
    tolerance=Tolerance(
        rtol=1e-9, atol=1e-9, reason="Both are exact in a few digits; only round-off is allowed for."
    ),
    insight=(
        "6 and −3, and the derivative they estimate is $6 \\mu \\sigma = 12$. A single sample may even have the wrong sign; "
        "the mean of many does not."
    ),
    mistakes=(
        Mistake((-3.0, 6.0), "The two are there, in the wrong order: the reparameterised one comes first."),
        Mistake(
            (12.0, 2.0),
            "Those are the estimates for the derivative by $\\mu$. The sample moves by $\\varepsilon$ when $\\sigma$ grows by 1, "
            "and the score has another form too.",
        ),
        Mistake(
            (12.0, 12.0),
            "That is the derivative which both estimate. Asked for is what this one sample gives.",
        ),
        Mistake(
            (12.0, -3.0),
            "The second is right. In the first a factor is missing: how far does the sample move when $\\sigma$ grows?",
        ),
        Mistake(
            (0.0, -3.0),
            "The second is right. In the first the sample was held fixed; it moves when $\\sigma$ does.",
        ),
        Mistake(
            (6.0, 2.0),
            "The first is right. The second uses the score for $\\mu$; differentiate the log-density by $\\sigma$.",
        ),
        Mistake(
            (6.0, 1.0),
            "The first is right. In the second the term $-\\log \\sigma$ is lost: the wider density is also lower.",
        ),
        Mistake(
            (6.0, -0.375),
            "The first is right. The second is the score alone; it has to be multiplied by $f(z)$.",
        ),
        Mistake(
            (6.0, -6.0),
            "The first is right. The score is off by a factor: $(\\varepsilon^2 - 1) / \\sigma$, with the division.",
        ),
        Mistake(
            (6.0, 3.0),
            "The first is right, the second has the wrong sign: the logarithm of $1 / \\sigma$ falls when $\\sigma$ grows.",
        ),
    ),
)

#: The tasks, in the order of the lessons.
TASKS: tuple[Exercise, ...] = (_ROOT, _ONE_SAMPLE)
