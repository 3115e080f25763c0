"""Maximum likelihood for models whose parameters are all positive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.kernel.lazily import lazily

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy import optimize
else:
    np = lazily("numpy")
    optimize = lazily("scipy.optimize")


type Parameters = NDArray[np.float64]

_STEPS = 5000
_FAR = 15  # a parameter beyond e^15, or below e^-15, has run away


class FitError(ValueError):
    """Raised when observations do not determine a model."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The likeliest parameters, in the model's order, and the log-likelihood at them."""

    parameters: tuple[float, ...]
    log_likelihood: float


def most_likely(log_likelihood: Callable[[Parameters], float], size: int) -> Fit:
    """Find the *size* positive parameters that maximise *log_likelihood*.

    Searches on the logarithms from 1 by Nelder-Mead, which needs no derivatives. Raises FitError
    when it does not settle: the observations do not determine the model.
    """
    found = optimize.minimize(
        lambda logs: -log_likelihood(np.exp(logs)),
        np.zeros(size),
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-9, "maxiter": _STEPS, "maxfev": _STEPS},
    )
    if not found.success or not np.isfinite(found.fun) or np.abs(found.x).max() > _FAR:
        raise FitError("the observations do not determine this model; use more of them")
    return Fit(tuple(np.exp(found.x).tolist()), -float(found.fun))
