"""Linear algebra: one table, one checker; then singular matrices, repeated eigenvalues and the shapes that NumPy allows."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from calcguide import autodiff, differences

RNG = np.random.default_rng(13)
EPS = np.finfo(float).eps
V, W = RNG.normal(size=3), RNG.normal(size=4)
A, B = RNG.normal(size=(3, 4)), RNG.normal(size=(4, 2))
S, T = RNG.normal(size=(3, 3)) + 2 * np.eye(3), RNG.normal(size=(3, 3))
TALL, WIDE = RNG.normal(size=(4, 2)), RNG.normal(size=(2, 4))
STACK = RNG.normal(size=(2, 3, 3)) + 2 * np.eye(3)
MANY = RNG.normal(size=(2, 3, 4))
OTHERS = RNG.normal(size=(4, 1, 3))
APART = np.random.default_rng(1).permutation(np.linspace(-2, 2, 24)).reshape(2, 3, 4)
BESIDE = np.concatenate([STACK, MANY[..., :1]], axis=-1)
VECTORS = RNG.normal(size=(2, 4))


def symmetric(a: Any) -> Any:
    return (a + np.swapaxes(a, -1, -2)) / 2


def positive(a: Any) -> Any:
    return a @ np.swapaxes(a, -1, -2) + np.eye(3)


def without_signs(vectors: Any) -> Any:
    """Return projections on the vectors, which do not depend on the signs that LAPACK chooses."""
    return np.einsum("...ik,...jk->...kij", vectors, vectors)


# id, function, arguments.
CASES = [
    ("inner", np.inner, A, RNG.normal(size=(2, 4))),
    ("inner with a number", lambda a, b: np.inner(a, b[0]), A, V),
    ("outer", np.outer, V, W),
    ("outer of matrices", np.outer, A, B),
    ("vdot", np.vdot, A, A + 1),
    ("vdot of vectors", np.vdot, V, T[0]),
    ("tensordot", np.tensordot, MANY, RNG.normal(size=(3, 4, 2))),
    ("tensordot over one axis", lambda a, b: np.tensordot(a, b, axes=1), MANY, B),
    ("tensordot over no axis", lambda a, b: np.tensordot(a, b, axes=0), V, W),
    ("tensordot over named axes", lambda a, b: np.tensordot(a, b, axes=([2, 0], [0, 1])), MANY, B),
    ("kron", np.kron, A, B),
    ("kron of vectors", np.kron, V, W),
    ("kron of unlike", np.kron, V, B),
    ("trace", np.trace, A),
    ("trace above", lambda a: np.trace(a, 1), A),
    ("trace of a stack", lambda a: np.trace(a, axis1=1, axis2=2), MANY),
    ("trace as a method", lambda a: a.trace(), S),
    ("cross", np.cross, V, T[0]),
    ("cross along an axis", lambda a, b: np.cross(a, b, axis=0), S, T),
    ("cross, broadcast", np.cross, S, V),
    ("multiply.outer", lambda a, b: np.multiply.outer(a, b), A, V),
    ("multiply.outer of vectors", lambda a, b: np.multiply.outer(a, b), V, W),
    ("subtract.outer", lambda a, b: np.subtract.outer(a, b), V, W),
    ("subtract.outer of matrices", lambda a, b: np.subtract.outer(a, b), A, B),
    ("linalg.matmul", np.linalg.matmul, A, B),
    ("linalg.outer", np.linalg.outer, V, W),
    ("linalg.tensordot", lambda a, b: np.linalg.tensordot(a, b, axes=1), A, B),
    ("linalg.vecdot", np.linalg.vecdot, A, A[0]),
    ("linalg.vecdot along an axis", lambda a, b: np.linalg.vecdot(a, b, axis=0), A, A + 1),
    ("linalg.cross", np.linalg.cross, V, T[0]),
    ("linalg.trace", np.linalg.trace, MANY),
    ("linalg.diagonal", lambda a: np.linalg.diagonal(a, offset=1), MANY),
    ("linalg.matrix_transpose", np.linalg.matrix_transpose, MANY),
    ("linalg.multi_dot", lambda a, b, c: np.linalg.multi_dot([a, b, c]), V, A, B),
    ("linalg.multi_dot with a vector", lambda a, b, c: np.linalg.multi_dot([a, b, c]), A, B, V[:2]),
    ("matrix_power 0", lambda a: np.linalg.matrix_power(a, 0) + a, S),
    ("matrix_power 1", lambda a: np.linalg.matrix_power(a, 1), S),
    ("matrix_power 5", lambda a: np.linalg.matrix_power(a, 5), STACK),
    ("matrix_power -2", lambda a: np.linalg.matrix_power(a, -2), S),
    ("matrix_power -2 of a stack", lambda a: np.linalg.matrix_power(a, -2), STACK),
    # einsum.
    ("einsum matrix product", lambda a, b: np.einsum("ij,jk->ik", a, b), A, B),
    ("einsum implicit", lambda a, b: np.einsum("ij,jk", a, b), A, B),
    ("einsum implicit trace", lambda a: np.einsum("ii", a), S),
    ("einsum implicit order", lambda a: np.einsum("ba", a), A),
    ("einsum diagonal", lambda a: np.einsum("ii->i", a), S),
    ("einsum repeated and kept", lambda a, b: np.einsum("iij,j->ij", a, b), RNG.normal(size=(3, 3, 4)), W),
    ("einsum repeated and summed", lambda a, b: np.einsum("iij,k->jk", a, b), RNG.normal(size=(3, 3, 4)), V),
    ("einsum sum", lambda a: np.einsum("ij->", a), A),
    ("einsum sum of rows", lambda a: np.einsum("ij->j", a), A),
    ("einsum summed alone", lambda a, b: np.einsum("ij,k->k", a, b), A, V),
    ("einsum three", lambda a, b, c: np.einsum("i,ij,jk->k", a, b, c), V, A, B),
    ("einsum three elementwise", lambda a, b, c: np.einsum("i,i,i->i", a, b, c), V, V + 1, V + 2),
    ("einsum dots", lambda a, b: np.einsum("...ij,jk->...ik", a, b), MANY, B),
    ("einsum dots, implicit", lambda a, b: np.einsum("...ij,...j", a, b), MANY, W),
    ("einsum dots that broadcast", lambda a, b: np.einsum("...i,...i->...", a, b), MANY, VECTORS[:, None]),
    ("einsum of length one", lambda a, b: np.einsum("ij,ij->ij", a, b), A, V[:, None]),
    # Solutions.
    ("solve", np.linalg.solve, S, V),
    ("solve with columns", np.linalg.solve, S, T[:, :2]),
    ("solve a stack", np.linalg.solve, STACK, MANY),
    ("solve a stack with shared columns", np.linalg.solve, STACK, A),
    ("solve with a stack of columns", np.linalg.solve, S, MANY),
    ("solve a stack with a vector", np.linalg.solve, STACK, V),
    ("inv", np.linalg.inv, S),
    ("inv of a stack", np.linalg.inv, STACK),
    ("pinv", np.linalg.pinv, TALL),
    ("pinv of a wide matrix", np.linalg.pinv, WIDE),
    ("pinv of a stack", np.linalg.pinv, MANY),
    ("lstsq", lambda a, b: np.linalg.lstsq(a, b)[:2], TALL, W),
    ("lstsq with columns", lambda a, b: np.linalg.lstsq(a, b)[:2], TALL, A.T),
    ("lstsq of a wide matrix", lambda a, b: np.linalg.lstsq(a, b)[0], WIDE, W[:2]),
    ("lstsq of a square matrix", lambda a, b: np.linalg.lstsq(a, b)[0], S, V),
    ("tensorsolve", np.linalg.tensorsolve, RNG.normal(size=(2, 3, 6)), RNG.normal(size=(2, 3))),
    ("tensorsolve with axes", lambda a, b: np.linalg.tensorsolve(a, b, axes=(0,)), RNG.normal(size=(6, 2, 3)), RNG.normal(size=(2, 3))),
    ("tensorinv", np.linalg.tensorinv, RNG.normal(size=(2, 3, 6))),
    ("tensorinv the other way", lambda a: np.linalg.tensorinv(a, ind=1), RNG.normal(size=(6, 2, 3))),
    # Determinants and norms.
    ("det", np.linalg.det, S),
    ("det of a stack", np.linalg.det, STACK),
    ("det of a number", np.linalg.det, S[:1, :1]),
    ("slogdet", lambda a: np.linalg.slogdet(a)[1], S),
    ("slogdet of a stack", lambda a: np.linalg.slogdet(a).logabsdet, STACK),
    ("norm", np.linalg.norm, V),
    ("norm of a matrix", np.linalg.norm, A),
    ("norm of a stack, kept", lambda a: np.linalg.norm(a, keepdims=True), MANY),
    ("norm of rows", lambda a: np.linalg.norm(a, axis=1, keepdims=True), A),
    ("norm of matrices", lambda a: np.linalg.norm(a, axis=(0, 2)), MANY),
    *((f"norm {p} of a vector", lambda a, p=p: np.linalg.norm(a, p), V) for p in (1, 2, 3, 1.5, -2, np.inf, -np.inf)),
    *((f"norm {p} of rows", lambda a, p=p: np.linalg.norm(a, p, axis=-1, keepdims=True), A) for p in (1, 2, 3, np.inf)),
    *((f"norm {p} of a matrix", lambda a, p=p: np.linalg.norm(a, p), A) for p in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)),
    ("norm 1 of matrices, kept", lambda a: np.linalg.norm(a, 1, axis=(2, 0), keepdims=True), APART),
    ("linalg.vector_norm", lambda a: np.linalg.vector_norm(a, axis=(0, 1), ord=3), A),
    ("linalg.matrix_norm", lambda a: np.linalg.matrix_norm(a, keepdims=True), MANY),
    ("linalg.matrix_norm nuc", lambda a: np.linalg.matrix_norm(a, ord="nuc"), MANY),
    *((f"cond {p}", lambda a, p=p: np.linalg.cond(a, p), S) for p in (None, -2, 1, "fro")),
    ("cond of a tall matrix", np.linalg.cond, TALL),
    ("cond of a stack", np.linalg.cond, MANY),
    # Decompositions.
    ("cholesky", lambda a: np.linalg.cholesky(positive(a)), S),
    ("cholesky, upper", lambda a: np.linalg.cholesky(positive(a), upper=True), S),
    ("cholesky of a stack", lambda a: np.linalg.cholesky(positive(a)), STACK),
    ("eigh", lambda a: (e := np.linalg.eigh(symmetric(a)), e.eigenvalues, without_signs(e.eigenvectors))[1:], S),
    ("eigh of a stack", lambda a: (e := np.linalg.eigh(symmetric(a)), e[0], without_signs(e[1]))[1:], STACK),
    ("eigh of the upper triangle", lambda a: np.linalg.eigh(symmetric(a), UPLO="U")[0], S),
    ("eigvalsh", lambda a: np.linalg.eigvalsh(symmetric(a)), S),
    ("eigvalsh of a stack", lambda a: np.linalg.eigvalsh(symmetric(a)), STACK),
    ("svdvals", np.linalg.svdvals, A),
    ("svdvals of a stack", np.linalg.svdvals, MANY),
    ("svd without vectors", lambda a: np.linalg.svd(a, compute_uv=False), MANY),
    *((f"svd {name}", lambda a: (
        d := np.linalg.svd(a, full_matrices=False), d.S, without_signs(d.U), without_signs(np.swapaxes(d.Vh, -1, -2)),
        d.U @ d.Vh)[1:], matrix) for name, matrix in (("tall", TALL), ("wide", WIDE), ("square", S), ("of a stack", MANY))),
    ("svd in full", lambda a: without_signs(np.linalg.svd(a)[0]), S),
    ("svd in full of a stack", lambda a: without_signs(np.linalg.svd(a)[0]), STACK),
    *((f"qr {name}", lambda a: tuple(np.linalg.qr(a)), matrix)
      for name, matrix in (("tall", TALL), ("wide", WIDE), ("square", S), ("of a stack", BESIDE))),
    ("qr, triangle alone", lambda a: np.linalg.qr(a, mode="r"), TALL),
    ("qr, triangle alone, of a stack", lambda a: np.linalg.qr(a, mode="r"), BESIDE),
    ("qr, complete", lambda a: np.linalg.qr(a, mode="complete")[0], S),
    ("qr, complete, of a stack", lambda a: np.linalg.qr(a, mode="complete")[0], STACK),
]  # fmt: skip
for _name, _first, _second in (
    ("vecdot", A, A[0]),
    ("vecdot", MANY, W),
    ("matvec", MANY, W),
    ("matvec", A, VECTORS[:, None, :]),
    ("vecmat", VECTORS[:, None], RNG.normal(size=(4, 2))),
    ("vecmat", W, MANY.swapaxes(1, 2)),
):
    if hasattr(np, _name):
        CASES.append((_name, getattr(np, _name), _first, _second))
SHAPES = [(4,), (3, 4), (2, 3, 4), (5, 2, 3, 4)], [(4,), (4, 2), (2, 4, 3), (5, 1, 4, 2)]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_linear_algebra(case: Any, check_derivatives: Callable[..., None]) -> None:
    _, fun, *args = case
    check_derivatives(fun, *args)


@pytest.mark.parametrize(("a", "b"), list(itertools.product(*SHAPES)), ids=str)
def test_matmul(a: tuple[int, ...], b: tuple[int, ...], check_derivatives: Callable[..., None]) -> None:
    check_derivatives(np.matmul, RNG.normal(size=a), RNG.normal(size=b))
    check_derivatives(lambda a, b: a @ b, RNG.normal(size=a), RNG.normal(size=b))


@pytest.mark.parametrize(
    ("a", "b"), [*itertools.product(SHAPES[0][:3], SHAPES[1][:3]), ((), (2, 3)), ((2, 3), ())], ids=str
)
def test_dot(a: tuple[int, ...], b: tuple[int, ...], check_derivatives: Callable[..., None]) -> None:
    check_derivatives(np.dot, RNG.normal(size=a), RNG.normal(size=b))


def test_matmul_of_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one dimension"):
        autodiff.grad(lambda x: x @ x)(1.0)


def test_matmul_of_vectors_of_different_lengths_is_refused() -> None:
    with pytest.raises(ValueError, match="one length, got 3 and 1"):
        autodiff.grad(lambda x: x @ x[:1])(V)


class TestSingularMatrices:
    """The determinant is a polynomial: it has derivatives everywhere, and they do not need an inverse."""

    RANK_TWO = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])

    @staticmethod
    def cofactors(a: np.ndarray) -> np.ndarray:
        n = len(a)
        return np.array(
            [
                [
                    (-1.0) ** (i + j) * np.linalg.det(np.delete(np.delete(a, i, 0), j, 1)) if n > 1 else 1.0
                    for j in range(n)
                ]
                for i in range(n)
            ]
        )

    @pytest.mark.parametrize(
        "a",
        [RANK_TWO, np.diag([1.0, 2.0, 0.0]), np.diag([1.0, 0.0, 0.0]), np.zeros((2, 2)), np.zeros((1, 1)), np.ones((2, 2))],
        ids=["rank 2", "a zero on the diagonal", "two zeros", "zero", "the number 0", "ones"],
    )  # fmt: skip
    def test_gradient_is_the_matrix_of_cofactors(self, a: np.ndarray) -> None:
        scale = max(1.0, float(np.abs(a).max())) ** (len(a) - 1)
        np.testing.assert_allclose(autodiff.grad(np.linalg.det)(a), self.cofactors(a), atol=20 * EPS * scale)

    @pytest.mark.parametrize(
        "a",
        [RANK_TWO, np.diag([1.0, 0.0, 0.0]), np.zeros((2, 2)), S],
        ids=["rank 2", "rank 1", "zero", "regular"],
    )
    def test_hessian_is_that_of_the_polynomial(self, a: np.ndarray) -> None:
        exact = differences.jacobian(self.cofactors, a, method="central")
        for hessian in (
            autodiff.hessian(np.linalg.det)(a),
            autodiff.jacobian(autodiff.grad(np.linalg.det), mode="reverse")(a),
        ):
            np.testing.assert_allclose(hessian, exact, atol=1e-9 * max(1.0, np.abs(a).max()))

    def test_third_derivative_of_a_regular_matrix(self) -> None:
        # det(A + t B) is a cubic in t whose leading coefficient is det B.
        third = autodiff.derivative(lambda t: np.linalg.det(S + t * T), n=3)(0.0)
        assert third == pytest.approx(6 * np.linalg.det(T), rel=1e-12)

    def test_inverse_raises(self) -> None:
        for fun in (np.linalg.inv, lambda a: np.linalg.solve(a, V), lambda a: np.linalg.slogdet(a)[1]):
            with pytest.raises(np.linalg.LinAlgError):
                autodiff.jacobian(fun)(np.diag([1.0, 1.0, 0.0]))

    @pytest.mark.parametrize(
        "fun", [np.linalg.pinv, lambda a: np.linalg.lstsq(a, V)[0]], ids=["pinv", "lstsq"]
    )
    def test_rank_may_not_jump(self, fun: Any) -> None:
        with pytest.raises(np.linalg.LinAlgError, match="less than full rank, 2"):
            autodiff.jacobian(fun)(np.ones((3, 2)))


class TestRepeatedEigenvalues:
    """Eigenvalues keep their derivatives; vectors have none, and say so."""

    @pytest.mark.parametrize("power", [1, 2, 3])
    def test_symmetric_functions_of_eigenvalues(self, power: int) -> None:
        # Σ λᵢᵖ = tr Aᵖ, with gradient p Aᵖ⁻¹.
        a = np.diag([2.0, 2.0, 3.0])
        expected = power * np.linalg.matrix_power(a, power - 1)
        for fun in (np.linalg.eigvalsh, lambda a: np.linalg.eigh(a)[0]):
            found = autodiff.grad(lambda a, f=fun: np.sum(f(a) ** power))(a)
            np.testing.assert_allclose(found, expected, atol=10 * EPS)

    def test_vectors_have_no_derivative(self) -> None:
        a = np.diag([2.0, 2.0, 3.0])
        assert np.all(np.isnan(autodiff.grad(lambda a: np.linalg.eigh(a)[1][0, 0])(a)).any())
        assert np.isnan(autodiff.jacobian(lambda a: np.linalg.eigh(a)[1], mode="forward")(a)).any()

    def test_nuclear_norm_of_the_identity(self) -> None:
        # Where all singular values are positive, its gradient is U Vᵀ.
        np.testing.assert_allclose(
            autodiff.grad(lambda a: np.linalg.norm(a, "nuc"))(np.eye(3)), np.eye(3), atol=4 * EPS
        )

    def test_singular_vectors_have_no_derivative(self) -> None:
        assert np.isnan(autodiff.grad(lambda a: np.linalg.svd(a)[0][0, 0])(np.eye(2))).any()


class TestChoices:
    @pytest.mark.parametrize("p", [None, 2, 1, 3, np.inf], ids=str)
    def test_norm_at_zero(self, p: Any) -> None:
        gradient = autodiff.grad(lambda x: np.linalg.norm(x, p))(np.zeros(3))
        assert gradient.tolist() == [0.0, 0.0, 0.0]

    def test_norm_of_a_zero_row(self) -> None:
        x = np.array([[3.0, 4.0], [0.0, 0.0]])
        gradient = autodiff.grad(lambda x: np.sum(np.linalg.norm(x, axis=1)))(x)
        np.testing.assert_allclose(gradient, [[0.6, 0.8], [0.0, 0.0]], rtol=2 * EPS)
        assert np.all(np.isfinite(autodiff.hessian(lambda x: np.sum(np.linalg.norm(x, axis=1)))(x)))

    def test_frobenius_norm_at_zero(self) -> None:
        assert autodiff.grad(np.linalg.norm)(np.zeros((2, 2))).tolist() == [[0.0, 0.0], [0.0, 0.0]]

    @pytest.mark.parametrize("fun", [np.linalg.cholesky, np.linalg.eigvalsh], ids=["cholesky", "eigvalsh"])
    def test_gradients_of_functions_of_symmetric_matrices_are_symmetric(self, fun: Any) -> None:
        g = autodiff.grad(lambda a: np.sum(fun(a) * np.arange(1.0, 4.0)))(positive(S))
        np.testing.assert_allclose(g, g.T, atol=1e-14)

    def test_sign_of_the_determinant_is_a_constant(self) -> None:
        sign, logarithm = autodiff.vjp(lambda a: tuple(np.linalg.slogdet(a)), -np.eye(3))[0]
        assert (sign, logarithm) == (-1.0, 0.0)

    @pytest.mark.parametrize(
        ("fun", "message"),
        [
            (lambda a: np.linalg.svd(a)[0], "full_matrices=False"),
            (lambda a: np.linalg.qr(a, mode="complete")[0], "mode='reduced'"),
            (lambda a: np.cross(a[:, :2], a[:, :2]), "three components"),
            (lambda a: np.einsum(a, [0, 1]), "string of subscripts"),
        ],
        ids=["svd in full", "qr complete", "cross of the plane", "einsum of lists"],
    )
    def test_what_is_not_covered_says_so(self, fun: Any, message: str) -> None:
        with pytest.raises(TypeError, match=message):
            autodiff.jacobian(fun)(RNG.normal(size=(4, 3)))

    @pytest.mark.parametrize(
        ("fun", "message"),
        [
            (lambda a: np.linalg.norm(a, "spectral"), "'fro', 'nuc'"),
            (lambda a: np.linalg.norm(a, axis=(0, 1, 2)), "one or two axes"),
            (lambda a: np.einsum("ij,jk", a), "name 2 operands, got 1"),
        ],
        ids=["norm by name", "norm over three axes", "einsum"],
    )
    def test_bad_arguments(self, fun: Any, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            autodiff.jacobian(fun)(RNG.normal(size=(4, 3) if "axes" not in message else (2, 2, 2)))
