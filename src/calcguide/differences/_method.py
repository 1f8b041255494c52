"""From a method's name to a derivative along lines, and from there to what the caller receives."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from calcguide._results import CONVERGED, NOT_FINITE, AccuracyWarning, DifferenceResult, plain
from calcguide._validation import as_positive, check_one_of
from calcguide.differences._adaptive import Estimate, adaptive
from calcguide.differences._fixed import complex_step, fixed
from calcguide.differences._lines import Lines
from calcguide.differences._stencils import stencil
from calcguide.differences._steps import ORDERS, check_order

METHODS = ("adaptive", "forward", "backward", "central", "complex")


@dataclass(frozen=True)
class Method:
    """A way to differentiate along lines, its options checked."""

    name: str
    order: int | None
    h: float | None
    rtol: float | None

    @classmethod
    def chosen(
        cls, method: str, order: int | None, h: float | None, rtol: float | None, n: int = 1
    ) -> Method:
        """Check the options against each other."""
        if order is h is rtol is None and n == 1 and type(method) is str and method in DEFAULTS:
            return DEFAULTS[method]
        check_one_of("method", method, METHODS)
        step = None if h is None else as_positive("h", h)
        tolerance = None if rtol is None else as_positive("rtol", rtol)
        if method == "complex":
            if n != 1:
                raise ValueError(
                    f"`method='complex'` gives first derivatives only, got n={n}: use 'adaptive'"
                )
            if h is not None:
                raise ValueError(
                    f"`h` has no use with method='complex', whose step is always tiny; got h={h}"
                )
        if method in ("adaptive", "complex"):
            if order is not None:
                raise ValueError(
                    f"`order` belongs to forward, backward and central; got order={order} with {method!r}"
                )
        else:
            order = check_order(method, order)
        if method != "adaptive" and rtol is not None:
            raise ValueError(f"`rtol` belongs to method='adaptive'; got rtol={rtol} with {method!r}")
        return cls(method, order, step, tolerance)

    def __call__(self, lines: Lines, n: int, *, judged: bool) -> Estimate:
        """Take the n-th derivative of every line."""
        if self.name == "adaptive":
            return adaptive(lines, n, self.rtol, self.h, judged=judged)
        if self.name == "complex":
            return complex_step(lines)
        assert self.order is not None  # noqa: S101  # `chosen` set it
        return fixed(lines, stencil(self.name, n, self.order), self.h, judged=judged)


#: The methods without options, for first derivatives: what most calls ask for.
DEFAULTS = {name: Method(name, ORDERS[name][0] if name in ORDERS else None, None, None) for name in METHODS}


def deliver(
    found: Estimate, shaped: Callable[[Any], Any], nfev: Any, lines: Lines, *, full_output: bool
) -> Any:
    """Hand over the value alone, or everything that is known about it.

    A value alone must be one that can be trusted: where the function is not finite it is an error, where the
    tolerance is missed a warning. With `full_output` both are a status.
    """
    worst = int(found.status.max(initial=CONVERGED))
    message = "the derivative was found"
    if worst != CONVERGED:
        where = np.argwhere(found.status == worst)
        message = _message(worst, found, tuple(where[0]), lines)
    if full_output:
        arrays = (found.value, found.error, found.step, found.status)
        value, error, step, status = (plain(shaped(array)) for array in arrays)
        return DifferenceResult(value, error, step, nfev, status, worst == CONVERGED, message)
    if worst == NOT_FINITE:
        raise ValueError(f"{message}; `full_output=True` returns what could be found")
    if worst != CONVERGED:
        warnings.warn(f"{message}; `full_output=True` returns the estimates", AccuracyWarning, stacklevel=3)
    return plain(shaped(found.value))


def _message(status: int, found: Estimate, where: tuple[int, ...], lines: Lines) -> str:
    """Say what the first trouble is and where it happened."""
    place, here = lines.name(int(where[0])), slice(int(where[0]), int(where[0]) + 1)
    if status != NOT_FINITE:
        error, value = found.error[where], found.value[where]
        if np.isinf(error):
            return (
                f"no step was found at which `fun` is finite on both sides of {place}; at the end of a domain "
                "use method='forward' or 'backward'"
            )
        return (
            f"the derivative at {place} is {value:.6g} with an estimated error of {error:.1g}, above the tolerance: "
            "a kink, a jump, noise in `fun`, or a scale that the search missed"
        )
    with np.errstate(all="ignore"):
        center = np.ravel(lines.at(here, np.zeros((1, 1))))
    center = center[~np.isfinite(center)]
    if center.size:
        return f"`fun` returned {center[0]} at {place}"
    step = np.broadcast_to(found.step, found.status.shape)[where]
    return f"`fun` is not finite within h={step:.3g} of {place}"
