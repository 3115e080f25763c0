"""Merging personas in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, idempotent
from cxm.kernel.clock import now
from cxm.kernel.operations.records import Source
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from personas.api.personas import PersonaSerializer
from personas.models import Persona
from personas.services.merging import merge_personas

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class PersonaMergeBody(StrictSerializer[Any]):
    """The persona that is merged into the one in the address."""

    other = serializers.UUIDField()


class PersonaMergeView(TenantApiView):
    """Two personas becoming one."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(
        operation_id="persona_merge", request=PersonaMergeBody, responses={200: PersonaSerializer}
    )
    @idempotent
    def post(self, request: Request, persona_id: UUID) -> Response:
        """Merge another persona into this one, and archive it; done twice it is done once."""
        rows = Persona.objects.for_tenant(self.tenant).filter(deleted_at=None)
        rows = rows.select_related("tenant")
        kept = get_object_or_404(rows, pk=persona_id)
        other = get_object_or_404(rows, pk=cleaned(PersonaMergeBody, request)["other"])
        done = merge_personas(kept=kept, other=other, by=self.actor, now=now(), source=Source.API)
        return Response(PersonaSerializer(done).data)


api_urls = [path("personas/<uuid:persona_id>/merge/", PersonaMergeView.as_view())]
