"""How customers leave Brightline: what they say of it, and what goes before."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from cxm.web.demo.brightline_contacts import call, chat, fault, letter
from cxm.web.demo.company import Rhythm

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from cxm.web.demo.company import ContractPlan
    from cxm.web.demo.people import Person
    from cxm.web.demo.tales import Tale

    type Contact = Callable[[Tale, datetime, str], None]

_UNKNOWN_SHARE = 0.2
# So many of those who leave get in touch before, so many times, in the last weeks before notice.
_TELLING_SHARE, _MOST_TIMES, _WEEKS_BEFORE = 0.92, 6, 11
_CONTACTS: tuple[Contact, ...] = (call, call, chat, letter)
# What those who leave for a reason ask about before.
_BREWS = {
    "Moved away": ("move", "contract"),
    "Too expensive": ("invoice", "contract"),
    "Outages": ("speed", "wifi", ""),
    "Another provider": ("contract", "speed"),
}


def reason_of(plan: ContractPlan, person: Person, *, today: date, seed: int) -> str:
    """Say why somebody leaves, always the same; empty where nobody knows."""
    dice = Random(f"leaving {seed} {person.reference.value}")  # noqa: S311 - no secret
    risen = today - timedelta(weeks=plan.rise_weeks)
    is_after = person.left_on is not None and person.left_on >= risen
    reasons = plan.reasons_after if is_after else plan.reasons
    [reason] = dice.choices([one for one, _ in reasons], [weight for _, weight in reasons])
    return "" if dice.random() < _UNKNOWN_SHARE else reason


def leave(tale: Tale) -> None:
    """Tell how somebody leaves, and of the trouble that goes before; of the future nothing is told.

    Who leaves in the weeks ahead has given notice already, or is about to.
    """
    left, timeline = tale.person.left_on, tale.company.timeline
    if not left or left <= tale.begins_on or not timeline:
        return
    notice = left - timedelta(days=tale.dice.randrange(20, 45))
    plan = timeline.contracts
    reason = reason_of(plan, tale.person, today=tale.today, seed=tale.seed) if plan else ""
    _brew(tale, reason or tale.dice.choice(list(_BREWS)), notice)
    tale.tell(
        "cancellation_requested",
        tale.at(notice, Rhythm.SHOP),
        kind="contract",
        touchpoint="cancel-contract",
        props={"reason": reason} if reason else {},
    )


def _brew(tale: Tale, reason: str, notice: date) -> None:
    if not tale.chance(_TELLING_SHARE):
        return
    for _ in range(tale.dice.randrange(2, _MOST_TIMES)):
        on = notice - timedelta(days=tale.dice.randrange(2, 7 * _WEEKS_BEFORE))
        at, topic = tale.at(on, Rhythm.OFFICE), tale.dice.choice(_BREWS[reason])
        if on < tale.person.joined_on:
            continue
        if topic:
            tale.dice.choice(_CONTACTS)(tale, at, topic)
        else:
            fault(tale, at, "no connection")
