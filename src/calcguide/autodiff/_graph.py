"""A recorded computation as a graph: steps vᵢ = pᵢ(vⱼ, vₖ, …) are nodes, and an edge j → i carries ∂vᵢ/∂vⱼ.

The layout puts the nodes into layers, and within a layer close to what they are joined to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

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


def _spaced(layer: list[Any], goals: Mapping[Any, float]) -> dict[Any, float]:
    """Move items apart until neighbours are 1 apart, and keep their mean."""
    places: list[float] = []
    for item in layer:
        places.append(max(goals[item], places[-1] + 1) if places else goals[item])
    drift = (sum(places) - sum(goals[item] for item in layer)) / len(layer) if layer else 0.0
    return {item: place - drift for item, place in zip(layer, places, strict=True)}


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


def arranged(steps: Sequence[Step]) -> ComputationalGraph:
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
