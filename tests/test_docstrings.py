"""Every public name says what it does, shows it, has types, and stands in the site's reference."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import calcguide

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
PUBLIC = {
    f"calcguide.{room}.{name}": getattr(getattr(calcguide, room), name)
    for room in sorted(set(calcguide.__all__) - {"__version__"})
    for name in getattr(calcguide, room).__all__
}
FUNCTIONS = {name: thing for name, thing in PUBLIC.items() if inspect.isfunction(thing)}
CLASSES = {name: thing for name, thing in PUBLIC.items() if inspect.isclass(thing)}
METHODS = {
    f"{name}.{attribute}": thing
    for name, owner in CLASSES.items()
    for attribute, thing in vars(owner).items()
    if inspect.isfunction(thing) and (attribute == "__call__" or not attribute.startswith("_"))
}
SHOWN = FUNCTIONS | {name: thing for name, thing in CLASSES.items() if not issubclass(thing, Exception)}


def named(things: dict[str, Any]) -> pytest.MarkDecorator:
    """Run a test for each of the things, under its name."""
    return pytest.mark.parametrize("thing", [pytest.param(thing, id=name) for name, thing in things.items()])


@named(FUNCTIONS | CLASSES | METHODS)
def test_opens_with_one_line(thing: Any) -> None:
    lines = (inspect.getdoc(thing) or "").splitlines()
    assert lines, "no docstring"
    assert lines[0].endswith(".")
    assert len(lines) == 1 or not lines[1]


def section(thing: Any, title: str) -> str:
    """Return the text under a heading of a docstring."""
    found = re.search(
        rf"^{title}\n-+\n(.*?)(?=^\w[\w ]*\n---|\Z)", inspect.getdoc(thing) or "", re.MULTILINE | re.DOTALL
    )
    return found[1] if found else ""


@named(FUNCTIONS | METHODS)
def test_documents_what_goes_in_and_comes_out(thing: Any) -> None:
    signature = inspect.signature(thing)
    entries = [
        re.sub(r"\s*:.*", "", line)
        for line in section(thing, "Parameters").splitlines()
        if re.match(r"[\w*]", line)
    ]
    documented = {name.strip(" *") for entry in entries for name in entry.split(",")}
    # A method without a section of its own says in its one line what it does with obvious arguments.
    if thing in FUNCTIONS.values() or documented:
        assert documented == set(signature.parameters) - {"self"}
        assert (signature.return_annotation in {None, "None"}) or section(thing, "Returns")


@named(SHOWN)
def test_shows_an_example(thing: Any) -> None:
    assert ">>> " in section(thing, "Examples")


@named(SHOWN)
def test_examples_print_plain_numbers(thing: Any) -> None:
    # np.float64(2.0) is what NumPy 2 prints; a reader should see 2.0.
    assert "np.float64(" not in (inspect.getdoc(thing) or "")


@named(FUNCTIONS | METHODS)
def test_signature_has_types(thing: Any) -> None:
    signature = inspect.signature(thing)
    parameters = [one for one in signature.parameters.values() if one.name != "self"]
    assert [one.name for one in parameters if one.annotation is one.empty] == []
    assert signature.return_annotation is not signature.empty


@named(FUNCTIONS)
def test_options_are_keywords(thing: Any) -> None:
    # What follows the first default is an option, and an option has a name where it is used.
    parameters = list(inspect.signature(thing).parameters.values())
    optional = [one for one in parameters if one.default is not one.empty]
    assert [one.name for one in optional if one.kind is one.POSITIONAL_OR_KEYWORD] == []


def listed(room: str) -> set[str]:
    """Return the names that the page of a room lists."""
    text = (REFERENCE / f"{room}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```{eval-rst}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines() if line.startswith(" ")]
    return {name for line in lines if not line.startswith(":") for name in line.split()}


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the source archive holds no site")
@pytest.mark.parametrize("name", PUBLIC)
def test_stands_in_the_reference(name: str) -> None:
    _, room, short = name.split(".")
    assert short in listed(room)
