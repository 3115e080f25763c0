"""Merging two personas: one gains what the other had, and takes over what points to it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from cxm.collaboration.models import CommentThread
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import MOST_AT_ONCE, Source
from cxm.kernel.operations.store import commit
from cxm.tenants.audit import record
from personas.errors import CannotMergeError
from personas.models import Persona, PersonaPosition, PersonaShare, PersonaThread, Stakeholder
from personas.rules.merging import Coming, coming_over
from personas.services.library_states import states_of
from personas.services.personas import actor_of, archive_persona
from personas.services.stores import PERSONAS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import ApiKey, Membership


@dataclass(frozen=True, slots=True)
class Backlinks:
    """What points to a persona, and moves with it.

    *frozen_links* show an earlier state of it to people outside: they cannot move, and end.
    *clashing* are matrices in which both have a place: that of the kept one holds.
    """

    stakeholders: list[Stakeholder]
    matrices: list[str]
    clashing: list[str]
    threads: int
    links: int
    frozen_links: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing points to it."""
        counts = self.threads + self.links + self.frozen_links
        return not (self.stakeholders or self.matrices or self.clashing or counts)


def look_at_merge(*, kept: Persona, other: Persona) -> tuple[Coming, Backlinks]:
    """Tell what *kept* would gain and take over of *other*; raises CannotMergeError."""
    _check(kept, other)
    states = states_of(PERSONAS, kept.tenant, [kept.pk, other.pk])
    coming = coming_over((kept.pk, states[kept.pk]), (other.pk, states[other.pk]), batch=new_id())
    return coming, backlinks(kept=kept, other=other)


def backlinks(*, kept: Persona, other: Persona) -> Backlinks:
    """List what points to *other*. Four queries."""
    tenant = kept.tenant
    people = Stakeholder.objects.for_tenant(tenant).filter(persona=other)
    places = PersonaPosition.objects.for_tenant(tenant).filter(persona__in=[kept, other])
    titles: dict[bool, dict[UUID, str]] = {True: {}, False: {}}
    for place in places.select_related("matrix").order_by("matrix__title", "pk"):
        titles[place.persona_id == kept.pk][place.matrix_id] = place.matrix.title
    shares = PersonaShare.objects.for_tenant(tenant).filter(persona=other)
    is_frozen = shares.filter(link__revoked_at=None).values_list("link__freeze_seq", flat=True)
    frozen = [seq is not None for seq in is_frozen]
    return Backlinks(
        stakeholders=list(people.order_by("name", "pk")),
        matrices=[t for pk, t in titles[False].items() if pk not in titles[True]],
        clashing=[t for pk, t in titles[False].items() if pk in titles[True]],
        threads=PersonaThread.objects.for_tenant(tenant).filter(persona=other).count(),
        links=frozen.count(False),
        frozen_links=frozen.count(True),
    )


@transaction.atomic
def merge_personas(
    *,
    kept: Persona,
    other: Persona,
    by: Membership | ApiKey | None,
    now: datetime,
    source: Source = Source.UI,
) -> Persona:
    """Merge *other* into *kept*, and give that as it is then.

    It gains what it has not as one batch, which can be undone; stakeholders, threads, places in
    matrices and links for outside move; the other one is archived and names where it went. What
    was merged before stays so: doing it twice is doing it once. Raises CannotMergeError and
    RefusedError, where more would come than fits.
    """
    tenant = kept.tenant
    if other.tenant_id != kept.tenant_id:
        raise CannotMergeError("Only personas of one workspace can be merged.")
    if other.pk == kept.pk:
        raise CannotMergeError("A persona cannot be merged with itself. Choose another one.")
    states = states_of(PERSONAS, tenant, [kept.pk, other.pk], is_locked=True)
    rows = Persona.objects.for_tenant(tenant).select_related("tenant")
    kept, other = rows.get(pk=kept.pk), rows.get(pk=other.pk)
    if other.merged_into_id == kept.pk and other.archived_at is not None:
        return kept
    _check(kept, other)
    coming = coming_over((kept.pk, states[kept.pk]), (other.pk, states[other.pk]), batch=new_id())
    request = Request(tenant, kept.pk, actor_of(by), now, source)
    for part in batched(coming.asked, MOST_AT_ONCE):
        commit(PERSONAS, request, part)
    moved = _move(kept, other, coming.places)
    archive_persona(persona=other, by=by, now=now, source=source)
    Persona.objects.for_tenant(tenant).filter(pk=other.pk).update(merged_into=kept)
    told = {"into": kept.name, "key": kept.key, "operations": len(coming.asked), **moved}
    record(tenant=tenant, action="persona-merged", by=by, about=other, changes=told)
    return rows.get(pk=kept.pk)


def _check(kept: Persona, other: Persona) -> None:
    if other.pk == kept.pk:
        raise CannotMergeError("A persona cannot be merged with itself. Choose another one.")
    for one in (kept, other):
        if one.archived_at is not None:
            words = f"“{one.name}” is archived. Restore it first, then merge."
            raise CannotMergeError(words)


def _move(kept: Persona, other: Persona, places: Mapping[UUID, UUID]) -> dict[str, int]:
    """Let what points to *other* point to *kept*; *places* say where its sections went."""
    tenant = kept.tenant
    people = Stakeholder.objects.for_tenant(tenant).filter(persona=other)
    positions = PersonaPosition.objects.for_tenant(tenant)
    taken = positions.filter(persona=kept).values("matrix")
    positions.filter(persona=other, matrix__in=taken).delete()
    shares = PersonaShare.objects.for_tenant(tenant).filter(Q(link__freeze_seq=None), persona=other)
    return {
        "threads": _move_threads(kept, other, places),
        "stakeholders": people.update(persona=kept),
        "matrices": positions.filter(persona=other).update(persona=kept),
        "links": shares.update(persona=kept),
    }


def _move_threads(kept: Persona, other: Persona, places: Mapping[UUID, UUID]) -> int:
    """Move the threads; one about a section follows it, or is about the whole where it is gone."""
    rows: Any = PersonaThread.objects.for_tenant(kept.tenant).filter(persona=other)
    threads = [row.thread_id for row in rows]
    for row in rows:
        row.persona_id = kept.pk
        row.section_id = places.get(row.section_id)
    PersonaThread.objects.for_tenant(kept.tenant).bulk_update(rows, ["persona", "section"])
    there = CommentThread.objects.for_tenant(kept.tenant).filter(pk__in=threads)
    there.update(page=f"personas/{kept.pk}/")
    return len(threads)
