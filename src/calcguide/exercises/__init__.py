"""The tasks of the course: prompt, hints, a checker that answers, a solution.

>>> from calcguide import exercises
>>> task = exercises.get("B2t")
>>> print(task.check([3, 7]))
Not yet. Entry 0 is not right: 3.
>>> print(task.check([3, 7, 0]))
Not yet. A vector of real numbers is wanted, shape (2,), got shape (3,).

The same tasks answer on the command line: ``calcguide tasks`` lists them.
"""

from __future__ import annotations

from calcguide.exercises._exercise import Exercise, Mistake, Solution, Tolerance, Verdict
from calcguide.exercises._registry import get, ids, tasks

__all__ = ["Exercise", "Mistake", "Solution", "Tolerance", "Verdict", "get", "ids", "tasks"]
