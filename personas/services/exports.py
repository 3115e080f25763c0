"""Taking personas, stakeholder maps and the register out as files; each time is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from django.db import transaction

from cxm.kernel.made_files import MadeFile, made_file
from cxm.kernel.typesetting.setting import typeset_pdf, typeset_png
from cxm.kernel.workbooks import workbook
from cxm.metrics.rules.days import local_date
from cxm.tenants.audit import record
from personas.rules.drawing_places import drawing_of
from personas.rules.drawing_svg import svg_of
from personas.selectors import map_sheet, persona_sheet
from personas.selectors.map_book import map_tables, register_tables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cxm.tenants.models import ApiKey, Membership, Tenant
    from personas.models import Persona, Stakeholder, StakeholderMap
    from personas.selectors.map_view import Shown

type PersonaEnding = Literal["pdf", "png"]
type MapEnding = Literal["pdf", "png", "svg", "xlsx"]


@transaction.atomic
def export_persona(
    *,
    persona: Persona,
    ending: PersonaEnding,
    scale: int,
    sees_answers: bool,
    by: Membership | ApiKey,
    now: datetime,
) -> MadeFile:
    """Make a file of *persona*, loaded with its tenant, segment and owner.

    A PDF of A4 pages, or all in one PNG of *scale* pixels a point. Numbers of its segment are
    those that its page shows to a reader who does or does not see answers. Raises TooLargeError.
    """
    sheet = persona_sheet.persona_sheet(
        persona,
        sees_answers=sees_answers,
        now=now,
        today=local_date(now, ZoneInfo(persona.tenant.time_zone)),
        is_paged=ending == "pdf",
    )
    template, pictures = persona_sheet.TEMPLATE, sheet.pictures
    if ending == "pdf":
        content = typeset_pdf(template, sheet.told, at=now, pictures=pictures)
    else:
        content = typeset_png(template, sheet.told, pictures=pictures, scale=scale)
    told = {"as": ending}
    record(tenant=persona.tenant, action="persona-exported", by=by, about=persona, changes=told)
    return made_file(persona.name, ending, content)


@transaction.atomic
def export_map(
    *,
    of: StakeholderMap,
    shown: Shown,
    ending: MapEnding,
    scale: int,
    is_private: bool,
    by: Membership | ApiKey,
    now: datetime,
) -> MadeFile:
    """Make a file of what *shown* says of a map, loaded with its tenant and owner.

    A PDF of A3 pages in landscape, the drawing as SVG or as PNG of *scale* pixels a unit, or a
    workbook. Power, interest, attitude and notes are there only if *is_private*; *shown* must
    have been read so. Raises TooLargeError.
    """
    at = now.astimezone(ZoneInfo(of.tenant.time_zone))
    match ending:
        case "pdf":
            sheet = map_sheet.map_sheet(of, shown, is_private=is_private, today=at.date())
            pictures = sheet.pictures
            content = typeset_pdf(map_sheet.TEMPLATE, sheet.told, at=now, pictures=pictures)
        case "png":
            sheet = map_sheet.map_picture(of, shown)
            template, pictures = map_sheet.PICTURE_TEMPLATE, sheet.pictures
            content = typeset_png(template, sheet.told, pictures=pictures, scale=scale)
        case "svg":
            content = _svg(of, shown)
        case _:
            content = workbook(map_tables(of, shown, is_private=is_private, at=at))
    told = {"as": ending, "layout": shown.look.layout.value}
    record(tenant=of.tenant, action="stakeholdermap-exported", by=by, about=of, changes=told)
    layout = "" if ending == "xlsx" else f", {shown.look.layout.words.lower()}"
    return made_file(f"{of.title}{layout}", ending, content)


@transaction.atomic
def export_register(
    *, tenant: Tenant, stakeholders: Iterable[Stakeholder], by: Membership | ApiKey
) -> MadeFile:
    """Make a workbook of *stakeholders*, each loaded with persona and member."""
    content = workbook(register_tables(stakeholders))
    record(tenant=tenant, action="stakeholders-exported", by=by, changes={"as": "xlsx"})
    return made_file(f"{tenant.name}, stakeholders", "xlsx", content)


def _svg(of: StakeholderMap, shown: Shown) -> bytes:
    drawn = svg_of(drawing_of(shown.ground, shown.marks), shown.links, title=of.title)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawn}'.encode()
