"""Taking personas, stakeholders and stakeholder maps out as one library file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.customers.models import Segment
from cxm.kernel.cxmap.documents import MAJOR
from cxm.kernel.cxmap.writing import written, written_json
from cxm.tenants.audit import record
from personas.models import Persona, Stakeholder
from personas.rules.cxmap_shapes import LIBRARY
from personas.rules.cxmap_writing import map_item, persona_item
from personas.services.library_states import states_of
from personas.services.stores import MAPS, PERSONAS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from cxm.tenants.models import ApiKey, Membership, Tenant
    from personas.models import StakeholderMap


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a file is to hold; of each kind, rows of one tenant.

    Whoever stands on one of the *maps* comes along, as do those who are archived meanwhile not.
    """

    personas: Sequence[Persona] = ()
    stakeholders: Sequence[Stakeholder] = ()
    maps: Sequence[StakeholderMap] = ()

    @property
    def name(self) -> str:
        """Give what to call the file: the key of the one that is in it, else “library”."""
        keys = [one.key for one in self.personas]
        keys += [one.key for one in self.stakeholders]
        keys += [one.key for one in self.maps]
        return keys[0] if len(keys) == 1 else "library"


@transaction.atomic
def export_library(
    *,
    tenant: Tenant,
    chosen: Chosen,
    by: Membership | ApiKey | None,
    is_private: bool,
    as_json: bool = False,
) -> str:
    """Write a library file with all that is *chosen*, in its canonical form.

    It holds no ids, times, people, pictures or evidence; without *is_private* nothing either of
    what is thought of stakeholders. Who took it out is kept in the audit log. The number of
    queries does not grow with what is chosen.
    """
    tree = library_tree(tenant, chosen, is_private=is_private)
    library = tree["library"]
    record(
        tenant=tenant,
        action="library-exported",
        by=by,
        changes={name: [one["key"] for one in items] for name, items in library.items() if items},
    )
    return written_json(tree, LIBRARY) if as_json else written(tree, LIBRARY)


def library_tree(tenant: Tenant, chosen: Chosen, *, is_private: bool) -> dict[str, Any]:
    """Give what is *chosen* as the tree of a file."""
    personas = states_of(PERSONAS, tenant, [one.pk for one in chosen.personas])
    maps = states_of(MAPS, tenant, [one.pk for one in chosen.maps])
    placed = {
        e.values["stakeholder"]
        for state in maps.values()
        for e in state.values()
        if e.kind == "placement" and not e.is_deleted
    }
    register = Stakeholder.objects.for_tenant(tenant)
    named = {one.pk for one in chosen.stakeholders}
    people = list(register.filter(pk__in=named | placed).order_by("key"))
    keys = {str(one.pk): one.key for one in people}
    segments = _keys(Segment.objects.for_tenant(tenant), _named(personas.values(), "segment"))
    # A map names the keys of its stakeholders; the register tells in which persona one is met.
    known = _keys(Persona.objects.for_tenant(tenant), {str(p.persona_id) for p in people})
    return {
        "cxmap": MAJOR,
        "profile": "library",
        "library": {
            "personas": [persona_item(state, pk, segments) for pk, state in personas.items()],
            "stakeholders": [_stakeholder_item(one, known) for one in people],
            "stakeholder_maps": [
                map_item(state, pk, keys, is_private=is_private) for pk, state in maps.items()
            ],
        },
    }


def _stakeholder_item(one: Stakeholder, personas: dict[str, str]) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "kind": one.kind,
        "icon": one.icon,
        "description": one.description,
        "persona": personas.get(str(one.persona_id)),
    }


def _named(states: Iterable[Mapping[UUID, Any]], name: str) -> set[str]:
    return {str(e.values[name]) for state in states for e in state.values() if name in e.values}


def _keys(rows: Any, ids: Collection[str]) -> dict[str, str]:
    wanted = [pk for pk in ids if pk != str(None)]
    return {str(pk): key for pk, key in rows.filter(pk__in=wanted).values_list("pk", "key")}
