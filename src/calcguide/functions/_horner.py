r"""Horner's scheme: :math:`p(x) = (\dots((a_n x + a_{n-1}) x + a_{n-2}) x + \dots) x + a_0`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from calcguide._validation import as_float_array, as_int
from calcguide.functions._test_function import as_argument

if TYPE_CHECKING:
    from calcguide._typing import ArrayLike


def horner(coefficients: ArrayLike, x: ArrayLike, *, derivatives: int = 1) -> tuple[Any, ...]:
    r"""Evaluate a polynomial together with its derivatives.

    .. math:: p(x) = a_n x^n + a_{n-1} x^{n-1} + \dots + a_1 x + a_0

    Parameters
    ----------
    coefficients : array_like of shape (n + 1,)
        The coefficients, **highest power first**: ``[3, 2, -5, 1]`` is :math:`3x^3 + 2x^2 - 5x + 1`, as in
        `numpy.polyval`; the classes of `numpy.polynomial` take the lowest power first.
    x : array_like
        Where to evaluate: a number or an array of any shape, real or complex.
    derivatives : int, default 1
        How many derivatives to return beside the value; 0 for the value alone.

    Returns
    -------
    tuple
        The value, the first derivative, and so on: ``derivatives + 1`` entries, floats where `x` is a number,
        arrays of the shape of `x` otherwise; complex where `x` is.

    Raises
    ------
    TypeError
        If the coefficients are not real, `x` is not numeric, or `derivatives` is not an integer.
    ValueError
        If there are no coefficients, if they are not one row of finite numbers, if `x` is not finite, or if
        `derivatives` is negative.

    See Also
    --------
    numpy.polyval : The value alone.
    numpy.polyder : The coefficients of the derivative.

    Notes
    -----
    The value comes from one step per coefficient :math:`c`, starting at 0:

    .. math:: p \leftarrow p x + c.

    Differentiate this line by the product rule, as often as you like: since :math:`c` is a constant,

    .. math:: p' \leftarrow p' x + p, \qquad p^{(k)} \leftarrow p^{(k)} x + k\, p^{(k-1)}.

    The right-hand sides hold the values from before the step, so the highest derivative goes first. No powers of
    :math:`x` are formed, and nothing is divided, so that :math:`x = 0` is a point like any other.

    The value of a polynomial of degree n costs n + 1 multiplications and as many additions, and each derivative
    costs about twice the multiplications. The result is exact for a polynomial with coefficients that differ from
    the given ones by a relative amount of at most :math:`2n` unit round-offs [1]_.

    References
    ----------
    .. [1] N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition, SIAM, 2002, section 5.1,
       doi:10.1137/1.9780898718027

    Examples
    --------
    The value and the slope of :math:`3x^3 + 2x^2 - 5x + 1` at 3, where the power rule gives 81 + 12 - 5 = 88:

    >>> from calcguide.functions import horner
    >>> horner([3, 2, -5, 1], 3)
    (85.0, 88.0)

    Only the value; and everything up to the third derivative, which is constant, at two points at once:

    >>> horner([3, 2, -5, 1], 3, derivatives=0)
    (85.0,)
    >>> [row.tolist() for row in horner([3, 2, -5, 1], [0, 1], derivatives=3)]
    [[1.0, 1.0], [-5.0, 8.0], [4.0, 22.0], [18.0, 18.0]]
    """
    a = as_float_array("coefficients", coefficients, ndim=1)
    derivatives = as_int("derivatives", derivatives, low=0)
    t: Any = as_argument(x, finite=True)
    p = [t * 0] * (derivatives + 1)
    for c in a:
        for k in range(derivatives, 0, -1):
            p[k] = p[k] * t + k * p[k - 1]
        p[0] = p[0] * t + c
    return tuple(row.item() if isinstance(row, np.generic) else row for row in p)
