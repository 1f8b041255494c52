"""The reference names every public name of every room."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

import calcguide

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
ROOMS = sorted(set(calcguide.__all__) - {"__version__"})


@pytest.mark.parametrize("room", ROOMS)
def test_each_public_name_is_on_the_rooms_page(room):
    page = (REFERENCE / f"{room}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"\.\. (?:autosummary|constants)::.*?```", page, re.DOTALL)
    listed = [name for block in blocks for name in re.findall(r"^ {3}([\w ]+)$", block, re.MULTILINE)]
    names = " ".join(listed).split()
    assert sorted(names) == sorted(importlib.import_module(f"calcguide.{room}").__all__)


def test_each_room_has_a_page():
    index = (REFERENCE / "index.md").read_text(encoding="utf-8")
    toctree = index.rpartition("```{toctree}")[2].splitlines()
    assert sorted(line for line in toctree if line.isidentifier()) == ROOMS
