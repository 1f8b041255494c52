"""The logarithm of a sum of exponentials, and its gradient.

    y = log Σⱼ exp aⱼ        ∂y/∂aᵢ = exp aᵢ / Σⱼ exp aⱼ

The largest exponent is taken out of both, so that nothing overflows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from calcguide.autodiff._containers import number
from calcguide.autodiff._reductions import axes_of, prepared
from calcguide.autodiff._tracer import FUNCTIONS, gathered, plain


def _array(a: Any) -> Any:
    """Return plain input as an array of floats, traced input as it is."""
    if hasattr(a, "scope"):
        return a
    a = gathered(a)
    return a if hasattr(a, "scope") or a.dtype.kind == "f" else a.astype(float)


def logsumexp(a: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    r"""Return the logarithm of the sum of exponentials, without overflow, traced or not.

    .. math:: \log \sum_i e^{a_i} = m + \log \sum_i e^{a_i - m}, \qquad m = \max_i a_i

    Parameters
    ----------
    a : array_like
        The exponents.
    axis : int or tuple of int, optional
        Axes to sum over; all of them by default.
    keepdims : bool, default: False
        Keep those axes, with length one.

    Returns
    -------
    float or ndarray
        The logarithms. Their derivative is `softmax`.

    See Also
    --------
    softmax : The derivative.

    Notes
    -----
    The largest exponent is taken out, so that the largest term is 1. It counts as a constant in the derivative, to which
    it contributes nothing: whatever is taken out is put back.

    Examples
    --------
    >>> from calcguide import autodiff
    >>> autodiff.logsumexp([1000.0, 1000.0])
    1000.6931
    >>> autodiff.grad(autodiff.logsumexp)([1000.0, 1000.0, 0.0]).tolist()
    [0.5, 0.5, 0.0]
    """
    a = _array(a)
    top = np.max(plain(a), axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    y = np.log(np.sum(np.exp(a - top), axis=axis, keepdims=True)) + top
    if keepdims:
        return y
    return number(
        np.reshape(y, tuple(n for i, n in enumerate(np.shape(y)) if i not in axes_of(axis, np.ndim(a))))[()]
    )


def softmax(a: Any, *, axis: Any = -1) -> Any:
    r"""Return exponentials divided by their sum, without overflow, traced or not.

    .. math:: \mathrm{softmax}(a)_i = \frac{e^{a_i}}{\sum_j e^{a_j}}

    Parameters
    ----------
    a : array_like
        The exponents.
    axis : int or tuple of int or None, default: -1
        Axes along which the results sum to one; None for all.

    Returns
    -------
    ndarray
        Numbers in [0, 1], of the shape of `a`.

    See Also
    --------
    logsumexp : The function that this is the gradient of.

    Examples
    --------
    >>> from calcguide import autodiff
    >>> autodiff.softmax([0.0, 0.0, 1000.0]).tolist()
    [0.0, 0.0, 1.0]
    """
    a = _array(a)
    e = np.exp(a - np.max(plain(a), axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


FUNCTIONS[np.logaddexp, "reduce"] = lambda a, axis=0, *, keepdims=False, **options: logsumexp(
    prepared(a, axis, None, options)[0], axis=axis, keepdims=keepdims
)
