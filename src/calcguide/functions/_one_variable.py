r"""Test functions of one variable, such as :math:`x^3 - 2x^2 + 1`: elementwise over arrays."""

from __future__ import annotations

import numpy as np

from calcguide.functions._test_function import StationaryPoint, on_the_line

#: The function on which step sizes of descent are first compared.
parabola = on_the_line(
    name="parabola",
    formula="x^2",
    expression="x**2",
    value=lambda x: x**2,
    first=lambda x: 2 * x,
    second=lambda _x: 2,
    stationary=(StationaryPoint(0.0, 0.0, "minimum"),),
    bounds=(-5.0, 5.0),
    source="Textbook example",
)

#: One maximum, one minimum, and no bound below: a stationary point need not be the largest or smallest value.
cubic = on_the_line(
    name="cubic",
    formula="x^3 - 2 x^2 + 1",
    expression="x**3 - 2*x**2 + 1",
    value=lambda x: x**3 - 2 * x**2 + 1,
    first=lambda x: 3 * x**2 - 4 * x,
    second=lambda x: 6 * x - 4,
    stationary=(
        StationaryPoint(0.0, 1.0, "maximum"),
        StationaryPoint(4 / 3, -5 / 27, "minimum"),
    ),
    bounds=(-1.0, 2.5),
    source="Textbook example",
)

#: One stationary point only; near x = 2.73 a shoulder, where the slope comes close to zero and does not reach it.
ripple = on_the_line(
    name="ripple",
    formula=r"x^2 + 5 \sin x",
    expression="x**2 + 5*sin(x)",
    value=lambda x: x**2 + 5 * np.sin(x),
    first=lambda x: 2 * x + 5 * np.cos(x),
    second=lambda x: 2 - 5 * np.sin(x),
    stationary=(StationaryPoint(-1.110510503581112, -3.246394272691539, "minimum"),),
    bounds=(-5.0, 5.0),
    source="Textbook example",
)

#: Two minima of equal depth, with a maximum between them from which descent does not start.
double_well = on_the_line(
    name="double_well",
    formula="(x^2 - 1)^2",
    expression="(x**2 - 1)**2",
    value=lambda x: (x**2 - 1) ** 2,
    first=lambda x: 4 * x * (x**2 - 1),
    second=lambda x: 12 * x**2 - 4,
    stationary=(
        StationaryPoint(-1.0, 0.0, "minimum"),
        StationaryPoint(0.0, 1.0, "maximum"),
        StationaryPoint(1.0, 0.0, "minimum"),
    ),
    bounds=(-1.6, 1.6),
    source="Textbook example",
)
