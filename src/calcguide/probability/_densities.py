r"""A density: a function that is nowhere negative, and whose integral is 1.

.. math:: p(x) \ge 0, \qquad \int p(x) \, dx = 1

Whatever is computed with a density integrates it as well, at no further evaluations, and insists on the 1: that is
how a wrong constant, or a peak that no node met, comes to light.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import Any

import numpy as np

from calcguide._results import CONVERGED, DIVERGENT, NOT_CONVERGED, NOT_FINITE, IntegralResult, deliver, plain
from calcguide._typing import Array, Function
from calcguide._validation import as_float_array, as_limit, as_positive, check_below, check_callable
from calcguide.integrate import integral

#: An area this close to 1 is one: constants are often written down with seven digits.
AREA = 1e-6

#: An integral below this is as good as zero, and the numbers that it is a sum of have few digits.
TINY = 1e-290
#: A break so close to another one adds nothing.
CLOSE = 2.0**-10
FOUND = "the integral was found"

#: What is integrated: takes the points and the density there, returns one value or several for each point.
Terms = Callable[[Array, Array], Any]


@dataclass(frozen=True)
class Density:
    """A function of the caller as a density over a range."""

    name: str
    function: Function
    low: float
    high: float
    points: tuple[float, ...]
    rtol: float
    is_log: bool = False
    area: float = 1.0
    """What values are divided by."""

    @classmethod
    def of(
        cls,
        function: Function,
        low: float,
        high: float,
        points: Sequence[float] | None,
        rtol: float,
        *,
        normalise: bool,
        name: str = "pdf",
        is_log: bool = False,
    ) -> Density:
        """Check the arguments; with `normalise`, find the constant to divide by."""
        check_callable(name, function)
        low, high = as_limit("low", low, finite=False), as_limit("high", high, finite=False)
        check_below("low", low, "high", high)
        breaks = (
            () if points is None else tuple(as_float_array("points", points, ndim=1, empty=True).tolist())
        )
        density = cls(name, function, low, high, breaks, as_positive("rtol", rtol), is_log)
        return replace(density, area=density.constant()) if normalise else density

    def __call__(self, x: Array) -> Array:
        """Return p(x), of shape (m,)."""
        return self.with_log(x)[0] if self.is_log else self._checked(x) / self.area

    def with_log(self, x: Array) -> tuple[Array, Array]:
        """Return p(x) and its logarithm, each from what the caller's function gives."""
        if self.is_log:
            log = self._values(x) - np.log(self.area)
            return np.exp(log), log
        p = self(x)
        return p, np.log(p)

    def _checked(self, x: Array) -> Array:
        """Return the values, none of them negative."""
        values = self._values(x)
        if (values < 0).any():
            k = int(np.argmax(values < 0))
            raise ValueError(f"`{self.name}` must not be negative, got {values[k]} at x={float(x[k])!r}")
        return values

    def _values(self, x: Array) -> Array:
        return one_each(self.name, self.function(x.copy()), x)

    @property
    def breaks(self) -> list[float]:
        """The points inside the range, and others at a distance of 1 from them, for a closer look."""
        kept = list(self.points)
        for point in self.points:
            away = max(1.0, abs(point) / 1024)
            for neighbour in (point - away, point + away):
                if min(abs(neighbour - other) for other in kept) > CLOSE * away:
                    kept.append(neighbour)
        return sorted(point for point in kept if self.low < point < self.high)

    def integrated(self, fun: Function, atol: float = 0.0) -> IntegralResult:
        """Integrate a function over the range of the density."""
        found: IntegralResult = integral(
            fun, self.low, self.high, rtol=self.rtol, atol=atol, points=self.breaks, full_output=True
        )
        return found

    def constant(self) -> float:
        """Return the integral of a function that is to be divided by it."""
        area: float = handed_over(self.total(), full_output=False)
        if area <= 0:
            raise ValueError(f"`{self.name}` cannot be normalised: {self._described(area)}")
        return area

    def total(self) -> IntegralResult:
        """Return the area, with a message about the caller's function."""
        found = self.integrated(self)
        if found.status == DIVERGENT:
            message = f"`{self.name}` cannot be normalised: its integral seems to diverge"
        else:
            message = found.message.replace("`fun`", f"`{self.name}`")
        return replace(found, message=message)

    def insist(self, area: float, error: float) -> None:
        """Raise an error if an area is not 1."""
        if not abs(area - 1) <= AREA + (error if isfinite(error) else 0.0):
            raise ValueError(
                f"`{self.name}` must integrate to 1: {self._described(area)}; `normalise=True` divides by that"
            )

    def _described(self, area: float) -> str:
        described = f"over [{self.low}, {self.high}] it integrates to {area:.10g}"
        if area < AREA:
            described += (
                " (a narrow peak is found when `points` says where it is, on both sides of it if need be)"
            )
        return described

    def expectation(self, terms: Terms, what: str, atol: float = TINY) -> IntegralResult:
        r"""Integrate what is a density times something else.

        As in Lebesgue's definition, the positive and the negative part are integrated apart, beside the density itself:
        where one of them is infinite there is no expectation, however well the two would cancel.
        """
        shape: tuple[int, ...] = ()

        def parts(x: Array) -> Array:
            nonlocal shape
            p = self(x)
            values = np.asarray(terms(x, p), dtype=np.float64)
            shape = values.shape[1:]
            flat = values.reshape(len(x), -1)
            return np.hstack([p[:, np.newaxis], np.maximum(flat, 0), np.maximum(-flat, 0)])

        found = self.integrated(parts, atol)
        if found.status == NOT_FINITE:
            message = f"{what}: {found.message.replace('`fun`', 'the integrand')}"
            return replace(found, value=plain(np.full(shape, np.nan)), error=inf, message=message)
        (area, *both), (wrong, *errors) = found.value, found.error
        self.insist(area, wrong)
        (positive, negative), error = np.reshape(both, (2, -1)), np.reshape(errors, (2, -1)).sum(axis=0)
        status, message = found.status, found.message
        if status == DIVERGENT:
            message = f"{what} does not exist: an integral of its positive or negative part seems to diverge"
        elif status == NOT_CONVERGED and (error <= np.maximum(atol, self.rtol * (positive + negative))).all():
            status, message = CONVERGED, FOUND
        with np.errstate(invalid="ignore"):
            value = positive - negative
        value, error = plain(value.reshape(shape)), plain(error.reshape(shape))
        return IntegralResult(value, error, found.nfev, status, status == CONVERGED, message)


