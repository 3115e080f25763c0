"""What feedback shows on the pages of lower apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.template.loader import render_to_string

from cxm.tenants.rules import Right
from feedback.models import EventSource, Import

EVENTS = "events:"

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cxm.customers.selectors.interactions import InteractionDetail
    from cxm.customers.selectors.stories import Shown
    from cxm.tenants.access import TenantRequest


def customer_answers(request: HttpRequest, subject: object) -> str:
    """Show the last answers of a customer, as they were read for the page."""
    shown = cast("Shown", subject)
    context = {"answers": shown.value, "subject": shown.subject}
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
