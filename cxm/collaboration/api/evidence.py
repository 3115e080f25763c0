"""Evidence in the JSON API. It is cited under statements by operations of their persona."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.collaboration.models import Asset, Evidence
from cxm.collaboration.rules.evidence import (
    LONGEST_EXCERPT,
    LONGEST_SOURCE,
    LONGEST_URL,
    MOST_SUBJECTS,
    WRITTEN,
)
from cxm.collaboration.rules.kinds import EvidenceKind, Polarity
from cxm.collaboration.selectors.evidence import evidence_listed
from cxm.collaboration.services import evidence as services
from cxm.collaboration.services.evidence import Observation
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

_TOLD = ("excerpt", "source_label", "url", "asset")


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """A piece of evidence; `cleared_at` says when its excerpt was erased with a customer.

    Without the right `see_excerpts`, `excerpt`, `source_label`, `url` and `asset` are null.
    """

    class Meta:
        model = Evidence
        fields = [
            "id",
            "kind",
            "polarity",
            "excerpt",
            "source_label",
            "url",
            "asset",
            "subjects",
            "observed_on",
            "cleared_at",
            "archived_at",
            "created_at",
        ]
        read_only_fields = fields


class HiddenEvidenceSerializer(EvidenceSerializer):
    """A piece of evidence without what customers said."""

    def to_representation(self, instance: Evidence) -> dict[str, Any]:
        """Give *instance* with null for what the reader may not see."""
        return {**super().to_representation(instance), **dict.fromkeys(_TOLD)}


class EvidenceBody(StrictSerializer[Any]):
    """New evidence; `url` only of web pages, `asset` (the id of a file) only of files."""

    kind = serializers.ChoiceField(choices=[(kind.value, kind.words) for kind in WRITTEN])
    polarity = serializers.ChoiceField(choices=Polarity.choices())
    source_label = serializers.CharField(max_length=LONGEST_SOURCE)
    observed_on = serializers.DateField()
    excerpt = serializers.CharField(max_length=LONGEST_EXCERPT, required=False, allow_blank=True)
    subjects = serializers.IntegerField(min_value=1, max_value=MOST_SUBJECTS, required=False)
    url = serializers.CharField(max_length=LONGEST_URL, required=False, allow_blank=True)
    asset = serializers.UUIDField(required=False, allow_null=True)


class EvidenceChange(EvidenceBody):
    """What shall change; the kind stays as it was."""

    kind = None  # type: ignore[assignment]  # takes the field away


class EvidenceQuery(StrictSerializer[Any]):
    """Which evidence to list."""

    q = serializers.CharField(
        required=False, allow_blank=True, help_text="Part of the excerpt or the source."
    )
    kind = serializers.ChoiceField(choices=EvidenceKind.choices(), required=False)
    polarity = serializers.ChoiceField(choices=Polarity.choices(), required=False)
    archived = serializers.BooleanField(
        required=False, source="is_archived", help_text="True lists the archived ones instead."
    )


class _EvidenceApiView(TenantApiView):
    """Base of what is about evidence."""

    @property
    def sees_excerpts(self) -> bool:
        """Whether the key may read what customers said."""
        return self.actor_may(Right.SEE_EXCERPTS)

    @property
    def shape(self) -> type[EvidenceSerializer]:
        """Give the serializer for what the key may read."""
        return EvidenceSerializer if self.sees_excerpts else HiddenEvidenceSerializer

    def row(self, evidence_id: UUID) -> Evidence:
        """Load a piece of evidence; raises Http404."""
        rows = Evidence.objects.for_tenant(self.tenant).select_related("tenant", "asset")
        return get_object_or_404(rows, pk=evidence_id)

    def answer(self, row: Evidence, *, status: int = 200) -> Response:
        """Show a piece of evidence."""
        return Response(self.shape(row).data, status=status)

    def read(self, values: dict[str, Any]) -> dict[str, Any]:
        """Give the values of a body as an Observation takes them; raises Http404 for a file."""
        read = dict(values)
        for name, kind in (("kind", EvidenceKind), ("polarity", Polarity)):
            if name in read:
                read[name] = kind(read[name])
        if read.get("asset"):
            read["asset"] = Asset.objects.for_tenant(self.tenant).filter(pk=read["asset"]).first()
            if read["asset"] is None:
                raise Http404
        return read


class EvidenceListView(_EvidenceApiView):
    """All evidence."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}

    @paged(EvidenceSerializer, EvidenceQuery)
    def get(self, request: Request) -> Response:
        """List evidence, the latest observation first."""
        asked = query_values(EvidenceQuery, request.query_params)
        rows = evidence_listed(self.tenant, **asked, sees_excerpts=self.sees_excerpts)
        return cursor_page(request, rows, self.shape)

    @extend_schema(request=EvidenceBody, responses={201: EvidenceSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Write down a piece of evidence."""
        seen = Observation(**self.read(cleaned(EvidenceBody, request)))
        row = services.write_evidence(tenant=self.tenant, seen=seen, by=self.actor, now=now())
        return self.answer(row, status=201)


class EvidenceView(_EvidenceApiView):
    """One piece of evidence."""

    rights = {"get": Right.SEE_JOURNEYS, "patch": Right.EDIT_JOURNEYS}

    @extend_schema(operation_id="evidence_read", responses=EvidenceSerializer)
    def get(self, _request: Request, evidence_id: UUID) -> Response:
        """Read a piece of evidence."""
        return self.answer(self.row(evidence_id))

    @extend_schema(request=EvidenceChange, responses=EvidenceSerializer)
    def patch(self, request: Request, evidence_id: UUID) -> Response:
        """Change a piece that was written down; what is not sent stays."""
        row = self.row(evidence_id)
        seen = replace(services.observed(row), **self.read(cleaned(EvidenceChange, request)))
        changed = services.change_evidence(evidence=row, seen=seen, by=self.actor, now=now())
        return self.answer(changed)


class EvidenceArchiveView(_EvidenceApiView):
    """Archiving a piece of evidence."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=None, responses=EvidenceSerializer)
    @idempotent
    def post(self, _request: Request, evidence_id: UUID) -> Response:
        """Take it off the lists; where it is cited it counts no more."""
        row = self.row(evidence_id)
        return self.answer(services.archive_evidence(evidence=row, by=self.actor, now=now()))


class EvidenceRestoreView(_EvidenceApiView):
    """Restoring a piece of evidence."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=None, responses=EvidenceSerializer)
    @idempotent
    def post(self, _request: Request, evidence_id: UUID) -> Response:
        """Bring it back to the lists; it counts again where it is cited."""
        row = self.row(evidence_id)
        return self.answer(services.restore_evidence(evidence=row, by=self.actor))


api_urls = [
    path("evidence/", EvidenceListView.as_view()),
    path("evidence/<uuid:evidence_id>/", EvidenceView.as_view()),
    path("evidence/<uuid:evidence_id>/archive/", EvidenceArchiveView.as_view()),
    path("evidence/<uuid:evidence_id>/restore/", EvidenceRestoreView.as_view()),
]
