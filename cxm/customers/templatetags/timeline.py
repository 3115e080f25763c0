"""The entries of a timeline, built in Python: as a template they took half of the page's time."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cxm.customers.selectors.subjects import Subject
    from cxm.customers.selectors.timeline import Entry, TimelinePage

register = template.Library()

DIRECTIONS = {"in": "from the customer", "out": "from us"}
_NONE = SafeString("")
_DAY = '<li class="timeline-day"><h3><time datetime="{}">{}</time></h3></li>'
_ENTRY = """
<li class="timeline-entry is-{}">
<span class="knot"><svg class="icon icon-s" aria-hidden="true"><use href="{}"></use></svg></span>
<div class="entry">
<p class="entry-line"><a id="open-{}" href="{}"{}><span class="sr">{}: </span>{}</a>{}{}</p>
{}<p class="sub dotted">{}</p>
</div>
<time class="entry-time" datetime="{}"{}
</li>"""
_BESIDE = ' hx-get="{}" hx-target="#panel" hx-swap="innerHTML" hx-push-url="true"'
_SCORE = '<span class="score-mark is-{}" title="{}">{}<span class="sr">, {}, {}</span></span>'
_QUOTE = '<blockquote class="entry-text is-quote">{}</blockquote>'
_TIME = ">{}</time>"
_ASSUMED = (
    ' title="The source gave no time zone: its own was assumed">{}'
    '<span aria-hidden="true">*</span></time>'
)


@register.simple_tag
def timeline_entries(
    timeline: TimelinePage, subject: Subject, query: str = "", *, beside: bool = False
) -> SafeString:
    """Write the entries of *timeline* by day as items of a list.

    With *beside* they open in the side panel and threads can be chosen; *query* is the filter
    that such links keep. Everything that came from outside is escaped.
    """
    # One address is looked up; those of the entries differ in the id alone.
    pattern = reverse(
        "customers:customer-interaction",
        args=[subject.tenant.slug, subject.root.pk, subject.root.pk],
    )
    base = pattern.removesuffix(f"{subject.root.pk}/")
    page = reverse("customers:customer-page", args=[subject.tenant.slug, subject.root.pk])
    end = f"/?{query}" if query else "/"
    sprite = static("vendor/icons.svg")
    return SafeString("".join(_written(timeline, base, page, end, sprite, beside=beside)))


def _written(
    timeline: TimelinePage, base: str, page: str, end: str, sprite: str, *, beside: bool
) -> Iterator[str]:
    for day in timeline.days:
        if not day.is_continued:
            yield _filled(_DAY, day.on.isoformat(), day.words)
        for entry in day.entries:
            url = f"{base}{entry.pk}{end}"
            yield _entry(entry, url, f"{sprite}#{entry.icon}", page if beside else "")


def _entry(entry: Entry, url: str, icon: str, page: str) -> SafeString:
    """Write one entry; with *page* it opens beside that page."""
    time = _ASSUMED if entry.is_zone_assumed else _TIME
    return _filled(
        _ENTRY,
        entry.kind,
        icon,
        entry.pk,
        url,
        _filled(_BESIDE, url) if page else _NONE,
        entry.kind_words,
        entry.title,
        _scores(entry),
        _filled('<span class="amount">{}</span>', entry.amount) if entry.amount else _NONE,
        _text(entry),
        _sub(entry, page),
        entry.at.isoformat(),
        _filled(time, f"{entry.at:%H:%M}"),
    )


def _scores(entry: Entry) -> SafeString:
    scores = entry.told.scores if entry.told else ()
    return _joined(_filled(_SCORE, s.tone, s.metric, s.value, s.tone, s.metric) for s in scores)


def _text(entry: Entry) -> SafeString:
    """Give what was written: the interaction's own text, then the comments of an answer."""
    look = " is-note" if entry.kind == "note" else ""
    own = [_filled('<p class="entry-text{}">{}</p>', look, entry.text)] if entry.text else []
    words = entry.told.words if entry.told else ()
    return _joined([*own, *(_filled(_QUOTE, text) for text in words)])


def _sub(entry: Entry, page: str) -> SafeString:
    """Give the small print: where it happened, who did it, where we know it from."""
    where = entry.touchpoint if entry.touchpoint != entry.title else ""
    parts = [_filled("<b>{}</b>", where)] if where else []
    direction = DIRECTIONS.get(entry.direction, "")
    plain = (entry.channel, entry.by, direction, entry.source, "" if page else entry.thread)
    parts += [_filled("<span>{}</span>", words) for words in plain if words]
    if entry.thread and page:
        chosen = f"{page}?thread={quote(entry.thread, safe='')}"
        parts.append(_filled('<span><a href="{}">{}</a></span>', chosen, entry.thread))
    return _joined(parts)


def _filled(pattern: str, *values: object) -> SafeString:
    """Put *values* into *pattern*, escaped unless they are markup already.

    What `format_html` does, without its detour over lazy texts, which cost more than the rest.
    """
    plain = [v if isinstance(v, SafeString) else escape(str(v)) for v in values]
    return SafeString(pattern.format(*plain))


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return SafeString("".join(parts))
