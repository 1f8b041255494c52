"""A lesson as a notebook: its page, read back from Sphinx's tree, as Markdown between its code.

Working from the finished page means that every role and directive that works in a lesson works here as
well: citations have become author and year, cross-references have become links. A node that has no form
in Markdown is an error, never raw text.
"""

from __future__ import annotations

import json
import posixpath
import re
from html import escape
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from citations import addresses
from docutils import nodes
from lessons import is_lesson
from sphinx.errors import ExtensionError
from sphinx_gallery.py_source_parser import split_code_and_text_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from settings import Site
    from sphinx.application import Sphinx

# What the lesson printed or drew, and what belongs to the page only.
SKIPPED_CLASSES = {"figure-pair", "lesson-downloads", "lesson-output", "sphx-glr-script-out", "page-only"}
SKIPPED_NODES = (nodes.comment, nodes.target, nodes.raw, nodes.image, nodes.substitution_definition)
SKIPPED_NAMES = {"index", "highlightlang", "tabular_col_spec", "toctree", "meta"}
CODE_LINKS = "code_links_block"  # the gallery's own node for code with links in it

INTRODUCTION = """\
# {title}

This notebook is a lesson of *calcguide: the calculus behind machine learning, every formula executed*.

The cell above installs the package that the lesson uses{where}: run it once. Then run the cells in order, \
change them, and see what happens."""


