"""What is wrong with a source must stop the build, and name the place."""

from __future__ import annotations

import pytest

pytest.importorskip("sphinx_gallery")
pytestmark = pytest.mark.slow

LESSON = "examples/01_part/01_lesson.py"
TITLE = 'ax.set(title="A line with slope $m = 1$ goes up")'


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        pytest.param(LESSON, 'print("1 + 1', '1 / 0\nprint("1 + 1', "ZeroDivisionError", id="lesson raises"),
        pytest.param(
            LESSON,
            'print("1 + 1',
            'import warnings\nwarnings.warn("careful")\nprint("1 + 1',
            "UserWarning: careful",
            id="lesson warns",
        ),
        pytest.param(LESSON, TITLE, "", "figure 1 has no title", id="figure without a title"),
        pytest.param(
            LESSON, TITLE, 'ax.set_title("01_lesson.py")', "01_lesson.py", id="figure titled by a file"
        ),
        pytest.param(
            LESSON, "A line with slope $m = 1$ goes up", "A line", "at least 4 words", id="short title"
        ),
        pytest.param(
            LESSON, "$m = 1$", r"$m \\in x$", "has no plain form", id="title that cannot be read aloud"
        ),
        pytest.param(
            LESSON, "functions.horner", "functions.horned", "calcguide.functions.horned", id="broken link"
        ),
        pytest.param(LESSON, "higham2002", "higham2003", "higham2003", id="unknown citation"),
        pytest.param(LESSON, r"\lim_", r"\limit_", "KaTeX parse error", id="bad LaTeX"),
        pytest.param(
            "docs/index.md",
            "apart.",
            "apart, in {doc}`nowhere`.",
            "nowhere",
            id="link to a page that is not there",
        ),
        pytest.param("docs/index.md", "$x^2$", r"$\no$", "KaTeX parse error", id="bad LaTeX in Markdown"),
        pytest.param(
            "docs/index.md",
            "# Home",
            "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\n# Home\n\n```{code-cell}\n1 / 0\n```",
            "ZeroDivisionError",
            id="guide raises",
        ),
        pytest.param(
            "docs/site.toml", 'install = ""', 'instal = ""', "unknown settings", id="unknown setting"
        ),
    ],
)
def test_build_fails(small_site, name, old, new, said):
    small_site.change(name, old, new)
    result = small_site.build()
    assert result.returncode != 0
    assert said in result.stderr
    assert name.rpartition("/")[2].partition(".")[0] in result.stderr
