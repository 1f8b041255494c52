"""The site's one setting: what ``site.toml`` says, and what follows from it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Site:
    """Addresses of the published project; an empty one is not published.

    Parameters
    ----------
    base_url : str
        The address of the site, ending in a slash.
    repository_url : str
        The address of the repository in a browser.
    install : str
        The command that installs the package from a registry.
    version : str
        The version of the package that the site documents.
    """

    base_url: str
    repository_url: str
    install: str
    version: str

    @property
    def wheel(self) -> str:
        """Return the file name of the wheel that the site serves."""
        return f"calcguide-{self.version}-py3-none-any.whl"

    @property
    def requirement(self) -> str:
        """Return what to hand to pip: a name, an address, or a file beside the reader."""
        if self.install:
            return self.install.rpartition("install ")[2]
        return f"{self.base_url}wheels/{self.wheel}" if self.base_url else self.wheel

    @property
    def install_line(self) -> str:
        """Return the command that installs the package."""
        return self.install or f"pip install {self.requirement}"

    def source_url(self, path: str) -> str:
        """Return the address at which the repository shows a file."""
        middle = "/-/blob/HEAD/" if "gitlab" in self.repository_url else "/blob/HEAD/"
        return f"{self.repository_url}{middle}{quote(path)}"

    def report_url(self, title: str, path: str) -> str:
        """Return the address of a new report that already names the page and its source."""
        subject, body = quote(f"Error on the page: {title}"), quote(f"Source: {path}\n\n")
        if "gitlab" in self.repository_url:
            return f"{self.repository_url}/-/issues/new?issue[title]={subject}&issue[description]={body}"
        return f"{self.repository_url}/issues/new?title={subject}&body={body}"


def load(path: Path) -> Site:
    """Read ``site.toml``, and the version from the package's only source of it."""
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    unknown = sorted(set(values) - {"base_url", "repository_url", "install"})
    if unknown:
        msg = f"{path.name}: unknown settings {unknown}"
        raise ValueError(msg)
    source = (ROOT / "src" / "calcguide" / "__init__.py").read_text(encoding="utf-8")
    match = re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE)
    if match is None:
        msg = "src/calcguide/__init__.py does not state __version__"
        raise ValueError(msg)
    base = values.get("base_url", "")
    return Site(
        base_url=base and base.rstrip("/") + "/",
        repository_url=values.get("repository_url", "").rstrip("/"),
        install=values.get("install", ""),
        version=match[1],
    )
