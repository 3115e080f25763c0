"""Pictures and files in the sections of personas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE

from personas.models import PersonaFile
from personas.rules.kinds import HOLDS_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from personas.models import PersonaSection


def files_by_section(
    tenant_id: UUID, sections: Iterable[PersonaSection]
) -> dict[UUID, list[PersonaFile]]:
    """Read the files in *sections*, in order, with their assets; sections without any are absent.

    One query; none where no section is of a kind that holds files.
    """
    holding = [one.pk for one in sections if one.kind in HOLDS_FILES]
    found: dict[UUID, list[PersonaFile]] = {}
    if not holding:
        return found
    rows = PersonaFile.objects.for_tenant(tenant_id).filter(section_id__in=holding, deleted_at=None)
    for row in rows.select_related("asset").order_by("ord", "pk").fetch_mode(FETCH_RAISE):
        found.setdefault(row.section_id, []).append(row)
    return found
