"""Tasks of the first part, differentiation."""

from __future__ import annotations

from typing import Any

import numpy as np

from calcguide.exercises._exercise import Exercise, Mistake, Solution, Tolerance

_RATE_OF_CHANGE = "01_differentiation/01_rate_of_change"
_RULES = "01_differentiation/02_rules_of_differentiation"
_STEP_SIZE = "01_differentiation/03_step_size"

_FORMULA = Tolerance(
    rtol=1e-9,
    atol=1e-9,
    reason=(
        "However a formula is arranged, round-off changes it by less than 1e-12 at these points. 1e-9 also admits a "
        "central quotient with a good step, and keeps out a forward quotient, which is right to 1e-8 at best."
    ),
)

_CUBIC_POINTS = (-10.0, -1.5, 0.0, 2 / 3, 1.0, 2.5, 10.0)

_RATE_BESIDE_RULE = Exercise(
    id="A1t",
    title="Rate beside rule",
    lesson=_RATE_OF_CHANGE,
    kind="function",
    prompt=r"""
Take $f(x) = x^3 - 2x^2 + 1$. Work out the derivative $f'(x)$ by the power rule. Then draw it from $x = -10$ to
$x = 10$, in the same plot as the rate $\frac{f(x + h) - f(x)}{h}$ with $h = 10^{-4}$. Do the two curves coincide?

Answer with the derivative as a Python function of `x` that takes numbers and arrays.
""".strip(),
    hints=(
        (
            "Take the terms one by one: the derivative of a sum is the sum of the derivatives, and a constant factor "
            "stays in front."
        ),
        (
            "The power rule: $x^n$ has the derivative $n x^{n - 1}$. The last term does not change at all when $x$ does, "
            "so what is its rate of change?"
        ),
        (
            "Two terms are left, with the powers $x^2$ and $x$. A test for them: the slope is zero at $x = 0$, and again "
            "a little to the right of 1."
        ),
    ),
    solution=Solution(
        explanation=r"""
Term by term: $x^3$ has the derivative $3x^2$, $x^2$ has $2x$, so $-2x^2$ has $-4x$, and a constant has 0. Together
$f'(x) = 3x^2 - 4x$.

In the plot the curves look like one. They are not: the rate differs from the derivative by about $f''(x) h / 2$ with
$f''(x) = 6x - 4$. At $x = -10$ and $h = 10^{-4}$ that is 0.0032.
""".strip(),
        code="""
import matplotlib.pyplot as plt
import numpy as np


def f(x):
    return x**3 - 2 * x**2 + 1


def answer(x):
    return 3 * x**2 - 4 * x


h = 1e-4
x = np.linspace(-10, 10, 201)
rate = (f(x + h) - f(x)) / h
print(f"largest difference: {np.abs(rate - answer(x)).max():.4f}")

plt.plot(x, answer(x), label="rule")
plt.plot(x, rate, "--", label="rate")
plt.xlabel("x")
plt.ylabel("slope")
plt.legend()
plt.show()
""".strip(),
    ),
    reference=lambda x: 3 * x**2 - 4 * x,
    tolerance=_FORMULA,
    insight=(
        "Rate and rule differ by about $f''(x) h / 2$: at most 0.0032 in your plot, at $x = -10$, too little to see."
    ),
    mistakes=(
        Mistake(
            lambda x: 3 * x**2 - 2 * x,
            r"The factor 2 of the second term is lost: $-2x^2$ has the derivative $-2 \cdot 2x$.",
        ),
        Mistake(
            lambda x: 3 * x**2 - 4 * x + 1,
            "The constant 1 is still there: the derivative of a constant is 0.",
        ),
        Mistake(
            lambda x: 3 * x**3 - 4 * x**2,
            "The exponents come down as factors, and then each power goes down by one: $x^n$ becomes $n x^{n - 1}$.",
        ),
        Mistake(
            lambda x: x**2 - 2 * x,
            "The powers went down by one, but the old exponents must come to the front: $x^n$ becomes $n x^{n - 1}$.",
        ),
        Mistake(
            lambda x: 3 * x**2 + 4 * x,
            "Look at the sign of the second term: the factor $-2$ stays in front, with its sign.",
        ),
        Mistake(lambda x: 6 * x - 4, "That is the second derivative: you differentiated once too often."),
        Mistake(lambda x: x**3 - 2 * x**2 + 1, "That is $f$ itself; its derivative is wanted."),
        Mistake(
            lambda x: ((x + 1e-4) ** 3 - 2 * (x + 1e-4) ** 2 - x**3 + 2 * x**2) / 1e-4,
            "Close, but not the derivative: this looks like the rate for a step $h$ that is not zero. The rule gives "
            "a formula without $h$.",
            matches=lambda values: np.allclose(
                values, [3 * x**2 - 4 * x for x in _CUBIC_POINTS], rtol=0, atol=0.1
            ),
        ),
    ),
    points=_CUBIC_POINTS,
)

