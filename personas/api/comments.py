"""Threads of comments on personas and stakeholder maps in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404

from cxm.collaboration.api.comments import SubjectView, thread_urls
from personas.models import Persona, StakeholderMap
from personas.rules.map_access import Sight
from personas.selectors.maps import sight_of
from personas.selectors.subjects import MapSubject, PersonaSubject

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.collaboration.selectors.talk import Subject


class _OfPersona(SubjectView):
    def subject(self, document_id: UUID) -> Subject:
        """Find a persona."""
        rows = Persona.objects.for_tenant(self.tenant).filter(deleted_at=None)
        return PersonaSubject(get_object_or_404(rows.select_related("tenant"), pk=document_id))


class _OfMap(SubjectView):
    def subject(self, document_id: UUID) -> Subject:
        """Find a map that the one who asks may read."""
        rows = StakeholderMap.objects.for_tenant(self.tenant).filter(deleted_at=None)
        row = get_object_or_404(rows.select_related("tenant"), pk=document_id)
        if sight_of(row, self.reader) < Sight.CONTENT:
            raise Http404
        return MapSubject(row)


api_urls = [
    *thread_urls("personas", _OfPersona, "Persona", "A thread; `part` is a section."),
    *thread_urls("stakeholder-maps", _OfMap, "Map", "A thread; `part` is a stakeholder."),
]
