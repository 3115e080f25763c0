"""The page of drivers: which ratings of touchpoints go with an outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from analytics.forms.drivers import OutcomeForm
from analytics.rules.driver_wording import GOES_WITH, METHOD
from analytics.selectors.driver_question import driver_question, drivers_url
from analytics.selectors.drivers import driver_run, drivers
from analytics.services.drivers import ask_drivers, is_waiting
from analytics.views.asking import viewer_of
from analytics.views.filter_bar import filter_bar
from cxm.kernel.clock import now
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.selectors.driver_question import DriverQuestion


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def drivers_page(request: TenantRequest) -> HttpResponse:
    """Show what goes with the outcome of the address, as it was worked out last."""
    question = _question(request, dict(request.GET.lists()))
    run = driver_run(question)
    bar = filter_bar(
        question.viewer,
        question.filter,
        question.names,
        path=request.path,
        extra=dict(question.outcome.pairs),
    )
    shown = drivers(question, run) if run else None
    context = {
        "question": question,
        "asked": parse_qsl(question.query),
        "hidden": parse_qsl(question.filter.query()),
        "bar": replace(bar, compares=[]),
        "form": OutcomeForm.showing(question),
        "run": run,
        "shown": shown,
        "is_waiting": run is not None and is_waiting(run, question.viewer.now),
        "is_other_days": shown is not None and shown.is_of_other_days(question),
        "is_other_definition": shown is not None and shown.is_of_other_definition(question),
        "goes_with": GOES_WITH,
        "method": METHOD,
    }
    return render(request, "analytics/drivers.html", context)


@require_POST
@tenant_page(Right.SEE_RESPONSES)
def drivers_compute(request: TenantRequest) -> HttpResponse:
    """Have the question of the form worked out; the page shows it when that is done."""
    question = _question(request, dict(request.POST.lists()))
    if ask_drivers(question=question, by=request.membership, now=now()):
        messages.success(request, "Being worked out: the page shows it when it is done.")
    return redirect(drivers_url(question))


def _question(request: TenantRequest, query: dict[str, Sequence[str]]) -> DriverQuestion:
    query.pop("csrfmiddlewaretoken", None)
    found = driver_question(viewer_of(request), query)
    if found is None:
        raise Http404
    return found