_HORNER_BY_HAND = Exercise(
    id="B2t",
    title="Horner by hand",
    lesson=_RULES,
    kind="vector",
    prompt=r"""
Take $p(x) = 2x^3 - 3x^2 - 4x + 5$. Find its value and its slope at $x = 2$ with paper and pencil, by Horner's scheme:
two rows of numbers, and no powers.

Answer with both, the value first: `[value, slope]`.
""".strip(),
    hints=(
        (
            "Write down the coefficients, highest power first: 2, −3, −4, 5. Bring the first one down; then again and "
            "again: multiply by $x$, add the next coefficient. The last number is the value."
        ),
        (
            "The numbers of the first row, without the last, are the coefficients for the second row. Treat them in the "
            "same way; the last number is the slope."
        ),
        (
            "The first row begins with 2 and $2 \\cdot 2 - 3$; the second row begins with 2 and then uses what you have "
            "just computed."
        ),
    ),
    solution=Solution(
        explanation=r"""
First row: 2, then $2 \cdot 2 - 3 = 1$, then $1 \cdot 2 - 4 = -2$, then $-2 \cdot 2 + 5 = 1$. So $p(2) = 1$.

Second row, from the numbers 2, 1, −2: 2, then $2 \cdot 2 + 1 = 5$, then $5 \cdot 2 - 2 = 8$. So $p'(2) = 8$.

The rule agrees: $p'(x) = 6x^2 - 6x - 4$ is $24 - 12 - 4 = 8$ at 2.
""".strip(),
        code="""
from calcguide.functions import horner

answer = horner([2, -3, -4, 5], 2)
print(answer)
""".strip(),
    ),
    reference=(1.0, 8.0),
    tolerance=Tolerance(
        rtol=1e-12, atol=1e-12, reason="The numbers are whole; only round-off is allowed for."
    ),
    insight="The value is 1, the slope is 8: five multiplications and five additions for both.",
    mistakes=(
        Mistake((8.0, 1.0), "The two are there, in the wrong order: the value comes first."),
        Mistake(
            (20.0, 41.0),
            "The coefficients were read from the wrong end, as $5x^3 - 4x^2 - 3x + 2$: the first one belongs to the "
            "highest power.",
        ),
        Mistake(
            (1.0, 17.0),
            "The value is right. The second row went one step too far: it uses the first row without its last number.",
        ),
        Mistake(
            (1.0, 12.0),
            "The value is right. In the slope the last term $-4x$ is missing: its derivative is the constant −4.",
        ),
        Mistake((25.0, 32.0), "Look at the sign of the second coefficient: it is −3."),
    ),
)

