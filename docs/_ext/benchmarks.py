"""Recorded measurements as tables: the files of ``benchmarks/results``, with machine and date."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docutils import nodes
from settings import ROOT
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

RESULTS = ROOT / "benchmarks" / "results"
COLUMNS = {
    "case": "Case",
    "peer": "Peer",
    "ratio": "Time / peer's",
    "target": "Target",
    "met": "Met",
    "error": "Error",
}
NUMBERS = {"ratio": "{:.3g}", "target": "{:.3g}", "error": "{:.1e}"}


def shown(name: str, value: Any) -> str:
    """Return a cell's text.

    Parameters
    ----------
    name : str
        The column.
    value : str, float, bool or None
        What was recorded.

    Returns
    -------
    str
        Words for truth values, rounded numbers, and a dash for what was not recorded.
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return NUMBERS[name].format(value) if name in NUMBERS else str(value)


class Benchmarks(SphinxDirective):
    """Show every recorded benchmark."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each file of results, or say that there is none."""
        self.env.note_reread()  # new files may have come
        records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))]
        if not records:
            return [nodes.paragraph("", "No results have been recorded for this version.")]
        return [self.section(record) for record in records]

    def section(self, record: dict[str, Any]) -> nodes.section:
        """Return heading, circumstances and table of one benchmark."""
        title = record["benchmark"]
        section = nodes.section("", nodes.title(title, title), names=[nodes.fully_normalize_name(title)])
        self.state.document.note_implicit_target(section, section)
        packages = ", ".join(f"{name} {version}" for name, version in sorted(record["packages"].items()))
        where = f"{record['date']}; {record['machine']}; Python {record['python']}; {packages}."
        section += [nodes.paragraph("", where), self.table(record["rows"])]
        return section

    def table(self, rows: list[dict[str, Any]]) -> nodes.table:
        """Return the rows, under the columns that at least one of them fills."""
        columns = [name for name in COLUMNS if any(row.get(name) is not None for row in rows)]
        group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in columns), cols=len(columns))
        group += nodes.thead("", self.row(COLUMNS[name] for name in columns))
        group += nodes.tbody("", *(self.row(shown(name, row.get(name)) for name in columns) for row in rows))
        return nodes.table("", group)

    @staticmethod
    def row(cells: Any) -> nodes.row:
        """Return a row of the table."""
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", cell)) for cell in cells))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("benchmarks", Benchmarks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
