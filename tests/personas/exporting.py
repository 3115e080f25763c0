"""A stakeholder map with everything that a file could tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.personas.mapping import map_of, placed, put, related

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from personas.models import StakeholderMap

SECRET = "Quokka"


def full_map(member: Membership) -> StakeholderMap:
    """Make a map of two, with all that only insiders may see, marked by a word."""
    on = map_of(member, "Who delivers", description="From door to door.")
    courier = placed(member, on, "Courier & Co", ring=0, sector=1)
    agency = placed(member, on, "=Agency", "regulator", ring=2)
    put(member, on, courier.pk, power=4.5, interest=1.5, attitude=-2, note=f"{SECRET} note")
    related(member, on, courier, agency, "money", title="Fees", note=f"{SECRET} deal")
    return on
