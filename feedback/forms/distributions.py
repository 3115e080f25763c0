"""Input about how a survey is sent, and about the contact policy."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms

from cxm.customers.models import Interaction, Segment
from cxm.touchpoints.forms import ConditionFormSet, as_typed
from cxm.touchpoints.models import Touchpoint
from cxm.touchpoints.selectors import touchpoint_choices
from feedback.models import Distribution
from feedback.rules.distribution.unless import read_unless
from feedback.rules.distribution.words import Audience, Medium, Stratum
from feedback.rules.languages import NAMES
from feedback.services.senders.choosing import can_send

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant

MOST_REMINDERS, LONGEST_GAP = 2, 60
LONGEST_SUBJECT, LONGEST_TEXT = 150, 2_000
MOST_HOURS = 24 * 60
MOST_A_DAY = 1_000_000
ONLY_AFTER_EVENTS = "Only after events: of all others it is known at once how many there are."
# What nobody chooses where programs say whom.
_OF_OURS = (
    "audience",
    "segment",
    "kind",
    "name",
    "touchpoint",
    "delay_hours",
    "a_day",
    "stratum",
)
ASKABLE_KINDS = [
    (kind.value, kind.label)
    for kind in Interaction.Kind
    if kind not in (Interaction.Kind.INVITATION, Interaction.Kind.RESPONSE, Interaction.Kind.MERGE)
]


class DistributionForm(forms.Form):
    """How a survey is sent: whom, when, by which way, in which words; *conditions* are rows."""

    title = forms.CharField(
        max_length=120,
        label="What do you call it?",
        widget=forms.TextInput(attrs={"placeholder": "After delivery", "autocomplete": "off"}),
    )
    medium = forms.ChoiceField(label="Sent by")
    audience = forms.ChoiceField(
        label="Who is asked?",
        choices=[
            (one.value, one.words) for one in (Audience.EVENT, Audience.SEGMENT, Audience.LIST)
        ],
        initial=Audience.EVENT.value,
        widget=forms.RadioSelect,
    )
    segment = forms.ModelChoiceField(
        Segment.objects.none(),
        required=False,
        empty_label="Choose a segment",
        help_text="For “Everybody in a segment”: all who are in it when you start.",
    )
    kind = forms.ChoiceField(
        label="After what?",
        choices=ASKABLE_KINDS,
        required=False,
        help_text="For asking after an event.",
    )
    name = forms.CharField(
        label="Event name",
        max_length=200,
        required=False,
        help_text="Exactly as it is sent, such as order_delivered. Empty: any of that kind.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    touchpoint = forms.ModelChoiceField(
        Touchpoint.objects.none(),
        required=False,
        empty_label="At any touchpoint",
        label="Touchpoint",
    )
    unless = forms.CharField(
        label="Not if one of these events comes first",
        max_length=10_000,
        required=False,
        help_text="Names of events, one a line, such as order_returned. Whoever meets one before "
        "the message goes out, about the same order or ticket, is not asked.",
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )
    delay_hours = forms.DecimalField(
        label="How many hours after it?",
        min_value=Decimal(0),
        max_value=Decimal(MOST_HOURS),
        decimal_places=2,
        initial=2,
        required=False,
    )
    expires_hours = forms.IntegerField(
        label="Not later than how many hours after that?",
        min_value=1,
        max_value=MOST_HOURS,
        initial=72,
        help_text="Who could not be asked by then, because of quiet hours for example, is not.",
    )
    open_days = forms.IntegerField(label="Days to answer", min_value=1, max_value=365, initial=30)
    share = forms.DecimalField(
        label="How many of them, in percent?",
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
        decimal_places=2,
        initial=100,
        help_text="Who is drawn stays drawn.",
    )
    a_day = forms.IntegerField(
        label="About how many a day?",
        min_value=1,
        max_value=MOST_A_DAY,
        required=False,
        help_text="After an event: fewer are drawn when more come. Empty: all of the share.",
    )
    stratum = forms.ChoiceField(
        label="So many of what?",
        required=False,
        choices=[
            (Stratum.ALL.value, "Of all together"),
            (Stratum.TOUCHPOINT.value, "Of each touchpoint by itself"),
            (Stratum.CHANNEL.value, "Of each channel by itself"),
        ],
    )
    reminders = forms.CharField(
        label="Remind after days",
        max_length=20,
        required=False,
        help_text="Up to two, such as 3, 7: days after the invitation. Empty: none.",
    )
    sender_name = forms.CharField(
        label="Sender", max_length=120, required=False, help_text="Empty: the workspace’s name."
    )
    reply_to = forms.EmailField(label="Replies go to", required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        tenant: Tenant,
        languages: tuple[str, ...],
        row: Distribution | None = None,
        is_planned: bool = False,
    ) -> None:
        """Take *row* to change one; where it *is_planned*, way and audience stay."""
        self.languages = languages
        super().__init__(data, initial=_stored(row) if row else {})
        media: Any = self.fields["medium"]
        media.choices = [
            (one.value, one.words) for one in (Medium.EMAIL, Medium.SMS) if can_send(one)
        ]
        segments: Any = self.fields["segment"]
        segments.queryset = (
            Segment.objects.for_tenant(tenant).filter(archived_at=None).order_by("title", "pk")
        )
        places: Any = self.fields["touchpoint"]
        places.queryset = touchpoint_choices(tenant)
        places.initial = places.queryset.filter(key=_place(row)).first() if row else None
        if row and row.audience == Audience.API:
            # Programs say whom; there is nothing to choose.
            for name in _OF_OURS:
                del self.fields[name]
        if is_planned:
            for name in {"medium", "audience"} & set(self.fields):
                self.fields[name].disabled = True
        for language in languages:
            self._ask_words(language, row)
        rows = [as_typed(one) for one in row.trigger.get("conditions", [])] if row else []
        self.conditions = ConditionFormSet(data, prefix="conditions", initial=rows)

    def is_valid(self) -> bool:
        """Whether all fields, and all conditions, are fine."""
        has_rows = self.is_bound and "audience" in self.fields
        are_fine = self.conditions.is_valid() if has_rows else self.is_bound
        return super().is_valid() and are_fine

    def clean(self) -> dict[str, Any]:
        """Refuse a segment that is missing."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("audience") == Audience.SEGMENT and not values.get("segment"):
            self.add_error("segment", "Choose the segment whose members are asked.")
        if values.get("a_day") and values.get("audience", Audience.EVENT) != Audience.EVENT:
            self.add_error("a_day", ONLY_AFTER_EVENTS)
        return values

    def clean_reminders(self) -> list[int]:
        """Read days with commas between, growing."""
        parts = [one.strip() for one in self.cleaned_data["reminders"].split(",") if one.strip()]
        if len(parts) > MOST_REMINDERS:
            raise forms.ValidationError("Two reminders at most: more annoys people.")
        if not all(one.isascii() and one.isdigit() for one in parts):
            raise forms.ValidationError("Write whole days with a comma between, such as 3, 7.")
        days = [int(one) for one in parts]
        if days != sorted(set(days)) or any(not 1 <= one <= LONGEST_GAP for one in days):
            raise forms.ValidationError(f"Each later than the one before, 1 to {LONGEST_GAP} days.")
        return days

    def clean_unless(self) -> list[str]:
        """Read names of events, one a line."""
        lines = [one.strip() for one in self.cleaned_data["unless"].splitlines()]
        try:
            return read_unless([one for one in lines if one])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Give the fields in the order and the groups in which they are asked."""
        words = [name for name in self.fields if name.startswith(("subject_", "text_"))]
        return [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in (
                ("The way", ["title", "medium", "audience", "segment"]),
                ("After an event", ["kind", "name", "touchpoint", "unless"]),
                ("When", ["delay_hours", "expires_hours", "open_days", "reminders"]),
                ("How many", ["share", "a_day", "stratum"]),
                ("Words", ["sender_name", "reply_to", *words]),
            )
            if any(name in self.fields for name in names)
        ]

    @property
    def values(self) -> dict[str, Any]:
        """Give the fields of the distribution, as services take them; the form is valid."""
        told = self.cleaned_data
        same = (
            "title",
            "medium",
            "audience",
            "segment",
            "expires_hours",
            "open_days",
            "reminders",
            "a_day",
            "stratum",
            "sender_name",
            "reply_to",
        )
        return {name: told[name] for name in same if name in told} | {
            **(self._when() if "audience" in self.fields else {}),
            "share": told["share"] / 100,
            "wording": {
                language: {
                    part: told[f"{part}_{language}"]
                    for part in ("subject", "text")
                    if told[f"{part}_{language}"]
                }
                for language in self.languages
            },
        }

    def _when(self) -> dict[str, Any]:
        """Give which events somebody is asked about, and how long after them."""
        told, place = self.cleaned_data, self.cleaned_data["touchpoint"]
        conditions = [row.condition() for row in self.conditions.forms]
        return {
            "delay_minutes": round((told["delay_hours"] or 0) * 60),
            "trigger": {
                "kind": told["kind"] or Interaction.Kind.EVENT,
                "name": told["name"],
                "touchpoint": place.key if place else "",
                "conditions": [one for one in conditions if one],
                **({"unless": told["unless"]} if told["unless"] else {}),
            },
        }

    def _ask_words(self, language: str, row: Distribution | None) -> None:
        own = row.wording.get(language, {}) if row else {}
        name = NAMES[language]
        self.fields[f"subject_{language}"] = forms.CharField(
            label=f"Subject ({name})",
            max_length=LONGEST_SUBJECT,
            required=False,
            initial=own.get("subject", ""),
            help_text="Empty: our own words.",
        )
        self.fields[f"text_{language}"] = forms.CharField(
            label=f"Words before the question ({name})",
            max_length=LONGEST_TEXT,
            required=False,
            initial=own.get("text", ""),
            widget=forms.Textarea(attrs={"rows": 3}),
        )


def _place(row: Distribution) -> str:
    return str(row.trigger.get("touchpoint", ""))


def _stored(row: Distribution) -> dict[str, Any]:
    same = (
        "title",
        "medium",
        "audience",
        "segment",
        "expires_hours",
        "open_days",
        "a_day",
        "stratum",
        "sender_name",
        "reply_to",
    )
    return {name: getattr(row, name) for name in same} | {
        "kind": row.trigger.get("kind", ""),
        "name": row.trigger.get("name", ""),
        "unless": "\n".join(row.trigger.get("unless", [])),
        "delay_hours": round(Decimal(row.delay_minutes) / 60, 2),
        "share": f"{(row.share * 100).normalize():f}",
        "reminders": ", ".join(str(one) for one in row.reminders),
    }


class AskForm(forms.Form):
    """By which distribution somebody is asked now; *key* tells a double press."""

    distribution = forms.ModelChoiceField(
        Distribution.objects.none(), label="Ask by", empty_label="Choose a way to send"
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        distributions: QuerySet[Distribution],
        key: UUID | None = None,
    ) -> None:
        """Take the *distributions* that ask now, and for an empty form its *key*."""
        super().__init__(data, initial={"key": key})
        field: Any = self.fields["distribution"]
        field.queryset = distributions
        field.label_from_instance = lambda row: (
            f"{row.survey.title}: {row.title}, {Medium(row.medium).words}"
        )
