r"""Is this gradient right? Analytic, numeric and automatic derivatives, compared, with a verdict that can be read.

.. math:: \bigl| f(x + h v) - f(x) - h\, J v \bigr| = O(h^2) \quad\text{if and only if } J v \text{ is right}
"""

from calcguide.gradcheck._gradcheck import gradcheck
from calcguide.gradcheck._result import Entry, GradcheckResult, Kink

__all__ = ["Entry", "GradcheckResult", "Kink", "gradcheck"]
