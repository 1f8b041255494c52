r"""Test functions of several variables, such as :math:`(x^2 + y - 11)^2 + (x + y^2 - 7)^2`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from calcguide.functions._test_function import StationaryPoint, TestFunction, as_points, in_the_plane

if TYPE_CHECKING:
    from calcguide._typing import ArrayLike

_MORE = (
    "J. J. Moré, B. S. Garbow and K. E. Hillstrom, Testing unconstrained optimization software, "
    "ACM Transactions on Mathematical Software 7(1), 1981, 17-41, doi:10.1145/355934.355936"
)
_JAMIL = (
    "M. Jamil and X.-S. Yang, A literature survey of benchmark functions for global optimisation problems, "
    "International Journal of Mathematical Modelling and Numerical Optimisation 4(2), 2013, 150-194, "
    "doi:10.1504/IJMMNO.2013.055204"
)

#: Circles as level lines: every gradient points straight away from the minimum.
bowl = in_the_plane(
    name="bowl",
    formula="x^2 + y^2 + 2x + 3y + 5",
    expression="x**2 + y**2 + 2*x + 3*y + 5",
    value=lambda x, y: x**2 + y**2 + 2 * x + 3 * y + 5,
    gradient=lambda x, y: (2 * x + 2, 2 * y + 3),
    hessian=lambda _x, _y: ((2, 0), (0, 2)),
    stationary=(StationaryPoint((-1.0, -1.5), 1.75, "minimum"),),
    bounds=((-4.0, 2.0), (-4.5, 1.5)),
    source="Textbook example",
)

#: A valley ten times steeper across than along: condition number 10.
elongated_bowl = in_the_plane(
    name="elongated_bowl",
    formula="x^2 + 10 y^2",
    expression="x**2 + 10*y**2",
    value=lambda x, y: x**2 + 10 * y**2,
    gradient=lambda x, y: (2 * x, 20 * y),
    hessian=lambda _x, _y: ((2, 0), (0, 20)),
    stationary=(StationaryPoint((0.0, 0.0), 0.0, "minimum"),),
    bounds=((-3.0, 3.0), (-2.0, 2.0)),
    source="Textbook example",
)

#: A minimum at which the Hessian is singular: Newton's method still converges, but only linearly.
flat_bowl = in_the_plane(
    name="flat_bowl",
    formula="x^2 + y^4",
    expression="x**2 + y**4",
    value=lambda x, y: x**2 + y**4,
    gradient=lambda x, y: (2 * x, 4 * y**3),
    hessian=lambda _x, y: ((2, 0), (0, 12 * y**2)),
    stationary=(StationaryPoint((0.0, 0.0), 0.0, "minimum"),),
    bounds=((-1.5, 1.5), (-1.5, 1.5)),
    source="Textbook example",
)

#: Up along x, down along y: the gradient vanishes at the origin, and there is no minimum anywhere.
saddle = in_the_plane(
    name="saddle",
    formula="x^2 - 10 y^2",
    expression="x**2 - 10*y**2",
    value=lambda x, y: x**2 - 10 * y**2,
    gradient=lambda x, y: (2 * x, -20 * y),
    hessian=lambda _x, _y: ((2, 0), (0, -20)),
    stationary=(StationaryPoint((0.0, 0.0), 0.0, "saddle"),),
    bounds=((-3.0, 3.0), (-2.0, 2.0)),
    source="Textbook example",
)

#: Three ways down and three ways up: the Hessian at the origin is zero and says nothing.
monkey_saddle = in_the_plane(
    name="monkey_saddle",
    formula="x^3 - 3 x y^2",
    expression="x**3 - 3*x*y**2",
    value=lambda x, y: x**3 - 3 * x * y**2,
    gradient=lambda x, y: (3 * x**2 - 3 * y**2, -6 * x * y),
    hessian=lambda x, y: ((6 * x, -6 * y), (-6 * y, -6 * x)),
    stationary=(StationaryPoint((0.0, 0.0), 0.0, "saddle"),),
    bounds=((-1.5, 1.5), (-1.5, 1.5)),
    source="Textbook example",
)

#: A quadratic whose axes are turned against the coordinates: condition number 9.
booth = in_the_plane(
    name="booth",
    formula="(x + 2y - 7)^2 + (2x + y - 5)^2",
    expression="(x + 2*y - 7)**2 + (2*x + y - 5)**2",
    value=lambda x, y: (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2,
    gradient=lambda x, y: (10 * x + 8 * y - 34, 8 * x + 10 * y - 38),
    hessian=lambda _x, _y: ((10, 8), (8, 10)),
    stationary=(StationaryPoint((1.0, 3.0), 0.0, "minimum"),),
    bounds=((-10.0, 10.0), (-10.0, 10.0)),
    source=_JAMIL,
)

#: Four minima of the same depth, four saddles between them, one maximum in the middle.
himmelblau = in_the_plane(
    name="himmelblau",
    formula="(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
    expression="(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
    value=lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    gradient=lambda x, y: (
        4 * x * (x**2 + y - 11) + 2 * (x + y**2 - 7),
        2 * (x**2 + y - 11) + 4 * y * (x + y**2 - 7),
    ),
    hessian=lambda x, y: (
        (12 * x**2 + 4 * y - 42, 4 * x + 4 * y),
        (4 * x + 4 * y, 12 * y**2 + 4 * x - 26),
    ),
    # Zeros of the gradient by Newton's method with 30 digits; the tests repeat it.
    stationary=(
        StationaryPoint((3.0, 2.0), 0.0, "minimum"),
        StationaryPoint((-2.805118086952745, 3.131312518250573), 0.0, "minimum"),
        StationaryPoint((-3.779310253377747, -3.2831859912861696), 0.0, "minimum"),
        StationaryPoint((3.5844283403304917, -1.8481265269644036), 0.0, "minimum"),
        StationaryPoint((-0.2708445906673476, -0.9230385564799815), 181.6165215225827, "maximum"),
        StationaryPoint((3.385154183607021, 0.07385187983774928), 13.31192627040559, "saddle"),
        StationaryPoint((0.08667750455539636, 2.884254701174776), 67.71915008752615, "saddle"),
        StationaryPoint((-3.0730257507643897, -0.08135304428796751), 104.0151629175581, "saddle"),
        StationaryPoint((-0.12796134673068008, -1.9537149802445763), 178.33723920192747, "saddle"),
    ),
    bounds=((-5.0, 5.0), (-5.0, 5.0)),
    source="D. M. Himmelblau, Applied Nonlinear Programming, McGraw-Hill, 1972",
)


def _beale_terms(x: Any, y: Any) -> list[tuple[Any, Any, Any, Any, Any]]:
    """Compute the residuals :math:`r = c - x(1 - y^k)` with their derivatives along x, y, xy, yy."""
    return [
        (
            c - x * (1 - y**k),
            y**k - 1,
            k * x * y ** (k - 1),
            k * y ** (k - 1),
            k * (k - 1) * x * y ** max(k - 2, 0),
        )
        for k, c in ((1, 1.5), (2, 2.25), (3, 2.625))
    ]


def _beale_gradient(x: Any, y: Any) -> tuple[Any, Any]:
    terms = _beale_terms(x, y)
    return sum(2 * r * rx for r, rx, *_ in terms), sum(2 * r * ry for r, _, ry, *_ in terms)


def _beale_hessian(x: Any, y: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    terms = _beale_terms(x, y)
    xx = sum(2 * rx * rx for _, rx, *_ in terms)
    xy = sum(2 * (rx * ry + r * rxy) for r, rx, ry, rxy, _ in terms)
    yy = sum(2 * (ry * ry + r * ryy) for r, _, ry, _, ryy in terms)
    return (xx, xy), (xy, yy)


#: A narrow curved valley between plateaus and walls that rise as a sixth power of y.
beale = in_the_plane(
    name="beale",
    formula="(1.5 - x + xy)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2",
    expression="(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
    value=lambda x, y: (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2,
    gradient=_beale_gradient,
    hessian=_beale_hessian,
    stationary=(
        StationaryPoint((3.0, 0.5), 0.0, "minimum"),
        StationaryPoint((0.0, 1.0), 14.203125, "saddle"),
    ),
    bounds=((-4.5, 4.5), (-4.5, 4.5)),
    source=_MORE,
)

# With y = -x/2 the gradient vanishes where x = 0 or x⁴ - 4.2 x² + 3.5 = 0, so x² = 2.1 ± √0.91.
_OUTER, _INNER = 1.7475523458302888, 1.07054229182366

#: One global minimum and two local ones of smaller depth, in which descent ends from half of all starts.
three_hump_camel = in_the_plane(
    name="three_hump_camel",
    formula=r"2 x^2 - 1.05 x^4 + \frac{x^6}{6} + xy + y^2",
    expression="2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2",
    value=lambda x, y: 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2,
    gradient=lambda x, y: (4 * x - 4.2 * x**3 + x**5 + y, x + 2 * y),
    hessian=lambda x, _y: ((4 - 12.6 * x**2 + 5 * x**4, 1), (1, 2)),
    stationary=(
        StationaryPoint((0.0, 0.0), 0.0, "minimum"),
        StationaryPoint((_OUTER, -_OUTER / 2), 0.2986384422368598, "minimum"),
        StationaryPoint((-_OUTER, _OUTER / 2), 0.2986384422368598, "minimum"),
        StationaryPoint((_INNER, -_INNER / 2), 0.8773615577631402, "saddle"),
        StationaryPoint((-_INNER, _INNER / 2), 0.8773615577631402, "saddle"),
    ),
    bounds=((-2.2, 2.2), (-2.2, 2.2)),
    source=_JAMIL,
)


def _neighbours(p: ArrayLike) -> tuple[Any, Any]:
    """Return every coordinate that has a successor, and the successors."""
    x = as_points("rosenbrock", p, None)
    return x[..., :-1], x[..., 1:]


def _rosenbrock(p: ArrayLike) -> Any:
    a, b = _neighbours(p)
    return np.sum(100 * (b - a**2) ** 2 + (1 - a) ** 2, axis=-1)


def _rosenbrock_jac(p: ArrayLike) -> Any:
    a, b = _neighbours(p)
    zero = np.zeros((*a.shape[:-1], 1))
    along_a = -400 * a * (b - a**2) - 2 * (1 - a)
    along_b = 200 * (b - a**2)
    return np.concatenate([along_a, zero], axis=-1) + np.concatenate([zero, along_b], axis=-1)


def _rosenbrock_hess(p: ArrayLike) -> Any:
    x = as_points("rosenbrock", p, None)
    a, b = x[..., :-1], x[..., 1:]
    n = x.shape[-1]
    zero = np.zeros((*a.shape[:-1], 1))
    along_aa = np.concatenate([1200 * a**2 - 400 * b + 2, zero], axis=-1)
    along_bb = np.where(np.arange(n) > 0, 200.0, 0.0)
    # A tridiagonal matrix: neighbours i and i + 1 share the entry -400 x_i.
    return (
        (along_aa + along_bb)[..., :, np.newaxis] * np.eye(n)
        - 400 * x[..., :, np.newaxis] * np.eye(n, k=1)
        - 400 * x[..., np.newaxis, :] * np.eye(n, k=-1)
    )


#: A banana-shaped valley: condition number 2508 at the minimum. From four variables on there is a second minimum.
rosenbrock = TestFunction(
    name="rosenbrock",
    formula=r"\sum_{i=1}^{n-1} \left[ 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2 \right]",
    expression="100*(y - x**2)**2 + (1 - x)**2",
    dimension=None,
    fun=_rosenbrock,
    jac=_rosenbrock_jac,
    hess=_rosenbrock_hess,
    stationary=(StationaryPoint((1.0, 1.0), 0.0, "minimum"),),
    bounds=((-2.0, 2.0), (-1.0, 3.0)),
    source=(
        "H. H. Rosenbrock, An automatic method for finding the greatest or least value of a function, "
        "The Computer Journal 3(3), 1960, 175-184, doi:10.1093/comjnl/3.3.175; in n variables: " + _MORE
    ),
)


def _rastrigin(p: ArrayLike) -> Any:
    x = as_points("rastrigin", p, None)
    return np.sum(x**2 + 10 * (1 - np.cos(2 * np.pi * x)), axis=-1)


def _rastrigin_jac(p: ArrayLike) -> Any:
    x = as_points("rastrigin", p, None)
    return 2 * x + 20 * np.pi * np.sin(2 * np.pi * x)


def _rastrigin_hess(p: ArrayLike) -> Any:
    x = as_points("rastrigin", p, None)
    return (2 + 40 * np.pi**2 * np.cos(2 * np.pi * x))[..., :, np.newaxis] * np.eye(x.shape[-1])


#: A bowl with a minimum near every point of whole coordinates: descent ends in the nearest. Only the deepest is listed.
rastrigin = TestFunction(
    name="rastrigin",
    formula=r"\sum_{i=1}^{n} \left[ x_i^2 + 10 (1 - \cos 2 \pi x_i) \right]",
    expression="x**2 + 10*(1 - cos(2*pi*x)) + y**2 + 10*(1 - cos(2*pi*y))",
    dimension=None,
    fun=_rastrigin,
    jac=_rastrigin_jac,
    hess=_rastrigin_hess,
    stationary=(StationaryPoint((0.0, 0.0), 0.0, "minimum"),),
    bounds=((-5.12, 5.12), (-5.12, 5.12)),
    source="L. A. Rastrigin, Systems of Extremal Control, Nauka, 1974; " + _JAMIL,
)
