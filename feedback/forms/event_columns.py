"""The form of the wizard's page of columns for files whose lines are no answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from feedback.forms.column_fields import (
    flag_field,
    joins_field,
    namespace_field,
    one_of,
    time_fields,
    title_field,
)
from feedback.forms.column_form import ColumnForm
from feedback.forms.event_checks import open_in
from feedback.forms.event_choices import (
    PROFILES,
    VALUES,
    WITH_STEPS,
    EventColumn,
    EventFileChoice,
    EventRole,
)
from feedback.forms.event_defaults import with_event_role
from feedback.forms.event_mapped import NUMBERED, event_column_of, event_mapping_from
from feedback.forms.event_words import (
    ACTORS,
    EVENT_KINDS,
    VALUE_TYPES,
    WORDS,
    role_words,
    roles_of,
)
from feedback.forms.offered import (
    CUSTOMER_KINDS,
    DayField,
    Options,
    first_number,
    time_options,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feedback.adapters.event_mapping import EventMapping
    from feedback.forms.registry_names import Known

_SAID_BY = {
    EventRole.TIME: "since",
    EventRole.NAME: "event",
    EventRole.CHANNEL: "channel",
}
_ONLY_EVENTS = ("event", "kind", "actor", "touchpoint")
_ONE_OF_SEVERAL = {"card": "One of a person’s numbers"}
_SEVERAL = {"card": "Number of which a person may have several"}


class EventColumnsForm(ColumnForm[EventColumn]):
    """Asks what the columns of a file of customers, events, orders or contracts are."""

    roles = EventRole
    aside = (*VALUES, EventRole.LEFT_OUT)
    texts = (
        "kind",
        "namespace",
        "time_as",
        "start",
        "step",
        "event",
        "touchpoint",
        "channel",
        "key",
        "type",
        "currency",
        "joins",
    )
    file_part = "source"
    file_names = ("title", "event", "touchpoint", "channel", "since")

    title = forms.CharField(
        label="Name of files of this kind",
        max_length=200,
        help_text="A later file of the same name adds just what is new.",
    )
    event = forms.CharField(
        label="What happened",
        max_length=200,
        required=False,
        help_text="The same for every line. Leave it empty when a column says it.",
    )
    touchpoint = forms.CharField(
        label="Touchpoint of all lines",
        max_length=120,
        required=False,
        help_text="Without one, your touchpoint rules decide.",
    )
    channel = forms.CharField(
        label="Channel of all lines",
        max_length=120,
        required=False,
        help_text="Such as Web shop, when no column says it.",
    )
    kind = forms.ChoiceField(label="What sort of thing it is", choices=EVENT_KINDS, required=False)
    actor = forms.ChoiceField(label="Who did it", choices=ACTORS, required=False)
    zone = forms.CharField(
        label="Time zone of the times",
        max_length=64,
        required=False,
        help_text="Such as Asia/Tokyo.",
    )
    since = DayField(
        label="Day on which this was so",
        required=False,
        help_text="When no column says it. What you were told later than this day stays.",
    )
    is_customer_required = flag_field("Refuse lines that name no customer")
    are_repeats_dropped = flag_field(
        "Lines alike in every cell are one", "Counts when no column numbers the lines."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What a column says is not asked again for the whole file.
        said = {choice.role for choice in self.choices}
        for role, name in _SAID_BY.items():
            if role in said:
                self.fields.pop(name, None)

    def shape_file_fields(self) -> None:
        """Ask what this kind of line has, and offer what the tenant has."""
        words = WORDS[self.line]
        self.file_title, self.line_words = words.file_title, words.line
        self.more_title = "Time zone" if self.line in PROFILES else "Time zone, repeated lines"
        if self.line == "interaction":
            self.more_title = "Who did it, time zone, repeated lines"
        self.aside_words = f"{words.aside} Give a column another meaning to move it up."
        dropped = set() if self.line == "interaction" else set(_ONLY_EVENTS)
        if self.line in PROFILES:
            dropped |= {"channel", "is_customer_required", "are_repeats_dropped"}
        else:
            dropped |= {"since"}
        for name in dropped:
            del self.fields[name]
        super().shape_file_fields()

    @property
    def line(self) -> str:
        """What a line of the file is."""
        line: str = self.base.line
        return line

    @property
    def whole(self) -> EventFileChoice:
        """What was sent about the file, as text; what is wrong with it stands in `errors`."""
        return EventFileChoice(**self.sent_whole())

    @property
    def note(self) -> tuple[str, str] | None:
        """What is still open about times, in a few words and in a sentence."""
        has_time = any(choice.role == EventRole.TIME for choice in self.choices)
        if has_time or self.line in PROFILES:
            return None
        words = f"Choose “{role_words(self.line, EventRole.TIME)}” at a column below."
        return "No column says yet when it happened", words

    def clean(self) -> dict[str, Any] | None:
        """Refuse what no mapping can say, each at its field and in the words of this page."""
        for place, words in open_in(self.line, self.whole, self.choices):
            self.add_error(place if place in self.fields else _role_of(place), words)
        return self.cleaned_data

    def anew(self, act: str) -> EventColumnsForm:  # noqa: ARG002 - only answers have columns alike
        """Give the form anew with what was sent."""
        return EventColumnsForm(
            base=self.base,
            columns=self.columns,
            choices=self.choices,
            whole=self.whole,
            offered=self.offered,
        )

    def mapping(self, known: Known) -> EventMapping:
        """Build the mapping that says what was sent."""
        return event_mapping_from(self.whole, self.choices, base=self.base, known=known)

    def column_of(self, field: str, mapping: EventMapping) -> str:
        """Name the column that a problem's *field* is about, or ""."""
        return event_column_of(field, mapping)

    def role_options(self) -> Options:
        """Give what a column can be."""
        return [(role.value, role_words(self.line, role)) for role in roles_of(self.line)]

    def summary(self, choice: EventColumn) -> list[str]:
        """Say what is decided about a column in a few words."""
        if choice.role == EventRole.CUSTOMER:
            whose = f" of {choice.namespace}" if choice.namespace else ""
            named = dict(CUSTOMER_KINDS) | _ONE_OF_SEVERAL
            return [f"{named.get(choice.kind, choice.kind)}{whose}"]
        if choice.role == EventRole.TIME:
            read = dict(time_options(choice.time_as)).get(choice.time_as, "")
            return _step_words(choice) + ([] if choice.event else [read])
        if choice.role in VALUES:
            return [f"Kept as {choice.key or choice.name}", _type_words(choice.type)]
        words = {
            EventRole.COMPANY: _company_words(choice),
            EventRole.AMOUNT: choice.currency or "Which currency is this?",
            EventRole.THREAD: self._joined(choice.joins),
        }
        return [words[choice.role]] if choice.role in words else []

    def detail_fields(self, number: int, choice: EventColumn) -> dict[str, forms.Field]:
        """Give the further fields that the role of *choice* has."""
        if choice.role in VALUES:
            return _value_fields(self.columns[number]["name"])
        options = {
            EventRole.CUSTOMER: self._customer_fields,
            EventRole.COMPANY: self._company_fields,
            EventRole.TIME: self._time_fields,
            EventRole.AMOUNT: self._amount_fields,
            EventRole.THREAD: self._thread_fields,
        }
        return options[choice.role](choice) if choice.role in options else {}

    def fresh_choice(self, number: int, role: EventRole) -> EventColumn:
        """Give the column its new role, with the details that its head and values speak for."""
        return with_event_role(self.columns[number], role, self.base)

    def bare_choice(self, number: int, role: EventRole) -> EventColumn:
        """Give a choice that says nothing but its role."""
        return EventColumn(self.columns[number]["name"], role)

    def read_flags(
        self, data: Mapping[str, Any], number: int, before: EventColumn, choice: EventColumn
    ) -> None:
        """Read the place of a step, and what is ticked; flags that are not asked stay."""
        choice.place = first_number(data.get(f"c{number}-place", ""), before.place)
        asked = self.detail_fields(number, choice)
        for name in ("is_id", "is_thread", "is_customer"):
            sent = f"c{number}-{name}" in data
            setattr(choice, name, sent if name in asked else getattr(before, name))

    def _customer_fields(self, choice: EventColumn) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {"kind": one_of("Kind", _customer_kinds(), looks=True)}
        if choice.kind in NUMBERED:
            fields["namespace"] = namespace_field()
        if self.line not in PROFILES:
            fields["is_thread"] = flag_field(
                "It is the number of a case: what has it, belongs together"
            )
        return fields

    def _company_fields(self, _choice: EventColumn) -> dict[str, forms.Field]:
        words = "For accounts: what carries this number is on the account’s own timeline."
        return {
            "namespace": namespace_field(),
            "is_customer": flag_field("It is the number of a customer, too", words),
        }

    def _time_fields(self, choice: EventColumn) -> dict[str, forms.Field]:
        if self.line not in WITH_STEPS:
            return time_fields(choice)
        words = f"Say what happened at the time in “{choice.name}”."
        event = _required("What happened", 200, words)
        # A mapping file may take the name of a step from a column.
        event.required = all(s.at.column != choice.name or s.name for s in self.base.events)
        place = forms.IntegerField(label="Comes as step", min_value=1, max_value=999)
        return {
            "event": event,
            "touchpoint": title_field("Touchpoint", "known-touchpoints"),
            "channel": title_field("Channel", "known-channels"),
            "place": place,
            **time_fields(choice),
        }

    def _amount_fields(self, _choice: EventColumn) -> dict[str, forms.Field]:
        if any(choice.role == EventRole.CURRENCY for choice in self.choices):
            return {}
        asked = _required(
            "Currency",
            3,
            "Say which currency this is, such as EUR, or choose “Currency” at a column.",
        )
        asked.help_text = "Three letters, such as EUR, unless a column says it."
        return {"currency": asked}

    def _thread_fields(self, _choice: EventColumn) -> dict[str, forms.Field]:
        return {"joins": joins_field(self.offered.sources)}

    def _joined(self, joins: str) -> str:
        if not joins:
            return "Holds together what belongs to it"
        return f"Its customer is known from {dict(self.offered.sources).get(joins, joins)}"


