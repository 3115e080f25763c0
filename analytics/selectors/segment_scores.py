"""How the members of each segment answer: NPS and satisfaction side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.rules.periods import DEFAULT_PERIOD, named_period
from analytics.selectors.figures import Question, Viewer
from analytics.selectors.filters import Filter
from analytics.selectors.histograms import By, Slice, histograms
from analytics.selectors.names import Measure, measures, read_names

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxm.metrics.figures import Figure

KINDS = ("nps", "csat")


def segment_scores(viewer: Viewer) -> dict[Hashable, list[Figure]]:
    """Read the figures of each live segment over the last 13 weeks, by its id. Three queries.

    Of the metrics the first live one of NPS and of satisfaction are meant. A segment without
    answers is absent, and all are for people who may not read answers.
    """
    chosen = leading_measures(measures(viewer.tenant)) if viewer.sees_rows else []
    if not chosen:
        return {}
    asked = Filter(named_period(DEFAULT_PERIOD, viewer.today))
    within = Slice(asked.period.start_on, asked.period.end_on)
    metrics = [one.metric for one in chosen]
    found = histograms(tenant=viewer.tenant, metrics=metrics, by=By.SEGMENT, within=within)
    names = read_names(viewer.tenant)
    figures: dict[Hashable, list[Figure]] = {}
    for measure in chosen:
        question = Question(viewer, measure, asked, names)
        for group, histogram in found[measure.metric.pk].items():
            one = question.figure(group, By.SEGMENT, histogram)
            figures.setdefault(group, []).append(one.figure)
    return figures


def leading_measures(every: list[Measure]) -> list[Measure]:
    """Pick the first metric of NPS and the first of satisfaction; of which there is none, none."""
    firsts = (next((one for one in every if one.metric.kind == kind), None) for kind in KINDS)
    return [one for one in firsts if one]
