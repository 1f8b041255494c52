"""The files of the repository: nothing of one machine in them, and commands that agree."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MACHINE = re.compile(r"(?<![\w.:/>])/(?:home|root|tmp|work|Users)/\w|[A-Z]:\\Users\\")
REGISTRY = re.compile(r"pypi\.org/simple|files\.pythonhosted|registry\.npmjs|(?:deb|security)\.debian\.org")
in_repository = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not in a repository")


def tracked() -> list[Path]:
    """List the files that the repository holds."""
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return [path for name in run.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def of_one_machine(text: str) -> list[str]:
    """Find paths of a machine and hosts of package registries."""
    return [found[0] for rule in (MACHINE, REGISTRY) for found in rule.finditer(text)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("see docs/home/x and https://example.org/work/x or a/tmp/x", 0),
        ("</root>", 0),
        ("cd " + "/home" + "/ada", 1),
        ("'" + "/work" + "/x.py'", 1),
        ("--index-url=https://" + "pypi.org" + "/simple", 1),
    ],
)
def test_the_search_finds(text: str, count: int) -> None:
    assert len(of_one_machine(text)) == count


@in_repository
def test_nothing_of_one_machine() -> None:
    found = {path.name: of_one_machine(path.read_bytes().decode(errors="replace")) for path in tracked()}
    assert {name: paths for name, paths in found.items() if paths} == {}


@in_repository
def test_continuous_integration_runs_the_test_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [
        line
        for block in re.findall(r"```console\n(.*?)```", readme, re.DOTALL)
        for line in block.splitlines()
    ]
    test_command = next(line for line in commands if line.endswith("-m nox"))
    assert f"\n    {test_command}\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
