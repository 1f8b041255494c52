"""How hypothesis searches: the same examples on every run, unless ``--hypothesis-profile=fuzz`` asks for more."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile("fuzz", max_examples=3000, deadline=None, print_blob=True)
settings.load_profile("same")
