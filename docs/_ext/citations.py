"""Citations as prose reads them: Higham (2002), or (Higham, 2002)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def _round() -> BracketStyle:
    return BracketStyle(left="(", right=")")


@dataclass
class RoundBrackets(AuthorYearReferenceStyle):
    """Author and year, in round brackets."""

    bracket_parenthetical: BracketStyle = field(default_factory=_round)
    bracket_textual: BracketStyle = field(default_factory=_round)
    bracket_author: BracketStyle = field(default_factory=_round)
    bracket_label: BracketStyle = field(default_factory=_round)
    bracket_year: BracketStyle = field(default_factory=_round)


def addresses(app: Sphinx) -> dict[str, str]:
    """Return where to find each cited work: its DOI or address, by the citation's anchor.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build, after all pages were read.

    Returns
    -------
    dict
        From anchors on the bibliography's page to addresses.
    """
    citations = app.env.get_domain("cite").citations
    works = {citation.citation_id: citation.entry.fields for citation in citations}
    return {
        anchor: f"https://doi.org/{work['doi']}" if "doi" in work else work["url"]
        for anchor, work in works.items()
        if "doi" in work or "url" in work
    }


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the style under a name of our own."""
    app.setup_extension("sphinxcontrib.bibtex")
    register_plugin("sphinxcontrib.bibtex.style.referencing", "round_brackets", RoundBrackets)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
