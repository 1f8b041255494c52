"""The checks of the site can fail: each one is shown the mistake it is there for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sitecheck import files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser
    from sitecheck.browser import Visit

SOUND = """<!DOCTYPE html><html lang="en"><head><meta name="viewport" content="width=device-width">
<title>Sound</title><link rel="icon" href="data:,"></head><body><main><h1 id="top">Sound</h1>%s</main></body></html>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a site of two pages."""
    (tmp_path / "other.html").write_text(SOUND % "<p id='here'>Words</p>", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("html", "count"),
    [
        pytest.param("<a href='other.html#here'>x</a>", 0, id="sound"),
        pytest.param("<a href='#top'>x</a><a href='#'>x</a>", 0, id="own-anchor"),
        pytest.param("<a href='https://doi.org/10.1'>x</a>", 0, id="elsewhere"),
        pytest.param("<a href='other.html#gone'>x</a>", 1, id="anchor"),
        pytest.param("<a href='gone.html'>x</a>", 1, id="page"),
        pytest.param("<a href='_downloads/0/gone.zip'>x</a>", 1, id="download"),
        pytest.param("<a href='../out.html'>x</a>", 1, id="outside"),
        pytest.param("<a href='/other.html'>x</a>", 1, id="absolute"),
        pytest.param("<img src='gone.webp' alt='x'>", 1, id="image"),
        pytest.param("<img src='other.html' srcset='other.html, gone.webp 2x' alt='x'>", 1, id="srcset"),
        pytest.param("<script src='gone.js'></script>", 1, id="script"),
        pytest.param("<link rel='stylesheet' href='gone.css'>", 1, id="style"),
    ],
)
def test_broken_links(folder: Path, html: str, count: int) -> None:
    (folder / "page.html").write_text(SOUND % html, encoding="utf-8")
    assert len(files.broken_links(folder, "page.html")) == count


def test_broken_style(folder: Path) -> None:
    sheet = "a {background: url('gone.woff2?v=1')} b {background: url(other.html)} c {mask: url(data:x)}"
    (folder / "page.css").write_text(sheet, encoding="utf-8")
    assert files.broken_style(folder, "page.css") == ["gone.woff2?v=1"]


@pytest.mark.parametrize(
    ("html", "count"),
    [
        pytest.param(
            "<img src='a/sphx_glr_x.webp' alt='Central differences lose accuracy below 1e-5'>", 0, id="sound"
        ),
        pytest.param("<img src='logo.svg' alt='calcguide'>", 0, id="logo"),
        pytest.param("<img src='logo.svg'>", 1, id="none"),
        pytest.param("<img src='logo.svg' alt=' '>", 1, id="blank"),
        pytest.param("<img src='a/sphx_glr_x.webp' alt='f and f′'>", 1, id="short"),
        pytest.param("<img src='a/sphx_glr_x.webp' alt='this is rate_of_change again'>", 1, id="file-name"),
    ],
)
def test_image_problems(html: str, count: int) -> None:
    assert len(files.image_problems(files.read(SOUND % html))) == count


@pytest.mark.parametrize(
    ("html", "count"),
    [
        pytest.param("<span class='math'><span class='katex'>x</span></span>", 0, id="sound"),
        pytest.param("<span class='math'>\\(x\\)</span>", 1, id="source"),
        pytest.param("<span class='katex-error'>x</span>", 1, id="error"),
    ],
)
def test_mathematics_problems(html: str, count: int) -> None:
    assert len(files.mathematics_problems(files.read(SOUND % html))) == count


@pytest.mark.parametrize(
    ("html", "count"),
    [
        pytest.param("<p>It costs <code>:math:`x`</code> 5$ or 6$.</p><pre>``x``</pre>", 0, id="sound"),
        pytest.param("<p>the value :math:`x`</p>", 1, id="role"),
        pytest.param("<p>a ``literal``</p>", 1, id="literal"),
        pytest.param("<p>a formula $x^2$ here</p>", 1, id="dollars"),
    ],
)
def test_leaked_markup(html: str, count: int) -> None:
    assert len(files.leaked_markup(files.read(SOUND % html))) == count


def test_repeated_anchors() -> None:
    assert files.repeated_anchors(files.read(SOUND % "<p id='a'></p><p id='a'></p><p id='b'></p>")) == ["a"]


@pytest.mark.parametrize(
    ("kind", "text", "count"),
    [
        pytest.param("html", "<a href='https://doi.org/10.1'>x</a><img src='a.png'>", 0, id="link"),
        pytest.param("html", "<link rel='canonical' href='https://example.org/x.html'>", 0, id="canonical"),
        pytest.param("html", "<svg xmlns='http://www.w3.org/2000/svg'></svg>", 0, id="namespace"),
        pytest.param("html", "<script src='https://example.org/x.js'></script>", 1, id="script"),
        pytest.param("html", "<script src='//example.org/x.js'></script>", 1, id="protocol-relative"),
        pytest.param("html", "<img src='https://example.org/x.png'>", 1, id="image"),
        pytest.param(
            "html", "<img src='a.png' srcset='a.png, https://example.org/x.png 2x'>", 1, id="srcset"
        ),
        pytest.param("html", "<link rel='preconnect' href='https://example.org'>", 1, id="preconnect"),
        pytest.param(
            "html", "<p style='background: url(https://example.org/x.png)'>", 1, id="style-attribute"
        ),
        pytest.param("html", "<style>@import 'https://example.org/x.css';</style>", 1, id="style"),
        pytest.param("html", "<script>fetch('https://example.org/x')</script>", 1, id="inline-script"),
        pytest.param("html", "<iframe src='https://example.org'></iframe>", 1, id="frame"),
        pytest.param("css", "a { background: url(fonts/x.woff2) } /* https://example.org */", 0, id="css"),
        pytest.param("css", "a { background: url(https://example.org/x.woff2) }", 1, id="css-url"),
        pytest.param("css", "@import url('//example.org/x.css');", 1, id="css-import"),
        pytest.param(
            "js",
            "// see https://example.org\nfetch('x.json'); const ns = 'http://www.w3.org/2000/svg'",
            0,
            id="js",
        ),
        pytest.param("js", "import x from 'https://example.org/x.js'", 1, id="js-import"),
        pytest.param("js", "e.src = 'https://example.org/x.js'", 1, id="js-src"),
        pytest.param("js", "new WebSocket('wss://example.org')", 1, id="js-socket"),
        pytest.param("js", "const url = 'https://cdn.jsdelivr.net/x'", 1, id="js-cdn"),
    ],
)
def test_remote_loads(kind: str, text: str, count: int) -> None:
    assert len(files.remote_loads(kind, text)) == count


@pytest.mark.parametrize(
    ("markdown", "count"),
    [
        pytest.param("The rate $f'(x)$ and `code`, *so*: see [there](https://x.org).", 0, id="sound"),
        pytest.param("```\n.. note:: ``x`` :math:`y`\n```", 0, id="code-block"),
        pytest.param("the value :math:`x^2`", 1, id="math"),
        pytest.param("see :func:`~calcguide.differences.derivative`", 1, id="func"),
        pytest.param("cited :cite:p:`higham2002`", 1, id="cite"),
        pytest.param(".. note::\n\n   x", 1, id="directive"),
        pytest.param(".. _target:", 1, id="target"),
        pytest.param("a ``literal`` here", 1, id="literal"),
        pytest.param("`text <https://x.org>`_ more", 1, id="link"),
    ],
)
def test_raw_rest(markdown: str, count: int) -> None:
    assert len(files.raw_rest(markdown)) == count


@pytest.mark.parametrize(
    ("cells", "count"),
    [
        pytest.param([("code", "%pip install calcguide"), ("markdown", "# Title")], 0, id="sound"),
        pytest.param([("markdown", "# Title"), ("code", "%pip install calcguide")], 1, id="late"),
        pytest.param([("code", "import calcguide")], 1, id="none"),
        pytest.param([("code", "%pip install calcguide"), ("markdown", ":math:`x`")], 1, id="rest"),
    ],
)
def test_notebook_problems(cells: list[tuple[str, str]], count: int) -> None:
    text = json.dumps({"cells": [{"cell_type": kind, "source": [source]} for kind, source in cells]})
    assert len(files.notebook_problems(text)) == count


WORDS = "<pre><span class=k>def</span> <span class=k>if</span> <span class=hll><span class=k>for</span></span></pre>"
CODE = (
    "<style>%s</style>"
    f"<div class=input><div><div class=highlight>{WORDS}</div></div></div>"
    f"<div class=output><div><div class=highlight>{WORDS}</div></div></div>"
)


@pytest.fixture
def look(folder: Path, browser: Browser) -> Callable[[str], Visit]:
    """Return a function that visits a page with the given body."""
    from sitecheck.browser import deny_elsewhere, serve, visit

    def at(html: str) -> Visit:
        (folder / "page.html").write_text(SOUND % html, encoding="utf-8")
        context = browser.new_context()
        deny_elsewhere(context)
        with serve(folder) as url:
            try:
                return visit(context.new_page(), f"{url}/page.html")
            finally:
                context.close()

    return at


@pytest.mark.site
@pytest.mark.parametrize(
    ("html", "kinds"),
    [
        pytest.param("<p>Words</p>", set(), id="sound"),
        pytest.param(
            "<script src='https://example.org/x.js'></script>", {"elsewhere", "errors"}, id="elsewhere"
        ),
        pytest.param(
            "<script>fetch('https://example.org').catch(() => 0)</script>",
            {"elsewhere", "errors"},
            id="fetch",
        ),
        pytest.param("<script src='gone.js'></script>", {"failed", "errors"}, id="failed"),
        pytest.param("<script>throw new Error('x')</script>", {"errors"}, id="thrown"),
        pytest.param("<script>console.error('x')</script>", {"errors"}, id="console"),
        pytest.param("<div style='width: 400px'>x</div>", {"wide"}, id="wide"),
        pytest.param(
            "<article tabindex=0 style='overflow: auto'><div style='width: 400px'>x</div></article>",
            {"wide"},
            id="wide-inside",
        ),
        pytest.param(
            "<div tabindex=0 style='overflow: auto'><div style='width: 400px'>x</div></div>",
            set(),
            id="scrolls",
        ),
        pytest.param(
            "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>", {"light", "dark", "phone"}, id="alt"
        ),
        pytest.param("<p style='color: #bbb; background: #fff'>Words</p>", {"light", "dark"}, id="contrast"),
        pytest.param(
            "<style>@media (prefers-color-scheme: dark) {p {color: #333; background: #000}}</style><p>Words</p>",
            {"dark"},
            id="contrast-in-dark",
        ),
        pytest.param(CODE % "p { color: #222 }", set(), id="code"),
        pytest.param(CODE % ".k { color: #bbb }", {"light", "dark"}, id="contrast-in-code"),
        pytest.param(CODE % ".hll .k { color: #bbb }", {"light", "dark"}, id="contrast-in-a-marked-line"),
        pytest.param(CODE % ".output .k { color: #bbb }", {"light", "dark"}, id="contrast-in-output"),
        pytest.param("<button></button>", {"light", "dark", "phone"}, id="nameless"),
    ],
)
def test_visit(html: str, kinds: set[str], look: Callable[[str], Visit]) -> None:
    found = look(html)
    seen = {kind for kind in ("elsewhere", "errors", "failed") if getattr(found, kind)}
    seen |= {"wide"} if found.too_wide > 0 else set()
    assert seen | {name for name, problems in found.accessibility.items() if problems} == kinds


@pytest.mark.site
def test_missing_browser_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from sitecheck.browser import chromium

    monkeypatch.setenv("CHROMIUM", str(tmp_path / "chromium"))
    with pytest.raises(RuntimeError, match="apt-get install chromium"):
        chromium()
