"""What templates of comments ask for, and the buttons that open the comments on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import template
from django.http import QueryDict

if TYPE_CHECKING:
    from uuid import UUID

    from django.template.context import RequestContext

    from cxm.collaboration.selectors.panel import Panel, Refused
    from cxm.collaboration.selectors.talk import Part

register = template.Library()


@register.simple_tag
def refusal(panel: Panel, where: object) -> Refused | None:
    """Give what was typed into the form of *where* and could not be taken; None where all is well.

    *where* is the id of a thread or a comment, or “new”.
    """
    return panel.refusal(where)


@register.simple_tag
def about_query(panel: Panel, part: Part) -> str:
    """Give the query of the panel that shows what is said about *part* alone."""
    return panel.query(about=part.pk, **{"from": ""})


@register.inclusion_tag("collaboration/comments_button.html", takes_context=True)
def comments_button(
    context: RequestContext, part: UUID | None = None, title: str = "", *, is_answer: bool = False
) -> dict[str, Any]:
    """Draw the button for the whole, or for a *part* called *title*, with its open threads.

    The context holds `comment_counts`, `comments_url` and `comments_rest`, and `comments_target`
    where the panel is not the usual one; *is_answer* marks a button that takes the place of the
    one on the page.
    """
    counts: dict[UUID | None, int] = context["comment_counts"]
    asked = {"comments": "open", **({"about": part} if part else {})}
    query = QueryDict(context["comments_rest"], mutable=True)
    query.update({name: str(value) for name, value in asked.items()})
    return {
        "part": part,
        "title": title,
        "count": counts.get(part, 0) if part else sum(counts.values()),
        "page_query": query.urlencode(),
        "target": context.get("comments_target", "#panel"),
        "panel_url": f"{context['comments_url']}?{urlencode(asked)}",
        "is_answer": is_answer,
    }
