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
    """Build the whole site twice at one place; the second build sees nothing of the first."""
    made = shutil.ignore_patterns("_build", "lessons", "generated", "__pycache__", ".*", "dist", "htmlcov")
    found = []
    for _ in range(2):
        shutil.rmtree(small_site.folder)
        shutil.copytree(ROOT, small_site.folder, ignore=made)
        shutil.copy(ROOT / ".gitignore", small_site.folder)
        result = small_site.build()
        assert result.returncode == 0, result.stderr
        found.append(digests(small_site.html))
    first, second = found
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
