r"""A task and its checker: right means :math:`|a - r| \le \mathrm{atol} + \mathrm{rtol}\,|r|` against a reference r."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from calcguide._validation import as_int
from calcguide.exercises._answers import UnfitError, read, read_on_array
from calcguide.exercises._text import plain, shown_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from calcguide._typing import Array

Kind: TypeAlias = Literal["number", "vector", "function"]


@dataclass(frozen=True)
class Verdict:
    """What the checker says about an answer. It counts as true where the answer is correct.

    Attributes
    ----------
    correct : bool
        Whether the answer is accepted.
    message : str
        What is wrong, or what the right answer shows.

    Examples
    --------
    >>> from calcguide.exercises import Verdict
    >>> print(Verdict(False, "The derivative of a constant is 0."))
    Not yet. The derivative of a constant is 0.
    """

    correct: bool
    message: str

    def __bool__(self) -> bool:
        """Say whether the answer is accepted."""
        return self.correct

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"{'Correct.' if self.correct else 'Not yet.'} {self.message}"


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    r"""How far an answer may lie from the reference.

    Accepted is :math:`|a - r| \le \mathrm{atol} + \mathrm{rtol}\,|r|`, and, for orders of magnitude,
    :math:`r / \mathrm{factor} \le a \le r \cdot \mathrm{factor}`.

    Attributes
    ----------
    reason : str
        Why this much.
    rtol, atol : float
        Relative and absolute tolerance.
    factor : float
        Above 1: how many times too small or too large an answer may be.

    Examples
    --------
    >>> from calcguide.exercises import Tolerance
    >>> print(Tolerance(factor=2, reason="an order of magnitude").accepts(3.0, 5.0))
    True
    """

    reason: str
    rtol: float = 0.0
    atol: float = 0.0
    factor: float = 1.0

    def accepts(self, answer: Any, reference: Any) -> Any:
        """Say for each entry whether it is close enough.

        Parameters
        ----------
        answer, reference : float or ndarray
            What was given, and what is right.

        Returns
        -------
        bool or ndarray of bool
            True where `answer` is accepted.
        """
        near = np.abs(answer - reference) <= self.atol + self.rtol * np.abs(reference)
        return near | (
            (reference <= self.factor * answer) & (answer <= self.factor * reference) & (answer > 0)
        )


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer, and the reply that helps whoever gave it.

    Attributes
    ----------
    answer : float, tuple of float, or callable
        The answer, of the task's kind.
    reply : str
        What to say to it.
    matches : callable, optional
        ``matches(values) -> bool`` recognises the answer by its values: the number, the entries, or the
        function's values at the task's points. Without it, answers within the task's tolerance of `answer` match.

    Examples
    --------
    >>> from calcguide import exercises
    >>> mistake = exercises.get("B2t").mistakes[0]
    >>> print(exercises.get("B2t").check(mistake.answer))
    Not yet. The two are there, in the wrong order: the value comes first.
    """

    answer: Any
    reply: str
    matches: Callable[[Array], Any] | None = None


