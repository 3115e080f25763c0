"""The form of the wizard's third step: a card for every column, and what holds for the file."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import available_timezones

from django import forms

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
from feedback.forms.defaults import columns_alike, with_role
from feedback.forms.offered import (
    CUSTOMER_KINDS,
    STEPS,
    DayField,
    Offered,
    Options,
    first_number,
    meanings_of,
    metric_options,
    summary_of,
    time_options,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from feedback.errors import Problem

WORTH_A_BUTTON = 3
MOST_VALUES = 60
# A field on which others depend: htmx asks for the form anew when it changes.
LOOKS = {
    "hx-post": ".",
    "hx-vals": '{"act": "look"}',
    "hx-trigger": "change",
    "hx-target": "#import-columns-form",
    "hx-swap": "outerMorph",
}
ROLE_OPTIONS = [(role.value, words) for role, words in ROLE_WORDS.items()]


class ColumnsForm(forms.Form):
    """Asks what the columns are. Made of choices, or of what was sent; it never saves.

    A column's further fields follow from its role: without JavaScript they come when the form
    comes back.
    """

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

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        columns: Sequence[Mapping[str, Any]],
        choices: Sequence[ColumnChoice],
        whole: FileChoice,
        offered: Offered,
    ) -> None:
        initial = {item.name: getattr(whole, item.name) for item in fields(whole)}
        super().__init__(cast("Any", data), initial=initial)
        self.columns, self.offered = columns, offered
        self.fields["zone"].widget.attrs["placeholder"] = f"The workspace’s: {offered.zone}"
        for name in ("channel", "touchpoint"):
            self.fields[name].widget.attrs["list"] = f"known-{name}s"
        self._has_new_roles = False
        self.choices = list(choices) if data is None else self._sent(data, choices)
        self._details: list[list[str]] = []
        for number, choice in enumerate(self.choices):
            self._add_role(number, choice)
            self._add_values(number, choice)

    @property
    def whole(self) -> FileChoice:
        """What was sent about the file, as text; what is wrong with it stands in `errors`."""
        sent = {item.name: self[item.name].value() for item in fields(FileChoice)}
        return FileChoice(
            **{
                name: value or ""
                for name, value in sent.items()
                if not name.startswith(("is", "are"))
            },
            is_customer_required=bool(sent["is_customer_required"]),
            are_repeats_dropped=bool(sent["are_repeats_dropped"]),
        )

    @property
    def has_new_roles(self) -> bool:
        """Whether a column got another role, whose further fields nobody has seen yet."""
        return self._has_new_roles

    def clean_zone(self) -> str:
        """Refuse what is no IANA name."""
        zone: str = self.cleaned_data["zone"]
        if zone and zone not in available_timezones():
            raise forms.ValidationError(f"“{zone}” is no time zone; write one like Asia/Tokyo.")
        return zone

    @property
    def lacks_time(self) -> bool:
        """Whether nothing says yet when people answered."""
        has_column = any(choice.role == Role.TIME for choice in self.choices)
        return not has_column and not self["answered_on"].value()

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

    def add_problems(self, problems: Sequence[tuple[Problem, str]]) -> None:
        """Show what is wrong with a mapping, each at the column named beside it, or above all."""
        numbers = {column["name"]: number for number, column in enumerate(self.columns)}
        for problem, column in problems:
            place = f"c{numbers[column]}-role" if column in numbers else None
            if problem.field.startswith("survey"):
                place = "title"
            self.add_error(place, problem.message)

    def cards(self) -> list[Card]:
        """Give the columns as the page shows them, in the order of the file."""
        groups = columns_alike(self.columns)
        return [
            Card(
                number=number,
                column=self.columns[number],
                role=choice.role,
                role_field=self[f"c{number}-role"],
                details=[self[name] for name in self._details[number]],
                strange=[v for v in self._shown(number) if v.text in choice.values],
                plain=sorted(
                    (v for v in self._shown(number) if v.text not in choice.values),
                    key=lambda value: value.size,
                ),
                summary=", ".join(summary_of(choice, self.offered)),
                is_new=choice.is_new,
                is_first_alike=groups[number][0] == number,
                alike=len(groups[number]) if len(groups[number]) >= WORTH_A_BUTTON else 0,
            )
            for number, choice in enumerate(self.choices)
        ]

    def _require_decided(self, number: int, choice: ColumnChoice) -> None:
        if choice.role == Role.TIME and choice.time_as == "ask":
            self.add_error(f"c{number}-time_as", "Choose whether the day or the month comes first.")
        if choice.role == Role.CUSTOMER and choice.kind == "external" and not choice.namespace:
            words = "Say whose numbers these are, such as crm or shop."
            self.add_error(f"c{number}-namespace", words)
        for place, (text, count) in enumerate(self._values_of(number).items()):
            if choice.values.get(text) == "" and f"c{number}-v{place}" in self.fields:
                words = f"Say what “{text}” means: {count:,} rows hold it, and it is no score."
                self.add_error(f"c{number}-v{place}", words)

    def _sent(self, data: Mapping[str, Any], choices: Sequence[ColumnChoice]) -> list[ColumnChoice]:
        return [self._sent_choice(data, n, choice) for n, choice in enumerate(choices)]

    def _sent_choice(
        self, data: Mapping[str, Any], number: int, before: ColumnChoice
    ) -> ColumnChoice:
        """Read one column's fields; those that its new role has only now get likely values."""
        column = self.columns[number]
        try:
            role = Role(data.get(f"c{number}-role", before.role))
        except ValueError:
            return before
        if data.get(f"c{number}-was", before.role) != role:
            self._has_new_roles = True
            return with_role(column, role, self.offered.scales)
        choice = ColumnChoice(column["name"], role)
        for name in (
            "kind",
            "namespace",
            "metric",
            "touchpoint",
            "channel",
            "time_as",
            "start",
            "step",
        ):
            setattr(choice, name, data.get(f"c{number}-{name}", getattr(before, name)).strip())
        choice.is_id = f"c{number}-is_id" in data or role == Role.ANSWER_ID
        choice.first = first_number(data.get(f"c{number}-first", ""), before.first)
        choice.values = self._sent_values(data, number, choice)
        return choice

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

    def _add_role(self, number: int, choice: ColumnChoice) -> None:
        """Add the field that asks what a column is, and those that its role has."""
        options = {Role.SCORE: self._score_fields, Role.CUSTOMER: self._customer_fields}
        options[Role.TIME] = self._time_fields
        details = options[choice.role](choice) if choice.role in options else {}
        self.fields[f"c{number}-role"] = forms.ChoiceField(
            label="What it is",
            choices=ROLE_OPTIONS,
            initial=choice.role.value,
            widget=forms.Select(attrs=LOOKS),
        )
        for name, asked in details.items():
            asked.initial = getattr(choice, name)
            self.fields[f"c{number}-{name}"] = asked
        self._details.append([f"c{number}-{name}" for name in details])

    def _score_fields(self, _choice: ColumnChoice) -> dict[str, forms.Field]:
        is_long = any(c.role in {Role.TOUCHPOINT, Role.QUESTION} for c in self.choices)
        fields: dict[str, forms.Field] = {
            "metric": _one_of("Metric", metric_options(self.offered), looks=True)
        }
        if not is_long:
            fields["touchpoint"] = _title("Touchpoint", "known-touchpoints")
            fields["channel"] = _title("Channel", "known-channels")
        return fields

    def _customer_fields(self, choice: ColumnChoice) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {"kind": _one_of("Kind", CUSTOMER_KINDS, looks=True)}
        if choice.kind == "external":
            fields["namespace"] = forms.CharField(
                label="Whose numbers",
                max_length=60,
                required=False,
                help_text="Such as crm or shop.",
            )
        fields["is_id"] = forms.BooleanField(
            label="Each answer has its own value here", required=False
        )
        return fields

    def _time_fields(self, choice: ColumnChoice) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {
            "time_as": _one_of("How it is written", time_options(choice.time_as), looks=True)
        }
        if choice.time_as == "steps":
            fields["start"] = DayField(label="The first one falls on")
            fields["first"] = forms.IntegerField(
                label="The first one is number", min_value=-9999, max_value=9999
            )
            fields["step"] = _one_of("They count", STEPS)
        return fields

    def _add_values(self, number: int, choice: ColumnChoice) -> None:
        """Add a field for each value of a scored column, once its metric is chosen."""
        scale = self.offered.scales.get(choice.metric)
        if choice.role != Role.SCORE or scale is None:
            return
        for place, text in enumerate(self._values_of(number)):
            is_strange = text in choice.values
            asked = _one_of(f"“{text}” means", meanings_of(scale, is_strange=is_strange))
            asked.required = False  # `clean` says in better words what is open
            asked.initial = choice.values.get(text, AS_NUMBER)
            self.fields[f"c{number}-v{place}"] = asked

    def _shown(self, number: int) -> list[Value]:
        return [
            Value(text, count, self[f"c{number}-v{place}"])
            for place, (text, count) in enumerate(self._values_of(number).items())
            if f"c{number}-v{place}" in self.fields
        ]


def _one_of(label: str, options: Options, *, looks: bool = False) -> forms.ChoiceField:
    widget = forms.Select(attrs=LOOKS if looks else {})
    return forms.ChoiceField(label=label, choices=options, widget=widget)


def _title(label: str, known: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": known, "autocomplete": "off"}),
    )
