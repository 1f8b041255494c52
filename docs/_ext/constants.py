"""The package's constants and test functions in the reference, from the ``#:`` comments above them.

Autodoc finds such a comment only in the module that makes the object, and the package's public names live
one level higher than the files that define them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from textwrap import indent
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ENTRY = """
.. py:data:: {name}
   :module: {module}
{options}

{text}
"""


def comments(package: str) -> dict[str, str]:
    """Return the ``#:`` comments in a package's files, by the name they document.

    Parameters
    ----------
    package : str
        A package, such as ``calcguide.plotting``.

    Returns
    -------
    dict
        From names to reST.
    """
    found: dict[str, str] = {}
    for file in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
        documented = ModuleAnalyzer.for_module(file.name).find_attr_docs()
        found |= {name: "\n".join(lines).strip() for (owner, name), lines in documented.items() if not owner}
    found |= {
        name: "\n".join(lines).strip()
        for (owner, name), lines in ModuleAnalyzer.for_module(package).find_attr_docs().items()
        if not owner
    }
    return found


def describe(value: Any) -> tuple[str, str]:
    """Return what the reference says of a value: options of ``py:data``, and more text.

    Parameters
    ----------
    value : object
        A constant, a mapping of constants, or a test function.

    Returns
    -------
    tuple of str
        Options and text as reST.
    """
    if hasattr(value, "stationary"):
        points = "; ".join(
            f"{point.kind} {_number(point.value)} at {_number(point.x)}" for point in value.stationary
        )
        text = f".. math:: {value.formula}\n\nKnown stationary points: {points}."
        return f"   :type: {type(value).__name__}", f"{text}\n\nSource: {value.source.rstrip('.')}."
    if isinstance(value, str):
        return f"   :type: str\n   :value: {value!r}", ""
    if isinstance(value, Mapping):
        entries = [f"``{key!r}``: ``{entry!r}``" for key, entry in value.items() if isinstance(entry, str)]
        return "   :type: dict", ", ".join(entries)
    return f"   :type: {type(value).__name__}", ""


def _number(x: Any) -> str:
    if isinstance(x, tuple):
        return f"({', '.join(map(_number, x))})"
    return f"{x:.6g}".replace("-", "−")


class Constants(SphinxDirective):
    """Document names of a package: the package is the argument, the names are the content."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return a description of each name."""
        package = self.arguments[0]
        module, notes = importlib.import_module(package), comments(package)
        lines = StringList()
        for name in " ".join(self.content).split():
            options, text = describe(getattr(module, name))
            body = "\n\n".join(part for part in (notes.get(name, ""), text) if part)
            entry = ENTRY.format(module=package, name=name, options=options, text=indent(body, "   "))
            lines += StringList(entry.splitlines(), source=package)
        found = nodes.Element()
        self.state.nested_parse(lines, self.content_offset, found)
        return found.children


def skip(app: Sphinx, what: str, name: str, obj: Any, skipped: bool, options: Any) -> bool | None:  # noqa: ARG001
    """Leave out the fields of named tuples: their class's docstring describes them."""
    return True if (getattr(obj, "__doc__", "") or "").startswith("Alias for field number") else None


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("constants", Constants)
    app.connect("autodoc-skip-member", skip)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
