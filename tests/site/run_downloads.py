"""Run the lessons' scripts as a reader does who downloaded them, with the wheel that the site serves.

``python run_downloads.py SITE`` belongs in an environment that has the wheel and nothing else of the
project. Each script runs in an empty folder; what it prints must contain what its page shows.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sitecheck import files


def printed(script: Path) -> str:
    """Run a copy of a script alone, and return what it prints; its errors go to the screen."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(script, folder)
        settings = {**os.environ, "MPLBACKEND": "Agg", "PYTHONWARNINGS": "ignore:FigureCanvasAgg"}
        command = [sys.executable, "-P", str(copy)]
        run = subprocess.run(command, cwd=folder, env=settings, check=True, stdout=subprocess.PIPE, text=True)
    return run.stdout


def missing(shown: list[str], output: str) -> list[str]:
    """Return the lines that a page shows and the script did not print."""
    lines = {line.strip() for line in output.splitlines()}
    return [
        line for block in shown for line in block.splitlines() if line.strip() and line.strip() not in lines
    ]


def main(site: Path) -> int:
    """Run every lesson's script; return the number of those whose page says something else."""
    lessons = files.lessons(site)
    if not lessons:
        print(f"{site} offers no script for download")
        return 1
    wrong = 0
    for lesson in lessons:
        for link in files.offered(site, lesson):
            script = files.target(site, lesson, link)
            if script is None or script.suffix != ".py":
                continue
            differing = missing(files.page(site / lesson).outputs, printed(script))
            wrong += bool(differing)
            print(f"{script.name}: {differing or 'prints what its page shows'}")
    return wrong


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
