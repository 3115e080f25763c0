"""Threads of comments on maps and items of the library in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.http import Http404
from django.shortcuts import get_object_or_404

from cxm.collaboration.api.comments import SubjectView, thread_urls
from cxm.tenants.rules import Right
from journeys.models import JourneyMap
from journeys.rules.library_sorts import INSIGHT, SORTS
from journeys.selectors.journeys import map_sight_of
from journeys.selectors.library import MODELS
from journeys.selectors.subjects import ItemSubject, JourneyMapSubject
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from django.urls import URLPattern

    from cxm.collaboration.selectors.talk import Subject
    from journeys.rules.library_sorts import Sort


class _OfMap(SubjectView):
    def subject(self, document_id: UUID) -> Subject:
        """Find a map that the one who asks may read."""
        rows = JourneyMap.objects.for_tenant(self.tenant).filter(deleted_at=None)
        row = get_object_or_404(rows.select_related("tenant", "journey"), pk=document_id)
        may_edit = self.actor_may(Right.EDIT_JOURNEYS)
        if map_sight_of(row, self.reader, may_edit=may_edit) < Sight.CONTENT:
            raise Http404
        return JourneyMapSubject(row)


class _OfItem(SubjectView):
    sort: ClassVar[Sort] = INSIGHT

    def subject(self, document_id: UUID) -> Subject:
        """Find an item of the library."""
        rows: Any = MODELS[self.sort.name].objects.for_tenant(self.tenant)
        rows = rows.filter(deleted_at=None).select_related("tenant")
        return ItemSubject(self.sort, get_object_or_404(rows, pk=document_id))


def _item_urls(sort: Sort) -> list[URLPattern]:
    of = type(f"_Of{sort.words}", (_OfItem,), {"sort": sort})
    told = f"A thread about one of the {sort.plural.lower()}; `part` is null."
    return thread_urls(sort.plural.lower(), of, sort.words, told)


_ABOUT = "A thread; `part` is the lineage of a stage, step, lane, card or way."
api_urls = [
    *thread_urls("journey-maps", _OfMap, "JourneyMap", _ABOUT),
    *(route for sort in SORTS.values() for route in _item_urls(sort)),
]
