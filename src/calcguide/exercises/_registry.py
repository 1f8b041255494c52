"""Every task of the course, by its id."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from calcguide.exercises import (
    _approximation,
    _backpropagation,
    _chain_rule,
    _differentiation,
    _expectations,
    _integration,
    _probability,
)

if TYPE_CHECKING:
    from calcguide.exercises._exercise import Exercise

_PARTS = (
    _differentiation,
    _integration,
    _approximation,
    _probability,
    _expectations,
    _chain_rule,
    _backpropagation,
)
_TASKS: dict[str, Exercise] = {task.id: task for part in _PARTS for task in part.TASKS}


def ids() -> tuple[str, ...]:
    """List the ids of all tasks, in the order of the course.

    Returns
    -------
    tuple of str
        The ids that `get` knows.

    Examples
    --------
    >>> from calcguide import exercises
    >>> "A1t" in exercises.ids()
    True
    """
    return tuple(_TASKS)


def tasks() -> tuple[Exercise, ...]:
    """List all tasks, in the order of the course.

    Returns
    -------
    tuple of Exercise
        One task for each of `ids`.

    Examples
    --------
    >>> from calcguide import exercises
    >>> exercises.tasks()[0].title
    'Rate beside rule'
    """
    return tuple(_TASKS.values())


def get(task_id: str) -> Exercise:
    """Look up a task by its id; capital and small letters count as the same.

    Parameters
    ----------
    task_id : str
        One of `ids`, for example ``"A1t"``.

    Returns
    -------
    Exercise
        The task.

    Raises
    ------
    TypeError
        If `task_id` is not text.
    ValueError
        If there is no such task; the message names the nearest ids.

    Examples
    --------
    >>> from calcguide import exercises
    >>> exercises.get("A1t")
    <Exercise A1t: Rate beside rule>
    >>> exercises.get("A1")
    Traceback (most recent call last):
        ...
    ValueError: `task_id` must be the id of a task, got 'A1'; nearest: A1t
    """
    if not isinstance(task_id, str):
        raise TypeError(f"`task_id` must be text such as 'A1t', got {task_id!r}")
    known = {name.casefold(): name for name in _TASKS}
    wanted = task_id.strip().casefold()
    if wanted in known:
        return _TASKS[known[wanted]]
    near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.6) or list(known)
    listed = ", ".join(sorted(known[name] for name in near))
    raise ValueError(f"`task_id` must be the id of a task, got {task_id!r}; nearest: {listed}")
