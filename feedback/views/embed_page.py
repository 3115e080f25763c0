"""Putting a survey on other pages: where it may stand, the code to copy, and trying it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.templatetags.static import static
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cxm.kernel.htmx import page
from cxm.kernel.ids import new_id
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.forms.embedding import EmbeddingForm
from feedback.models import Survey
from feedback.rules.embedding import Moment, read_embedding
from feedback.selectors.door_counts import door_counts
from feedback.services.embedding import renew_identity_key, set_embedding
from feedback.views.embedding import widget_css, widget_settings
from feedback.views.survey_page import public_url, trial_url

if TYPE_CHECKING:
    from uuid import UUID

    from django.urls import URLPattern

PAGE = "feedback/survey_embedding.html"
REFUSED = 422


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def survey_embedding(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Show where a survey may be embedded, and its code, or change it; `?try=1` shows it here."""
    survey = _found(request, survey_id)
    if request.method != "POST":
        return _drawn(request, survey, EmbeddingForm(embedding=read_embedding(survey.embed)))
    form = EmbeddingForm(request.POST, embedding=read_embedding(survey.embed))
    if not form.is_valid():
        return _drawn(request, survey, form, status=REFUSED)
    set_embedding(survey=survey, embedding=form.embedding, by=request.membership)
    messages.success(request, "It is saved. Pages that have the code follow with their next load.")
    return redirect(request.path)


@never_cache
@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def identity_key_make(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Make the key with which sites sign who is there; the answer shows it, this once."""
    survey = _found(request, survey_id)
    key = renew_identity_key(survey=survey, by=request.membership)
    form = EmbeddingForm(embedding=read_embedding(survey.embed))
    return _drawn(request, survey, form, key=key)


def _found(request: TenantRequest, survey_id: UUID) -> Survey:
    """Find a survey of ours that was published; 404 for others."""
    rows = Survey.objects.for_tenant(request.tenant).select_related("tenant")
    return get_object_or_404(rows.exclude(public_id="").exclude(head=None), pk=survey_id)


def _drawn(
    request: TenantRequest, survey: Survey, form: EmbeddingForm, *, key: str = "", status: int = 200
) -> HttpResponse:
    is_tried = request.method == "GET" and bool(request.GET.get("try"))
    trial_id = new_id()
    context = {
        "survey": survey,
        "embedding": read_embedding(survey.embed),
        "form": form,
        "key": key,
        "public_id": survey.public_id,
        "script_url": request.build_absolute_uri(static("js/embed.js")),
        "survey_url": public_url(request, survey),
        "origin": request.build_absolute_uri("/").rstrip("/"),
        "counts": door_counts(survey),
        "trial_url": trial_url(survey, trial_id) if is_tried else "",
        "trial_id": trial_id,
        "trial": json.dumps(_tried(survey, trial_id)) if is_tried else "",
    }
    return page(request, PAGE, context, status=status)


def _tried(survey: Survey, trial_id: UUID) -> dict[str, Any]:
    """Give what the script needs to show the draft here at once, in its shape."""
    settings = widget_settings(survey, "en", is_shown=True)
    here = {"moment": Moment.SOON, "pages": [], "address": trial_url(survey, trial_id)}
    return settings | here | {"css": widget_css(survey)}


def embedding_paths(survey: str) -> list[URLPattern]:
    """Give the routes below the path of a *survey*."""
    return [
        path(f"{survey}/embedding/", survey_embedding, name="survey-embedding"),
        path(f"{survey}/embedding/key/", identity_key_make, name="survey-identity-key"),
    ]
