r"""The record of reverse mode as data: one row per step, and the steps as a graph.

A computation is a chain of steps :math:`v_i = p_i(v_j, v_k, \dots)`. Each edge carries a local derivative, and the adjoint
of a step is the derivative of the result y with respect to it, a sum over the steps that use it:

    v̄_j = ∂y/∂v_j = Σ_i v̄_i · ∂v_i/∂v_j        with ȳ = 1
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

from calcguide._typing import Function
from calcguide._validation import check_callable
from calcguide.autodiff._containers import flatten, one_like, zero_like
from calcguide.autodiff._core import Node
from calcguide.autodiff._reverse import Reverse, scalar
from calcguide.autodiff._tracer import Tracer, primal

#: How the operations with a sign of their own are written.
SIGNS = {
    "add": "{} + {}", "subtract": "{} - {}", "multiply": "{} * {}", "divide": "{} / {}", "power": "{}**{}",
    "remainder": "{} % {}", "matmul": "{} @ {}", "negative": "-{}", "absolute": "abs({})",
}  # fmt: skip
#: What the table leaves out: the usual value of an option.
USUAL = {"order": "C"}
#: Letters for the steps, should the arguments have taken the first.
LETTERS = ("v", "u", "s", "step")
#: How often the layers of a layout are put in order: it settles within a few sweeps.
SWEEPS = 24
#: How much an argument pulls at a step that uses it, where another step pulls with 1: chains of steps become straight.
LIGHT = 0.05


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a recorded computation.

    Attributes
    ----------
    name : str
        The argument's name, or v1, v2 and so on.
    operation : str
        What was done, as text: ``"sin(v1)"``. For an argument: ``"argument"``.
    value : float or ndarray
        What came out.
    operands : tuple of str
        The names of the steps that it was computed from; a step that was used twice stands here twice.
    derivatives : tuple of (float or None)
        The local derivative with respect to each of them, None where one of the two is an array.
    adjoint : float or ndarray
        The derivative of the result with respect to this step, of the shape of `value`.

    See Also
    --------
    explain : Records the steps.

    Examples
    --------
    >>> from calcguide import autodiff
    >>> step = autodiff.explain(lambda x: 3 * x**2, 2.0)["v1"]
    >>> step.operation, step.value, step.operands, step.derivatives, step.adjoint
    ('x**2', 4.0, ('x',), (4.0,), 3.0)
    """

    name: str
    operation: str
    value: Any
    operands: tuple[str, ...]
    derivatives: tuple[float | None, ...]
    adjoint: Any


@dataclass(frozen=True, eq=False)
class Edge:
    """An edge of a computational graph: one step is an operand of another.

    Attributes
    ----------
    start, end : str
        The names of the operand and of the step that uses it.
    derivative : float or None
        The local derivative of `end` with respect to `start`, None where one of the two is an array.
    route : tuple of (float, float)
        Places between the two ends, in the coordinates of the layout: one for each layer that the edge passes.

    See Also
    --------
    graph : Returns the edges.

    Examples
    --------
    >>> from calcguide import autodiff
    >>> edge = autodiff.graph(lambda x: 3 * x**2, 2.0).edges[1]
    >>> edge.start, edge.end, edge.derivative
    ('v1', 'v2', 3.0)
    """

    start: str
    end: str
    derivative: float | None
    route: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, eq=False)
