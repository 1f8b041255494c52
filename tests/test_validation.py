"""Argument checks: what passes, in which form, and what the refusals say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from calcguide._validation import (
    as_float,
    as_float_array,
    as_int,
    as_limit,
    as_positive,
    check_callable,
    check_one_of,
)


def test_what_passes_comes_back_as_the_library_computes_with_it() -> None:
    assert check_callable("fun", len) is len
    assert check_one_of("method", "a", ("a", "b")) == "a"
    assert (as_int("n", np.int64(3)), as_int("n", 3, low=3, high=3)) == (3, 3)
    assert (as_float("h", 2), as_positive("h", np.float32(0.5))) == (2.0, 0.5)
    assert type(as_float("h", np.array(2))) is float
    assert (as_limit("a", 1), as_limit("a", -np.inf, finite=False)) == (1.0, -np.inf)
    assert as_float_array("x", [[1, 2], [3, 4]]).dtype == np.float64
    assert as_float_array("x", (True, 2)[1:]).tolist() == [2.0]
    assert as_float_array("x", [np.inf], finite=False).tolist() == [np.inf]
    assert as_float_array("x", [], empty=True).shape == (0,)


def test_an_array_of_the_right_type_is_not_copied() -> None:
    x = np.array([1.0, 2.0])
    assert as_float_array("x", x) is x


@pytest.mark.parametrize(
    ("check", "value", "options", "error", "message"),
    [
        (check_callable, 3, {}, TypeError, "`p` must be callable, got 3 of type int"),
        (as_int, 1.0, {}, TypeError, "`p` must be an integer, got 1.0 of type float"),
        (as_int, True, {}, TypeError, "`p` must be an integer, got True of type bool"),
        (as_int, 0, {"low": 1}, ValueError, "`p` must be at least 1, got p=0"),
        (as_int, 9, {"high": 4}, ValueError, "`p` must be at most 4, got p=9"),
        (as_int, 9, {"low": 1, "high": 4}, ValueError, "`p` must be from 1 to 4, got p=9"),
        (as_float, [1.0], {}, ValueError, "`p` must be one number, got an array of shape (1,)"),
        (as_float, np.nan, {}, ValueError, "`p` must be finite, got p=nan"),
        (as_positive, 0, {}, ValueError, "`p` must be positive, got p=0.0"),
        (as_limit, np.inf, {}, ValueError, "`p` must be finite, got p=inf"),
        (as_limit, np.nan, {"finite": False}, ValueError, "`p` must be a number or infinite, got p=nan"),
        (as_float_array, "12", {}, TypeError, "`p` must hold real numbers, got '12' of type str"),
        (as_float_array, [True], {}, TypeError, "`p` must hold real numbers, got [True] of type list"),
        (as_float_array, {"a": 1}, {}, TypeError, "`p` must hold real numbers, got {'a': 1} of type dict"),
        (as_float_array, Decimal(1), {}, TypeError, "got Decimal('1') of type Decimal"),
        (as_float_array, 1j, {}, TypeError, "`p` must be real, got complex values"),
        (as_float_array, [[1], [1, 2]], {}, ValueError, "got rows of different lengths"),
        (as_float_array, [1.0], {"ndim": 2}, ValueError, "`p` must have 2 dimensions, got shape (1,)"),
        (as_float_array, [[1.0]], {"ndim": 1}, ValueError, "`p` must have 1 dimension, got shape (1, 1)"),
        (as_float_array, [], {}, ValueError, "`p` must not be empty, got shape (0,)"),
        (as_float_array, [[1, 2], [3, np.inf]], {}, ValueError, "`p` must be finite, got p[1, 1]=inf"),
    ],
)
def test_refusals_name_the_argument_the_rule_and_the_value(
    check: Any, value: Any, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        check("p", value, **options)
    assert message in str(caught.value)


def test_choices_are_compared_with_their_type() -> None:
    with pytest.raises(ValueError, match=r"`order` must be one of 1, 2, got True of type bool"):
        check_one_of("order", True, (1, 2))


def test_long_values_are_shortened() -> None:
    with pytest.raises(TypeError) as caught:
        as_float_array("x", "a" * 1000)
    assert len(str(caught.value)) < 150
