"""The directives ``exercise`` and ``exercise-list``, on small sites of their own."""

from __future__ import annotations

import re
import sys
from html import unescape
from io import StringIO
from pathlib import Path

import pytest

from calcguide import exercises

pytest.importorskip("sphinx")
pytest.importorskip("myst_parser")
pytest.importorskip("sphinx_design")

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

EXTENSIONS = Path(__file__).parents[2] / "docs" / "_ext"
LESSONS = {
    "lessons/01_differentiation/01_rate_of_change.rst": "Rates\n=====\n\nYour task\n---------\n\n.. exercise:: A1t\n",
    "lessons/01_differentiation/02_rules_of_differentiation.md": "# Rules\n\n```{exercise} B2t\n```\n\n```{exercise} B2u\n```\n",
    "lessons/01_differentiation/03_step_size.rst": "Steps\n=====\n\n.. exercise:: B1t\n",
}
for task in exercises.tasks():
    page = f"lessons/{task.lesson}.rst"
    if not task.lesson.startswith("01_differentiation/"):
        LESSONS[page] = LESSONS.get(page, "Lesson\n======\n") + f"\n.. exercise:: {task.id}\n"
LIST = {"exercises.md": "# All\n\n```{exercise-list}\n```\n"}
pytestmark = pytest.mark.filterwarnings("default")  # Sphinx and its extensions warn of one another


class Site:
    """A folder with pages, built as often as it takes."""

    def __init__(self, folder):
        self.folder = folder
        self.pages = {}

    def build(self, pages, builder="html"):
        """Write and build pages; return the application and its warnings."""
        self.pages |= pages
        entries = "".join(f"   {Path(name).with_suffix('')}\n" for name in sorted(self.pages))
        index = {"index.rst": f"Site\n====\n\n.. toctree::\n\n{entries}"}
        conf = {"conf.py": "extensions = ['myst_parser', 'exercise']\nnitpicky = True\n"}
        source = self.folder / "source"
        for name, text in (self.pages | index | conf).items():
            page = source / name
            page.parent.mkdir(parents=True, exist_ok=True)
            if not page.exists() or page.read_text(encoding="utf-8") != text:
                page.write_text(text, encoding="utf-8")
        warnings = StringIO()
        out, doctrees = self.folder / builder, self.folder / "doctrees"
        with patch_docutils(), docutils_namespace():
            app = Sphinx(source, source, out, doctrees, builder, status=None, warning=warnings)
            app.build()
        # Colours are for terminals.
        return app, re.sub(r"\x1b\[[\d;]*m", "", warnings.getvalue())


@pytest.fixture(scope="module", autouse=True)
def _extensions():
    """Let Sphinx find our extensions."""
    sys.path.insert(0, str(EXTENSIONS))
    yield
    sys.path.remove(str(EXTENSIONS))


@pytest.fixture
def build(tmp_path):
    """Build a site of one's own."""
    return Site(tmp_path).build


@pytest.fixture(scope="module")
def complete(tmp_path_factory):
    """Build all lessons and the list, once."""
    return Site(tmp_path_factory.mktemp("complete")).build(LESSONS | LIST)


def html(app, page):
    return unescape((Path(app.outdir) / f"{page}.html").read_text(encoding="utf-8"))


def test_every_task_on_its_page_without_a_warning(complete):
    app, warnings = complete
    assert warnings == ""
    for task in exercises.tasks():
        page = html(app, f"lessons/{task.lesson}")
        assert f'id="exercise-{task.id}"' in page
        assert re.search(rf"<h[23] class=\"rubric\">Task {task.id}: {re.escape(task.title)}</h[23]>", page)
        # Closed elements of the browser's own, with one summary each.
        assert "<summary" in page
        assert "<details open" not in page
        assert 'open="open"' not in page
        assert re.findall(r'class="sd-summary-text">(.*?)</span>', page).count("Solution") == page.count(
            'class="exercise'
        )
        assert 'class="highlight-python' in page
        assert f"print({task.call})" in re.sub("<[^>]+>", "", page)


@pytest.mark.parametrize(
    ("page", "level"),
    [("01_rate_of_change", "h3"), ("02_rules_of_differentiation", "h2")],
    ids=["in a section", "below the title"],
)
def test_title_is_a_heading_of_the_right_level(complete, page, level):
    app, _ = complete
    assert f'<{level} class="rubric">Task' in html(app, f"lessons/01_differentiation/{page}")


def test_text_becomes_nodes(complete):
    app, _ = complete
    doctree = app.env.get_doctree("lessons/01_differentiation/01_rate_of_change")
    (box,) = (node for node in doctree.findall(nodes.container) if "exercise" in node["classes"])
    task = exercises.get("A1t")
    formulas = [node.astext() for node in box.findall(nodes.math)]
    assert formulas[:2] == ["f(x) = x^3 - 2x^2 + 1", "f'(x)"]
    assert [node.astext() for node in box.findall(nodes.literal)] == ["x", "answer"]
    assert list(box.findall(nodes.literal_block))[-1].astext() == task.solution.code
    # Nothing of the markup is left in the text.
    texts = [
        node.astext()
        for node in box.findall(nodes.Text)
        if not isinstance(node.parent, nodes.math | nodes.literal_block)
    ]
    assert not re.search(r"[$`]|\*", " ".join(texts))


