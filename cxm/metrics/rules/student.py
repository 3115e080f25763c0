"""Student's t distribution, for intervals and tests of means."""

from __future__ import annotations


def t_quantile(probability: float, degrees: float) -> float:
    """Give the value below which a t variable falls with *probability*, strictly in (0, 1).

    *degrees* of freedom are above 0 and may be a fraction.
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - pages without a mean never load scipy

    return float(stdtrit(degrees, probability))


def t_two_sided_p(t: float, degrees: float) -> float:
    """Give the probability that a t variable lies further from 0 than *t*.

    *degrees* of freedom are above 0 and may be a fraction.
    """
    from scipy.special import stdtr  # noqa: PLC0415 - pages without a mean never load scipy

    return 2 * float(stdtr(degrees, -abs(t)))
