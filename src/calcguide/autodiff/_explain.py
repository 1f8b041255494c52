r"""The record of reverse mode as data: one row per step.

A computation is a chain of steps :math:`v_i = p_i(v_j, v_k, \dots)`. Each operand of a step has a local derivative, and the
adjoint of a step is the derivative of the result y with respect to it, a sum over the steps that use it:

    v̄_j = ∂y/∂v_j = Σ_i v̄_i · ∂v_i/∂v_j        with ȳ = 1
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from calcguide._typing import Function
from calcguide._validation import check_callable
from calcguide.autodiff._containers import flatten, one_like, zero_like
from calcguide.autodiff._core import Node, read
from calcguide.autodiff._graph import ComputationalGraph, Step, arranged
from calcguide.autodiff._reverse import Reverse, scalar
from calcguide.autodiff._tracer import Tracer, primal
from calcguide.autodiff._wording import (
    constant_text,
    labels_of,
    number_text,
    operation_text,
    short_text,
    with_steps,
)


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """A recorded computation, step by step. Printed, it is a table.

    Attributes
    ----------
    steps : tuple of Step
        The arguments, then what was computed, in order.
    value : float
        The result.
    result : str
        The name of the step that is the result.

    See Also
    --------
    explain : Records a computation.

    Examples
    --------
    >>> from calcguide import autodiff
    >>> explanation = autodiff.explain(lambda x: 3 * x**2, 2.0)
    >>> explanation.value, explanation.result, explanation["x"].adjoint
    (12.0, 'v2', 12.0)
    """

    steps: tuple[Step, ...]
    value: float
    result: str

    def __getitem__(self, name: str) -> Step:
        """Return the step of a name."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(
            f"no step has the name {name!r}; the names are {', '.join(s.name for s in self.steps)}"
        )

    def graph(self) -> ComputationalGraph:
        """Return the steps as nodes, edges and places."""
        return arranged(self.steps)

    def __repr__(self) -> str:
        """Show a table: a step a line, and further lines for further operands."""
        rows = [("step", "formula", "value", "local", "adjoint")]
        for step in self.steps:
            local = [
                f"∂{name} {number_text(d)}"
                for name, d in zip(step.operands, step.derivatives, strict=True)
                if d is not None
            ] or [""]
            rows.append(
                (step.name, step.operation, short_text(step.value), local[0], short_text(step.adjoint))
            )
            rows += [("", "", "", further, "") for further in local[1:]]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _local(
    rule: Callable[..., Any] | None, k: int, values: Sequence[Any], y: Any, settings: dict[str, Any]
) -> float | None:
    """Return the derivative of a step by operand k: what the rule makes of a 1."""
    if np.ndim(primal(y)) or np.ndim(primal(values[k])):
        return None
    if rule is None:
        return 0.0
    with np.errstate(all="ignore"):  # the walk backwards has complained already
        return float(primal(rule(one_like(y), y, *values, **settings)))


def _kept(value: Any) -> Any:
    """Return a value as a number, or as an array that nothing can change."""
    array = np.array(primal(value))
    if array.ndim == 0:
        return float(array)
    array.setflags(write=False)
    return array


def _adjoint(adjoint: Any, value: Any) -> Any:
    """Return an adjoint in the shape of its step; nothing came back to a step that the result does not depend on."""
    return _kept(zero_like(np.asarray(primal(value))) if adjoint is None else adjoint)


def _explained(run: Reverse, y: Any, labels: list[str]) -> Explanation:
    """Turn a record and its adjoints into rows."""
    entries = run.tape.entries
    traced = isinstance(y, Node) and y.scope is run.tape
    adjoints = run.tape.adjoints(y, one_like(y)) if traced else [None] * len(entries)
    names = with_steps(labels, len(entries) - len(labels) + 1)
    steps = [
        Step(names[i], "argument", _kept(v.value), (), (), _adjoint(adjoints[i], v.value))
        for i, v in enumerate(run.variables)
    ]
    for i in range(len(labels), len(entries)):
        primitive, value, places, values, settings = read(entries[i])
        used = [k for k, place in enumerate(places) if place is not None]
        shown = [constant_text(v) if p is None else names[p] for p, v in zip(places, values, strict=True)]
        step = Step(
            names[i],
            operation_text(primitive.name, shown, values, settings),
            _kept(value),
            tuple(names[places[k]] for k in used),
            tuple(_local(primitive.vjps[k], k, values, value, settings) for k in used),
            _adjoint(adjoints[i], value),
        )
        steps.append(step)
    if traced:
        return Explanation(tuple(steps), float(primal(y)), names[y.index])
    value = float(primal(y))
    steps.append(Step(names[len(entries)], constant_text(value), value, (), (), 1.0))
    return Explanation(tuple(steps), value, names[len(entries)])


