"""Pages where touchpoint rules meet the events: names, dry run, and the past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from cxm.customers.errors import CustomerError
from cxm.customers.forms.touchpoint_rules import CREATE, SEND, EventNamesForm, PeriodForm
from cxm.customers.rules.event_words import source_words
from cxm.customers.selectors import touchpoint_rules as selectors
from cxm.customers.services import attributing, event_names
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.touchpoints.errors import RegistryError
from cxm.touchpoints.rules.matching import MatchRule, RuleSet
from cxm.touchpoints.selectors import read_rules, rules_listed, touchpoint_choices
from cxm.work.models import Batch

if TYPE_CHECKING:
    from uuid import UUID

NAMES = "customers/event_name_list.html"
TRIAL, DRAFT = "customers/rule_trial.html", "customers/_rule_draft.html"
PAST = "customers/rule_past.html"


@require_safe
@tenant_page(Right.EDIT_REGISTRIES)
def event_name_list(request: TenantRequest) -> HttpResponse:
    """List the names that events came with; `?q=` and `?unmatched=1` filter."""
    return _names(request)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def event_name_lead(request: TenantRequest) -> HttpResponse:
    """Make touchpoints of the chosen names, or send them to one, by a rule each."""
    form = EventNamesForm(request.POST, tenant=request.tenant)
    if not form.is_valid():
        said = next(iter(form.errors.values()))[0]
        return _names(request, refused=str(said), status=422)
    chosen = selectors.event_names_chosen(request.tenant, form.ids())
    told: dict[str, Any] = {"tenant": request.tenant, "names": chosen, "by": request.membership}
    try:
        if form.cleaned_data["deed"] == SEND:
            made = event_names.send_to_touchpoint(
                touchpoint=form.cleaned_data["touchpoint"], **told
            )
        else:
            made = event_names.make_touchpoints(**told)
    except (CustomerError, RegistryError) as error:
        return _names(request, refused=str(error), status=422)
    messages.success(request, _made_words(len(made)))
    return redirect("customers:event-name-list", request.tenant.slug)


@require_safe
@tenant_page(Right.EDIT_REGISTRIES)
def rule_trial(request: TenantRequest) -> HttpResponse:
    """Try all rules on the last 1,000 events, changing nothing."""
    found = selectors.rule_trial(request.tenant, read_rules(request.tenant))
    trial = selectors.shown_trial(found, sees_persons=request.may(Right.SEE_PERSONS))
    rules = [rule for rule in rules_listed(request.tenant) if rule.pk in trial.taken]
    lines = [(rule, trial.taken[rule.pk]) for rule in rules]
    return page(request, TRIAL, {"trial": trial, "lines": lines})


def draft_trial(request: HttpRequest, draft: object) -> str:
    """Fill the hole touchpoint-rule-trial: what a rule would do that is being written."""
    if not isinstance(draft, MatchRule):
        return ""
    asked = cast("TenantRequest", request)  # the page has passed tenant_page
    tenant = asked.tenant
    others = [rule for rule in read_rules(tenant).rules if rule.id != draft.id]
    found = selectors.rule_trial(tenant, RuleSet([*others, draft]), only=draft)
    trial = selectors.shown_trial(found, sees_persons=asked.may(Right.SEE_PERSONS))
    context = {"trial": trial, "takes": trial.taken[draft.id], "tenant": tenant}
    return render_to_string(DRAFT, context, request)


@require_safe
@tenant_page(Right.EDIT_REGISTRIES)
def rule_past(request: TenantRequest) -> HttpResponse:
    """Show how to apply the rules to the past, and when that was done."""
    return _past(request, PeriodForm())


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def rule_apply(request: TenantRequest) -> HttpResponse:
    """Begin to apply the rules to the events of some days."""
    form = PeriodForm(request.POST)
    if not form.is_valid():
        return _past(request, form, status=422)
    start, end = form.period()
    try:
        attributing.start_applying(
            tenant=request.tenant, start=start, end=end, by=request.membership, now=now()
        )
    except CustomerError as error:
        form.add_error(None, str(error))
        return _past(request, form, status=422)
    messages.success(request, "The rules are being applied. You can leave this page.")
    return redirect("customers:rule-past", request.tenant.slug)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def rule_undo(request: TenantRequest, batch_id: UUID) -> HttpResponse:
    """Begin to take back what applying the rules changed."""
    batches = selectors.applied_batches(request.tenant).select_related("tenant")
    batch = get_object_or_404(batches, pk=batch_id)
    try:
        attributing.start_undoing(batch=batch, by=request.membership, now=now())
    except CustomerError as error:
        return _past(request, PeriodForm(), refused=str(error), status=422)
    messages.success(request, "It is being taken back. You can leave this page.")
    return redirect("customers:rule-past", request.tenant.slug)


def _made_words(count: int) -> str:
    if not count:
        return "There are rules for these already."
    words = "1 rule is made." if count == 1 else f"{count} rules are made."
    return f"{words} New events follow; apply the rules to the past for those that came before."


def _names(request: TenantRequest, *, refused: str = "", status: int = 200) -> HttpResponse:
    q, is_unmatched = query_text(request.GET, "q"), bool(request.GET.get("unmatched"))
    rows = selectors.event_names_listed(request.tenant, q=q, is_unmatched=is_unmatched)
    listed = page_of(rows, request)
    context = {
        "page": listed,
        "rows": [(row, source_words(row.source)) for row in listed.rows],
        "q": q,
        "is_unmatched": is_unmatched,
        "touchpoints": touchpoint_choices(request.tenant),
        "create": CREATE,
        "send": SEND,
        "refused": refused,
    }
    return page(request, NAMES, context, part="event-name-rows", status=status)


def _past(
    request: TenantRequest, form: PeriodForm, *, refused: str = "", status: int = 200
) -> HttpResponse:
    applied = page_of(selectors.applied_batches(request.tenant), request)
    context = {
        "form": form,
        "page": applied,
        "is_running": any(
            batch.state in {Batch.State.OPEN, Batch.State.UNDOING} for batch in applied.rows
        ),
        "refused": refused,
        "rows": [
            (batch, selectors.shown_changes(batch, sees_persons=request.may(Right.SEE_PERSONS)))
            for batch in applied.rows
        ],
    }
    return page(request, PAST, context, part="applied-rows", status=status)
