"""The fields that the wizard asks of a column, whatever the lines of the file are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

from feedback.forms.offered import STEPS, DayField, time_options

if TYPE_CHECKING:
    from feedback.forms.offered import Options
    from feedback.forms.time_choices import TimeChoice

# A field on which others depend: htmx asks for the form anew when it changes.
LOOKS = {
    "hx-post": ".",
    "hx-vals": '{"act": "look"}',
    "hx-trigger": "change",
    "hx-target": "#import-columns-form",
    "hx-swap": "outerMorph",
}


def one_of(label: str, options: Options, *, looks: bool = False) -> forms.ChoiceField:
    """Ask for one of *options*; with *looks*, the form comes anew when it changes."""
    widget = forms.Select(attrs=LOOKS if looks else {})
    return forms.ChoiceField(label=label, choices=options, widget=widget)


def title_field(label: str, known: str) -> forms.CharField:
    """Ask for a title, and offer those of the list with the id *known*."""
    return forms.CharField(
        label=label,
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": known, "autocomplete": "off"}),
    )


def namespace_field() -> forms.CharField:
    """Ask whose numbers these are."""
    return forms.CharField(
        label="Whose numbers", max_length=60, required=False, help_text="Such as crm or shop."
    )


def flag_field(label: str, words: str = "") -> forms.BooleanField:
    """Ask whether something is so."""
    return forms.BooleanField(label=label, required=False, help_text=words)


def joins_field(sources: Options) -> forms.ChoiceField:
    """Ask which of the *sources* that are loaded says whose an order or a case is."""
    asked = one_of("Whose it is, says", [("", "This file itself"), *sources])
    asked.required = False
    asked.help_text = "A file with the same numbers that is loaded already can say it."
    return asked


def time_fields(choice: TimeChoice) -> dict[str, forms.Field]:
    """Ask how a column of times is written, and for numbers of steps where the first one falls."""
    fields: dict[str, forms.Field] = {
        "time_as": one_of("How it is written", time_options(choice.time_as), looks=True)
    }
    if choice.time_as == "steps":
        fields["start"] = DayField(label="The first one falls on")
        fields["first"] = forms.IntegerField(
            label="The first one is number", min_value=-9999, max_value=9999
        )
        fields["step"] = one_of("They count", STEPS)
    return fields
