"""Areas are the numbers that they claim to be, and show their sign without colour."""

from __future__ import annotations

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from calcguide import integrate, plotting


@pytest.fixture
def ax():
    return Figure().subplots()


def polygons(drawn):
    return [path.vertices for path in drawn.get_paths()]


def area(polygon):
    """Area between a polygon and the axis, by the trapezoids below its edges (Gauss's formula)."""
    x, y = polygon.T
    return abs(np.sum((x - np.roll(x, 1)) * (y + np.roll(y, 1))) / 2)


def signed(parts):
    above, below = parts
    return sum(map(area, polygons(above))) - sum(map(area, polygons(below)))


def wave(x):
    return np.sin(3 * x) + 0.2


RULES = ["left", "right", "midpoint", "trapezoid"]


@pytest.mark.parametrize("n", [1, 2, 7, 40])
@pytest.mark.parametrize("rule", RULES)
def test_areas_add_up_to_the_sum(ax, rule, n):
    parts = plotting.riemann_rectangles(ax, wave, -1, 2, n, rule=rule)
    expected = (
        integrate.trapezoid(wave, -1, 2, n)
        if rule == "trapezoid"
        else integrate.riemann_sum(wave, -1, 2, n, rule=rule)
    )
    assert signed(parts) == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("rule", RULES)
def test_parts_lie_on_their_side(ax, rule):
    above, below = plotting.riemann_rectangles(ax, wave, -1, 2, 9, rule=rule)
    assert above.get_paths()
    assert below.get_paths()
    assert all((polygon[:, 1] >= 0).all() for polygon in polygons(above))
    assert all((polygon[:, 1] <= 0).all() for polygon in polygons(below))


def test_rectangles_of_2x(ax):
    # Ten rectangles below the axis, nine above, one without height: the left sum is -20 with cells of width 1.
    parts = plotting.riemann_rectangles(ax, lambda x: 2 * x, -10, 10, 20)
    assert [len(part.get_paths()) for part in parts] == [9, 10]
    assert signed(parts) == pytest.approx(-20)
    np.testing.assert_array_equal(polygons(parts[1])[0][:4], [[-10, 0], [-10, -20], [-9, -20], [-9, 0]])


def test_a_trapezoid_across_the_axis_is_two_triangles(ax):
    parts = plotting.riemann_rectangles(ax, lambda x: 2 * x - 1, 0, 2, 1, rule="trapezoid")
    assert [len(part.get_paths()) for part in parts] == [1, 1]
    assert [area(polygons(part)[0]) for part in parts] == pytest.approx([9 / 4, 1 / 4])
    assert polygons(parts[0])[0][0].tolist() == [0.5, 0]


def test_the_function_is_called_once_where_the_rule_says(ax):
    seen = []
    for rule in RULES:
        plotting.riemann_rectangles(ax, lambda x: seen.append(x.tolist()) or x, 0, 1, 2, rule=rule)
    assert seen == [[0, 0.5], [0.5, 1], [0.25, 0.75], [0, 0.5, 1]]


def test_shaded_area_is_the_integral(ax):
    parts = plotting.shaded_area(ax, wave, -1, 2)
    exact = (np.cos(-3) - np.cos(6)) / 3 + 0.6
    # 500 trapezoids: h² / 12 times the rise of the slope, 3e-6 · 6.
    assert signed(parts) == pytest.approx(exact, abs=2e-5)
    above, below = (polygons(part)[0] for part in parts)
    assert above[:, 1].min() == 0 == below[:, 1].max()
    assert np.ptp(above[:, 0]) == 3


def test_shaded_area_crosses_the_axis_where_the_curve_does(ax):
    above, below = plotting.shaded_area(ax, lambda x: x - 1 / 3, 0, 1, points=2)
    assert area(polygons(above)[0]) == pytest.approx(2 / 9)
    assert area(polygons(below)[0]) == pytest.approx(1 / 18)