def test_emphasis_code_and_formulas():
    import exercise

    found = list(exercise.inline("a *b* `c * d` $e*f$ **g** h"))
    assert [(type(node).__name__, node.astext()) for node in found if node.astext() != " "] == [
        ("Text", "a "),
        ("emphasis", "b"),
        ("literal", "c * d"),
        ("math", "e*f"),
        ("strong", "g"),
        ("Text", " h"),
    ]


def test_list_links_to_boxes_and_lessons(complete):
    app, _ = complete
    page = html(app, "exercises")
    for task in exercises.tasks():
        assert re.search(
            rf'href="lessons/{task.lesson}\.html#exercise-{task.id}"[^>]*>{re.escape(task.title)}</a>', page
        )
    assert re.search(
        r'<strong><a [^>]*href="lessons/01_differentiation/01_rate_of_change.html">Rates</a>', page
    )
    assert page.count("<strong>") == len(LESSONS)


def test_a_lesson_that_does_not_exist_gets_no_link_and_a_warning(build):
    kept = dict(list(LESSONS.items())[:1])
    app, warnings = build(kept | LIST)
    assert "task B1t names a lesson that does not exist: lessons/01_differentiation/03_step_size" in warnings
    assert "A1t" not in warnings
    page = html(app, "exercises")
    assert "#exercise-A1t" in page
    assert "#exercise-B1t" not in page
    assert "The step that balances" in page
    assert "<strong>Step size</strong>" in page


def test_a_lesson_that_does_not_show_its_task_gets_a_warning(build):
    name = next(iter(LESSONS))
    app, warnings = build(LESSONS | LIST | {name: "Rates\n=====\n"})
    assert "task A1t is not shown by its lesson lessons/01_differentiation/01_rate_of_change" in warnings
    assert 'href="lessons/01_differentiation/01_rate_of_change.html">Rates' in html(app, "exercises")


def test_list_is_written_again_when_a_lesson_comes(build):
    first = dict(list(LESSONS.items())[:2])
    build(first | LIST)
    app, warnings = build(LESSONS | LIST)
    assert "does not exist" not in warnings
    assert "#exercise-B1t" in html(app, "exercises")


def test_nothing_is_written_again_without_a_change(build):
    app, _ = build(LESSONS | LIST)
    page = Path(app.outdir) / "exercises.html"
    before = page.stat().st_mtime_ns
    _, warnings = build(LESSONS | LIST)
    assert warnings == ""
    assert page.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "text", ["Page\n====\n\n.. exercise:: Z9t\n", "Page\n====\n\n.. exercise::\n"], ids=["unknown", "none"]
)
def test_bad_argument_is_an_error_that_names_the_place(build, text):
    _, warnings = build({"other.rst": text})
    assert re.search(r"other\.rst:4: ERROR: ", warnings)


def test_unknown_task_in_myst_names_the_nearest(build):
    _, warnings = build({"other.md": "# Page\n\n```{exercise} A9t\n```\n"})
    assert "other.md:3" in warnings
    assert "nearest: A1t" in warnings


def test_one_task_on_two_pages_is_an_error(build):
    _, warnings = build(LESSONS | {"other.rst": "Page\n====\n\n.. exercise:: A1t\n"})
    assert "the task A1t is on a page already" in warnings


def test_a_page_may_be_read_again(build):
    name, text = next(iter(LESSONS.items()))
    build(LESSONS)
    _, warnings = build({name: f"{text}\nMore.\n"})
    assert warnings == ""


def test_boxes_can_be_referred_to(build):
    app, warnings = build(LESSONS | {"other.rst": "Page\n====\n\nSee :ref:`exercise-A1t`.\n"})
    assert warnings == ""
    link = 'href="lessons/01_differentiation/01_rate_of_change.html#exercise-A1t"><span class="std std-ref">Task A1t<'
    assert link in html(app, "other")


def test_other_builders_show_everything(build):
    app, warnings = build(LESSONS, "text")
    assert warnings == ""
    text = (Path(app.outdir) / "lessons/01_differentiation/01_rate_of_change.txt").read_text(encoding="utf-8")
    assert "Hint 1" in text
    assert "return 3 * x**2 - 4 * x" in text


def test_notebooks_fold_hints_and_solution(complete):
    pytest.importorskip("sphinx_gallery")
    app, _ = complete
    import notebooks

    name = "lessons/01_differentiation/01_rate_of_change"
    doctree = app.env.get_doctree(name)
    app.env.apply_post_transforms(doctree, name)
    (cell,) = notebooks.Converter(name, [], "", {}).convert(doctree)
    assert "**Task A1t: Rate beside rule**" in cell[1]
    assert cell[1].count("<details>") == cell[1].count("</details>") == 4
    assert re.findall(r"<summary>(\w+(?: \d)?)", cell[1]) == ["Hint 1", "Hint 2", "Hint 3", "Solution"]
    assert f"```python\n{exercises.get('A1t').solution.code}\n```" in cell[1]
