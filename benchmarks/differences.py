"""Derivatives by differences against SciPy, numdifftools and autograd: time in evaluations of f, and accuracy."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import autograd
import autograd.numpy as anp
import numdifftools
import numpy as np
from _harness import Row, accuracy, against, measure, pin, report
from scipy import differentiate, sparse
from scipy.optimize._numdiff import approx_derivative, group_columns

from calcguide.differences import color_columns, derivative, jacobian

# name, function, derivative, interval
FUNCTIONS = [
    ("exp on [-1, 1]", np.exp, np.exp, -1, 1),
    ("exp on [0, 100]", np.exp, np.exp, 0, 100),
    ("sin on [-1.2, 1.2]", np.sin, np.cos, -1.2, 1.2),
    ("cubic on [1.5, 10]", lambda x: x**3 - 2 * x**2 + 1, lambda x: 3 * x**2 - 4 * x, 1.5, 10),
    ("tanh on [-2, 2]", np.tanh, lambda x: 1 / np.cosh(x) ** 2, -2, 2),
    ("log on [1e-3, 100]", np.log, lambda x: 1 / x, 1e-3, 100),
    ("1/x on [1e-8, 1e-3]", lambda x: 1 / x, lambda x: -1 / x**2, 1e-8, 1e-3),
]


def wave(x: Any) -> Any:
    """Compute a function that is not the cheapest there is."""
    return np.tanh(2 * x + 1) * np.exp(-(x**2)) + np.sin(x) / (1 + x**2)


def many_points() -> list[Row]:
    """Time a million points."""
    rows = []
    x = np.random.default_rng(0).uniform(-1, 1, 10**6)
    for name, fun in (("exp", np.exp), ("tanh(2x+1) exp(-x²) + sin x/(1+x²)", wave)):
        times = measure(
            {
                "f": lambda fun=fun: fun(x),
                "default": lambda fun=fun: derivative(fun, x),
                "complex": lambda fun=fun: derivative(fun, x, method="complex"),
                "scipy": lambda fun=fun: differentiate.derivative(fun, x),
            }
        )
        case = f"1e6 points, {name}"
        rows += [
            against(case, "f itself", times["default"], times["f"], 12),
            # The less an evaluation costs, the more of SciPy's time is spent elsewhere.
            against(
                case,
                "scipy.differentiate",
                times["default"],
                times["scipy"],
                1 / 12 if name == "exp" else None,
            ),
            against(f"{case}, complex step", "f itself", times["complex"], times["f"], 10),
        ]
    small = x[: 10**5]
    gradient = numdifftools.Derivative(np.exp)
    times = measure({"default": lambda: derivative(np.exp, small), "peer": lambda: gradient(small)})
    rows.append(against("1e5 points, exp", "numdifftools", times["default"], times["peer"], None))
    return rows


def one_point() -> list[Row]:
    """Time a single point, where the overhead is all there is."""
    point = np.float64(0.3)
    slope = autograd.grad(anp.exp)
    times = measure(
        {
            "f": lambda: np.exp(point),
            "default": lambda: derivative(np.exp, 0.3),
            "scipy": lambda: differentiate.derivative(np.exp, 0.3),
            "numdifftools": lambda: numdifftools.Derivative(np.exp)(0.3),
            "autograd": lambda: slope(0.3),
        }
    )
    overhead = times["default"] - 7 * times["f"]
    return [
        against("one point, exp: beyond 7 evaluations", "15 microseconds", overhead, 15e-6, 1),
        against("one point, exp", "scipy.differentiate", times["default"], times["scipy"], 1 / 20),
        against("one point, exp", "numdifftools", times["default"], times["numdifftools"], None),
        against("one point, exp", "autograd", times["default"], times["autograd"], None),
    ]


def errors() -> list[Row]:
    """Find the largest relative error on each interval, of the default, the complex step and the peers."""
    rows = []
    for name, fun, exact, low, high in FUNCTIONS:
        even = np.linspace(low, high, 4001)
        x = even if low <= 0 else np.concatenate([even, np.geomspace(low, high, 4001)])
        result = derivative(fun, x, full_output=True)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found = {
                "calcguide": result.value,
                "calcguide, complex step": derivative(fun, x, method="complex"),
                "scipy.differentiate": differentiate.derivative(fun, x).df,
                "numdifftools": numdifftools.Derivative(fun)(x),
            }
        targets = {"calcguide": 1e-10, "calcguide, complex step": 2e-14 if "cubic" in name else 1e-15}
        for who, value in found.items():
            error = float(np.max(np.abs(value / exact(x) - 1)))
            rows.append(accuracy(name, who, error, targets.get(who)))
        covered = float(np.mean(np.abs(result.value - exact(x)) <= result.error))
        rows.append(Row(f"{name}: error estimate covers the error", "share of points", covered, None, None))
    return rows


def sparse_jacobian() -> list[Row]:
    """Time a tridiagonal Jacobian with known colours."""
    n = 1000

    def chain(x: Any) -> Any:
        forces = np.empty_like(x)
        forces[0], forces[-1] = x[0], x[-1]
        forces[1:-1] = x[:-2] - 2 * x[1:-1] * x[1:-1] + x[2:]
        return forces

    x = np.linspace(0.1, 5, n)
    pattern = sparse.diags_array([np.ones(n - 1), np.ones(n), np.ones(n - 1)], offsets=[-1, 0, 1]).tocsr()
    coloring, groups = color_columns(pattern), group_columns(pattern)
    dense = jacobian(chain, x, method="complex")
    times = measure(
        {
            "ours": lambda: jacobian(chain, x, method="central", sparsity=coloring),
            "scipy": lambda: approx_derivative(chain, x, method="3-point", sparsity=(pattern, groups)),
        }
    )
    error = float(np.max(np.abs(jacobian(chain, x, method="central", sparsity=coloring).toarray() - dense)))
    return [
        against("tridiagonal Jacobian, n = 1000", "scipy, 3-point", times["ours"], times["scipy"], 0.1, error)
    ]


def importing() -> list[Row]:
    """Time `import calcguide` beside `import numpy`, in fresh interpreters."""

    def run(statement: str) -> None:
        subprocess.run([sys.executable, "-c", statement], check=True)  # noqa: S603  # our own two statements

    times = measure(
        {
            "nothing": lambda: run("pass"),
            "numpy": lambda: run("import numpy"),
            "ours": lambda: run("import calcguide"),
        }
    )
    allowed = times["numpy"] - times["nothing"] + 0.025
    spent = times["ours"] - times["nothing"]
    return [against("import calcguide", "import numpy, plus 25 ms", spent, allowed, 1)]


if __name__ == "__main__":
    pin()
    table = [*many_points(), *one_point(), *errors(), *sparse_jacobian(), *importing()]
    sys.exit(report("Derivatives by differences", table, ["numpy", "scipy", "numdifftools", "autograd"]))
