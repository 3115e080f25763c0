"""Lineages: what stays of an element through all maps of a journey, with a key of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from cxm.kernel.operations.records import RefusedError
from cxm.touchpoints.rules.keys import free_key, suggested_key
from journeys.models import JourneyMap, Lineage
from journeys.rules.kinds import LineageKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from cxm.kernel.operations.documents import Request
    from cxm.kernel.operations.state import Element

_TITLES = {"stage": "title", "step": "title", "lane": "title", "card": "text", "flow": "condition"}
_SHOWN = 40


def make_lineages(request: Request, elements: Sequence[Element]) -> None:
    """Give new *elements* of a map a lineage, where they have none from another map of the journey.

    Its key is made of the element's words; those of another take numbers. Raises RefusedError
    where an id is that of another journey's element, or of one of another kind.
    """
    named = {e.id: e for e in elements if e.kind in _TITLES}
    if not named:
        return
    maps = JourneyMap.objects.for_tenant(request.tenant)
    journey = maps.values_list("journey_id", flat=True).get(pk=request.document)
    # Maps of a journey are changed at the same time, and take turns here only.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [str(journey)])
    rows = Lineage.objects.for_tenant(request.tenant).filter(pk__in=named)
    there = {pk: (of, kind) for pk, of, kind in rows.values_list("pk", "journey_id", "kind")}
    if any(there[pk] != (journey, named[pk].kind) for pk in there):
        message = "There is something else with this id already."
        raise RefusedError(message, field="lineage")
    new = [e for e in named.values() if e.id not in there]
    if not new:
        return
    wanted = {e.id: _wanted(e) for e in new}
    taken = _taken(request, journey, set(wanted.values()))
    made = []
    for element in new:
        used = taken.setdefault(element.kind, set())
        key = free_key(wanted[element.id], used)
        used.add(key)
        made.append(
            Lineage(
                pk=element.id,
                tenant_id=request.tenant.pk,
                journey_id=journey,
                kind=LineageKind(element.kind).value,
                key=key,
            )
        )
    Lineage.objects.bulk_create(made)


def _wanted(element: Element) -> str:
    words = str(element.values[_TITLES[element.kind]])[:_SHOWN]
    return suggested_key(words) or element.kind


def _taken(request: Request, journey: UUID, wanted: Collection[str]) -> dict[str, set[str]]:
    """Find which keys of the journey begin as the wanted ones do."""
    found: dict[str, set[str]] = {}
    rows = Lineage.objects.for_tenant(request.tenant).filter(journey=journey)
    pattern = "^(" + "|".join(sorted(wanted)) + ")(-[0-9]+)?$"
    for kind, key in rows.filter(key__regex=pattern).values_list("kind", "key"):
        found.setdefault(kind, set()).add(key)
    return found
