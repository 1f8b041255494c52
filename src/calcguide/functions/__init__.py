r"""Functions whose derivatives and minima are known, and Horner's scheme for polynomials.

A `TestFunction` comes with its gradient, its Hessian and its stationary points, each worked out by hand, so that
a lesson can set a computed answer beside the true one:

.. math:: f(x^*) \text{ is a minimum} \quad\Rightarrow\quad \nabla f(x^*) = 0 .

`catalogue` holds all of them by name; `horner` evaluates a polynomial together with its derivatives.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from calcguide.functions._horner import horner
from calcguide.functions._one_variable import cubic, double_well, parabola, ripple
from calcguide.functions._several_variables import (
    beale,
    booth,
    bowl,
    elongated_bowl,
    flat_bowl,
    himmelblau,
    monkey_saddle,
    rastrigin,
    rosenbrock,
    saddle,
    three_hump_camel,
)
from calcguide.functions._test_function import StationaryPoint, TestFunction

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Every test function, by its name.
catalogue: Mapping[str, TestFunction] = MappingProxyType(
    {
        function.name: function
        for function in (
            parabola,
            cubic,
            ripple,
            double_well,
            bowl,
            elongated_bowl,
            flat_bowl,
            saddle,
            monkey_saddle,
            booth,
            himmelblau,
            beale,
            three_hump_camel,
            rosenbrock,
            rastrigin,
        )
    }
)

__all__ = [
    "StationaryPoint",
    "TestFunction",
    "beale",
    "booth",
    "bowl",
    "catalogue",
    "cubic",
    "double_well",
    "elongated_bowl",
    "flat_bowl",
    "himmelblau",
    "horner",
    "monkey_saddle",
    "parabola",
    "rastrigin",
    "ripple",
    "rosenbrock",
    "saddle",
    "three_hump_camel",
]
