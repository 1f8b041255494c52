"""Functions without a rule: constant between their jumps, so that dy/dx = 0, or without a derivative to offer.

The first are evaluated on plain values. The second are refused, each with what to use instead.
"""

from __future__ import annotations

import numpy as np

from calcguide.autodiff._tracer import CONSTANT, INSTEAD

CONSTANT |= {
    np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.empty_like, np.argmax, np.argmin,
    np.nanargmax, np.nanargmin, np.argsort, np.argwhere, np.nonzero, np.flatnonzero, np.searchsorted, np.digitize,
    np.count_nonzero, np.any, np.all, np.isclose, np.allclose, np.array_equal, np.array_str, np.array_repr,
    np.array2string, np.iscomplexobj, np.isrealobj, np.result_type, np.may_share_memory, np.shares_memory, np.round,
    np.around, np.fix, np.broadcast_shapes, np.unique_counts, np.common_type, np.can_cast,
    np.min_scalar_type, np.isposinf, np.isneginf, np.lexsort, np.argpartition, np.imag, np.iscomplex, np.isreal,
    np.array_equiv, np.isin, np.tril_indices_from, np.triu_indices_from, np.diag_indices_from,
}  # fmt: skip

_WRITES = "it would change a value that the derivative needs; build a new array with np.where, np.concatenate or np.stack"

INSTEAD.update(
    {
        **dict.fromkeys(
            (np.copyto, np.put, np.place, np.putmask, np.put_along_axis, np.fill_diagonal), _WRITES
        ),
        np.unique: "which elements are equal is no smooth question; use np.sort, or np.unique on plain values",
        np.piecewise: "use np.where or np.select",
        np.apply_along_axis: "use np.stack over the rows, or operations with axis=",
        np.apply_over_axes: "use operations with axis=",
        np.ix_: "use plain indices",
        np.geomspace: "use np.exp of np.linspace",
        np.logspace: "use 10.0 ** np.linspace(…)",
        np.histogram: "use np.digitize and np.bincount",
        np.angle: "it is for complex numbers; use np.arctan2",
        np.unwrap: "add the multiples of 2π yourself, as constants",
    }
)
