"""Let ``pytest --pyargs calcguide --doctest-modules`` compare printed numbers by their shown digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Add the option flags that the package's docstrings are written for."""
    for flag in ("NUMBER", "NORMALIZE_WHITESPACE", "ELLIPSIS"):
        config.addinivalue_line("doctest_optionflags", flag)
