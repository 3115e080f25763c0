"""Lineages by the keys that files give: found again, or made."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cxm.kernel.ids import new_id
from cxm.touchpoints.rules.keys import free_key
from journeys.models import Lineage
from journeys.rules.kinds import LineageKind
from journeys.services.lineages import take_turns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from journeys.models import Journey

# Lineages that one insert makes.
_AT_ONCE = 2_000


def lineages_called(
    journey: Journey, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], UUID]:
    """Give the lineages of *journey* that have the *wanted* keys, each as kind and key.

    A key that none has is looked for among the former ones; what is not found is made. One query,
    and one for every 2,000 new ones.
    """
    take_turns(journey.pk)
    rows = Lineage.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    known: dict[tuple[str, str], UUID] = {}
    former: dict[tuple[str, str], UUID] = {}
    for pk, kind, key, before in rows.values_list("pk", "kind", "key", "former_keys"):
        known[kind, key] = pk
        former |= {(kind, one): pk for one in before}
    found: dict[tuple[str, str], UUID] = {}
    made: list[Lineage] = []
    for kind, key in dict.fromkeys(wanted):
        there = known.get((kind, key)) or former.get((kind, key))
        if there is None:
            made.append(_lineage(journey, new_id(), kind, key))
        found[kind, key] = there or made[-1].pk
    Lineage.objects.bulk_create(made, batch_size=_AT_ONCE)
    return found


def name_lineages(journey: Journey, wanted: Mapping[UUID, tuple[str, str]]) -> None:
    """Make lineages with the ids, kinds and keys *wanted*, where there are none of these ids yet.

    A key that another one has, or had, takes a number. Two queries, and one for every 2,000 new
    ones.
    """
    take_turns(journey.pk)
    rows = Lineage.objects.for_tenant(journey.tenant_id)
    there = set(rows.filter(pk__in=wanted).values_list("pk", flat=True))
    taken: defaultdict[str, set[str]] = defaultdict(set)
    named = rows.filter(journey=journey).values_list("kind", "key", "former_keys")
    for kind, key, before in named:
        taken[kind] |= {key, *before}
    made = []
    for pk, (kind, key) in wanted.items():
        if pk not in there:
            free = free_key(key, taken[kind])
            taken[kind].add(free)
            made.append(_lineage(journey, pk, kind, free))
    Lineage.objects.bulk_create(made, batch_size=_AT_ONCE)


def _lineage(journey: Journey, pk: UUID, kind: str, key: str) -> Lineage:
    return Lineage(
        pk=pk,
        tenant_id=journey.tenant_id,
        journey_id=journey.pk,
        kind=LineageKind(kind).value,
        key=key,
    )
