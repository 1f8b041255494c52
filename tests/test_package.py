"""The package as a whole: what an import loads, what the archives hold, where the version stands."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import metadata, version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

import calcguide

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "calcguide"
ROOMS = sorted(set(calcguide.__all__) - {"__version__"})
DRAWS_OR_WEIGHS = {"matplotlib", "sklearn", "sympy"}


def loaded_by(code: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has loaded after running some code."""
    command = f"{code}\nimport sys; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", command], check=True, stdout=subprocess.PIPE, text=True)
    return set(run.stdout.split())


def test_import_costs_little() -> None:
    # Counted in modules, for a clock depends on the machine: nothing but this package and its lazy loader.
    assert loaded_by("import calcguide") - loaded_by("pass") - set(sys.stdlib_module_names) == {
        "calcguide",
        "lazy_loader",
    }


@pytest.mark.parametrize("room", sorted(set(ROOMS) - {"plotting"}))
def test_computing_loads_nothing_that_draws(room: str) -> None:
    assert loaded_by(f"import calcguide; calcguide.{room}.__all__") & DRAWS_OR_WEIGHS == set()


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_load_when_touched(room: str) -> None:
    loaded = f"import sys, calcguide; before = 'calcguide.{room}' in sys.modules; calcguide.{room}.__all__"
    assert loaded_by(f"{loaded}\nassert not before and 'calcguide.{room}' in sys.modules")


def test_every_room_is_listed() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("[!_]*/__init__.py")}
    rooms |= {path.stem for path in PACKAGE.glob("[!_]*.py")} - {"conftest"}
    assert set(ROOMS) == rooms
    assert set(ROOMS) <= set(dir(calcguide))


@pytest.mark.parametrize("room", ROOMS)
def test_public_names_are_there(room: str) -> None:
    module: ModuleType = getattr(calcguide, room)
    assert list(module.__all__) == sorted(set(module.__all__))
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="derivatives"):
        _ = calcguide.derivatives


def test_version_has_one_source() -> None:
    assert version("calcguide") == calcguide.__version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" not in project
    for name, pattern in (("CITATION.cff", r"^version: (\S+)$"), ("CHANGELOG.md", r"^## \[?(\d[\w.]*)")):
        found = re.search(pattern, (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
        assert found
        assert found[1] == calcguide.__version__


@pytest.mark.filterwarnings("ignore::DeprecationWarning:hatchling")
def test_wheel_holds_the_package_and_nothing_else(tmp_path: Path) -> None:
    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    held = {name for name in names if ".dist-info/" not in name}
    package = {path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert held == {path.relative_to(ROOT / "src").as_posix() for path in package}
    assert "calcguide/py.typed" in held
    assert any(name.endswith("/licenses/LICENSE") for name in names)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:hatchling")
def test_sdist_holds_what_builds_and_tests_it(tmp_path: Path) -> None:
    sdist = next(SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tops = {name.partition("/")[0] for name in names}
    assert {"LICENSE", "PKG-INFO", "README.md", "pyproject.toml", "src", "tests", "examples"} <= tops
    assert tops <= {"CHANGELOG.md", "CITATION.cff", ".gitignore"} | {
        "LICENSE", "PKG-INFO", "README.md", "pyproject.toml", "src", "tests", "examples",
    }  # fmt: skip
    assert not [name for name in names if name.endswith((".pyc", ".ipynb", ".html"))]


def test_requirements_are_lower_bounds() -> None:
    needed = [line for line in metadata("calcguide").get_all("Requires-Dist") or [] if "extra ==" not in line]
    assert needed
    assert [line for line in needed if not re.fullmatch(r"[\w-]+>=[\d.]+", line)] == []
