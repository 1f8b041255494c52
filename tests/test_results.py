"""Results: frozen, and readable."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from calcguide.differences import derivative


def test_a_result_shows_one_attribute_a_line() -> None:
    text = repr(derivative(np.exp, 0.0, full_output=True))
    names = [line.split(":")[0].strip() for line in text.splitlines()]
    assert names == ["value", "error", "step", "nfev", "status", "success", "message"]


def test_a_result_cannot_be_changed() -> None:
    result = derivative(np.exp, 0.0, full_output=True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.value = 3.0
