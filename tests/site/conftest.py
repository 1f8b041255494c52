"""The built site, served from this machine, and one browser for all its checks."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sitecheck import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page
    from sitecheck.browser import Visit

ROOT = Path(__file__).parents[2]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--site", type=Path, default=None, help="the built site to check (docs/_build/html)")


def site_folder(config: pytest.Config) -> Path:
    """Return the folder of the built site."""
    return (config.getoption("--site", None) or ROOT / "docs" / "_build" / "html").resolve()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for a `name` every page of the site, for a `lesson` every lesson."""
    site = site_folder(metafunc.config)
    for argument, names in (("name", files.pages), ("lesson", files.lessons)):
        if argument in metafunc.fixturenames:
            # Without a page there is still a test, so that it fails instead of being skipped.
            metafunc.parametrize(argument, names(site) or [f"no-{argument}"])


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Path:
    """Return the folder of the built site, which must have been built."""
    folder = site_folder(request.config)
    if not (folder / "index.html").is_file():
        pytest.exit(f"There is no site at {folder}: run `nox -s docs` first.", returncode=1)
    return folder


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Serve the site, and return its address."""
    from sitecheck.browser import serve

    with serve(site) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start one Chromium for the whole run; without it there is nothing to check with."""
    from sitecheck import browser

    try:
        browser.chromium()
    except RuntimeError as error:
        pytest.exit(str(error), returncode=1)
    with browser.launch() as started:
        yield started


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """Open a page of its own, with storage of its own, from which no request leaves the machine."""
    from sitecheck.browser import DESKTOP, deny_elsewhere

    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    deny_elsewhere(context)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def visited(browser: Browser, address: str) -> Iterator[Callable[[str], Visit]]:
    """Return a function that visits a page once and remembers what it saw."""
    from sitecheck.browser import deny_elsewhere, visit

    context = browser.new_context()
    deny_elsewhere(context)

    @cache
    def remember(name: str) -> Visit:
        page = context.new_page()
        try:
            return visit(page, f"{address}/{name}")
        finally:
            page.close()

    yield remember
    context.close()