def _required(label: str, longest: int, words: str) -> forms.CharField:
    """Ask for a text; *words* say what to do where it is missing."""
    return forms.CharField(label=label, max_length=longest, error_messages={"required": words})


def _role_of(place: str | None) -> str | None:
    """Give the field of the role for one that is not shown."""
    return f"{place.partition('-')[0]}-role" if place else None


def _customer_kinds() -> Options:
    return [(kind, _SEVERAL.get(kind, words)) for kind, words in CUSTOMER_KINDS]


def _value_fields(head: str) -> dict[str, forms.Field]:
    key = forms.CharField(label="Kept as", max_length=120, required=False)
    key.widget.attrs["placeholder"] = head
    return {"key": key, "type": one_of("What it is read as", VALUE_TYPES)}


def _company_words(choice: EventColumn) -> str:
    whose = f" of {choice.namespace}" if choice.namespace else ""
    return f"Company number{whose}" + (", a customer too" if choice.is_customer else "")


def _step_words(choice: EventColumn) -> list[str]:
    words = [choice.event] if choice.event else []
    words += [f"touchpoint {choice.touchpoint}"] if choice.touchpoint else []
    return words + ([f"channel {choice.channel}"] if choice.channel else [])


def _type_words(kind: str) -> str:
    return dict(VALUE_TYPES).get(kind, kind).partition(",")[0].lower()
