"""The tags that every page is built from: icons, numbers, small parts, holes."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from django import template
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from cxm.kernel import rich_text as rich
from cxm.kernel.holes import holes
from cxm.kernel.ids import new_id
from cxm.tenants.sending import SENT_AS
from cxm.web.templatetags import figures
from cxm.web.wording import number_words

register = template.Library()
register.tags.update(figures.register.tags)  # pages load one library
_CODE = re.compile(r"`([^`]+)`")


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon of the sprite in the colour of the text; hidden from screen readers.

    *size* "s" is the small one. Which names there are is listed in static/vendor.mjs.
    """
    return _icon(name, size)


# A page shows a hundred of a few dozen. Safe and unsafe text are told apart, though they are equal.
@lru_cache(maxsize=512, typed=True)
def _icon(name: str, size: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def drawing(name: str, css_class: str = "") -> SafeString:
    """Draw "mark" (the logo) or "thread" (empty places), hidden from screen readers."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        css_class or name,
        static(f"img/{name}.svg"),
        name,
    )


@register.simple_tag
def number(
    value: float | Decimal | None, decimals: int = 0, *, signed: bool = False, unit: str = ""
) -> SafeString:
    """Print a plain number, rounded half away from zero; None reads as "no data".

    Scores and shares go through `figure` instead: they need n and interval.
    """
    words = number_words(value, decimals, is_signed=signed)
    if value is None:
        return format_html(
            '<span aria-hidden="true">{}</span><span class="sr">no data</span>', words
        )
    # Pages print hundreds of these: what is written of a number needs no escaping.
    return mark_safe(words + escape(unit) if unit else words)  # noqa: S308 - digits and signs


@register.simple_tag(takes_context=True)
def hole(context: Context, name: str, subject: object = None) -> SafeString:
    """Show what a higher app puts into hole *name* about *subject*; blank when nothing does."""
    return mark_safe(holes.content(name, context["request"], subject))  # noqa: S308 - fillings return escaped markup


@register.simple_tag
def query_link(request: HttpRequest, **changes: object) -> str:
    """Give the query string of this page with *changes*: "?channel=web&period=90d".

    None or "" drops a key. Keys are sorted, so that the same filter is always the same address;
    a page number is dropped, since another filter has other pages.
    """
    query = request.GET.copy()
    query.pop("page", None)
    for key, value in changes.items():
        query.setlist(key, [] if value in {None, ""} else [str(value)])
    kept = QueryDict(mutable=True)
    for key in sorted(query):
        kept.setlist(key, [value for value in query.getlist(key) if value])
    return f"?{kept.urlencode()}"


@register.simple_tag
def sent_once() -> SafeString:
    """Draw the hidden field by which a form that is sent twice has one effect."""
    return format_html('<input type="hidden" name="{}" value="{}">', SENT_AS, new_id())


@register.filter
def rich_text(text: str) -> SafeString:
    """Show text that people wrote with a little Markdown: bold, italic, links, lists, code."""
    return rich.rendered(text)


@register.filter
def is_marked(text: str) -> bool:
    """Whether text has such marks, so that a preview of it says more than the text."""
    return rich.is_marked(text)


@register.filter
def coded(text: str) -> SafeString:
    """Show what stands between backticks in a message as code; the rest is escaped."""
    parts = enumerate(_CODE.split(text))
    shown = ([format_html("<code>{}</code>", part) if n % 2 else part] for n, part in parts)
    return format_html_join("", "{}", shown)


@register.simple_block_tag
def empty(content: str, title: str, words: str = "") -> SafeString:
    """Show an empty place: a drawn thread, *title*, what it is for, and the block as actions."""
    return _component("empty", content, title=title, words=words)


@register.simple_block_tag
def note(content: str, tone: str = "", icon_name: str = "info") -> SafeString:
    """Show a message within the page; *tone* is "", good, bad, warn or accent."""
    return _component("note", content, tone=tone, icon_name=icon_name)


@register.simple_block_tag
def dialog(content: str, key: str, title: str) -> SafeString:
    """Make a dialog with id *key*, opened by a button with `data-opens="key"`."""
    return _component("dialog", content, key=key, title=title)


@register.simple_block_tag
def explained(content: str, key: str, words: str) -> SafeString:
    """Underline a word of ours; pressing it shows *words*, which explain it."""
    return _component("explained", content, key=key, words=words)


def _component(name: str, content: str, **context: object) -> SafeString:
    markup = render_to_string(f"components/{name}.html", {"content": content, **context})
    return SafeString(markup.strip())  # no space before the comma that follows
