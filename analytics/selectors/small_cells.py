"""Which small groups are hidden from people who may not read answers."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache
from redis.exceptions import RedisError

from analytics.rules.differencing import disclose_together
from analytics.rules.disclosure import Disclosure, disclose, hidden_points
from analytics.rules.periods import ALL, DEFAULT_PERIOD
from analytics.selectors.histograms import By, Slice, histograms, spot_counts
from cxm.metrics.rules.days import week_start

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from uuid import UUID

    from analytics.selectors.figures import Viewer
    from analytics.selectors.filters import Filter
    from analytics.selectors.names import Measure
    from cxm.metrics.rules.histogram import Histogram

logger = logging.getLogger(__name__)
_KEPT_SECONDS = 3600
# Weeks of the periods that guests can come to see, each inside the next: what they choose, and
# what that is compared with. After these comes all time.
_CHAIN = (13, 26, 52, 104)
# Breakdowns that people can look at side by side, in the order of `spot_counts`.
_TOGETHER = (By.TOUCHPOINT, By.CHANNEL, By.SURVEY)
_PLACES = {DEFAULT_PERIOD: 0, "52w": 2, ALL: len(_CHAIN)}


@dataclass(frozen=True, slots=True)
class Veil:
    """What is hidden of one metric: the whole period, the one before, or groups of a breakdown."""

    is_all_hidden: bool = False
    is_earlier_hidden: bool = False
    groups: frozenset[str] = field(default_factory=frozenset)

    def hides(self, group: Hashable) -> bool:
        """Say whether the figure of a group is hidden."""
        return self.is_all_hidden or _cell(group) in self.groups


NO_VEIL = Veil()


def veils(
    viewer: Viewer, measures: Sequence[Measure], chosen: Filter, *, by: By
) -> dict[UUID, Veil]:
    """Give what is hidden of each metric in a breakdown by touchpoint, channel or survey.

    The three hide each other's small cells too, whichever of them is looked at. For those who see
    answers nothing is hidden, without a query; for others it takes one, or five by anything else.
    """
    if viewer.sees_rows:
        return {measure.metric.pk: NO_VEIL for measure in measures}
    place = _PLACES[chosen.period.name]
    if by not in _TOGETHER:
        nested = _nested_counts(viewer, measures, by)
        return {pk: _veil(disclose(cells), place) for pk, cells in nested.items()}
    spots = spot_counts(
        tenant=viewer.tenant,
        metrics=[measure.metric for measure in measures],
        slices=_slices(viewer.today),
    )
    return {pk: _veil(_of_one(found, by), place) for pk, found in spots.items()}


def trend_veil(
    viewer: Viewer, measure: Measure, chosen: Filter, weeks: Mapping[Hashable, Histogram]
) -> Veil:
    """Give what is hidden of a trend by week. No query for those who see answers, else five."""
    if viewer.sees_rows:
        return NO_VEIL
    nested = _nested_counts(viewer, [measure], By.ALL)[measure.metric.pk]
    shown = disclose(nested)
    counts = {_cell(week): histogram.n for week, histogram in weeks.items()}
    bands = {_cell(week): _band(week, viewer.today) for week in weeks}
    hidden = hidden_points(counts, shown.is_offered, bands)
    return Veil(not shown.is_offered[_PLACES[chosen.period.name]], groups=hidden)


def _of_one(found: Mapping[tuple[UUID | None, ...], list[int]], by: By) -> Disclosure:
    """Disclose one breakdown as it may stand beside the others."""
    answers = {tuple(map(_cell, spot)): counts for spot, counts in found.items()}
    if not answers:  # without any answer all periods are offered
        return disclose({"": [0] * (len(_CHAIN) + 1)})
    return _together(answers)[_TOGETHER.index(by)]


def _together(answers: Mapping[tuple[str, ...], list[int]]) -> tuple[Disclosure, ...]:
    """Disclose all breakdowns, once for each state of the answers.

    Without a cache everything works, only slower.
    """
    told = repr(sorted(answers.items())).encode()
    key = f"disclosed:{hashlib.blake2b(told, digest_size=20).hexdigest()}"
    try:
        found: tuple[Disclosure, ...] | None = cache.get(key)
    except (RedisError, OSError) as error:
        logger.warning("the cache is out of order: %s", error)
        return disclose_together(answers)
    if found is None:
        found = disclose_together(answers)
        cache.set(key, found, _KEPT_SECONDS)
    return found


def _veil(shown: Disclosure, place: int) -> Veil:
    is_last = place == len(_CHAIN)
    return Veil(
        is_all_hidden=not shown.is_offered[place],
        is_earlier_hidden=is_last or not shown.is_offered[place + 1],
        groups=shown.hidden,
    )


def _nested_counts(
    viewer: Viewer, measures: Sequence[Measure], by: By
) -> dict[UUID, dict[str, list[int]]]:
    """Count the answers of each group in every period of the chain."""
    metrics = [measure.metric for measure in measures]
    nested: dict[UUID, dict[str, list[int]]] = {metric.pk: {} for metric in metrics}
    slices = _slices(viewer.today)
    for place, within in enumerate(slices):
        found = histograms(tenant=viewer.tenant, metrics=metrics, by=by, within=within)
        for pk, groups in found.items():
            for group, histogram in groups.items():
                counts = nested[pk].setdefault(_cell(group), [0] * len(slices))
                counts[place] = histogram.n
    for cells in nested.values():
        cells.setdefault("", [0] * len(slices))  # without any answer all periods are offered
    return nested


def _band(week: Hashable, today: date) -> int:
    starts = _starts(today)
    is_inside = isinstance(week, date) and week < _end(today)
    for place, start in enumerate(starts):
        if is_inside and isinstance(week, date) and week >= start:
            return place
    return len(starts)


def _slices(today: date) -> list[Slice]:
    return [Slice(start, _end(today)) for start in _starts(today)] + [Slice()]


def _end(today: date) -> date:
    return week_start(today) + timedelta(days=7)


def _starts(today: date) -> list[date]:
    return [_end(today) - timedelta(weeks=weeks) for weeks in _CHAIN]


def _cell(group: Hashable) -> str:
    return "" if group is None else str(group)
