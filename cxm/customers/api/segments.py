"""Segments in the JSON API."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.customers.models import Segment, SegmentMember
from cxm.customers.rules.segment_reading import read_rule
from cxm.customers.rules.segment_rule import rule_json
from cxm.customers.rules.segment_words import sentence
from cxm.customers.selectors import segment_history as history
from cxm.customers.selectors import segments as selectors
from cxm.customers.selectors.persons import Reader, read_persons
from cxm.customers.selectors.segment_names import read_segment_names
from cxm.customers.services import segments as services
from cxm.customers.services.segment_checking import check_rule
from cxm.customers.services.segment_preview import preview
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from cxm.touchpoints.rules.keys import LONGEST_KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from rest_framework.request import Request

RULE_WORDS = "The rule, as docs/segments.md describes."


class SegmentSerializer(serializers.ModelSerializer[Segment]):
    """A segment; `size` is null until its members are counted."""

    class Meta:
        model = Segment
        fields = [
            "id",
            "key",
            "title",
            "description",
            "version",
            "is_pinned",
            "size",
            "refreshed_at",
            "error",
            "archived_at",
            "created_at",
        ]
        read_only_fields = fields


class SegmentDetailSerializer(SegmentSerializer):
    """A segment with its rule, as JSON and as a sentence.

    Where `is_masked`, values about persons are “…” for this reader in both.
    """

    rule = serializers.JSONField()
    sentence = serializers.CharField()
    is_masked = serializers.BooleanField()

    class Meta(SegmentSerializer.Meta):
        fields = [*SegmentSerializer.Meta.fields, "rule", "sentence", "is_masked"]
        read_only_fields = fields


class SegmentChange(StrictSerializer[Segment]):
    """What may be changed of a segment; another rule is a new version."""

    title = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=500, required=False, allow_blank=True)
    is_pinned = serializers.BooleanField(required=False)
    rule = serializers.JSONField(help_text=RULE_WORDS)


class SegmentBody(SegmentChange):
    """A new segment."""

    key = serializers.SlugField(
        max_length=LONGEST_KEY, required=False, help_text="Left out, it is made of the title."
    )


class SegmentQuery(StrictSerializer[Any]):
    """Which segments to list."""

    q = serializers.CharField(required=False, allow_blank=True, help_text="Part of a title or key.")
    archived = serializers.BooleanField(
        required=False, source="is_archived", help_text="True lists the archived ones instead."
    )


class SegmentRuleBody(StrictSerializer[Any]):
    """A rule to be tried."""

    rule = serializers.JSONField(help_text=RULE_WORDS)


class CountSerializer(serializers.Serializer[Any]):
    """A count; `low` and `high` differ from `n` where it comes from a sample (95 %)."""

    n = serializers.IntegerField()
    low = serializers.IntegerField()
    high = serializers.IntegerField()


class PreviewSerializer(serializers.Serializer[Any]):
    """What a rule selects now; `lines` and `without` are by place, such as `all[0]`."""

    people = serializers.IntegerField()
    size = CountSerializer()
    share = serializers.FloatField(allow_null=True)
    is_sampled = serializers.BooleanField()
    looked_at = serializers.IntegerField()
    sentence = serializers.CharField()
    lines = serializers.DictField(child=CountSerializer())
    without = serializers.DictField(child=CountSerializer())
    some = serializers.ListField(child=serializers.UUIDField(), help_text="Up to 20 members.")


class SegmentMemberSerializer(serializers.Serializer[Any]):
    """A member; without the right to see persons `label` hides the name.

    `until` is null for who is still in it.
    """

    customer = serializers.UUIDField(source="member.customer_id")
    label = serializers.CharField(source="person.label")  # type: ignore[assignment]  # a declared field
    since = serializers.DateTimeField(source="member.from_at")
    until = serializers.DateTimeField(source="member.to_at", allow_null=True)


class LookQuery(StrictSerializer[Any]):
    """As of which day."""

    on = serializers.DateField(
        required=False, help_text="Who was in it at the end of that day; absent: who is now."
    )


class OverlapQuery(LookQuery):
    """Which other segment."""

    other = serializers.SlugField(max_length=LONGEST_KEY, help_text="Key of the other segment.")


class OverlapSerializer(serializers.Serializer[Any]):
    """How many are in both segments, in this one only, and in the other only."""

    both = serializers.IntegerField()
    only_this = serializers.IntegerField(source="only_first")
    only_other = serializers.IntegerField(source="only_second")


class _SegmentView(TenantApiView):
    """Base of what is about segments."""

    rights = {"post": Right.EDIT_SEGMENTS}

    def found(self, segment_key: str) -> Segment:
        """Load a segment by its key; raises Http404."""
        rows = Segment.objects.for_tenant(self.tenant).select_related("tenant")
        return get_object_or_404(rows, key=segment_key)

    @property
    def sees_persons(self) -> bool:
        """Whether whoever asks may know who customers are."""
        return self.actor_may(Right.SEE_PERSONS)

    def moment(self, asked: dict[str, Any]) -> datetime | None:
        """Give the end of the day that was asked for; None for now."""
        on = asked.get("on")
        if on == date.max:
            raise serializers.ValidationError({"on": ["Choose an earlier day."]})
        return history.end_of_day(self.tenant, on) if on else None

    def answer(self, segment_key: str, *, status: int = 200) -> Response:
        """Show a segment as it stands now."""
        segment = self.found(segment_key)
        in_force, titles = selectors.rule_in_force(segment), read_segment_names(self.tenant).titles
        [rule] = selectors.shown_rules(self.tenant, [in_force], sees_persons=self.sees_persons)
        shown = {
            **SegmentSerializer(segment).data,
            "rule": rule_json(rule),
            "sentence": sentence(rule, titles),
            "is_masked": rule != in_force,
        }
        return Response(shown, status=status)

    def done(self, segment_key: str, act: Callable[..., object]) -> Response:
        """Do *act* with the segment and show it."""
        act(segment=self.found(segment_key), by=self.actor, now=now())
        return self.answer(segment_key)


class SegmentListView(_SegmentView):
    """All segments."""

    rights = {"get": Right.SEE_CUSTOMERS, "post": Right.EDIT_SEGMENTS}

    @paged(SegmentSerializer, SegmentQuery)
    def get(self, request: Request) -> Response:
        """List segments by title."""
        asked = query_values(SegmentQuery, request.query_params)
        rows = selectors.segments_listed(self.tenant, **asked)
        return cursor_page(request, rows, SegmentSerializer)

    @extend_schema(request=SegmentBody, responses={201: SegmentDetailSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a segment; its members are counted as a job."""
        values = cleaned(SegmentBody, request)
        segment = services.create_segment(tenant=self.tenant, by=self.actor, now=now(), **values)
        return self.answer(segment.key, status=201)


