r"""Probability as area: expectations, entropies and likelihoods of densities given as functions.

.. math:: \operatorname{E}[g(X)] = \int g(x) \, p(x) \, dx
"""

__all__: list[str] = []
