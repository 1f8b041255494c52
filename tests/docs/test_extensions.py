"""The extensions' own work, without a build."""

from __future__ import annotations

import zlib

import pytest

pytest.importorskip("sphinx_gallery")
pytestmark = pytest.mark.filterwarnings("default")  # Sphinx and its extensions warn of one another


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("The slope of $x^2$ grows", "The slope of x² grows"),
        ("Error falls\nlike $h^{2}$", "Error falls like h²"),
        (r"Best at $h \approx \sqrt{\varepsilon}$", "Best at h ≈ √ε"),
        (r"$\Delta x = 10^{-8}$", "Δ x = 10⁻⁸"),
        (r"$\frac{f(x+h)-f(x)}{h}$ jumps", "f(x+h)−f(x)/h jumps"),
        (r"$\lambda_0$ and $e^{x}$ and $e^{iy}$", "λ₀ and eˣ and e^(iy)"),
        (r"$f'(x) \to \infty$", "f'(x) → ∞"),
        (r"50 \$ or 100 \%", "50 $ or 100 %"),
        (r"$|\sin x|$", "|sin  x|"),
    ],
)
def test_titles_become_plain_text(title, words):
    from figures import readable

    assert readable(title) == words


def test_a_command_without_plain_form_is_refused():
    from figures import readable

    with pytest.raises(ValueError, match=r"\\in has no plain form"):
        readable(r"$x \in A$")


def test_a_label_stands_before_the_titles():
    from figures import describe
    from matplotlib.figure import Figure

    figure = Figure()
    left, right = figure.subplots(1, 2)
    left.set_title("The left side goes up")
    right.set_title("The right side goes down")
    assert describe(figure) == "The left side goes up; The right side goes down"
    figure.suptitle("Two sides of one function")
    assert describe(figure).startswith("Two sides of one function; The left")
    figure.set_label("What the two sides show together")
    assert describe(figure) == "What the two sides show together"


def test_inventories_can_be_read_by_sphinx():
    from inventories import inventory
    from sphinx.util.inventory import InventoryFile

    data = inventory("other", {"page.html#{}": ["py:class other.Thing", "std:term word"]})
    found = InventoryFile.loads(data, uri="https://example.org/").data
    assert found["py:class"]["other.Thing"].uri == "https://example.org/page.html#other.Thing"
    assert found["std:term"]["word"].uri == "https://example.org/page.html#word"
    assert data == inventory("other", {"page.html#{}": ["std:term word", "py:class other.Thing"]})
    assert zlib.decompress(data.split(b"zlib.\n", 1)[1])


@pytest.fixture
def convert():
    """Return a function from reST to the Markdown that a notebook shows."""
    from docutils.core import publish_doctree
    from notebooks import Converter

    def markdown(source, **setting):
        doctree = publish_doctree(source, settings_overrides={"report_level": 4, "doctitle_xform": False})
        converter = Converter(
            "lessons/01_part/01_lesson", [], setting.get("base_url", ""), setting.get("works", {})
        )
        return "\n\n".join(text for _, text in converter.convert(doctree))

    return markdown


@pytest.mark.parametrize(
    ("rest", "markdown"),
    [
        ("Title\n=====\n\nSub\n---\n\nText", "# Title\n\n## Sub\n\nText"),
        ("*a* **b** ``c`` :math:`x_1`", "*a* **b** `c` $x_1$"),
        ("``a`b``", "``a`b``"),
        ("2 \\* 3_000 costs $5 [sic]", r"2 \* 3\_000 costs \$5 \[sic\]"),
        ("- a\n- b\n\n  1. c\n  2. d", "- a\n- b\n  1. c\n  2. d"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("- first\n\n  second paragraph", "- first\n\n  second paragraph"),
        ("term\n   what it means", "**term**\n\nwhat it means"),
        (".. math::\n\n   a\n   = b", "$$\na\n= b\n$$"),
        (".. note::\n\n   Mind this.", "> **Note**\n>\n> Mind this."),
        ("   quoted", "> quoted"),
        ("Code::\n\n   x = 1", "Code:\n\n```\nx = 1\n```"),
        ("`text <https://example.org>`_", "[text](https://example.org)"),
        (
            ".. list-table::\n   :header-rows: 1\n\n   * - a\n     - b\n   * - 1\n     - 2",
            "| a | b |\n| --- | --- |\n| 1 | 2 |",
        ),
        (".. a comment", ""),
    ],
)
def test_rest_becomes_markdown(convert, rest, markdown):
    assert "\n".join(line.rstrip() for line in convert(rest).splitlines()) == markdown


def test_what_has_no_markdown_is_an_error(convert):
    from sphinx.errors import ExtensionError

    with pytest.raises(
        ExtensionError, match="01_lesson: the notebook cannot be written: no Markdown for 'footnote'"
    ):
        convert(".. [1] A note")


def test_links_within_the_site_need_its_address(convert):
    from docutils import nodes
    from notebooks import Converter

    link = nodes.reference("", "There", refuri="../02_part/x.html#a")
    assert Converter("lessons/01_part/01_lesson", [], "", {}).link(link) == "There"
    page = Converter("lessons/01_part/01_lesson", [], "https://example.org/g/", {})
    assert page.link(link) == "[There](https://example.org/g/lessons/02_part/x.html#a)"
    here = nodes.reference("", "Here", refid="b")
    assert page.link(here) == "[Here](https://example.org/g/lessons/01_part/01_lesson.html#b)"


def test_a_lost_block_of_code_is_an_error():
    from docutils.core import publish_doctree
    from notebooks import Converter
    from sphinx.errors import ExtensionError

    with pytest.raises(ExtensionError, match="a block of code is not on the page"):
        Converter("lessons/a/b", ["x = 1"], "", {}).convert(publish_doctree("Text"))


@pytest.mark.parametrize(
    ("setting", "requirement", "line"),
    [
        ({}, "calcguide-9.9-py3-none-any.whl", "pip install calcguide-9.9-py3-none-any.whl"),
        (
            {"base_url": "https://example.org/"},
            "https://example.org/wheels/calcguide-9.9-py3-none-any.whl",
            "pip install https://example.org/wheels/calcguide-9.9-py3-none-any.whl",
        ),
        (
            {"install": "pip install calcguide", "base_url": "https://example.org/"},
            "calcguide",
            "pip install calcguide",
        ),
    ],
    ids=["nothing published", "a site", "a registry"],
)
def test_install_lines(setting, requirement, line):
    from settings import Site

    site = Site(**({"base_url": "", "repository_url": "", "install": "", "version": "9.9"} | setting))
    assert site.requirement == requirement
    assert site.install_line == line


@pytest.mark.parametrize(
    ("repository", "source", "report"),
    [
        ("https://github.com/a/b", "https://github.com/a/b/blob/HEAD/c%20d.md", "/issues/new?title="),
        (
            "https://gitlab.com/a/b",
            "https://gitlab.com/a/b/-/blob/HEAD/c%20d.md",
            "/-/issues/new?issue[title]=",
        ),
    ],
    ids=["GitHub", "GitLab"],
)
def test_addresses_of_sources(repository, source, report):
    from settings import Site

    site = Site(base_url="", repository_url=repository, install="", version="1")
    assert site.source_url("c d.md") == source
    assert report in site.report_url("Title & more", "c.md")
    assert "Title%20%26%20more" in site.report_url("Title & more", "c.md")
