r"""Nodes and weights of Gauss's rules, computed once and kept.

With n nodes, the roots of the n-th orthogonal polynomial of the weight, a rule is exact for polynomials of degree
2n − 1: no other choice reaches further.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import special

from calcguide._typing import Array

#: Newton's iteration doubles the digits of a first guess that is good to two.
NEWTON_STEPS = 6


@lru_cache(maxsize=256)
def legendre(n: int) -> tuple[Array, Array]:
    """Return the nodes in [-1, 1], and the weights, for ``∫ f(x) dx`` over [-1, 1].

    The roots are sought as angles, x = cos θ: near the ends nodes crowd together, angles do not. In the angle the
    weight is 2 / (dP/dθ)².
    """
    half = np.arange(1, n // 2 + 1)
    theta = np.append(np.pi * (4 * half - 1) / (4 * n + 2), [np.pi / 2] * (n % 2))
    theta += 1 / (8 * n * n * np.tan(theta))  # the next term of the expansion for large n
    for _ in range(NEWTON_STEPS):
        value, slope = _legendre_polynomial(n, theta)
        theta = theta - value / slope
    if n % 2:
        theta[-1] = np.pi / 2
    _, slope = _legendre_polynomial(n, theta)
    x, w = np.cos(theta), 2 / slope**2
    if n % 2:
        x[-1] = 0.0
    mirror = slice(None, n // 2)
    return _kept(np.concatenate([0 - x, x[mirror][::-1]]), np.concatenate([w, w[mirror][::-1]]))


def _legendre_polynomial(n: int, theta: Array) -> tuple[Array, Array]:
    """Evaluate P_n(cos θ) and its derivative by θ.

    The recurrence runs on the differences D_k = P_k − P_(k−1) and on 1 − cos θ = 2 sin²(θ/2), which keep all their
    digits where P_k and cos θ are close to 1.
    """
    gap = 2 * np.sin(theta / 2) ** 2
    P, D = 1 - gap, -gap
    for k in range(1, n):
        D = (k * D - (2 * k + 1) * gap * P) / (k + 1)
        P = P + D
    return P, n * (D - gap * P) / np.sin(theta)


@lru_cache(maxsize=64)
def hermite(n: int) -> tuple[Array, Array]:
    """Return nodes and weights for the expectation under the standard normal distribution; the weights add to 1."""
    x, w = special.roots_hermitenorm(n)
    return _kept(x, w / w.sum())


@lru_cache(maxsize=64)
def laguerre(n: int) -> tuple[Array, Array]:
    """Return nodes and weights for the expectation under the exponential distribution of rate 1."""
    x, w = special.roots_laguerre(n)
    return _kept(x, w / w.sum())


def _kept(x: Array, w: Array) -> tuple[Array, Array]:
    """Protect what is shared between calls from being written into."""
    x.flags.writeable = w.flags.writeable = False
    return x, w
