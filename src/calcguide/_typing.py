"""Types shared by every room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

#: A real array of double precision, of any shape.
Array: TypeAlias = npt.NDArray[np.float64]
#: A complex array of double precision, of any shape.
ComplexArray: TypeAlias = npt.NDArray[np.complex128]
#: What a caller may hand over where an array is wanted: a number, a list, a tuple, an array.
ArrayLike: TypeAlias = npt.ArrayLike
#: A function that the caller wrote: its arguments and result are checked where it is called.
Function: TypeAlias = Callable[..., Any]
#: The usual type of elements: NumPy has one such object, and comparing identities costs least.
DOUBLE = np.dtype(np.float64)
