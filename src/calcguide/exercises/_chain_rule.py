"""Tasks of the fifth part's first two lessons: the chain rule, and the graph of a computation."""

from __future__ import annotations

from typing import Any

import numpy as np

from calcguide.exercises._exercise import Exercise, Mistake, Solution, Tolerance

_CHAIN_RULE = "05_backpropagation/01_chain_rule"
_GRAPH = "05_backpropagation/02_computational_graph"


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def _slope(z: Any) -> Any:
    return _sigmoid(z) * (1 - _sigmoid(z))


_THREE_LINKS = Exercise(
    id="B7t",
    title="Three links",
    lesson=_CHAIN_RULE,
    kind="function",
    prompt=r"""
Take $y = \sigma(2x - 1)^3$, where $\sigma(z) = \frac{1}{1 + e^{-z}}$ is the sigmoid: a straight line, inside a sigmoid,
inside a cube. Find $\frac{dy}{dx}$ by the chain rule.

Answer with the derivative as a Python function of `x` that takes numbers and arrays: use `np.exp`.
""".strip(),
    hints=(
        "Three functions are nested, so the derivative has three factors. Start with the one that is applied last.",
        (
            "Write $s = \\sigma(2x - 1)$. The cube of $s$ changes with $s$ by the power rule, and the sigmoid's slope can be "
            "written with $s$ alone."
        ),
        "The line in the middle of the brackets has a slope too. A test: at $x = 0.5$ the result is 0.375.",
    ),
    solution=Solution(
        explanation=r"""
From the outside in, with $s = \sigma(2x - 1)$: the cube contributes $3s^2$, the sigmoid $s(1 - s)$, the line 2.
Together $\frac{dy}{dx} = 6 s^3 (1 - s)$.

At $x = 0.5$ the sigmoid is at its middle, $s = \frac{1}{2}$, and that is $6 \cdot \frac{1}{8} \cdot \frac{1}{2} = 0.375$.
""".strip(),
        code="""
import numpy as np

from calcguide import autodiff


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def answer(x):
    s = sigmoid(2 * x - 1)
    return 3 * s**2 * s * (1 - s) * 2


x = np.linspace(-2, 2, 5)
automatic = autodiff.derivative(lambda x: sigmoid(2 * x - 1) ** 3)(x)
print(np.abs(answer(x) - automatic).max() < 1e-12)
""".strip(),
    ),
    reference=lambda x: 6 * _sigmoid(2 * x - 1) ** 3 * (1 - _sigmoid(2 * x - 1)),
    tolerance=Tolerance(
        rtol=1e-8,
        atol=1e-9,
        reason=(
            "However a formula is arranged, round-off changes it by less than 1e-12 at these points. 1e-8 also admits a "
            "central quotient with a good step, and no lost factor comes near."
        ),
    ),
    insight="Three functions, three factors: $3s^2$ from the cube, $s(1 - s)$ from the sigmoid, 2 from the line.",
    mistakes=(
        Mistake(
            lambda x: 3 * _sigmoid(2 * x - 1) ** 3 * (1 - _sigmoid(2 * x - 1)),
            "Exactly half of it: the innermost factor is missing. The line $2x - 1$ has a slope too.",
        ),
        Mistake(
            lambda x: 6 * _sigmoid(2 * x - 1) ** 2,
            "The link in the middle is missing: the sigmoid has a slope, $s(1 - s)$.",
        ),
        Mistake(
            lambda x: 2 * _slope(2 * x - 1),
            "That is the derivative of the sigmoid of the line. The cube around it contributes a factor as well.",
        ),
        Mistake(
            lambda x: 6 * x**2 * _slope(2 * x - 1),
            "The cube's derivative belongs at what the cube gets to see: $3s^2$, not $3x^2$.",
        ),
        Mistake(
            lambda x: 3 * (2 * _slope(2 * x - 1)) ** 2,
            "That puts the inner derivative into the square. The outer derivative $3s^2$ is taken at $s$; the inner "
            "derivative stands beside it, once.",
        ),
        Mistake(lambda x: _sigmoid(2 * x - 1) ** 3, "That is $y$ itself; its derivative is wanted."),
    ),
    points=(-2.0, -0.5, 0.0, 0.5, 1.0, 2.5),
)

_X, _W1, _W2 = 2.0, 0.5, -3.0
_H = float(_sigmoid(_W1 * _X))
_LAST = float(_slope(_W2 * _H))
_INFLUENCE = _LAST * _W2 * float(_slope(_W1 * _X)) * _X

