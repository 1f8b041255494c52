"""Links to other projects' references, from a plain list: the same with and without a network.

Sphinx would otherwise ask each project for its inventory of names whenever the site is built. Instead
``external.toml`` names what this site refers to, and inventories are made from it.
"""

from __future__ import annotations

import importlib
import inspect
import tomllib
import zlib
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import calcguide

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config


def inventory(project: str, pages: dict[str, list[str]]) -> bytes:
    """Return an inventory in Sphinx's format.

    Parameters
    ----------
    project : str
        The other project's name.
    pages : dict
        For each page's address, what is on it: ``"role name"``. ``{}`` in an address stands for the name.

    Returns
    -------
    bytes
        Four lines of header, then the compressed list.
    """
    head = f"# Sphinx inventory version 2\n# Project: {project}\n# Version: \n"
    head += "# The remainder of this file is compressed using zlib.\n"
    lines = [
        f"{name} {role} 1 {page.replace('{}', name)} -"
        for page, entries in pages.items()
        for role, name in (entry.split() for entry in entries)
    ]
    return head.encode() + zlib.compress("".join(f"{line}\n" for line in sorted(lines)).encode(), 9)


def write(app: Sphinx, config: Config) -> None:
    """Write an inventory for each project of ``external.toml``, and tell Sphinx and numpydoc what they may link."""
    projects = tomllib.loads(Path(app.confdir, "external.toml").read_text(encoding="utf-8"))
    folder = Path(app.doctreedir, "inventories")
    folder.mkdir(parents=True, exist_ok=True)
    for name, project in projects.items():
        path = folder / f"{name}.inv"
        path.write_bytes(inventory(name, project["pages"]))
        config.intersphinx_mapping[name] = (project["url"], (str(path),))
        for entry in chain.from_iterable(project["pages"].values()):
            role, target = entry.split()
            if role.startswith("py:") and "." in target:
                config.numpydoc_xref_aliases[target] = f":py:obj:`{target}`"
    for room in sorted(set(calcguide.__all__) - {"__version__"}):
        module = importlib.import_module(f"calcguide.{room}")
        for target in getattr(module, "__all__", ()):
            if inspect.isclass(getattr(module, target)):
                config.numpydoc_xref_aliases[target] = f":py:obj:`~calcguide.{room}.{target}`"


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the inventories before intersphinx looks for them."""
    app.connect("config-inited", write, priority=100)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
