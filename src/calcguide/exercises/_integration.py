"""Tasks of integration: sums, and the fundamental theorem."""

from __future__ import annotations

from calcguide.exercises._exercise import Exercise

TASKS: tuple[Exercise, ...] = ()
