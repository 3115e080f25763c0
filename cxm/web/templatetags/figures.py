"""The tags that print numbers with their evidence, and the pictures of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2s

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from cxm.kernel import charts
from cxm.kernel.charts import Axis, Segment, TrendPoint
from cxm.kernel.figures import Change, Figure, require_complete
from cxm.kernel.svg import Element
from cxm.metrics.rules.rounding import largest_remainder
from cxm.web.wording import (
    FigureWords,
    answers_words,
    figure_words,
    interval_words,
    number_words,
    point_words,
)

register = template.Library()
_SERIAL = "wayfare_figure_serial"
_LABELS_ON_AXIS = 7


@dataclass(frozen=True)
class Bar:
    """One row of a breakdown: its name, where the name leads, and its figure."""

    label: str
    figure: Figure
    url: str = ""


@register.inclusion_tag("components/figure.html", takes_context=True)
def figure(
    context: Context,
    shown: Figure,
    *,
    change: Change | None = None,
    points: Sequence[float | None] = (),
    noun: str = "answer",
) -> dict[str, object]:
    """Print *shown* as a card: title, value, interval, answers, definition; never less.

    *points* draw a thread below it. Raises IncompleteFigureError when the number lacks n,
    interval, definition, as-of time or the link to its rows.
    """
    return {
        **_evidence(context, shown, noun),
        "change": change,
        "spark": sparkline(points, shown.title) if len(points) > 1 else "",
    }


@register.simple_tag(takes_context=True)
def figure_inline(context: Context, shown: Figure, *, noun: str = "answer") -> SafeString:
    """Print *shown* within a sentence or a table cell, with interval, n and link; as strict."""
    markup = render_to_string("components/figure_inline.html", _evidence(context, shown, noun))
    return SafeString(markup.strip())  # no space before the comma that follows


@register.simple_tag
def sparkline(points: Sequence[float | None], title: str = "") -> SafeString:
    """Draw *points* from oldest to newest as a small thread; None leaves a gap."""
    known = [point for point in points if point is not None]
    ends = f"from {number_words(known[0])} to {number_words(known[-1])}" if known else "no data"
    return _picture(charts.sparkline(points, label=f"{title} over time, {ends}"))


@register.inclusion_tag("components/stacked_bar.html")
def stacked_bar(segments: Sequence[Segment], title: str) -> dict[str, object]:
    """Draw parts of a whole with a legend of whole percents that add up to 100."""
    total = sum(segment.count for segment in segments)
    shares = largest_remainder([segment.count for segment in segments]) or ()
    parts = list(zip(segments, shares, strict=False))  # without answers there are no shares
    words = ", ".join(f"{segment.label} {share}%" for segment, share in parts)
    exact = [(100 * segment.count / total, segment.tone) for segment in segments] if total else []
    picture = charts.stacked_bar(exact, label=f"{title}: {words or 'no answers'}")
    return {"parts": parts, "picture": _picture(picture)}


@register.inclusion_tag("components/whisker_bars.html", takes_context=True)
def whisker_bars(context: Context, bars: Sequence[Bar], title: str) -> dict[str, object]:
    """Draw a table of figures as bars with interval whiskers on one common scale.

    All figures must be of one metric; each is held to the same evidence as `figure`.
    """
    evidence = [_evidence(context, bar.figure, "answer") for bar in bars]
    shown = [bar.figure for bar in bars if not bar.figure.suppressed]
    ends = [end for one in shown for end in (one.value, one.ci_low, one.ci_high)]
    scale = charts.axis([0.0, *ends])
    rows = [
        {"bar": bar, **proof, "picture": _whisker(bar.figure, scale)}
        for bar, proof in zip(bars, evidence, strict=True)
    ]
    return {"rows": rows, "title": title, "low": scale.low, "high": scale.high}


@register.inclusion_tag("components/histogram.html")
def histogram(
    bins: Sequence[Segment], title: str, *, noun: str = "answer", head: str = "Score"
) -> dict[str, object]:
    """Draw how often each score was given, one column a score, and the same numbers as a table.

    *noun* names what is counted, *head* what the columns are.
    """
    most = max((one.count for one in bins), default=0)
    total = sum(one.count for one in bins)
    columns = [
        {
            "bin": one,
            "percent": number_words(100 * one.count / total, 1) if total else number_words(None),
            "answers": answers_words(one.count, noun),
            "picture": _picture(charts.column(one.count, most=most, tone=one.tone)),
        }
        for one in bins
    ]
    return {
        "columns": columns,
        "title": title,
        "answers": answers_words(total, noun),
        "nouns": f"{noun}s",
        "head": head,
    }


@register.inclusion_tag("components/trend.html")
def trend(
    points: Sequence[TrendPoint],
    title: str,
    *,
    decimals: int = 0,
    noun: str = "answer",
    bounds: tuple[float, float] | None = None,
    goal: float | None = None,
    goal_words: str = "",
    goal_url: str = "",
    live: bool = False,
    is_count: bool = False,
) -> dict[str, object]:
    """Draw a value over time with its interval band, and the same numbers as a table.

    *is_count* says that the values are counts of *noun*: they have no interval, and the scale
    begins at 0.

    *noun* names what each value counts, *bounds* are the ends of the metric's scale. *goal* is
    drawn as a level, *goal_words* say of it what it is and when, *goal_url* leads there. *live*
    lets the browser redraw it with a chart that answers to pointing; without JavaScript the
    picture stays.
    """
    ends = [end for point in points for end in (point.value, point.low, point.high)]
    scale = charts.axis([*ends, goal, *([0.0] if is_count else [])], bounds=bounds)
    tell = _count_words if is_count else point_words
    words = [tell(point, decimals, noun) for point in points]
    summary = _summary(title, points, words, noun)
    picture = charts.trend(points, scale=scale, label=summary, goal=goal)
    step = -(-len(points) // _LABELS_ON_AXIS) or 1
    return {
        "title": title,
        "nouns": f"{noun}s",
        "picture": _picture(picture),
        "hits": _picture(charts.trend_hits(points, words)),
        "ticks": [number_words(tick, _decimals(scale)) for tick in scale.ticks],
        "labels": [point.label if i % step == 0 else "" for i, point in enumerate(points)],
        "rows": [_trend_row(point, decimals) for point in points],
        "goal": goal,
        "goal_words": goal_words,
        "goal_url": goal_url,
        "has_events": any(point.event for point in points),
        "scale": scale,
        "starts_at": "" if scale.low == 0 else number_words(scale.low, _decimals(scale)),
        "is_live": live,
        "is_count": is_count,
    }


@register.inclusion_tag("components/thread.html")
def thread(
    points: Sequence[TrendPoint], title: str, *, decimals: int = 0, noun: str = "answer"
) -> dict[str, object]:
    """Draw a value over time without axes, for a tile, and the same numbers as a table.

    Below two known points nothing is drawn: one point is no line.
    """
    ends = [end for point in points for end in (point.value, point.low, point.high)]
    scale = charts.axis(ends)
    words = [point_words(point, decimals, noun) for point in points]
    bare = charts.Axis(scale.low, scale.high, ())
    picture = charts.trend(points, scale=bare, label=_summary(title, points, words, noun))
    is_line = sum(point.value is not None for point in points) > 1
    return {
        "title": title,
        "nouns": f"{noun}s",
        "picture": _picture(picture) if is_line else "",
        "rows": [_trend_row(point, decimals) for point in points],
        "goal": None,
        "has_events": any(point.event for point in points),
        "scale": scale,
        "is_count": False,
    }


def _evidence(context: Context, shown: Figure, noun: str) -> dict[str, object]:
    """Hold a figure to its evidence and give it in words with an id of its own on the page.

    Where the page says `is_outside`, it is for people who may not open the rows: no link there.
    """
    require_complete(shown)
    serial = (context.render_context.get(_SERIAL) or 0) + 1
    context.render_context[_SERIAL] = serial
    digest = blake2s(f"{shown.metric_key} {shown.rows_url}".encode(), digest_size=4).hexdigest()
    words: FigureWords = figure_words(shown, noun=noun)
    return {
        "figure": shown,
        "words": words,
        "key": f"figure-{digest}-{serial}",
        "is_outside": bool(context.get("is_outside")),
    }


def _whisker(shown: Figure, scale: Axis) -> SafeString:
    if shown.suppressed:
        return SafeString("")
    return _picture(charts.whisker(shown.value, shown.ci_low, shown.ci_high, scale=scale))


def _trend_row(point: TrendPoint, decimals: int) -> dict[str, object]:
    return {
        "point": point,
        "attributes": _trend_attributes(point),
        "value": number_words(point.value, decimals),
        "interval": interval_words(point.low, point.high, decimals),
    }


def _trend_attributes(point: TrendPoint) -> SafeString:
    """Write a point for the live chart; those without value or interval say nothing of it."""
    words: dict[str, object] = {"label": escape(point.label), "n": point.n}
    if point.event:
        words["event"] = escape(point.event)
    numbers = {"value": point.value}
    if point.low is not None and point.high is not None:
        numbers |= {"low": point.low, "high": point.high}
    words |= {key: f"{value:f}" for key, value in numbers.items() if value is not None}
    written = (f'data-{key}="{value}"' for key, value in words.items())
    return mark_safe(" ".join(written))  # noqa: S308 - numbers, and words escaped above


def _count_words(point: TrendPoint, _decimals: int, noun: str) -> str:
    return f"{point.label}: {answers_words(point.n, noun)}"


def _summary(title: str, points: Sequence[TrendPoint], words: Sequence[str], noun: str) -> str:
    """Say a trend in one sentence: where it begins, where it ends."""
    known = [told for point, told in zip(points, words, strict=True) if point.value is not None]
    if not known:
        return f"{title}: no {noun}s in this period"
    return f"{title}. First {known[0]}. Last {known[-1]}."


def _decimals(scale: Axis) -> int:
    """Give the decimals that the ticks of an axis need."""
    return max(len(f"{tick:.4f}".rstrip("0").partition(".")[2]) for tick in scale.ticks)


def _picture(drawn: Element) -> SafeString:
    return format_html("{}", drawn)
