"""Operations on personas and stakeholder maps in the JSON API."""

from __future__ import annotations

from typing import Any

from django.urls import path

from cxm.collaboration.api.operations import OperationsView
from cxm.tenants.rules import Right
from personas.selectors.documents import may_change, may_read_log
from personas.services.stores import MAPS, PERSONAS


class _DocumentOperationsView(OperationsView):
    def may_change(self, document: Any) -> bool:
        """Whether who asks may change *document*, having the right to edit."""
        return may_change(document, self.member)

    def may_read_log(self, document: Any) -> bool:
        """Whether who asks may see what was done to *document*."""
        may_edit = self.actor_may(Right.EDIT_JOURNEYS)
        return may_read_log(document, self.member, may_edit=may_edit)


class PersonaOperationsView(_DocumentOperationsView):
    """Operations on a persona."""

    store = PERSONAS


class MapOperationsView(_DocumentOperationsView):
    """Operations on a stakeholder map."""

    store = MAPS


api_urls = [
    path("personas/<uuid:document_id>/operations/", PersonaOperationsView.as_view()),
    path("stakeholder-maps/<uuid:document_id>/operations/", MapOperationsView.as_view()),
]
