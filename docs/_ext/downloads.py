"""What the site serves to be run elsewhere: its own wheel, and all lessons in one file."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from hatchling.builders.wheel import WheelBuilder
from lessons import BUNDLE, is_lesson
from settings import ROOT
from sphinx.util.docutils import SphinxDirective, SphinxRole

if TYPE_CHECKING:
    from settings import Site
    from sphinx.application import Sphinx
    from sphinx.config import Config

EPOCH = (1980, 1, 1, 0, 0, 0)  # the same time for every file of every build


def build_wheel(outdir: Path) -> Path:
    """Build the package's wheel into a folder, without a network and the same for the same source.

    Parameters
    ----------
    outdir : pathlib.Path
        The folder; wheels of other versions are removed from it.

    Returns
    -------
    pathlib.Path
        The wheel.
    """
    outdir.mkdir(parents=True, exist_ok=True)
    wheel = Path(next(WheelBuilder(str(ROOT)).build(directory=str(outdir), versions=["standard"])))
    for other in outdir.iterdir():
        if other != wheel:
            other.unlink()
    return wheel


def bundle(target: Path, pages: list[Path], wheel: Path) -> None:
    """Write all lessons into one file, with the wheel beside them.

    Parameters
    ----------
    target : pathlib.Path
        The file to write.
    pages : list of pathlib.Path
        The lessons' pages, beside which their scripts and notebooks are.
    wheel : pathlib.Path
        The package: a notebook finds it in its own folder.
    """
    files = {Path(page.parent.name, page.name).with_suffix(s): page.with_suffix(s)
             for page in pages for s in (".py", ".ipynb")}  # fmt: skip
    files |= {Path(page.parent.name, wheel.name): wheel for page in pages}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{target.stem}/{name.as_posix()}", EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name].read_bytes())


def serve(app: Sphinx, exception: Exception | None) -> None:
    """Put wheel and lessons into the finished site."""
    if exception or app.builder.format != "html":
        return
    wheel = build_wheel(Path(app.outdir, "wheels"))
    pages = [Path(app.outdir, name) for name in sorted(app.env.found_docs) if is_lesson(name)]
    if pages:
        bundle(Path(app.outdir, "lessons", BUNDLE), pages, wheel)


class WheelRole(SphinxRole):
    """Link to the wheel that the site serves: ``:wheel:`the wheel```, or its file name for a dot."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link, relative to the page it is on."""
        return [_wheel_link(self.config.site, self.env.docname, self.text)], []


def _wheel_link(site: Site, docname: str, text: str) -> nodes.reference:
    label = nodes.literal("", site.wheel) if text == "." else nodes.Text(text)
    uri = f"{'../' * docname.count('/')}wheels/{site.wheel}"
    return nodes.reference("", "", label, refuri=uri, internal=True, classes=["download"])


class Install(SphinxDirective):
    """Say how to install the package, in the shortest way that works for this site."""

    def run(self) -> list[nodes.Node]:
        """Return the command, after a link to the wheel if there is no address to install from."""
        site: Site = self.config.site
        command = nodes.literal_block(site.install_line, site.install_line, language="console")
        if site.install or site.base_url:
            return [command]
        words = nodes.paragraph("", "Download ", _wheel_link(site, self.env.docname, "."))
        words += nodes.Text(", and in its folder run")
        return [words, command]


def substitute(app: Sphinx, config: Config) -> None:  # noqa: ARG001
    """Offer the wheel's name, the version and the install line to pages as substitutions."""
    site: Site = config.site
    config.myst_substitutions |= {
        "version": site.version,
        "wheel": site.wheel,
        "install": f"`{site.install_line}`",
    }


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the wheel's role and directive, and what happens when the site is built."""
    app.add_config_value("site", None, "env")
    app.add_role("wheel", WheelRole())
    app.add_directive("install", Install)
    app.connect("config-inited", substitute)
    app.connect("build-finished", serve)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
