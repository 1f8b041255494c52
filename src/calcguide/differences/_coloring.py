"""Columns of a sparse Jacobian that one evaluation can serve together.

Two columns that have no row in common can be perturbed at once: each row of the difference then belongs to
one of them. Colour the columns so that columns of one colour share no row, and a Jacobian costs as many
differences as there are colours, however many columns it has.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from calcguide._typing import ArrayLike


@dataclass(frozen=True)
class Coloring:
    """A sparsity pattern and a colour for each of its columns.

    Attributes
    ----------
    colors : ndarray of int, shape (n,)
        The colour of each column, counted from 0.
    shape : tuple of int
        Shape (m, n) of the pattern.
    rows, columns : ndarray of int, shape (nnz,)
        Where the entries are, row by row.
    indptr : ndarray of int, shape (m + 1,)
        Where each row begins among them, as in compressed sparse rows.

    See Also
    --------
    color_columns : Makes it from a pattern.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.differences import color_columns
    >>> coloring = color_columns(np.eye(4))
    >>> coloring.count, coloring.shape
    (1, (4, 4))
    """

    colors: Any
    shape: tuple[int, int]
    rows: Any = field(repr=False)
    columns: Any = field(repr=False)
    indptr: Any = field(repr=False)

    @cached_property
    def count(self) -> int:
        """The number of colours."""
        return int(self.colors.max(initial=-1)) + 1

    @cached_property
    def sources(self) -> Any:
        """Where each entry stands in an array of shape (count, m): in the row of its column's colour."""
        return self.colors[self.columns] * self.shape[0] + self.rows

    @cached_property
    def targets(self) -> Any:
        """The columns, as NumPy wants indices."""
        return self.columns.astype(np.intp)

    @cached_property
    def members(self) -> Any:
        """1.0 where a column has a colour, 0.0 elsewhere, of shape (count, n)."""
        return (self.colors == np.arange(self.count)[:, np.newaxis]).astype(float)

    @cached_property
    def _grouped(self) -> tuple[Any, Any]:
        """The columns, one colour after the other, and where each colour begins among them."""
        order = np.argsort(self.colors, kind="stable")
        return order, np.searchsorted(self.colors[order], np.arange(self.count))

    def least(self, values: Any) -> Any:
        """Return the least of the values that the columns of each colour have."""
        order, starts = self._grouped
        return np.minimum.reduceat(values.take(order), starts)

    @cached_property
    def _empty(self) -> sparse.csr_array:
        """A matrix of this pattern, to be filled: SciPy takes longer to check the pattern than to copy it."""
        return sparse.csr_array((np.zeros(len(self.columns)), self.columns, self.indptr), shape=self.shape)

    def matrix(self, entries: Any) -> sparse.csr_array:
        """Return the sparse matrix with these entries; what its owner does to it leaves the pattern as it is."""
        filled = copy(self._empty)
        filled.data, filled.indices, filled.indptr = entries, self.columns.copy(), self.indptr.copy()
        return filled


def color_columns(pattern: ArrayLike | sparse.sparray | sparse.spmatrix) -> Coloring:
    """Colour the columns of a sparsity pattern so that no two of one colour share a row.

    Parameters
    ----------
    pattern : array_like or sparse array of shape (m, n)
        Its non-zero entries are the places where the Jacobian may be non-zero.

    Returns
    -------
    Coloring
        The colours, ready to be passed to `jacobian` as `sparsity`; worth keeping where the same pattern is
        used again.

    Raises
    ------
    ValueError
        If the pattern does not have two dimensions, or has none of either.

    See Also
    --------
    jacobian : Uses the colours.

    Notes
    -----
    The columns are coloured greedily in the order of decreasing number of entries, each with the first colour that
    is free, as Curtis, Powell and Reid propose [1]_. A banded pattern of width w gets w colours, the least possible;
    in general the least number is hard to find, and the greedy one is seldom far from it [2]_.

    References
    ----------
    .. [1] Curtis, A. R., Powell, M. J. D. and Reid, J. K. (1974). On the estimation of sparse Jacobian matrices. IMA
       Journal of Applied Mathematics 13(1), 117-119. https://doi.org/10.1093/imamat/13.1.117
    .. [2] Coleman, T. F. and Moré, J. J. (1983). Estimation of sparse Jacobian matrices and graph coloring problems.
       SIAM Journal on Numerical Analysis 20(1), 187-209. https://doi.org/10.1137/0720013

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.differences import color_columns
    >>> tridiagonal = np.tri(6, 6, 1) - np.tri(6, 6, -2)
    >>> color_columns(tridiagonal).colors.tolist()
    [2, 0, 1, 2, 0, 1]
    """
    given: Any = pattern
    if not sparse.issparse(given):
        given = np.asarray(given) != 0
    if given.ndim != 2 or not all(given.shape):
        raise ValueError(
            f"`pattern` must have two dimensions, neither of them empty, got shape {given.shape}"
        )
    by_row: Any = sparse.csr_array(given, copy=True)
    by_row.eliminate_zeros()
    by_row.sum_duplicates()
    by_column = by_row.tocsc()
    m, n = by_row.shape
    colors = np.full(n, -1)
    taken: list[set[int]] = [set() for _ in range(m)]  # colours that already occur in each row
    entries = np.diff(by_column.indptr)
    for column in np.argsort(-entries, kind="stable").tolist():
        touched = by_column.indices[by_column.indptr[column] : by_column.indptr[column + 1]].tolist()
        forbidden: set[int] = set().union(*(taken[row] for row in touched))
        color = next(c for c in range(n) if c not in forbidden)
        colors[column] = color
        for row in touched:
            taken[row].add(color)
    rows = np.repeat(np.arange(m), np.diff(by_row.indptr))
    return Coloring(colors, (m, n), rows, by_row.indices, by_row.indptr)
