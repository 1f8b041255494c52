"""Integrals of functions against SciPy: time of fixed rules at 1e-14, singular ends, accuracy on a table."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np
from _harness import Row, accuracy, against, measure, pin, report
from scipy import integrate as peer
from scipy import special

from calcguide.integrate import gauss_legendre, integral, tanh_sinh

# name, integrand, limits, exact value, the least number of nodes with which Gauss's rule errs by less than 1e-14
SMOOTH = [
    ("exp on [0, 1]", np.exp, 0.0, 1.0, np.expm1(1.0), 6),
    (
        "exp(-x²) cos x on [0, 1]",
        lambda x: np.exp(-x * x) * np.cos(x),
        0.0,
        1.0,
        np.sqrt(np.pi) / 2 * np.exp(-0.25) * special.erf(1 + 0.5j).real,
        9,
    ),
    ("1/(1+x²) on [-1, 1]", lambda x: 1 / (1 + x * x), -1.0, 1.0, np.pi / 2, 19),
]
SINGULAR = [
    ("1/√x on [0, 1]", lambda x: x**-0.5, 0.0, 1.0, 2.0),
    ("x^-0.9 on [0, 1]", lambda x: x**-0.9, 0.0, 1.0, 10.0),
    ("log³x/√x on [0, 1]", lambda x: np.log(x) ** 3 / np.sqrt(x), 0.0, 1.0, -96.0),
    ("1/√(1-x²) on [-1, 1]", lambda x: 1 / np.sqrt(1 - x * x), -1.0, 1.0, np.pi),
]
OTHERS = [
    ("normal density on the line", lambda x: np.exp(-x * x / 2) / np.sqrt(2 * np.pi), -np.inf, np.inf, 1.0),
    (
        "the same around 1000",
        lambda x: np.exp(-((x - 1000) ** 2) / 2) / np.sqrt(2 * np.pi),
        -np.inf,
        np.inf,
        1.0,
    ),
    ("|x - 0.3| on [0, 1]", lambda x: np.abs(x - 0.3), 0.0, 1.0, 0.29),
    ("cos 1000x on [0, 1]", lambda x: np.cos(1000 * x), 0.0, 1.0, np.sin(1000.0) / 1000),
]


def relative(value: Any, exact: float) -> float:
    """Return the relative error; infinite where there is no value."""
    return float(abs(value / exact - 1)) if np.isfinite(value) else np.inf


def quad(fun: Any, a: float, b: float) -> float:
    """Call SciPy's adaptive integration with the tolerance that is the default of ours."""
    return float(peer.quad(fun, a, b, epsabs=0, epsrel=1e-10, limit=2000)[0])


def smooth() -> list[Row]:
    """Time Gauss's rule and the adaptive default on smooth functions, at an error of 1e-14."""
    rows = []
    for name, fun, a, b, exact, n in SMOOTH:
        times = measure(
            {
                "gauss": lambda fun=fun, a=a, b=b, n=n: gauss_legendre(fun, a, b, n),
                "integral": lambda fun=fun, a=a, b=b: integral(fun, a, b),
                "quad": lambda fun=fun, a=a, b=b: quad(fun, a, b),
            }
        )
        error = relative(gauss_legendre(fun, a, b, n), exact)
        rows += [
            against(f"{name}: {n} Gauss nodes", "scipy quad", times["gauss"], times["quad"], 1),
            accuracy(f"{name}: {n} Gauss nodes", "calcguide", error, 1e-14),
            accuracy(name, "calcguide integral", relative(integral(fun, a, b), exact), 1e-14),
            against(f"{name}: integral", "scipy quad", times["integral"], times["quad"], None),
        ]
    return rows


def singular() -> list[Row]:
    """Time and check singular ends."""
    rows = []
    for name, fun, a, b, exact in SINGULAR:
        times = measure(
            {
                "integral": lambda fun=fun, a=a, b=b: integral(fun, a, b),
                "tanh_sinh": lambda fun=fun, a=a, b=b: tanh_sinh(fun, a, b),
                "quad": lambda fun=fun, a=a, b=b: quad(fun, a, b),
            }
        )
        rows += [
            against(f"{name}: integral", "scipy quad", times["integral"], times["quad"], None),
            against(f"{name}: tanh_sinh", "scipy quad", times["tanh_sinh"], times["quad"], None),
            *errors(name, fun, a, b, exact),
        ]
    return rows


def errors(name: str, fun: Any, a: float, b: float, exact: float) -> list[Row]:
    """Find the relative errors of both, and whether the estimate of ours covers its error."""
    found = integral(fun, a, b, full_output=True)
    covered = float(abs(found.value - exact) <= found.error)
    return [
        accuracy(name, "calcguide integral", relative(found.value, exact), 1e-10),
        accuracy(name, "scipy quad", relative(quad(fun, a, b), exact)),
        accuracy(f"{name}: error beyond its estimate", "calcguide integral", 1 - covered, 0.0),
    ]


if __name__ == "__main__":
    pin()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        table = [*smooth(), *singular(), *(row for case in OTHERS for row in errors(*case))]
    sys.exit(report("Integrals of functions", table, ["numpy", "scipy"]))
