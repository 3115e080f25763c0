"""Definitions of churn and what was counted by them, in the JSON API."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from analytics.models import ChurnDefinition
from analytics.rules.churn import ChurnKind
from analytics.selectors.churn import Counted, counted_definitions
from analytics.services import churn_definitions as services
from cxm.kernel.api import StrictSerializer, cleaned, idempotent
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from cxm.touchpoints.rules.keys import LONGEST_KEY

if TYPE_CHECKING:
    from rest_framework.request import Request

RULE = (
    "The rule: days and names, or ends, starts, grace_days and reason, or plans and grace_days; "
    "see docs/churn.md."
)


class ChurnDefinitionSerializer(serializers.Serializer[Any]):
    """A definition with its rule in force, and how many it finds; null until it is counted."""

    key = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(ChurnKind.choices())
    rule = serializers.DictField()
    words = serializers.CharField()
    version = serializers.IntegerField()
    leads = serializers.BooleanField()
    counted_at = serializers.DateTimeField(allow_null=True)
    there = serializers.IntegerField(allow_null=True)
    gone = serializers.IntegerField(allow_null=True)
    lone_ends = serializers.IntegerField(allow_null=True)
    watched_since = serializers.DateField(allow_null=True)


class ChurnDetailSerializer(ChurnDefinitionSerializer):
    """The same with all that was counted: months, cohorts, curves, groups, overlaps."""

    result = serializers.DictField(allow_null=True)


class ChurnDefinitionBody(StrictSerializer[Any]):
    """A new definition."""

    title = serializers.CharField(max_length=120)
    key = serializers.SlugField(max_length=LONGEST_KEY, required=False)
    kind = serializers.ChoiceField(ChurnKind.choices())
    rule = serializers.DictField(help_text=RULE)


class ChurnDefinitionChange(StrictSerializer[Any]):
    """What may change; the kind of a rule stays."""

    title = serializers.CharField(max_length=120, required=False)
    rule = serializers.DictField(required=False, help_text=RULE)


class _ChurnView(TenantApiView):
    """What all views of definitions share."""

    def found(self, key: str) -> Counted:
        """Load a definition that is not archived; raises Http404."""
        for one in counted_definitions(self.tenant):
            if one.definition.key == key:
                return one
        raise Http404

    def answer(self, key: str, status: int = 200) -> Response:
        """Answer with a definition and what was counted by it."""
        one = self.found(key)
        result = one.result
        if result and result.reasons and not self.actor_may(Right.SEE_CUSTOMERS):
            result = replace(result, reasons=result.reasons.of_many)
        months = {"months": one.brief.as_json()["months"]} if one.brief else {}
        detail = {**_record(one), "result": result and {**months, **result.as_json()}}
        return Response(detail, status=status)


class ChurnDefinitionsView(_ChurnView):
    """All definitions of churn."""

    rights = {"get": Right.SEE_FIGURES, "post": Right.EDIT_REGISTRIES}

    @extend_schema(
        operation_id="churn_definitions",
        responses=inline_serializer(
            "ChurnDefinitions", {"results": ChurnDefinitionSerializer(many=True)}
        ),
    )
    def get(self, _request: Request) -> Response:
        """List the definitions that are not archived, the leading one first."""
        return Response({"results": [_record(one) for one in counted_definitions(self.tenant)]})

    @extend_schema(request=ChurnDefinitionBody, responses={201: ChurnDetailSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a definition; it is counted as a job."""
        values = cleaned(ChurnDefinitionBody, request)
        config = values.pop("rule")
        made = services.create_churn_definition(
            tenant=self.tenant, config=config, by=self.actor, now=now(), **values
        )
        return self.answer(made.key, status=201)


class ChurnDefinitionView(_ChurnView):
    """One definition of churn."""

    rights = {"get": Right.SEE_FIGURES, "patch": Right.EDIT_REGISTRIES}

    @extend_schema(operation_id="churn_definition", responses=ChurnDetailSerializer)
    def get(self, _request: Request, churn_key: str) -> Response:
        """Read a definition and all that was counted by it."""
        return self.answer(churn_key)

    @extend_schema(request=ChurnDefinitionChange, responses=ChurnDetailSerializer)
    def patch(self, request: Request, churn_key: str) -> Response:
        """Change a definition; another rule is a new version, and counts all history anew."""
        values = cleaned(ChurnDefinitionChange, request)
        one = self.found(churn_key)
        services.change_churn_definition(
            definition=one.definition,
            title=values.get("title", one.definition.title),
            config=values.get("rule", one.rule.as_json()),
            by=self.actor,
            now=now(),
        )
        return self.answer(churn_key)


class ChurnDefinitionArchiveView(TenantApiView):
    """Archiving and restoring a definition."""

    rights = {"post": Right.EDIT_REGISTRIES}
    is_archived = True

    @extend_schema(request=None, responses={204: None})
    @idempotent
    def post(self, _request: Request, churn_key: str) -> Response:
        """Take a definition off the pages, or bring it back; nothing where it is there already."""
        rows = ChurnDefinition.objects.for_tenant(self.tenant)
        definition = rows.filter(key=churn_key).first()
        if definition is None:
            raise Http404
        services.archive_churn_definition(
            definition=definition, is_archived=self.is_archived, by=self.actor, now=now()
        )
        return Response(status=204)


class ChurnDefinitionRestoreView(ChurnDefinitionArchiveView):
    """Restoring a definition."""

    is_archived = False


class ChurnDefinitionLeadView(_ChurnView):
    """Letting a definition lead."""

    rights = {"post": Right.EDIT_REGISTRIES}

    @extend_schema(request=None, responses=ChurnDetailSerializer)
    @idempotent
    def post(self, _request: Request, churn_key: str) -> Response:
        """Let a definition be the one that pages show first."""
        services.lead_with(definition=self.found(churn_key).definition, by=self.actor)
        return self.answer(churn_key)


def _record(one: Counted) -> dict[str, Any]:
    definition, brief = one.definition, one.brief
    return {
        "key": definition.key,
        "title": definition.title,
        "kind": definition.kind,
        "rule": one.rule.as_json(),
        "words": one.rule.words,
        "version": definition.version,
        "leads": definition.is_headline,
        "counted_at": one.at and one.at.isoformat(),
        "there": brief and brief.there,
        "gone": brief and brief.gone,
        "lone_ends": brief and brief.lone_ends,
        "watched_since": (brief and brief.watched) or None,
    }


api_urls = [
    path("churn-definitions/", ChurnDefinitionsView.as_view()),
    path("churn-definitions/<slug:churn_key>/", ChurnDefinitionView.as_view()),
    path("churn-definitions/<slug:churn_key>/archive/", ChurnDefinitionArchiveView.as_view()),
    path("churn-definitions/<slug:churn_key>/restore/", ChurnDefinitionRestoreView.as_view()),
    path("churn-definitions/<slug:churn_key>/lead/", ChurnDefinitionLeadView.as_view()),
]
