"""The project's tasks: ``nox -s NAME`` runs one, ``nox -l`` lists them, plain ``nox`` runs the tests."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).parent
LOCK = ROOT / "requirements.lock"
SITE = ROOT / "docs" / "_build" / "html"
DOCTREES = ROOT / "docs" / "_build" / "doctrees"
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
PYTHONS = sorted({"3.11", "3.12", "3.13", HERE}, key=lambda version: int(version.split(".")[1]))

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_venv = "yes"
nox.options.sessions = [f"tests-{HERE}"]

# uv would otherwise try to download an interpreter that is missing; pyenv's shims hide those that are there.
os.environ.setdefault("UV_PYTHON_DOWNLOADS", "never")
pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *map(str, sorted(pyenv.glob("versions/3.*/bin")))])


def install(session: nox.Session, *groups: str, package: str = "--editable=.") -> None:
    """Install the package and the locked versions of dependency groups."""
    wanted = [f"--group={group}" for group in groups]
    session.install(package, *wanted, f"--constraint={LOCK}")


def build_wheel(session: nox.Session) -> Path:
    """Build the wheel into the session's own folder."""
    folder = Path(session.create_tmp()) / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    session.run("uv", "build", "--quiet", "--wheel", f"--out-dir={folder}", str(ROOT), external=True)
    return next(folder.glob("*.whl"))


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests with branch coverage, on every Python that is found."""
    install(session, "tests")
    session.run("pytest", "--cov", *session.posargs)


@nox.session
def tests_lowest(session: nox.Session) -> None:
    """Run the tests with the lowest versions that pyproject.toml admits."""
    session.install("--resolution=lowest-direct", "--editable=.", "--group=tests")
    # Old releases call what the newest releases of their own dependencies have deprecated.
    session.run("pytest", "-W", "default::DeprecationWarning", *session.posargs)


@nox.session
def tests_latest(session: nox.Session) -> None:
    """Run the tests with the newest versions that the registry has."""
    session.install("--upgrade", "--editable=.", "--group=tests")
    session.run("pytest", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Run the tests with hypothesis searching long and from a new start each time."""
    install(session, "tests")
    session.run("pytest", "--hypothesis-profile=fuzz", *session.posargs)


@nox.session
def docs_tests(session: nox.Session) -> None:
    """Check that the site does not build from a broken source, and that two builds are the same."""
    install(session, "docs", "tests")
    session.run("pytest", "-m", "not site", "tests/docs", *session.posargs)


@nox.session
def doctest(session: nox.Session) -> None:
    """Check every docstring's examples, and the README's, from the repository."""
    install(session, "tests")
    examples = ["--doctest-modules", "src/calcguide", "--doctest-glob=README.md", "README.md"]
    session.run("pytest", *examples, *session.posargs)


@nox.session
def doctest_wheel(session: nox.Session) -> None:
    """Check the examples as a user would: from the wheel, with pytest and nothing else of ours."""
    wheel = build_wheel(session)
    session.install(str(wheel), "pytest", f"--constraint={LOCK}")
    session.chdir(session.create_tmp())
    session.run("pytest", "--pyargs", "calcguide", "--doctest-modules", "-p", "no:cacheprovider")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, imports between rooms, docstrings and spelling."""
    install(session, "lint", "docs")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")
    modules = sorted(str(path) for path in Path("src").rglob("*.py"))
    session.run("numpydoc", "lint", *modules)
    session.run("codespell")
    made = [f"--ignore=docs/{folder}" for folder in ("_build", "lessons", "reference/generated")]
    session.run("sphinx-lint", "--enable=all", "--disable=line-too-long", *made, "docs", "examples")


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check the types of the package, strictly."""
    install(session, "typecheck", "tests")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site; `-- --serve` serves it and rebuilds on change."""
    install(session, "docs")
    options = ["-n", "-W", "-T", "--keep-going", "-j", "1", "-d", str(DOCTREES)]
    if "--serve" in session.posargs:
        watch = [f"--watch={ROOT / part}" for part in ("src", "examples")]
        session.run("sphinx-autobuild", *options, *watch, "docs", str(SITE))
        return
    session.run("sphinx-build", "-b", "html", *options, *session.posargs, "docs", str(SITE))
    session.log(f"The site is ready: open {(SITE / 'index.html').as_uri()}")
    session.log(f"Or, with search: python -m http.server --directory {SITE.relative_to(ROOT)}")


@nox.session
def linkcheck(session: nox.Session) -> None:
    """Check that the addresses the site names answer (needs the network)."""
    install(session, "docs")
    output = ROOT / "docs" / "_build" / "linkcheck"
    session.run("sphinx-build", "-b", "linkcheck", "-d", str(DOCTREES), "docs", str(output))


def built_site(session: nox.Session) -> Path:
    """Return the folder of the built site; without one there is nothing to check."""
    if not (SITE / "index.html").exists():
        session.error("There is no site yet: run `nox -s docs` first.")
    return SITE


@nox.session
def site(session: nox.Session) -> None:
    """Check the built site in a real browser, Debian's Chromium; `-- --screenshots DIR` takes pictures instead."""
    folder = built_site(session)
    install(session, "site")
    if "--screenshots" in session.posargs:
        pictures, *pages = session.posargs[session.posargs.index("--screenshots") + 1 :]
        session.run("python", "tests/site/screenshots.py", str(folder), pictures, *pages)
        return
    session.run("pytest", "-m", "site", "tests/site", *session.posargs)


@nox.session
def downloads(session: nox.Session) -> None:
    """Run each lesson's downloaded script alone, with the wheel that the site serves and nothing else."""
    folder = built_site(session)
    session.install(*map(str, folder.rglob("calcguide-*.whl")), f"--constraint={LOCK}")
    session.run("python", "tests/site/run_downloads.py", str(folder))


@nox.session
def bench(session: nox.Session) -> None:
    """Compare speed and accuracy with the peers; `-- --record` keeps the results for the site."""
    install(session, "bench")
    for script in sorted((ROOT / "benchmarks").glob("[!_]*.py")):
        session.run("python", str(script), *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Build the sdist and the wheel into dist/."""
    session.run("uv", "build", "--out-dir", "dist", external=True)


@nox.session
def lock(session: nox.Session) -> None:
    """Resolve every dependency group anew into requirements.lock."""
    quiet = ["--quiet", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    what = ["--universal", "--upgrade", "--generate-hashes", "--python-version=3.11", "--group=dev"]
    target = ["--output-file=requirements.lock", "pyproject.toml"]
    session.run("uv", "pip", "compile", *quiet, *what, *target, external=True)


@nox.session(python=False)
def full(session: nox.Session) -> None:
    """Run everything that is too slow for each change: all Pythons, lowest and latest versions, fuzzing."""
    pythons = [f"tests-{python}" for python in PYTHONS]
    checks = ["doctest", "doctest_wheel", "lint", "typecheck", "docs", "docs_tests", "site", "downloads"]
    for name in [*pythons, "tests_lowest", "tests_latest", "fuzz", *checks, "bench"]:
        session.notify(name)
