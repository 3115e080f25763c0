"""What people enter about models of scores, and about the scores of one item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.formsets import formset_factory

from journeys.rules.scoring import (
    LONGEST_KEY,
    LONGEST_LABEL,
    MOST_FORMULAS,
    MOST_INPUTS,
    Expression,
    Input,
    Scoring,
    Source,
)
from journeys.services.score_models import LONGEST_TITLE
from journeys.services.scores import LONGEST_REASON

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from journeys.models import ScoreModel
    from journeys.services.scores import Said

LONGEST_FORMULA = 1_000
_ANY = {"attrs": {"step": "any"}}


class ModelCopyForm(forms.Form):
    """A new model: what it is called, and which one it begins as."""

    title = forms.CharField(max_length=LONGEST_TITLE)
    of = forms.ChoiceField(label="Begin with")

    def __init__(self, *args: Any, models: Sequence[ScoreModel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        self._models = {str(one.pk): one for one in models}
        fields["of"].choices = [
            (pk, f"{one.title}, for {one.get_subject_display().lower()}")
            for pk, one in self._models.items()
        ]

    def model(self) -> ScoreModel:
        """Give the model that a valid form begins with."""
        return self._models[self.cleaned_data["of"]]


class InputForm(forms.Form):
    """One input of a model."""

    key = forms.CharField(max_length=LONGEST_KEY, label="Name in formulas")
    label = forms.CharField(max_length=LONGEST_LABEL, label="Called")
    least = forms.FloatField(required=False, widget=forms.NumberInput(**_ANY))
    most = forms.FloatField(required=False, widget=forms.NumberInput(**_ANY))
    source = forms.ChoiceField(
        label="Computed", required=False, choices=[("", "No, people say it"), *Source.choices()]
    )
    is_cost = forms.BooleanField(required=False, label="Less is better")


class ExpressionForm(forms.Form):
    """One score of a model."""

    key = forms.CharField(max_length=LONGEST_KEY, label="Key")
    label = forms.CharField(max_length=LONGEST_LABEL, label="Called")
    text = forms.CharField(max_length=LONGEST_FORMULA, label="Formula")


class ModelForm(forms.Form):
    """What a model is called, and what its matrix draws."""

    title = forms.CharField(max_length=LONGEST_TITLE)
    x = forms.ChoiceField(label="Matrix, across")
    y = forms.ChoiceField(label="Matrix, up")
    size = forms.ChoiceField(label="Matrix, size of the points", required=False)

    def __init__(self, *args: Any, labels: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        choices = list(labels.items())
        fields["x"].choices = fields["y"].choices = choices
        fields["size"].choices = [("", "All alike"), *choices]


_Inputs: Any = formset_factory(
    InputForm,
    extra=1,
    max_num=MOST_INPUTS,
    validate_max=True,
    can_delete=True,
    can_delete_extra=False,
)
_Expressions: Any = formset_factory(
    ExpressionForm,
    extra=1,
    max_num=MOST_FORMULAS,
    validate_max=True,
    can_delete=True,
    can_delete_extra=False,
)


class ScoringForms:
    """Everything that is entered about one model: its names, its inputs and its scores."""

    def __init__(self, model: ScoreModel, scoring: Scoring, sent: Any = None) -> None:
        self.inputs = _Inputs(sent, prefix="inputs", initial=[_entered(i) for i in scoring.inputs])
        scores = [{"key": e.key, "label": e.label, "text": e.text} for e in scoring.formulas]
        self.formulas = _Expressions(sent, prefix="formulas", initial=scores)
        labels = scoring.labels if sent is None else _sent_labels(sent)
        told = {name: getattr(model, name) for name in ("title", "x", "y", "size")}
        self.model = ModelForm(sent, labels=labels, initial=told)

    def is_valid(self) -> bool:
        """Whether all that was entered has the right shape; every part says what is wrong."""
        return all(part.is_valid() for part in (self.model, self.inputs, self.formulas))

    def scoring(self) -> Scoring:
        """Give the inputs and scores of valid forms, without those that are to go."""
        return Scoring(
            tuple(Input(**told) for told in _kept(self.inputs)),
            tuple(Expression(**told) for told in _kept(self.formulas)),
        )


class ScoresForm(forms.Form):
    """Values of the inputs of one item, each with its interval, and why."""

    reason = forms.CharField(
        required=False, max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, scoring: Scoring, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._scoring = scoring
        for one in scoring.inputs:
            for part in ("value", "lo", "hi"):
                self.fields[f"{one.key}-{part}"] = forms.FloatField(
                    required=False, widget=forms.NumberInput(**_ANY)
                )

    def values(self) -> dict[str, Said | None]:
        """Give the values of a valid form that were sent; an empty one is taken back."""
        told = self.cleaned_data
        found: dict[str, Said | None] = {}
        for one in self._scoring.inputs:
            if self.add_prefix(f"{one.key}-value") not in self.data:
                continue
            value, lo, hi = (told[f"{one.key}-{part}"] for part in ("value", "lo", "hi"))
            found[one.key] = None if value is None else (value, lo, hi)
        return found

    def fault(self) -> str:
        """Give the first reason why nothing was saved, with the input that it is about."""
        for name, words in self.errors.items():
            one = self._scoring.input(name.partition("-")[0])
            return f"{one.label}: {words[0]}" if one else str(words[0])
        return ""


class PlaceForm(forms.Form):
    """Where an item was put in a matrix: values of the axes that were sent."""

    item = forms.UUIDField(error_messages={"required": "Say which one is meant."})
    x = forms.FloatField(required=False)
    y = forms.FloatField(required=False)
    x_axis = forms.CharField(max_length=LONGEST_KEY)
    y_axis = forms.CharField(max_length=LONGEST_KEY)
    reason = forms.CharField(required=False, max_length=LONGEST_REASON)

    def fault(self) -> str:
        """Give the first reason why nothing was moved."""
        return next((str(words[0]) for words in self.errors.values()), "")


def _entered(one: Input) -> dict[str, Any]:
    return {
        "key": one.key,
        "label": one.label,
        "least": one.least,
        "most": one.most,
        "source": one.source,
        "is_cost": one.is_cost,
    }


def _kept(formset: Any) -> list[dict[str, Any]]:
    rows = (form.cleaned_data for form in formset.forms if form not in formset.deleted_forms)
    return [{name: row[name] for name in row if name != "DELETE"} for row in rows if row]


def _sent_labels(sent: Mapping[str, str]) -> dict[str, str]:
    """Give what the sent inputs and scores are called, so that the matrix may draw new ones."""
    found = {}
    for prefix, most in (("formulas", MOST_FORMULAS), ("inputs", MOST_INPUTS)):
        for number in range(most):
            key = sent.get(f"{prefix}-{number}-key", "")
            if key:
                found[key] = sent.get(f"{prefix}-{number}-label", "") or key
    return found