class SegmentView(_SegmentView):
    """One segment."""

    rights = {"get": Right.SEE_CUSTOMERS, "patch": Right.EDIT_SEGMENTS}

    @extend_schema(operation_id="segment_read", responses=SegmentDetailSerializer)
    def get(self, _request: Request, segment_key: str) -> Response:
        """Read a segment with its rule."""
        return self.answer(segment_key)

    @extend_schema(request=SegmentChange, responses=SegmentDetailSerializer)
    def patch(self, request: Request, segment_key: str) -> Response:
        """Change a segment; what is not sent stays."""
        values = cleaned(SegmentChange, request)
        segment = self.found(segment_key)
        services.change_segment(segment=segment, by=self.actor, now=now(), **values)
        return self.answer(segment_key)


class SegmentArchiveView(_SegmentView):
    """Archiving a segment."""

    @extend_schema(request=None, responses=SegmentDetailSerializer)
    @idempotent
    def post(self, _request: Request, segment_key: str) -> Response:
        """Take a segment off the lists; refused while another one is made with it."""
        return self.done(segment_key, services.archive_segment)


class SegmentRestoreView(_SegmentView):
    """Restoring a segment."""

    @extend_schema(request=None, responses=SegmentDetailSerializer)
    @idempotent
    def post(self, _request: Request, segment_key: str) -> Response:
        """Bring an archived segment back and count its members."""
        return self.done(segment_key, services.restore_segment)


