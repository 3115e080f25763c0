"""What feedback shows on the pages of lower apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.template.loader import render_to_string

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cxm.customers.selectors.stories import Shown


def customer_answers(request: HttpRequest, subject: object) -> str:
    """Show the last answers of a customer, as they were read for the page."""
    shown = cast("Shown", subject)
    context = {"answers": shown.value, "subject": shown.subject}
    return render_to_string("feedback/_customer_answers.html", context, request)
