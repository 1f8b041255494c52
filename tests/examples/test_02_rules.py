"""What the lesson on rules says in its prose, against what its code computes."""

from __future__ import annotations

import pytest

from calcguide.functions import horner


@pytest.fixture(scope="module")
def lesson(run_lesson):
    return run_lesson("01_differentiation/02_rules_of_differentiation.py")


def test_every_rule_agrees_with_differences(lesson):
    # 1e-10 is the tolerance that `derivative` works to when none is given.
    assert min(len(gaps) for gaps in lesson["gaps"].values()) >= 2
    assert max(max(gaps) for gaps in lesson["gaps"].values()) < 1e-10


def test_every_slip_is_seen(lesson):
    assert len(lesson["slip_gaps"]) == 3
    assert min(lesson["slip_gaps"]) > 0.1


def test_both_ways_to_a_polynomial_agree_with_the_package(lesson):
    coefficients = lesson["coefficients"]
    for x in (-2, 0, 1, 3):
        assert lesson["value_and_slope"](coefficients, x) == horner(coefficients, x)
        assert lesson["term_by_term"](coefficients, x) == horner(coefficients, x)


@pytest.mark.parametrize("degree", [1, 3, 10])
def test_counts_of_multiplications(lesson, degree):
    count = lesson["multiplications"]
    assert count(lesson["term_by_term"], degree) == degree**2
    assert count(lesson["value_and_slope"], degree) == 2 * (degree + 1)


def test_faulty_forms_do_what_the_prose_says(lesson):
    coefficients = lesson["coefficients"]
    assert lesson["faulty_slope"](coefficients, lesson["points"]).tolist() == [2, -5, -6, -1]
    assert lesson["terms"] == [81, 12, -5]
    with pytest.raises(ZeroDivisionError):
        lesson["careless_slope"](coefficients, 0.0)
