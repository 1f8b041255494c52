"""Tasks of probability: areas below densities, and integrals by chance."""

from __future__ import annotations

from calcguide.exercises._exercise import Exercise

TASKS: tuple[Exercise, ...] = ()
