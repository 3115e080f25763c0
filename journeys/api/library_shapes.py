"""What items of the library look like in the JSON API, and what makes one."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cxm.kernel.api import StrictSerializer
from journeys.models import Goal, Insight, Opportunity, Solution
from journeys.rules.library import (
    GoalStatus,
    InsightKind,
    InsightStatus,
    OpportunityStatus,
    SolutionStatus,
)
from journeys.rules.library_sorts import SORTS, Sort
from journeys.services.library import LONGEST_TITLE

_MOST_LINKS = 400
_FIRST = ["id", "key", "title"]
_LAST = ["owner", "archived_at", "head_seq", "created_at", "updated_at"]


class ItemLinkSerializer(serializers.Serializer[Any]):
    """A link; `id` is the element that operations delete, `to` what it leads to."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    to = serializers.UUIDField()


class ItemCitationSerializer(serializers.Serializer[Any]):
    """A piece of evidence that is cited; `id` is the citation."""

    id = serializers.UUIDField(source="pk")
    evidence = serializers.UUIDField(source="evidence_id")


class ItemBackingSerializer(serializers.Serializer[Any]):
    """How well an item is backed, as of today: its grade, and what is cited."""

    grade = serializers.CharField()
    citations = ItemCitationSerializer(many=True)


class InsightSerializer(serializers.ModelSerializer[Insight]):
    """Something learned; `impact` from -2 to 2, `weight` from 0 to 100."""

    class Meta:
        model = Insight
        own = ["kind", "body", "status", "impact", "weight", "merged_into"]
        fields = [*_FIRST, *own, *_LAST]
        read_only_fields = fields


class OpportunitySerializer(serializers.ModelSerializer[Opportunity]):
    """A problem worth solving."""

    class Meta:
        model = Opportunity
        fields = [*_FIRST, "problem", "status", "due", "team", *_LAST]
        read_only_fields = fields


class SolutionSerializer(serializers.ModelSerializer[Solution]):
    """A thing that might solve a problem; `cost` is in the smallest units of `currency`."""

    class Meta:
        model = Solution
        own = ["body", "kind", "status", "planned_on", "shipped_on"]
        expected = ["expected_binding", "expected_delta", "cost", "currency", "url"]
        fields = [*_FIRST, *own, *expected, *_LAST]
        read_only_fields = fields


class GoalSerializer(serializers.ModelSerializer[Goal]):
    """What the company wants; `parent` is the goal that it is part of."""

    class Meta:
        model = Goal
        fields = [*_FIRST, "body", "parent", "status", "binding", "target", "due", *_LAST]
        read_only_fields = fields


class InsightDetailSerializer(InsightSerializer):
    """An insight with its links (`about` a persona, `basis`: rests on an insight)."""

    links = ItemLinkSerializer(many=True)
    backing = ItemBackingSerializer()

    class Meta(InsightSerializer.Meta):
        fields = [*InsightSerializer.Meta.fields, "links", "backing"]
        read_only_fields = fields


class OpportunityDetailSerializer(OpportunitySerializer):
    """An opportunity with its links (`answers` an insight, `serves` a goal, `lies-at`, `helps`)."""

    links = ItemLinkSerializer(many=True)
    backing = ItemBackingSerializer()

    class Meta(OpportunitySerializer.Meta):
        fields = [*OpportunitySerializer.Meta.fields, "links", "backing"]
        read_only_fields = fields


class SolutionDetailSerializer(SolutionSerializer):
    """A solution with its links (`solves` an opportunity, `makes` a step real)."""

    links = ItemLinkSerializer(many=True)
    backing = ItemBackingSerializer()

    class Meta(SolutionSerializer.Meta):
        fields = [*SolutionSerializer.Meta.fields, "links", "backing"]
        read_only_fields = fields


class LinkWanted(StrictSerializer[Any]):
    """What a new item is linked to: the kind of link, and the id of what it leads to."""

    kind = serializers.ChoiceField(
        choices=sorted(link.kind for sort in SORTS.values() for link in sort.links)
    )
    to = serializers.UUIDField()


class _ItemBody(StrictSerializer[Any]):
    title = serializers.CharField(max_length=LONGEST_TITLE)


class _LinkedBody(_ItemBody):
    links = serializers.ListField(child=LinkWanted(), required=False, max_length=_MOST_LINKS)


class InsightBody(_LinkedBody):
    """A new insight; everything else is changed by operations."""

    kind = serializers.ChoiceField(
        choices=InsightKind.choices(), default=InsightKind.OBSERVATION.value
    )
    body = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    status = serializers.ChoiceField(choices=InsightStatus.choices(), required=False)


class OpportunityBody(_LinkedBody):
    """A new opportunity; everything else is changed by operations."""

    problem = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    status = serializers.ChoiceField(choices=OpportunityStatus.choices(), required=False)


class SolutionBody(_LinkedBody):
    """A new solution; everything else is changed by operations."""

    body = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    status = serializers.ChoiceField(choices=SolutionStatus.choices(), required=False)


class GoalBody(_ItemBody):
    """A new goal; everything else is changed by operations."""

    body = serializers.CharField(required=False, allow_blank=True, max_length=4_000)
    status = serializers.ChoiceField(choices=GoalStatus.choices(), required=False)


class LibraryQuery(StrictSerializer[Any]):
    """Which items to list; what does not apply to their sort filters nothing."""

    q = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Part of the title or text."
    )
    kind = serializers.ChoiceField(
        choices=InsightKind.choices(), required=False, help_text="Of insights."
    )
    status = serializers.CharField(required=False, max_length=20)
    owner = serializers.UUIDField(required=False, help_text="The id of a member.")
    persona = serializers.UUIDField(required=False, help_text="Of insights and opportunities.")
    journey = serializers.UUIDField(
        required=False, help_text="On a map of it, or linked to a step of it."
    )
    goal = serializers.UUIDField(required=False, help_text="Of opportunities.")
    archived = serializers.BooleanField(
        required=False, source="is_archived", help_text="True lists the archived ones instead."
    )


class CiteBody(StrictSerializer[Any]):
    """Which evidence to cite."""

    evidence = serializers.UUIDField()


class InsightMergeBody(StrictSerializer[Any]):
    """Which insight is merged into this one."""

    other = serializers.UUIDField()


BODIES: dict[str, type[StrictSerializer[Any]]] = {
    "insight": InsightBody,
    "opportunity": OpportunityBody,
    "solution": SolutionBody,
    "goal": GoalBody,
}
_LISTED: dict[str, Any] = {
    "insight": InsightSerializer,
    "opportunity": OpportunitySerializer,
    "solution": SolutionSerializer,
    "goal": GoalSerializer,
}
_DETAIL: dict[str, Any] = {
    "insight": InsightDetailSerializer,
    "opportunity": OpportunityDetailSerializer,
    "solution": SolutionDetailSerializer,
    "goal": GoalSerializer,
}


def serializer_of(sort: Sort) -> Any:
    """Give the serializer of the items of *sort*, without links."""
    return _LISTED[sort.name]


def detail_of(sort: Sort) -> Any:
    """Give the serializer that describes one item of *sort*, with links and backing."""
    return _DETAIL[sort.name]
