"""A recorded step as text: v₂ = p(v₁, 3) is written "v1 * 3", "sin(v1)" or "v1[0]", as in Python."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from calcguide._typing import Function
from calcguide.autodiff._containers import flatten
from calcguide.autodiff._tracer import primal

#: How the operations with a sign of their own are written.
SIGNS = {
    "add": "{} + {}", "subtract": "{} - {}", "multiply": "{} * {}", "divide": "{} / {}", "power": "{}**{}",
    "remainder": "{} % {}", "matmul": "{} @ {}", "negative": "-{}", "absolute": "abs({})",
}  # fmt: skip
#: What the table leaves out: the usual value of an option.
USUAL = {"order": "C"}
#: Letters for the steps, should the arguments have taken the first.
LETTERS = ("v", "u", "s", "step")


def _paths(name: str, tree: Any) -> list[str]:
    """Name the leaves of a container, in the order in which they are taken."""
    if len(flatten(tree)[0]) == 1 and flatten(tree)[0][0] is tree:
        return [name]
    parts = tree.items() if isinstance(tree, dict) else enumerate(tree)
    return [label for key, part in parts for label in _paths(f"{name}[{key}]", part)]


def labels_of(fun: Function, args: tuple[Any, ...]) -> list[str]:
    """Name each leaf of the arguments after the parameters of the function."""
    try:
        parameters = list(inspect.signature(fun).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][
        : len(args)
    ]
    rest = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "x")
    names += [f"{rest}{i}" for i in range(1, len(args) - len(names) + 1)]
    return [label for name, arg in zip(names, args, strict=True) for label in _paths(name, arg)]


def with_steps(labels: list[str], count: int) -> list[str]:
    """Append names for the steps, in a letter that no argument has taken."""
    letter = next(
        c for c in LETTERS if not any(re.fullmatch(rf"{c}\d+", one) for one in labels) or c == LETTERS[-1]
    )
    return labels + [f"{letter}{i}" for i in range(1, count + 1)]


def number_text(value: float) -> str:
    """Write four digits of a number."""
    return f"{value + 0.0:.4g}"


def _shape(value: Any) -> str:
    return "×".join(map(str, np.shape(value))) if np.ndim(value) > 1 else f"{np.size(value)}"


def short_text(value: Any) -> str:
    """Write a value in a narrow column: a number, a few numbers, or a shape with a norm."""
    if np.ndim(value) == 0:
        return number_text(value)
    if np.ndim(value) == 1 and len(value) <= 2:
        return f"[{', '.join(map(number_text, value))}]"
    return f"{_shape(value)} norm {number_text(np.sqrt(np.sum(np.square(value))))}"


def constant_text(value: Any) -> str:
    """Write a constant operand."""
    array = np.asarray(primal(value))
    return number_text(float(array)) if array.ndim == 0 else f"array({_shape(array)})"


def _index(index: Any) -> str:
    """Write an index as in Python."""
    if isinstance(index, tuple):
        return ", ".join(_index(part) for part in index)
    if isinstance(index, slice):
        ends = ["" if end is None else str(end) for end in (index.start, index.stop)]
        return ":".join(ends if index.step is None else [*ends, str(index.step)])
    if index is Ellipsis:
        return "..."
    return str(index) if np.ndim(index) == 0 else constant_text(index)


def _setting(value: Any) -> str:
    """Write the value of an option."""
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    return str(value) if isinstance(value, int | float | tuple) else f"{value!r:.12}"


def operation_text(name: str, shown: list[str], values: Sequence[Any], settings: dict[str, Any]) -> str:
    """Write an operation as in Python."""
    if name in SIGNS:
        if name == "power" and shown[0].startswith("-"):
            shown = [f"({shown[0]})", *shown[1:]]
        return SIGNS[name].format(*shown)
    if name == "getitem":
        return f"{shown[0]}[{_index(settings['index'])}]"
    given = dict(settings)
    if given.get("axis") == tuple(range(np.ndim(primal(values[0])))):
        del given["axis"]
    told = [f"{key}={_setting(value)}" for key, value in given.items() if USUAL.get(key) != value]
    return f"{name}({', '.join(shown + told)})"
