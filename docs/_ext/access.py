"""Repairs to the markup of Sphinx and its theme, for readers who hear a page or use it by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

#: Where the markup is found, what is wrong with it, and what is put in its place.
REPAIRS = {
    "furo_navigation_tree": {
        # A heading without a level has no place in a page's outline.
        '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    },
    "body": {
        # A list may only hold items; Sphinx gives the entries a role that is none any more.
        '<div role="list" class="citation-list">': '<div class="citation-list">',
        ' role="doc-biblioentry"': "",
    },
}


def repair(
    app: Sphinx,  # noqa: ARG001
    pagename: str,  # noqa: ARG001
    templatename: str,  # noqa: ARG001
    context: dict[str, Any],
    doctree: nodes.document | None,  # noqa: ARG001
) -> None:
    """Correct the parts of a page before its template puts them together."""
    for part, repairs in REPAIRS.items():
        for wrong, right in repairs.items():
            if part in context:
                context[part] = context[part].replace(wrong, right)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the repairs, and the script that lets the keyboard scroll what is wider than the page."""
    app.connect("html-page-context", repair, priority=900)  # after the theme has made its navigation
    app.add_js_file("scroll.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
