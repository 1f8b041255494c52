r"""The Taylor polynomial: :math:`p(x_0 + h) = c_0 + (c_1 + (c_2 + \dots + (c_n h) \dots) h) h`, in one variable or several."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from calcguide._results import plain
from calcguide._typing import Array, ArrayLike
from calcguide._validation import as_float_array, as_int

#: Terms that a polynomial shows of itself.
SHOWN = 8


@dataclass(frozen=True, eq=False, repr=False)
class TaylorPolynomial:
    r"""A polynomial in powers of :math:`x - x_0`.

    .. math:: p(x) = \sum_{k=0}^{n} c_k\, (x - x_0)^k

    In several variables each :math:`c_k` is a symmetric tensor with k axes, :math:`c_1` the gradient and :math:`2 c_2` the
    Hessian; the power then stands for k contractions with :math:`h = x - x_0`.

    Attributes
    ----------
    x0 : float or ndarray of shape (d,)
        The point around which it is a polynomial; an array makes it one in several variables.
    coefficients : ndarray of shape (n + 1,), or tuple of ndarray
        :math:`c_k = f^{(k)}(x_0) / k!`, lowest power first; in several variables :math:`c_k` has the shape
        ``(d,) * k``.

    See Also
    --------
    taylor : The polynomial of a function.

    Notes
    -----
    Evaluation is by Horner's scheme, which in several variables contracts the last axis of a tensor in each step: about
    :math:`d^n` multiplications a point.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.series import taylor
    >>> p = taylor(np.exp, 0.0, 3)
    >>> p
    1 + x + 0.5*x**2 + 0.166667*x**3 + O(x**4)
    >>> p(1.0), p([-1.0, 0.0, 1.0]).tolist()
    (2.6666667, [0.33333333, 1.0, 2.6666667])
    >>> p.derivative()
    1 + x + 0.5*x**2 + O(x**3)
    """

    x0: Any
    coefficients: Any

    @property
    def degree(self) -> int:
        """The last power n, which may have the coefficient zero.

        Examples
        --------
        >>> import numpy as np
        >>> from calcguide.series import taylor
        >>> taylor(np.sin, 0.0, 4).degree
        4
        """
        return len(self.coefficients) - 1

    @property
    def dimension(self) -> int:
        """The number of variables.

        Examples
        --------
        >>> import numpy as np
        >>> from calcguide.series import taylor
        >>> taylor(lambda p: p[0] * p[1], [1.0, 2.0], 2).dimension
        2
        """
        return int(np.size(self.x0))

    def __call__(self, x: ArrayLike) -> Any:
        """Evaluate the polynomial at a point or at many; coordinates run along the last axis."""
        h = coordinates("x", x, self.x0) - self.x0
        return plain(np.asarray(self._by_contraction(h) if np.ndim(self.x0) else self._by_horner(h)))

    def _by_horner(self, h: Array) -> Any:
        """Evaluate in one variable."""
        value: Any = np.zeros(h.shape)
        for c in self.coefficients[::-1]:
            value = value * h + c
        return value

    def _by_contraction(self, h: Array) -> Array:
        """Evaluate in several variables: h of shape (..., d)."""
        batch, d = h.shape[:-1], self.dimension
        value: Any = self.coefficients[-1]
        for k in range(self.degree, 0, -1):
            value = np.vecdot(value, h.reshape(*batch, *[1] * (k - 1), d)) + self.coefficients[k - 1]
        return np.array(np.broadcast_to(value, batch))

    def derivative(self, variable: int | None = None) -> TaylorPolynomial:
        """Return the derivative, a polynomial of one degree less; in several variables, by one of them.

        Parameters
        ----------
        variable : int, optional
            The place of the variable, needed where there are several.

        Returns
        -------
        TaylorPolynomial
            The derivative; of a constant, the constant zero.

        Raises
        ------
        ValueError
            If there are several variables and none is named, or it does not exist.
        """
        if np.ndim(self.x0) == 0:
            if variable not in (None, 0):
                raise ValueError(f"`variable` must be 0 or left out in one variable, got variable={variable}")
            k = np.arange(1, self.degree + 1)
            return TaylorPolynomial(
                self.x0, frozen(self.coefficients[1:] * k if self.degree else np.zeros(1))
            )
        if variable is None:
            raise ValueError(
                f"`variable` must say by which of the {self.dimension} variables to differentiate"
            )
        i = as_int("variable", variable, low=0, high=self.dimension - 1)
        parts = [k * c[..., i] for k, c in enumerate(self.coefficients[1:], start=1)] or [np.zeros(())]
        return TaylorPolynomial(self.x0, tuple(frozen(part) for part in parts))

    def truncated(self, degree: int) -> TaylorPolynomial:
        """Return the polynomial without the powers above a degree.

        Parameters
        ----------
        degree : int
            The last power that stays, from 0 to the degree of this polynomial.

        Returns
        -------
        TaylorPolynomial
            The Taylor polynomial of that degree of the same function.

        Raises
        ------
        ValueError
            If the degree is negative or above that of this polynomial.
        """
        degree = as_int("degree", degree, low=0, high=self.degree)
        return TaylorPolynomial(self.x0, self.coefficients[: degree + 1])

    def coefficient(self, *powers: int) -> float:
        r"""Return the number before one product of powers.

        .. math:: \frac{1}{\alpha!}\, \partial^\alpha f(x_0) \quad\text{before}\quad
                  (x - x_0)^\alpha = \prod_i (x_i - x_{0,i})^{\alpha_i}

        Parameters
        ----------
        *powers : int
            The multi-index α: one power for each variable.

        Returns
        -------
        float
            The coefficient.

        Raises
        ------
        ValueError
            If there is not one power for each variable, one is negative, or they sum to more than the degree.
        """
        alpha = [as_int("powers", power, low=0) for power in powers]
        if len(alpha) != self.dimension:
            raise ValueError(f"`powers` must be {self.dimension}, one for each variable, got {len(alpha)}")
        total = as_int("sum of powers", sum(alpha), high=self.degree)
        if np.ndim(self.x0) == 0:
            return float(self.coefficients[total])
        index = tuple(i for i, power in enumerate(alpha) for _ in range(power))
        return float(multiplicity(index) * self.coefficients[total][index])

    def _terms(self) -> Iterator[tuple[float, str]]:
        """Yield each number with the product that it stands before, lowest powers first."""
        if np.ndim(self.x0) == 0:
            names = [_shifted("x", self.x0)]
            for k in range(self.degree + 1):
                yield self.coefficient(k), _product(names, [k])
            return
        names = [_shifted(f"x{i}", at) for i, at in enumerate(self.x0)]
        for k in range(self.degree + 1):
            for index in combinations_with_replacement(range(self.dimension), k):
                alpha = [index.count(i) for i in range(self.dimension)]
                yield self.coefficient(*alpha), _product(names, alpha)

    def __repr__(self) -> str:
        """Show the sum, with six digits and without the terms that are zero."""
        terms = [(c, text) for c, text in self._terms() if c]
        shown = _sum(terms[:SHOWN]) + (" + ..." if len(terms) > SHOWN else "")
        h = _shifted("x", self.x0) if np.ndim(self.x0) == 0 else "|h|"
        return f"{shown} + O({h}**{self.degree + 1})" if self.degree else f"{shown} + O({h})"


def coordinates(name: str, x: ArrayLike, x0: Any) -> Array:
    """Return points of the space of x0: numbers, or vectors of its length along the last axis."""
    points = as_float_array(name, x, empty=True)
    if np.ndim(x0) and (points.ndim == 0 or points.shape[-1:] != np.shape(x0)):
        raise ValueError(
            f"`{name}` must have its {np.size(x0)} coordinates along the last axis, got shape {points.shape}"
        )
    return points


def multiplicity(index: tuple[int, ...]) -> int:
    """Count in how many orders the places of a symmetric tensor can be written: |α|! / α!."""
    return math.factorial(len(index)) // math.prod(math.factorial(n) for n in Counter(index).values())


def frozen(array: Any) -> Array:
    """Return a copy of an array that cannot be written into."""
    copy = np.array(array, dtype=np.float64)
    copy.setflags(write=False)
    return copy


def _shifted(name: str, at: float) -> str:
    """Write x − x0 as short as it goes."""
    return name if at == 0 else f"({name} {'-' if at > 0 else '+'} {abs(at):.6g})"


def _product(names: list[str], powers: list[int]) -> str:
    """Write a product of powers."""
    return "*".join(
        name if power == 1 else f"{name}**{power}" for name, power in zip(names, powers, strict=True) if power
    )


def _sum(terms: list[tuple[float, str]]) -> str:
    """Write a sum of numbers times products."""
    text = ""
    for c, factor in terms:
        size = f"{abs(c):.6g}"
        term = size if not factor else factor if size == "1" else f"{size}*{factor}"
        text += f" {'-' if c < 0 else '+'} {term}" if text else f"{'-' if c < 0 else ''}{term}"
    return text or "0"
