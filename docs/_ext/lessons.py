"""How a lesson runs, and what its page shows besides its text."""

from __future__ import annotations

import random
import re
import warnings
from html import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from docutils import nodes
from figures import dark, sized_image
from sphinx.transforms import SphinxTransform
from sphinx_gallery.py_source_parser import extract_file_config
from sphinx_gallery.utils import scale_image

from calcguide import plotting

if TYPE_CHECKING:
    from sphinx.application import Sphinx

THUMBNAIL = (400, 280)  # pixels, shown at half that size
BUNDLE = "calcguide-lessons.zip"

_outside: list[Any] = []


def reset(gallery_conf: dict[str, Any], fname: str | None, when: str) -> None:  # noqa: ARG001
    """Give each lesson the same style and seeds, and turn its warnings into errors.

    Parameters
    ----------
    gallery_conf : dict
        The gallery's settings.
    fname : str or None
        The lesson about to run, or that has just run.
    when : str
        ``"before"`` or ``"after"`` it.
    """
    if when == "after":
        warnings.filters[:] = _outside
        return
    _outside[:] = warnings.filters
    warnings.simplefilter("error")
    warnings.filterwarnings(
        "ignore", "FigureCanvasAgg is non-interactive"
    )  # what `plt.show()` says without a screen
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - for libraries that draw from the global generator
    plotting.use_style()


def is_lesson(docname: str) -> bool:
    """Return whether a page is a lesson, not the list of a part's lessons.

    Parameters
    ----------
    docname : str
        The page's name.

    Returns
    -------
    bool
        Whether it has the form ``lessons/part/lesson``.
    """
    parts = docname.split("/")
    return parts[0] == "lessons" and len(parts) == 3 and parts[2] != "index"


def thumbnail_number(script: Path) -> int:
    """Return which of a lesson's figures is its thumbnail, counted from 1."""
    number = int(extract_file_config(script.read_text(encoding="utf-8")).get("thumbnail_number", 1))
    shown = list(script.parent.glob(f"images/sphx_glr_{script.stem}_[0-9][0-9][0-9].webp"))
    return number if number > 0 else number + len(shown) + 1


def darken_thumbnails(app: Sphinx) -> None:
    """Make the dark partner of each lesson's thumbnail, from the dark picture of the same figure."""
    for script in sorted(Path(app.srcdir, "lessons").glob("*/*.py")):
        images = script.parent / "images"
        thumbnail = images / "thumb" / f"sphx_glr_{script.stem}_thumb.webp"
        figure = images / f"sphx_glr_{script.stem}_{thumbnail_number(script):03}.webp"
        source, target = dark(figure), dark(thumbnail)
        if source.exists() and not (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            scale_image(source, target, *THUMBNAIL)


class Downloads(SphinxTransform):
    """Offer a lesson's files in one line at its head and at its end, in place of the gallery's boxes."""

    default_priority = 400

    def apply(self, **kwargs: Any) -> None:  # noqa: ARG002
        """Change the page, if it is a lesson."""
        if not is_lesson(self.env.docname):
            return
        for box in list(self.document.findall(nodes.note)):
            if "sphx-glr-download-link-note" in box["classes"]:
                box.parent.remove(box)
        for box in list(self.document.findall(nodes.container)):
            if "sphx-glr-footer" in box["classes"]:
                line = self.line()
                box.replace_self(line)
                line["classes"] = ["lesson-downloads"]
        title = next(self.document.findall(nodes.title))
        title.parent.insert(title.parent.index(title) + 1, self.line())

    def line(self) -> nodes.container:
        """Return the links to the script, the notebook, and all lessons."""
        name = PurePosixPath(self.env.docname).name
        links = {
            f"{name}.py": "Script",
            f"{name}.ipynb": "Notebook",
            f"../{BUNDLE}": "All lessons and the package (zip)",
        }
        line = nodes.paragraph("", "Run it yourself: ")
        anchors = [
            f'<a class="reference download internal" href="{escape(href)}" download>{label}</a>'
            for href, label in links.items()
        ]
        line += nodes.raw("", " ".join(anchors), format="html")
        return nodes.container("", line, classes=["lesson-downloads"])


class Thumbnails(SphinxTransform):
    """Show the light or the dark thumbnail of a lesson, and drop the gallery's place for tags."""

    default_priority = 400
    SIZE: ClassVar[dict[str, int]] = {"width": THUMBNAIL[0] // 2, "height": THUMBNAIL[1] // 2}

    def apply(self, **kwargs: Any) -> None:  # noqa: ARG002
        """Change each thumbnail on the page; the link beside it carries the lesson's name."""
        for raw in list(self.document.findall(nodes.raw)):
            if "sg-tag-list" in raw.astext():  # its id would stand on a page more than once
                raw.parent.remove(raw)
        for image in list(self.document.findall(nodes.image)):
            uri = image["uri"]
            if "/images/thumb/" in uri and Path(self.env.srcdir, dark(Path(uri.lstrip("/")))).exists():
                shown = {"alt": self.finding(uri), **self.SIZE}
                image.replace_self(
                    [
                        sized_image(uri=uri, classes=["only-light"], **shown),
                        sized_image(uri=str(dark(Path(uri))), classes=["only-dark"], **shown),
                    ]
                )

    def finding(self, thumbnail: str) -> str:
        """Return the words of the figure that a thumbnail is made of."""
        part, stem = Path(thumbnail.lstrip("/")).parents[2], Path(thumbnail).stem
        stem = stem.removeprefix("sphx_glr_").removesuffix("_thumb")
        source = Path(self.env.srcdir, part, stem)
        number = thumbnail_number(source.with_suffix(".py"))
        alts = re.findall(
            r"^ +:alt: (.*)$", source.with_suffix(".rst").read_text(encoding="utf-8"), re.MULTILINE
        )
        return alts[number - 1]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what changes the lessons' pages."""
    app.add_transform(Downloads)
    app.add_transform(Thumbnails)
    app.connect("builder-inited", darken_thumbnails, priority=900)  # after the gallery has run
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
