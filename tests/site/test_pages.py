"""Every page of the built site, in a browser: what it asks for, how wide it is, who can use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page
    from sitecheck.browser import Visit

pytestmark = pytest.mark.site


def test_no_request_leaves_the_host(name: str, visited: Callable[[str], Visit]) -> None:
    assert visited(name).elsewhere == []


def test_nothing_fails_to_load(name: str, visited: Callable[[str], Visit]) -> None:
    assert visited(name).failed == []


def test_no_console_error(name: str, visited: Callable[[str], Visit]) -> None:
    assert visited(name).errors == []


def test_no_sideways_scroll_on_a_phone(name: str, visited: Callable[[str], Visit]) -> None:
    found = visited(name)
    assert found.too_wide <= 0, f"{found.too_wide} px too wide: {found.widest}"


@pytest.mark.parametrize("appearance", ["light", "dark", "phone"])
def test_accessible(name: str, appearance: str, visited: Callable[[str], Visit]) -> None:
    found = visited(name).accessibility[appearance]
    assert not found, "\n".join(found)


def test_opens_from_a_disk(name: str, site: Path, tab: Page) -> None:
    from sitecheck.browser import Watch

    watch = Watch(tab)
    tab.goto((site / name).as_uri())
    assert watch.elsewhere == []
    # Browsers let no script of a page on a disk read its neighbours, as search does.
    assert name == "search.html" or watch.errors + watch.failed == []
