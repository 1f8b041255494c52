"""What a check has found, in a form to read and in a form to compute with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Entry:
    """One entry of a derivative, from two or three sources.

    Attributes
    ----------
    name : str
        What was differentiated by: "x", or for a layer a parameter's name; "J" for an entry of a Jacobian.
    index : tuple of int
        The place in the gradient or Jacobian.
    analytic : float
        The value under test.
    numeric : float
        The value from `calcguide.differences`.
    automatic : float or None
        The value from `calcguide.autodiff`, where there is another one than the value under test.

    Examples
    --------
    >>> from calcguide.gradcheck import gradcheck
    >>> entry = gradcheck(lambda x: x**3, 2.0, jac=lambda x: x**2, rng=0).worst
    >>> entry.index, entry.analytic, entry.numeric, entry.ratio
    ((), 4.0, 12.0, 0.33333333)
    """

    name: str
    index: tuple[int, ...]
    analytic: float
    numeric: float
    automatic: float | None = None

    @property
    def ratio(self) -> float:
        """Return analytic / numeric; NaN where the latter is zero."""
        return self.analytic / self.numeric if self.numeric else np.nan

    @property
    def place(self) -> str:
        """Return the name and the index as they are written in code."""
        return self.name + (f"[{', '.join(map(str, self.index))}]" if self.index else "")


@dataclass(frozen=True)
class Kink:
    """A point at which a function is bent, seen along one direction.

    Attributes
    ----------
    name : str
        What was moved: "x", or for a layer a parameter's name.
    x : ndarray
        The point.
    direction : ndarray
        The direction, of the shape of the point.
    left, right : float
        The slopes of the function along the direction, before and after the point.

    Examples
    --------
    >>> from calcguide.gradcheck import gradcheck
    >>> kink = gradcheck(lambda x: abs(x), 0.0, jac=lambda x: 0.0, points=1, rng=0).kinks[0]
    >>> kink.left / kink.right
    -1.0
    """

    name: str
    x: Any
    direction: Any
    left: float
    right: float

    def __str__(self) -> str:
        """Say where it is."""
        return f"kink near {self.name}={shown(self.x)}, along {shown(self.direction)}"


@dataclass(frozen=True, repr=False)
class GradcheckResult:
    """What `gradcheck` has found. In a condition it counts as its `success`.

    Attributes
    ----------
    success : bool
        Whether every output was checked and no derivative was found wrong.
    status : int
        0: the derivative is right; 1: it is wrong; 2: it cannot be told, `message` says why.
    message : str
        The verdict in words.
    slope : float
        The smallest slope of a remainder: 2 or more if the derivative is right, 1 if it is wrong. Infinite if no
        remainder rose above the rounding errors, as for a linear function. Kinks are not counted.
    hidden : float
        How large a relative error of the derivative could have been without being seen, in the worst case.
    worst : Entry
        The entry that is most off, with both values and their ratio.
    entries : tuple of Entry
        The most striking entries, the worst one first.
    errors : ndarray or dict
        The difference between the derivative under test and the numeric one, entry by entry, as absolute values; NaN
        for an entry that was not compared. For a layer, a dict of such arrays.
    kinks : tuple of Kink
        Where the function is bent.
    h, remainder : ndarray
        The steps, and the remainder of the line with the smallest slope.
    nfev : int
        Evaluations of the function.
    label : {"analytic", "automatic", "backward"}
        What was put to the test.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.gradcheck import gradcheck
    >>> result = gradcheck(np.sin, 1.0, jac=np.cos, rng=0)
    >>> result.success, result.status, bool(result)
    (True, 0, True)
    """

    success: bool
    status: int
    message: str
    slope: float
    hidden: float
    worst: Entry
    entries: tuple[Entry, ...]
    errors: Any = field(compare=False)
    kinks: tuple[Kink, ...] = field(compare=False)
    h: Any = field(compare=False)
    remainder: Any = field(compare=False)
    nfev: int
    label: str = "analytic"

    def __bool__(self) -> bool:
        """Return `success`, so that a test can say ``assert gradcheck(…)``."""
        return self.success

    def __repr__(self) -> str:
        """Show the verdict, then the entries as a table."""
        slope = f"{self.slope:.2f}" if np.isfinite(self.slope) else "none above round-off"
        lines = [
            f"success: {self.success}",
            f" status: {self.status}",
            f"message: {self.message}",
            f"  slope: {slope}",
            f" hidden: {self.hidden:.0e}",
            f"   nfev: {self.nfev}",
            "",
            *self._table(),
        ]
        return "\n".join(lines)

    def _table(self) -> list[str]:
        """Return the entries, one a line."""
        automatic = any(entry.automatic is not None for entry in self.entries)
        width = max(len("entry"), *(len(entry.place) for entry in self.entries))
        heads = [self.label, "numeric"] + ["automatic"] * automatic + ["ratio"]
        rows = ["entry".rjust(width) + "".join(head.rjust(15) for head in heads)]
        for entry in self.entries:
            values = [entry.analytic, entry.numeric]
            if automatic:
                values.append(np.nan if entry.automatic is None else entry.automatic)
            cells = [f"{value:15.6g}" for value in values] + [f"{entry.ratio:15.6f}"]
            rows.append(entry.place.rjust(width) + "".join(cells))
        return rows


def shown(x: Any) -> str:
    """Show a point on one line, without all its entries if there are many."""
    if not np.ndim(x):
        return f"{float(x):.4g}"
    text = np.array2string(np.asarray(x), threshold=6, edgeitems=2, separator=", ", precision=4)
    return " ".join(text.split())
