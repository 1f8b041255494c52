"""Steps: the balance is where theory puts it, and the explanation says so."""

from __future__ import annotations

import numpy as np
import pytest

from calcguide.differences import step_size

EPS = np.finfo(float).eps


@pytest.mark.parametrize(
    ("method", "n", "order", "exponent"),
    [
        ("forward", 1, None, 1 / 2),
        ("backward", 1, 1, 1 / 2),
        ("central", 1, None, 1 / 3),
        ("central", 2, 2, 1 / 4),
        ("central", 1, 4, 1 / 5),
        ("forward", 2, 3, 1 / 5),
    ],
)
@pytest.mark.parametrize("x", [0.0, 1.0, -250.0, 1e10])
def test_step_is_the_power_of_two_below_the_balance(
    x: float, method: str, n: int, order: int | None, exponent: float
) -> None:
    h = step_size(x, n=n, method=method, order=order).h
    balance = EPS**exponent * max(1.0, abs(x))
    assert balance / 2 < h <= balance
    assert np.frexp(h)[0] == 0.5


@pytest.mark.parametrize("x", [0.3, 1.7, 123.4, -9e5])
def test_moved_points_are_exact(x: float) -> None:
    """Away from the next power of two, x + h loses nothing: the reason for steps with a single bit."""
    h = step_size(x, method="forward").h
    assert (x + h) - x == h


def test_arrays_and_integers() -> None:
    steps = step_size([0, 1000]).h
    assert steps.shape == (2,)
    assert steps[1] / steps[0] == 1024  # both rounded down to a power of two


def test_truncation_and_round_off_are_balanced() -> None:
    found = step_size(1.0, n=1, method="central")
    assert (
        1 / 8 <= found.truncation / found.roundoff <= 1
    )  # h is rounded down by at most 2: 2³ between the two


def test_explanation_names_its_numbers() -> None:
    text = str(step_size(1.0, method="forward"))
    assert "2^-26" in text
    assert "eps^(1/2)" in text
    assert "3.0e-06 to" not in text
    assert " to " in str(step_size([1.0, 1e6]))


def test_complex_step_has_no_balance_to_strike() -> None:
    found = step_size([1.0, 2.0], method="complex")
    assert found.h.shape == (2,)
    assert found.truncation == 0
    assert "subtracts nothing" in str(found)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "sideways"}, r"`method` must be one of .*, got 'sideways'"),
        ({"method": "adaptive"}, r"`method` must be one of"),
        ({"order": 3}, r"`order` must be one of 2, 4, 6, got 3"),
        ({"n": 5}, r"`n` must be from 1 to 4, got n=5"),
        ({"n": 2, "method": "complex"}, r"gives first derivatives"),
        ({"order": 2, "method": "complex"}, r"without an `order`"),
    ],
)
def test_bad_options(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        step_size(1.0, **options)


def test_bad_points() -> None:
    with pytest.raises(ValueError, match=r"`x` must be finite, got x=nan"):
        step_size(float("nan"))
    with pytest.raises(TypeError, match=r"`x` must be real"):
        step_size(1j)
