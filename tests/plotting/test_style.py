"""The style is complete, needs nothing that Matplotlib does not ship, and does not lean on colour alone."""

from __future__ import annotations

import io

import matplotlib
import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib.figure import Figure

from calcguide import plotting


def drawing() -> bytes:
    figure = Figure()
    ax = figure.subplots()
    ax.plot([0, 1], [0, 1], label="identity")
    ax.set(title="The line rises", xlabel="x", ylabel="y")
    ax.legend()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def test_style_sets_what_it_says():
    plotting.use_style()
    for name, value in plotting.STYLE.items():
        assert matplotlib.rcParams[name] == matplotlib.rcParams.validate[name](value), name


def test_style_does_not_depend_on_what_was_set_before():
    plotting.use_style()
    expected = drawing()
    matplotlib.rcParams.update({"lines.color": "red", "xtick.direction": "in", "font.size": 30})
    plotting.use_style()
    assert drawing() == expected


def test_style_keeps_the_backend():
    plotting.use_style()
    assert matplotlib.get_backend().lower() == "agg"


def test_ground_is_transparent():
    plotting.use_style()
    figure = Figure()
    figure.subplots()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="rgba")
    alpha = np.frombuffer(buffer.getvalue(), np.uint8).reshape(-1, 4)[:, 3]
    assert alpha[0] == 0


def test_fonts_ship_with_matplotlib():
    for family in plotting.STYLE["font.sans-serif"]:
        path = font_manager.findfont(family, fallback_to_default=False)
        assert path.startswith(matplotlib.get_data_path())


@pytest.mark.parametrize("attribute", ["get_color", "get_linestyle"])
def test_lines_differ_in_colour_and_in_style(attribute):
    plotting.use_style()
    lines = Figure().subplots().plot(np.zeros((2, len(plotting.PALETTE))))
    if attribute == "get_color":
        assert [line.get_color() for line in lines] == list(plotting.PALETTE.values())
    dashes = {(line.get_linestyle(), str(line._unscaled_dash_pattern)) for line in lines}
    assert len(dashes) == len(lines)


def test_there_is_a_style_and_a_marker_for_each_colour():
    assert len(set(map(str, plotting.LINE_STYLES))) == len(plotting.PALETTE)
    assert len(set(plotting.MARKERS)) == len(plotting.PALETTE)


@pytest.mark.parametrize("name", ["font.size", "axes.labelsize", "xtick.labelsize", "legend.fontsize"])
def test_text_is_readable_at_half_size(name):
    # On a phone, 6 in shrink to about 55 %: 11 pt of 100 dpi become 8 px.
    assert plotting.STYLE[name] >= 11
