"""The drawing of a computation shows every number of it, and fits."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from calcguide import autodiff, plotting


def network(x, w1, b, w2, t):
    return (w2 * np.tanh(w1 * x + b) - t) ** 2


@pytest.fixture
def graph():
    return autodiff.graph(network, 1.5, 0.8, -0.4, 2.0, 1.0)


@pytest.fixture
def ax():
    return Figure(figsize=(6, 6), layout="constrained").subplots()


def texts(ax):
    return [text.get_text() for text in ax.texts]


def kind(ax, patch):
    return [one for one in ax.patches if isinstance(one, patch)]


def test_a_box_for_each_step_and_an_arrow_for_each_operand(ax, graph):
    shown = plotting.computational_graph(ax, graph)
    assert len(kind(ax, FancyBboxPatch)) == len(graph.nodes) == 11
    assert len(kind(ax, FancyArrowPatch)) == len(graph.edges) == 10
    assert [text.get_text() for text in shown.values()] == [
        *["x", "w1", "b", "w2", "t"],
        *("v1 = w1 * x", "v2 = v1 + b", "v3 = tanh(v2)", "v4 = w2 * v3", "v5 = v4 - t", "v6 = v5**2"),
    ]


def test_numbers_are_those_of_the_graph(ax, graph):
    plotting.computational_graph(ax, graph)
    shown = texts(ax)
    for node in graph.nodes:
        assert f"{node.value:.3g}".replace("-", "−") in shown
        assert f"∂ {node.adjoint:.3g}".replace("-", "−") in shown
    for edge in graph.edges:
        assert f"{edge.derivative:.3g}".replace("-", "−") in shown


def test_an_explanation_will_do(ax):
    shown = plotting.computational_graph(ax, autodiff.explain(np.sin, 1.0), digits=5, adjoints=False)
    assert len(shown) == 2
    assert "0.84147" in texts(ax)
    assert not [text for text in texts(ax) if "∂" in text]


@pytest.mark.parametrize("direction", ["down", "right"])
def test_boxes_do_not_overlap_and_hold_their_text(ax, graph, direction):
    shown = plotting.computational_graph(ax, graph, direction=direction)
    ax.figure.draw_without_rendering()
    boxes = [box.get_window_extent() for box in kind(ax, FancyBboxPatch)]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
    for box, text in zip(boxes, shown.values(), strict=True):
        inner = text.get_window_extent()
        assert box.x0 < inner.x0 < inner.x1 < box.x1
        assert box.y0 < inner.y0 < inner.y1 < box.y1


def test_arrows_run_from_box_to_box(ax, graph):
    plotting.computational_graph(ax, graph)
    tops = [(box.get_x(), box.get_y(), box.get_width(), box.get_height()) for box in kind(ax, FancyBboxPatch)]
    names = [node.name for node in graph.nodes]
    for arrow, edge in zip(kind(ax, FancyArrowPatch), graph.edges, strict=True):
        path = arrow._path_original.vertices
        for (x, y), name, above in ((path[0], edge.start, 0), (path[-1], edge.end, 1)):
            left, bottom, width, height = tops[names.index(name)]
            assert left < x < left + width
            assert y == pytest.approx(bottom + above * height)


def test_arrows_of_one_box_are_apart(ax):
    plotting.computational_graph(ax, autodiff.graph(lambda x: x * x, 3.0))
    one, other = (arrow._path_original.vertices for arrow in kind(ax, FancyArrowPatch))
    assert one[0][0] != other[0][0]
    assert one[-1][0] != other[-1][0]


def test_letters_shrink_where_there_is_no_room(graph):
    sizes = []
    for height in (9, 3):
        ax = Figure(figsize=(6, height)).subplots()
        sizes.append(plotting.computational_graph(ax, graph)["v1"].get_fontsize())
    assert sizes[0] == 10
    assert sizes[1] < 6


def test_only_roles_and_data_colours(ax, graph):
    # What is neither would not change with the page.
    plotting.computational_graph(ax, graph)
    known = {plotting.INK, plotting.GROUND, *plotting.PALETTE.values()}
    assert {text.get_color() for text in ax.texts} <= known
    with plotting.recolour(ax.figure, "dark"):
        assert {text.get_color() for text in ax.texts} == {
            plotting.DARK[plotting.INK],
            plotting.PALETTE["purple"],
        }


def test_arrays_are_shown_by_their_shape(ax):
    plotting.computational_graph(ax, autodiff.graph(lambda W: np.sum(W * W), np.ones((2, 3))))
    assert "array 2×3" in texts(ax)


def test_frame_goes_and_title_stays(ax, graph):
    ax.set_title("Adjoints add over arrows")
    plotting.computational_graph(ax, graph)
    assert not ax.axison
    assert ax.get_title() == "Adjoints add over arrows"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"direction": "up"}, ValueError, "`direction` must be one of 'down', 'right'"),
        ({"digits": 0}, ValueError, "`digits` must be at least 1"),
        ({"digits": 2.5}, TypeError, "`digits` must be an integer"),
        ({"graph": 3}, TypeError, "`graph` must be what autodiff.graph or autodiff.explain returns, got int"),
    ],
    ids=["direction", "no digits", "digits", "graph"],
)
def test_refused(ax, graph, options, error, message):
    with pytest.raises(error, match=message):
        plotting.computational_graph(ax, **{"graph": graph, **options})
