"""Every task of the course, by its id."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from calcguide.exercises import _backpropagation, _chain_rule, _differentiation

if TYPE_CHECKING:
    from calcguide.exercises._exercise import Exercise

_TASKS = {task.id: task for task in (*_differentiation.TASKS, *_chain_rule.TASKS, *_backpropagation.TASKS)}


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
    >>> [task.title for task in exercises.tasks() if task.kind == "vector"]
    ['Horner by hand']
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
    >>> exercises.get("A2t")
    Traceback (most recent call last):
        ...
    ValueError: `task_id` must be the id of a task, got 'A2t'; nearest: A1t, B2t
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
