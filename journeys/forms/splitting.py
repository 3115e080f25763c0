"""What is asked when a step is split, or joined with another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from journeys.rules.splitting import Goes
from journeys.services.splitting import LONGEST_TITLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journeys.selectors.step_parts import Part

_SIDES = [
    (Goes.LEFT.value, "Stays"),
    (Goes.RIGHT.value, "Goes along"),
    (Goes.BOTH.value, "Both"),
]
_PREFIX, _PERCENT = "goes-", 100


class SplitForm(forms.Form):
    """Two titles, how many go on to the later part, and where each thing at the step goes."""

    earlier_title = forms.CharField(label="The earlier part", max_length=LONGEST_TITLE)
    title = forms.CharField(label="The later part", max_length=LONGEST_TITLE)
    percent = forms.IntegerField(
        label="How many go on to the later part, in percent",
        min_value=0,
        max_value=_PERCENT,
        initial=_PERCENT,
        help_text="Of those who come to the earlier one.",
    )

    def __init__(self, *args: Any, parts: Sequence[Part], **more: Any) -> None:
        super().__init__(*args, **more)
        for part in parts:
            self.fields[f"{_PREFIX}{part.id}"] = forms.ChoiceField(
                label=part.words,
                help_text=part.within,
                choices=_SIDES,
                initial=part.goes.value,
                widget=forms.RadioSelect,
            )

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """Give the fields about the step itself."""
        return [field for field in self if not field.name.startswith(_PREFIX)]

    @property
    def part_fields(self) -> list[forms.BoundField]:
        """Give the fields about what lies at it."""
        return [field for field in self if field.name.startswith(_PREFIX)]

    def told(self) -> dict[str, Any]:
        """Give what was cleaned as `split_step` takes it."""
        values = self.cleaned_data
        goes = {
            UUID(name.removeprefix(_PREFIX)): Goes(value)
            for name, value in values.items()
            if name.startswith(_PREFIX) and value
        }
        told = {name: values[name] for name in ("title", "earlier_title")}
        return {**told, "share": values["percent"] / _PERCENT, "goes": goes}


class MergeForm(forms.Form):
    """With which neighbour a step is joined; it goes to that, and what lies at it."""

    into = forms.TypedChoiceField(
        label="Join it with", coerce=UUID, widget=forms.RadioSelect, empty_value=None
    )

    def __init__(self, *args: Any, neighbours: Sequence[tuple[UUID, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["into"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - as declared
        field.choices = [(str(pk), words) for pk, words in neighbours]
