"""The site in use: searching, the keyboard, light and dark, hints that open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sitecheck import files

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.site

GROUND = "() => getComputedStyle(document.body).backgroundColor"
RESULTS = "#search-results li"
SETTLED = "() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))"
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const {x, y, width, height} = e.getBoundingClientRect();
  return {tag: e.tagName.toLowerCase(), name: e.getAttribute('name'), text: (e.innerText || '').trim(),
          href: e.getAttribute('href'), type: e.type, x, y, width, height};
}"""


def first_visible(found: Locator) -> Locator:
    """Return the first element that can be seen: themes keep others for other screens."""
    return next(one for one in found.all() if one.is_visible())


def search(tab: Page, address: str, words: str) -> None:
    """Type words into the search box of the home page, as a reader does."""
    tab.goto(f"{address}/index.html")
    box = first_visible(tab.locator("input[name=q]"))
    box.click()
    box.press_sequentially(words)
    box.press("Enter")
    tab.wait_for_url("**/search.html?**")


def test_search_finds_derivative(tab: Page, address: str, site: Path) -> None:
    search(tab, address, "derivative")
    tab.wait_for_selector(RESULTS)
    tab.wait_for_function("() => !document.querySelector('#search-progress')?.innerText.includes('...')")
    links = [str(link.get_attribute("href")) for link in tab.locator(f"{RESULTS} > a").all()]
    assert links
    assert [link for link in links if not (files.target(site, "search.html", link) or site).is_file()] == []
    assert any("lessons/" in link for link in links)
    assert any("reference/" in link for link in links)


def test_search_finds_no_nonsense(tab: Page, address: str) -> None:
    search(tab, address, "qwxzvk")
    tab.wait_for_selector(".search-summary")
    tab.wait_for_timeout(500)
    assert tab.locator(RESULTS).count() == 0


def stops(tab: Page, count: int) -> list[dict[str, object]]:
    """Press Tab, and describe each element that takes the focus and whether the reader can see that it has."""
    found = []
    for _ in range(count):
        tab.keyboard.press("Tab")
        tab.evaluate(SETTLED)
        stop = tab.evaluate(FOCUSED)
        if stop is None:
            break
        view = tab.viewport_size or {"width": 0, "height": 0}
        left, top = max(stop["x"] - 8, 0), max(stop["y"] - 8, 0)
        right = min(stop["x"] + stop["width"] + 8, view["width"])
        bottom = min(stop["y"] + stop["height"] + 8, view["height"])
        stop["seen"] = right - left > 1 and bottom - top > 1
        if stop["seen"]:
            clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
            with_focus = tab.screenshot(clip=clip)
            tab.evaluate("() => document.activeElement.blur()")  # the next Tab goes on from here all the same
            tab.evaluate(SETTLED)
            stop["seen"] = with_focus != tab.screenshot(clip=clip)
        found.append(stop)
    return found


def test_keyboard_reaches_content_and_search(tab: Page, address: str) -> None:
    tab.goto(f"{address}/index.html")
    found = stops(tab, 12)
    assert "skip" in str(found[0]["text"]).lower() or found[0]["name"] == "q"
    assert any(stop["name"] == "q" for stop in found), found
    assert [stop for stop in found if not stop["seen"]] == []


def test_skip_link_leads_to_the_content(tab: Page, address: str) -> None:
    tab.goto(f"{address}/index.html")
    tab.keyboard.press("Tab")
    target = tab.evaluate(FOCUSED)["href"]
    tab.keyboard.press("Enter")
    assert tab.url.endswith(str(target))
    assert tab.locator(str(target)).is_visible()


def test_focus_shows_in_a_lesson(lesson: str, tab: Page, address: str) -> None:
    tab.goto(f"{address}/{lesson}")
    assert [stop for stop in stops(tab, 40) if not stop["seen"]] == []


def test_theme_toggle(tab: Page, address: str) -> None:
    tab.emulate_media(color_scheme="light")
    tab.goto(f"{address}/index.html")
    light = tab.evaluate(GROUND)
    toggle = first_visible(tab.locator("button.theme-toggle"))
    toggle.focus()
    toggle.press("Enter")
    dark = tab.evaluate(GROUND)
    assert dark != light
    tab.reload()
    assert tab.evaluate(GROUND) == dark


def test_dark_follows_the_system(tab: Page, address: str) -> None:
    tab.goto(f"{address}/index.html")
    grounds = []
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        grounds.append(tab.evaluate(GROUND))
    assert grounds[0] != grounds[1]


def test_hints_open_by_keyboard(lesson: str, tab: Page, address: str) -> None:
    tab.goto(f"{address}/{lesson}")
    summaries = tab.locator("article details > summary").all()
    assert summaries, "a lesson has a task, and a task has hints"
    for summary in summaries:
        assert not summary.evaluate("e => e.parentElement.open")
        summary.focus()
        summary.press("Enter")
        assert summary.evaluate("e => e.parentElement.open")
        summary.press("Space")
        assert not summary.evaluate("e => e.parentElement.open")
