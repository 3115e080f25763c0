"""Bringing a future map into the current one, and maps onto newer ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from journeys.errors import OpenConflictsError
from journeys.forms.comparing import PromoteForm
from journeys.rules.choosing import Wanted
from journeys.rules.reviews import LONGEST_WHY
from journeys.selectors.realisation import live_steps
from journeys.services.promoting import look_at_promotion, promote_steps, publish_again
from journeys.services.rebasing import rebase_map
from journeys.views.finding import found_map, map_url, to_publish
from journeys.views.promotion_lines import choices_in, names_in, preview_of, questions_in
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from journeys.models import JourneyMap
    from journeys.views.promotion_lines import StepChoice

PAGE = "journeys/map_promote.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def map_promote(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Choose steps of a future map, look at what they would change, and bring them over.

    `?steps=` names steps and `?frame=on` adds what belongs to none: with either the changes are
    shown, and the conflicts to answer. Posted, they go into a draft of the current map.
    """
    row = to_publish(request, journey_map_id)
    try:
        choices, frame = _choices(request, row)
    except DomainError as error:
        return _refused(request, row, error)
    asked = request.POST if request.method == "POST" else request.GET
    form = PromoteForm(asked, steps=[str(choice.id) for choice in choices])
    if not form.is_valid():
        is_long = "note" in form.errors
        words = f"Say why in {LONGEST_WHY} characters." if is_long else "Choose steps of the list."
        return _shown(request, row, choices, frame, words=words)
    wanted = _wanted(form)
    if not wanted.steps and not wanted.frame:
        words = "Choose at least one step." if request.method == "POST" else ""
        return _shown(request, row, choices, frame, words=words)
    if request.method != "POST":
        return _shown(request, row, choices, frame, form=form)
    return _promoted(request, row, choices, frame, form)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def map_rebase(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Let a future map stand on the current map that holds now."""
    row = found_map(request, journey_map_id, Sight.CHANGE)
    try:
        done = rebase_map(of=row, by=request.membership, now=now())
    except DomainError as error:
        return _refused(request, row, error)
    if done.is_realised:
        words = "All of it is real: nothing is left of the promise, and the map is retired."
    else:
        words = "It stands on the current map now. What differs is what is still promised."
    messages.success(request, words)
    return redirect(map_url(row))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def map_publish_again(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Make a map that held once hold again, as a new map."""
    row = to_publish(request, journey_map_id)
    try:
        made = publish_again(of=row, by=request.membership, now=now())
    except DomainError as error:
        return _refused(request, row, error)
    messages.success(request, f"“{made.name}” holds again, as map {made.number}.")
    return redirect(map_url(made))


def _promoted(
    request: TenantRequest,
    row: JourneyMap,
    choices: list[StepChoice],
    frame: tuple[str, ...],
    form: PromoteForm,
) -> HttpResponse:
    try:
        draft = promote_steps(
            of=row,
            wanted=_wanted(form),
            answers=form.answers(),
            by=request.membership,
            now=now(),
            note=form.cleaned_data["note"],
        )
    except OpenConflictsError as error:
        return _shown(request, row, choices, frame, form=form, words=str(error))
    except DomainError as error:
        return _refused(request, row, error)
    messages.success(request, f"Brought into draft {draft.number}. Look at it, then publish it.")
    return redirect(map_url(draft))


def _choices(request: TenantRequest, row: JourneyMap) -> tuple[list[StepChoice], tuple[str, ...]]:
    promotion = look_at_promotion(of=row, now=now())
    return choices_in(promotion, names_in(promotion, request.membership))


def _wanted(form: PromoteForm) -> Wanted:
    told = form.cleaned_data
    return Wanted(frozenset(UUID(pk) for pk in told["steps"]), frame=told["frame"])


def _shown(
    request: TenantRequest,
    row: JourneyMap,
    choices: list[StepChoice],
    frame: tuple[str, ...],
    *,
    form: PromoteForm | None = None,
    words: str = "",
) -> HttpResponse:
    """Show what can be chosen; with a *form* what was chosen, and what would come of it."""
    live = live_steps(row)
    context: dict[str, Any] = {
        "map": row,
        "choices": [(choice, choice.id in live) for choice in choices],
        "frame": frame,
        "has_live": any(choice.id in live for choice in choices),
        "words": words,
    }
    if form is not None:
        wanted, answers = _wanted(form), form.answers()
        promotion = look_at_promotion(of=row, wanted=wanted, answers=answers, now=now())
        names = names_in(promotion, request.membership)
        told = {key: answer.value for key, answer in answers.items()}
        context |= {
            "chosen": [choice for choice in choices if choice.id in wanted.steps],
            "with_frame": wanted.frame,
            "note": form.cleaned_data["note"],
            "longest": LONGEST_WHY,
            "questions": questions_in(promotion.merged.conflicts, names, told),
            "parts": preview_of(promotion, names),
            "into": promotion.into,
        }
    return page(request, PAGE, context, status=422 if words else 200)


def _refused(request: TenantRequest, row: JourneyMap, error: DomainError) -> HttpResponse:
    context = {"map": row, "words": str(error), "back": map_url(row)}
    return page(request, "journeys/map_refused.html", context, status=error.status)
