"""Maps as the routes of comments know them: what is commented on, and what is shown then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse

from cxm.collaboration.views.talk import TalkKind
from cxm.kernel.htmx import page
from cxm.tenants.rules import Right
from journeys.selectors.subjects import JourneyMapSubject
from journeys.views.finding import found_map
from journeys.views.map_page import map_shown
from journeys.views.map_talk import beside
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.collaboration.selectors.panel import Panel
    from cxm.collaboration.selectors.talk import Subject
    from cxm.tenants.access import TenantRequest

ANSWER = "journeys/map_comments.html"


def _found(request: TenantRequest, document_id: UUID) -> JourneyMapSubject:
    return JourneyMapSubject(found_map(request, document_id))


def _shown(request: TenantRequest, subject: Subject, panel: Panel, status: int) -> HttpResponse:
    related = ("baseline", "journey__owner__user")
    row = found_map(request, subject.pk, Sight.CONTENT, *related)
    return map_shown(request, row, comments=panel, status=status)


def _answer(request: TenantRequest, subject: Subject, panel: Panel, status: int) -> HttpResponse:
    row = found_map(request, subject.pk)
    return page(request, ANSWER, beside(request, row, panel), status=status)


# Guests who were let in pass the door: what they may do in a journey its grant says.
MAP = TalkKind(
    "map",
    "journeys",
    _found,
    _shown,
    _answer,
    reads=Right.OPEN_JOURNEYS,
    writes=Right.OPEN_JOURNEYS,
)
