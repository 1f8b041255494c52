"""The check itself: points, directions, lines, and from their verdicts to one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from calcguide import differences
from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float_array, as_int, as_positive
from calcguide.gradcheck._remainder import KINK, RIGHT, SMOOTH, STEPS, UNCLEAR, WRONG, Line, follow, tried
from calcguide.gradcheck._result import Entry, GradcheckResult, Kink, shown
from calcguide.gradcheck._subjects import Layer, Linear, Pair, subject

#: Entries in the table of a result.
ROWS = 5
#: A random point outside the domain of the function is drawn nearer, and nearer, to the one that was given.
DRAWS = 30


def gradcheck(
    fun: Any,
    x: ArrayLike,
    *,
    jac: Function | None = None,
    points: int = 3,
    directions: int = 2,
    spread: float = 0.5,
    entries: int = 1000,
    rng: Any = None,
) -> GradcheckResult:
    r"""Check a derivative by the slope of Taylor's remainder, at random points in random directions.

    .. math:: R(h) = \bigl| f(x + h v) - f(x) - h\, J(x)\, v \bigr|
              \quad\begin{cases} \propto h^2 & J v \text{ is right} \\ \propto h & J v \text{ is wrong} \end{cases}

    Parameters
    ----------
    fun : callable or layer
        Function of an array of the shape of `x`, with real values of any shape; or an object with methods ``forward(x)``
        and ``backward(cotangent)``, see Notes.
    x : array_like
        The point; further ones are drawn around it. Take one from inside the domain, that is not special.
    jac : callable, optional
        The derivative under test: for a scalar function its gradient, in general of shape ``fun(x).shape + x.shape``, as
        an array or a sparse array. Without it, `fun` is differentiated with `calcguide.autodiff`, and that is tested.
    points : int, default: 3
        How many points: `x` and random ones.
    directions : int, default: 2
        How many random directions at each point. In every second one, each variable moves in proportion to its size.
    spread : float, default: 0.5
        How far random points are from `x`, in proportion to each variable; a variable that is zero moves by `spread`.
    entries : int, default: 1000
        Up to so many variables are compared one by one, to name the entry that is most off. Of more, a random choice; or,
        if the derivative is wrong, so many that halving the variables again and again has left.
    rng : int or numpy.random.Generator, optional
        Seed or generator, as for :func:`numpy.random.default_rng`.

    Returns
    -------
    GradcheckResult
        The verdict in words and as a number, the slope, the worst entry, kinks. In a condition it counts as its
        `success`: ``assert gradcheck(…)`` is a test.

    Raises
    ------
    TypeError, ValueError
        If `fun` or `jac` cannot be called, return something of the wrong type or shape, or are not finite at `x`; if
        `jac` is missing and `fun` cannot be traced.

    See Also
    --------
    calcguide.differences.gradient : The numeric side.
    calcguide.autodiff.grad : The automatic side.

    Notes
    -----
    No tolerance decides. R is followed from h = 1 down to rounding; its slope on logarithmic axes is fitted over the
    five octaves above the noise of the function, which is measured from fourth differences [1]_. A slope of 1.9 or more
    is right, and so is a remainder that never rises above rounding, as for a linear function. A derivative is called
    wrong only if the odd part of the remainder is proportional to h, which curvature cannot imitate. An error that is
    too small to be seen stays hidden: `hidden` says how large it could be, about the square root of the noise.

    At a kink the even part is proportional to h. A derivative between the slopes of the two sides is then not called
    wrong; kinks are listed. With neither slope, or if errors of a tenth could hide, the result is status 2: no verdict.

    For a *layer*, ``backward(cotangent)`` must return the gradient of ``np.sum(cotangent * y)`` with respect to the
    input of the last ``forward``. If it has a dict ``params`` of arrays by name, ``backward`` must leave the gradients
    with respect to them in the dict ``grads``, under the same names and in the same shapes; they are checked too. The
    work is done on a deep copy, where arrays in ``grads`` are set to zero before each ``backward``.

    The cost is about 150 calls of `fun` for each point and direction, and about seven for each variable compared.

    References
    ----------
    .. [1] Moré, J. J. and Wild, S. M. (2011). Estimating computational noise. SIAM Journal on Scientific Computing
       33(3), 1292-1314. https://doi.org/10.1137/100786125

    Examples
    --------
    The slope of the sigmoid is s (1 − s). With a 2 in front:

    >>> import numpy as np
    >>> from calcguide.gradcheck import gradcheck
    >>> def sigmoid(x):
    ...     return 1 / (1 + np.exp(-x))
    >>> result = gradcheck(sigmoid, 0.5, jac=lambda x: 2 * sigmoid(x) * (1 - sigmoid(x)), rng=0)
    >>> result.success, result.slope
    (False, 1.00)
    >>> result.worst.ratio
    2.00000
    >>> result.message
    'the analytic derivative is wrong: ... it is 2 times the numeric one'
    >>> bool(gradcheck(sigmoid, 0.5, jac=lambda x: sigmoid(x) * (1 - sigmoid(x)), rng=0))
    True

    Alone, a function is differentiated automatically:

    >>> bool(gradcheck(lambda x: np.sum(np.sin(x) * x), [0.1, 0.2, 0.3], rng=0))
    True
    """
    what = subject(fun, jac)
    point = as_float_array("x", x)
    points, directions = as_int("points", points, low=1), as_int("directions", directions, low=1)
    spread, entries = as_positive("spread", spread), as_int("entries", entries, low=1)
    generator = np.random.default_rng(rng)

    state = _Findings()
    first = list(what.at(point, generator))
    for here in [first, *(_beside(what, point, spread, generator) for _ in range(points - 1))]:
        for linear in here:
            for k in range(directions):
                state.add(linear, _direction(linear.x, k, generator))
    for linear in first:
        state.compare(linear, entries, generator)
    return state.result(what)


def _beside(what: Pair | Layer, x: Array, spread: float, rng: np.random.Generator) -> list[Linear]:
    """Linearise at a random point at which the function is defined, near the one that was given."""
    offset = np.where(x == 0, 1.0, x) * rng.standard_normal(x.shape)
    for _ in range(DRAWS):
        try:
            return list(what.at(x + spread * offset, rng))
        except (ArithmeticError, ValueError):
            spread /= 2
    return list(what.at(x, rng))


def _direction(x: Array, k: int, rng: np.random.Generator) -> Array:
    """Return a random direction; in every second one, variables move in proportion to their size."""
    size = np.abs(x)
    unit = np.where(size > 0, size, 1.0) if k % 2 else np.maximum(size, 1.0)
    return unit * rng.standard_normal(x.shape)


@dataclass
class _Findings:
    """What the lines and the comparison of entries have shown so far."""

    lines: list[tuple[Linear, Line]] = field(default_factory=list)
    checked: dict[str, Any] = field(default_factory=dict)
    accused: list[tuple[Linear, Line]] = field(default_factory=list)
    suspects: list[Linear] = field(default_factory=list)
    contested: bool = False
    tables: dict[str, _Table] = field(default_factory=dict)
    blind: list[Entry] = field(default_factory=list)

    def add(self, linear: Linear, v: Array) -> Line:
        """Follow a line, and remember where it says that the derivative is wrong."""
        line = follow(linear.fun, linear.value, linear.J, linear.x, v, linear.eps)
        self.lines.append((linear, line))
        seen = self.checked.setdefault(linear.name, np.zeros(linear.value.size, dtype=bool))
        seen |= line.verdict == RIGHT if seen.shape == line.verdict.shape else False
        if (line.verdict == WRONG).any():
            self.accused.append((linear, line))
        return line

    def compare(self, linear: Linear, entries: int, rng: np.random.Generator) -> None:
        """Compare entry by entry, at the first point where the derivative is wrong, else at the point that was given.

        A line that calls the derivative wrong is not believed where the numeric one leaves no room for such an error.
        """
        for other, line in self.accused:
            if other.name == linear.name:
                table = self.tables[linear.name] = _Table.of(
                    other, self._columns(other, entries, rng, wrong=True)
                )
                if table.allows(line):
                    self.suspects.append(other)
                    return
                self.contested = True
        if linear.name in self.tables:
            return
        table = self.tables[linear.name] = _Table.of(linear, self._columns(linear, entries, rng, wrong=False))
        for flat in table.doubtful()[:3]:
            i, j = divmod(int(flat), linear.x.size)
            v = np.zeros(linear.x.size)
            v[j] = max(1.0, abs(linear.x.flat[j]))
            line = follow(linear.fun, linear.value, linear.J, linear.x, v.reshape(linear.x.shape), linear.eps)
            if line.verdict[i] == WRONG or table.outvoted(flat):
                self.lines.append((linear, line))
                self.suspects.append(linear)
                return
            if line.verdict[i] == UNCLEAR and table.disputed(flat):
                self.blind.append(table.entry(flat))

    @staticmethod
    def _columns(linear: Linear, entries: int, rng: np.random.Generator, *, wrong: bool) -> Any:
        """Choose the variables to compare."""
        n = linear.x.size
        if n <= entries:
            return np.arange(n)
        return _narrowed(linear, entries, rng) if wrong else np.sort(rng.choice(n, entries, replace=False))

    def result(self, what: Pair | Layer) -> GradcheckResult:
        """Turn the findings into a result."""
        slopes = [
            np.where(np.isin(line.verdict, (KINK, UNCLEAR)), np.inf, line.slope) for _, line in self.lines
        ]
        wrong = bool(self.suspects)
        unchecked = [name for name, seen in self.checked.items() if not seen.all()]
        kinks = tuple(_kink(linear, line) for linear, line in self.lines if line.kinked.any())
        status = 1 if wrong else 2 if unchecked or self.blind or self.contested else 0
        lowest = min(range(len(slopes)), key=lambda k: slopes[k].min())
        worst_output = int(slopes[lowest].argmin())
        slope = float(slopes[lowest][worst_output])
        hidden = [
            max((line.hidden[line.verdict == kind].max(initial=0.0) for _, line in self.lines), default=0.0)
            for kind in (RIGHT, UNCLEAR)
        ]
        rows = sorted(
            (row for table in self.tables.values() for row in table.rows()), key=lambda row: -row[0]
        )
        names = {name: table.errors() for name, table in self.tables.items()}
        if status == 0:
            message = self._right(what, slope, kinks)
        elif status == 1:
            message = self._wrong(what, slope, rows[0][1])
        else:
            message = self._unclear(what, unchecked, kinks)
        if not all(linear.steady for linear, _ in self.lines):
            message += f"; {what.called} returns different values at the same point: is there chance in it, such as dropout?"
        return GradcheckResult(
            success=status == 0,
            status=status,
            message=message,
            slope=slope,
            hidden=float(max(hidden) if status == 2 else hidden[0]),
            worst=rows[0][1],
            entries=tuple(entry for _, entry in rows[:ROWS]),
            errors=names if isinstance(what, Layer) else names["x"],
            kinks=kinks,
            h=STEPS.copy(),
            remainder=self.lines[lowest][1].remainder[:, worst_output],
            nfev=what.calls,
            label=what.label,
        )

    def _right(self, what: Pair | Layer, slope: float, kinks: tuple[Kink, ...]) -> str:
        how = f"falls with slope {slope:.2f}" if np.isfinite(slope) else "does not rise above round-off"
        return f"the {what.label} derivative is right: the remainder {how}" + _listed(kinks)

    def _wrong(self, what: Pair | Layer, slope: float, worst: Entry) -> str:
        names = [linear.name for linear in self.suspects]
        by = f" with respect to {', '.join(names)}" if isinstance(what, Layer) else ""
        pattern = "; ".join(filter(None, (self.tables[name].pattern(named=len(names) > 1) for name in names)))
        if not pattern:
            pattern = (
                f"worst at {worst.place}, {worst.analytic:.6g} where the numeric one is {worst.numeric:.6g}"
            )
        first = self.suspects[0]
        how = f"the remainder falls with slope {slope:.2f} where it should be 2"
        if slope >= SMOOTH:
            how = "too little for the slope of the remainder, but the numeric and the automatic one agree on other values"
        return f"the {what.label} derivative{by} is wrong: {how}, at {first.name}={shown(first.x)}; {pattern}"

    def _unclear(self, what: Pair | Layer, unchecked: list[str], kinks: tuple[Kink, ...]) -> str:
        if self.contested:
            return (
                f"no verdict: close to the point the remainder falls with slope 1, but the {what.label} derivative "
                f"agrees with the numeric one: is there single precision in {what.called}?"
            )
        if not unchecked:
            entry = self.blind[0]
            return (
                f"no verdict: at {entry.place} the {what.label} derivative {entry.analytic:.6g} and the automatic one "
                f"{entry.automatic:.6g} differ, and both are too small beside {what.called} to be seen in its values"
            )
        lines = [line for linear, line in self.lines if linear.name in unchecked]
        if kinks and not any((line.verdict == UNCLEAR).any() for line in lines):
            return "no verdict: there was no line without a kink; choose another point" + _listed(kinks)
        if all(np.isnan(line.remainder).all() for line in lines):
            return f"no verdict: {what.called} is not finite on both sides of {unchecked[0]}; choose a point inside"
        k = [(line.verdict == UNCLEAR).any() for line in lines].index(True)
        line = lines[k]
        i = int(np.argmax(line.verdict == UNCLEAR))
        if line.slope[i] < SMOOTH:
            seen = f"the remainder falls with slope {line.slope[i]:.2f}"
            return f"no verdict: {seen}, which is neither 1 nor 2: noise in {what.called}, or a point where it is not smooth"
        return (
            f"no verdict: an error of {min(line.hidden[i], 1):.0%} would not be seen above the noise of {what.called}"
            + _listed(kinks)
        )


def _listed(kinks: tuple[Kink, ...]) -> str:
    """Name the first kink, and count the others."""
    if not kinks:
        return ""
    more = f" ({len(kinks)} in all)" if len(kinks) > 1 else ""
    return f"; {kinks[0]}{more}, slopes {kinks[0].left:.4g} and {kinks[0].right:.4g}"


def _kink(linear: Linear, line: Line) -> Kink:
    i = int(np.argmax(line.kinked))
    return Kink(linear.name, line.x, line.v, float(line.left[i]), float(line.right[i]))


def _narrowed(linear: Linear, entries: int, rng: np.random.Generator) -> Any:
    """Return so many variables, or fewer, among which the derivative is wrong: by halving, along random directions."""

    def off(columns: Any) -> float:
        v = np.zeros(linear.x.size)
        v[columns] = rng.standard_normal(len(columns))
        numeric = differences.directional_derivative(
            linear.fun, linear.x, v.reshape(linear.x.shape), full_output=True
        )
        return float(np.nan_to_num(np.abs(linear.J @ v - numeric.value)).max())

    columns = np.arange(linear.x.size)
    while len(columns) > entries:
        columns = max(np.array_split(columns, 2), key=off)
    return columns


@dataclass(frozen=True)
class _Table:
    """The derivative under test beside the numeric one, for some of the variables: arrays of shape (m, k)."""

    linear: Linear
    columns: Any
    analytic: Array
    numeric: Array
    error: Array
    """Estimate of the error of the numeric one."""
    automatic: Array | None

    @classmethod
    def of(cls, linear: Linear, columns: Any) -> _Table:
        """Differentiate numerically by some of the variables."""
        m = linear.value.size

        def part(values: Array) -> Array:
            point = linear.x.copy()
            point.flat[columns] = values
            return tried(linear.fun, point, m)

        with np.errstate(all="ignore"):
            found = differences.jacobian(part, linear.x.ravel()[columns], full_output=True)
        automatic = None if linear.automatic is None else linear.automatic[:, columns]
        return cls(linear, columns, linear.J[:, columns], found.value, found.error, automatic)

    @property
    def off(self) -> Array:
        """Return |analytic − numeric|."""
        return np.abs(self.analytic - self.numeric)

    @property
    def told(self) -> Any:
        """Return where they differ by more than the numeric error explains."""
        with np.errstate(all="ignore"):
            return self.off > 10 * self.error + 1e-6 * np.maximum(np.abs(self.analytic), np.abs(self.numeric))

    def _argued(self) -> Any:
        """Return where the derivative under test and the automatic one differ by more than rounding."""
        if self.automatic is None:
            return np.zeros(self.off.shape, dtype=bool)
        size = np.maximum(np.abs(self.analytic), np.abs(self.automatic))
        return np.abs(self.analytic - self.automatic) > 1e-6 * size + 1e-20 * size.max(initial=0.0)

    def allows(self, line: Line) -> bool:
        """Tell whether the comparison leaves room for an error as large as a line shows."""
        if len(self.columns) < self.linear.x.size:
            return True
        room = np.nan_to_num(self.off + 10 * self.error, nan=np.inf) @ np.abs(line.v.ravel())
        return bool((2 * room >= line.error)[line.verdict == WRONG].any())

    def doubtful(self) -> Any:
        """Return the places in the whole Jacobian at which sources disagree, the worst first."""
        rank = np.where(self.told | self._argued(), self.off, -1.0)
        order = np.argsort(-rank, axis=None)[: np.count_nonzero(rank >= 0)]
        rows, columns = np.unravel_index(order, rank.shape)
        return rows * self.linear.x.size + self.columns[columns]

    def disputed(self, flat: Any) -> bool:
        """Tell whether the automatic derivative is another one there."""
        i, j = divmod(int(flat), self.linear.x.size)
        return bool(self._argued()[i, int(np.searchsorted(self.columns, j))])

    def outvoted(self, flat: Any) -> bool:
        """Tell whether the numeric and the automatic derivative agree on another value than the one under test."""
        if self.automatic is None:
            return False
        i, j = divmod(int(flat), self.linear.x.size)
        k = int(np.searchsorted(self.columns, j))
        agree = abs(self.automatic[i, k] - self.numeric[i, k]) <= self.error[i, k]
        return bool(agree and self.told[i, k])

    def entry(self, flat: Any) -> Entry:
        """Return an entry of the whole Jacobian."""
        i, j = divmod(int(flat), self.linear.x.size)
        k = int(np.searchsorted(self.columns, j))
        index = np.unravel_index(int(flat), self.linear.shape) if self.linear.shape else ()
        automatic = None if self.automatic is None else float(self.automatic[i, k])
        return Entry(
            "J" if len(self.linear.shape) > self.linear.x.ndim else self.linear.name,
            tuple(int(part) for part in index),
            float(self.analytic[i, k]),
            float(self.numeric[i, k]),
            automatic,
        )

    def rows(self) -> list[tuple[float, Entry]]:
        """Return the most striking entries: those that differ, by how much; then the others, by how much in proportion."""
        size = np.fmax.reduce(np.abs(np.append(self.numeric, self.analytic)), axis=None)
        with np.errstate(all="ignore"):
            share = self.off / np.fmax(np.abs(self.analytic), np.abs(self.numeric))
        rank = np.where(self.told, 2 + self.off / (size or 1.0), np.minimum(np.nan_to_num(share), 1.0))
        order = np.argsort(-rank, axis=None, kind="stable")[:ROWS]
        places = zip(*np.unravel_index(order, rank.shape), strict=True)
        flats = [int(i) * self.linear.x.size + int(self.columns[j]) for i, j in places]
        return [(float(rank.flat[k]), self.entry(flat)) for k, flat in zip(order, flats, strict=True)]

    def errors(self) -> Any:
        """Return |analytic − numeric| in the shape of the derivative, NaN where nothing was compared."""
        errors = np.full((self.analytic.shape[0], self.linear.x.size), np.nan)
        errors[:, self.columns] = self.off
        return errors.reshape(self.linear.shape)

    def pattern(self, *, named: bool) -> str:
        """Recognise one factor between all entries, or a transpose."""
        of = f" for {self.linear.name}" if named else ""
        sure = np.isfinite(self.error) & (
            np.abs(self.numeric) > 1e4 * self.error + 1e-8 * np.abs(self.numeric).max()
        )
        ratios = self.analytic[sure] / self.numeric[sure]
        m, n = self.analytic.shape
        if (
            ratios.size
            and np.ptp(ratios) <= 1e-3 * np.abs(ratios).max()
            and abs(np.median(ratios) - 1) > 1e-9
        ):
            throughout = " throughout" if self.off.size > 1 else ""
            factor = float(np.median(ratios))
            if abs(factor + 1) < 1e-6:
                return f"it has the opposite sign{throughout}{of}"
            return f"it is {factor:.6g} times the numeric one{throughout}{of}"
        turned = self.analytic.T if self.analytic.shape == (n, n) else self.analytic
        near = 10 * self.error + 1e-6 * np.abs(self.numeric)
        if turned.shape == near.shape and m > 1 and (np.abs(turned - self.numeric) <= near).all():
            return f"it is the transpose of the numeric one{of}"
        return ""