_PRODUCT_AND_CHAIN = Exercise(
    id="B2u",
    title="Product and chain",
    lesson=_RULES,
    kind="function",
    prompt=r"""
Take $f(x) = x^2 \sin(3x)$, and find $f'(x)$ by the product rule and the chain rule.

Answer with the derivative as a Python function of `x` that takes numbers and arrays: use `np.sin` and `np.cos`.
""".strip(),
    hints=(
        "A product of $u = x^2$ and $v = \\sin(3x)$ changes because $u$ changes and because $v$ changes: two terms.",
        (
            "The product rule: $(uv)' = u'v + uv'$. For $v'$ you need the chain rule: outer derivative at the inner "
            "function, times the inner derivative."
        ),
        "The outer function is the sine, whose derivative is the cosine; the inner function is $3x$.",
    ),
    solution=Solution(
        explanation=r"""
With $u = x^2$ and $v = \sin(3x)$: $u' = 2x$, and by the chain rule $v' = 3 \cos(3x)$. The product rule
$(uv)' = u'v + uv'$ gives $f'(x) = 2x \sin(3x) + 3x^2 \cos(3x)$.
""".strip(),
        code="""
import numpy as np

from calcguide.differences import derivative


def f(x):
    return x**2 * np.sin(3 * x)


def answer(x):
    return 2 * x * np.sin(3 * x) + 3 * x**2 * np.cos(3 * x)


x = np.linspace(-2, 2, 4)
print(np.abs(answer(x) - derivative(f, x)).max() < 1e-8)
""".strip(),
    ),
    reference=lambda x: 2 * x * np.sin(3 * x) + 3 * x**2 * np.cos(3 * x),
    tolerance=_FORMULA,
    insight="Two terms, one for each factor that changes, and the inner derivative 3 in the second.",
    mistakes=(
        Mistake(
            lambda x: 2 * x * 3 * np.cos(3 * x),
            "That is the product of the two derivatives. The product rule has two terms: $u'v + uv'$.",
        ),
        Mistake(
            lambda x: 2 * x * np.sin(3 * x) + x**2 * np.cos(3 * x),
            "The inner derivative is missing: $\\sin(3x)$ changes three times as fast as the sine.",
        ),
        Mistake(
            lambda x: 2 * x * np.sin(3 * x) - 3 * x**2 * np.cos(3 * x),
            "Look at the sign of the second term: the derivative of the sine is the cosine, without a minus.",
        ),
        Mistake(
            lambda x: 2 * x * np.sin(3 * x) + 3 * x**2 * np.cos(x),
            "The outer derivative is taken at the inner function: the cosine of $3x$, not of $x$.",
        ),
        Mistake(lambda x: 2 * x * np.sin(3 * x), "The second term is missing: the sine changes too."),
    ),
    points=(-2.0, -0.7, 0.0, 0.3, 1.0, 1.9),
)

_EPSILON = float(np.finfo(float).eps)
_BEST_STEP = float(np.sqrt(_EPSILON * 100))


def _near(h: Any, rule: float) -> Any:
    """Say whether a step comes from a rule of thumb, perhaps rounded down to a power of two."""
    return (h > rule / 2) & (h < rule * 2)