@dataclass(frozen=True)
class Solution:
    """How to solve a task.

    Attributes
    ----------
    explanation : str
        The way there, in Markdown.
    code : str
        Python that runs alone and leaves the answer in ``answer``.

    Examples
    --------
    >>> from calcguide import exercises
    >>> print(exercises.get("B2t").solution.code)
    from calcguide.functions import horner
    <BLANKLINE>
    answer = horner([2, -3, -4, 5], 2)
    print(answer)
    """

    explanation: str
    code: str


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Exercise:
    """One task of the course.

    Printed, it shows the task; in a notebook it shows hints and solution too, folded away. Texts are Markdown of
    a small kind: paragraphs with ``$formulas$``, code between backticks, and emphasis.

    Attributes
    ----------
    id : str
        The id in the course.
    title : str
        A few words.
    lesson : str
        The lesson it belongs to: the part's folder and the lesson's file name.
    kind : {"number", "vector", "function"}
        What is asked for.
    prompt : str
        The task.
    hints : tuple of str
        Hints, each giving away more than the one before.
    solution : Solution
        The way there, and code.
    reference : float, tuple of float, or callable
        The right answer.
    tolerance : Tolerance
        How close an answer must be, and why.
    insight : str
        What the solved task shows.
    mistakes : tuple of Mistake
        Typical wrong answers with their replies; the first that matches speaks.
    points : tuple of float
        Where functions are compared.

    See Also
    --------
    get : Look up a task by its id.

    Examples
    --------
    >>> from calcguide import exercises
    >>> task = exercises.get("A1t")
    >>> print(task.check(lambda x: 3 * x**2 - 2 * x))
    Not yet. The factor 2 of the second term is lost: -2x² has the derivative -2 · 2x.
    >>> print(task.check(3.0))
    Not yet. A function is wanted, something to call with x, got 3.0 of type float.
    """

    id: str
    title: str
    lesson: str
    kind: Kind
    prompt: str
    hints: tuple[str, ...]
    solution: Solution
    reference: Any
    tolerance: Tolerance
    insight: str
    mistakes: tuple[Mistake, ...] = ()
    points: tuple[float, ...] = ()

    def check(self, answer: Any) -> Verdict:
        """Compare an answer with the reference.

        Parameters
        ----------
        answer : float, array_like or callable
            The answer, of the task's kind. A function is called with single numbers and with an array.

        Returns
        -------
        Verdict
            Whether it is correct, and why not. Answers of the wrong kind and functions that raise get a verdict
            too: whatever is handed in, nothing is raised and nothing is changed.
        """
        try:
            values = read(self.kind, answer, self._wanted.shape, self.points)
            close = self.tolerance.accepts(values, self._wanted)
            if not np.all(close):
                return Verdict(False, self._reply(values, close))
            if self.kind == "function":
                on_array = read_on_array(answer, self.points)
                close = self.tolerance.accepts(on_array, self._wanted)
                if not np.all(close):
                    return Verdict(False, f"Called with an array: {self._disagreement(on_array, close)}")
        except UnfitError as problem:
            return Verdict(False, str(problem))
        return Verdict(True, plain(self.insight))

    def hint(self, k: int = 1) -> str:
        """Give a hint as plain text.

        Parameters
        ----------
        k : int, default 1
            Which: 1 gives away least.

        Returns
        -------
        str
            The hint.

        Raises
        ------
        TypeError
            If `k` is not an integer.
        ValueError
            If there is no hint `k`.

        Examples
        --------
        >>> from calcguide import exercises
        >>> print(exercises.get("A1t").hint())
        Take the terms one by one: the derivative of a sum is the sum of the derivatives, and a
        constant factor stays in front.
        """
        return plain(self.hints[as_int("k", k, low=1, high=len(self.hints)) - 1])

    @property
    def call(self) -> str:
        """The Python call that hands in an answer."""
        return f'exercises.get("{self.id}").check(answer)'

    @property
    def _wanted(self) -> Array:
        """The reference as the values that answers are compared with."""
        values: Array = np.array(
            [self.reference(x) for x in self.points] if self.points else self.reference, float
        )
        return values

    def _reply(self, values: Array, close: Any) -> str:
        """Answer a wrong answer: by the typical mistake behind it, or by the first difference."""
        for mistake in self.mistakes:
            if mistake.matches is not None:
                found = mistake.matches(values)
            else:
                theirs = read(self.kind, mistake.answer, values.shape, self.points)
                found = np.all(self.tolerance.accepts(values, theirs))
            if found:
                return plain(mistake.reply)
        return self._disagreement(values, close)

    def _disagreement(self, values: Array, close: Any) -> str:
        """Name the first difference."""
        if self.kind == "number":
            return f"{float(values):.6g} is too {'large' if values > self._wanted else 'small'}."
        i = int(np.argmin(close))
        if self.kind == "vector":
            return f"Entry {i} is not right: {values[i]:.6g}."
        given, wanted = shown_apart(values[i], self._wanted[i])
        return f"At x = {self.points[i]:.6g} your function gives {given}, the right value is {wanted}."

    def __str__(self) -> str:
        """Show the task as plain text, without hints and solution."""
        how = f"Check with {self.call}; there are {len(self.hints)} hints."
        return f"{self.id}: {self.title}\n\n{plain(self.prompt)}\n\n{how}"

    def __repr__(self) -> str:
        """Show id and title."""
        return f"<Exercise {self.id}: {self.title}>"

    def _repr_markdown_(self) -> str:
        """Show the task in a notebook, hints and solution folded away."""
        solution = f"{self.solution.explanation}\n\n```python\n{self.solution.code.strip()}\n```"
        folded = [(f"Hint {k}", hint) for k, hint in enumerate(self.hints, start=1)] + [
            ("Solution", solution)
        ]
        parts = [f"**Task {self.id}: {self.title}**", self.prompt, f"Check your answer with `{self.call}`."]
        parts += [f"<details>\n<summary>{title}</summary>\n\n{text}\n\n</details>" for title, text in folded]
        return "\n\n".join(parts)
