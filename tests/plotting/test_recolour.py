"""Every role is exchanged wherever it is used, nothing else is, and all of it comes back."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import same_color, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from calcguide import plotting
from calcguide.plotting import DARK, GRID, GROUND, INK, PALETTE


def rich_figure(layout: str = "none") -> Figure:
    """Use the roles in all the ways that a lesson may."""
    plotting.use_style()
    figure = Figure(layout=layout)
    figure.suptitle("Everything at once")
    ax, field, table = figure.subplots(1, 3)
    x = np.linspace(0, 1, 5)
    ax.plot(x, x, label="blue")
    ax.plot(x, x**2, color=INK, marker="o", markerfacecolor=GROUND, label="ink")
    ax.axhline(0.5, color=INK)
    ax.set(title="A title", xlabel="x", ylabel="y")
    ax.annotate(
        "here", (0.5, 0.5), (0.2, 0.8), color=INK, arrowprops={"color": INK}, bbox={"fc": GROUND, "ec": GRID}
    )
    ax.text(
        0.1, 0.1, "note", color=PALETTE["red"], bbox={"facecolor": GROUND, "edgecolor": INK, "alpha": 0.5}
    )
    ax.add_patch(Rectangle((0, 0), 0.2, 0.2, facecolor=(*to_rgba(INK)[:3], 0.25), edgecolor=PALETTE["green"]))
    ax.fill_between(x, x, color=GRID)
    ax.scatter(x, x, c=x, edgecolors=INK)
    ax.legend(title="Legend")
    u, v = np.meshgrid(x, x)
    lines = field.contour(u, v, u + v, colors=INK)
    field.clabel(lines)
    field.contour(u, v, u - v, colors=PALETTE["purple"])
    field.quiver(u, v, u, v, color=INK)
    figure.colorbar(field.contourf(u, v, u * v), ax=field)
    field.twinx().set_ylabel("another axis")
    table.table([["a", "b"]])
    return figure


def pixels(figure: Figure) -> np.ndarray:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).astype(int).copy()


def has_colour(image: np.ndarray, colour: str) -> bool:
    """Say whether some opaque pixel has exactly this colour."""
    return bool((image == np.rint(np.array(to_rgba(colour)) * 255)).all(axis=-1).any())


def test_light_ink_is_gone_and_dark_ink_is_there():
    figure = rich_figure()
    before = pixels(figure)
    assert has_colour(before, INK)
    assert not has_colour(before, DARK[INK])
    with plotting.recolour(figure, "dark"):
        after = pixels(figure)
    for role in (INK, GRID):
        assert not has_colour(after, role)
        assert has_colour(after, DARK[role])
    for name in ("blue", "purple", "green"):
        assert has_colour(before, PALETTE[name])
        assert has_colour(after, PALETTE[name])


def test_light_figure_comes_back_to_the_pixel():
    figure = rich_figure()
    before = pixels(figure)
    with plotting.recolour(figure, "dark"):
        assert (pixels(figure) != before).any()
    np.testing.assert_array_equal(pixels(figure), before)


def test_figure_is_changed_at_once_and_back_to_light():
    figure = rich_figure()
    before = pixels(figure)
    plotting.recolour(figure, "dark")
    assert has_colour(pixels(figure), DARK[INK])
    plotting.recolour(figure, "light")
    np.testing.assert_array_equal(pixels(figure), before)


def test_figure_comes_back_after_an_error():
    figure = Figure()
    text = figure.text(0, 0, "x", color=INK)
    with pytest.raises(RuntimeError, match="in between"), plotting.recolour(figure, "dark"):
        raise RuntimeError("in between")
    assert text.get_color() == INK


def test_dark_variant_is_drawn_in_the_same_places():
    one, other = rich_figure("constrained"), rich_figure("constrained")
    pixels(one), pixels(other)
    with plotting.recolour(other, "dark"):
        pixels(one), pixels(other)
        for ax, twin in zip(one.axes, other.axes, strict=True):
            assert ax.get_position().bounds == twin.get_position().bounds


def test_ticks_that_are_made_while_dark_come_back_too():
    plotting.use_style()
    figure = Figure()
    figure.subplots().plot([0, 1])
    with plotting.recolour(figure, "dark"):
        assert not has_colour(pixels(figure), INK)
    after = pixels(figure)
    assert has_colour(after, INK)
    assert not has_colour(after, DARK[INK])


def test_transparency_is_kept():
    figure = Figure()
    patch = figure.add_artist(Rectangle((0, 0), 1, 1, facecolor=(*to_rgba(INK)[:3], 0.2)))
    with plotting.recolour(figure, "dark"):
        assert same_color(patch.get_facecolor(), (*to_rgba(DARK[INK])[:3], 0.2))


def test_colours_beside_the_roles_are_left_alone():
    figure = Figure()
    lines = figure.subplots().plot(np.eye(3))
    for line, colour in zip(lines, ("black", "C0", "#20242b"), strict=True):
        line.set_color(colour)
    with plotting.recolour(figure, "dark"):
        assert [line.get_color() for line in lines] == ["black", "C0", "#20242b"]


def test_labels_of_contours_change_with_them():
    figure = Figure()
    ax = figure.subplots()
    labels = ax.clabel(ax.contour(np.add.outer(np.arange(5.0), np.arange(5.0)), colors=INK))
    with plotting.recolour(figure, "dark"):
        assert all(same_color(label.get_color(), DARK[INK]) for label in labels)
    assert all(same_color(label.get_color(), INK) for label in labels)


@pytest.mark.parametrize(
    ("figure", "page", "error", "message"),
    [
        ("a.png", "dark", TypeError, "`figure` must be a Matplotlib figure, got str"),
        (Figure(), "grey", ValueError, "`page` must be one of 'light', 'dark', got 'grey'"),
    ],
    ids=["no figure", "no page"],
)
def test_bad_arguments(figure, page, error, message):
    with pytest.raises(error, match=message):
        plotting.recolour(figure, page)
