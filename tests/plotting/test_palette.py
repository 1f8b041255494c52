"""The colours hold on both grounds, for all readers, and are those of the style sheet."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from calcguide.plotting import DARK, GRID, GROUND, INK, PALETTE

STYLE_SHEET = Path(__file__).parents[2] / "docs" / "_static" / "style.css"
PAIRS = list(combinations(PALETTE, 2))

# Linear RGB as it reaches readers without one kind of cone, after Machado, Oliveira and Fernandes (2009),
# severity 1. https://doi.org/10.1109/TVCG.2009.113
SIGHT = {
    "full": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}
# Linear sRGB to CIE XYZ (D65), IEC 61966-2-1.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str) -> np.ndarray:
    encoded = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it, from 1 to 21."""
    low, high = sorted(float(TO_XYZ[1] @ linear(colour)) + 0.05 for colour in (one, other))
    return high / low


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB of linear RGB: distances in it are roughly differences seen, and 2 is just noticeable."""
    t = TO_XYZ @ np.clip(rgb, 0, 1) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21, abs=1e-6)


@pytest.mark.parametrize("ground", [GROUND, DARK[GROUND]], ids=["light", "dark"])
@pytest.mark.parametrize("name", PALETTE)
def test_data_colours_stand_out_from_both_grounds(name, ground):
    assert contrast(PALETTE[name], ground) >= 3


@pytest.mark.parametrize(("ink", "ground"), [(INK, GROUND), (DARK[INK], DARK[GROUND])], ids=["light", "dark"])
def test_ink_is_readable(ink, ground):
    assert contrast(ink, ground) >= 7


@pytest.mark.parametrize(
    ("grid", "ground"), [(GRID, GROUND), (DARK[GRID], DARK[GROUND])], ids=["light", "dark"]
)
def test_grid_stays_in_the_background(grid, ground):
    assert 1.2 < contrast(grid, ground) < 2


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(("one", "other"), PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_data_colours_stay_apart(one, other, sight):
    seen = [lab(np.asarray(SIGHT[sight]) @ linear(PALETTE[name])) for name in (one, other)]
    # 20 in CIELAB is ten just noticeable differences: enough for a line of two points' width.
    assert np.linalg.norm(seen[0] - seen[1]) >= 20


def test_roles_and_data_colours_never_coincide():
    # `recolour` knows a role by its value alone.
    everything = [*PALETTE.values(), *DARK.keys(), *DARK.values()]
    assert len(set(everything)) == len(everything)


def properties(block: str) -> dict[str, str]:
    return dict(re.findall(r"--cg-([\w-]+):\s*(#[0-9a-f]{6})\s*;", block))


def test_style_sheet_has_the_same_colours():
    css = re.sub(r"/\*.*?\*/", "", STYLE_SHEET.read_text(encoding="utf-8"), flags=re.DOTALL)
    light, *dark = (properties(body) for _, body in re.findall(r"([^{}]+)\{([^{}]*--cg-ink:[^{}]*)\}", css))
    assert {name: light[name] for name in PALETTE} == dict(PALETTE)
    assert [light["ink"], light["grid"], light["ground"]] == [INK, GRID, GROUND]
    # Once for the reader's choice, once for the system's.
    assert len(dark) == 2
    for colours in dark:
        assert [colours["ink"], colours["grid"], colours["ground"]] == [DARK[INK], DARK[GRID], DARK[GROUND]]
