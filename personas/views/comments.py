"""Personas and stakeholder maps as the routes of comments know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.collaboration.views.talk import TalkKind
from personas.rules.map_access import Sight
from personas.selectors.subjects import MapSubject, PersonaSubject
from personas.views.finding import found_persona
from personas.views.map_page import map_shown_page
from personas.views.maps import found_map
from personas.views.persona import persona_shown

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from cxm.collaboration.selectors.panel import Panel
    from cxm.collaboration.selectors.talk import Subject
    from cxm.tenants.access import TenantRequest


def _persona(request: TenantRequest, document_id: UUID) -> PersonaSubject:
    return PersonaSubject(found_persona(request, document_id))


def _map(request: TenantRequest, document_id: UUID) -> MapSubject:
    return MapSubject(found_map(request, document_id, Sight.CONTENT))


def _persona_page(
    request: TenantRequest, subject: Subject, panel: Panel, status: int
) -> HttpResponse:
    persona = found_persona(request, subject.pk)
    return persona_shown(request, persona, panel=panel, status=status)


def _map_page(request: TenantRequest, subject: Subject, panel: Panel, status: int) -> HttpResponse:
    row = found_map(request, subject.pk, Sight.CONTENT)
    return map_shown_page(request, row, panel=panel, status=status)


PERSONA = TalkKind("persona", "personas", _persona, _persona_page)
MAP = TalkKind("map", "personas", _map, _map_page)
