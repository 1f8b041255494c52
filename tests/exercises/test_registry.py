"""Looking tasks up, and what an import costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from calcguide import exercises


def test_ids_and_tasks_agree():
    assert exercises.ids() == tuple(task.id for task in exercises.tasks())
    assert {"A1t", "B1t", "B2t", "B2u"} <= set(exercises.ids())
    assert all(
        exercises.get(name) is task for name, task in zip(exercises.ids(), exercises.tasks(), strict=True)
    )


@pytest.mark.parametrize("spelling", ["A1t", "a1t", "A1T", " A1t "])
def test_case_and_blanks_do_not_matter(spelling):
    assert exercises.get(spelling).id == "A1t"


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("A1", "A1t"), ("B2", "B2t, B2u"), ("quadrature", ", ".join(sorted(exercises.ids())))],
    ids=["A1", "B2", "far away: all"],
)
def test_unknown_id_names_the_nearest(name, nearest):
    with pytest.raises(ValueError, match=f"got '{name}'; nearest: .*{nearest}"):
        exercises.get(name)


@pytest.mark.parametrize("name", [1, None, ["A1t"]])
def test_id_must_be_text(name):
    with pytest.raises(TypeError, match="`task_id` must be text such as 'A1t'"):
        exercises.get(name)


def test_import_draws_nothing_and_learns_nothing():
    code = (
        "import sys, calcguide.exercises, calcguide.exercises.__main__\n"
        "assert not {'matplotlib', 'sklearn', 'sympy', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
