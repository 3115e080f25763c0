"""Topics, and the texts that are about them, in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from cxm.customers.selectors.persons import Reader, read_persons
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from feedback.models import Response as SurveyResponse
from feedback.models import Topic, TopicHit
from feedback.rules.text.language import LANGUAGES
from feedback.rules.text.topic_match import ANY_LANGUAGE
from feedback.rules.text.topic_rules import LONGEST_RULE
from feedback.selectors.topics import topics_listed
from feedback.services import topics as services

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from rest_framework.request import Request


class TopicSerializer(serializers.Serializer[Topic]):
    """A topic with the version of its rule in force."""

    id = serializers.UUIDField()
    key = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    parent_id = serializers.UUIDField(allow_null=True)
    version = serializers.IntegerField(source="rule.number")
    expressions = serializers.DictField(
        source="rule.expressions", child=serializers.CharField(), help_text="By language, or any."
    )
    archived_at = serializers.DateTimeField(allow_null=True)


class TopicHitSerializer(serializers.Serializer[TopicHit]):
    """A text that is about a topic, or of which a person said that it is not.

    `spans` are pairs of code points in the text, end exclusive; empty where names are hidden from
    the reader, since they would not fit the text then.
    """

    id = serializers.UUIDField()
    response_id = serializers.UUIDField(source="verbatim.response_id")
    question = serializers.CharField(source="verbatim.question_key")
    text = serializers.CharField(source="shown")
    language = serializers.CharField(source="verbatim.language")
    spans = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()), source="shown_spans"
    )
    polarity = serializers.FloatField(allow_null=True)
    origin = serializers.ChoiceField(TopicHit.Origin.choices)
    is_active = serializers.BooleanField()


class ExpressionsBody(StrictSerializer[Any]):
    """Expressions by language."""

    def get_fields(self) -> dict[str, Any]:
        """Give a field for each language, and one for all."""
        return {
            code: serializers.CharField(max_length=LONGEST_RULE, required=False, allow_blank=True)
            for code in (ANY_LANGUAGE, *LANGUAGES)
        }


class TopicBody(StrictSerializer[Any]):
    """A topic and its rule."""

    title = serializers.CharField(max_length=80)
    description = serializers.CharField(max_length=500, required=False, allow_blank=True)
    parent_id = serializers.UUIDField(required=False, allow_null=True)
    expressions = ExpressionsBody()
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class TopicQuery(StrictSerializer[Any]):
    """Which topics to list."""

    archived = serializers.BooleanField(
        required=False, source="is_archived", help_text="True lists the archived ones instead."
    )


class TopicView(TenantApiView):
    """Base of what is about topics."""

    rights = {"get": Right.SEE_RESPONSES}

    def found(self, topic_id: UUID) -> Topic:
        """Load a topic; raises Http404."""
        rows = Topic.objects.for_tenant(self.tenant).select_related("tenant", "rule", "parent")
        topic: Topic = get_object_or_404(rows, pk=topic_id)
        return topic

    def parent(self, given: dict[str, Any]) -> dict[str, Any]:
        """Load the topic that another is to stand under; raises ValidationError."""
        if "parent_id" not in given:
            return {}
        parent_id = given.pop("parent_id")
        parent = topics_listed(self.tenant).filter(pk=parent_id).first() if parent_id else None
        if parent_id and parent is None:
            raise serializers.ValidationError({"parent_id": ["There is no such topic."]})
        return {"parent": parent}


class TopicListView(TopicView):
    """All topics."""

    rights = {"get": Right.SEE_RESPONSES, "post": Right.EDIT_SEGMENTS}

    @paged(TopicSerializer, TopicQuery)
    def get(self, request: Request) -> Response:
        """List topics by title."""
        asked = query_values(TopicQuery, request.query_params)
        rows = topics_listed(self.tenant, **asked).filter(rule__isnull=False)
        return cursor_page(request, rows, TopicSerializer)

    @extend_schema(operation_id="topic_create", request=TopicBody, responses={201: TopicSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a topic; its rule is applied to all texts in the background."""
        given = cleaned(TopicBody, request)
        given |= self.parent(given)
        topic = services.make_topic(tenant=self.tenant, by=self.actor, now=now(), **given)
        return Response(TopicSerializer(topic).data, status=status.HTTP_201_CREATED)


class OneTopicView(TopicView):
    """One topic."""

    rights = {"get": Right.SEE_RESPONSES, "patch": Right.EDIT_SEGMENTS}

    @extend_schema(operation_id="topic_read", responses=TopicSerializer)
    def get(self, _request: Request, topic_id: UUID) -> Response:
        """Read a topic."""
        return Response(TopicSerializer(self.found(topic_id)).data)

    @extend_schema(operation_id="topic_change", request=TopicBody, responses=TopicSerializer)
    def patch(self, request: Request, topic_id: UUID) -> Response:
        """Change a topic; another rule is applied to all texts in the background."""
        topic = self.found(topic_id)
        given = cleaned(TopicBody, request)
        given |= self.parent(given)
        kept = {
            "title": topic.title,
            "description": topic.description,
            "parent": topic.parent,
            "expressions": topic.rule.expressions if topic.rule else {},
        }
        services.save_topic(topic=topic, by=self.actor, now=now(), **{**kept, **given})
        return Response(TopicSerializer(self.found(topic_id)).data)


class TopicHitListView(TopicView):
    """The texts of a topic."""

    @paged(TopicHitSerializer)
    def get(self, request: Request, topic_id: UUID) -> Response:
        """List what was found or said, newest text first."""
        topic = self.found(topic_id)
        rows = TopicHit.objects.for_tenant(self.tenant).filter(
            topic=topic, verbatim__response__state__in=SurveyResponse.LIVE_STATES
        )
        found = rows.select_related("verbatim__response").defer(
            "verbatim__words", "verbatim__response__answers"
        )
        return cursor_page(
            request,
            found.order_by("-verbatim", "-pk"),
            TopicHitSerializer,
            joined=self.shown,
        )

    def shown(self, hits: list[Any]) -> Sequence[Any]:
        """Give each hit its text as the reader may read it."""
        reader = Reader(self.tenant, sees_persons=self.actor_may(Right.SEE_PERSONS))
        ids = [hit.verbatim.response.customer_id for hit in hits]
        persons = read_persons(reader, ids)
        for hit, customer_id in zip(hits, ids, strict=True):
            hit.shown = persons.of(customer_id).shown(hit.verbatim.text)
            hit.shown_spans = hit.spans if hit.shown == hit.verbatim.text else []
        return hits


_TOPIC = "topics/<uuid:topic_id>"
api_urls = [
    path("topics/", TopicListView.as_view()),
    path(f"{_TOPIC}/", OneTopicView.as_view()),
    path(f"{_TOPIC}/hits/", TopicHitListView.as_view()),
]
