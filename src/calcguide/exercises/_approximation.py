"""Tasks of approximation: quadrature and Taylor series."""

from __future__ import annotations

from calcguide.exercises._exercise import Exercise

TASKS: tuple[Exercise, ...] = ()