def real(name: str, values: Any) -> Array:
    """Return what a function of the caller returned as an array of real numbers."""
    array = np.asarray(values)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"`{name}` must return real numbers, got dtype {array.dtype}")
    return array.astype(np.float64, copy=False)


def one_each(name: str, values: Any, x: Array) -> Array:
    """Return what a function of the caller returned for the points x: a real number for each."""
    array = real(name, values)
    if array.shape != x.shape:
        raise ValueError(
            f"`{name}` must return one number for each point, shape {x.shape}; got shape {array.shape}"
        )
    return array


def handed_over(result: IntegralResult, *, full_output: bool) -> Any:
    """Hand over the value alone, or everything that is known; what does not exist has no value."""
    if result.status == DIVERGENT and not full_output:
        raise ValueError(f"{result.message}; `full_output=True` returns what could be found")
    return deliver(result, full_output=full_output, stacklevel=4)


def normalising_constant(
    pdf: Function,
    *,
    low: float = -inf,
    high: float = inf,
    points: Sequence[float] | None = None,
    rtol: float = 1e-10,
    full_output: bool = False,
) -> Any:
    r"""Integrate a function that is to become a density.

    .. math:: Z = \int_{\text{low}}^{\text{high}} \tilde p(x) \, dx, \qquad p(x) = \tilde p(x) / Z

    Parameters
    ----------
    pdf : callable
        The function, nowhere negative: takes an array of shape (m,), returns the same shape.
    low, high : float
        The range, which may be infinite.
    points : sequence of float, optional
        Where the function jumps, has a kink or a narrow peak.
    rtol : float, default: 1e-10
        Relative tolerance.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or IntegralResult
        The constant Z; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule, if the function is negative or not finite, or returns another shape; if the
        integral seems to diverge, which is a status with `full_output`.
    TypeError
        If `pdf` cannot be called.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    calcguide.integrate.integral : Without the rule that nothing is negative.

    Notes
    -----
    Adaptive Gauss-Kronrod: a smooth density on the whole line takes a few hundred evaluations. The search sees scales near
    1 around 0, or around the finite end; a narrow peak elsewhere needs `points`.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.probability import normalising_constant
    >>> normalising_constant(lambda x: np.exp(-(x**2) / 2)), float(np.sqrt(2 * np.pi))
    (2.5066282746, 2.5066282746)
    """
    density = Density.of(pdf, low, high, points, rtol, normalise=False)
    return handed_over(density.total(), full_output=full_output)
