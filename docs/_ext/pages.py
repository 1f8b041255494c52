"""What every page says about itself: a description for search results, and the way to its source."""

from __future__ import annotations

import importlib
import inspect
from html import escape
from pathlib import Path, PurePosixPath
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from docutils import nodes
from figures import readable
from lessons import is_lesson
from settings import ROOT

if TYPE_CHECKING:
    from settings import Site
    from sphinx.application import Sphinx

LENGTH = 160  # characters; search results cut longer ones off


def describe(doctree: nodes.document) -> str:
    """Return the first paragraph of a page, shortened.

    Parameters
    ----------
    doctree : docutils.nodes.document
        The page.

    Returns
    -------
    str
        Plain text on one line.
    """
    for paragraph in doctree.findall(nodes.paragraph):
        if not isinstance(paragraph.parent, nodes.section | nodes.document) and (
            paragraph.parent.tagname != "desc_content"
        ):
            continue
        pieces = [_plain(node) for node in paragraph.findall() if isinstance(node, nodes.Text | nodes.math)]
        text = shorten("".join(pieces), LENGTH, placeholder=" …")
        if text:
            return text
    return ""


def _plain(node: nodes.Node) -> str:
    if isinstance(node, nodes.math):
        try:
            return readable(f"${node.astext()}$")
        except ValueError:
            return node.astext()
    return "" if isinstance(node.parent, nodes.math) else node.astext()


def source_of(app: Sphinx, docname: str) -> str:
    """Return the file in the repository that a page is made from.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build.
    docname : str
        The page's name.

    Returns
    -------
    str
        A path from the repository's root, or nothing for a page that has no source.
    """
    path = PurePosixPath(docname)
    if is_lesson(docname):
        return f"examples/{path.parent.name}/{path.name}.py"
    if path.parts[0] == "lessons":
        return PurePosixPath("examples", *path.parts[1:-1], "GALLERY_HEADER.rst").as_posix()
    if path.parent.name == "generated":
        return _source_of_object(path.name)
    if docname in app.env.found_docs:
        return (PurePosixPath("docs") / app.env.doc2path(docname, base=False).as_posix()).as_posix()
    return ""


def _source_of_object(name: str) -> str:
    module, _, attribute = name.rpartition(".")
    found = getattr(importlib.import_module(module), attribute)
    if not (inspect.isclass(found) or inspect.isfunction(found) or inspect.ismodule(found)):
        found = importlib.import_module(module)
    file = Path(inspect.getsourcefile(found) or "").resolve()
    return file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else ""


def add_context(
    app: Sphinx,
    pagename: str,
    templatename: str,  # noqa: ARG001
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Hand description and links to the page's template."""
    if doctree is not None and 'name="description"' not in context.get("metatags", ""):
        words = describe(doctree)
        if words:
            tag = f'<meta name="description" content="{escape(words)}" />\n'
            context["metatags"] = context.get("metatags", "") + tag
    site: Site = app.config.site
    source = source_of(app, pagename) if site.repository_url else ""
    if source:
        title = nodes.document.astext(app.env.titles[pagename]) if pagename in app.env.titles else pagename
        context["source_url"] = site.source_url(source)
        context["report_url"] = site.report_url(title, source)


def setup(app: Sphinx) -> dict[str, Any]:
    """Add to each page's context."""
    app.connect("html-page-context", add_context)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
