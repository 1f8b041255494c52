"""What a built site holds: pages that ask for nothing from elsewhere, downloads that run, links that lead back."""

from __future__ import annotations

import json
import re
import zipfile

import pytest

pytest.importorskip("sphinx_gallery")
pytestmark = pytest.mark.slow

NOTEBOOK = "lessons/01_part/01_lesson.ipynb"
PAGE = "lessons/01_part/01_lesson.html"
REST = re.compile(r":[a-z:]+:`|``|^\.\. |::$|`_\b|^[=\-~^]{4,}$", re.MULTILINE)


def cells(site, kind):
    notebook = json.loads(site.read(NOTEBOOK))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def test_nothing_is_loaded_from_elsewhere(built_site):
    loading = re.compile(r'<(?:script|img|iframe|source|link)[^>]+(?:src|href)="(?:https?:)?//[^"]*"')
    for page in built_site.html.rglob("*.html"):
        found = [
            tag for tag in loading.findall(page.read_text(encoding="utf-8")) if 'rel="canonical"' not in tag
        ]
        assert not found, page.name
    assert not list(built_site.html.glob("_sources/**/*.*"))


def test_formulas_are_rendered(built_site):
    page = built_site.read(PAGE)
    assert '<span class="katex-display">' in page
    assert "<math" in page
    assert "katex-error" not in page


def test_figures_come_in_pairs_with_words(built_site):
    images = re.findall(r"<img [^>]+>", built_site.read(PAGE))
    pair = [image for image in images if "_001" in image]
    assert ["only-light" in image for image in pair] == [True, False]
    assert ["only-dark" in image for image in pair] == [False, True]
    for image in pair:
        assert 'alt="A line with slope m = 1 goes up"' in image
        assert 'width="600"' in image
        assert 'height="400"' in image
        assert 'loading="lazy"' in image


def test_thumbnails_come_in_pairs_beside_a_named_link(built_site):
    page = built_site.read("lessons/index.html")
    assert re.search(r'class="only-light"[^>]+_thumb\.webp', page)
    assert re.search(r'class="only-dark"[^>]+_thumb_dark\.webp', page)
    assert (
        '<a class="reference internal" href="01_part/01_lesson.html"><span class="doc">A lesson</span></a>'
        in page
    )


def test_symbols_are_typeset_and_output_is_shown(built_site):
    page = built_site.read(PAGE)
    assert r"\sqrt{x}" in page
    assert "1 + 1 = 2" in page
    assert "Line2D" not in page


def test_code_links_to_references(built_site):
    assert "https://matplotlib.org/stable/api/_as_gen/matplotlib.pyplot.subplots.html" in built_site.read(
        PAGE
    )


def test_descriptions(built_site):
    assert '<meta name="description" content="The first paragraph tells x² apart." />' in built_site.read(
        "index.html"
    )
    assert '<meta name="description" content="What a lesson of x² looks like' in built_site.read(PAGE)
    reference = built_site.read("reference/generated/calcguide.functions.horner.html")
    assert '<meta name="description" content="Evaluate a polynomial' in reference


def test_notebook_is_valid_and_holds_no_rest(built_site):
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.reads(built_site.read(NOTEBOOK), as_version=4)
    nbformat.validate(notebook)
    text = "\n".join(cells(built_site, "markdown"))
    assert not REST.findall(text)
    for part in (
        "# A lesson",
        "*prose*, `code`, `horner()`, Higham ([2002](https://doi.org/10.1137/1.9780898718027))",
        "$$\nf'(x) = \\lim",
        "## A section",
        "- a point\n- another, see [the site](https://www.python.org) and Home",
    ):
        assert part in text


def test_notebook_installs_and_then_runs_the_lesson(built_site):
    install, *code = cells(built_site, "code")
    assert install == "%pip install --quiet calcguide-0.1.0-py3-none-any.whl"
    scope = {}
    for cell in code:
        exec(cell, scope)  # noqa: S102 - the lesson above
    assert scope["ax"].get_title() == "A line with slope $m = 1$ goes up"


def test_script_is_the_source_itself(built_site):
    source = built_site.folder / "examples" / "01_part" / "01_lesson.py"
    assert (built_site.html / "lessons" / "01_part" / "01_lesson.py").read_bytes() == source.read_bytes()


def test_bundle_holds_all_that_a_reader_needs(built_site):
    with zipfile.ZipFile(built_site.html / "lessons" / "calcguide-lessons.zip") as bundle:
        assert bundle.namelist() == [
            f"calcguide-lessons/01_part/{name}"
            for name in ("01_lesson.ipynb", "01_lesson.py", "calcguide-0.1.0-py3-none-any.whl")
        ]
        assert {entry.date_time for entry in bundle.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        wheel = bundle.read("calcguide-lessons/01_part/calcguide-0.1.0-py3-none-any.whl")
    assert (built_site.html / "wheels" / "calcguide-0.1.0-py3-none-any.whl").read_bytes() == wheel
    assert 'href="wheels/calcguide-0.1.0-py3-none-any.whl"' in built_site.read("index.html")


def test_without_addresses_no_page_invents_one(built_site):
    for page in built_site.html.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "report-error" not in text
        assert "view-this-page" not in text
        assert 'rel="canonical"' not in text


def test_with_addresses_each_page_links_to_its_source(small_site):
    small_site.change("docs/site.toml", 'base_url = ""', 'base_url = "https://example.org/guide"')
    small_site.change("docs/site.toml", 'repository_url = ""', 'repository_url = "https://example.org/git/"')
    result = small_site.build()
    assert result.returncode == 0, result.stderr
    sources = {
        "index.html": "docs/index.md",
        PAGE: "examples/01_part/01_lesson.py",
        "lessons/01_part/index.html": "examples/01_part/GALLERY_HEADER.rst",
        "lessons/index.html": "examples/GALLERY_HEADER.rst",
        "reference/generated/calcguide.functions.horner.html": "src/calcguide/functions/_horner.py",
    }
    for name, source in sources.items():
        page = small_site.read(name)
        assert f'href="https://example.org/git/blob/HEAD/{source}"' in page
        assert "https://example.org/git/issues/new?title=Error%20on%20the%20page" in page
        assert f"Source%3A%20{source.replace('/', '%2F')}" in page or f"Source%3A%20{source}" in page
        assert f'<link rel="canonical" href="https://example.org/guide/{name}"' in page
    assert "pip install https://example.org/guide/wheels/calcguide-0.1.0-py3-none-any.whl" in re.sub(
        r"<[^>]+>", "", small_site.read("index.html")
    )
    assert cells(small_site, "code")[0].endswith(
        "https://example.org/guide/wheels/calcguide-0.1.0-py3-none-any.whl"
    )
    text = "\n".join(cells(small_site, "markdown"))
    assert "[Home](https://example.org/guide/index.html)" in text
    assert (
        "[`horner()`](https://example.org/guide/reference/generated/calcguide.functions.horner.html#" in text
    )


def test_nothing_is_done_twice(small_site):
    assert small_site.build().returncode == 0
    before = {path: path.stat().st_mtime_ns for path in small_site.html.rglob("*.html")}
    result = small_site.build()
    assert result.returncode == 0, result.stderr
    written = {path.name for path in before if path.stat().st_mtime_ns != before[path]}
    assert written <= {"genindex.html", "search.html", "py-modindex.html"}
