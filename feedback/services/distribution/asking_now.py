"""Whether one person could be asked now, and if not, why, and from when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from feedback.models import Survey
from feedback.rules.distribution.policy import Asking, Verdict, decide
from feedback.rules.distribution.words import Medium
from feedback.services.distribution.persons import read_persons, read_rules
from feedback.services.senders.choosing import can_send

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.customers.models import Customer

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Possible:
    """What the policy says of asking a person by *medium* for *purpose* (words)."""

    medium: str
    purpose: str
    verdict: Verdict


def possibilities(root: Customer, *, now: datetime) -> list[Possible]:
    """Put every way and purpose of asking *root* before the policy; nothing is locked or kept."""
    rules = read_rules(root.tenant)
    found = []
    for medium in (one for one in Medium if one is not Medium.LINK and can_send(one)):
        persons = read_persons(
            tenant=root.tenant, roots=[root], medium=medium, rules=rules, window=(now, now)
        )
        for purpose in Survey.Purpose:
            asking = Asking(medium, purpose, now, now + _DAY)
            verdict = decide(persons[root.pk], asking, rules)
            found.append(Possible(medium.words, str(purpose.label), verdict))
    return found
