"""The form of the wizard's second step: what a line of the file is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from feedback.adapters.line_kind import LINES, moments, own_numbers
from feedback.services.previewing import profile_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from feedback.adapters.line_kind import Line
    from feedback.adapters.profile import ColumnProfile

SHOWN = 4
LINE_WORDS = {
    "response": (
        "An answer",
        "What somebody answered in a survey, or a review: scores and comments.",
        "message-square-text",
    ),
    "customer": (
        "A customer",
        "One person: who it is, how to reach them, what you know of them.",
        "user",
    ),
    "interaction": (
        "Something that happened",
        "One event at one time: a call, a visit, a payment, a step in a log.",
        "activity",
    ),
    "order": (
        "An order or case with several times",
        "Ordered, shipped, delivered; opened, closed: each time becomes a step of the timeline.",
        "package",
    ),
    "company": (
        "A company",
        "One organisation or account, with what you know of it.",
        "building-2",
    ),
    "contract": (
        "A contract",
        "A subscription or policy of a company or a customer, with its start and its end.",
        "scroll-text",
    ),
}


@dataclass(frozen=True, slots=True)
class LineOption:
    """One thing that a line can be, as the page offers it."""

    value: str
    title: str
    words: str
    icon: str
    is_chosen: bool
    is_likely: bool


class LineForm(forms.Form):
    """What a line is; the likeliest is chosen beforehand."""

    line = forms.ChoiceField(
        label="What is a line?",
        choices=[(line, LINE_WORDS[line][0]) for line in LINES],
        error_messages={
            "required": "Choose what a line is.",
            "invalid_choice": "A line cannot be that. Choose one of these.",
        },
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        columns: Sequence[Mapping[str, Any]],
        likely: Line,
        chosen: Line,
    ) -> None:
        super().__init__(data, initial={"line": chosen})
        self._likely = likely
        self._columns = [profile_in(column) for column in columns]

    @property
    def options(self) -> list[LineOption]:
        """What a line can be, the likeliest first; of what was sent, that is chosen."""
        chosen = self["line"].value()
        shown = sorted(LINES, key=lambda line: line != self._likely)
        return [
            LineOption(line, *LINE_WORDS[line], line == chosen, line == self._likely)
            for line in shown
        ]

    @property
    def seen(self) -> str:
        """What in the file speaks for the likeliest: its numbers and times."""
        numbers = _listed(own_numbers(self._columns))
        times = _listed(moments(self._columns))
        parts = [f"a number of its own in {numbers}"] if numbers else []
        parts += [f"times in {times}"] if times else []
        return f"We saw {' and '.join(parts)}." if parts else ""


def _listed(columns: Sequence[ColumnProfile]) -> str:
    names = [f"“{column.name}”" for column in columns[:SHOWN]]
    more = len(columns) - SHOWN
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")
