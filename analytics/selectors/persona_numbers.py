"""The numbers of personas, from the members of their segments: size, scores, channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from analytics.rules.periods import DEFAULT_PERIOD, named_period
from analytics.selectors.figures import Question
from analytics.selectors.filters import Filter
from analytics.selectors.histograms import By, Slice, histograms
from analytics.selectors.names import WITHOUT, Measure, Names, measures, read_names
from analytics.selectors.persona_people import (
    EVERYBODY,
    Contacts,
    bound_segments,
    contacts_by_channel,
    shown_scores,
    shown_sizes,
)
from analytics.selectors.segment_scores import leading_measures
from cxm.customers.models import Segment
from cxm.customers.selectors.segments import people_counted, share_of
from cxm.metrics.figures import UNDER_K

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from analytics.selectors.figures import Viewer
    from cxm.metrics.figures import Figure

CONTACT_DAYS = 90
_ROUNDED_TO_NOTHING = 0.05  # percent, told with one decimal


@dataclass(frozen=True, slots=True)
class Size:
    """How many customers are like a persona, as of the last count of its segment.

    *share* is a percentage of everybody. Both are None when they are hidden, or nobody has
    counted yet; *counted_at* is None then only in the second case. *url* lists the members.
    """

    segment: Segment
    size: int | None
    share: float | None
    everybody: int
    counted_at: datetime | None
    url: str

    @property
    def is_tiny(self) -> bool:
        """Whether the share would be rounded to nothing, although there is somebody."""
        return self.share is not None and 0 < self.share < _ROUNDED_TO_NOTHING


@dataclass(frozen=True, slots=True)
class ChannelShare:
    """The contacts through one channel, and which percentage of all those shown they are."""

    key: str | None
    title: str
    n: int
    share: float


@dataclass(frozen=True, slots=True)
class ChannelMix:
    """The channels that members use, the most used first; *total* contacts in all of them.

    *has_hidden* says that there are channels which too few people use to be told. *first_on* and
    *last_on* are both inclusive.
    """

    channels: list[ChannelShare]
    total: int
    has_hidden: bool
    first_on: date
    last_on: date


def persona_sizes(viewer: Viewer, segment_ids: Sequence[UUID]) -> dict[UUID, Size]:
    """Read the size of each persona's segment, by segment; archived ones are absent.

    Four queries.
    """
    chosen = _segments(viewer, segment_ids)
    if not chosen:
        return {}
    shown = shown_sizes(viewer.tenant, bound_segments(viewer.tenant))
    everybody = people_counted(viewer.tenant)
    found = {}
    for segment in chosen:
        size = segment.size if segment.pk in shown else None
        page = reverse("customers:segment-detail", args=[viewer.tenant.slug, segment.key])
        found[segment.pk] = Size(
            segment=segment,
            size=size,
            share=share_of(size, everybody) if EVERYBODY in shown else None,
            everybody=everybody,
            counted_at=segment.refreshed_at,
            url=f"{page}#segment-members",
        )
    return found


def persona_scores(
    viewer: Viewer, segment_ids: Sequence[UUID], *, only: str = ""
) -> dict[UUID, list[Figure]]:
    """Read the scores of the last 13 weeks of each persona's segment, by segment.

    NPS and satisfaction, or *only* the metric of that key: the same figures as the dashboards
    give with `?segment=`. Empty for those who may not read answers. Six queries.
    """
    chosen = _segments(viewer, segment_ids) if viewer.sees_rows else []
    asked = _measures(viewer, only) if chosen else []
    if not asked:
        return {}
    within = Filter(named_period(DEFAULT_PERIOD, viewer.today))
    ids = frozenset(segment.pk for segment in chosen)
    here = Slice(within.period.start_on, within.period.end_on, segments=ids)
    metrics = [one.metric for one in asked]
    found = histograms(tenant=viewer.tenant, metrics=metrics, by=By.SEGMENT, within=here)
    bound = bound_segments(viewer.tenant)
    shown = shown_scores(viewer.tenant, bound, [one.pk for one in metrics], within.period)
    names = read_names(viewer.tenant)
    figures: dict[UUID, list[Figure]] = {segment.pk: [] for segment in chosen}
    for measure in asked:
        question, pk = Question(viewer, measure, within, names), measure.metric.pk
        for segment in chosen:
            hidden = None if segment.pk in shown[pk] else UNDER_K
            counted = found[pk].get(segment.pk)
            one = question.figure(segment.pk, By.SEGMENT, counted, hidden=hidden)
            figures[segment.pk].append(one.figure)
    return figures


def channel_mixes(viewer: Viewer, segment_ids: Sequence[UUID]) -> dict[UUID, ChannelMix]:
    """Read through which channels the members of each persona's segment had contact, by segment.

    Of the last 90 days. Four queries.
    """
    chosen = _segments(viewer, segment_ids)
    if not chosen:
        return {}
    end_on = viewer.today + timedelta(days=1)
    start_on = end_on - timedelta(days=CONTACT_DAYS)
    bound = bound_segments(viewer.tenant)
    contacts = contacts_by_channel(viewer.tenant, bound, start_on, end_on)
    names = read_names(viewer.tenant)
    return {
        segment.pk: _mix(segment, contacts, names, start_on, viewer.today) for segment in chosen
    }


def _segments(viewer: Viewer, segment_ids: Sequence[UUID]) -> list[Segment]:
    """Load those segments that are live, each once, in their order. One query."""
    live = Segment.objects.for_tenant(viewer.tenant).live().in_bulk(list(segment_ids))
    return [live[pk] for pk in dict.fromkeys(segment_ids) if pk in live]


def _measures(viewer: Viewer, only: str) -> list[Measure]:
    if only:
        return [one for one in measures(viewer.tenant, only=only) if not one.metric.archived_at]
    return leading_measures(measures(viewer.tenant))


def _mix(
    segment: Segment,
    contacts: Mapping[UUID | None, Contacts],
    names: Names,
    first_on: date,
    last_on: date,
) -> ChannelMix:
    used = {pk: one for pk, one in contacts.items() if one.counts.get(segment.pk)}
    told = {pk: one.counts[segment.pk] for pk, one in used.items() if segment.pk in one.shown}
    total = sum(told.values())
    channels = [_share(names, pk, n, total) for pk, n in told.items()]
    return ChannelMix(
        channels=sorted(channels, key=lambda one: (-one.n, one.title.casefold(), one.key or "")),
        total=total,
        has_hidden=len(told) < len(used),
        first_on=first_on,
        last_on=last_on,
    )


def _share(names: Names, channel_id: UUID | None, n: int, total: int) -> ChannelShare:
    named = names.named(By.CHANNEL, channel_id)
    return ChannelShare(
        key=named.key if named else None,
        title=named.title if named else WITHOUT[By.CHANNEL],
        n=n,
        share=100 * n / total,
    )
