"""Tasks of the fifth part, backpropagation."""

from __future__ import annotations

from typing import Any

import numpy as np

from calcguide.exercises._exercise import Exercise, Mistake, Solution, Tolerance

_MODES = "05_backpropagation/03_forward_or_reverse"
_ENGINE = "05_backpropagation/04_build_your_own_autodiff"

_FORMULA = Tolerance(
    rtol=1e-9,
    atol=1e-9,
    reason=(
        "However a formula is arranged, round-off changes it by less than 1e-12 at these points. 1e-9 also admits what "
        "an engine computes, and a central quotient with a good step."
    ),
)

_BRACKETS = Exercise(
    id="D1t",
    title="From the cheaper side",
    lesson=_MODES,
    kind="number",
    prompt=r"""
A network takes images of 784 pixels to 128 hidden values, these to 10 scores, and the scores to one loss. Its three
steps have Jacobians $J_1$ of shape (128, 784), $J_2$ of shape (10, 128) and $J_3$ of shape (1, 10), and all three are
known.

You want $J_3 J_2 J_1$, the gradient of the loss with respect to the pixels. A product of shapes $(p, q)$ and $(q, r)$
takes $p q r$ multiplications. How many does the whole product take, if you put the brackets where it is cheaper?

Answer with the number of multiplications.
""".strip(),
    hints=(
        "There are two ways: $J_3 (J_2 J_1)$ and $(J_3 J_2) J_1$. Write down the shape of what is in the brackets, each time.",
        "There is one output. From its side you carry one row, whatever the widths in between.",
        "Two products remain. For each, multiply the three sizes, of which the first is 1; then add.",
    ),
    solution=Solution(
        explanation=r"""
From the left: $J_3 J_2$ takes $1 \cdot 10 \cdot 128 = 1280$ multiplications and has shape (1, 128). Its product with
$J_1$ takes $1 \cdot 128 \cdot 784 = 100352$. Together 101632.

From the right: $J_2 J_1$ takes $10 \cdot 128 \cdot 784 = 1003520$, and $J_3$ times that another
$1 \cdot 10 \cdot 784 = 7840$. Together 1011360, ten times as many.
""".strip(),
        code="""
left = 1 * 10 * 128 + 1 * 128 * 784
right = 10 * 128 * 784 + 1 * 10 * 784
answer = min(left, right)
print(f"left {left:,}, right {right:,}, ratio {right / left:.1f}")
""".strip(),
    ),
    reference=101632.0,
    tolerance=Tolerance(atol=0.5, reason="A count is a whole number."),
    insight=(
        "From the output's side it takes 101632 multiplications, from the inputs' side 1011360: ten times as many, "
        "because ten rows are carried instead of one."
    ),
    mistakes=(
        Mistake(
            1011360.0,
            "That is the cost from the right, the side of the inputs. From there you carry 784 columns; how many rows "
            "do you carry from the other side?",
        ),
        Mistake(
            1003520.0,
            "That is the first product from the right, and nothing else. Look at the other side: there is one output.",
        ),
        Mistake(
            100352.0,
            "The right side, and the larger one of the two products. The smaller one, in the brackets, is missing.",
        ),
        Mistake(
            101642.0,
            "Ten too many: that is a product more, with a matrix of shape (1, 1). It counts the entries of all three "
            "Jacobians, but the walk starts with the one of the last step, which is given.",
        ),
        Mistake(
            784.0 * 128 * 10 * 1 * 128,
            "The costs of successive products are added, not multiplied.",
            matches=lambda count: count > 1e7,
        ),
    ),
)

_DUAL_QUOTIENT = Exercise(
    id="D1u",
    title="A dual number divides",
    lesson=_MODES,
    kind="function",
    prompt=r"""
Dual numbers divide like fractions with a root below: multiply above and below by $c - d \varepsilon$, and
$\varepsilon^2 = 0$ removes $\varepsilon$ from below. So find $\frac{a + b \varepsilon}{c + d \varepsilon}$.

Then put $x + 1 \varepsilon$ into $q(x) = \frac{x}{1 + x^2}$. What stands before $\varepsilon$ in the result?

Answer with it as a Python function of `x` that takes numbers and arrays.
""".strip(),
    hints=(
        "Below, $(c + d \\varepsilon)(c - d \\varepsilon)$ is $c^2$. Above, multiply out and drop $\\varepsilon^2$.",
        "In $q$, the part above is $x + 1 \\varepsilon$. What is $1 + (x + \\varepsilon)^2$, without $\\varepsilon^2$?",
        "The general result is the quotient rule: $\\frac{b c - a d}{c^2}$. Here $b$ is 1, and $d$ depends on $x$.",
    ),
    solution=Solution(
        explanation=r"""
Multiplied out, $(a + b \varepsilon)(c - d \varepsilon) = ac + (bc - ad) \varepsilon$, and below stands $c^2$. So
$\frac{bc - ad}{c^2}$ stands before $\varepsilon$: the quotient rule.

For $q$: $a = x$ and $b = 1$, and $1 + (x + \varepsilon)^2 = 1 + x^2 + 2x \varepsilon$, so $c = 1 + x^2$ and $d = 2x$.
Then $bc - ad = 1 + x^2 - 2x^2 = 1 - x^2$, and the answer is $\frac{1 - x^2}{(1 + x^2)^2}$.
""".strip(),
        code="""
import numpy as np

from calcguide import autodiff


def q(x):
    return x / (1 + x**2)


def answer(x):
    return (1 - x**2) / (1 + x**2) ** 2


x = np.linspace(-2, 2, 5)
print(np.abs(answer(x) - autodiff.derivative(q)(x)).max() < 1e-12)
""".strip(),
    ),
    reference=lambda x: (1 - x**2) / (1 + x**2) ** 2,
    tolerance=_FORMULA,
    insight="Nobody put in the quotient rule: it follows from one multiplication and the square of ε.",
    mistakes=(
        Mistake(
            lambda x: 1 / (2 * x),
            "That divides the slopes by each other. Multiply above and below by $c - d \\varepsilon$ instead.",
        ),
        Mistake(
            lambda x: (1 + 3 * x**2) / (1 + x**2) ** 2,
            "Look at the sign: above you multiply by $c - d \\varepsilon$, so the term with $d$ has a minus.",
        ),
        Mistake(
            lambda x: (x**2 - 1) / (1 + x**2) ** 2,
            "The two terms above are the wrong way round: $bc$ has the plus, $ad$ the minus.",
        ),
        Mistake(
            lambda x: (1 - x**2) / (1 + x**2),
            "The part above is right. Below stands $c^2$, not $c$.",
        ),
        Mistake(
            lambda x: 1 / (1 + x**2),
            "You kept the part below fixed: $d$ is not 0, because $1 + x^2$ changes with $x$ too.",
        ),
        Mistake(
            lambda x: 1 / (1 + x**2) ** 2,
            "Look at $d$: $(x + \\varepsilon)^2$ has $x \\varepsilon$ in it twice.",
        ),
        Mistake(lambda x: x / (1 + x**2), "That is the value $q(x)$, the part without $\\varepsilon$."),
    ),
    points=(-2.0, -0.7, 0.3, 0.5, 1.0, 1.9, 10.0),
)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