_BALANCE = Exercise(
    id="B1t",
    title="The step that balances",
    lesson=_STEP_SIZE,
    kind="number",
    prompt=r"""
The forward quotient $\frac{e^{x + h} - e^x}{h}$ misses the derivative $e^x$ for two reasons. It is *truncated*: $h$ is
not zero. And it is *rounded*: the computer replaces $x + h$ by the nearest number it can represent, which lies up to
$\varepsilon x / 2$ away, with $\varepsilon \approx 2.2 \cdot 10^{-16}$ (`np.finfo(float).eps`).

Which step $h$ balances the two at $x = 100$? Answer with a number. The valley of the error is flat: whatever lies
within a factor of 5 of the best step is accepted.
""".strip(),
    hints=(
        "Write both errors relative to $e^x$, as functions of $h$. One grows with $h$, the other falls.",
        (
            "Taylor's formula gives the first: $e^h \\approx 1 + h + h^2 / 2$, so the quotient is too large by the "
            "relative amount $h / 2$. For the second: if $x + h$ is off by a small $\\delta$, then $e^{x + h}$ is off by "
            "the relative amount $\\delta$, and the quotient divides that by $h$."
        ),
        (
            "A sum of the form $a h + b / h$ is smallest where its two terms are equal. Here $a = 1/2$, and $b$ is the "
            "largest $\\delta$."
        ),
    ),
    solution=Solution(
        explanation=r"""
Relative to $e^x$, truncation costs $h / 2$. Rounding moves $x + h$ by up to $\varepsilon x / 2$, which moves
$e^{x + h}$ by the same relative amount, and after the division by $h$ it costs $\varepsilon x / (2h)$. (Both values of
the exponential are rounded too, together by up to $\varepsilon$: a fiftieth of that, at $x = 100$.)

The sum is smallest where both are equal: $h = \sqrt{\varepsilon x} \approx 1.5 \cdot 10^{-7}$. At five times
or a fifth of that step, the bound is only 2.6 times as large.

A step that is a power of two, such as $2^{-23}$, makes $x + h$ exact and this rounding vanish: the steps of
`calcguide.differences` are such.
""".strip(),
        code="""
import numpy as np

x = 100.0
answer = np.sqrt(np.finfo(float).eps * x)


def relative_error(h):
    return abs((np.exp(x + h) - np.exp(x)) / h / np.exp(x) - 1)


for h in (1e-14, 1e-12, 1e-10, 1.01 * answer, 1e-5, 1e-3):
    print(f"h = {h:.1e}   relative error {relative_error(h):.1e}")
""".strip(),
    ),
    reference=_BEST_STEP,
    tolerance=Tolerance(
        factor=5.0,
        reason=(
            "The bound h/2 + εx/(2h) is flat around its minimum: at a fifth or at five times the best step it is "
            "(5 + 1/5)/2 = 2.6 times as large. The usual wrong rules are off by a factor of 10 or more."
        ),
    ),
    insight=(
        r"The bound is smallest at $\sqrt{\varepsilon x} \approx 1.5 \cdot 10^{-7}$, and flat around it: about seven "
        "digits of the derivative are right."
    ),
    mistakes=(
        Mistake(0.0, "A step must be positive.", matches=lambda h: h <= 0),
        Mistake(
            1e-16,
            "That step does nothing: half the spacing of the numbers near 100 is $7 \\cdot 10^{-15}$, so $x + h$ is "
            "$x$, and the quotient is 0.",
            matches=lambda h: h + 100.0 == 100.0,
        ),
        Mistake(
            float(np.sqrt(_EPSILON)),
            r"That is $\sqrt{\varepsilon}$, the step for $x$ near 1. At 100 the numbers lie a hundred times as far "
            "apart, and rounding costs more.",
            matches=lambda h: _near(h, np.sqrt(_EPSILON)),
        ),
        Mistake(
            float(np.sqrt(_EPSILON) * 100),
            r"That is $\sqrt{\varepsilon}$ times $x$, which `differences.step_size` chooses too, without knowing the "
            "function: right where a function changes over lengths like $x$. The exponential changes over lengths "
            "like 1, everywhere, so truncation costs several times what it must.",
            matches=lambda h: _near(h, np.sqrt(_EPSILON) * 100),
        ),
        Mistake(
            float(_EPSILON ** (1 / 3)),
            "That is the step of a central quotient, whose truncation error falls with the square of $h$. This "
            "quotient is a forward one.",
            matches=lambda h: _near(h, _EPSILON ** (1 / 3)),
        ),
    ),
)


#: The tasks, in the order of the lessons.
TASKS = (_RATE_BESIDE_RULE, _HORNER_BY_HAND, _PRODUCT_AND_CHAIN, _BALANCE)
