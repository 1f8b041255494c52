"""Read the files of a built site and say what is wrong with them; no browser, nothing but the standard library."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Hosts that pages written by tools load from without being asked.
CDN = re.compile(
    r"(?:raw\.githubusercontent|jsdelivr|cdnjs|unpkg|googleapis|gstatic|polyfill\.io|code\.jquery"
    r"|use\.fontawesome|cdn\.plot|cdn\.mathjax|bootstrapcdn|esm\.sh|skypack)[\w.]*",
    re.IGNORECASE,
)
# `//host` counts: it takes the scheme of the page. A namespace is a name, not an address to load from.
REMOTE = r"(?:https?:)?//(?![/*])(?!www\.w3\.org/)[^\s\"'`)]+"
CSS_LOADS = re.compile(rf"(?:url\(\s*[\"']?|@import\s+[\"'])({REMOTE})", re.IGNORECASE)
JS_LOADS = re.compile(
    rf"(?:\b(?:fetch|import|importScripts|Worker|EventSource|WebSocket|sendBeacon)\(\s*|\bfrom\s*|\bimport\s*"
    rf"|\.(?:src|href)\s*=\s*|\.open\(\s*[\"'][A-Z]+[\"']\s*,\s*)[\"'`]({REMOTE}|wss?://[^\"'`]+)",
)
CSS_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)")
LOADING_TAGS = {"audio", "embed", "iframe", "img", "input", "object", "script", "source", "track", "video"}
FILE_NAME = re.compile(r"\.(?:gif|jpe?g|py|png|svg|webp)\b|\w_\w", re.IGNORECASE)
RAW_REST = {
    "a role": re.compile(r"(?<!`):[a-z][a-z:+-]*:`"),
    "a directive": re.compile(r"^\s*\.\. [\w:-]+::", re.MULTILINE),
    "a target": re.compile(r"^\s*\.\. (?:_|\[)", re.MULTILINE),
    "a double-backtick literal": re.compile(r"(?<!`)``(?!`)[^`\n]+``(?!`)"),
    "a reST link": re.compile(r"`[^`\n]+`__?(?!\w)"),
}


@dataclass
class Page:
    """What one HTML file says: its anchors, its links, what it loads, its images, its words."""

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    images: list[dict[str, str | None]] = field(default_factory=list)
    classes: set[str] = field(default_factory=set)
    unrendered: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    title: str = ""
    prose: str = ""


class _Reader(HTMLParser):
    """Fill a `Page`; the stack knows inside which elements the text stands."""

    VOID = frozenset(
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
    )

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.stack: list[tuple[str, set[str]]] = []
        self.styles: list[str] = []
        self.scripts: list[str] = []

    def inside(self, name: str) -> bool:
        return any(name == tag or name in classes for tag, classes in self.stack)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        classes = set((found.get("class") or "").split())
        self.page.classes |= classes
        self.page.ids += [
            value for key, value in attrs if value and (key == "id" or (tag == "a" and key == "name"))
        ]
        if tag == "a" and found.get("href") is not None:
            self.page.links.append(found["href"] or "")
        if tag == "form" and found.get("action"):
            self.page.links.append(found["action"] or "")
        if tag == "img":
            self.page.images.append(found)
        if tag == "link" and not {"canonical", "alternate"} & set((found.get("rel") or "").split()):
            self.page.loads.append(found.get("href") or "")
        if tag in LOADING_TAGS:
            self.page.loads += [found[key] or "" for key in ("src", "data", "poster") if found.get(key)]
            candidates = (found.get("srcset") or "").split(",")
            self.page.loads += [candidate.split()[0] for candidate in candidates if candidate.strip()]
        if found.get("style"):
            self.styles.append(found["style"] or "")
        if tag == "div" and "highlight" in classes and self.inside("sphx-glr-script-out"):
            self.page.outputs.append("")
        if tag not in self.VOID:
            self.stack.append((tag, classes))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self.stack) - 1, -1, -1):
            if self.stack[depth][0] == tag:
                del self.stack[depth:]
                return

    def handle_data(self, data: str) -> None:
        if self.inside("style"):
            self.styles.append(data)
        elif self.inside("script"):
            self.scripts.append(data)
        elif self.inside("title") and not self.inside("svg"):
            self.page.title += data
        elif self.inside("math") and not self.inside("katex") and data.strip():
            self.page.unrendered.append(data.strip())
        elif self.inside("sphx-glr-script-out") and self.inside("pre") and self.page.outputs:
            self.page.outputs[-1] += data
        elif not (self.inside("pre") or self.inside("code") or self.inside("katex")):
            self.page.prose += data


def read(text: str) -> Page:
    """Read one page from its source."""
    return _read(text).page


def _read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader


@cache
def page(path: Path) -> Page:
    """Read one page from its file; once, for links lead to the same pages again and again."""
    return read(path.read_text(encoding="utf-8"))


def pages(site: Path) -> list[str]:
    """List the HTML pages of a site, as addresses relative to its root."""
    return sorted(
        path.relative_to(site).as_posix() for path in site.rglob("*.html") if "_static" not in path.parts
    )


def lessons(site: Path) -> list[str]:
    """List the pages that show a lesson: those that offer a script of their own name."""
    return [
        name
        for name in pages(site)
        if any(link.endswith(f"/{_stem(name)}.py") for link in offered(site, name))
    ]


def offered(site: Path, name: str) -> list[str]:
    """List the scripts and notebooks that a page offers for download, as it links them."""
    links = [f"./{link}" for link in page(site / name).links if not urlsplit(link).netloc]
    return list(dict.fromkeys(link for link in links if link.endswith((".py", ".ipynb"))))


def _stem(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".html")


def target(site: Path, name: str, link: str) -> Path | None:
    """Return the file a page's link leads to; None for an address elsewhere."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    if not parts.path:
        return site / name
    path = ((site / name).parent / unquote(parts.path)).resolve()
    return path / "index.html" if path.is_dir() else path


