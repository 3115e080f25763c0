"""The fields of the form of a tile, for each part of what a tile can ask."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from django import forms
from django.urls import reverse
from django.utils.html import format_html

from analytics.forms.figures import LABELS
from analytics.models import ChurnDefinition
from analytics.rules.drivers import CHURN, USUAL_DAYS, WITHIN_DAYS
from analytics.rules.periods import CUSTOM, DEFAULT_PERIOD, PERIOD_LABELS, Compare
from analytics.rules.tile_kinds import BREAKDOWNS, STEPS, TileKind
from analytics.rules.tiles import LONGEST_NOTE
from analytics.selectors.churn import counted_definitions
from analytics.selectors.histograms import By
from analytics.selectors.names import FILTERED, measures, read_names
from analytics.selectors.tile_maps import promising_maps
from feedback.models import SurveyQuestion

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.models import Tenant

type Fields = dict[str, forms.Field]

_COMPARES = {
    Compare.PREVIOUS: "The time just before",
    Compare.YEAR: "The same time a year before",
    Compare.NOTHING: "Nothing",
}


def asking_for(part: str, kind: TileKind, tenant: Tenant) -> Fields:
    """Give the fields that ask for a part of what a tile of *kind* asks; none for what others do.

    A field that has nothing to choose from says where that is made.
    """
    if part == "filter":
        return _filter(tenant, kind)
    return _MAKERS[part](tenant)


def _metric(tenant: Tenant) -> Fields:
    choices = [(one.metric.key, one.metric.title) for one in measures(tenant)]
    return {"metric": forms.ChoiceField(label="Which metric?", choices=choices)}


def _by(_tenant: Tenant) -> Fields:
    choices = [(name, name.capitalize()) for name in BREAKDOWNS]
    return {"by": forms.ChoiceField(label="One row for each", choices=choices)}


def _step(_tenant: Tenant) -> Fields:
    choices = [("", "What fits the period"), *((name, name.capitalize()) for name in STEPS)]
    return {"step": forms.ChoiceField(label="One point for each", required=False, choices=choices)}


def _question(tenant: Tenant) -> Fields:
    rows = SurveyQuestion.objects.for_tenant(tenant).select_related("survey")
    ordered = rows.order_by("survey__title", "survey__key", "ord", "key")
    choices = [
        (title, [(f"{one.survey.key}:{one.key}", one.text) for one in questions])
        for (title, _), questions in groupby(
            ordered, key=lambda one: (one.survey.title, one.survey.key)
        )
    ]
    page = reverse("feedback:survey-list", args=[tenant.slug])
    return {
        "asked": forms.ChoiceField(
            label="Which question?",
            choices=choices,
            help_text="" if choices else _nothing_yet("no question of a survey", page, "Surveys"),
        )
    }


def _definition(tenant: Tenant) -> Fields:
    rows = ChurnDefinition.objects.for_tenant(tenant).filter(archived_at=None)
    choices = list(rows.order_by("-is_headline", "title", "pk").values_list("key", "title"))
    page = reverse("analytics:churn", args=[tenant.slug])
    told = "A definition of churn says who counts as a customer, and when one has left."
    return {
        "definition": forms.ChoiceField(
            label="Whose churn?",
            choices=choices,
            help_text=told if choices else _nothing_yet("no definition of churn", page, "Churn"),
        )
    }


def _group(tenant: Tenant) -> Fields:
    counted = (one.result for one in counted_definitions(tenant))
    known = {key: title for one in counted if one for key, title in one.dimensions}
    choices = [("", "Everybody together"), *sorted(known.items(), key=lambda one: one[1])]
    return {"group": forms.ChoiceField(label="One curve for each", required=False, choices=choices)}


def _outcome(tenant: Tenant) -> Fields:
    rows = ChurnDefinition.objects.for_tenant(tenant).filter(archived_at=None)
    leaving = [
        (f"{CHURN}{key}", title)
        for key, title in rows.order_by("-is_headline", "title", "pk").values_list("key", "title")
    ]
    metrics = [(one.metric.key, one.metric.title) for one in measures(tenant)]
    groups = [("Metrics", metrics), ("Leaving, by the definition", leaving)]
    choices = [("", "Whatever was asked last"), *(group for group in groups if group[1])]
    return {"outcome": forms.ChoiceField(label="What goes with", required=False, choices=choices)}


def _at(tenant: Tenant) -> Fields:
    places = [(one.key, one.title) for one in read_names(tenant).options(By.TOUCHPOINT)]
    return {
        "at": forms.ChoiceField(
            label="Rated for",
            required=False,
            choices=[("", "The company as a whole"), *places],
            help_text="Counts for a metric.",
        )
    }


def _within(_tenant: Tenant) -> Fields:
    return {
        "within": forms.ChoiceField(
            label="Gone within",
            choices=[(str(days), f"{days} days") for days in WITHIN_DAYS],
            initial=str(USUAL_DAYS),
            required=False,
            help_text="Counts for leaving.",
        )
    }


def _map(tenant: Tenant) -> Fields:
    choices = [(str(one.pk), f"{one.journey.title}: {one.name}") for one in promising_maps(tenant)]
    page = reverse("journeys:journey-list", args=[tenant.slug])
    return {
        "map": forms.ChoiceField(
            label="Which map?",
            choices=choices,
            help_text="Published maps of what is to come."
            if choices
            else _nothing_yet("no published map of what is to come", page, "Journeys"),
        )
    }


def _text(_tenant: Tenant) -> Fields:
    return {
        "text": forms.CharField(
            label="Note",
            max_length=LONGEST_NOTE,
            widget=forms.Textarea(attrs={"rows": 6}),
            help_text="A little Markdown is understood: **bold**, *italic*, lists, links.",
        )
    }


def _filter(tenant: Tenant, kind: TileKind) -> Fields:
    """Ask for a filter; kinds that never follow that of the dashboard only for their own."""
    fields: Fields = {}
    if kind.follows_board:
        fields["answers"] = forms.ChoiceField(
            label="Which answers?",
            choices=[("board", "Those of the dashboard's filter"), ("own", "Those chosen below")],
            initial="board",
            widget=forms.RadioSelect,
        )
    fields["period"] = forms.ChoiceField(
        label="Period",
        choices=[*PERIOD_LABELS.items(), (CUSTOM, "Chosen days")],
        initial=DEFAULT_PERIOD,
    )
    fields["from"] = forms.DateField(label="First day", required=False, widget=_day())
    fields["to"] = forms.DateField(label="Last day", required=False, widget=_day())
    if kind.follows_board:
        fields["compare"] = forms.ChoiceField(
            label="Compared with", choices=[(one.value, told) for one, told in _COMPARES.items()]
        )
    names = read_names(tenant)
    for by in FILTERED:
        options = [(one.key, one.title) for one in names.options(by)]
        if options:
            fields[by.value] = forms.MultipleChoiceField(
                label=f"Only these {LABELS[by.value].lower()}",
                required=False,
                choices=options,
                widget=forms.SelectMultiple(attrs={"size": min(len(options), 5)}),
            )
    if kind.follows_board:
        fields["weighted"] = forms.BooleanField(
            label="Use the weights of the survey", required=False
        )
    return fields


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _nothing_yet(what: str, page: str, name: str) -> str:
    return format_html('There is {} yet. It is made under <a href="{}">{}</a>.', what, page, name)


_MAKERS: dict[str, Callable[[Tenant], Fields]] = {
    "metric": _metric,
    "by": _by,
    "step": _step,
    "survey": lambda _tenant: {},
    "question": _question,
    "definition": _definition,
    "group": _group,
    "outcome": _outcome,
    "at": _at,
    "within": _within,
    "map": _map,
    "text": _text,
}
