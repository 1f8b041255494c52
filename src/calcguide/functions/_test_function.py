r"""A function that knows its derivatives: :math:`f`, :math:`\nabla f`, :math:`\nabla^2 f`, and where :math:`\nabla f = 0`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, TypeAlias

import numpy as np

from calcguide._validation import as_float_array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from calcguide._typing import ArrayLike

Kind: TypeAlias = Literal["minimum", "maximum", "saddle"]
Bounds: TypeAlias = tuple[tuple[float, float], ...]


class StationaryPoint(NamedTuple):
    """A point where the gradient vanishes.

    Attributes
    ----------
    x : float or tuple of float
        The point.
    value : float
        The function's value there.
    kind : {"minimum", "maximum", "saddle"}
        What it is, locally.

    Examples
    --------
    >>> from calcguide import functions
    >>> x, value, kind = functions.cubic.stationary[0]
    >>> x, value, kind
    (0.0, 1.0, 'maximum')
    """

    x: float | tuple[float, ...]
    value: float
    kind: Kind


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TestFunction:
    r"""A scalar function with its gradient, its Hessian and its stationary points.

    Call it, or its parts, with a point or with a batch of points. In one variable all three work elementwise,
    as :math:`f, f', f''`. In several variables the coordinates run along the last axis, batches along the
    axes before it.

    Attributes
    ----------
    name : str
        The name under which it stands in `calcguide.functions`.
    formula : str
        The formula in LaTeX.
    expression : str
        The same formula as text that SymPy reads, in the variables x, or x and y.
    dimension : int or None
        The number of variables; None: any number from two on, and `expression`, `stationary` and `bounds` are
        those of the plane.
    fun : callable
        The function: ``(…, n) -> (…)``, in one variable ``(…) -> (…)``.
    jac : callable
        The gradient: ``(…, n) -> (…, n)``, in one variable ``(…) -> (…)``.
    hess : callable
        The Hessian: ``(…, n) -> (…, n, n)``, in one variable ``(…) -> (…)``.
    stationary : tuple of StationaryPoint
        The stationary points that are known, to full precision.
    bounds : tuple of (float, float)
        An interval for each variable, worth drawing.
    source : str
        Where the function comes from.

    See Also
    --------
    catalogue : All test functions by name.

    Notes
    -----
    Integers become floats; lists and tuples are welcome. Complex arguments are allowed, since all test functions
    are analytic: a complex step differentiates them. NaN and infinity pass through, as they do through NumPy's own
    functions, so that a diverging iteration meets them as values. Arguments that take part in NumPy's protocols
    without being arrays are used as they are.

    Examples
    --------
    >>> from calcguide import functions
    >>> f = functions.himmelblau
    >>> float(f([3, 2])), f.jac([3, 2]).tolist()
    (0.0, [0.0, 0.0])
    >>> f([[0, 0], [1, 1]]).tolist()
    [170.0, 106.0]
    >>> f.formula
    '(x^2 + y - 11)^2 + (x + y^2 - 7)^2'
    """

    # pytest would otherwise collect the class for its name.
    __test__: ClassVar[bool] = False

    name: str
    formula: str
    expression: str
    dimension: int | None
    fun: Callable[[ArrayLike], Any] = field(repr=False)
    jac: Callable[[ArrayLike], Any] = field(repr=False)
    hess: Callable[[ArrayLike], Any] = field(repr=False)
    stationary: tuple[StationaryPoint, ...]
    bounds: Bounds
    source: str

    def __call__(self, x: ArrayLike) -> Any:
        """Evaluate the function at a point or at a batch of points."""
        return self.fun(x)

    def __repr__(self) -> str:
        """Show the name, and how to reach the function."""
        return f"calcguide.functions.{self.name}"

    @property
    def minima(self) -> tuple[tuple[float | tuple[float, ...], float], ...]:
        """The known local minima as pairs of point and value.

        Examples
        --------
        >>> from calcguide import functions
        >>> functions.rosenbrock.minima
        (((1.0, 1.0), 0.0),)
        """
        return tuple((point.x, point.value) for point in self.stationary if point.kind == "minimum")


def as_argument(x: ArrayLike, *, finite: bool = False) -> Any:
    """Return `x` as something to compute with: real, complex or symbolic entries, integers as floats."""
    if hasattr(x, "shape") and not isinstance(x, np.ndarray | np.generic):
        return x
    try:
        array: Any = np.asarray(x)
    except ValueError:
        array = None  # rows of different lengths: refused below, in the words of all other refusals
    if array is not None and array.dtype.kind == "c":
        for part in (array.real, array.imag):
            as_float_array("x", part, finite=finite, empty=True)
        return array
    if (
        array is not None
        and array.dtype.kind == "O"
        and all(hasattr(entry, "__pow__") for entry in array.flat)
    ):
        return array
    return as_float_array("x", x, finite=finite, empty=True)


def as_points(name: str, x: ArrayLike, dimension: int | None) -> Any:
    """Return `x` with the coordinates of points of the right dimension along its last axis."""
    points = as_argument(x)
    n = points.shape[-1] if points.ndim else 0
    if n == dimension or (dimension is None and n >= 2):
        return points
    wanted = "2 or more" if dimension is None else dimension
    raise ValueError(
        f"`{name}` takes points of {wanted} coordinates along the last axis, got shape {points.shape}"
    )


def on_the_line(
    *,
    value: Callable[[Any], Any],
    first: Callable[[Any], Any],
    second: Callable[[Any], Any],
    bounds: tuple[float, float],
    **facts: Any,
) -> TestFunction:
    """Build a function of one variable from formulas for f, f' and f''."""

    def fun(x: ArrayLike) -> Any:
        return value(as_argument(x))

    def jac(x: ArrayLike) -> Any:
        return first(as_argument(x))

    def hess(x: ArrayLike) -> Any:
        x = as_argument(x)
        return _spread(second(x), x)

    return TestFunction(dimension=1, fun=fun, jac=jac, hess=hess, bounds=(bounds,), **facts)


def in_the_plane(
    *,
    name: str,
    value: Callable[[Any, Any], Any],
    gradient: Callable[[Any, Any], Sequence[Any]],
    hessian: Callable[[Any, Any], Sequence[Sequence[Any]]],
    **facts: Any,
) -> TestFunction:
    """Build a function of two variables from formulas in x and y."""

    def coordinates(p: ArrayLike) -> tuple[Any, Any]:
        points = as_points(name, p, 2)
        return points[..., 0], points[..., 1]

    def fun(p: ArrayLike) -> Any:
        return value(*coordinates(p))

    def jac(p: ArrayLike) -> Any:
        x, y = coordinates(p)
        return np.stack([_spread(part, x) for part in gradient(x, y)], axis=-1)

    def hess(p: ArrayLike) -> Any:
        x, y = coordinates(p)
        rows = [np.stack([_spread(part, x) for part in row], axis=-1) for row in hessian(x, y)]
        return np.stack(rows, axis=-2)

    return TestFunction(name=name, dimension=2, fun=fun, jac=jac, hess=hess, **facts)


def _spread(part: Any, like: Any) -> Any:
    """Repeat a part that is constant over every point of the batch."""
    return np.full(like.shape, float(part))[()] if isinstance(part, int | float) else part
