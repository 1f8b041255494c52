r"""Romberg's method: trapezoid sums, extrapolated to step zero.

.. math:: R_{k,0} = T_{2^k}, \qquad R_{k,j} = R_{k,j-1} + \frac{R_{k,j-1} - R_{k-1,j-1}}{4^j - 1}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from calcguide._results import NOT_FINITE, IntegralResult, deliver
from calcguide._typing import Array, Function
from calcguide._validation import as_int, as_limit
from calcguide.integrate._integrand import ROUND_OFF, Integrand, Tolerance, concluded, judged

#: Levels before which no sum is believed: with fewer, periodic functions look constant.
FIRST_LEVEL = 3


@dataclass(frozen=True, repr=False)
class RombergResult(IntegralResult):
    """An integral by Romberg's method, with the table that led to it.

    Attributes
    ----------
    table : ndarray of shape (levels, levels, ...)
        Row k, column j holds :math:`R_{k,j}`: trapezoid sums with 2ᵏ cells in column 0, the same extrapolated j times
        to the right of it; NaN above the diagonal.

    See Also
    --------
    romberg : Computes it.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.integrate import romberg
    >>> result = romberg(np.sin, 0, np.pi, full_output=True)
    >>> result.table[:4, :3].round(6)
    array([[0.      ,      nan,      nan],
           [1.570796, 2.094395,      nan],
           [1.896119, 2.00456 , 1.998571],
           [1.974232, 2.000269, 1.999983]])
    """

    table: Array


def romberg(
    fun: Function,
    a: float,
    b: float,
    *,
    rtol: float = 1e-10,
    atol: float = 0.0,
    max_level: int = 16,
    full_output: bool = False,
) -> Any:
    r"""Integrate by trapezoid sums with 1, 2, 4, … cells, extrapolated to cells of length zero.

    .. math:: R_{k,0} = T_{2^k}, \qquad R_{k,j} = R_{k,j-1} + \frac{R_{k,j-1} - R_{k-1,j-1}}{4^j - 1}

    Parameters
    ----------
    fun : callable
        The integrand: gets nodes as an array of shape (m,), returns one value for each, shape (m,), or several, shape
        (m, ...).
    a, b : float
        The limits, finite. With ``a > b`` the integral changes its sign; with ``a == b`` it is 0.
    rtol, atol : float, default: 1e-10 and 0
        The error may be ``max(atol, rtol * abs(value))``, and what round-off leaves within reach.
    max_level : int, default: 16
        The largest k, from 1 to 24: at most ``2**max_level + 1`` evaluations.
    full_output : bool, default: False
        Return a result with an error estimate and the table instead of the value alone.

    Returns
    -------
    float or ndarray or RombergResult
        The integral, of the shape of one value of `fun`; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule, if `fun` returns another shape, or if it is not finite at a node; the last is a
        status with `full_output`.
    TypeError
        If `fun` cannot be called or does not return real numbers.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    integral : Copes with functions that are not smooth.
    RombergResult : The result with `full_output`.

    Notes
    -----
    The error of a trapezoid sum has a series in even powers of the step (Euler and Maclaurin); column j has lost its
    first j terms, and errs by :math:`O(h^{2j+2})` [1]_. Column 1 is Simpson's rule. Each level doubles the evaluations
    and keeps those made.

    The error estimate is the difference between the last two entries of the diagonal: the error of the one before. Where the
    series does not exist, at a kink or for √x at 0, the table converges no faster than its first column, and the
    tolerance is missed.

    References
    ----------
    .. [1] Romberg, W. (1955). Vereinfachte numerische Integration. Det Kongelige Norske Videnskabers Selskab
       Forhandlinger 28(7), 30-36.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.integrate import romberg
    >>> result = romberg(np.exp, 0, 1, full_output=True)
    >>> result.value, float(np.expm1(1.0)), result.nfev
    (1.7182818284590, 1.7182818284590, 33)
    """
    integrand, a, b = Integrand(fun), as_limit("a", a), as_limit("b", b)
    tolerance, last = Tolerance.checked(rtol, atol), as_int("max_level", max_level, low=1, high=24)
    rows: list[list[Any]] = []
    mean = size = np.array(0.0)
    for level in range(last + 1):
        t = np.array([0.0, 1.0]) if level == 0 else np.arange(1, 2**level, 2) / 2**level
        values = integrand((1 - t) * a + t * b)
        if not np.isfinite(values).all():
            result = concluded(
                np.nan, np.inf, integrand, NOT_FINITE, integrand.trouble((1 - t) * a + t * b, values)
            )
            return deliver(_with_table(result, rows, integrand), full_output=full_output)
        share = 0.5 if level else 1.0  # a new level halves the weight of the nodes before it
        mean = share * (mean + values.mean(axis=0))
        size = share * (size + np.abs(values).mean(axis=0))
        rows.append(_row((b - a) * mean, rows[-1] if rows else []))
        rounding = np.ravel(ROUND_OFF * abs(b - a) * size)
        value = np.ravel(rows[-1][-1])
        error = np.abs(value - np.ravel(rows[-2][-1])) + rounding if level else np.full_like(value, np.inf)
        if level >= min(FIRST_LEVEL, last) and (error <= tolerance(value, rounding)).all():
            break
    result = judged(value, error, rounding, integrand, tolerance, f" after {level} levels")
    return deliver(_with_table(result, rows, integrand), full_output=full_output)


def _row(trapezoids: Any, before: list[Any]) -> list[Any]:
    """Extrapolate a trapezoid sum by the row before it."""
    row = [trapezoids]
    for j, coarse in enumerate(before, start=1):
        row.append(row[-1] + (row[-1] - coarse) / (4**j - 1))
    return row


def _with_table(result: IntegralResult, rows: list[list[Any]], integrand: Integrand) -> RombergResult:
    """Add the table, with NaN above the diagonal."""
    table = np.full((len(rows), len(rows), *(integrand.value_shape or ())), np.nan)
    for k, row in enumerate(rows):
        table[k, : k + 1] = row
    return RombergResult(**vars(result), table=table)