class Converter:
    """Convert the tree of a lesson's page to Markdown and code.

    Parameters
    ----------
    docname : str
        The page's name.
    code : list of str
        The lesson's blocks of code, in order.
    base_url : str
        The site's address; where it is empty, links within the site become plain text.
    works : dict
        The addresses of cited works, by their anchors on the bibliography's page.
    """

    def __init__(self, docname: str, code: list[str], base_url: str, works: dict[str, str]) -> None:
        self.docname = docname
        self.code = [block.strip() for block in code]
        self.base_url = base_url
        self.works = works
        self.cells: list[tuple[str, str]] = []
        self.depth = 0

    def convert(self, document: nodes.document) -> list[tuple[str, str]]:
        """Return the cells of a page: pairs of kind and source."""
        for block in self.blocks(document.children):
            self.add("markdown", block)
        if self.code:
            self.fail(f"a block of code is not on the page:\n{self.code[0]}")
        return self.cells

    def add(self, kind: str, source: str) -> None:
        """Append a cell, or a paragraph to the cell of text before."""
        if kind == "markdown" and self.cells and self.cells[-1][0] == "markdown":
            source = f"{self.cells.pop()[1]}\n\n{source}"
        self.cells.append((kind, source))

    def fail(self, what: str) -> None:
        """Stop the build, and name the lesson."""
        msg = f"{self.docname}: the notebook cannot be written: {what}"
        raise ExtensionError(msg)

    # -- Blocks ----------------------------------------------------------------------------------------------

    def blocks(self, children: Iterable[nodes.Node]) -> Iterable[str]:
        """Yield each block of a run of nodes as Markdown."""
        for child in children:
            if isinstance(child, nodes.Text):
                if child.astext().strip():
                    yield self.inline([child])
            elif isinstance(child, nodes.Element) and not self.is_skipped(child):
                yield from self.block(child)

    def is_skipped(self, node: nodes.Element) -> bool:
        """Return whether a node belongs to the page alone."""
        return (
            bool(SKIPPED_CLASSES & set(node.get("classes", ())))
            or isinstance(node, SKIPPED_NODES)
            or node.tagname in SKIPPED_NAMES
        )

    def block(self, node: nodes.Element) -> Iterable[str]:
        """Yield one node as Markdown; a block of the lesson's code becomes a cell."""
        match node:
            case _ if "sd-dropdown" in node.get("classes", ()) or node.tagname == "dropdown_main":
                yield from self.dropdown(node)
            case nodes.section():
                self.depth += 1
                yield from self.blocks(node.children)
                self.depth -= 1
            case nodes.title():
                yield f"{'#' * self.depth} {self.inline(node.children)}"
            case nodes.rubric():
                yield f"**{self.inline(node.children)}**"
            case nodes.paragraph() | nodes.line() | nodes.term():
                text = self.inline(node.children).strip()
                if text:
                    yield text
            case nodes.math_block():
                number = rf" \tag{{{node['number']}}}" if node.get("number") else ""
                yield f"$$\n{node.astext().strip()}{number}\n$$"
            case nodes.literal_block() | nodes.doctest_block():
                yield from self.literal(node)
            case nodes.bullet_list():
                yield "\n".join(self.item(item, "- ") for item in node.children)
            case nodes.enumerated_list():
                first = node.get("start", 1)
                yield "\n".join(self.item(item, f"{i}. ") for i, item in enumerate(node.children, first))
            case nodes.definition_list():
                for item in node.children:
                    term, definition = item.children[0], item.children[-1]
                    yield self.item(nodes.list_item("", nodes.strong("", "", *term.deepcopy().children)), "")
                    yield from self.blocks(definition.children)
            case nodes.Admonition() | nodes.block_quote():
                label = [] if node.children and isinstance(node.children[0], nodes.title) else [node.tagname]
                lines = [f"**{name.capitalize()}**" for name in label if isinstance(node, nodes.Admonition)]
                lines += [
                    re.sub(r"^#+ (.*)$", r"**\1**", block.lstrip()) for block in self.blocks(node.children)
                ]
                yield indent("\n\n".join(lines), "> ", lambda _: True)
            case nodes.table():
                yield self.table(node)
            case nodes.transition():
                yield "---"
            case nodes.container() | nodes.compound() | nodes.line_block() | nodes.definition():
                yield from self.blocks(node.children)
            case _ if node.tagname == CODE_LINKS:
                yield from self.literal(node)
            case nodes.Inline():
                yield self.inline([node])
            case _:
                self.fail(f"no Markdown for {node.tagname!r}: {node.astext()[:60]!r}")

    def literal(self, node: nodes.Element) -> Iterable[str]:
        """Make a cell of the lesson's own code, and yield any other block of code fenced."""
        text = node.astext()
        if self.code and text.strip() == self.code[0]:
            self.add("code", self.code.pop(0))
            return
        language = (node.get("language") or node.get("lang") or "").lower()
        fence = "```" if "```" not in text else "````"
        yield f"{fence}{'' if language in {'none', 'default'} else language}\n{text.rstrip()}\n{fence}"

    def item(self, node: nodes.Element, mark: str) -> str:
        """Return an item of a list, its later lines indented under its first."""
        text = "\n\n".join(self.blocks(node.children))
        if len(node.children) > 1 and all(
            isinstance(child, nodes.bullet_list | nodes.enumerated_list) for child in node.children[1:]
        ):
            text = text.replace("\n\n", "\n")
        return mark + indent(text, " " * len(mark)).lstrip()

    def dropdown(self, node: nodes.Element) -> Iterable[str]:
        """Yield a block that opens on demand: HTML around Markdown, which notebooks show."""
        title, *body = node.children
        words = "".join(child.astext() for child in title.children if not isinstance(child, nodes.raw))
        yield f"<details>\n<summary>{escape(words.strip())}</summary>"
        yield from self.blocks(body)
        yield "</details>"

    def table(self, node: nodes.table) -> str:
        """Return a table with pipes."""
        rows = [
            [" ".join(self.blocks(entry.children)).replace("|", r"\|") for entry in row.children]
            for row in node.findall(nodes.row)
        ]
        if not any(True for _ in node.findall(nodes.thead)):
            rows.insert(0, [""] * len(rows[0]))
        rows.insert(1, ["---"] * len(rows[0]))
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    # -- Within a line -----------------------------------------------------------------------------------------

    def inline(self, children: Iterable[nodes.Node]) -> str:
        """Return a run of inline nodes as Markdown."""
        return "".join(map(self.piece, children))

    def piece(self, node: nodes.Node) -> str:
        """Return one inline node as Markdown."""
        match node:
            case nodes.Text():
                return re.sub(r"([\\*_`\[\]$<])", r"\\\1", node.astext().replace("\n", " "))
            case nodes.literal():
                ticks = "``" if "`" in node.astext() else "`"
                return f"{ticks}{node.astext()}{ticks}"
            case nodes.math():
                return f"${node.astext().strip()}$"
            case nodes.emphasis() | nodes.title_reference():
                return f"*{self.inline(node.children)}*"
            case nodes.strong():
                return f"**{self.inline(node.children)}**"
            case nodes.subscript() | nodes.superscript():
                tag = "sub" if isinstance(node, nodes.subscript) else "sup"
                return f"<{tag}>{self.inline(node.children)}</{tag}>"
            case nodes.reference():
                return self.link(node)
            case nodes.Element() if self.is_skipped(node):
                return ""
            case nodes.inline() | nodes.abbreviation() | nodes.generated():
                return self.inline(node.children)
        if isinstance(node, nodes.Element):
            self.fail(f"no Markdown for {node.tagname!r}: {node.astext()[:60]!r}")
        return ""

    def link(self, node: nodes.reference) -> str:
        """Return a link; one within the site only if the site has an address, a citation to the work itself."""
        text, target = self.inline(node.children), node.get("refuri", "")
        target = self.works.get(target.partition("bibliography.html#")[2], target)
        if not re.match(r"[a-z]+:", target):
            if not self.base_url:
                return text
            page = posixpath.dirname(self.docname) + "/" if target else f"{self.docname}.html"
            target = urljoin(urljoin(self.base_url, page), target or f"#{node.get('refid', '')}")
        return f"[{text}]({target})"


