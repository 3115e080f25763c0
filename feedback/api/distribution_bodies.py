"""What the JSON API takes about distributions and about asking one person."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from cxm.customers.models import Interaction, Segment
from cxm.kernel.api import StrictSerializer
from cxm.touchpoints.models import Touchpoint
from cxm.touchpoints.rules.conditions import MOST_CONDITIONS, condition_problem
from feedback.forms.distributions import (
    ASKABLE_KINDS,
    LONGEST_GAP,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    MOST_A_DAY,
    MOST_HOURS,
    MOST_REMINDERS,
    ONLY_AFTER_EVENTS,
)
from feedback.models import Survey
from feedback.rules.distribution.unless import LONGEST_NAME, MOST_UNLESS, read_unless
from feedback.rules.distribution.words import Audience, Medium, Stratum
from feedback.rules.questionnaires import read_questionnaire
from feedback.services.senders.choosing import can_send

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant
    from feedback.models import Distribution

MOST_PRIORITY = 1_000


class TriggerShape(StrictSerializer[Any]):
    """After which events somebody is asked."""

    kind = serializers.ChoiceField(ASKABLE_KINDS, default=Interaction.Kind.EVENT.value)
    name = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="Empty: any of that kind."
    )
    touchpoint = serializers.SlugField(
        max_length=60, allow_blank=True, default="", help_text="Key; empty: at any touchpoint."
    )
    conditions = serializers.ListField(
        child=serializers.DictField(),
        max_length=MOST_CONDITIONS,
        default=list,
        help_text="Each {path, op, value}, as in touchpoint rules.",
    )
    unless = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_NAME),
        max_length=MOST_UNLESS,
        required=False,
        help_text="Names of events: whoever meets one, about the same order or ticket, before the "
        "message goes out is not asked.",
    )

    def validate_unless(self, names: list[str]) -> list[str]:
        """Take each name once."""
        return read_unless(names)


class WordingShape(StrictSerializer[Any]):
    """Your own words of the message in one language; empty: ours."""

    subject = serializers.CharField(max_length=LONGEST_SUBJECT, allow_blank=True, required=False)
    text = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)


class DistributionChange(StrictSerializer[Any]):
    """What may be changed of a distribution; way and audience only before anybody was planned."""

    title = serializers.CharField(max_length=120)
    medium = serializers.ChoiceField([Medium.EMAIL.value, Medium.SMS.value])
    audience = serializers.ChoiceField(
        [one.value for one in Audience],
        help_text="`api`: only whom `ask/` names; `list`: who is brought to `lists/`.",
    )
    segment_id = serializers.UUIDField(required=False, allow_null=True)
    trigger = TriggerShape(required=False)
    delay_minutes = serializers.IntegerField(required=False, min_value=0, max_value=MOST_HOURS * 60)
    expires_hours = serializers.IntegerField(required=False, min_value=1, max_value=MOST_HOURS)
    open_days = serializers.IntegerField(required=False, min_value=1, max_value=365)
    share = serializers.DecimalField(
        max_digits=5,
        decimal_places=4,
        min_value=Decimal("0.0001"),
        max_value=Decimal(1),
        required=False,
        help_text="1 asks everybody.",
    )
    a_day = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MOST_A_DAY,
        help_text="After events: about so many a day are drawn; null: all of the share.",
    )
    stratum = serializers.ChoiceField(
        [one.value for one in Stratum],
        required=False,
        allow_blank=True,
        help_text="In which groups `a_day` are drawn; empty: of all together.",
    )
    reminders = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LONGEST_GAP),
        max_length=MOST_REMINDERS,
        required=False,
        help_text="Days after the invitation, growing.",
    )
    sender_name = serializers.CharField(max_length=120, allow_blank=True, required=False)
    reply_to = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    wording = serializers.DictField(
        child=WordingShape(), required=False, help_text="By language of the survey."
    )
    priority = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_PRIORITY,
        help_text="Where two could ask the same person, the lower does.",
    )

    def validate_medium(self, medium: str) -> str:
        """Refuse a way by which nothing can be sent here."""
        if not can_send(Medium(medium)):
            raise serializers.ValidationError("Nothing can be sent this way: it is not set up.")
        return medium

    def validate_reminders(self, days: list[int]) -> list[int]:
        """Refuse days that do not grow."""
        if days != sorted(set(days)):
            raise serializers.ValidationError("Each later than the one before.")
        return days


class DistributionBody(DistributionChange):
    """A new distribution; it is a draft, and asks nobody before it is started."""

    survey_id = serializers.UUIDField()


class AskBody(StrictSerializer[Any]):
    """Whom to ask, and about what."""

    customer_id = serializers.UUIDField()
    about = serializers.CharField(
        max_length=150,
        required=False,
        help_text="An order or ticket: nobody is asked about it twice by this distribution. Left "
        "out, each request asks anew, as the contact policy lets it.",
    )


def survey_to_send(tenant: Tenant, survey_id: Any) -> Survey:
    """Find the survey of a new distribution; raises ValidationError."""
    rows = Survey.objects.for_tenant(tenant).filter(archived_at=None)
    survey = rows.select_related("head", "tenant").filter(pk=survey_id).first()
    if survey is None:
        raise _wrong("survey_id", "There is no such survey.")
    if survey.head_id is None:
        raise _wrong("survey_id", "This survey has no questions of yours, so it cannot be sent.")
    return survey


def distribution_values(
    survey: Survey, told: dict[str, Any], row: Distribution | None = None
) -> dict[str, Any]:
    """Put rows in the place of ids and keys, as services take them; raises ValidationError.

    *row* is the distribution that is changed.
    """
    tenant, values = survey.tenant, {**told}
    values.pop("survey_id", None)
    if "segment_id" in values:
        values["segment"] = _segment(tenant, values.pop("segment_id"))
    audience = values.get("audience", row.audience if row else None)
    segment = values.get("segment", row.segment if row else None)
    if audience == Audience.SEGMENT and segment is None:
        raise _wrong("segment_id", "Choose the segment whose members are asked.")
    if audience == Audience.EVENT and row is None and "trigger" not in values:
        raise _wrong("trigger", "Say after which events people are asked.")
    a_day = values.get("a_day", row.a_day if row else None)
    if a_day is not None and audience != Audience.EVENT:
        raise _wrong("a_day", ONLY_AFTER_EVENTS)
    if "trigger" in values:
        values["trigger"] = _trigger(tenant, values["trigger"])
    for language in values.get("wording", {}):
        if language not in read_questionnaire(survey.head.document).languages:
            raise _wrong("wording", f"The survey does not speak “{language[:20]}”.")
    return values


def _segment(tenant: Tenant, segment_id: Any) -> Segment | None:
    if segment_id is None:
        return None
    rows = Segment.objects.for_tenant(tenant).filter(archived_at=None)
    segment = rows.filter(pk=segment_id).first()
    if segment is None:
        raise _wrong("segment_id", "There is no such segment.")
    return segment


def _trigger(tenant: Tenant, told: dict[str, Any]) -> dict[str, Any]:
    # Of a trigger that is changed, what is not sent is as usual: it is one thing.
    usual = {"kind": Interaction.Kind.EVENT.value, "name": "", "touchpoint": "", "conditions": []}
    told = {**usual, **told}
    key = told["touchpoint"]
    if key and not Touchpoint.objects.for_tenant(tenant).live().filter(key=key).exists():
        raise serializers.ValidationError(
            {"trigger": {"touchpoint": [f"There is no live touchpoint “{key}”."]}}
        )
    conditions = [dict(one) for one in told["conditions"]]
    for place, one in enumerate(conditions):
        if problem := condition_problem(one):
            raise serializers.ValidationError({"trigger": {"conditions": {str(place): [problem]}}})
    return {**told, "conditions": conditions}


def _wrong(field: str, message: str) -> serializers.ValidationError:
    return serializers.ValidationError({field: [message]})
