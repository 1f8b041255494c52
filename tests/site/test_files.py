"""The files of the built site: links, images, mathematics, what they load, and what they offer for download."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from sitecheck import files

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.site


def test_links_resolve(name: str, site: Path) -> None:
    assert files.broken_links(site, name) == []


def test_style_sheets_find_their_files(site: Path) -> None:
    sheets = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.css"))
    assert sheets
    assert {sheet: found for sheet in sheets if (found := files.broken_style(site, sheet))} == {}


def test_images_say_what_they_show(name: str, site: Path) -> None:
    assert files.image_problems(files.page(site / name)) == []


def test_mathematics_is_rendered(name: str, site: Path) -> None:
    assert files.mathematics_problems(files.page(site / name)) == []


def test_no_markup_shows(name: str, site: Path) -> None:
    assert files.leaked_markup(files.page(site / name)) == []


def test_anchors_are_unique(name: str, site: Path) -> None:
    assert files.repeated_anchors(files.page(site / name)) == []


def test_lessons_have_figures_and_mathematics(lesson: str, site: Path) -> None:
    found = files.page(site / lesson)
    assert "katex" in found.classes
    assert any("/sphx_glr_" in (image.get("src") or "") for image in found.images)


def test_titles_differ(site: Path) -> None:
    titles = [files.page(site / name).title for name in files.pages(site)]
    assert all(titles)
    assert len(set(titles)) == len(titles)


def test_nothing_loads_from_elsewhere(site: Path) -> None:
    problems = {}
    for kind in ("html", "css", "js", "mjs"):
        for path in sorted(site.rglob(f"*.{kind}")):
            found = files.remote_loads(kind, path.read_text(encoding="utf-8"))
            if found:
                problems[path.relative_to(site).as_posix()] = found
    assert problems == {}


def test_lessons_offer_script_and_notebook(lesson: str, site: Path) -> None:
    kinds = {link.rpartition(".")[2] for link in files.offered(site, lesson)}
    assert {"py", "ipynb"} <= kinds


def test_notebooks_stand_alone(lesson: str, site: Path) -> None:
    for link in files.offered(site, lesson):
        path = files.target(site, lesson, link)
        if path is not None and path.suffix == ".ipynb":
            assert files.notebook_problems(path.read_text(encoding="utf-8")) == []


def test_one_zip_holds_every_lesson(site: Path) -> None:
    lessons = files.lessons(site)
    assert lessons
    stems = {link.rpartition("/")[2] for lesson in lessons for link in files.offered(site, lesson)}
    wanted = {stem for stem in stems if stem.endswith((".py", ".ipynb"))}
    held = []
    for path in sorted(site.rglob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            held.append({name.rpartition("/")[2] for name in archive.namelist()})
    assert any(wanted <= names for names in held), wanted


def test_the_wheel_is_served(site: Path) -> None:
    wheels = list(site.rglob("calcguide-*.whl"))
    assert len(wheels) == 1
    assert zipfile.is_zipfile(wheels[0])
