"""The form of the wizard's page of columns for files of answers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django import forms

from cxm.kernel.queries import whole_number
from feedback.forms.cards import Card, Value
from feedback.forms.choices import (
    AS_NUMBER,
    ONCE,
    ROLE_WORDS,
    ColumnChoice,
    FileChoice,
    Role,
    strange_values,
)
from feedback.forms.column_fields import (
    flag_field,
    joins_field,
    namespace_field,
    one_of,
    time_fields,
    title_field,
)
from feedback.forms.column_form import ColumnForm
from feedback.forms.defaults import columns_alike, treated_like, with_role
from feedback.forms.mapped import column_of, mapping_from
from feedback.forms.offered import (
    CUSTOMER_KINDS,
    DayField,
    Options,
    meanings_of,
    metric_options,
    summary_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feedback.adapters.mapping import Mapping as AnswerMapping
    from feedback.forms.registry_names import Known

_OWN_VALUE = "Each answer has its own value here"
WORTH_A_BUTTON = 3
MOST_VALUES = 60
ROLE_OPTIONS = [(role.value, words) for role, words in ROLE_WORDS.items()]


class ColumnsForm(ColumnForm[ColumnChoice]):
    """Asks what the columns of a file of answers are, and what its scores mean."""

    roles = Role
    aside = (Role.KEPT, Role.LEFT_OUT)
    texts = (
        "kind",
        "namespace",
        "metric",
        "touchpoint",
        "channel",
        "time_as",
        "start",
        "step",
        "joins",
    )
    file_part = "survey"
    file_names = ("title", "channel", "touchpoint")
    file_title = "The survey"
    more_title = "Language, time zone, repeated rows"
    line_words = "an answer"
    aside_words = (
        "Kept columns stay with the answer and can be read there; they count for nothing. "
        "Give one another meaning to move it up."
    )

    title = forms.CharField(label="Name of the survey", max_length=200)
    touchpoint = forms.CharField(
        label="Touchpoint of all answers",
        max_length=120,
        required=False,
        help_text="For a survey about one thing, such as Delivery.",
    )
    channel = forms.CharField(
        label="Channel of all answers",
        max_length=120,
        required=False,
        help_text="Such as E-mail, when no column says it.",
    )
    language = forms.CharField(
        label="Language of the answers", max_length=12, required=False, help_text="Such as en."
    )
    zone = forms.CharField(
        label="Time zone of the times",
        max_length=64,
        required=False,
        help_text="Such as Asia/Tokyo.",
    )
    answered_on = DayField(
        label="Day of all answers",
        required=False,
        help_text="Only when no column says when people answered.",
    )
    is_customer_required = forms.BooleanField(
        label="Refuse rows that name no customer", required=False
    )
    are_repeats_dropped = forms.BooleanField(
        label="Rows alike in every cell are one answer",
        required=False,
        help_text="Counts when no column numbers the answers.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, choice in enumerate(self.choices):
            self._add_values(number, choice)

    @property
    def whole(self) -> FileChoice:
        """What was sent about the file, as text; what is wrong with it stands in `errors`."""
        return FileChoice(**self.sent_whole())

    @property
    def lacks_time(self) -> bool:
        """Whether nothing says yet when people answered."""
        has_column = any(choice.role == Role.TIME for choice in self.choices)
        return not has_column and not self["answered_on"].value()

    @property
    def note(self) -> tuple[str, str] | None:
        """What is still open about the file, in a few words and in a sentence."""
        if not self.lacks_time:
            return None
        words = "Choose the column below, or give one day for all answers here."
        return "No column says when people answered", words

    def clean(self) -> dict[str, Any] | None:
        """Refuse what no mapping can say, each at its field and in the words of this page."""
        counts = Counter(choice.role for choice in self.choices)
        for number, choice in enumerate(self.choices):
            if choice.role in ONCE and counts[choice.role] > 1:
                words = f"Only one column can be “{ROLE_WORDS[choice.role]}”."
                self.add_error(f"c{number}-role", words)
            self._require_decided(number, choice)
        if not counts[Role.TIME] and not self.cleaned_data.get("answered_on"):
            words = "Say which column holds the time of the answer, or give one day for all."
            self.add_error("answered_on", words)
        if not counts[Role.SCORE] and not counts[Role.COMMENT]:
            self.add_error(None, "Make at least one column a score or a comment.")
        return self.cleaned_data

    def cards(self) -> list[Card]:
        """Give the columns with their values, those that are no scores first to be settled."""
        cards, groups = super().cards(), columns_alike(self.columns)
        for card, choice in zip(cards, self.choices, strict=True):
            number, group = card.number, groups[card.number]
            shown = self._shown(number)
            card.strange = [value for value in shown if value.text in choice.values]
            plain = (value for value in shown if value.text not in choice.values)
            card.plain = sorted(plain, key=lambda value: value.size)
            card.is_first_alike = group[0] == number
            card.alike = len(group) if len(group) >= WORTH_A_BUTTON else 0
        return cards

    def anew(self, act: str) -> ColumnsForm:
        """Give the form anew with what was sent; *act* "like-3" spreads the fourth's choice."""
        choices = self.choices
        verb, _, text = act.partition("-")
        number = whole_number(text)
        if verb == "like" and number is not None and number < len(choices):
            choices = treated_like(choices[number], choices, self.columns, self.offered.scales)
        return ColumnsForm(
            base=self.base,
            columns=self.columns,
            choices=choices,
            whole=self.whole,
            offered=self.offered,
        )

    def mapping(self, known: Known) -> AnswerMapping:
        """Build the mapping that says what was sent."""
        return mapping_from(self.whole, self.choices, base=self.base, known=known)

    def column_of(self, field: str, mapping: AnswerMapping) -> str:
        """Name the column that a problem's *field* is about, or ""."""
        return column_of(field, mapping)

    def summary(self, choice: ColumnChoice) -> list[str]:
        """Say what is decided about a column in a few words."""
        return summary_of(choice, self.offered)

    def role_options(self) -> Options:
        """Give what a column can be."""
        return ROLE_OPTIONS

    def detail_fields(self, number: int, choice: ColumnChoice) -> dict[str, forms.Field]:  # noqa: ARG002 - others ask by the column
        """Give the further fields that the role of *choice* has."""
        if choice.role == Role.SCORE:
            return self._score_fields()
        if choice.role == Role.CUSTOMER:
            return _customer_fields(choice)
        if choice.role == Role.ORDER:
            return {"joins": joins_field(self.offered.sources), "is_id": flag_field(_OWN_VALUE)}
        return time_fields(choice) if choice.role == Role.TIME else {}

    def fresh_choice(self, number: int, role: Role) -> ColumnChoice:
        """Give the column its new role, with the details that its values speak for."""
        choice = with_role(self.columns[number], role, self.offered.scales)
        if role == Role.ORDER and len(self.offered.sources) == 1:
            choice.joins = self.offered.sources[0][0]
        return choice

    def bare_choice(self, number: int, role: Role) -> ColumnChoice:
        """Give a choice that says nothing but its role."""
        return ColumnChoice(self.columns[number]["name"], role)

    def read_flags(
        self,
        data: Mapping[str, Any],
        number: int,
        before: ColumnChoice,  # noqa: ARG002 - others keep flags that are not asked
        choice: ColumnChoice,
    ) -> None:
        """Read whether the column numbers the answers, and what its values mean."""
        choice.is_id = f"c{number}-is_id" in data or choice.role == Role.ANSWER_ID
        choice.values = self._sent_values(data, number, choice)

    def _require_decided(self, number: int, choice: ColumnChoice) -> None:
        if choice.role == Role.TIME and choice.time_as == "ask":
            self.add_error(f"c{number}-time_as", "Choose whether the day or the month comes first.")
        if choice.role == Role.CUSTOMER and choice.kind == "external" and not choice.namespace:
            words = "Say whose numbers these are, such as crm or shop."
            self.add_error(f"c{number}-namespace", words)
        if choice.role == Role.ORDER and not choice.joins:
            words = "Choose the file that said whose order it is. Load it first if it is not there."
            self.add_error(f"c{number}-joins", words)
        for place, (text, count) in enumerate(self._values_of(number).items()):
            if choice.values.get(text) == "" and f"c{number}-v{place}" in self.fields:
                words = f"Say what “{text}” means: {count:,} rows hold it, and it is no score."
                self.add_error(f"c{number}-v{place}", words)

    def _sent_values(
        self, data: Mapping[str, Any], number: int, choice: ColumnChoice
    ) -> dict[str, str]:
        values = self._values_of(number)
        sent = {
            text: data.get(f"c{number}-v{place}", AS_NUMBER) for place, text in enumerate(values)
        }
        declared = {text: meaning for text, meaning in sent.items() if meaning != AS_NUMBER}
        scale = self.offered.scales.get(choice.metric)
        if choice.role != Role.SCORE or scale is None:
            return {}
        coded = {text: meaning for text, meaning in declared.items() if meaning}
        return {text: coded.get(text, "") for text in strange_values(values, scale, coded)}

    def _values_of(self, number: int) -> dict[str, int]:
        return dict(self.columns[number]["values"][:MOST_VALUES])

    def _score_fields(self) -> dict[str, forms.Field]:
        is_long = any(c.role in {Role.TOUCHPOINT, Role.QUESTION} for c in self.choices)
        fields: dict[str, forms.Field] = {
            "metric": one_of("Metric", metric_options(self.offered), looks=True)
        }
        if not is_long:
            fields["touchpoint"] = title_field("Touchpoint", "known-touchpoints")
            fields["channel"] = title_field("Channel", "known-channels")
        return fields

    def _add_values(self, number: int, choice: ColumnChoice) -> None:
        """Add a field for each value of a scored column, once its metric is chosen."""
        scale = self.offered.scales.get(choice.metric)
        if choice.role != Role.SCORE or scale is None:
            return
        for place, text in enumerate(self._values_of(number)):
            is_strange = text in choice.values
            asked = one_of(f"“{text}” means", meanings_of(scale, is_strange=is_strange))
            asked.required = False  # `clean` says in better words what is open
            asked.initial = choice.values.get(text, AS_NUMBER)
            self.fields[f"c{number}-v{place}"] = asked

    def _shown(self, number: int) -> list[Value]:
        return [
            Value(text, count, self[f"c{number}-v{place}"])
            for place, (text, count) in enumerate(self._values_of(number).items())
            if f"c{number}-v{place}" in self.fields
        ]


def _customer_fields(choice: ColumnChoice) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {"kind": one_of("Kind", CUSTOMER_KINDS, looks=True)}
    if choice.kind == "external":
        fields["namespace"] = namespace_field()
    fields["is_id"] = flag_field(_OWN_VALUE)
    return fields
