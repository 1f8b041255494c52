"""Serve a folder on this machine, and drive a browser over its pages."""

from __future__ import annotations

import os
import re
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 320, "height": 640}
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
HOST = "127.0.0.1"
ELSEWHERE = re.compile(rf"^(?!https?://{re.escape(HOST)}[:/])(?:https?|wss?):")
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
# A theme can move the scrolling from the page into the container of its content; the reader sees no difference.
CONTENT = "main, article, [role=main], .content"
WIDER = f"""() => Math.max(...[...document.querySelectorAll('{CONTENT}')]
  .filter((one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX))
  .concat(document.documentElement)
  .map((one) => one.scrollWidth - one.clientWidth))"""


# Names the elements that reach past the right edge and are not inside a scrolling box of their own.
WIDEST = """() => {
  const edge = document.documentElement.clientWidth;
  const clipped = (e) => {
    for (let p = e.parentElement; p && !p.matches('CONTENT, body'); p = p.parentElement)
      if (getComputedStyle(p).overflowX !== 'visible') return true;
    return false;
  };
  return [...document.body.querySelectorAll('*')]
    .filter((e) => e.getBoundingClientRect().right > edge + 1 && !clipped(e))
    .slice(0, 5)
    .map((e) => `${e.tagName.toLowerCase()}.${e.className} to ${Math.round(e.getBoundingClientRect().right)} px`);
}""".replace("CONTENT", CONTENT)


# Marks blocks of code in which nothing is new: a lesson has thousands of words of code, of a dozen kinds. Blocks, not words:
# axe-core takes long over many exceptions.
REPEATED = """() => {
  const seen = new Set();
  for (const block of document.querySelectorAll('.highlight')) {
    const around = block.parentElement, kinds = new Set();
    for (const e of block.querySelectorAll('*')) {
      const scrolls = e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX !== 'visible';
      const names = [around.parentElement, around, e.parentElement, e].map((one) => one.className);
      kinds.add([e.tagName, ...names, e.tabIndex, scrolls].join(' | '));
    }
    if ([...kinds].every((kind) => seen.has(kind))) block.dataset.repeated = '';
    kinds.forEach((kind) => seen.add(kind));
  }
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep requests out of the test's output."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine, and yield its address."""
    server = ThreadingHTTPServer((HOST, 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def chromium() -> str:
    """Return the path of Chromium; the variable CHROMIUM names another one than the machine's."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found and shutil.which(found):
        return found
    msg = (
        f"Chromium is not installed{f' at {found}' if found else ''}: on Debian, `apt-get install chromium`; "
        "elsewhere, set the environment variable CHROMIUM to the path of a Chromium or Chrome"
    )
    raise RuntimeError(msg)


@contextmanager
def launch() -> Iterator[Browser]:
    """Start Chromium with an empty profile of its own."""
    executable = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def deny_elsewhere(context: BrowserContext) -> None:
    """Let no request of a context leave this machine."""
    context.route(ELSEWHERE, lambda route: route.abort())


@dataclass
class Watch:
    """Record what a browser page does while it is used."""

    page: Page
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen to the page."""
        self.page.on("request", self._request)
        self.page.on("response", self._response)
        self.page.on("requestfailed", self._requestfailed)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _request(self, request: Request) -> None:
        if ELSEWHERE.match(request.url):
            self.elsewhere.append(request.url)

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.failed.append(f"{response.status} {response.url}")

    def _requestfailed(self, request: Request) -> None:
        if not ELSEWHERE.match(request.url):
            self.failed.append(f"{request.failure} {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")


@dataclass
class Visit:
    """What one visit to one page has shown, in light, in dark and on a phone."""

    elsewhere: list[str]
    errors: list[str]
    failed: list[str]
    too_wide: int
    widest: list[str]
    accessibility: dict[str, list[str]]


def violations(page: Page, *, colours: bool = True) -> list[str]:
    """Run axe-core on a page: its serious and critical findings.

    Formulas are left out: they are most of a lesson's elements, take their colour from the text around them, and
    what KaTeX draws is hidden from screen readers, which get MathML. Of the blocks of code, which are most of the
    rest, those are looked at in which something is new.
    """
    page.evaluate(REPEATED)
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": colours}}}
    found = (
        Axe()
        .run(page, context={"exclude": [[".katex"], ["[data-repeated]"]]}, options=options)
        .response["violations"]
    )
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:160]}"
        for rule in found
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]


def visit(page: Page, url: str) -> Visit:
    """Open a page on a desktop, light and dark, then on a phone, and note what is wrong with it."""
    watch = Watch(page)
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(url, wait_until="load")
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found["dark"] = violations(page)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(PHONE)
    page.evaluate(NEXT_FRAME)  # with which the page notices its new width
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")  # so that lazy images load
    found["phone"] = violations(page, colours=False)  # the same as on a desktop, and slow to check
    too_wide = page.evaluate(WIDER)
    return Visit(
        elsewhere=watch.elsewhere,
        errors=watch.errors,
        failed=watch.failed,
        too_wide=too_wide,
        widest=page.evaluate(WIDEST) if too_wide > 0 else [],
        accessibility=found,
    )
