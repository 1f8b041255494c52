"""Sums of products with named axes.

    yᵢₖ = Σⱼ aᵢⱼ bⱼₖ        ẏᵢₖ = Σⱼ ȧᵢⱼ bⱼₖ + aᵢⱼ ḃⱼₖ        āᵢⱼ = Σₖ ȳᵢₖ bⱼₖ

Each rule is again such a sum: the tangent takes the place of its operand, the cotangent exchanges names with it.
"""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from calcguide.autodiff._core import Primitive
from calcguide.autodiff._indexing import scatter
from calcguide.autodiff._kinds import Each
from calcguide.autodiff._tracer import FUNCTIONS, INSTEAD


def _unused(names: Any) -> list[str]:
    """Return the letters that no operand uses."""
    return [letter for letter in string.ascii_letters if not any(letter in part for part in names)]


class _Einsum(Primitive):
    """Sums of products with named axes.

    The sum is linear in each operand. Its transpose is again such a sum: operand k and the result exchange their names.
    """

    __slots__ = ()

    def __init__(self) -> None:
        rules = Each(self.push), Each(self.pull)
        super().__init__("einsum", self.evaluate, *rules, batched=self.push_stack)

    @staticmethod
    def evaluate(*operands: Any, names: tuple[str, ...], result: str) -> Any:
        return np.einsum(f"{','.join(names)}->{result}", *operands, optimize=len(operands) > 2)

    def push(self, k: int, t: Any, operands: tuple[Any, ...], names: tuple[str, ...], result: str) -> Any:
        return self(*operands[:k], t, *operands[k + 1 :], names=names, result=result)

    def push_stack(self, k: int, t: Any, y: Any, *operands: Any, names: tuple[str, ...], result: str) -> Any:
        del y
        new = _unused(names)[0]
        names = (*names[:k], new + names[k], *names[k + 1 :])
        return self.push(k, t, operands, names, new + result)

    def pull(self, k: int, g: Any, operands: tuple[Any, ...], names: tuple[str, ...], result: str) -> Any:
        others, other_names = (*operands[:k], *operands[k + 1 :]), (*names[:k], *names[k + 1 :])
        mine, shape = names[k], np.shape(operands[k])
        sizes = dict(zip(mine, shape, strict=True))
        single = "".join(dict.fromkeys(mine))
        # A name of length one here that is longer elsewhere was broadcast; its terms are summed.
        lengths = dict(zip(result, np.shape(g), strict=True))
        for other, its in zip(others, other_names, strict=True):
            for name, length in zip(its, np.shape(other), strict=True):
                lengths[name] = max(lengths.get(name, 1), length)
        kept = "".join(name for name in single if lengths.get(name) == sizes[name])
        g = self(g, *others, names=(result, *other_names), result=kept)
        # Names that occur in this operand alone were summed over; a repeated name reads a diagonal.
        g = np.reshape(g, tuple(sizes[name] if name in kept else 1 for name in single))
        g = np.broadcast_to(g, tuple(sizes[name] for name in single))
        if single == mine:
            return g
        grids = np.meshgrid(*(np.arange(sizes[name]) for name in single), indexing="ij")
        return scatter(g, index=tuple(grids[single.index(name)] for name in mine), shape=shape)


_einsum_of = _Einsum()


def _einsum(subscripts: Any, *operands: Any, optimize: Any = False, **options: Any) -> Any:
    """Bring the subscripts into the form with an arrow and without dots."""
    del optimize
    if not isinstance(subscripts, str) or options:
        raise TypeError("einsum is covered by autodiff with a string of subscripts and no further options")
    inputs, arrow, result = subscripts.replace(" ", "").partition("->")
    names = inputs.split(",")
    if len(names) != len(operands):
        raise ValueError(f"the subscripts name {len(names)} operands, got {len(operands)}")
    if not arrow:
        result = "".join(sorted(name for name in set(inputs) - {",", "."} if inputs.count(name) == 1))
        result = "..." * ("..." in inputs) + result
    if "..." in subscripts:  # give the axes that the dots stand for names of their own, counted from the last
        spare = _unused(names)
        counts = [
            np.ndim(x) - len(part.replace("...", "")) if "..." in part else 0
            for x, part in zip(operands, names, strict=True)
        ]
        most = max(counts)
        names = [
            part.replace("...", "".join(spare[most - n : most]))
            for part, n in zip(names, counts, strict=True)
        ]
        result = result.replace("...", "".join(spare[:most]))
    return _einsum_of(*operands, names=tuple(names), result=result)


FUNCTIONS[np.einsum] = _einsum
INSTEAD[np.einsum_path] = "call np.einsum: the order of its products is found there"