class ComputationalGraph:
    """A recorded computation as nodes, edges, and a place for each node.

    Attributes
    ----------
    nodes : tuple of Step
        The steps, each after all that it was computed from.
    edges : tuple of Edge
        One for each operand of each step.
    places : mapping from str to (float, float)
        For each node its layer, 0 for the earliest, and its place within the layer; neighbours are at least 1 apart.

    See Also
    --------
    graph : Returns it.
    calcguide.plotting.computational_graph : Draws it.

    Examples
    --------
    >>> from calcguide import autodiff
    >>> drawn = autodiff.graph(lambda x: 3 * x**2, 2.0)
    >>> [node.name for node in drawn.nodes], dict(drawn.places)
    (['x', 'v1', 'v2'], {'x': (0.0, 0.0), 'v1': (1.0, 0.0), 'v2': (2.0, 0.0)})
    """

    nodes: tuple[Step, ...]
    edges: tuple[Edge, ...]
    places: Mapping[str, tuple[float, float]]


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
        return _arranged(self.steps)

    def __repr__(self) -> str:
        """Show a table: a step a line, and further lines for further operands."""
        rows = [("step", "formula", "value", "local", "adjoint")]
        for step in self.steps:
            local = [
                f"∂{name} {_number(d)}"
                for name, d in zip(step.operands, step.derivatives, strict=True)
                if d is not None
            ] or [""]
            rows.append((step.name, step.operation, _short(step.value), local[0], _short(step.adjoint)))
            rows += [("", "", "", further, "") for further in local[1:]]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


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
    labels = _labels(fun, args)
    if any(isinstance(leaf, Tracer) for arg in args for leaf in flatten(arg)[0]):
        raise TypeError(
            "`args` must be plain numbers or arrays, got a traced value: a record holds numbers, without derivatives; "
            "explain the outer function instead"
        )
    run = Reverse(fun, range(len(args)), args, options)
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


# -- From the tape to rows ---------------------------------------------------------------------------------------------


def _explained(run: Reverse, y: Any, labels: list[str]) -> Explanation:
    """Turn a record and its adjoints into rows."""
    entries = run.tape.entries
    traced = isinstance(y, Node) and y.scope is run.tape
    adjoints = run.tape.pull(y, one_like(y), None) if traced else []
    adjoints += [None] * (len(entries) - len(adjoints))
    names = _names(labels, len(entries) - len(labels) + 1)
    steps = [
        Step(names[i], "argument", _kept(v.value), (), (), _adjoint(adjoints[i], v.value))
        for i, v in enumerate(run.variables)
    ]
    for i in range(len(labels), len(entries)):
        primitive, places, values, value, settings = entries[i]
        used = [k for k, place in enumerate(places) if place is not None]
        shown = [_constant(v) if p is None else names[p] for p, v in zip(places, values, strict=True)]
        step = Step(
            names[i],
            _operation(primitive.name, shown, values, settings),
            _kept(value),
            tuple(names[places[k]] for k in used),
            tuple(_local(primitive.vjps[k], k, values, value, settings) for k in used),
            _adjoint(adjoints[i], value),
        )
        steps.append(step)
    if traced:
        return Explanation(tuple(steps), float(primal(y)), names[y.index])
    value = float(primal(y))
    steps.append(Step(names[len(entries)], _constant(value), value, (), (), 1.0))
    return Explanation(tuple(steps), value, names[len(entries)])


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


# -- Names and text ----------------------------------------------------------------------------------------------------


def _labels(fun: Function, args: tuple[Any, ...]) -> list[str]:
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


def _paths(name: str, tree: Any) -> list[str]:
    """Name the leaves of a container, in the order in which they are taken."""
    if len(flatten(tree)[0]) == 1 and flatten(tree)[0][0] is tree:
        return [name]
    parts = tree.items() if isinstance(tree, dict) else enumerate(tree)
    return [label for key, part in parts for label in _paths(f"{name}[{key}]", part)]


def _names(labels: list[str], count: int) -> list[str]:
    """Append names for the steps, in a letter that no argument has taken."""
    letter = next(
        c for c in LETTERS if not any(re.fullmatch(rf"{c}\d+", one) for one in labels) or c == LETTERS[-1]
    )
    return labels + [f"{letter}{i}" for i in range(1, count + 1)]


def _operation(name: str, shown: list[str], values: Sequence[Any], settings: dict[str, Any]) -> str:
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


def _index(index: Any) -> str:
    """Write an index as in Python."""
    if isinstance(index, tuple):
        return ", ".join(_index(part) for part in index)
    if isinstance(index, slice):
        ends = ["" if end is None else str(end) for end in (index.start, index.stop)]
        return ":".join(ends if index.step is None else [*ends, str(index.step)])
    if index is Ellipsis:
        return "..."
    return str(index) if np.ndim(index) == 0 else _constant(index)


def _setting(value: Any) -> str:
    """Write the value of an option."""
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    return str(value) if isinstance(value, int | float | tuple) else f"{value!r:.12}"


