"""Looking a map over as it stands now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.collaboration.selectors.evidence import day_in
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Actor
from cxm.kernel.operations.store import read_state
from journeys.rules.lint import findings
from journeys.selectors.looking_over import facts_of
from journeys.services.stores import MAPS

if TYPE_CHECKING:
    from datetime import datetime

    from journeys.models import JourneyMap
    from journeys.rules.lint_facts import Finding


def found_on(row: JourneyMap, *, now: datetime) -> list[Finding]:
    """List what is found on a map, errors first; the same for its page and for programs.

    The map comes with its tenant and its journey.
    """
    state = read_state(MAPS, Request(row.tenant, row.pk, Actor(), now))
    return findings(facts_of(row, state, today=day_in(row.tenant, now)))
