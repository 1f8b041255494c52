"""The drawings show the numbers they claim to show, and refuse what they cannot show."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from calcguide import plotting


@pytest.fixture
def ax():
    return Figure().subplots()


def test_curve_joins_the_values(ax):
    line = plotting.curve(ax, np.sin, 0, 3, label="sine", color="C1")
    x, y = line.get_data()
    assert (x[0], x[-1], len(x)) == (0, 3, 501)
    np.testing.assert_array_equal(y, np.sin(x))
    assert (line.get_label(), line.get_color()) == ("sine", "C1")
    assert line.axes is ax


@pytest.mark.parametrize(
    ("fun", "hole"), [(lambda x: 1 / x, 0), (np.log, -1), (np.sqrt, -0.5)], ids=["pole", "log", "root"]
)
def test_curve_has_a_gap_where_there_is_no_value(ax, fun, hole):
    x, y = plotting.curve(ax, fun, -1, 1, points=9).get_data()
    assert np.isnan(y[x == hole]).all()
    assert np.isfinite(y[x > 0]).all()


def test_curve_is_cut_at_breaks(ax):
    x, y = plotting.curve(ax, np.sign, -1, 1, points=4, breaks=[0, 7]).get_data()
    np.testing.assert_allclose(x, [-1, -1 / 3, 0, 1 / 3, 1])
    np.testing.assert_array_equal(y, [-1, -1, np.nan, 1, 1])


def test_curve_takes_a_function_that_returns_its_argument(ax):
    # Writing gaps into the result must not write into the abscissae.
    x, _ = plotting.curve(ax, lambda x: x, -1, 1, points=3, breaks=[0]).get_data()
    assert np.isfinite(x).all()


def test_curve_leaves_the_grid_alone_if_the_function_writes_into_it(ax):
    def careless(x):
        x += 1
        return x

    x, y = plotting.curve(ax, careless, 0, 1, points=3).get_data()
    np.testing.assert_array_equal(y, x + 1)


@pytest.mark.parametrize("h", [0.5, -0.5], ids=["right", "left"])
def test_secant_has_the_difference_quotient_as_slope(ax, h):
    line = plotting.secant(ax, lambda x: x**2, 1, h)
    assert line.get_slope() == 2 + h
    assert line.get_color() == plotting.INK
    points = ax.lines[-1]
    np.testing.assert_array_equal(points.get_data(), [[1, 1 + h], [1, (1 + h) ** 2]])
    assert points.get_color() == plotting.INK


def test_tangent_goes_through_its_point(ax):
    line = plotting.tangent(ax, np.exp, 0, 1, color="C3", label="tangent")
    assert (line.get_xy1(), line.get_slope(), line.get_label()) == ((0, 1), 1, "tangent")
    assert ax.lines[-1].get_color() == "C3"
    assert ax.get_legend_handles_labels()[1] == ["tangent"]


def test_convergence_is_logarithmic_and_skips_zero_and_nan(ax):
    line = plotting.convergence(ax, [0.1, 0.2, 0.3], [0, np.nan, 0.5], label="error")
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    np.testing.assert_array_equal(line.get_ydata(), [np.nan, np.nan, 0.5])


def test_convergence_gives_each_series_its_marker(ax):
    lines = [
        plotting.convergence(ax, [0.1, 1], [1, 1], label=str(i), slope=1)
        for i in range(len(plotting.MARKERS))
    ]
    assert [line.get_marker() for line in lines] == list(plotting.MARKERS)


@pytest.mark.parametrize("slope", [1, 2, 4, -1])
def test_slope_guide_has_its_slope_and_lies_above(ax, slope):
    h = 10.0 ** np.arange(-6, 0)
    plotting.convergence(ax, h, 3 * h**slope, label="error", slope=slope)
    x, y = ax.lines[-1].get_data()
    assert np.diff(np.log(y))[0] / np.diff(np.log(x))[0] == pytest.approx(slope)
    np.testing.assert_allclose(y, 4 * 3 * x**slope)
    assert ax.texts[0].get_text() == f"slope {slope}".replace("-", "−")


def test_no_guide_without_an_error_to_show(ax):
    plotting.convergence(ax, [0.1, 1], [0, 0], label="exact", slope=2)
    assert len(ax.lines) == 1
    assert not ax.texts


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda ax: plotting.curve(ax, "sin", 0, 1), TypeError, "`fun` must be callable"),
        (
            lambda ax: plotting.curve(ax, np.sin, 1, 1),
            ValueError,
            r"`start` must be less than `stop`, got start=1",
        ),
        (lambda ax: plotting.curve(ax, np.sin, 0, np.inf), ValueError, "`stop` must be finite"),
        (lambda ax: plotting.curve(ax, np.sum, 0, 1), ValueError, r"given shape \(501,\), got \(\)"),
        (lambda ax: plotting.curve(ax, lambda x: x * 1j, 0, 1), TypeError, r"`fun\(x\)` must be real"),
        (lambda ax: plotting.curve(ax, np.sin, 0, 1, points=1), ValueError, "`points` must be at least 2"),
        (lambda ax: plotting.secant(ax, np.sin, 0, 0), ValueError, "`h` must not be zero, got h=0.0"),
        (lambda ax: plotting.secant(ax, np.log, 1, -1), ValueError, "got -inf at x=0.0"),
        (lambda ax: plotting.tangent(ax, np.sqrt, -1, 2), ValueError, "got nan at x=-1.0"),
        (lambda ax: plotting.tangent(ax, np.sin, 0, np.nan), ValueError, "`slope` must be finite"),
        (
            lambda ax: plotting.convergence(ax, [-0.1, 1], [1, 1], label=""),
            ValueError,
            "`h` must be positive, got h=-0.1",
        ),
        (
            lambda ax: plotting.convergence(ax, [0.1], [1, 1], label=""),
            ValueError,
            "must have the shape of `h`",
        ),
        (
            lambda ax: plotting.convergence(ax, [0.1], [-1], label=""),
            ValueError,
            "`errors` must not be negative",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_arguments(ax, call, error, message):
    with pytest.raises(error, match=message):
        call(ax)
    assert not ax.lines
