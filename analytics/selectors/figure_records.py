"""Figures as JSON has them: the same fields in the API and in the command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.selectors.figures import GroupFigure, Question, group_figures, read_histograms
from analytics.selectors.histograms import By, Slice
from analytics.selectors.metric_page import class_counts
from analytics.selectors.small_cells import NO_VEIL, trend_veil, veils
from cxm.kernel.charts import Tone

if TYPE_CHECKING:
    from analytics.selectors.names import Measure
    from cxm.metrics.figures import Figure
    from cxm.metrics.rules.histogram import Histogram


def read_figures(question: Question, within: Slice, *, by: By) -> list[GroupFigure]:
    """Read the figures of a metric by group, as the viewer of *question* may see them.

    Groups without answers are absent; `By.ALL` gives exactly one figure. One query for those
    who see answers; guests get weeks where they ask for a trend.
    """
    found = read_histograms(question, within, by=by)
    viewer, measure = question.viewer, question.measure
    veil = NO_VEIL
    if by in {By.DAY, By.WEEK, By.MONTH}:
        veil = trend_veil(viewer, measure, question.filter, found)
    elif not viewer.sees_rows:
        veil = veils(viewer, [measure], question.filter, by=by)[measure.metric.pk]
    return group_figures(question, found, by=by, veil=veil)


def figure_record(one: GroupFigure, measure: Measure) -> dict[str, Any]:
    """Write a figure as JSON has it: the fields of spec metrics 1.1, its group, its histogram.

    `value` and its limits are unrounded; in `period`, `from` and `to` are inclusive, `start` and
    `end` the same half-open. `histogram` counts answers by value and `counts` (NPS only) by
    class, both null when the figure is suppressed.
    """
    figure = one.figure
    record = {
        "metric": figure.metric_key,
        "group": one.key,
        "title": one.title,
        "value": figure.value,
        "n": figure.n,
        "n_eff": figure.n_eff,
        "ci_low": figure.ci_low,
        "ci_high": figure.ci_high,
        "method": figure.method,
        "unit": figure.unit,
        "definition": figure.definition,
        "definition_version": figure.definition_version,
        "filter": figure.filter,
        "period": _period(figure),
        "time_zone": figure.time_zone,
        "as_of": figure.as_of.isoformat(),
        "suppressed": figure.suppressed,
        "restated": figure.restated,
        "weighted": figure.is_weighted,
        "rows": figure.rows_url,
        "histogram": None if figure.suppressed else _histogram(measure, one.histogram),
    }
    if measure.metric.kind == "nps":
        record["counts"] = None if figure.suppressed else _classes(measure, one.histogram)
    return record


def _period(figure: Figure) -> dict[str, str | None]:
    start, end = figure.start_on, figure.end_on
    last = None if end is None else end.fromordinal(end.toordinal() - 1)
    return {
        "from": start.isoformat() if start else None,
        "to": last.isoformat() if last else None,
        "start": start.isoformat() if start else None,
        "end": end.isoformat() if end else None,
    }


def _histogram(measure: Measure, histogram: Histogram) -> dict[str, int]:
    return {str(value): histogram.count([value]) for value in measure.values}


def _classes(measure: Measure, histogram: Histogram) -> dict[str, int]:
    counts = class_counts(measure, histogram)
    return {
        "promoters": counts[Tone.FAVOURABLE],
        "passives": counts[Tone.NEUTRAL],
        "detractors": counts[Tone.UNFAVOURABLE],
    }
