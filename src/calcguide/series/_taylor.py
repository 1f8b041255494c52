r"""Taylor polynomials of functions: :math:`c_k = f^{(k)}(x_0) / k!`, by one of three ways to the derivatives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from calcguide import autodiff
from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float_array, as_int, check_callable, check_one_of
from calcguide.series._jet import jet
from calcguide.series._polynomial import TaylorPolynomial, frozen
from calcguide.series._symbolic import symbolic

#: Nested differentiation costs about 3ⁿ: beyond this degree it takes minutes.
NESTED = 10
#: Numbers in the largest tensor of derivatives that is computed.
ENTRIES = 10**5


def taylor(fun: Function, x0: ArrayLike, degree: int, *, method: str | None = None) -> TaylorPolynomial:
    r"""Return the Taylor polynomial of a function.

    .. math:: f(x) = \sum_{k=0}^{n} \frac{f^{(k)}(x_0)}{k!} (x - x_0)^k + R_n(x)

    Parameters
    ----------
    fun : callable
        Function of a number, or of a vector with one number as its value, written with NumPy.
    x0 : float or array_like of shape (d,)
        The point. A vector, even one of length 1, gives a polynomial in several variables.
    degree : int
        The last power n. A polynomial of degree n has n + 1 terms, some of which may be zero.
    method : {"jet", "autodiff", "symbolic"}, optional
        How the derivatives come about. "jet", the default for a number: arithmetic of truncated power series. "autodiff",
        the default for a vector: automatic differentiation, repeated. "symbolic": formulas, by SymPy.

    Returns
    -------
    TaylorPolynomial
        The polynomial: call it with a point, or with many.

    Raises
    ------
    ValueError
        If `degree` is negative, or too high for the method; if `x0` is not finite; if `fun` returns more than one
        number, or has no Taylor polynomial of that degree at `x0`.
    TypeError
        If `fun` uses a function that the method does not cover; the message names it, and what else to try.

    See Also
    --------
    jet : The coefficients alone, at many points at once.
    remainder_bound : How far the polynomial may be from the function.
    local_model : Degrees 1 and 2 in several variables, with the Newton step.

    Notes
    -----
    - "jet" evaluates `fun` once, and costs :math:`O(n^2)` for each operation in it [1]_. Degrees of some hundreds are fine.
    - "autodiff" differentiates n times, at a cost of about :math:`3^n`; n is at most 10. It covers more functions. At a
      kink it takes the slope that `calcguide.autodiff` documents, where the other two refuse. In d variables the k-th
      derivatives are a tensor of :math:`d^k` numbers, at most 100000.
    - "symbolic" costs what the formulas cost: seconds for degree 10 of a product of a few functions. It resolves 0/0 as a
      limit in one variable, so that sin(x)/x has its series at 0.

    Coefficients are right to about the accuracy with which `fun` itself is computed. The polynomial is near the function
    where its remainder is small, which its coefficients alone do not tell: see `remainder_bound` and
    `radius_of_convergence`.

    References
    ----------
    .. [1] Griewank, A. and Walther, A. (2008). Evaluating Derivatives: Principles and Techniques of Algorithmic
       Differentiation, 2nd edition, chapter 13. SIAM. https://doi.org/10.1137/1.9780898717761

    Examples
    --------
    The exponential function on [−2, 2]: the largest error for degree 0, 2 and 4.

    >>> import numpy as np
    >>> from calcguide.series import taylor
    >>> x = np.linspace(-2, 2, 401)
    >>> [float(np.max(np.abs(np.exp(x) - taylor(np.exp, 0.0, n)(x)))) for n in (0, 2, 4)]
    [6.38905609893, 2.38905609893, 0.38905609893]
    >>> taylor(np.log, 1.0, 3)
    (x - 1) - 0.5*(x - 1)**2 + 0.333333*(x - 1)**3 + O((x - 1)**4)

    In two variables; the coefficient of :math:`x_0 x_1` is a single number:

    >>> p = taylor(lambda x: np.exp(x[0]) * np.sin(x[1]), [0.0, 0.0], 3)
    >>> p
    x1 + x0*x1 + 0.5*x0**2*x1 - 0.166667*x1**3 + O(|h|**4)
    >>> p.coefficient(1, 1), p([0.1, 0.2]), float(np.exp(0.1) * np.sin(0.2))
    (1.0, 0.219667, 0.2195636)
    """
    check_callable("fun", fun)
    points = as_float_array("x0", x0)
    degree = as_int("degree", degree, low=0)
    if points.ndim > 1:
        raise ValueError(f"`x0` must be a number or a vector, got shape {points.shape}")
    method = ("autodiff" if points.ndim else "jet") if method is None else method
    check_one_of("method", method, ("jet", "autodiff", "symbolic"))
    if method == "jet":
        if points.ndim:
            raise ValueError("`method` must be 'autodiff' or 'symbolic' in several variables, got 'jet'")
        return TaylorPolynomial(float(points), frozen(jet(fun, points, degree)))
    if points.ndim == 0:
        x = float(points)
        row = _repeated(fun, x, degree) if method == "autodiff" else symbolic(fun, x, degree)
        return TaylorPolynomial(x, frozen(row))
    if points.size**degree > ENTRIES:
        raise ValueError(
            f"`degree` must leave at most {ENTRIES} derivatives of the highest order, got {points.size}**{degree}"
        )
    tensors = _tensors(fun, points, degree) if method == "autodiff" else symbolic(fun, points, degree)
    return TaylorPolynomial(frozen(points), tuple(map(frozen, tensors)))


def _repeated(fun: Function, x: float, degree: int) -> list[float]:
    """Differentiate again and again, in one variable."""
    as_int("degree", degree, high=NESTED)
    with np.errstate(all="ignore"):  # what is not finite is reported by its order
        value = fun(x)
        if np.ndim(value):
            raise ValueError(f"`fun` returned shape {np.shape(value)}; a Taylor polynomial needs one value")
        slopes = (autodiff.derivative(fun, n=k)(x) / math.factorial(k) for k in range(1, degree + 1))
        row = [float(value), *map(float, slopes)]
    return [_finite(c, k, x) for k, c in enumerate(row)]


def _tensors(fun: Function, x: Array, degree: int) -> list[Array]:
    """Differentiate again and again, in several variables: value, gradient, Hessian, and so on."""
    as_int("degree", degree, high=NESTED)
    derivative = autodiff.grad(fun)
    with np.errstate(all="ignore"):
        value, gradient = autodiff.value_and_grad(fun)(x)
        tensors = [np.array(value), gradient][: degree + 1]
        for k in range(2, degree + 1):
            derivative = autodiff.jacobian(derivative, mode="forward")
            tensors.append(derivative(x) / math.factorial(k))
    return [_finite(c, k, x) for k, c in enumerate(tensors)]


def _finite(c: Any, k: int, x0: Any) -> Any:
    """Return a coefficient that is finite."""
    if not np.isfinite(c).all():
        raise ValueError(
            f"`fun` has no Taylor polynomial at x0={x0}: the coefficient of order {k} is not finite"
            if k
            else f"`fun` is not finite at x0={x0}: it is {c}"
        )
    return c
