"""The tasks of the course: prompt, hints, a checker that answers, a solution.

>>> from calcguide import exercises
>>> task = exercises.get("B2t")
>>> print(task.check([8, 1]))
Not yet. The two are there, in the wrong order: the value comes first.
>>> print(task.check([1, 8]).correct)
True

The same tasks answer on the command line: ``calcguide tasks`` lists them.
"""

from __future__ import annotations

from calcguide.exercises._exercise import Exercise, Mistake, Solution, Tolerance, Verdict
from calcguide.exercises._registry import get, ids, tasks

__all__ = ["Exercise", "Mistake", "Solution", "Tolerance", "Verdict", "get", "ids", "tasks"]
