r"""Functions as polynomials: Taylor series, remainders, local models.

.. math:: f(x) = \sum_{k=0}^{n} \frac{f^{(k)}(x_0)}{k!} (x - x_0)^k + R_n(x)
"""

__all__: list[str] = []