def _constant(value: Any) -> str:
    """Write a constant operand."""
    array = np.asarray(primal(value))
    return _number(float(array)) if array.ndim == 0 else f"array({_shape(array)})"


def _short(value: Any) -> str:
    """Write a value in a narrow column: a number, a few numbers, or a shape with a norm."""
    if np.ndim(value) == 0:
        return _number(value)
    if np.ndim(value) == 1 and len(value) <= 2:
        return f"[{', '.join(map(_number, value))}]"
    return f"{_shape(value)} norm {_number(np.sqrt(np.sum(np.square(value))))}"


def _shape(value: Any) -> str:
    return "×".join(map(str, np.shape(value))) if np.ndim(value) > 1 else f"{np.size(value)}"


def _number(value: float) -> str:
    """Write four digits of a number."""
    return f"{value + 0.0:.4g}"


# -- Layout ------------------------------------------------------------------------------------------------------------


def _arranged(steps: Sequence[Step]) -> ComputationalGraph:
    """Give each step its place: a layer by what it needs, and a place in the layer near what it is joined to."""
    layers = _layers(steps)
    members: dict[int, list[Any]] = {layer: [] for layer in range(max(layers.values()) + 1)}
    for name, layer in layers.items():
        members[layer].append(name)
    chains = []
    for step in steps:
        for k, operand in enumerate(step.operands):
            passed = [(step.name, k, layer) for layer in range(layers[operand] + 1, layers[step.name])]
            for item in passed:
                members[item[2]].append(item)
            chains.append([operand, *passed, step.name])
    inputs = {step.name for step in steps if not step.operands}
    across = _across([members[layer] for layer in sorted(members)], chains, inputs)
    edges = []
    routes = iter(chains)
    for step in steps:
        for operand, derivative in zip(step.operands, step.derivatives, strict=True):
            route = tuple((float(item[2]), across[item]) for item in next(routes)[1:-1])
            edges.append(Edge(operand, step.name, derivative, route))
    places = {step.name: (float(layers[step.name]), across[step.name]) for step in steps}
    return ComputationalGraph(tuple(steps), tuple(edges), MappingProxyType(places))


def _layers(steps: Sequence[Step]) -> dict[str, int]:
    """Put each step one layer after its last operand, and each argument one layer before its first use."""
    layers: dict[str, int] = {}
    for step in steps:
        layers[step.name] = 1 + max((layers[name] for name in step.operands), default=-1)
    for step in steps:
        if not step.operands:
            uses = [layers[other.name] for other in steps if step.name in other.operands]
            layers[step.name] = min(uses, default=layers[step.name] + 1) - 1
    return layers


def _across(layers: list[list[Any]], chains: list[list[Any]], inputs: set[str]) -> dict[Any, float]:
    """Return the place of each item in its layer: order by the mean of the neighbours, then move towards it."""
    joined: dict[Any, list[Any]] = {item: [] for layer in layers for item in layer}
    for chain in chains:
        for one, other in pairwise(chain):
            joined[one].append(other)
            joined[other].append(one)
    where = {item: i - (len(layer) - 1) / 2 for layer in layers for i, item in enumerate(layer)}

    def wanted(item: Any) -> float:
        weights = [LIGHT if other in inputs else 1.0 for other in joined[item]]
        return (
            float(np.average([where[other] for other in joined[item]], weights=weights))
            if weights
            else where[item]
        )

    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 else reversed(layers):
            goals = {item: wanted(item) for item in layer}
            layer.sort(key=goals.__getitem__)
            where.update(_spaced(layer, goals))
    middle = (max(where.values()) + min(where.values())) / 2
    return {item: round(place - middle, 3) + 0.0 for item, place in where.items()}


def _spaced(layer: list[Any], goals: Mapping[Any, float]) -> dict[Any, float]:
    """Move items apart until neighbours are 1 apart, and keep their mean."""
    places: list[float] = []
    for item in layer:
        places.append(max(goals[item], places[-1] + 1) if places else goals[item])
    drift = (sum(places) - sum(goals[item] for item in layer)) / len(layer) if layer else 0.0
    return {item: place - drift for item, place in zip(layer, places, strict=True)}