def explain(fun: Function, *args: Any, **options: Any) -> Explanation:
    r"""Record how a number is computed, with every local derivative and every adjoint.

    .. math:: \bar v_j = \frac{\partial y}{\partial v_j} = \sum_{i \text{ uses } j} \bar v_i\,\frac{\partial v_i}{\partial v_j}

    Parameters
    ----------
    fun : callable
        Function with one real value, written with NumPy.
    *args : array_like, or nested tuple, list or dict of arrays
        The point: all of it is differentiated by. The names in the record are those of `fun`'s parameters.
    **options
        Handed to `fun` as they are; in the record they are constants.

    Returns
    -------
    Explanation
        One `Step` for each argument and each operation. Printed, it is a table; `graph` gives it as a graph.

    Raises
    ------
    TypeError, ValueError
        If there is no argument, `fun` does not return one number, uses what cannot be traced, or an argument is not
        real.

    See Also
    --------
    graph : The same as nodes and edges.
    grad : The adjoints of the arguments alone.
    calcguide.plotting.computational_graph : Draws it.

    Notes
    -----
    The function runs once and the record is walked backwards once, as for `grad`; nothing is computed in another way for
    the sake of the table. Each local derivative is found by handing the operation's own rule a 1. The text shows four
    digits, the data all of them. Steps that the result does not depend on are listed too; their adjoint is 0.

    References
    ----------
    .. [1] Griewank, A. and Walther, A. (2008). Evaluating Derivatives, 2nd edition, chapter 3. SIAM.
       https://doi.org/10.1137/1.9780898717761

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide import autodiff
    >>> autodiff.explain(lambda x, w: np.sin(w * x) + x, 0.5, 2.0)
    step  formula   value   local       adjoint
    x     argument  0.5                 2.081
    w     argument  2                   0.2702
    v1    w * x     1       ∂w 0.5      0.5403
                            ∂x 2
    v2    sin(v1)   0.8415  ∂v1 0.5403  1
    v3    v2 + x    1.341   ∂v2 1       1
                            ∂x 1
    >>> print(f"by hand: {2 * np.cos(1.0) + 1:.3f}")
    by hand: 2.081
    """
    check_callable("fun", fun)
    if not args:
        raise ValueError("`args` must hold at least one argument to differentiate by, got none")
    labels = labels_of(fun, args)
    if any(isinstance(leaf, Tracer) for arg in args for leaf in flatten(arg)[0]):
        raise TypeError(
            "`args` must be plain numbers or arrays, got a traced value: a record holds numbers, without derivatives; "
            "explain the outer function instead"
        )
    run = Reverse.of(fun, range(len(args)), args, options)
    return _explained(run, scalar(run.result), labels)


def graph(fun: Function, *args: Any, **options: Any) -> ComputationalGraph:
    r"""Record how a number is computed as a graph: steps are nodes, and edges carry local derivatives.

    .. math:: j \longrightarrow i \quad\text{with weight}\quad \frac{\partial v_i}{\partial v_j}

    The derivative of the result with respect to a node is the sum, over all paths from the node to the result, of the
    product of the weights along the path.

    Parameters
    ----------
    fun : callable
        Function with one real value, written with NumPy.
    *args : array_like, or nested tuple, list or dict of arrays
        The point, as for `explain`.
    **options
        Handed to `fun` as they are.

    Returns
    -------
    ComputationalGraph
        Nodes in topological order, edges, and a layout in layers.

    Raises
    ------
    TypeError, ValueError
        As for `explain`.

    See Also
    --------
    explain : The same as a table.
    calcguide.plotting.computational_graph : Draws it.

    Notes
    -----
    A step lies one layer after the last of its operands, an argument one layer before its first use. Within the layers,
    nodes move towards the mean of their neighbours [1]_, and an edge that passes a layer has a place of its own in it.

    References
    ----------
    .. [1] Sugiyama, K., Tagawa, S. and Toda, M. (1981). Methods for visual understanding of hierarchical system
       structures. IEEE Transactions on Systems, Man, and Cybernetics 11(2), 109-125.
       https://doi.org/10.1109/TSMC.1981.4308636

    Examples
    --------
    >>> from calcguide import autodiff
    >>> for edge in autodiff.graph(lambda x: x**2 * x, 3.0).edges:
    ...     print(f"{edge.start} to {edge.end}: {edge.derivative:g}")
    x to v1: 6
    v1 to v2: 3
    x to v2: 9
    """
    return explain(fun, *args, **options).graph()