class SegmentRefreshView(_SegmentView):
    """Counting the members of a segment."""

    @extend_schema(request=None, responses=SegmentDetailSerializer)
    @idempotent
    def post(self, _request: Request, segment_key: str) -> Response:
        """Count the members now, as a job."""
        return self.done(segment_key, services.ask_for_refresh)


class SegmentMembersView(_SegmentView):
    """The members of a segment."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @paged(SegmentMemberSerializer, LookQuery)
    def get(self, request: Request, segment_key: str) -> Response:
        """List who is in a segment now, or was on a day, newest first."""
        at = self.moment(query_values(LookQuery, request.query_params))
        reader = Reader(self.tenant, sees_persons=self.sees_persons)

        def named(rows: list[SegmentMember]) -> list[dict[str, object]]:
            persons = read_persons(reader, [row.customer_id for row in rows])
            return [{"member": row, "person": persons.of(row.customer_id)} for row in rows]

        rows = history.members(self.found(segment_key), at)
        return cursor_page(request, rows, SegmentMemberSerializer, joined=named)


class SegmentOverlapView(_SegmentView):
    """How two segments overlap."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @extend_schema(parameters=[OverlapQuery], responses=OverlapSerializer)
    def get(self, request: Request, segment_key: str) -> Response:
        """Count who is in both of two segments, and in one alone, now or on a day."""
        segment = self.found(segment_key)
        asked = query_values(OverlapQuery, request.query_params)
        counted = history.overlap(segment, self.found(asked["other"]), self.moment(asked))
        return Response(OverlapSerializer(counted).data)


class SegmentPreviewView(_SegmentView):
    """Trying a rule."""

    @extend_schema(request=SegmentRuleBody, responses=PreviewSerializer)
    def post(self, request: Request) -> Response:
        """Count whom a rule selects now, and each of its parts; nothing is saved."""
        rule = read_rule(cleaned(SegmentRuleBody, request)["rule"])
        titles = read_segment_names(self.tenant).titles
        sees_persons = self.sees_persons
        check_rule(tenant=self.tenant, rule=rule, titles=titles, sees_persons=sees_persons)
        found = preview(tenant=self.tenant, rule=rule, now=now(), with_some=sees_persons)
        said = sentence(rule, titles)
        shape: Any = PreviewSerializer
        return Response(shape(_with(found, sentence=said)).data)


def _with(found: Any, **more: object) -> dict[str, object]:
    names = ("people", "size", "share", "is_sampled", "looked_at", "lines", "without", "some")
    return {name: getattr(found, name) for name in names} | more


_SEGMENT = "segments/<slug:segment_key>"

api_urls = [
    path("segments/", SegmentListView.as_view()),
    # Before the keys: no segment is called "preview".
    path("segments/preview/", SegmentPreviewView.as_view()),
    path(f"{_SEGMENT}/", SegmentView.as_view()),
    path(f"{_SEGMENT}/archive/", SegmentArchiveView.as_view()),
    path(f"{_SEGMENT}/members/", SegmentMembersView.as_view()),
    path(f"{_SEGMENT}/overlap/", SegmentOverlapView.as_view()),
    path(f"{_SEGMENT}/refresh/", SegmentRefreshView.as_view()),
    path(f"{_SEGMENT}/restore/", SegmentRestoreView.as_view()),
]
