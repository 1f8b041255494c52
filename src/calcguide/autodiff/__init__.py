"""Automatic differentiation: the chain rule, applied to functions written with plain NumPy."""

from calcguide.autodiff import (  # noqa: F401  # they fill the tables
    _decompositions,
    _einsum,
    _elementwise,
    _indexing,
    _joining,
    _linalg,
    _norms,
    _products,
    _reductions,
    _selecting,
    _sequences,
    _shaping,
    _shortcuts,
    _shortcuts_forward,
    _softmax,
    _special,
    _statistics,
    _without_rule,
)
from calcguide.autodiff._custom import custom, elementwise, stop_gradient
from calcguide.autodiff._explain import Explanation, explain, graph
from calcguide.autodiff._forward import derivative, jvp
from calcguide.autodiff._graph import ComputationalGraph, Edge, Step
from calcguide.autodiff._implicit import ConvergenceWarning, RootResult, fixed_point, root
from calcguide.autodiff._jacobians import hessian, hvp, jacobian
from calcguide.autodiff._reverse import grad, value_and_grad, vjp
from calcguide.autodiff._softmax import logsumexp, softmax

_shortcuts.install()
_shortcuts_forward.install()

__all__ = [
    "ComputationalGraph",
    "ConvergenceWarning",
    "Edge",
    "Explanation",
    "RootResult",
    "Step",
    "custom",
    "derivative",
    "elementwise",
    "explain",
    "fixed_point",
    "grad",
    "graph",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "logsumexp",
    "root",
    "softmax",
    "stop_gradient",
    "value_and_grad",
    "vjp",
]
