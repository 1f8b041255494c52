"""The course's tasks on the command line: ``calcguide tasks`` lists them.

Exit status: 0 if something was shown or an answer is correct, 1 if an answer is not correct, 2 if the command was
not understood: an unknown task, a value that is no number, a task that only Python can check.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

import calcguide
from calcguide import exercises
from calcguide.exercises._text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from calcguide.exercises import Exercise

_EPILOG = "exit status: 0 shown, or correct; 1 not correct; 2 not understood"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; by default those of the process.

    Returns
    -------
    int
        The exit status: 0, 1 or 2.
    """
    # A terminal that lacks a character such as ² shows a question mark instead of failing.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    options = _parser().parse_args(argv)
    try:
        status = _run(options)
        sys.stdout.flush()
    except ValueError as error:
        print(f"calcguide: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has seen enough; Python would complain again when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _run(options: argparse.Namespace) -> int:
    if options.command == "tasks":
        return _list()
    commands = {"task": _show, "hint": _hint, "check": _check, "solution": _solve}
    return commands[options.command](exercises.get(options.id), options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="calcguide", description="The tasks of the course.", epilog=_EPILOG)
    parser.add_argument("--version", action="version", version=f"calcguide {calcguide.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("tasks", help="list all tasks")
    for name, text in (
        ("task", "show a task"),
        ("hint", "show a hint"),
        ("check", "check an answer"),
        ("solution", "show the solution"),
    ):
        command = commands.add_parser(name, help=text, description=text, epilog=_EPILOG)
        command.add_argument("id", metavar="ID", help="a task's id, such as B2t")
        if name == "hint":
            command.add_argument(
                "k", metavar="K", type=int, nargs="?", default=1, help="which hint; 1 by default"
            )
        if name == "check":
            # Whatever follows belongs to the answer: -1e-7 is no option.
            command.add_argument(
                "values", metavar="VALUE", nargs=argparse.REMAINDER, help="a number, or several"
            )
    return parser


def _list() -> int:
    for task in exercises.tasks():
        print(f"{task.id:<5} {task.title:<24} {task.kind:<9} {task.lesson}")
    return 0


def _show(task: Exercise, _: argparse.Namespace) -> int:
    print(task)
    if task.kind != "function":
        print(f"On the command line: calcguide check {task.id} VALUE{' …' if task.kind == 'vector' else ''}")
    return 0


def _hint(task: Exercise, options: argparse.Namespace) -> int:
    print(task.hint(options.k))
    return 0


def _solve(task: Exercise, _: argparse.Namespace) -> int:
    print(f"{plain(task.solution.explanation)}\n\n{task.solution.code}")
    return 0


def _check(task: Exercise, options: argparse.Namespace) -> int:
    if task.kind == "function":
        print(
            "The answer is a function. Check it in Python:\n\n    from calcguide import exercises",
            file=sys.stderr,
        )
        print(f"\n    def answer(x):\n        return ...\n\n    print({task.call})", file=sys.stderr)
        return 2
    if not options.values:
        raise ValueError(f"`VALUE` must be given: calcguide check {task.id} VALUE")
    numbers = [_number(text) for text in options.values]
    verdict = task.check(numbers[0] if task.kind == "number" and len(numbers) == 1 else numbers)
    print(verdict)
    return 0 if verdict else 1


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"`VALUE` must be a number, got {text!r}") from None


if __name__ == "__main__":
    sys.exit(main())
