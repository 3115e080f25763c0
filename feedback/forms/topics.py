"""Input about topics and texts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms

from cxm.metrics.rules.days import local_date
from feedback.errors import FeedbackError
from feedback.models import Topic
from feedback.rules.languages import NAMES
from feedback.rules.text.language import LANGUAGES
from feedback.rules.text.sentiment import SentimentLabel
from feedback.rules.text.topic_match import ANY_LANGUAGE
from feedback.rules.text.topic_rules import LONGEST_RULE, TopicRuleError, parse_rule
from feedback.selectors.topics import Period, topics_listed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from cxm.tenants.models import Tenant

EXPRESSIONS = (ANY_LANGUAGE, *LANGUAGES)
ALL_TIME = ""
PERIODS = {"30": "Last 30 days", "90": "Last 90 days", "365": "Last 365 days", ALL_TIME: "All time"}


class RuleForm(forms.Form):
    """A topic's expressions, one field a language."""

    def __init__(
        self, sent: Mapping[str, Any] | None = None, *, expressions: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sent, initial=dict(expressions or {}))
        for code in EXPRESSIONS:
            self.fields[code] = forms.CharField(
                label="In every language" if code == ANY_LANGUAGE else NAMES[code],
                max_length=LONGEST_RULE,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
            )

    @property
    def expressions(self) -> dict[str, str]:
        """The clean expressions by language, empty ones left out."""
        return {code: text for code in EXPRESSIONS if (text := self.cleaned_data.get(code, ""))}

    def clean(self) -> dict[str, Any]:
        """Refuse what cannot be read, each at its language."""
        cleaned: dict[str, Any] = super().clean() or {}
        for code in EXPRESSIONS:
            if cleaned.get(code):
                try:
                    parse_rule(cleaned[code])
                except TopicRuleError as error:
                    self.add_error(code, str(error))
        if not self.errors and not self.expressions:
            self.add_error(ANY_LANGUAGE, "Write a rule in at least one language.")
        return cleaned


class TopicForm(RuleForm):
    """A topic with its rule."""

    field_order = ("title", "description", "parent", "note", *EXPRESSIONS)
    title = forms.CharField(max_length=80)
    description = forms.CharField(
        max_length=500, required=False, help_text="What counts as this topic, for colleagues."
    )
    parent = forms.ModelChoiceField(
        Topic.objects.none(), label="Stands under", required=False, empty_label="No other topic"
    )
    note = forms.CharField(label="What is new about the rule", max_length=300, required=False)

    def __init__(
        self,
        sent: Mapping[str, Any] | None = None,
        *,
        tenant: Tenant,
        topic: Topic | None = None,
    ) -> None:
        rule = topic.rule if topic else None
        super().__init__(sent, expressions=rule.expressions if rule else None)
        rows = topics_listed(tenant).filter(parent__isnull=True)
        parent: Any = self.fields["parent"]
        parent.queryset = rows.exclude(pk=topic.pk) if topic else rows
        if topic:
            self.initial["title"] = topic.title
            self.initial["description"] = topic.description
            self.initial["parent"] = topic.parent_id

    def refuse(self, error: FeedbackError) -> None:
        """Show a refusal beside the field that it is about."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


class PeriodForm(forms.Form):
    """Which texts are counted."""

    days = forms.ChoiceField(choices=list(PERIODS.items()), required=False, label="Period")

    def period(self, now: datetime, zone: ZoneInfo) -> Period:
        """Give the period, up to today, of the tenant's days; all time for anything unknown."""
        days = self.cleaned_data.get("days", ALL_TIME) if self.is_valid() else ALL_TIME
        if not days:
            return Period()
        end = local_date(now, zone) + timedelta(days=1)
        return Period(end - timedelta(days=int(days)), end)


class SayTopicForm(forms.Form):
    """Whether a text is about a topic, and which of its words say so."""

    topic = forms.ModelChoiceField(Topic.objects.none(), empty_label="Choose a topic")
    says = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")])
    excerpt = forms.CharField(
        label="Words that say so",
        max_length=2_000,
        required=False,
        strip=False,
        help_text="Copied from the text; may stay empty.",
    )

    def __init__(self, sent: Mapping[str, Any] | None = None, *, tenant: Tenant) -> None:
        super().__init__(sent)
        topic: Any = self.fields["topic"]
        topic.queryset = topics_listed(tenant)


class SayLanguageForm(forms.Form):
    """Which language a text is in."""

    language = forms.ChoiceField(
        choices=[("", "Found by itself"), *((code, NAMES[code]) for code in NAMES)],
        required=False,
    )


class SaySentimentForm(forms.Form):
    """How a text sounds."""

    sentiment = forms.ChoiceField(
        choices=[
            ("", "Found by itself"),
            *((one.value, one.value.capitalize()) for one in SentimentLabel if one.value),
        ],
        required=False,
    )


class LabelForm(forms.Form):
    """A label of a text that was drawn at random: which text, and whether it is about the topic."""

    text = forms.UUIDField()
    rule = forms.UUIDField()
    drawn = forms.ChoiceField(choices=[("hit", "Found"), ("other", "Not found")])
    says = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")])
