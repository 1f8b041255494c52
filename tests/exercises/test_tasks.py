"""Every task: its solution runs and is accepted, its mistakes get their replies, its hints keep the secret."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from calcguide import exercises

TASKS = exercises.tasks()
MISTAKES = [pytest.param(t, m, id=f"{t.id}-{i}") for t in TASKS for i, m in enumerate(t.mistakes)]
# What would give each answer away, in any of its spellings.
SECRETS = {
    "A1t": ["3x^2-4x", "3*x**2", "-4x"],
    "A2u": ["-12", "-16", "34"],
    "A2t": ["x^3", "x**3", "1200", "800"],
    "A2w": ["2002", "54064", "64", "32"],
    "B2t": ["[1,8]", "(2)=1", "(2)=8", "8"],
    "B2u": ["2xsin", r"2x\sin", r"3x^2\cos", "3cos", r"3\cos"],
    "B1t": ["1.5", "e-7", "10^{-7}", r"\sqrt"],
    "B7t": ["6s^3", "3s^2", "s(1-s)", "2s^2"],
    "C7t": ["0.107", "-0.10", "0.0903", "0.1966"],
    "B7u": ["1.38", r"\sin1+\cos1", r"v_1\cos"],
    "D1t": ["101632", "101,632", "1280", "100352"],
    "D1u": ["1-x^2", "1-x**2", "2x"],
    "D1v": ["s+x", "xs(1-s)", "x*s*(1-s)"],
    "D3t": ["2y", "2*y", "e^{-y^2}", "exp(-y"],
    "D4t": ["[6", "6,-3", "-3", "0.375"],
    "A2v": [r"\frac{3}{8}", "3/8", "0.375", "9/8", "1.125"],
    "C8t": ["6.75", "1/9", "1.8", "0.111", r"\frac{1}{9}", "12.15"],
    "C8u": ["0.80", "0.81", "648"],
    "C9t": ["1/16", "0.0625", "-1/8", "0.125", r"\frac{1}{16}", r"\frac{1}{8}"],
    "C9u": ["14", "15", "13"],
}


@pytest.mark.parametrize("task", TASKS, ids=lambda t: t.id)
class TestEveryTask:
    def test_is_registered(self, task):
        assert exercises.get(task.id) is task

    def test_solution_is_accepted(self, task, check_solution):
        check_solution(task)

    def test_reference_is_accepted(self, task):
        assert task.check(task.reference)

    def test_two_or_three_hints_that_keep_the_secret(self, task):
        assert 2 <= len(task.hints) <= 3
        told = re.sub(r"\s", "", " ".join(task.hints))
        assert not [secret for secret in SECRETS[task.id] if secret in told]

    def test_prompt_keeps_the_secret(self, task):
        told = re.sub(r"\s", "", task.prompt)
        assert not [secret for secret in SECRETS[task.id] if secret in told]

    def test_replies_differ(self, task):
        replies = [mistake.reply for mistake in task.mistakes]
        assert len(replies) >= 3
        assert len(set(replies)) == len(replies)

    def test_plain_text_has_no_markup(self, task):
        texts = [
            str(task),
            *(task.hint(k) for k in range(1, len(task.hints) + 1)),
            task.check(task.reference).message,
            *(exercises._exercise.plain(mistake.reply) for mistake in task.mistakes),
        ]
        for text in texts:
            assert not re.search(r"[\\${}`]|\*\*|\bfrac\d|varepsilon", text), text
            assert max(map(len, text.splitlines())) <= 100

    def test_text_stays_within_the_small_markdown(self, task):
        texts = [
            task.prompt,
            *task.hints,
            task.solution.explanation,
            task.insight,
            *(m.reply for m in task.mistakes),
        ]
        for text in texts:
            assert text == text.strip()
            assert text.count("$") % 2 == text.count("`") % 2 == 0
            assert not re.search(r"^(#|- |\d+\. |>|```)|\$\$|\[.*\]\(", text, re.MULTILINE)

    def test_notebook_folds_hints_and_solution(self, task):
        shown = task._repr_markdown_()
        assert shown.count("<details>\n<summary>") == len(task.hints) + 1 == shown.count("</details>")
        assert task.prompt in shown
        assert f"```python\n{task.solution.code}\n```" in shown
        # Markdown inside an HTML element is only read after an empty line.
        assert len(re.findall(r"</summary>\n\n\S", shown)) == len(task.hints) + 1
        before, *_ = shown.partition("<details>")
        assert task.solution.explanation not in before

    def test_lesson_is_named_like_a_lesson(self, task):
        assert re.fullmatch(r"\d\d_\w+/\d\d_\w+", task.lesson)
        examples = Path(__file__).parents[2] / "examples"
        if (examples / task.lesson).parent.is_dir() and list((examples / task.lesson).parent.glob("*.py")):
            assert (examples / f"{task.lesson}.py").exists()

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param("3", id="text"),
            pytest.param(b"3", id="bytes"),
            pytest.param(None, id="none"),
            pytest.param(float("nan"), id="nan"),
            pytest.param(float("inf"), id="infinity"),
            pytest.param(1 + 2j, id="complex"),
            pytest.param(True, id="boolean"),
            pytest.param({}, id="dict"),
            pytest.param({1, 8}, id="set"),
            pytest.param([], id="empty"),
            pytest.param([[1, 2], [3]], id="ragged"),
            pytest.param(["1", "8"], id="texts"),
            pytest.param(np.array([1, "a"], dtype=object), id="mixed"),
            pytest.param([np.nan, 8], id="nan entry"),
            pytest.param(np.ones((2, 3)), id="matrix"),
            pytest.param(10**400, id="huge"),
            pytest.param(sympy.Symbol("x") ** 2, id="expression"),
            pytest.param(sympy.Symbol("x"), id="symbol"),
            pytest.param(str, id="class"),
            pytest.param(lambda: 3, id="no argument"),
        ],
    )
    def test_answers_of_the_wrong_kind_get_a_verdict(self, task, answer):
        verdict = task.check(answer)
        assert not verdict
        assert str(verdict).startswith("Not yet. ")
        assert len(verdict.message) < 250


@pytest.mark.parametrize(("task", "mistake"), MISTAKES)
def test_mistake_gets_its_own_reply(task, mistake):
    verdict = task.check(mistake.answer)
    assert not verdict
    assert verdict.message == exercises._exercise.plain(mistake.reply)


def test_every_secret_belongs_to_a_task():
    assert set(SECRETS) == set(exercises.ids())


class TestRateBesideRule:
    task = exercises.get("A1t")

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(np.poly1d([3, -4, 0]), id="poly1d"),
            pytest.param(sympy.lambdify(x := sympy.Symbol("x"), sympy.diff(x**3 - 2 * x**2 + 1)), id="sympy"),
            pytest.param(np.polynomial.Polynomial([0, -4, 3]), id="Polynomial"),
            pytest.param(lambda x: x * (3 * x - 4), id="factored"),
            pytest.param(
                lambda x: (f := lambda t: t**3 - 2 * t**2 + 1) and (f(x + 1e-5) - f(x - 1e-5)) / 2e-5,
                id="central",
            ),
        ],
    )
    def test_equal_functions_are_accepted(self, answer):
        assert self.task.check(answer)

    @pytest.mark.parametrize("h", [1e-3, 1e-4, 1e-6, 1e-8, 1.5e-8, 1e-7, 2**-26])
    def test_a_rate_is_recognised(self, h):
        def f(x):
            return x**3 - 2 * x**2 + 1

        verdict = self.task.check(lambda x: (f(x + h) - f(x)) / h)
        assert "rate for a step h" in verdict.message

    def test_first_disagreement_is_named_with_both_values(self):
        verdict = self.task.check(lambda x: 3 * x**2 - 4 * x + (x > 0))
        assert (
            verdict.message == "At x = 0.666667 your function gives -0.333333, the right value is -1.33333."
        )

    def test_close_values_are_told_apart(self):
        verdict = self.task.check(lambda x: 3 * x**2 - 4 * x + (1000 * np.abs(x) >= 9999) * 1e6 + 0)
        assert "gives 1.00034e+06, the right value is 340" in verdict.message

    def test_insight_after_the_right_answer(self):
        assert "0.0032" in self.task.check(self.task.reference).message


class TestFunctionsThatMisbehave:
    task = exercises.get("A1t")

    @pytest.mark.parametrize(
        ("answer", "message"),
        [
            pytest.param(
                lambda _x: 1 / 0, "Called with x = -10, your function raised ZeroDivisionError", id="raises"
            ),
            pytest.param(
                lambda _x: None, "your function returned nothing: it needs a return", id="no return"
            ),
            pytest.param(
                lambda x: [x],
                "At x = -10 one real number is wanted, your function returned shape (1,)",
                id="list",
            ),
            pytest.param(lambda x: np.log(x - 99), "At x = -10 one real number is wanted, got nan", id="nan"),
            pytest.param(lambda x: 1j * x, "one real number is wanted, got", id="complex"),
            pytest.param(lambda _x: "a", "one real number is wanted, got 'a' of type str", id="text"),
            pytest.param(
                lambda x: 3 * math.pow(x, 2) - 4 * x,
                "Right for single numbers. Called with an array, your function raised TypeError",
                id="math on arrays",
            ),
            pytest.param(
                lambda x: np.sum(3 * x**2 - 4 * x),
                "Right for single numbers. Called with an array of shape (7,), your function must return one value "
                "for each entry, got shape ()",
                id="sums arrays",
            ),
            pytest.param(
                lambda x: 3 * x**2 - 4 * x if np.ndim(x) == 0 else 0 * x**2,
                "Called with an array: At x = -10 your function gives 0, the right value is 340",
                id="other values",
            ),
            pytest.param(
                lambda x: 3 * x**2 - 4 * x if np.ndim(x) == 0 else "a",
                "real numbers are wanted, got 'a'",
                id="array text",
            ),
        ],
    )
    def test_verdict_says_what_happened(self, answer, message):
        verdict = self.task.check(answer)
        assert not verdict
        assert message in verdict.message

    def test_expression_is_told_apart_from_a_function(self):
        assert "sympy.lambdify" in self.task.check(3 * sympy.Symbol("x") ** 2).message

    def test_writing_into_the_argument_harms_nobody(self):
        def answer(x):
            y = 3 * x**2 - 4 * x
            if np.ndim(x):
                x[:] = 0
            return y

        points = self.task.points
        assert self.task.check(answer)
        assert self.task.check(answer)
        assert self.task.points is points


class TestHornerByHand:
    task = exercises.get("B2t")

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param((1, 8), id="tuple"),
            pytest.param([1.0, 8.0], id="list"),
            pytest.param(np.array([1, 8], dtype=np.int8), id="integers"),
            pytest.param([Fraction(1), sympy.Integer(8)], id="exact numbers"),
        ],
    )
    def test_accepted(self, answer):
        assert self.task.check(answer)

    def test_first_wrong_entry_is_named(self):
        assert self.task.check([1, 7]).message == "Entry 1 is not right: 7."
        assert self.task.check([3, 7]).message == "Entry 0 is not right: 3."

    @pytest.mark.parametrize(
        ("answer", "got"),
        [(1.0, "one number"), ([1, 8, 0], "shape (3,)"), ([[1, 8]], "shape (1, 2)")],
        ids=str,
    )
    def test_shape_is_named(self, answer, got):
        assert (
            self.task.check(answer).message == f"A vector of real numbers is wanted, shape (2,), got {got}."
        )

    def test_function_is_told_apart(self):
        assert "got a function: hand in its value" in self.task.check(lambda x: x).message

    def test_answer_is_not_mutated(self):
        answer = np.array([1.0, 8.0])
        self.task.check(answer)
        assert answer.tolist() == [1, 8]
        assert answer.flags.writeable


class TestBalance:
    task = exercises.get("B1t")
    best = math.sqrt(np.finfo(float).eps * 100)

    @given(st.floats(1 / 4.999, 4.999))
    def test_accepted_within_a_factor_of_five(self, factor):
        assert self.task.check(self.best * factor)

    @given(st.one_of(st.floats(5.001, 1e6), st.floats(1e-12, 1 / 5.001)))
    def test_refused_beyond(self, factor):
        assert not self.task.check(self.best * factor)

    def test_accepted_steps_lie_in_the_measured_valley(self):
        def error(h):
            # How x + h is rounded differs from one step to the next; the bound is for the worst step nearby.
            h = h * np.linspace(0.99, 1.01, 2001)
            return np.abs((np.exp(100 + h) - np.exp(100)) / h / np.exp(100) - 1).max()

        lowest = min(error(h) for h in np.logspace(-9, -5, 81))
        # The spacing of floats on [64, 128) is that at 64: rounding costs 0.64 of the bound, its root 0.8.
        assert 0.75 * self.best < lowest < error(self.best) < self.best
        # (5 + 1/5)/2 = 2.6 for the bound, and the rounding of the values adds a fiftieth.
        assert max(error(self.best / 5), error(self.best * 5)) < 1.03 * 2.6 * self.best
        assert min(error(self.best / 40), error(self.best * 40)) > 5 * lowest

    @pytest.mark.parametrize("h", [2**-20, 2**-19])
    def test_the_step_for_any_function_gets_its_reply(self, h):
        assert "without knowing the function" in self.task.check(h).message.replace("\n", " ")

    def test_too_large_and_too_small(self):
        assert self.task.check(1e-3).message == "0.001 is too large."
        assert self.task.check(1e-10).message == "1e-10 is too small."

    @pytest.mark.parametrize("answer", [[1.5e-7], np.array([1.5e-7])], ids=["list", "array"])
    def test_one_number_not_an_array(self, answer):
        assert self.task.check(answer).message == "One real number is wanted, got shape (1,)."

    def test_scalars_of_other_kinds_are_accepted(self):
        assert self.task.check(np.array(1.5e-7))
        assert self.task.check(sympy.sqrt(Fraction(2220, 10**17)))
        assert self.task.check(np.float32(1.5e-7))


@given(st.floats(-3, 3).filter(lambda t: abs(t) > 1e-3))
def test_accepts_within_the_tolerance_and_no_further(t):
    task = exercises.get("A1t")

    def off_by(share):
        # The tolerance is rtol |f'| + atol; at the zeros of f' it is atol alone.
        return lambda x: task.reference(x) + share * (1e-9 * abs(task.reference(x)) + 1e-9)

    assert task.check(off_by(0.9 * np.clip(t, -1, 1)))
    assert not task.check(off_by(np.sign(t) * (1.1 + abs(t))))


class TestHint:
    task = exercises.get("A1t")

    def test_first_by_default(self):
        assert self.task.hint() == self.task.hint(1) != self.task.hint(2)

    @pytest.mark.parametrize("k", [0, 4, -1])
    def test_out_of_range(self, k):
        with pytest.raises(ValueError, match=f"`k` must be from 1 to 3, got k={k}"):
            self.task.hint(k)

    @pytest.mark.parametrize("k", [1.0, "1", True, None])
    def test_not_an_integer(self, k):
        with pytest.raises(TypeError, match="`k` must be an integer"):
            self.task.hint(k)


def test_tasks_are_frozen_and_readable():
    task = exercises.get("A1t")
    assert repr(task) == "<Exercise A1t: Rate beside rule>"
    assert str(task).startswith("A1t: Rate beside rule\n\nTake f(x) = x³ - 2x² + 1.")
    assert task.solution.explanation not in str(task)
    with pytest.raises(AttributeError):
        task.title = "other"