_DEEPER_WEIGHT = Exercise(
    id="C7t",
    title="The deeper weight",
    lesson=_CHAIN_RULE,
    kind="number",
    prompt=r"""
Two sigmoids in a row, $h = \sigma(w_1 x)$ and $y = \sigma(w_2 h)$, with $x = 2$, $w_1 = 0.5$, $w_2 = -3$. By how much does
$y$ change when $w_1$ does? Find $\frac{\partial y}{\partial w_1}$.

Answer with a number that has three right digits or more.
""".strip(),
    hints=(
        "Walk from $y$ back to $w_1$, and write down one factor for each thing that you pass: four in all.",
        (
            "Each sigmoid contributes $\\sigma' = \\sigma(1 - \\sigma)$, the first at $w_1 x = 1$, the second at $w_2 h$. "
            "Each product contributes the factor that is held still."
        ),
        "With $h \\approx 0.731$ the second sigmoid sits at $-2.19$. One of the two other factors is negative.",
    ),
    solution=Solution(
        explanation=r"""
The four factors, from the end: $\sigma'(w_2 h)$, then $w_2$, then $\sigma'(w_1 x)$, then $x$.

In numbers: $h = \sigma(1) \approx 0.7311$ and $y = \sigma(-2.193) \approx 0.1004$. So the sigmoids contribute
$y(1 - y) \approx 0.0903$ and $h(1 - h) \approx 0.1966$, and the product is
$0.0903 \cdot (-3) \cdot 0.1966 \cdot 2 \approx -0.107$. A larger $w_1$ makes $h$ larger, and the negative $w_2$ turns
that into a smaller $y$.
""".strip(),
        code="""
import numpy as np

from calcguide import autodiff


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


x, w1, w2 = 2.0, 0.5, -3.0
h = sigmoid(w1 * x)
y = sigmoid(w2 * h)
answer = y * (1 - y) * w2 * h * (1 - h) * x
print(f"by hand   {answer:.6f}")
print(f"autodiff  {autodiff.grad(lambda w1: sigmoid(w2 * sigmoid(w1 * x)))(w1):.6f}")
""".strip(),
    ),
    reference=_INFLUENCE,
    tolerance=Tolerance(
        rtol=5e-3, reason="Three digits by hand are enough; no typical mistake comes within 1 %."
    ),
    insight="Four factors, two of them slopes of sigmoids: of a change of $w_1$ about a tenth arrives, with its sign turned.",
    mistakes=(
        Mistake(
            -_INFLUENCE,
            "The size is right, the sign is not: $w_2$ is one of the factors, and it is negative.",
        ),
        Mistake(
            _LAST * _H,
            "That is the derivative with respect to $w_2$. The way to $w_1$ leads on, through $h$ and the first sigmoid.",
        ),
        Mistake(
            _LAST * float(_slope(_W1 * _X)) * _X,
            "A factor is missing: between $h$ and the second sigmoid stands $w_2$.",
        ),
        Mistake(
            _INFLUENCE / _X,
            "Almost: a change of $w_1$ reaches the first sigmoid multiplied by $x$.",
        ),
        Mistake(
            _LAST * _W2 * _X,
            "The slope of the first sigmoid is missing.",
        ),
        Mistake(
            _LAST * _W2 * float(_slope(_W1 * _X)) * _W1,
            "That is the derivative with respect to $x$: the last factor belongs to $w_1$.",
        ),
        Mistake(
            float(_slope(_sigmoid(_W2 * _H))) * _W2 * float(_slope(_H)) * _X,
            "Each slope is taken at the sum that goes into the sigmoid, not at the value that comes out.",
        ),
        Mistake(
            4 * _INFLUENCE,
            "Four times too large: each sigmoid's slope is $s(1 - s)$, without a factor 2.",
        ),
    ),
)

_TWO_PATHS = Exercise(
    id="B7u",
    title="Used twice",
    lesson=_GRAPH,
    kind="number",
    prompt=r"""
A computation in three steps: $v_1 = x^2$, then $v_2 = \sin v_1$, and $y = v_1 \cdot v_2$. The value $v_1$ is used twice.

Find the adjoint of $v_1$, that is $\frac{dy}{dv_1}$, at $x = 1$. Answer with a number that has three right digits or more.
""".strip(),
    hints=(
        "Draw it: two arrows leave $v_1$. Each of them begins a path to $y$.",
        "Multiply along each path, then add the two products.",
        "The direct path has the local derivative $v_2$. The other one leads through the sine, and then through the product.",
    ),
    solution=Solution(
        explanation=r"""
The direct arrow carries $\frac{\partial y}{\partial v_1} = v_2$. The path through $v_2$ carries
$\frac{\partial y}{\partial v_2} \cdot \frac{d v_2}{d v_1} = v_1 \cos v_1$. Added, $\bar v_1 = v_2 + v_1 \cos v_1$.

At $x = 1$, where $v_1 = 1$, that is $\sin 1 + \cos 1 \approx 0.841 + 0.540 = 1.382$.
""".strip(),
        code="""
import numpy as np

from calcguide import autodiff


def f(x):
    v1 = x**2
    v2 = np.sin(v1)
    return v1 * v2


answer = autodiff.explain(f, 1.0)["v1"].adjoint
print(f"{answer:.6f} = {np.sin(1.0):.6f} + {np.cos(1.0):.6f}")
""".strip(),
    ),
    reference=float(np.sin(1.0) + np.cos(1.0)),
    tolerance=Tolerance(rtol=2e-3, reason="Three digits by hand are enough; no typical mistake comes near."),
    insight="Two paths, two products, one sum: 0.841 over the direct arrow, and 0.540 by way of the sine.",
    mistakes=(
        Mistake(
            float(np.sin(1.0)),
            "That is the direct path alone. The sine depends on $v_1$ too, and through it so does $y$.",
        ),
        Mistake(
            float(np.cos(1.0)),
            "That is the path through the sine alone. The product uses $v_1$ directly as well.",
        ),
        Mistake(
            float(np.sin(1.0) * np.cos(1.0)),
            "Along a path the derivatives are multiplied, but the paths themselves are added.",
        ),
        Mistake(
            float(2 * (np.sin(1.0) + np.cos(1.0))),
            "One step too far: that is the adjoint of $x$. The one of $v_1$ is asked for.",
        ),
        Mistake(
            float(np.sin(1.0) - np.cos(1.0)),
            "Look at the sign: the derivative of the sine is the cosine, without a minus.",
        ),
    ),
)

#: The tasks, in the order of the lessons.
TASKS = (_THREE_LINKS, _DEEPER_WEIGHT, _TWO_PATHS)