_USED_TWICE = Exercise(
    id="D1v",
    title="A value used twice",
    lesson=_ENGINE,
    kind="function",
    prompt=r"""
Some networks use $f(x) = x s$ with the sigmoid $s = 1 / (1 + e^{-x})$. The engine records two steps: $s$ from $x$,
and the product of $x$ and $s$. So $x$ has two edges. Start with the adjoint 1 at the product, and walk back on paper:
what arrives at $x$ over each edge?

Answer with the adjoint of `x` as a Python function of `x` that takes numbers and arrays.
""".strip(),
    hints=(
        "The product hands each factor its own adjoint times the other factor. What arrives directly at $x$, what at $s$?",
        "The adjoint of $s$ goes on to $x$, multiplied by the derivative of the sigmoid. That is $s$ times one minus $s$.",
        "What arrives at $x$ over the two edges is added. One of the two parts has a factor $x$.",
    ),
    solution=Solution(
        explanation=r"""
The product has the adjoint 1. Directly, $x$ receives 1 times the other factor, $s$. And $s$ receives $x$, which it hands
on to $x$ times its derivative $s (1 - s)$. The two are added: $f'(x) = s + x s (1 - s)$.
""".strip(),
        code="""
import numpy as np

from calcguide import autodiff


def f(x):
    return x / (1 + np.exp(-x))


def answer(x):
    s = 1 / (1 + np.exp(-x))
    return s + x * s * (1 - s)


x = np.linspace(-4, 4, 5)
print(np.abs(answer(x) - autodiff.derivative(f)(x)).max() < 1e-12)
""".strip(),
    ),
    reference=lambda x: _sigmoid(x) + x * _sigmoid(x) * (1 - _sigmoid(x)),
    tolerance=_FORMULA,
    insight="Two edges, two contributions, added. An engine that assigns instead keeps one of them.",
    mistakes=(
        Mistake(
            _sigmoid,
            "That is what arrives over the direct edge. The other way, through $s$, is missing: did you assign where "
            "you should add?",
        ),
        Mistake(
            lambda x: x * _sigmoid(x) * (1 - _sigmoid(x)),
            "That is what arrives by way of $s$. The direct edge from the product to $x$ is missing: did you assign "
            "where you should add?",
        ),
        Mistake(
            lambda x: _sigmoid(x) * (1 - _sigmoid(x)),
            "That is the derivative of the sigmoid. The product has two factors that depend on $x$.",
        ),
        Mistake(
            lambda x: x * _sigmoid(x) ** 2 * (1 - _sigmoid(x)),
            "Along one path derivatives are multiplied; what arrives over different paths is added.",
        ),
        Mistake(
            lambda x: _sigmoid(x) + x * x * (1 - x),
            "In the derivative of the sigmoid, $s (1 - s)$, the letter $s$ is its output, not its input.",
        ),
        Mistake(
            lambda x: _sigmoid(x) + 2 * x * _sigmoid(x) * (1 - _sigmoid(x)),
            "The derivative of the sigmoid is $s (1 - s)$, without a factor 2.",
        ),
        Mistake(
            lambda x: _sigmoid(x) + _sigmoid(x) * (1 - _sigmoid(x)),
            "The adjoint of $s$ is the other factor of the product. You handed on 1 in its place.",
        ),
        Mistake(lambda x: x * _sigmoid(x), "That is $f$ itself; the adjoint of $x$ is wanted."),
    ),
    points=(-4.0, -1.5, -0.5, 0.7, 1.0, 2.0, 5.0),
)


#: The tasks, in the order of the lessons.
TASKS = (_BRACKETS, _DUAL_QUOTIENT, _USED_TWICE)
