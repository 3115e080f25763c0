"""Lineages: what stays of an element through all maps of a journey, with a key of its own."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from django.db import connection

from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.state import as_id
from cxm.kernel.operations.writing import insert
from cxm.touchpoints.rules.keys import suggested_key
from journeys.models import Lineage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from cxm.kernel.operations.documents import Request
    from cxm.kernel.operations.state import Element, State

type _Keys = defaultdict[str, set[str]]

_TITLES = {"stage": "title", "step": "title", "lane": "title", "card": "text", "flow": "condition"}
_SHOWN = 40
# Lists are one parameter each, however long.
_KNOWN = """
SELECT id, journey_id, kind, key FROM journeys_lineage
WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s::uuid[])
UNION ALL
SELECT id, journey_id, kind, named FROM journeys_lineage
CROSS JOIN LATERAL unnest(array_prepend(key, former_keys)) AS named
WHERE tenant_id = %(tenant)s AND journey_id = %(journey)s AND kind = ANY(%(kinds)s::text[])
    AND (named = ANY(%(words)s::text[])
        OR regexp_replace(named, '-[0-9]+$', '') = ANY(%(words)s::text[]))
"""


def make_lineages(request: Request, elements: Sequence[Element], state: State) -> None:
    """Give new *elements* of a map a lineage, where they have none from another map of the journey.

    Its key is made of the element's words; those of another take numbers. Raises RefusedError
    where an id is that of another journey's element, or of one of another kind. Three queries at
    most, however many elements.
    """
    named = {e.id: e for e in elements if e.kind in _TITLES}
    journey = as_id(state[request.document].values["journey"])
    if not named or journey is None:
        return
    take_turns(journey)
    wanted = {pk: (e.kind, _wanted(e)) for pk, e in named.items()}
    there, taken = _known(request, journey, wanted)
    if any(there[pk] != (journey, named[pk].kind) for pk in there):
        message = "There is something else with this id already."
        raise RefusedError(message, field="lineage")
    # What has the same words goes on counting where the one before it stopped.
    free: dict[tuple[str, str], Iterator[str]] = {}
    made: list[dict[str, Any]] = []
    for pk in (pk for pk in named if pk not in there):
        kind, word = wanted[pk]
        keys = free.setdefault((kind, word), _keys_of(word))
        key = next(key for key in keys if key not in taken[kind])
        taken[kind].add(key)
        told = {"id": pk, "tenant_id": request.tenant.pk, "journey_id": journey}
        made.append({**told, "kind": kind, "key": key, "former_keys": []})
    insert(Lineage, made)


def take_turns(journey: UUID) -> None:
    """Let others that make lineages of *journey* wait: its maps are changed at the same time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [str(journey)])


def _wanted(element: Element) -> str:
    words = str(element.values[_TITLES[element.kind]])[:_SHOWN]
    return suggested_key(words)[:_SHOWN].strip("-") or element.kind


def _keys_of(word: str) -> Iterator[str]:
    """Give the keys that *word* can make: itself, and with a number from 2 on."""
    return chain([word], (f"{word}-{number}" for number in count(2)))


def _known(
    request: Request, journey: UUID, wanted: dict[UUID, tuple[str, str]]
) -> tuple[dict[UUID, tuple[UUID, str]], _Keys]:
    """Find the lineages that there are of *wanted* ids, and which keys are taken, by kind.

    Of the journey's keys, also former ones, those are found that the wanted words can make.
    """
    there: dict[UUID, tuple[UUID, str]] = {}
    taken: _Keys = defaultdict(set)
    given = {"tenant": request.tenant.pk, "journey": journey, "ids": list(wanted)}
    given["kinds"] = list({kind for kind, _ in wanted.values()})
    given["words"] = list({word for _, word in wanted.values()})
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, given)
        for pk, of, kind, key in cursor.fetchall():
            if pk in wanted:
                there[pk] = (of, kind)
            if of == journey:
                taken[kind].add(key)
    return there, taken
