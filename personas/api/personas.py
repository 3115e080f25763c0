"""Personas in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.kernel.operations.records import Source
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from personas.models import Persona, PersonaFactEvidence, PersonaFile
from personas.rules.kinds import PersonaKind, PersonaStatus
from personas.rules.templates import BLANK, TEMPLATES
from personas.selectors.evidence import backing_of
from personas.selectors.library import personas_listed
from personas.selectors.pages import sections_shown
from personas.services.personas import LONGEST_NAME, create_persona

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from cxm.collaboration.selectors.backing import Backing


class PersonaSerializer(serializers.ModelSerializer[Persona]):
    """A persona; `segment` is the id of the one it describes, `head_seq` counts its operations.

    `picture` and `cover` are ids of assets; `avatar` is drawn where there is no picture, and has
    the words for both.
    """

    class Meta:
        model = Persona
        fields = [
            "id",
            "key",
            "name",
            "tagline",
            "quote",
            "avatar",
            "picture",
            "cover",
            "colour",
            "kind",
            "status",
            "category",
            "owner",
            "segment",
            "reviewed_on",
            "review_every_days",
            "archived_at",
            "head_seq",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class CitationSerializer(serializers.ModelSerializer[PersonaFactEvidence]):
    """Evidence under a statement; `id` is the element that operations delete and restore."""

    class Meta:
        model = PersonaFactEvidence
        fields = ["id", "evidence"]
        read_only_fields = fields


class StatementSerializer(serializers.Serializer[Any]):
    """One statement; `facet` only in jobs, `label` in facts and days.

    `grade` says how well it is backed as of today, `grade_by_hand` what somebody set ("" for
    none), `citations` which evidence is cited: their ids, and those of the evidence.
    """

    id = serializers.UUIDField(source="row.pk")
    text = serializers.CharField(source="row.text")
    label = serializers.CharField(source="row.label")  # type: ignore[assignment]  # a declared field
    facet = serializers.CharField(source="row.facet")
    grade = serializers.SerializerMethodField()
    grade_by_hand = serializers.CharField(source="row.grade_override")
    citations = serializers.SerializerMethodField()

    def get_grade(self, placed: Any) -> str:
        """Give the grade that holds."""
        return str(self._backing(placed).grade)

    @extend_schema_field(CitationSerializer(many=True))
    def get_citations(self, placed: Any) -> Any:
        """Give what is cited."""
        return CitationSerializer(self._backing(placed).citations, many=True).data

    def _backing(self, placed: Any) -> Backing:
        found: Backing = self.context["backing"].of(placed.row.pk)
        return found


class PersonaFileSerializer(serializers.ModelSerializer[PersonaFile]):
    """A picture or file in a section; `asset` is the id of what is kept, under /api/v1/assets/."""

    class Meta:
        model = PersonaFile
        fields = ["id", "asset", "title", "alt", "is_decorative"]
        read_only_fields = fields


class PersonaSectionSerializer(serializers.Serializer[Any]):
    """A section; it has `statements` or a `content`, as its kind says."""

    id = serializers.UUIDField(source="row.pk")
    kind = serializers.CharField(source="row.kind")
    title = serializers.CharField(source="row.title")
    width = serializers.CharField(source="row.width")
    content = serializers.JSONField(source="row.content")
    statements = StatementSerializer(many=True, source="facts")
    files = PersonaFileSerializer(many=True, source="file_rows")


class PersonaDetailSerializer(PersonaSerializer):
    """A persona with its sections in order."""

    sections = PersonaSectionSerializer(many=True)

    class Meta(PersonaSerializer.Meta):
        fields = [*PersonaSerializer.Meta.fields, "sections"]
        read_only_fields = fields


class PersonaBody(StrictSerializer[Any]):
    """A new persona; what is in it is changed by operations."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    template = serializers.ChoiceField(choices=list(TEMPLATES), default=BLANK.key)
    kind = serializers.ChoiceField(
        choices=PersonaKind.choices(),
        required=False,
        help_text="Left out, it is the template's.",
    )


class PersonaQuery(StrictSerializer[Any]):
    """Which personas to list."""

    q = serializers.CharField(
        required=False, allow_blank=True, help_text="Part of a name, tagline or category."
    )
    kind = serializers.ChoiceField(choices=PersonaKind.choices(), required=False)
    status = serializers.ChoiceField(choices=PersonaStatus.choices(), required=False)
    archived = serializers.BooleanField(
        required=False, source="is_archived", help_text="True lists the archived ones instead."
    )


class _PersonaView(TenantApiView):
    """Base of what is about personas."""

    def answer(self, persona_id: UUID, *, status: int = 200) -> Response:
        """Show a persona as it stands now; raises Http404."""
        rows = Persona.objects.for_tenant(self.tenant).filter(deleted_at=None)
        persona = get_object_or_404(rows.select_related("tenant"), pk=persona_id)
        shown = sections_shown(persona)
        facts = [placed.row for section in shown for placed in section.facts]
        context = {"backing": backing_of(persona, facts, now=now())}
        sections = PersonaSectionSerializer(shown, many=True, context=context).data
        return Response({**PersonaSerializer(persona).data, "sections": sections}, status=status)


class PersonaListView(_PersonaView):
    """All personas."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}

    @paged(PersonaSerializer, PersonaQuery)
    def get(self, request: Request) -> Response:
        """List personas by name."""
        asked = query_values(PersonaQuery, request.query_params)
        return cursor_page(request, personas_listed(self.tenant, **asked), PersonaSerializer)

    @extend_schema(request=PersonaBody, responses={201: PersonaDetailSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a persona, blank or from a template."""
        values = cleaned(PersonaBody, request)
        kind = values.get("kind")
        persona = create_persona(
            tenant=self.tenant,
            name=values["name"],
            template=TEMPLATES[values["template"]],
            kind=PersonaKind(kind) if kind else None,
            by=self.actor,
            now=now(),
            source=Source.API,
        )
        return self.answer(persona.pk, status=201)


class PersonaView(_PersonaView):
    """One persona."""

    rights = {"get": Right.SEE_JOURNEYS}

    @extend_schema(operation_id="persona_read", responses=PersonaDetailSerializer)
    def get(self, _request: Request, persona_id: UUID) -> Response:
        """Read a persona with its sections and statements."""
        return self.answer(persona_id)


api_urls = [
    path("personas/", PersonaListView.as_view()),
    path("personas/<uuid:persona_id>/", PersonaView.as_view()),
]
