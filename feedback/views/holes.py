"""What feedback shows on the pages of lower apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.template.loader import render_to_string
from django.utils.html import escape

from cxm.customers.rules.event_words import source_words
from cxm.tenants.rules import Right
from feedback.models import EventSource, Import

EVENTS = "events:"
_TITLES = "_titles_of_event_sources"

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cxm.customers.selectors.interactions import InteractionDetail
    from cxm.customers.selectors.stories import Shown
    from cxm.tenants.access import TenantRequest
    from cxm.touchpoints.models import TouchpointRule


def customer_answers(request: HttpRequest, subject: object) -> str:
    """Show the last answers of a customer, as they were read for the page."""
    shown = cast("Shown", subject)
    # In a panel inside another system nobody is signed in: it shows, and asks for nothing.
    may = getattr(request, "may", None)
    may_ask = may is not None and may(Right.EDIT_REGISTRIES)
    context = {"answers": shown.value, "subject": shown.subject, "may_ask": may_ask}
    return render_to_string("feedback/_customer_answers.html", context, request)


def interaction_source(request: HttpRequest, subject: object) -> str:
    """Lead from an interaction to the event source or the import that it came from.

    Blank for those who may open neither, and for what came another way. One query at most.
    """
    detail = cast("InteractionDetail", subject)
    asked = cast("TenantRequest", request)
    context: dict[str, object] = {"detail": detail, "tenant": asked.tenant}
    if detail.source.startswith(EVENTS) and asked.may(Right.MANAGE_SOURCES):
        sources = EventSource.objects.for_tenant(asked.tenant)
        context["source"] = sources.filter(key=detail.source.removeprefix(EVENTS)).first()
    elif detail.batch_id and asked.may(Right.IMPORT_FEEDBACK):
        imports = Import.objects.for_tenant(asked.tenant)
        context["imported"] = imports.filter(batch=detail.batch_id).first()
    return render_to_string("feedback/_interaction_source.html", context, request)


def rule_source(request: HttpRequest, subject: object) -> str:
    """Name the source that a touchpoint rule asks for: by its title, others in words.

    One query for all rules of a page.
    """
    source = cast("TouchpointRule", subject).source
    titles = getattr(request, _TITLES, None)
    if titles is None:
        sources = EventSource.objects.for_tenant(cast("TenantRequest", request).tenant)
        titles = {f"{EVENTS}{key}": title for key, title in sources.values_list("key", "title")}
        setattr(request, _TITLES, titles)
    return escape(titles.get(source) or source_words(source))
