"""Trials of the contact policy as their page shows them: as it is, with the change, difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from feedback.models import PolicyTrial
from feedback.rules.distribution.words import Reason

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Compared:
    """One count as it is now, *then* with the change, and its words; *detail* is the rule."""

    title: str
    now: int
    then: int
    detail: str = ""

    @property
    def difference(self) -> str:
        """Give what the change adds, with its sign."""
        more = self.then - self.now
        sign = "+" if more > 0 else "−" if more < 0 else "±"
        return f"{sign}{abs(more):,}"


@dataclass(frozen=True, slots=True)
class ComparedWeek:
    """Messages of one week from its Monday, as it is now and with the change."""

    monday: date
    asked_now: int
    asked_then: int
    not_now: int
    not_then: int


def policy_trials(tenant: Tenant) -> QuerySet[PolicyTrial]:
    """Give the trials of *tenant* with what their page needs, in no order."""
    return PolicyTrial.objects.for_tenant(tenant).select_related(
        "job", "distribution__survey", "replaced"
    )


def totals_of(trial: PolicyTrial) -> list[Compared]:
    """Compare persons and messages of a trial that is done."""
    now, then = _sides(trial)
    return [
        Compared(title, now[name], then[name])
        for name, title in (
            ("persons", "People asked"),
            ("nobody", "People never asked"),
            ("often", "People asked more than once"),
            ("asked", "Invitations sent"),
            ("not_asked", "Invitations not sent"),
        )
    ]


def reasons_compared(trial: PolicyTrial) -> list[Compared]:
    """Compare why people were not asked, by reason and rule, in the order of the tests."""
    now, then = ({(one[0], one[1]): one[2] for one in side["reasons"]} for side in _sides(trial))
    words: dict[str, str] = _result(trial)["rules"]
    order = list(Reason)
    pairs = sorted(now.keys() | then.keys(), key=lambda pair: (order.index(pair[0]), pair[1]))
    return [
        Compared(
            Reason(reason).words,
            now.get((reason, rule), 0),
            then.get((reason, rule), 0),
            words.get(rule, ""),
        )
        for reason, rule in pairs
    ]


def weeks_compared(trial: PolicyTrial) -> list[ComparedWeek]:
    """Compare the messages of each week, the latest first."""
    now, then = ({one[0]: one[1:] for one in side["weeks"]} for side in _sides(trial))
    none = (0, 0)
    return [
        ComparedWeek(
            date.fromisoformat(week),
            now.get(week, none)[0],
            then.get(week, none)[0],
            now.get(week, none)[1],
            then.get(week, none)[1],
        )
        for week in sorted(now.keys() | then.keys(), reverse=True)
    ]


def _sides(trial: PolicyTrial) -> tuple[dict[str, Any], dict[str, Any]]:
    result = _result(trial)
    return result["now"], result["then"]


def _result(trial: PolicyTrial) -> dict[str, Any]:
    found: dict[str, Any] = trial.result or {}
    return found