def broken_links(site: Path, name: str) -> list[str]:
    """Say which links, anchors and loaded files of a page are not there."""
    found = page(site / name)
    problems = []
    for link in dict.fromkeys(found.links + found.loads):
        parts = urlsplit(link)
        if parts.scheme in {"http", "https", "mailto", "data"}:
            continue
        if parts.scheme or parts.netloc or link.startswith("/"):
            problems.append(f"{link}: not relative to the page")
            continue
        path = target(site, name, link)
        assert path is not None
        anchor = unquote(parts.fragment)
        if not path.is_relative_to(site.resolve()) and path != site / name:
            problems.append(f"{link}: leads out of the site")
        elif not path.is_file():
            problems.append(f"{link}: no such file")
        elif anchor and path.suffix == ".html" and anchor not in page(path).ids:
            problems.append(f"{link}: no such anchor")
    return problems


def broken_style(site: Path, name: str) -> list[str]:
    """Say which files that a style sheet names are not there; a font's older formats may be left out."""
    urls = CSS_URL.findall((site / name).read_text(encoding="utf-8"))
    local = [url for url in urls if not url.startswith(("data:", "#", "http:", "https:", "//"))]
    files = {url: (site / name).parent / unquote(urlsplit(url).path) for url in local}
    fallback = {".ttf", ".woff"}
    return [
        url
        for url, path in files.items()
        if not (path.is_file() or (path.suffix in fallback and path.with_suffix(".woff2").is_file()))
    ]


def image_problems(found: Page) -> list[str]:
    """Say which images have no alternative text, and which lesson figures state no finding in it."""
    problems = []
    for image in found.images:
        source, text = image.get("src") or "", (image.get("alt") or "").strip()
        if not text:
            problems.append(f"{source}: no alternative text")
        elif "/sphx_glr_" in source and (len(text.split()) < 4 or FILE_NAME.search(text)):
            problems.append(f"{source}: the alternative text states no finding: {text!r}")
    return problems


def repeated_anchors(found: Page) -> list[str]:
    """Say which anchors stand on a page twice, so that a link to them is ambiguous."""
    return sorted({anchor for anchor in found.ids if found.ids.count(anchor) > 1})


def mathematics_problems(found: Page) -> list[str]:
    """Say which formulas would show as source or in red."""
    problems = [f"not rendered: {text}" for text in found.unrendered]
    return problems + ["a formula failed to render"] * ("katex-error" in found.classes)


def leaked_markup(found: Page) -> list[str]:
    """Say what markup a page shows to its reader instead of what it means."""
    leaks = {**RAW_REST, "Markdown mathematics": re.compile(r"(?<![\w$])\$[^$\s][^$\n]*\$(?![\w$])")}
    return [
        f"{name}: {match[0].strip()}" for name, rule in leaks.items() for match in rule.finditer(found.prose)
    ]


def remote_loads(kind: str, text: str) -> list[str]:
    """Say what a file loads from another host: `kind` is its suffix without the dot."""
    if kind == "html":
        reader = _read(text)
        named = [load for load in reader.page.loads if re.match(REMOTE, load)]
        styles = [found for style in reader.styles for found in remote_loads("css", style)]
        return named + styles + [found for script in reader.scripts for found in remote_loads("js", script)]
    loads = CSS_LOADS.findall(text) if kind == "css" else JS_LOADS.findall(text)
    return loads + CDN.findall(text)


def raw_rest(markdown: str) -> list[str]:
    """Say what reST is left in Markdown; code blocks may hold what they like."""
    prose = re.sub(r"^(`{3,}|~{3,}).*?^\1", "", markdown, flags=re.MULTILINE | re.DOTALL)
    return [
        f"{name}: {match[0].strip()}" for name, rule in RAW_REST.items() for match in rule.finditer(prose)
    ]


def notebook_problems(text: str) -> list[str]:
    """Say what keeps a notebook from being read and run by itself."""
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(text)["cells"]]
    problems = []
    first = next((source for kind, source in cells if kind == "code"), "")
    if "pip install" not in first or cells[0][0] != "code":
        problems.append("the first cell does not install calcguide")
    return problems + list(_rest_in(cells))


def _rest_in(cells: list[tuple[str, str]]) -> Iterator[str]:
    for kind, source in cells:
        if kind == "markdown":
            yield from raw_rest(source)
