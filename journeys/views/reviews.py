"""The review of a map: who is asked, what they say, and publishing it with the reason why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.collaboration.views.talk import site_of
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.forms.reviews import AskForm, PublishForm, RulesForm, VerdictForm
from journeys.rules.kinds import MapState, MapStatus
from journeys.rules.reviews import Verdict
from journeys.selectors.reviews import approvals, compared_with, review_rules, reviews_of
from journeys.selectors.talking import readers_of
from journeys.services import maps, reviews
from journeys.services.comparing import Moment, compare
from journeys.views.change_lines import MOST_LINES, counted, parts_of
from journeys.views.finding import found_map, map_url, may_publish, to_publish
from journeys.views.kinds import sight_for
from journeys.views.map_check import findings_of
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django import forms
    from django.http import HttpResponse

    from journeys.models import JourneyMap

REVIEW = "journeys/map_review.html"
PUBLISH = "journeys/map_publish.html"
RULES = "journeys/review_rules.html"
_PUBLISHABLE = (MapStatus.DRAFT, MapStatus.IN_REVIEW)


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_review(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Show what a review looks at: what differs, what is found, and what everybody said."""
    return _review(request, found_map(request, journey_map_id))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def review_ask(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Ask members to look at a draft."""
    row = found_map(request, journey_map_id, Sight.CHANGE)
    form = AskForm(request.POST, readers=_others(request, row))
    if not form.is_valid():
        return _review(request, row, ask=form, status=422)
    try:
        reviews.ask_review(
            of=row, by=request.membership, now=now(), site=site_of(request), **form.cleaned_data
        )
    except DomainError as error:
        return _review(request, row, ask=_refused(form, error), status=error.status)
    messages.success(request, "They are asked, and the map rests until they have answered.")
    return redirect("journeys:map-review", request.tenant.slug, row.pk)


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def review_verdict(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Say, as one who was asked, that a map is approved or is to be changed."""
    row = found_map(request, journey_map_id)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return _review(request, row, say=form, status=422)
    try:
        reviews.give_verdict(
            of=row,
            verdict=Verdict(form.cleaned_data["verdict"]),
            note=form.cleaned_data["note"],
            by=request.membership,
            now=now(),
            site=site_of(request),
        )
    except DomainError as error:
        return _review(request, row, say=_refused(form, error), status=error.status)
    messages.success(request, "What you said is kept, and who asked is told.")
    return redirect("journeys:map-review", request.tenant.slug, row.pk)


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def review_withdraw(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Take a map back from review, to change it."""
    row = found_map(request, journey_map_id, Sight.CHANGE)
    try:
        reviews.withdraw_review(of=row, by=request.membership, now=now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{row.name}” is a draft again.")
    return redirect("journeys:map-review", request.tenant.slug, row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.OPEN_JOURNEYS)
def map_publish(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Let a draft hold, and say why; of a current map, the one that held becomes the past."""
    row = to_publish(request, journey_map_id)
    if request.method != "POST":
        return _publish(request, row, PublishForm())
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _publish(request, row, form, status=422)
    try:
        maps.publish_map(
            of=row,
            by=request.membership,
            now=now(),
            note=form.cleaned_data["note"],
            site=site_of(request),
        )
    except DomainError as error:
        return _publish(request, row, _refused(form, error), status=error.status)
    messages.success(request, f"“{row.name}” is published. It is changed in a draft from now on.")
    return redirect(map_url(row))


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.MANAGE_TENANT)
def rules_page(request: TenantRequest) -> HttpResponse:
    """Set what the workspace demands before a map is published."""
    kept = review_rules(request.tenant)
    initial = {name: getattr(kept, name) for name in RulesForm.base_fields}
    if request.method != "POST":
        return page(request, RULES, {"form": RulesForm(initial=initial)})
    form = RulesForm(request.POST)
    if not form.is_valid():
        return page(request, RULES, {"form": form}, status=422)
    reviews.set_review_rules(tenant=request.tenant, by=request.membership, **form.cleaned_data)
    messages.success(request, "Kept. It holds from now on.")
    return redirect("journeys:review-rules", request.tenant.slug)


def review_paths(start: str) -> list[URLPattern]:
    """Give the routes of reviews and of publishing a map, below *start*."""
    return [
        path("journeys/rules/", rules_page, name="review-rules"),
        path(f"{start}/publish/", map_publish, name="map-publish"),
        path(f"{start}/review/", map_review, name="map-review"),
        path(f"{start}/review/ask/", review_ask, name="review-ask"),
        path(f"{start}/review/verdict/", review_verdict, name="review-verdict"),
        path(f"{start}/review/withdraw/", review_withdraw, name="review-withdraw"),
    ]


def _others(request: TenantRequest, row: JourneyMap) -> list[Any]:
    return [one for one in readers_of(row) if one.pk != request.membership.pk]


def _refused[F: forms.Form](form: F, error: DomainError) -> F:
    form.add_error(error.field if error.field in form.fields else None, str(error))
    return form


def _review(
    request: TenantRequest, row: JourneyMap, *, status: int = 200, **forms_: Any
) -> HttpResponse:
    """Show the page; *forms_* are `ask` and `say` where they were refused."""
    rules = review_rules(request.tenant)
    rounds = reviews_of(row, rules=rules)
    current = next((one for one in rounds if one.is_open), None)
    voters = {vote.row.reviewer_id for vote in current.votes} if current else set()
    may_change = sight_for(request, row) >= Sight.CHANGE and not row.journey.archived_at
    # Guests draw, but who works here is not for them to see, and so not whom to ask.
    may_ask = may_change and request.may(Right.EDIT_JOURNEYS)
    can_ask = may_ask and row.status == MapStatus.DRAFT and not row.is_locked
    context = {
        "map": row,
        "back": map_url(row),
        "rules": rules,
        "approvals": approvals(row, rules=rules),
        "current": current,
        "rounds": [one for one in rounds if not one.is_open],
        "groups": findings_of(row),
        "may_withdraw": may_change and current is not None,
        "may_publish": may_publish(request, row) and row.status in _PUBLISHABLE,
        "is_asked": request.membership.pk in voters,
        "ask": AskForm(readers=_others(request, row)) if can_ask else None,
        "say": VerdictForm(),
        **_compared(request, row),
        **forms_,
        "refused": _unseen(forms_, can_ask=can_ask, is_asked=request.membership.pk in voters),
    }
    return page(request, REVIEW, context, status=status)


def _unseen(forms_: Mapping[str, forms.Form], *, can_ask: bool, is_asked: bool) -> str:
    """Give what was refused of a form that the page does not show any more; "" for nothing."""
    shown = {"ask": can_ask, "say": is_asked}
    told = [form.errors for name, form in forms_.items() if not shown[name]]
    return " ".join(str(words) for errors in told for some in errors.values() for words in some)


def _compared(request: TenantRequest, row: JourneyMap) -> dict[str, Any]:
    """Tell what differs from what the map is to take the place of; nothing where there is none."""
    base = compared_with(row)
    if base is None or base.pk == row.pk:
        return {"base": None, "parts": []}
    found = compare(Moment(base), Moment(row), reader=request.membership, now=now())
    return {
        "base": base,
        "counts": counted(found.changes),
        "parts": parts_of(found.changes, found.names),
        "more": max(0, len(found.changes) - MOST_LINES),
    }


def _publish(
    request: TenantRequest, row: JourneyMap, form: PublishForm, *, status: int = 200
) -> HttpResponse:
    rules = review_rules(request.tenant)
    context = {
        "map": row,
        "back": map_url(row),
        "form": form,
        "state": MapState(row.state),
        "is_draft": row.status in _PUBLISHABLE,
        "approvals": approvals(row, rules=rules),
        "is_in_review": row.status == MapStatus.IN_REVIEW,
    }
    return page(request, PUBLISH, context, status=status)
