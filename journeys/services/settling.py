"""Taking single differences between two maps over into a draft, one way or the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Source
from journeys.errors import NotNowError
from journeys.rules.applying import applied
from journeys.rules.changes import Change, inverted
from journeys.rules.comparing import changes_between
from journeys.rules.mending import mended
from journeys.selectors.reference_names import successions_of
from journeys.services.bringing import bring_to
from journeys.services.comparing import Moment, state_at
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cxm.kernel.operations.state import State
    from cxm.tenants.models import ApiKey, Membership
    from journeys.models import JourneyMap


def take_change(
    *,
    into: JourneyMap,
    other: Moment,
    key: str,
    is_back: bool,
    by: Membership | ApiKey | None,
    now: datetime,
    source: Source = Source.UI,
) -> Change:
    """Do one difference to the draft *into*, by operations in one batch; give it as it was.

    From *other* to the draft it is taken back with *is_back*; else the differences lead from the
    draft to *other*, and this one is taken over. *key* is the `key` of the change. Raises
    NotNowError where that difference is no more, and what operations raise.
    """
    held = state_at(other, now=now)
    told = successions_of(into.journey)
    found: list[Change] = []

    def settled(own: State) -> State:
        sides = (held, own) if is_back else (own, held)
        change = _known(changes_between(*sides, successions=told), key)
        found.append(change)
        return mended(applied(own, [inverted(change) if is_back else change]))

    bring_to(Request(into.tenant, into.pk, actor_of(by), now, source), settled)
    return found[0]


def _known(changes: Iterable[Change], key: str) -> Change:
    waiting = list(changes)
    while waiting:
        change = waiting.pop()
        if change.key == key:
            return change
        waiting += change.inside
    message = "Somebody changed this meanwhile: look at what differs now."
    raise NotNowError(message, field="change")
