"""Files of maps in tests: taken out, looked at, taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.records import Source
from cxm.tenants.binding import tenant_bound
from journeys.models import JourneyMap
from journeys.rules.cxmap_files import read_files
from journeys.services.journeys import create_journey
from journeys.services.map_files_in import apply_files, preview_files
from journeys.services.map_files_out import export_journey, export_map
from journeys.services.map_library_in import MapAsking
from journeys.services.map_templates import create_map
from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from journeys.services.map_files_in import Outcome

HEAD = """\
cxmap: 1
profile: map
journey:
  key: return-shoes
  title: I send back shoes
  level: 2
map:
  state: current
  name: As it is
"""
STAGES = """\
stages:
  - key: hand-over
    title: Hand over
    steps:
      - key: show-code
        title: I show a code
      - key: wait-refund
        title: I wait for the refund
"""


def drawn(member: Membership, **more: Any) -> JourneyMap:
    """Make a journey with a map from a template."""
    told = {"template": "customer", "name": "As it is", **more}
    with tenant_bound(member.tenant_id):
        of = create_journey(tenant=member.tenant, title="Return shoes", by=member, now=make.NOW)
        return create_map(journey=of, by=member, now=make.NOW, **told)


def the_map(member: Membership, **which: Any) -> JourneyMap:
    """Give the only map there is, or the only one of *which*."""
    rows = JourneyMap.objects.for_tenant(member.tenant)
    with tenant_bound(member.tenant_id):
        return rows.select_related("tenant", "journey__tenant", "baseline").get(**which)


def exported(member: Membership, of: JourneyMap, **more: Any) -> str:
    with tenant_bound(member.tenant_id):
        return export_map(of=of, by=member, **more).text


def zipped(member: Membership, of: JourneyMap, order: str = "number") -> bytes:
    """Take the journey of a map out, its maps named in *order*."""
    rows = JourneyMap.objects.for_tenant(member.tenant).filter(journey=of.journey).order_by(order)
    with tenant_bound(member.tenant_id):
        maps = list(rows.select_related("tenant", "journey__tenant", "baseline"))
        return export_journey(journey=of.journey, maps=maps, by=member)


def asking(member: Membership, choices: dict[str, str] | None = None, **more: Any) -> MapAsking:
    return MapAsking(member.tenant, member, make.NOW, Source.IMPORT, choices or {}, **more)


def taken_in(
    member: Membership,
    text: str | bytes,
    choices: dict[str, str] | None = None,
    *,
    seen: str = "",
    **more: Any,
) -> Outcome:
    content = text if isinstance(text, bytes) else text.encode()
    with tenant_bound(member.tenant_id):
        asked = asking(member, choices, **more)
        return apply_files(asking=asked, files=read_files(content), seen=seen)


def looked_at(
    member: Membership, text: str | bytes, choices: dict[str, str] | None = None, **more: Any
) -> Outcome:
    content = text if isinstance(text, bytes) else text.encode()
    with tenant_bound(member.tenant_id):
        asked = asking(member, choices, **more)
        return preview_files(asking=asked, files=read_files(content))


def faults(found: Outcome) -> list[str]:
    """Tell what is wrong, each with its place."""
    return [f"{one.path}: {one.message}" for one in found.preview.faults]
