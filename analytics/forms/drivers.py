"""The form that chooses an outcome, read by `analytics.selectors.driver_question`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django import forms

from analytics.rules.drivers import CHURN, USUAL_DAYS, WITHIN_DAYS
from analytics.selectors.histograms import By

if TYPE_CHECKING:
    from analytics.selectors.driver_question import DriverQuestion

_WHOLE = "The company as a whole"


class OutcomeForm(forms.Form):
    """An outcome: a metric, of which touchpoint, or leaving, within how many days."""

    @classmethod
    def showing(cls, question: DriverQuestion) -> Self:
        """Make the form with the outcome of *question*, and only the fields that it has."""
        outcome = question.outcome
        initial = {
            "outcome": outcome.name,
            "at": outcome.at,
            "within": str(outcome.days or USUAL_DAYS),
        }
        form = cls(initial=initial, auto_id="drivers-%s")
        metrics = [(one.metric.key, one.metric.title) for one in question.metrics]
        leaving = [(f"{CHURN}{one.key}", one.title) for one in question.definitions]
        groups = [("Metrics", metrics), ("Leaving, by the definition", leaving)]
        form.fields["outcome"] = forms.ChoiceField(
            label="What goes with", choices=[group for group in groups if group[1]]
        )
        if outcome.is_churn:
            days = [(str(days), f"{days} days") for days in WITHIN_DAYS]
            form.fields["within"] = forms.ChoiceField(label="Gone within", choices=days)
        else:
            places = [(one.key, one.title) for one in question.names.options(By.TOUCHPOINT)]
            form.fields["at"] = forms.ChoiceField(
                label="Rated for", required=False, choices=[("", _WHOLE), *places]
            )
        return form
