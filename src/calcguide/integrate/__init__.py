r"""Integrals as limits of sums.

.. math:: \int_a^b f(x) \, dx = \lim_{n \to \infty} \sum_{i=1}^{n} f(x_i) \, \frac{b - a}{n}
"""

__all__: list[str] = []
