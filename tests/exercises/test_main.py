"""The command line."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import calcguide
from calcguide import exercises
from calcguide.exercises.__main__ import main


def test_tasks(capsys):
    assert main(["tasks"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(exercises.ids())


@pytest.mark.parametrize("name", exercises.ids())
def test_task_and_solution(name, capsys):
    task = exercises.get(name)
    assert main(["task", name]) == 0
    shown = capsys.readouterr().out
    assert str(task) in shown
    assert (f"calcguide check {name}" in shown) == (task.kind != "function")
    assert main(["solution", name]) == 0
    assert task.solution.code in capsys.readouterr().out


def test_hint(capsys):
    assert main(["hint", "A1t"]) == 0
    assert capsys.readouterr().out.strip() == exercises.get("A1t").hint(1)
    assert main(["hint", "a1t", "3"]) == 0
    assert capsys.readouterr().out.strip() == exercises.get("A1t").hint(3)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["B2t", "1", "8"], 0, "Correct."),
        (["B2t", "8", "1"], 1, "wrong order"),
        (["B2t", "1"], 1, "shape (2,), got shape (1,)"),
        (["B1t", "1.5e-7"], 0, "Correct."),
        (["B1t", "-1e-7"], 1, "A step must be positive."),
        (["B1t", "nan"], 1, "got nan"),
        (["B1t", "1", "2"], 1, "One real number is wanted, got shape (2,)"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_check(arguments, status, said, capsys):
    assert main(["check", *arguments]) == status
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["task", "A9"], "nearest: A1t"),
        (["hint", "A1t", "4"], "`k` must be from 1 to 3, got k=4"),
        (["check", "B1t"], "`VALUE` must be given: calcguide check B1t VALUE"),
        (["check", "B1t", "two"], "`VALUE` must be a number, got 'two'"),
        (["check", "A1t", "3"], 'exercises.get("A1t").check(answer)'),
    ],
    ids=" ".join,
)
def test_not_understood(arguments, said, capsys):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert not out


@pytest.mark.parametrize("arguments", [[], ["sing"], ["hint", "A1t", "x"], ["task"]], ids=str)
def test_usage(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: calcguide" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help(option, capsys):
    with pytest.raises(SystemExit) as stop:
        main([option])
    assert stop.value.code == 0
    assert (calcguide.__version__ if option == "--version" else "exit status: 0") in capsys.readouterr().out


def test_terminal_without_the_characters(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert main(["task", "A1t"]) == 0
    assert b"x? - 2x? + 1" in raw.getvalue()


def test_pipe_that_closes_early():
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "calcguide.exercises", "tasks"]
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, check=True)
    assert done.stderr == b""


def test_installed_script():
    script = Path(sys.executable).with_name("calcguide")
    if not script.exists():
        pytest.skip("the package is not installed beside this Python")
    done = subprocess.run(
        [script, "check", "B2t", "8", "1"], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("Not yet. The two are there")


def test_module():
    done = subprocess.run(
        [sys.executable, "-m", "calcguide.exercises", "--version"], capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == f"calcguide {calcguide.__version__}"
