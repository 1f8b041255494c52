"""Small sites to build: the real settings and extensions, with one lesson and two pages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs" / "_ext"))

LESSON = '''r"""
A lesson
========

What a lesson of :math:`x^2` looks like: *prose*, ``code``, :func:`~calcguide.functions.horner`,
:cite:t:`higham2002`, and

.. math::

   f'(x) = \\lim_{h \\to 0} \\frac{f(x + h) - f(x)}{h}
"""

import matplotlib.pyplot as plt
import sympy

# %%
# A section
# ---------
#
# - a point
# - another, see `the site <https://www.python.org>`_ and :doc:`/index`

fig, ax = plt.subplots()
ax.plot([0, 1], [0, 1])
ax.set(title="A line with slope $m = 1$ goes up")

# %%
# Symbols, and then words.

x = sympy.Symbol("x")
sympy.sqrt(x)

# %%
# The end.

print("1 + 1 =", 1 + 1)
'''

PAGES = {
    "docs/index.md": "# Home\n\nThe first paragraph tells $x^2$ apart.\n\n```{install}\n```\n\n"
    "Or {wheel}`.`\n\n```{toctree}\nlessons/index\nreference/functions\nbibliography\n```\n",
    "docs/reference/functions.md": "# Functions\n\n```{eval-rst}\n.. module:: calcguide.functions\n"
    ".. autosummary::\n   :toctree: generated\n\n   horner\n```\n",
    "examples/GALLERY_HEADER.rst": "Lessons\n=======\n\nAll of them.\n",
    "examples/01_part/GALLERY_HEADER.rst": "A part\n------\n\nOne lesson.\n",
    "examples/01_part/01_lesson.py": LESSON,
}


class SmallSite:
    """A site of two pages and a lesson in a folder of its own.

    Parameters
    ----------
    folder : pathlib.Path
        Where to put it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.html = folder / "docs" / "_build" / "html"
        made = shutil.ignore_patterns(
            "_build", "lessons", "reference", "guides", "about", "__pycache__", "*.md"
        )
        shutil.copytree(ROOT / "docs", folder / "docs", ignore=made)
        shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
            shutil.copy(ROOT / name, folder)
        shutil.copy(ROOT / "docs" / "bibliography.md", folder / "docs")
        for name, text in PAGES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """Write a file of the site's source."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Replace a passage of a file that must have it."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def build(self) -> subprocess.CompletedProcess[str]:
        """Build the site as ``nox -s docs`` does, with every way out of the machine closed."""
        closed = dict.fromkeys(("http_proxy", "https_proxy", "ALL_PROXY"), "http://127.0.0.1:9")
        environment = os.environ | closed | {"PYTHONPATH": str(self.folder / "src"), "no_proxy": ""}
        command = [sys.executable, "-m", "sphinx", "-b", "html", "-n", "-W", "-T", "--keep-going", "-q"]
        command += ["-d", "docs/_build/doctrees", "docs", str(self.html)]
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )

    def read(self, name: str) -> str:
        """Return a file of the built site."""
        return (self.html / name).read_text(encoding="utf-8")


@pytest.fixture
def small_site(tmp_path: Path) -> SmallSite:
    """Return a site that a test may break, built without a second process, which takes longer to start."""
    site = SmallSite(tmp_path / "project")
    site.change("docs/conf.py", '"parallel": 2', '"parallel": False')
    return site


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    """Return a site that is built already."""
    site = SmallSite(tmp_path_factory.mktemp("built") / "project")
    result = site.build()
    assert result.returncode == 0, result.stderr
    return site
