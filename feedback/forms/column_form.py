"""What the wizard's forms of columns share, whatever the lines of the file are."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

from django import forms

from cxm.kernel.zones import is_zone
from feedback.forms.cards import Card
from feedback.forms.column_fields import LOOKS
from feedback.forms.offered import first_number

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from enum import StrEnum

    from django.forms import BoundField

    from feedback.adapters.event_mapping import FileMapping
    from feedback.errors import Problem
    from feedback.forms.offered import Offered, Options


class AnyChoice(Protocol):
    """What a person decides about a column: its *role*, and what that role needs to know."""

    name: str
    role: Any
    first: int
    is_new: bool


class ColumnForm[C: AnyChoice](forms.Form):
    """Asks what the columns are. Made of choices, or of what was sent; it never saves.

    A column's further fields follow from its role: without JavaScript they come when the form
    comes back. *base* is the mapping that the choices were read off: what is not asked stays as
    it says.
    """

    roles: ClassVar[type[StrEnum]]
    aside: ClassVar[Collection[str]]
    texts: ClassVar[Sequence[str]]
    file_part: ClassVar[str]
    file_names: ClassVar[Sequence[str]]
    file_title: str
    more_title: str
    line_words: str
    aside_words: str

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        base: Any,
        columns: Sequence[Mapping[str, Any]],
        choices: Sequence[C],
        whole: Any,
        offered: Offered,
    ) -> None:
        initial = {item.name: getattr(whole, item.name) for item in fields(whole)}
        super().__init__(cast("Any", data), initial=initial)
        self.base, self.columns, self.offered = base, columns, offered
        self._given = whole
        self._has_new_roles = False
        self.choices = list(choices)
        self.shape_file_fields()
        if data is not None:
            self.choices = self._sent(data, choices)
        self._details: list[list[str]] = []
        for number, choice in enumerate(self.choices):
            self._add_role(number, choice)

    @property
    def has_new_roles(self) -> bool:
        """Whether a column got another role, whose further fields nobody has seen yet."""
        return self._has_new_roles

    @property
    def file_fields(self) -> list[BoundField]:
        """The fields about the file that are always shown."""
        return [self[name] for name in self.file_names if name in self.fields]

    @property
    def more_fields(self) -> list[BoundField]:
        """The further fields about the file, which most files do not need."""
        asked = [item.name for item in fields(self._given) if item.name in self.fields]
        return [self[name] for name in asked if name not in self.file_names]

    @property
    def is_more_open(self) -> bool:
        """Whether one of the further fields about the file asks for something."""
        return self.note is not None or any(asked.errors for asked in self.more_fields)

    @property
    def note(self) -> tuple[str, str] | None:
        """What is still open about the file, in a few words and in a sentence."""
        return None

    def clean_zone(self) -> str:
        """Refuse what is no IANA name."""
        zone: str = self.cleaned_data["zone"]
        if zone and not is_zone(zone):
            raise forms.ValidationError(f"“{zone}” is no time zone; write one like Asia/Tokyo.")
        return zone

    def cards(self) -> list[Card]:
        """Give the columns as the page shows them, in the order of the file."""
        return [
            Card(
                number=number,
                column=self.columns[number],
                role=choice.role,
                role_field=self[f"c{number}-role"],
                is_aside=choice.role in self.aside,
                details=[self[name] for name in self._details[number]],
                summary=", ".join(self.summary(choice)),
                is_new=choice.is_new,
            )
            for number, choice in enumerate(self.choices)
        ]

    def add_problems(self, problems: Sequence[Problem], mapping: FileMapping) -> None:
        """Show what is wrong with *mapping*, each at the column it is about, or above all."""
        numbers = {column["name"]: number for number, column in enumerate(self.columns)}
        for problem in problems:
            column = self.column_of(problem.field, mapping)
            place = f"c{numbers[column]}-role" if column in numbers else None
            if problem.field.startswith(self.file_part):
                place = "title"
            self.add_error(place, problem.message)

    def sent_whole(self) -> dict[str, Any]:
        """Give what was sent about the file, as text; what is wrong with it stands in `errors`."""
        sent = {}
        for item in fields(self._given):
            given = getattr(self._given, item.name)
            value = self[item.name].value() if item.name in self.fields else given
            sent[item.name] = bool(value) if isinstance(given, bool) else value or ""
        return sent

    def anew(self, act: str) -> ColumnForm[C]:
        """Give the form anew with what was sent, changed as the button *act* says."""
        raise NotImplementedError

    def mapping(self, known: Any) -> FileMapping:
        """Build the mapping that says what was sent."""
        raise NotImplementedError

    def column_of(self, field: str, mapping: Any) -> str:
        """Name the column that a problem's *field* is about, or ""."""
        raise NotImplementedError

    def summary(self, choice: C) -> list[str]:
        """Say what is decided about a column in a few words."""
        raise NotImplementedError

    def role_options(self) -> Options:
        """Give what a column can be."""
        raise NotImplementedError

    def detail_fields(self, number: int, choice: C) -> dict[str, forms.Field]:
        """Give the further fields that the role of *choice* has, by the name of what they ask."""
        raise NotImplementedError

    def fresh_choice(self, number: int, role: Any) -> C:
        """Decide about column *number* anew: it has another *role*."""
        raise NotImplementedError

    def read_flags(self, data: Mapping[str, Any], number: int, before: C, choice: C) -> None:
        """Read what is no text into *choice*."""
        raise NotImplementedError

    def bare_choice(self, number: int, role: Any) -> C:
        """Give a choice that says nothing but its role."""
        raise NotImplementedError

    def shape_file_fields(self) -> None:
        """Offer what the tenant has at the fields about the file."""
        self.fields["zone"].widget.attrs["placeholder"] = f"The workspace’s: {self.offered.zone}"
        for name in {"channel", "touchpoint"} & set(self.fields):
            self.fields[name].widget.attrs["list"] = f"known-{name}s"

    def _sent(self, data: Mapping[str, Any], choices: Sequence[C]) -> list[C]:
        return [self._sent_choice(data, n, choice) for n, choice in enumerate(choices)]

    def _sent_choice(self, data: Mapping[str, Any], number: int, before: C) -> C:
        """Read one column's fields; those that its new role has only now get likely values."""
        try:
            role = self.roles(data.get(f"c{number}-role", before.role))
        except ValueError:
            return before
        if data.get(f"c{number}-was", before.role) != role:
            self._has_new_roles = True
            return self.fresh_choice(number, role)
        choice = self.bare_choice(number, role)
        # What is not asked stays, unless the column was something else before.
        kept = before if before.role == role else self.bare_choice(number, role)
        for name in self.texts:
            setattr(choice, name, data.get(f"c{number}-{name}", getattr(kept, name)).strip())
        choice.first = first_number(data.get(f"c{number}-first", ""), kept.first)
        self.read_flags(data, number, kept, choice)
        return choice

    def _add_role(self, number: int, choice: C) -> None:
        """Add the field that asks what a column is, and those that its role has."""
        self.fields[f"c{number}-role"] = forms.ChoiceField(
            label="What it is",
            choices=self.role_options(),
            initial=choice.role.value,
            widget=forms.Select(attrs=LOOKS),
        )
        details = self.detail_fields(number, choice)
        for name, asked in details.items():
            asked.initial = getattr(choice, name)
            self.fields[f"c{number}-{name}"] = asked
        self._details.append([f"c{number}-{name}" for name in details])
