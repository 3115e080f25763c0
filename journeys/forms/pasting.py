"""What is asked when a table is pasted into a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from journeys.rules.pasted_tables import Heads, guessed_heads, read_table
from journeys.rules.pasting import Pasting

if TYPE_CHECKING:
    from journeys.rules.pasted_lines import PasteLine

LONGEST_TEXT = 2_000_000
_ADD, _REPLACE = "add", "replace"


class PasteForm(forms.Form):
    """The table, the cell where it begins, and how it is read.

    How it is read is asked for once a table was looked at (*is_asked*); before that it is guessed
    whether it has titles. *steps* and *lanes* are those of the map that it can begin at.
    """

    text = forms.CharField(
        label="Table",
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text="Copy cells in a spreadsheet and paste them here. A single column becomes the "
        "cards of one cell.",
        error_messages={"required": "Paste a table, or write some lines."},
    )
    lane = forms.TypedChoiceField(
        label="Into the lane", coerce=UUID, empty_value=None, required=False
    )
    step = forms.TypedChoiceField(
        label="From the step on", coerce=UUID, empty_value=None, required=False
    )
    is_asked = forms.BooleanField(required=False, widget=forms.HiddenInput)
    has_steps = forms.BooleanField(label="The first row names steps", required=False)
    has_lanes = forms.BooleanField(label="The first column names lanes", required=False)
    transposes = forms.BooleanField(label="Swap rows and columns", required=False)
    splits_lines = forms.BooleanField(label="One card for each line", required=False)
    mode = forms.ChoiceField(
        label="What stands there already",
        choices=[(_ADD, "Stays"), (_REPLACE, "Is replaced")],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(
        self, *args: Any, steps: list[PasteLine], lanes: list[PasteLine], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self._steps, self._lanes = steps, lanes
        for name, lines in (("step", steps), ("lane", lanes)):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - as declared
            there = [(str(line.id), line.title) for line in lines]
            field.choices = there or [("", "A new one")]
            # People choose one; a request that leaves it out means the first.
            field.required = bool(there) and not self.is_bound
        self.fields["mode"].required = not self.is_bound

    @property
    def place_fields(self) -> list[forms.BoundField]:
        """Give the fields about where it begins."""
        return [self["lane"], self["step"]]

    @property
    def reading_fields(self) -> list[forms.BoundField]:
        """Give the fields about how it is read."""
        names = ("has_steps", "has_lanes", "transposes", "splits_lines", "mode")
        return [self[name] for name in names]

    def pasting(self) -> Pasting:
        """Give what is pasted, and how; the form is valid."""
        told = self.cleaned_data
        table = read_table(told["text"])
        place = {"lane": told["lane"], "step": told["step"]}
        if not told["is_asked"]:
            titles = ([line.title for line in lines] for lines in (self._steps, self._lanes))
            return Pasting(table, **place, heads=guessed_heads(table, *titles))
        return Pasting(
            table,
            **place,
            heads=Heads(told["has_steps"], told["has_lanes"]),
            replaces=told["mode"] == _REPLACE,
            transposes=told["transposes"],
            splits_lines=told["splits_lines"],
        )


def told_of(pasting: Pasting, text: str) -> dict[str, Any]:
    """Give what a form shows that asks for *pasting* again."""
    return {
        "text": text,
        "lane": pasting.lane,
        "step": pasting.step,
        "is_asked": True,
        "has_steps": pasting.heads.has_steps,
        "has_lanes": pasting.heads.has_lanes,
        "transposes": pasting.transposes,
        "splits_lines": pasting.splits_lines,
        "mode": _REPLACE if pasting.replaces else _ADD,
    }
