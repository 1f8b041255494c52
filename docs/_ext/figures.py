"""Figures of the lessons: a light and a dark picture, and words for who cannot see them.

The gallery calls :func:`scrape` after each block of a lesson. A figure without a title that states what
it shows is refused: the title is also the text alternative, and there is no second chance to write it.
"""

from __future__ import annotations

import io
import posixpath
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from docutils import nodes
from docutils.parsers.rst import directives
from matplotlib import pyplot as plt
from PIL import Image
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from calcguide import plotting

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

PIXELS_PER_INCH = 100  # on the page; the file has twice as many, for sharp screens
WORDS = 4  # the least that states a finding

PAIR = """
.. figure-pair:: /{path}
   :alt: {alt}
   :width: {width}
   :height: {height}

"""

# What LaTeX commands in titles read as; Greek letters are looked up by their names.
SPOKEN = {
    r"\approx": "≈", r"\cdot": "·", r"\dots": "…", r"\epsilon": "ε", r"\geq": "≥", r"\infty": "∞",
    r"\leq": "≤", r"\nabla": "∇", r"\neq": "≠", r"\partial": "∂", r"\pm": "±", r"\prime": "′",
    r"\quad": " ", r"\times": "×", r"\to": "→", r"\varepsilon": "ε", r"\|": "‖", r"\,": " ",
    r"\ ": " ", r"\;": " ",
}  # fmt: skip
RAISED = str.maketrans("0123456789+-−()nx", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿˣ")
LOWERED = str.maketrans("0123456789+-−()nx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎ₙₓ")


def readable(title: str) -> str:
    """Return a title as plain text, with its mathematics in Unicode.

    Parameters
    ----------
    title : str
        A title as Matplotlib takes it.

    Returns
    -------
    str
        The title on one line, without dollar signs or LaTeX.

    Raises
    ------
    ValueError
        If a LaTeX command is left that has no plain form.
    """
    pieces = re.split(r"(?<!\\)\$", " ".join(title.split()))
    pieces[1::2] = map(_spoken, pieces[1::2])
    return "".join(pieces).replace(r"\$", "$").replace(r"\%", "%")


def _spoken(formula: str) -> str:
    formula = re.sub(r"\\(?:mathrm|mathbf|mathit|text|operatorname|left|right)(?![a-zA-Z])", "", formula)
    formula = re.sub(r"\\[dt]?frac\{([^{}]+)\}\{([^{}]+)\}", r"\1/\2", formula)
    formula = re.sub(r"\\sqrt\[3\]", "∛", re.sub(r"\\sqrt(?!\[)", "√", formula))
    formula = re.sub(r"\\(?:[a-zA-Z]+|.)", _symbol, formula)
    formula = re.sub(r"\^(?:\{([^{}]*)\}|(\S))", lambda m: _script(m[1] or m[2], RAISED, "^"), formula)
    formula = re.sub(r"_(?:\{([^{}]*)\}|(\S))", lambda m: _script(m[1] or m[2], LOWERED, "_"), formula)
    return re.sub(r"[{}]", "", formula).replace("-", "−")


def _symbol(match: re.Match[str]) -> str:
    command = match[0]
    if command in SPOKEN:
        return SPOKEN[command]
    name = command[1:]
    size = "CAPITAL" if name[:1].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {name.upper().replace('LAMBDA', 'LAMDA')}")
    except KeyError:
        if name in {"sin", "cos", "tan", "exp", "log", "ln", "lim", "max", "min"}:
            return f"{name} "
        msg = f"{command} has no plain form"
        raise ValueError(msg) from None


def _script(text: str, table: dict[int, int], mark: str) -> str:
    if text == "′":
        return text
    if all(ord(character) in table for character in text):
        return text.translate(table)
    return f"{mark}{text}" if len(text) == 1 else f"{mark}({text})"


def describe(figure: Figure) -> str:
    """Return the text alternative of a figure: its label, else its titles.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A figure with a title, on itself or on its axes.

    Returns
    -------
    str
        One line of plain text.

    Raises
    ------
    ValueError
        If the figure has no title of at least four words, or one that cannot be made plain.
    """
    titles = [figure.get_label() or figure.get_suptitle()]
    if not figure.get_label():
        titles += [axes.get_title(loc) for axes in figure.axes for loc in ("left", "center", "right")]
    plain = list(dict.fromkeys(readable(title) for title in titles if title.strip()))
    if not plain:
        msg = "has no title"
        raise ValueError(msg)
    if max(len(title.split()) for title in plain) < WORDS:
        msg = f"is titled {plain[0]!r}"
        raise ValueError(msg)
    return "; ".join(plain)


def scrape(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:  # noqa: ARG001
    """Save each open figure of a block, light and dark, and return the reST that shows them.

    Parameters
    ----------
    block : tuple
        The block's kind, source and line.
    block_vars : dict
        What the gallery knows of the lesson: its file, and the names of its next images.
    gallery_conf : dict
        The gallery's settings.

    Returns
    -------
    str
        A ``figure-pair`` directive for each figure.

    Raises
    ------
    ExtensionError
        If a figure has no title that states a finding.
    """
    shown = []
    try:
        for figure in map(plt.figure, plt.get_fignums()):
            try:
                alt = describe(figure)
            except ValueError as problem:
                msg = (
                    f"{block_vars['src_file']}: figure {figure.number} {problem}; "
                    f"give it a title of at least {WORDS} words that states what it shows"
                )
                raise ExtensionError(msg) from None
            path = Path(next(block_vars["image_path_iterator"])).with_suffix(".webp")
            width, height = (round(inches * PIXELS_PER_INCH) for inches in figure.get_size_inches())
            _save(figure, path)
            plotting.recolour(figure, "dark")
            _save(figure, dark(path))
            source = path.relative_to(gallery_conf["src_dir"]).as_posix()
            shown.append(PAIR.format(path=source, alt=alt, width=width, height=height))
    finally:
        plt.close("all")
    if shown:
        # Under this name the gallery keeps a block's last value. Where a figure is the result, the list of
        # artists that Matplotlib returns is not.
        block_vars["example_globals"]["___"] = None
    return "".join(shown)


def dark(path: Path) -> Path:
    """Return where the dark picture of a light one is."""
    return path.with_name(f"{path.stem}_dark{path.suffix}")


def _save(figure: Figure, path: Path) -> None:
    with io.BytesIO() as buffer:
        figure.savefig(buffer, format="png", dpi=2 * PIXELS_PER_INCH, facecolor="none", bbox_inches=None)
        Image.open(buffer).save(path, "WEBP", lossless=True, quality=80, method=4)


class sized_image(nodes.image):  # noqa: N801 - nodes are named in lower case
    """An image that states its size, so that the page does not jump while it loads."""


class FigurePair(SphinxDirective):
    """Show one of two pictures, by the reader's choice of light or dark."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {
        "alt": directives.unchanged_required,
        "width": directives.nonnegative_int,
        "height": directives.nonnegative_int,
    }

    def run(self) -> list[nodes.Node]:
        """Return the two images."""
        light = self.arguments[0]
        pair = nodes.container(classes=["figure-pair"])
        for uri, ground in ((light, "only-light"), (str(dark(Path(light))), "only-dark")):
            pair += sized_image(uri=uri, classes=[ground], **self.options)
        return [pair]


def visit_sized_image(self: HTML5Translator, node: sized_image) -> None:
    """Write the image, its size and its words."""
    source = posixpath.join(self.builder.imgpath, quote(self.builder.images[node["uri"]]))
    kept = {name: node[name] for name in ("alt", "width", "height")}
    self.body.append(self.emptytag(node, "img", "\n", src=source, loading="lazy", decoding="async", **kept))


def depart_sized_image(self: HTML5Translator, node: sized_image) -> None:
    """Do nothing: an image has no end."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive and its image."""
    app.add_node(sized_image, html=(visit_sized_image, depart_sized_image))
    app.add_directive("figure-pair", FigurePair)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
