"""The form behind the filter button, read by `analytics.selectors.filters`; citing a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django import forms

from analytics.rules.periods import CUSTOM, Compare
from analytics.selectors.names import FILTERED
from cxm.collaboration.rules.kinds import Polarity
from personas.selectors.evidence import statement_choices, statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.selectors.filters import Filter
    from analytics.selectors.names import Names
    from personas.models import Persona, PersonaFact

LABELS = {
    "touchpoint": "Touchpoints",
    "channel": "Channels",
    "survey": "Surveys",
    "segment": "Segments",
}


class FilterForm(forms.Form):
    """Days, touchpoints, channels, surveys and segments; everything may stay empty."""

    @classmethod
    def showing(cls, chosen: Filter, names: Names, *, extra: Mapping[str, str]) -> Self:
        """Make the form with what is chosen now; *extra* goes along hidden."""
        form = cls(auto_id="filter-%s")
        is_custom = chosen.period.name == CUSTOM
        ends = (
            ("from", "First day", chosen.period.start_on),
            ("to", "Last day", chosen.period.last_on),
        )
        for name, label, on in ends:
            form.fields[name] = forms.DateField(
                label=label,
                required=False,
                initial=on if is_custom else None,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
        for by in FILTERED:
            options = [(one.key, one.title) for one in names.options(by)]
            if options:
                form.fields[by.value] = forms.MultipleChoiceField(
                    label=LABELS[by.value],
                    required=False,
                    choices=options,
                    initial=list(chosen.keys(by)),
                    widget=forms.SelectMultiple(attrs={"size": min(len(options), 6)}),
                )
        for name, value in {**_hidden(chosen), **extra}.items():
            form.fields[name] = forms.CharField(initial=value, widget=forms.HiddenInput)
        return form


class FigureEvidenceForm(forms.Form):
    """The statement of a persona that a figure speaks for or against."""

    statement = forms.ChoiceField(
        error_messages={"required": "Choose the statement that this is about."}
    )
    polarity = forms.ChoiceField(
        label="What it says of the statement",
        choices=[
            (Polarity.SUPPORTS.value, "Speaks for it"),
            (Polarity.CONTRADICTS.value, "Speaks against it"),
        ],
    )

    def __init__(self, *args: Any, persona: Persona, **kwargs: Any) -> None:
        """Offer the statements of *persona*."""
        super().__init__(*args, **kwargs)
        self._persona = persona
        statement: Any = self.fields["statement"]
        statement.choices = [("", "Choose a statement"), *statement_choices(persona)]

    def clean_statement(self) -> PersonaFact:
        """Give the statement."""
        rows = statements(self._persona.tenant).filter(persona=self._persona)
        found: PersonaFact = rows.select_related("tenant").get(pk=self.cleaned_data["statement"])
        return found

    def clean_polarity(self) -> Polarity:
        """Give the direction."""
        return Polarity(self.cleaned_data["polarity"])


def _hidden(chosen: Filter) -> dict[str, str]:
    """Give what the form keeps without showing it; chosen days replace a named period."""
    kept = {}
    if chosen.period.name != CUSTOM:
        kept["period"] = chosen.period.name
    if chosen.compare is not Compare.PREVIOUS:
        kept["compare"] = chosen.compare.value
    if chosen.is_weighted:
        kept["weighted"] = "1"
    return kept


# As browsers want a day told, whatever the language.
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class EventLogForm(forms.Form):
    """Which days of a journey's event log are wanted, and as which kind of file, if any."""

    first_on = forms.DateField(label="From", widget=_DAY)
    last_on = forms.DateField(label="To", widget=_DAY)
    form = forms.ChoiceField(
        choices=[("", ""), ("xes", "XES"), ("csv", "CSV")],
        required=False,
        error_messages={"invalid_choice": "Choose xes or csv."},
    )

    def clean(self) -> dict[str, Any]:
        """Refuse days that end before they begin."""
        told = self.cleaned_data
        first, last = told.get("first_on"), told.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", "The last day comes after the first one.")
        return told
