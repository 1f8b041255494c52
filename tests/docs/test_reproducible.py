"""Two cold builds of the same source are the same, byte for byte."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

pytest.importorskip("sphinx_gallery")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_builds_are_identical(small_site):
    """The whole site, from the same path: first and second build see nothing of one another."""
    made = shutil.ignore_patterns("_build", "lessons", "generated", "__pycache__", ".jupyter_cache")
    found = []
    for _ in range(2):
        for name in ("docs", "examples", "src"):
            shutil.rmtree(small_site.folder / name)
            shutil.copytree(ROOT / name, small_site.folder / name, ignore=made)
        if (ROOT / "benchmarks").exists():
            shutil.copytree(ROOT / "benchmarks", small_site.folder / "benchmarks", dirs_exist_ok=True)
        result = small_site.build()
        assert result.returncode == 0, result.stderr
        found.append(digests(small_site.html))
    first, second = found
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
