"""The row of chips above figures: what is chosen, and links to everything else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from analytics.forms.figures import FilterForm
from analytics.rules.periods import (
    PERIOD_LABELS,
    Compare,
    compared_words,
    named_period,
)
from analytics.selectors.filters import GUEST_PERIODS, Filter
from analytics.selectors.names import FILTERED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analytics.selectors.figures import Viewer
    from analytics.selectors.histograms import By
    from analytics.selectors.names import Names


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose, or to take away: where the click leads."""

    label: str
    url: str
    is_current: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class FilterBar:
    """All choices of the bar. *form* is None where only periods can be chosen."""

    period: str
    periods: list[Choice]
    compare: str
    compares: list[Choice]
    chips: list[Choice]
    reset_url: str
    form: FilterForm | None


def filter_bar(
    viewer: Viewer, chosen: Filter, names: Names, *, path: str, extra: Mapping[str, str]
) -> FilterBar:
    """Lay out the bar of a page at *path*; *extra* are its other parameters, kept in every link."""

    def to(other: Filter) -> str:
        pairs = [query for query in (other.query(), urlencode(extra)) if query]
        return f"{path}?{'&'.join(pairs)}" if pairs else path

    chips = [
        Choice(_title(names, by, key), to(_without(chosen, by, key)), kind=by.value)
        for by in FILTERED
        for key in chosen.keys(by)
    ]
    bare = Filter(chosen.period, chosen.compare, is_weighted=chosen.is_weighted)
    return FilterBar(
        period=PERIOD_LABELS.get(chosen.period.name, "Chosen days"),
        periods=_periods(viewer, chosen, to),
        compare=_compare_label(chosen),
        compares=_compares(viewer, chosen, to),
        chips=chips,
        reset_url=to(bare) if chips else "",
        form=FilterForm.showing(chosen, names, extra=extra) if viewer.sees_rows else None,
    )


def _without(chosen: Filter, by: By, key: str) -> Filter:
    return chosen.with_keys(by, [other for other in chosen.keys(by) if other != key])


def _title(names: Names, by: By, key: str) -> str:
    [named], _ = names.known(by, [key])
    return named.title


def _periods(viewer: Viewer, chosen: Filter, to: Callable[[Filter], str]) -> list[Choice]:
    offered = PERIOD_LABELS if viewer.sees_rows else GUEST_PERIODS
    return [
        Choice(
            PERIOD_LABELS[name],
            to(replace(chosen, period=named_period(name, viewer.today))),
            name == chosen.period.name,
        )
        for name in offered
    ]


def _compares(viewer: Viewer, chosen: Filter, to: Callable[[Filter], str]) -> list[Choice]:
    if not viewer.sees_rows or chosen.period.start_on is None or chosen.period.end_on is None:
        return []
    return [
        Choice(
            _compare_label(replace(chosen, compare=compare)),
            to(replace(chosen, compare=compare)),
            compare is chosen.compare,
        )
        for compare in Compare
    ]


def _compare_label(chosen: Filter) -> str:
    if chosen.compare is Compare.NOTHING:
        return "Nothing"
    words = compared_words(chosen.period, chosen.compare)
    return words[:1].upper() + words[1:] if words else "Nothing"