def test_a_density_has_no_part_below(ax):
    above, below = plotting.shaded_area(
        ax, lambda x: np.exp(-np.abs(x)), -1, 1, label="P", label_below="none"
    )
    assert (len(above.get_paths()), len(below.get_paths())) == (1, 0)
    assert ax.get_legend_handles_labels()[1] == ["P"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax, **options: plotting.riemann_rectangles(ax, wave, -1, 2, 9, **options),
        lambda ax, **options: plotting.shaded_area(ax, wave, -1, 2, **options),
    ],
    ids=["rectangles", "area"],
)
class TestLook:
    def test_signs_differ_in_colour_and_in_hatching(self, ax, draw):
        above, below = draw(ax)
        assert (above.get_hatch(), below.get_hatch()) == (None, "///")
        assert not np.allclose(above.get_facecolor(), below.get_facecolor())

    def test_colours_are_those_of_the_palette(self, ax, draw):
        for part in draw(ax):
            face, edge = part.get_facecolor()[0], part.get_edgecolor()[0]
            assert matplotlib.colors.to_hex(edge) in plotting.PALETTE.values()
            assert matplotlib.colors.to_hex(face) == matplotlib.colors.to_hex(edge)
            assert face[3] < 0.5

    def test_labels_and_patches(self, ax, draw):
        above, below = draw(ax, label="adds", label_below="subtracts", zorder=0.5)
        assert ax.get_legend_handles_labels()[1] == ["adds", "subtracts"]
        assert above.get_zorder() == below.get_zorder() == 0.5
        assert draw(ax, hatch="..")[0].get_hatch() == ".."

    def test_axes_make_room(self, ax, draw):
        draw(ax)
        (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
        assert left <= -1 < 2 <= right
        assert bottom <= -0.75
        assert top >= 1.1

    def test_it_can_be_drawn_on_both_pages(self, ax, draw):
        draw(ax, label="adds", label_below="subtracts")
        ax.legend()
        with plotting.recolour(ax.figure, "dark"):
            ax.figure.draw_without_rendering()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda ax: plotting.riemann_rectangles(ax, "f", 0, 1, 3), TypeError, "`fun` must be callable"),
        (
            lambda ax: plotting.riemann_rectangles(ax, np.sin, 1, 1, 3),
            ValueError,
            "`a` must be less than `b`, got a=1.0",
        ),
        (lambda ax: plotting.riemann_rectangles(ax, np.sin, 0, 1, 0), ValueError, "`n` must be at least 1"),
        (
            lambda ax: plotting.riemann_rectangles(ax, np.sin, 0, 1, 3, rule="simpson"),
            ValueError,
            "`rule` must be one of 'left', 'midpoint', 'right', 'trapezoid'",
        ),
        (
            lambda ax: plotting.riemann_rectangles(ax, np.log, 0, 1, 3),
            ValueError,
            "`fun` must be finite at the nodes, got -inf at x=0.0",
        ),
        (lambda ax: plotting.riemann_rectangles(ax, np.sum, 0, 1, 3), ValueError, r"got \(\)"),
        (lambda ax: plotting.shaded_area(ax, 3, 0, 1), TypeError, "`fun` must be callable"),
        (lambda ax: plotting.shaded_area(ax, np.sin, 0, np.inf), ValueError, "`b` must be finite"),
        (lambda ax: plotting.shaded_area(ax, np.sin, 2, 1), ValueError, "`a` must be less than `b`"),
        (
            lambda ax: plotting.shaded_area(ax, np.sin, 0, 1, points=1),
            ValueError,
            "`points` must be at least 2",
        ),
        (
            lambda ax: plotting.shaded_area(ax, np.sqrt, -1, 1),
            ValueError,
            "finite at all points of the area, got nan at x=-1.0",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_arguments(ax, call, error, message):
    with pytest.raises(error, match=message):
        call(ax)
    assert not ax.collections


class TestErrorAgainstCost:
    def test_axes_are_logarithmic(self, ax):
        line = plotting.error_against_cost(ax, [10, 100, 1000], [0.1, 0, 1e-5], label="error")
        assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
        np.testing.assert_array_equal(line.get_ydata(), [0.1, np.nan, 1e-5])

    def test_each_series_has_its_marker(self, ax):
        lines = [plotting.error_against_cost(ax, [1, 10], [1, 1], label=str(i), slope=-1) for i in range(3)]
        assert [line.get_marker() for line in lines] == list(plotting.MARKERS[:3])

    @pytest.mark.parametrize("slope", [-0.5, -2, -4])
    def test_guide_starts_at_the_smallest_count(self, ax, slope):
        n = np.array([1e3, 1e1, 1e2, 1e4])
        # The largest counts are lost in round-off, and the guide must not start there.
        errors = np.maximum(3.0 * n**slope, 1e-9)
        plotting.error_against_cost(ax, n, errors, label="error", slope=slope)
        x, y = ax.lines[-1].get_data()
        assert x == pytest.approx([10, 100])
        np.testing.assert_allclose(y, 4 * 3 * x**slope)
        assert ax.texts[0].get_text() == f"slope {slope}".replace("-", "−")

    @pytest.mark.parametrize(
        ("counts", "errors", "message"),
        [
            ([0, 1], [1, 1], "`counts` must be positive, got counts=0"),
            ([1, 2], [1], "must have the shape of `counts`"),
            ([1, 2], [1, -1], "`errors` must not be negative"),
        ],
    )
    def test_bad_arguments(self, ax, counts, errors, message):
        with pytest.raises(ValueError, match=message):
            plotting.error_against_cost(ax, counts, errors, label="error")
        assert not ax.lines
