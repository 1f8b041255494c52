"""What every task's solution is held to."""

from __future__ import annotations

from collections.abc import Callable

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt

from calcguide.exercises import Exercise


@pytest.fixture
def check_solution(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Exercise], None]:
    """Return what runs a task's solution without a window: its answer is accepted, and none of its own checks fails."""

    def check(task: Exercise) -> None:
        names: dict[str, object] = {"__name__": "solution"}
        with mpl.rc_context({"backend": "agg"}):
            monkeypatch.setattr(plt, "show", lambda: plt.close("all"))
            exec(compile(task.solution.code, f"{task.id}.py", "exec"), names)  # noqa: S102  # our own solution
        verdict = task.check(names["answer"])
        assert verdict, verdict.message
        printed = capsys.readouterr().out
        assert printed
        assert "False" not in printed

    return check
