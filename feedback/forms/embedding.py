"""Input about a survey on other people's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from feedback.rules.embedding import (
    LONGEST_EVENT,
    LONGEST_PATTERN,
    MOST_DAYS,
    MOST_ORIGINS,
    MOST_PATTERNS,
    MOST_PERCENT,
    MOST_SECONDS,
    Embedding,
    Moment,
    Shape,
    read_origin,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINES = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})


class EmbeddingForm(forms.Form):
    """Where a survey may be shown, in which shape, and when it comes up."""

    is_on = forms.BooleanField(label="Let these sites show it", required=False)
    origins = forms.CharField(
        label="Sites",
        required=False,
        widget=_LINES,
        help_text="One a line, such as https://shop.example. No other site can show it.",
    )
    shape = forms.ChoiceField(label="Where on the page", choices=Shape.choices())
    moment = forms.ChoiceField(label="When", choices=Moment.choices())
    seconds = forms.IntegerField(
        label="Seconds on the page", min_value=0, max_value=MOST_SECONDS, required=False
    )
    percent = forms.IntegerField(
        label="Percent scrolled", min_value=1, max_value=MOST_PERCENT, required=False
    )
    event = forms.CharField(
        label="Name of the event",
        max_length=LONGEST_EVENT,
        required=False,
        help_text='The page reports it: wayfare("track", "order placed").',
    )
    pages = forms.CharField(
        label="Only on these pages",
        required=False,
        widget=_LINES,
        help_text="One path a line; * is anything, such as /orders/*. Empty is every page.",
    )
    repeat_days = forms.IntegerField(
        label="Days until the same person is shown it again", min_value=1, max_value=MOST_DAYS
    )

    def __init__(self, sent: Mapping[str, Any] | None = None, *, embedding: Embedding) -> None:
        stored = embedding.as_stored()
        stored |= {name: "\n".join(stored[name]) for name in ("origins", "pages")}
        super().__init__(sent, initial=stored)

    def clean_origins(self) -> tuple[str, ...]:
        """Read the sites; refuse what is none, and more than there may be."""
        lines = self._lines("origins", MOST_ORIGINS)
        wrong = next((line for line in lines if read_origin(line) is None), None)
        if wrong:
            message = f"“{wrong[:60]}” is no site: write it as https://shop.example."
            raise forms.ValidationError(message)
        return tuple(dict.fromkeys(read_origin(line) or "" for line in lines))

    def clean_pages(self) -> tuple[str, ...]:
        """Read the patterns of pages, each a path."""
        lines = self._lines("pages", MOST_PATTERNS)
        for line in lines:
            if len(line) > LONGEST_PATTERN or not line.startswith(("/", "*")):
                message = f"“{line[:60]}” is no path: begin it with / or *."
                raise forms.ValidationError(message)
        return tuple(lines)

    def clean(self) -> dict[str, Any]:
        """Ask for a site, and for what the chosen moment needs."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("is_on") and "origins" in told and not told["origins"]:
            self.add_error("origins", "Name at least one site, or take the mark above away.")
        needed = {"seconds": "seconds", "percent": "scroll", "event": "event"}
        for name, moment in needed.items():
            is_missing = name in told and told[name] in (None, "")
            if told.get("moment") == moment and is_missing:
                self.add_error(name, "This is needed for when you chose.")
        return told

    @property
    def embedding(self) -> Embedding:
        """Give what was entered; what the moment does not need stays as it is by itself."""
        told = {name: value for name, value in self.cleaned_data.items() if value is not None}
        told |= {"shape": Shape(told["shape"]), "moment": Moment(told["moment"])}
        return Embedding(**told)

    def _lines(self, name: str, most: int) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data[name].splitlines() if line.strip()]
        if len(lines) > most:
            message = f"Write at most {most} lines; these are {len(lines)}."
            raise forms.ValidationError(message)
        return lines
