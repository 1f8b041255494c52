"""The calculus behind machine learning, every formula executed.

The package holds the routines that the guide's lessons use. Its submodules load when they are first
touched, so ``import calcguide`` costs next to nothing.

The rooms:

- ``autodiff``: the chain rule as an engine, over plain NumPy.
- ``differences``: derivatives as limits, from function values alone.
- ``exercises``: the tasks of the course, with hints, checks and solutions.
- ``functions``: test functions with known gradient, Hessian and minima; Horner's scheme.
- ``gradcheck``: analytic, numeric and automatic derivatives compared, with a verdict.
- ``integrate``: integrals from function values, from samples, and by chance.
- ``plotting``: the guide's palette and figures.
- ``probability``: expectations, entropies and likelihoods of densities given as functions.
- ``series``: Taylor polynomials, their remainders, local models.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "autodiff",
        "differences",
        "exercises",
        "functions",
        "gradcheck",
        "integrate",
        "plotting",
        "probability",
        "series",
    ],
)
__all__ += ["__version__"]
