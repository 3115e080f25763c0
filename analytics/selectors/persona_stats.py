"""The numbers of a persona in words, for files: what its page shows, to whom it shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as formatted

from analytics.selectors.figures import Viewer
from analytics.selectors.persona_numbers import channel_mixes, persona_scores, persona_sizes
from analytics.selectors.persona_quotes import segment_quotes
from cxm.kernel.figures import NO_INTERVAL, TOO_FEW_TO_TELL, Standing, standing
from cxm.kernel.numbers import written
from cxm.kernel.segment_stats import ChannelStat, SaidStat, SegmentNumbers, Stat
from cxm.metrics.rules.rounding import round_half_away

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime
    from uuid import UUID

    from analytics.selectors.persona_numbers import ChannelMix, Size
    from cxm.metrics.figures import Figure
    from cxm.tenants.models import Tenant

ARCHIVED = "Its segment is archived: bind the persona to another one."
_WEEKS = "last 13 weeks"
_DAY = "j M Y"


def persona_stats(
    *,
    tenant: Tenant,
    segment_id: UUID,
    metrics: Collection[str],
    sees_answers: bool,
    now: datetime,
) -> SegmentNumbers:
    """Tell the numbers of a segment as the page of a persona does (SegmentStats).

    What is hidden there is hidden here: both read the same figures.
    """
    viewer = Viewer(tenant, sees_answers, now)
    size = persona_sizes(viewer, [segment_id]).get(segment_id)
    if size is None:
        return SegmentNumbers(note=ARCHIVED, channels_note=ARCHIVED)
    figures = persona_scores(viewer, [segment_id]).get(segment_id, [])
    channels, channels_note = _channels(channel_mixes(viewer, [segment_id])[segment_id])
    quotes = segment_quotes(viewer, segment_id) if size.size else []
    return SegmentNumbers(
        note=f"{size.segment.title}; scores of the {_WEEKS}",
        stats=(_size_stat(size, tenant), *(figure_stat(one) for one in figures)),
        channels=channels,
        channels_note=channels_note,
        said=tuple(SaidStat(one.text, f"{one.survey}, {_day(one.day)}") for one in quotes),
        scores={
            key: figure_stat(one)
            for key in sorted(metrics)
            for one in persona_scores(viewer, [segment_id], only=key).get(segment_id, [])
        },
    )


def figure_stat(figure: Figure) -> Stat:
    """Put a figure into words: its value, then interval and answers; nothing if it is hidden."""
    match standing(figure):
        case Standing.HIDDEN:
            return Stat(figure.title, "Hidden", figure.suppressed or "")
        case Standing.EMPTY:
            return Stat(figure.title, written(None), "no answers")
        case Standing.EARLY:
            early = f"too early to say with fewer than {TOO_FEW_TO_TELL} answers"
            return Stat(figure.title, _value(figure), f"{_evidence(figure)}; {early}")
        case _:
            return Stat(figure.title, _value(figure), _evidence(figure))


def _value(figure: Figure) -> str:
    gap = " " if figure.unit[:1].isalpha() else ""
    return f"{_number(figure.value, figure.decimals)}{gap}{figure.unit}"


def _evidence(figure: Figure) -> str:
    answers = "1 answer" if figure.n == 1 else f"{figure.n:,} answers"
    if figure.method == NO_INTERVAL:
        return answers
    ends = [_number(end, figure.decimals) for end in (figure.ci_low, figure.ci_high)]
    return f"{answers}, between {ends[0]} and {ends[1]}"


def _size_stat(size: Size, tenant: Tenant) -> Stat:
    title = "Customers like this"
    if size.size is None and size.counted_at:
        why = "fewer than 5, or fewer than 5 tell them from others whose number is shown"
        return Stat(title, "Hidden", why)
    if size.size is None or size.counted_at is None:
        return Stat(title, written(None), "being counted")
    counted = f"counted {_day(size.counted_at.astimezone(ZoneInfo(tenant.time_zone)))}"
    if size.share is None:
        return Stat(title, f"{size.size:,}", counted)
    share = "under 0.1" if size.is_tiny else _number(size.share, 1)
    of_all = f"{share} % of {size.everybody:,} customers"
    return Stat(title, f"{size.size:,}", f"{of_all}, {counted}")


def _channels(mix: ChannelMix) -> tuple[tuple[ChannelStat, ...], str]:
    if mix.channels:
        days = f"{_day(mix.first_on)} to {_day(mix.last_on)}"
        left_out = "Channels that too few people used are left out, also of the shares."
        note = f"{mix.total:,} contacts, {days}.{f' {left_out}' if mix.has_hidden else ''}"
        shares = [(one, f"{_number(one.share, 0)} %") for one in mix.channels]
        return tuple(ChannelStat(o.title, o.share, words, f"{o.n:,}") for o, words in shares), note
    if mix.has_hidden:
        return (), "Too few people had contact in the last 90 days to tell the channels."
    return (), "Nobody had contact in the last 90 days."


def _number(value: float | None, decimals: int) -> str:
    return written(None if value is None else round_half_away(value, decimals))


def _day(day: date) -> str:
    return formatted(day, _DAY)