def notebook(title: str, cells: list[tuple[str, str]], site: Site) -> str:
    """Return a notebook as JSON, the same for the same input.

    Parameters
    ----------
    title : str
        The lesson's title.
    cells : list of tuple
        Kind and source of each cell.
    site : Site
        The site's setting, for the line that installs the package.

    Returns
    -------
    str
        The notebook, in format 4.5.
    """
    where = (
        "" if site.install or site.base_url else f" from `{site.wheel}`, which belongs beside this notebook"
    )
    first = INTRODUCTION.format(title=title, where=where)
    # The lesson's own title is the heading of the introduction.
    cells = [(kind, source.removeprefix(f"# {title}").lstrip()) for kind, source in cells[:1]] + cells[1:]
    cells = [("code", f"%pip install --quiet {site.requirement}"), ("markdown", first), *cells]
    document = {
        "cells": [_cell(number, kind, source) for number, (kind, source) in enumerate(cells) if source],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _cell(number: int, kind: str, source: str) -> dict[str, Any]:
    cell = {"cell_type": kind, "id": f"cell-{number:03}", "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell | {"source": source.splitlines(keepends=True)}


def write(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write script and notebook beside a lesson's page."""
    if app.builder.format != "html" or not is_lesson(docname):
        return
    script = Path(app.srcdir, f"{docname}.py")
    _, blocks = split_code_and_text_blocks(str(script))
    code = [block.content for block in blocks if block.type == "code" and block.content.strip()]
    cells = Converter(docname, code, app.config.site.base_url, addresses(app)).convert(doctree)
    title = next(doctree.findall(nodes.title)).astext()
    page = Path(app.outdir, docname)
    page.parent.mkdir(parents=True, exist_ok=True)
    text = notebook(title, cells, app.config.site)
    page.with_suffix(".ipynb").write_text(text, encoding="utf-8", newline="\n")
    page.with_suffix(".py").write_bytes(script.read_bytes())


def setup(app: Sphinx) -> dict[str, Any]:
    """Write a notebook whenever a lesson's page is written."""
    app.connect("doctree-resolved", write, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
