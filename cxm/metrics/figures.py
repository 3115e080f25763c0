"""A number with everything that makes it true: what it counts, how sure it is, where it is from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.statistic import Definition, estimate

if TYPE_CHECKING:
    from datetime import date, datetime

    from cxm.metrics.models import Metric, MetricVersion
    from cxm.metrics.rules.statistic import Statistic

UNDER_K = "Fewer people answered than may be shown without telling who they are."


@dataclass(frozen=True, slots=True)
class Figure:
    """One reported number (spec: metrics, section 1.1).

    *value* and its limits are unrounded, None when there is nothing to compute from or when
    *suppressed* says why they are hidden (then *n* is 0 too). *start_on* is inclusive, *end_on*
    exclusive, None where open; days are of *time_zone*. *filter* is the query string that
    selects the rows, and *rows_url* lists exactly n of them.
    """

    metric_key: str
    title: str
    unit: str
    decimals: int
    value: float | None
    n: int
    n_eff: float | None
    ci_low: float | None
    ci_high: float | None
    method: str
    definition: str
    definition_version: int
    filter: str
    start_on: date | None
    end_on: date | None
    time_zone: str
    as_of: datetime
    suppressed: str | None
    restated: bool
    is_weighted: bool
    rows_url: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose answers a figure counts, and when it was read."""

    filter: str
    start_on: date | None
    end_on: date | None
    time_zone: str
    as_of: datetime
    rows_url: str
    is_weighted: bool = False


def definition_of(version: MetricVersion) -> Definition:
    """Give what the rules need of a stored version."""
    return Definition(
        statistic=cast("Statistic", version.statistic),
        favourable=frozenset(version.favourable),
        unfavourable=frozenset(version.unfavourable),
        decimals=version.decimals,
        version=version.number,
    )


def bounds_of(metric: Metric, version: MetricVersion) -> tuple[float, float]:
    """Give the ends of what the statistic of a metric can be."""
    match version.statistic:
        case "net":
            return -100.0, 100.0
        case "share":
            return 0.0, 100.0
        case _:
            return float(metric.scale_min), float(metric.scale_max)


def figure_of(
    metric: Metric,
    version: MetricVersion,
    histogram: Histogram,
    scope: Scope,
    *,
    hidden: str | None = None,
) -> Figure:
    """Compute the figure of *metric* from the answers in *histogram*; *hidden* says why not to."""
    shown = empty_histogram(metric) if hidden else histogram
    result = estimate(shown, definition_of(version), weighted=scope.is_weighted)
    return Figure(
        metric_key=metric.key,
        title=metric.title,
        unit=version.unit,
        decimals=version.decimals,
        value=result.value,
        n=result.n,
        n_eff=result.n_eff,
        ci_low=result.ci_low,
        ci_high=result.ci_high,
        method=result.method,
        definition=version.description,
        definition_version=version.number,
        filter=scope.filter,
        start_on=scope.start_on,
        end_on=scope.end_on,
        time_zone=scope.time_zone,
        as_of=scope.as_of,
        suppressed=hidden,
        restated=False,
        is_weighted=scope.is_weighted,
        rows_url=scope.rows_url,
    )


def empty_histogram(metric: Metric) -> Histogram:
    """Give the histogram of no answers on the scale of *metric*."""
    return Histogram(counts=(0,) * 11, first=metric.scale_offset, step=metric.scale_step)
