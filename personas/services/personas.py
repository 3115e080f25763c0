"""Making, copying and archiving personas; everything else about them is an operation."""

from __future__ import annotations

from contextlib import suppress
from itertools import batched
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import (
    MOST_AT_ONCE,
    Actor,
    ArchivedDocumentError,
    Asked,
    Deed,
    Source,
)
from cxm.kernel.operations.state import children
from cxm.kernel.operations.store import commit, read_state
from cxm.tenants.models import ApiKey, Tenant
from cxm.touchpoints.rules.keys import free_key, suggested_key
from personas.errors import PersonaNameError, TooManyPersonasError
from personas.models import Persona
from personas.rules.kinds import PersonaStatus
from personas.rules.templates import BLANK, Template
from personas.services.stores import PERSONAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON
    from cxm.kernel.operations.state import State
    from cxm.tenants.models import Membership
    from personas.rules.kinds import PersonaKind
    from personas.rules.templates import SectionPlan

MOST_PERSONAS = 5_000
LONGEST_NAME = 120
# Nobody has looked at a copy yet, and it is somebody's own work to say how sure one is of it.
_NOT_COPIED = {"archived_at": None, "reviewed_on": None, "status": PersonaStatus.ASSUMED.value}
_UNGRADED: dict[str, dict[str, JSON]] = {"fact": {"grade_override": ""}}


@transaction.atomic
def create_persona(
    *,
    tenant: Tenant,
    name: str,
    by: Membership | ApiKey | None,
    now: datetime,
    template: Template = BLANK,
    kind: PersonaKind | None = None,
    source: Source = Source.UI,
) -> Persona:
    """Make a persona called *name* with the sections of *template*, in one batch of operations.

    Its key is made of the name; its *kind* is the template's unless another is given, its owner
    the member who makes it. Raises PersonaNameError, TooManyPersonasError and RefusedError.
    """
    title = _checked_name(name)
    face, hair, skin = template.avatar
    values: dict[str, JSON] = {
        "key": _new_key(tenant, title),
        "name": title,
        "tagline": template.tagline,
        "quote": template.quote,
        "avatar": {"face": face, "hair": hair, "skin": skin, "alt": ""},
        "colour": template.colour,
        "kind": (kind or template.kind).value,
        "owner": str(by.pk) if by and not isinstance(by, ApiKey) else None,
    }
    persona_id, batch = new_id(), new_id()
    asked = [_create(batch, persona_id, "persona", values)]
    for plan in template.sections:
        asked += _planned(batch, persona_id, plan)
    _commit(_request(tenant, persona_id, by, now, source), asked)
    return _loaded(tenant, persona_id)


@transaction.atomic
def copy_persona(
    *, persona: Persona, by: Membership | ApiKey | None, now: datetime, source: Source = Source.UI
) -> Persona:
    """Make another persona with the same sections and statements, named “Copy of …”.

    The copy is assumed and not reviewed, whatever the first one is. Raises TooManyPersonasError.
    """
    tenant = persona.tenant
    state = read_state(PERSONAS, _request(tenant, persona.pk, by, now, source))
    title = f"Copy of {persona.name}"[:LONGEST_NAME].rstrip()
    values = state[persona.pk].values | _NOT_COPIED
    values |= {"name": title, "key": _new_key(tenant, title)}
    persona_id, batch = new_id(), new_id()
    asked = [_create(batch, persona_id, "persona", values)]
    asked += _copied(state, batch, persona.pk, persona_id)
    _commit(_request(tenant, persona_id, by, now, source), asked)
    return _loaded(tenant, persona_id)


def archive_persona(
    *, persona: Persona, by: Membership | ApiKey | None, now: datetime, source: Source = Source.UI
) -> None:
    """Take a persona off the lists; an archived one stays as it is."""
    if persona.archived_at is None:
        request = _request(persona.tenant, persona.pk, by, now, source)
        # Somebody else may do it at the same moment.
        with suppress(ArchivedDocumentError):
            _set(request, "archived_at", now.isoformat())


@transaction.atomic
def unarchive_persona(
    *, persona: Persona, by: Membership | ApiKey | None, now: datetime, source: Source = Source.UI
) -> None:
    """Bring an archived persona back to the lists; one that was merged is one of its own again."""
    if persona.archived_at is not None:
        _set(_request(persona.tenant, persona.pk, by, now, source), "archived_at", None)
        rows = Persona.objects.for_tenant(persona.tenant_id)
        rows.filter(pk=persona.pk).update(merged_into=None)


def actor_of(by: Membership | ApiKey | None) -> Actor:
    """Name who does something, as operations remember it."""
    if by is None:
        return Actor()
    return Actor("api_key" if isinstance(by, ApiKey) else "member", by.pk)


def _request(
    tenant: Tenant,
    persona_id: UUID,
    by: Membership | ApiKey | None,
    now: datetime,
    source: Source,
) -> Request:
    return Request(tenant, persona_id, actor_of(by), now, source)


def _checked_name(name: str) -> str:
    title = " ".join(name.split())
    if not 0 < len(title) <= LONGEST_NAME:
        raise PersonaNameError(LONGEST_NAME)
    return title


def _new_key(tenant: Tenant, title: str) -> str:
    """Find a key that no persona has; others that make one wait until this one is there."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    taken = set(Persona.objects.for_tenant(tenant).values_list("key", flat=True))
    if len(taken) >= MOST_PERSONAS:
        raise TooManyPersonasError(MOST_PERSONAS)
    return free_key(suggested_key(title) or "persona", taken)


def _loaded(tenant: Tenant, persona_id: UUID) -> Persona:
    persona = Persona.objects.for_tenant(tenant).get(pk=persona_id)
    persona.tenant = tenant
    return persona


def _create(
    batch: UUID,
    lineage: UUID,
    kind: str,
    values: dict[str, JSON],
    parent: UUID | None = None,
) -> Asked:
    told: dict[str, JSON] = {"values": values}
    if parent:
        told["parent"] = str(parent)
    return Asked(id=new_id(), batch=batch, op=Deed.CREATE, lineage=lineage, kind=kind, value=told)


def _planned(batch: UUID, persona_id: UUID, plan: SectionPlan) -> Iterator[Asked]:
    section_id = new_id()
    values: dict[str, JSON] = {
        "kind": plan.kind.value,
        "title": plan.title or plan.kind.words,
        "content": dict(plan.content or {}),
        "width": plan.width.value,
    }
    yield _create(batch, section_id, "section", values, persona_id)
    for fact in plan.facts:
        said: dict[str, JSON] = {"text": fact.text, "label": fact.label, "facet": fact.facet}
        yield _create(batch, new_id(), "fact", said, section_id)


def _copied(state: State, batch: UUID, old: UUID, new: UUID) -> Iterator[Asked]:
    for section in children(state, old, "section"):
        section_id = new_id()
        yield _create(batch, section_id, "section", section.values, new)
        for kind in ("fact", "file"):
            for part in children(state, section.id, kind):
                values = part.values | _UNGRADED.get(kind, {})
                yield _create(batch, new_id(), kind, values, section_id)


def _commit(request: Request, asked: Iterable[Asked]) -> None:
    for part in batched(asked, MOST_AT_ONCE):
        commit(PERSONAS, request, part)


def _set(request: Request, name: str, value: JSON) -> None:
    change = Asked(
        id=new_id(),
        batch=new_id(),
        op=Deed.SET,
        lineage=request.document,
        field=name,
        value=value,
    )
    commit(PERSONAS, request, [change])
