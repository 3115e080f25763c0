"""Risks in words: a chance, the reasons for it, and how right the model was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.rules.risk_inputs import Scale, input_of
from cxm.metrics.rules.days import day_words
from cxm.metrics.rules.rounding import round_half_away

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from analytics.rules.risk_scoring import Reason
    from analytics.rules.risk_shapes import Trial

_HUNDRED = 100


def percent_words(chance: float) -> str:
    """Write a chance (0 to 1) in whole percent, never as certain."""
    percent = 100 * chance
    if 0 < percent < 1:
        return "under 1%"
    if percent > _HUNDRED - 1:
        return "over 99%"
    return f"{round_half_away(percent)}%"


def value_words(key: str, value: float | None) -> str:
    """Write the value of an input; one that is not known is said to be missing."""
    if value is None:
        return "missing"
    scale = input_of(key).scale
    if scale is Scale.IS:
        return "yes" if value else "no"
    if scale is Scale.PERCENT:
        return f"{round_half_away(100 * value)}%"
    if scale is Scale.MONEY:
        return f"{value:,.2f}"
    return f"{round_half_away(value):,}"


def reason_words(reason: Reason) -> str:
    """Say what one input makes: "+9 points: 2 contacts in 30 days, usual 0"."""
    points = round_half_away(reason.points)
    sign = "+" if points > 0 else "\N{MINUS SIGN}" if points < 0 else "±"
    size = f"{sign}{abs(points)} point{'' if abs(points) == 1 else 's'}"
    known = input_of(reason.key)
    usual = value_words(reason.key, reason.usual)
    if reason.value is None:
        return f"{size}: {known.title} missing (usual {usual})"
    value = value_words(reason.key, reason.value)
    if known.scale is Scale.COUNT or known.title.startswith("days "):
        return f"{size}: {value} {known.title} (usual {usual})"
    return f"{size}: {known.title} {value} (usual {usual})"


def reasons_words(reasons: Sequence[Reason]) -> str:
    """Say all reasons in one line; empty without any."""
    return "; ".join(reason_words(one) for one in reasons)


def trial_words(trial: Trial, cut_on: date) -> str:
    """Say in a sentence how right the model was on what it had not seen."""
    best = trial.best_plain
    return (
        f"Learned until {day_words(cut_on)} and tried on {trial.n:,} customers after it: "
        f"{trial.lost:,} left within {trial.days} days ({trial.base_percent:.1f}%), "
        f"{trial.expected:,.0f} were expected; AUC {trial.auc:.2f} "
        f"[{trial.auc_low:.2f}, {trial.auc_high:.2f}], by {best.name} alone {best.auc:.2f}; "
        f"{trial.inside} of {len(trial.tenths)} tenths as expected."
    )
