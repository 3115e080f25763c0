"""How channels and touchpoints look in the JSON API, and what is read of a body."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cxm.kernel.api import StrictSerializer
from cxm.touchpoints.forms import LONGEST_TITLE, MOST_AT_ONCE
from cxm.touchpoints.models import Channel, Medium, Touchpoint
from cxm.touchpoints.rules.keys import LONGEST_KEY

KEY_WORDS = "Chosen once. Left out, it is made of the title."


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    """A channel."""

    merged_into = serializers.SlugRelatedField[Channel](
        "key", read_only=True, allow_null=True, help_text="Key of the channel it is counted as."
    )

    class Meta:
        model = Channel
        fields = [
            "id",
            "key",
            "title",
            "medium",
            "ownership",
            "archived_at",
            "merged_into",
            "created_at",
        ]
        read_only_fields = fields


class TouchpointSerializer(serializers.ModelSerializer[Touchpoint]):
    """A touchpoint."""

    channel = serializers.SlugRelatedField[Channel](
        "key", read_only=True, allow_null=True, help_text="Key of its channel."
    )
    merged_into = serializers.SlugRelatedField[Touchpoint](
        "key", read_only=True, allow_null=True, help_text="Key of the touchpoint it is counted as."
    )

    class Meta:
        model = Touchpoint
        fields = [
            "id",
            "key",
            "title",
            "channel",
            "interaction",
            "initiator",
            "description",
            "archived_at",
            "merged_into",
            "created_at",
        ]
        read_only_fields = fields


class ChannelChange(StrictSerializer[Channel]):
    """What may be changed of a channel."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    medium = serializers.ChoiceField(Medium.choices, required=False)
    ownership = serializers.ChoiceField(Channel.Ownership.choices, required=False)


class ChannelBody(ChannelChange):
    """A new channel."""

    key = serializers.SlugField(max_length=LONGEST_KEY, required=False, help_text=KEY_WORDS)


class TouchpointChange(StrictSerializer[Touchpoint]):
    """What may be changed of a touchpoint."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    channel = serializers.SlugField(
        required=False, allow_null=True, help_text="Key of a channel, or null."
    )
    interaction = serializers.ChoiceField(Touchpoint.Kind.choices, required=False)
    initiator = serializers.ChoiceField(Touchpoint.Initiator.choices, required=False)
    description = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class TouchpointBody(TouchpointChange):
    """A new touchpoint."""

    key = serializers.SlugField(max_length=LONGEST_KEY, required=False, help_text=KEY_WORDS)


class TouchpointTitles(StrictSerializer[Any]):
    """Titles of many new touchpoints."""

    titles = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TITLE),
        allow_empty=False,
        max_length=MOST_AT_ONCE,
    )
    channel = serializers.SlugField(required=False, allow_null=True)


class AddedTouchpoints(serializers.Serializer[Any]):
    """The touchpoints that were made; what was there already is not among them."""

    made = TouchpointSerializer(many=True)


class MergeBody(StrictSerializer[Any]):
    """What to merge into."""

    into = serializers.UUIDField(help_text="Id of the one it will be counted as.")


class ChannelQuery(StrictSerializer[Any]):
    """Which channels to list."""

    q = serializers.CharField(required=False, allow_blank=True, help_text="Part of a title or key.")
    archived = serializers.BooleanField(
        required=False, source="is_archived", help_text="True lists the archived ones instead."
    )


class TouchpointQuery(ChannelQuery):
    """Which touchpoints to list."""

    channel = serializers.SlugField(required=False, allow_blank=True, help_text="Key of a channel.")
