"""Taking what was written in one field of an element out of the history of its maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from cxm.kernel.errors import DomainError
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import TAKEN_OUT, Asked, Deed, Source
from cxm.kernel.operations.state import CREATED
from cxm.tenants.audit import record
from journeys.errors import NothingToTakeOutError
from journeys.models import JourneyMap
from journeys.rules.shapes import UNTITLED
from journeys.rules.taking_out import fields_of
from journeys.selectors.map_elements import MODELS
from journeys.services.editing import change_map
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import ApiKey, Membership

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What was taken out: of how many *operations*, and the maps on which a text still *stands*."""

    operations: int
    stands: Sequence[JourneyMap]


@transaction.atomic
def take_out(
    *,
    of: JourneyMap,
    lineage: UUID,
    kind: str,
    field: str,
    reason: str,
    is_emptied: bool,
    by: Membership | ApiKey,
    now: datetime,
    source: Source = Source.UI,
) -> TakenOut:
    """Blank what *field* of the element *lineage* held before, on every map of the journey of *of*.

    That is in the log and in the versions that are kept. What stands on a map now stays there;
    where *is_emptied* it is emptied first, on the drafts that can be changed. Of elements that are
    deleted the row is blanked as well, on maps that were published since, too. Why and by whom is
    kept in the audit log, never what it was. Nothing brings it back. Raises NothingToTakeOutError
    where the field holds no text or no reason is told. *kind* is that of the element, as its
    operations say.
    """
    told = " ".join(reason.split())
    if field not in fields_of(kind):
        message = "Choose a field of this element that holds text."
        raise NothingToTakeOutError(message, field="field")
    if not 0 < len(told) <= LONGEST_REASON:
        message = f"Say why, in 1 to {LONGEST_REASON} characters."
        raise NothingToTakeOutError(message, field="reason")
    maps = JourneyMap.objects.for_tenant(of.tenant_id).filter(journey=of.journey_id)
    times, stands = 0, []
    for row in maps.select_related("tenant", "journey").order_by("number", "pk"):
        if is_emptied:
            _empty(Request(of.tenant, row.pk, actor_of(by), now, source), row, lineage, kind, field)
        # Whoever changes the map waits, so that what stands there is known.
        maps.select_for_update(no_key=True).filter(pk=row.pk).exists()
        kept, is_standing = _kept(row, lineage, kind, field)
        with connection.cursor() as cursor:
            args: list[Any] = [row.pk, lineage, field, kept]
            cursor.execute("SELECT journeys_take_out(%s, %s, %s, %s)", args)
            times += cursor.fetchone()[0]
        if is_standing:
            stands.append(row)
    changes = {
        "lineage": str(lineage),
        "kind": kind,
        "field": field,
        "reason": told,
        "operations": times,
        "emptied": is_emptied,
    }
    record(tenant=of.tenant, action="map-text-taken-out", by=by, about=of, changes=changes)
    return TakenOut(times, stands)


def _empty(request: Request, row: JourneyMap, lineage: UUID, kind: str, field: str) -> None:
    """Empty what stands on a map, where it can be changed and something stands there."""
    found = _row(row, lineage, kind)
    if found is None or found.deleted_at or not getattr(found, field):
        return
    pk = new_id()
    revs = found.field_revs
    asked = Asked(
        id=pk,
        batch=pk,
        op=Deed.SET,
        lineage=lineage,
        field=field,
        value=[] if field == "tags" else "",
        base_rev=revs.get(field, revs.get(CREATED, 0)),
    )
    try:
        with transaction.atomic():
            change_map(request, [asked])
    except DomainError:
        # A map that is not open keeps what it says, and is named among those where it stands.
        return


def _kept(row: JourneyMap, lineage: UUID, kind: str, field: str) -> tuple[int, bool]:
    """Give the number of the operation whose value stays, 0 for none, and whether a text stands.

    What is deleted keeps nothing: its row is blanked here.
    """
    found = _row(row, lineage, kind)
    if found is None:
        return 0, False
    value: Any = getattr(found, field)
    kept = found.field_revs.get(field, found.field_revs.get(CREATED, 0))
    if found.deleted_at:
        if value:
            blank: Any = [] if field == "tags" else "" if field == "url" else TAKEN_OUT
            setattr(found, field, blank)
            found.save(update_fields=[field])
        return 0, False
    return kept, bool(value) and value != UNTITLED


def _row(row: JourneyMap, lineage: UUID, kind: str) -> Any:
    return MODELS[kind].objects.for_tenant(row.tenant_id).filter(map=row, lineage=lineage).first()
