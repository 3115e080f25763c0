"""Giving personas pictures of their own, covers, and files in their sections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django.db import transaction

from cxm.collaboration.services.assets import store_asset
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed, Source
from cxm.kernel.operations.store import commit
from personas.rules.kinds import SectionKind
from personas.services.personas import actor_of
from personas.services.stores import PERSONAS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.core.files.uploadedfile import UploadedFile

    from cxm.kernel.operations.shapes import JSON
    from cxm.tenants.models import Membership
    from personas.models import Persona, PersonaSection
    from personas.rules.shapes import Avatar


def draw_persona(
    *, persona: Persona, picture: Avatar, by: Membership | None, now: datetime
) -> None:
    """Let the drawing *picture* stand for a persona, and no picture of its own.

    The same one again is no operation. Raises RefusedError.
    """
    numbers: JSON = msgspec.to_builtins(picture)
    _put(persona, {"avatar": numbers, "picture": None}, by, now)


@transaction.atomic
def give_picture(
    *,
    persona: Persona,
    upload: UploadedFile[Any],
    alt: str,
    is_decorative: bool,
    by: Membership | None,
    now: datetime,
) -> None:
    """Let an uploaded picture stand for a persona, as one change that undo takes back.

    *alt* says what it shows; one that *is_decorative* needs no words. Raises FileRefusedError and
    RefusedError.
    """
    words = "" if is_decorative else alt.strip()
    asset = store_asset(
        tenant=persona.tenant, upload=upload, alt=words, by=by, now=now, is_picture=True
    )
    drawn = _drawn(persona, words) | ({"is_decorative": True} if is_decorative else {})
    _put(persona, {"picture": str(asset.pk), "avatar": drawn}, by, now)


def take_off_picture(*, persona: Persona, by: Membership | None, now: datetime) -> None:
    """Let the drawing stand for a persona again; the words for the picture go with it."""
    if persona.picture_id:
        _put(persona, {"picture": None, "avatar": _drawn(persona, "")}, by, now)


@transaction.atomic
def give_cover(
    *, persona: Persona, upload: UploadedFile[Any], by: Membership | None, now: datetime
) -> None:
    """Put a picture across the top of a persona's page, for decoration.

    Raises FileRefusedError and RefusedError.
    """
    asset = store_asset(
        tenant=persona.tenant, upload=upload, alt="", by=by, now=now, is_picture=True
    )
    _put(persona, {"cover": str(asset.pk)}, by, now)


def take_off_cover(*, persona: Persona, by: Membership | None, now: datetime) -> None:
    """Take the picture across the top away."""
    _put(persona, {"cover": None}, by, now)


@transaction.atomic
def add_file(
    *,
    section: PersonaSection,
    upload: UploadedFile[Any],
    title: str,
    alt: str,
    is_decorative: bool,
    by: Membership | None,
    now: datetime,
) -> None:
    """Put a picture or document last into *section*, whose tenant is loaded.

    A section for pictures takes nothing else. Raises FileRefusedError and RefusedError.
    """
    tenant = section.tenant
    asset = store_asset(
        tenant=tenant,
        upload=upload,
        alt=alt,
        by=by,
        now=now,
        is_picture=section.kind == SectionKind.IMAGE,
    )
    values: dict[str, JSON] = {
        "asset": str(asset.pk),
        "title": title,
        "alt": alt,
        "is_decorative": is_decorative,
    }
    pk = new_id()
    told: JSON = {"values": values, "parent": str(section.pk)}
    asked = Asked(id=pk, batch=pk, op=Deed.CREATE, lineage=new_id(), kind="file", value=told)
    commit(PERSONAS, Request(tenant, section.persona_id, actor_of(by), now, Source.UI), [asked])


def _drawn(persona: Persona, alt: str) -> dict[str, JSON]:
    """Give the numbers of the drawing with the words *alt*, and said to be for more than show."""
    kept = {name: value for name, value in persona.avatar.items() if name != "is_decorative"}
    return {**kept, "alt": alt}


def _put(
    persona: Persona, values: Mapping[str, JSON], by: Membership | None, now: datetime
) -> None:
    """Set those fields of a persona that are otherwise, in one batch."""
    batch = new_id()
    asked = [
        Asked(id=new_id(), batch=batch, op=Deed.SET, lineage=persona.pk, field=name, value=value)
        for name, value in values.items()
        if value != _present(persona, name)
    ]
    if asked:
        request = Request(persona.tenant, persona.pk, actor_of(by), now, Source.UI)
        commit(PERSONAS, request, asked)


def _present(persona: Persona, name: str) -> JSON:
    present: JSON = persona.avatar
    if name != "avatar":
        key = getattr(persona, f"{name}_id")
        present = str(key) if key else None
    return present
