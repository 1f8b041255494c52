"""Tasks of expectations: changes of variables, and gradients of expectations."""

from __future__ import annotations

from calcguide.exercises._exercise import Exercise

TASKS: tuple[Exercise, ...] = ()
