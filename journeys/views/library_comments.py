"""Items of the library as the routes of comments know them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cxm.collaboration.views.talk import TalkKind
from journeys.rules.library_sorts import SORTS
from journeys.selectors.subjects import ItemSubject
from journeys.views.library_item import item_shown
from journeys.views.library_kinds import found_item

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from cxm.collaboration.selectors.panel import Panel
    from cxm.collaboration.selectors.talk import Subject
    from cxm.tenants.access import TenantRequest
    from journeys.rules.library_sorts import Sort


def _found(sort: Sort, request: TenantRequest, document_id: UUID) -> ItemSubject:
    return ItemSubject(sort, found_item(request, sort, document_id))


def _shown(
    sort: Sort, request: TenantRequest, subject: Subject, panel: Panel, status: int
) -> HttpResponse:
    item = found_item(request, sort, subject.pk)
    return item_shown(request, sort, item, comments=panel, status=status)


ITEMS = {
    sort.name: TalkKind(sort.name, "journeys", partial(_found, sort), partial(_shown, sort))
    for sort in SORTS.values()
}
