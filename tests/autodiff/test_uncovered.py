"""What is not covered raises, names itself and says what to use: it never gives a wrong derivative, or none."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import linalg, special

from calcguide import autodiff
from calcguide.autodiff._tracer import CONSTANT, FUNCTIONS, INSTEAD, UFUNCS

X = np.array([0.5, 1.5, 1.0, 2.0])


def add_in_place(x: Any) -> Any:
    a = np.zeros(4)
    a += x
    return a


def fill(x: Any) -> Any:
    a = np.zeros(4)
    a[:] = x
    return a


def fill_one(x: Any) -> Any:
    a = np.zeros(4)
    a[0] = x[0]
    return a


def write(x: Any) -> Any:
    x[0] = 1.0
    return x


# id, what is done with a vector of four, what the message names, what it offers.
UNCOVERED = [
    ("np.linalg.eig", lambda x: np.linalg.eig(x.reshape(2, 2))[0], "numpy.linalg.eig", "eigh"),
    ("np.linalg.eigvals", lambda x: np.linalg.eigvals(x.reshape(2, 2)), "numpy.linalg.eigvals", "eigvalsh"),
    ("np.fft.fft", np.fft.fft, "numpy.fft.fft", "np.cos"),
    ("np.fft.rfft", np.fft.rfft, "numpy.fft.rfft", "np.cos"),
    ("np.gradient", np.gradient, "numpy.gradient", "np.diff"),
    ("np.unique", np.unique, "numpy.unique", "np.sort"),
    ("np.piecewise", lambda x: np.piecewise(x, [x > 1], [1.0, 0.0]), "numpy.piecewise", "np.where"),
    ("np.histogram", lambda x: np.histogram(x)[1], "numpy.histogram", "np.bincount"),
    ("np.full_like of a plain array", lambda x: np.full_like(X, x[1]), "numpy.copyto", "np.stack"),
    ("np.histogram2d", lambda x: np.histogram2d(x, x)[0], "numpy.histogram2d", "autodiff.custom"),
    ("np.polyfit", lambda x: np.polyfit(x, x, 1), "numpy.polyfit", "lstsq"),
    ("np.roots", np.roots, "numpy.roots", "autodiff.root"),
    ("np.apply_along_axis", lambda x: np.apply_along_axis(np.sum, 0, x), "numpy.apply_along_axis", "np.stack"),
    ("np.nanstd", np.nanstd, "numpy.nanstd", "boolean index"),
    ("np.geomspace", lambda x: np.geomspace(x[0], 3.0), "numpy.geomspace", "np.linspace"),
    ("np.angle", np.angle, "numpy.angle", "np.arctan2"),
    ("np.einsum_path", lambda x: np.einsum_path("i,i", x, x), "numpy.einsum_path", "np.einsum"),
    ("np.put", lambda x: np.put(x, [0], [1.0]), "numpy.put", "np.where"),
    ("np.copyto", lambda x: np.copyto(np.zeros(4), x), "numpy.copyto", "np.where"),
    ("np.fill_diagonal", lambda x: np.fill_diagonal(x.reshape(2, 2), 0.0), "numpy.fill_diagonal", "np.where"),
    ("gcd", lambda x: np.gcd(x, x), "gcd", "autodiff.custom"),
    ("bitwise_and", lambda x: np.bitwise_and(x, x), "bitwise_and", "autodiff.custom"),
    ("maximum.accumulate", lambda x: np.maximum.accumulate(x), "maximum.accumulate", "autodiff.custom"),
    ("add.reduceat", lambda x: np.add.reduceat(x, [0, 2]), "add.reduceat", "autodiff.custom"),
    ("add.at", lambda x: np.add.at(np.zeros(4), [0], x[0]), "add.at", "autodiff.custom"),
    ("special.softmax", special.softmax, "scipy.special.softmax", "autodiff.softmax"),
    ("special.softmax of a matrix", lambda x: special.softmax(x.reshape(2, 2), axis=1), "scipy.special.softmax", "autodiff.softmax"),
    ("special.log_softmax", special.log_softmax, "scipy.special.log_softmax", "autodiff.logsumexp"),
    ("special.logsumexp", special.logsumexp, "scipy.special.logsumexp", "autodiff.logsumexp"),
    ("special.polygamma", lambda x: special.polygamma(1, x), "scipy.special.polygamma", "autodiff.derivative"),
    ("special.owens_t", lambda x: special.owens_t(x, 1.0), "owens_t", "autodiff.custom"),
    ("order of a Bessel function", lambda x: special.jv(x, 1.0), "jv with respect to `v`", "autodiff.custom"),
    ("shape of the gamma distribution", lambda x: special.gammainc(x, 1.0), "gammainc with respect to `a`", "autodiff.custom"),
    ("out= of a ufunc", lambda x: np.exp(x, out=np.zeros(4)), "exp", "a = a + x"),
    ("out= of a function", lambda x: np.sum(x, out=np.zeros(())), "sum", "out="),
    ("where= of a ufunc", lambda x: np.exp(x, where=x > 1), "exp with where=", "autodiff.custom"),
    ("where= of a reduction", lambda x: np.sum(x, where=x > 1), "where=", "np.where"),
    ("initial= of a reduction", lambda x: np.max(x, initial=0.0), "initial=", "np.where"),
    ("a += x", add_in_place, "add", "a = a + x"),
    ("x[0] = 1", write, "written into", "np.where"),
    ("a[:] = x", fill, "plain number", "np.stack"),
    ("float(x)", lambda x: float(x[0]), "float", "NumPy's function"),
    ("int(x)", lambda x: int(x[0]), "int", "NumPy's function"),
    ("complex(x)", lambda x: complex(x[0]), "complex", "NumPy's function"),
    ("math.sin(x)", lambda x: math.sin(x[0]), "float", "NumPy's function in place of math's"),
    ("x.item()", lambda x: x[0].item(), "item", "stop_gradient"),
    ("x.tolist()", lambda x: x.tolist(), "tolist", "stop_gradient"),
    ("range(x)", lambda x: range(x[0]), "index", "stop_gradient"),
    ("np.asarray(x, dtype=float)", lambda x: np.asarray(x, dtype=float), "float64", "stop_gradient"),
    ("np.array([x, y], dtype=float)", lambda x: np.array([x[0], x[1]], dtype=float), "float64", "np.stack"),
    ("np.float64(x)", lambda x: np.float64(x[0]), "plain number", "stop_gradient"),
    ("x.astype(int)", lambda x: x.astype(int), "int64", "derivative would be lost"),
    ("complex numbers", lambda x: np.abs(x * 1j), "complex", "out of autodiff's scope"),
    ("complex array first", lambda x: np.abs(np.full(4, 1j) * x), "complex", "out of autodiff's scope"),
    ("complex array second", lambda x: np.abs(x + np.full(4, 1j)), "complex", "out of autodiff's scope"),
    ("complex branch", lambda x: np.abs(np.where(x > 1, x, 1j)), "complex", "out of autodiff's scope"),
    ("mean of an object array", lambda x: np.mean(np.array([x[0], x[1]])), "float64", "np.stack in place of np.array"),
    ("scipy.linalg.inv", lambda x: linalg.inv(x.reshape(2, 2)), "scipy.linalg.inv", "autodiff.custom"),
    ("place of a quantile", lambda x: np.quantile(X, x[0] / 4), "`q`", "np.interp"),
    ("place of a percentile", lambda x: np.percentile(x, x), "`q`", "np.interp"),
    ("take with mode=", lambda x: np.take(x, [9], mode="clip"), "take with mode='clip'", "np.clip"),
    ("concatenate with dtype=", lambda x: np.concatenate([x, x], dtype=np.float32), "concatenate with dtype=", "astype"),
    ("pad with mode=", lambda x: np.pad(x, 1, mode="mean"), "pad with mode='mean'", "np.concatenate"),
    ("pad with constants", lambda x: np.pad(x, 1, constant_values=(1, 2)), "several constants", "np.concatenate"),
    ("clip with where=", lambda x: np.clip(x, 0, 1, where=x > 1), "clip with where=", "np.where"),
    ("insert at several places", lambda x: np.insert(x, [0, 1], 2.0), "several places", "np.concatenate"),
    ("linspace with retstep=", lambda x: np.linspace(x[0], 1.0, retstep=True)[0], "retstep=", "np.arange"),
    ("average with returned=", lambda x: np.average(x, returned=True)[0], "returned=", "np.sum"),
    ("cov with weights", lambda x: np.cov(x, aweights=[1, 2, 1, 2]), "weights", "@"),
    ("corrcoef with dtype=", lambda x: np.corrcoef(x, dtype=np.float32), "dtype=", "astype"),
    ("quantile with method=", lambda x: np.quantile(x, 0.5, method="nearest"), "method='nearest'", "np.sort"),
    ("interp with period=", lambda x: np.interp(x, [0, 1], [0, 1], period=1), "period=", "repeat"),
    ("interp with one point", lambda x: np.interp(x, [0], [1]), "one point", "constant"),
]  # fmt: skip
if hasattr(np, "cumulative_sum"):
    UNCOVERED.append(
        (
            "include_initial=",
            lambda x: np.cumulative_sum(x, include_initial=True),
            "include_initial=",
            "concatenate",
        )
    )


@pytest.mark.parametrize(
    ("fun", "named", "offered"), [case[1:] for case in UNCOVERED], ids=[c[0] for c in UNCOVERED]
)
@pytest.mark.parametrize("derivative", [
    lambda fun: autodiff.grad(lambda x: np.sum(fun(x)))(X),
    lambda fun: autodiff.jvp(fun, X, X),
    lambda fun: autodiff.hessian(lambda x: np.sum(fun(x)))(X),
], ids=["reverse", "forward", "nested"])  # fmt: skip
def test_raises(derivative: Callable[..., Any], fun: Any, named: str, offered: str) -> None:
    with pytest.raises(TypeError) as caught:
        derivative(fun)
    assert named in str(caught.value)
    assert offered in str(caught.value)


def test_one_number_into_an_array_raises() -> None:
    # NumPy replaces what the traced number says by a ValueError of its own, and keeps it as the cause.
    with pytest.raises((TypeError, ValueError)) as caught:
        autodiff.grad(lambda x: np.sum(fill_one(x)))(X)
    said = str(caught.value) + str(caught.value.__cause__)
    assert "np.stack in place of np.array or of writing into an array" in said


@pytest.mark.parametrize(
    "fun",
    [np.linalg.inv, np.linalg.det, lambda a: np.linalg.solve(a, a), np.linalg.svd],
    ids=["inv", "det", "solve", "svd"],
)
def test_linear_algebra_on_object_arrays_raises(fun: Any) -> None:
    with pytest.raises(TypeError):
        autodiff.grad(lambda x: fun(np.array([[x[0], x[1]], [x[2], x[3]]])))(X)


def test_object_array_is_what_np_array_gives() -> None:
    def fun(x: Any) -> Any:
        rows = np.array([x[0], 2 * x[1]]), np.asarray(x), np.array([x, x])
        assert [row.dtype for row in rows] == [object] * 3
        assert [row.shape for row in rows] == [(2,), (4,), (2, 4)]
        return rows[0].sum()

    assert autodiff.grad(fun)(X).tolist() == [1.0, 2.0, 0.0, 0.0]


def test_alternatives_are_for_what_is_not_covered() -> None:
    assert not set(INSTEAD) & {*FUNCTIONS, *UFUNCS, *CONSTANT}


def test_methods_without_derivative_give_plain_values() -> None:
    def fun(x: Any) -> Any:
        assert (x.argmax(), x.argmin(), x.argsort().tolist()) == (3, 0, [0, 2, 1, 3])
        assert (x > 1).tolist() == [False, True, False, True]
        assert x.any()
        assert x.all()
        assert x.nonzero()[0].tolist() == [0, 1, 2, 3]
        return x[x.argmax()]

    assert autodiff.grad(fun)(X).tolist() == [0.0, 0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    "compare", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]
)
def test_comparisons_and_branches_follow_the_value(compare: Any) -> None:
    def fun(x: Any) -> Any:
        assert compare(x, 1.0).tolist() == compare(X, 1.0).tolist()
        return x[0] ** 2 if compare(x[0], 1.0) else x[0] ** 3

    expected = 1.0 if compare(0.5, 1.0) else 0.75
    assert autodiff.grad(fun)(X)[0] == expected
