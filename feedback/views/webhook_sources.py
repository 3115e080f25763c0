"""Pages that only webhook sources have: their secrets, their questions, pausing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from feedback.errors import FeedbackError
from feedback.forms.webhook_sources import QuestionsForm, SecretForm
from feedback.models import EventSource, SenderSecret
from feedback.selectors.webhook_sources import known_metrics, source_questions
from feedback.services import webhook_sources as services
from feedback.views.event_sources import connect_page, found_source

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

QUESTIONS = "feedback/event_source_questions.html"


@require_POST
@tenant_page(Right.MANAGE_SOURCES)
@sent_once
def secret_add(request: TenantRequest, event_source_id: UUID) -> HttpResponse:
    """Keep a secret that the sender signs with; those before it work on."""
    source = _webhook(request, event_source_id)
    form = SecretForm(request.POST)
    if form.is_valid():
        try:
            services.add_secret(
                source=source,
                secret=form.cleaned_data["secret"],
                by=request.membership,
                now=now(),
            )
        except FeedbackError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, "The secret is kept. Send a test from the other tool.")
            return redirect("feedback:event-source-connect", request.tenant.slug, source.pk)
    return connect_page(request, source, form=form)


@require_POST
@tenant_page(Right.MANAGE_SOURCES)
def secret_remove(
    request: TenantRequest, event_source_id: UUID, sender_secret_id: UUID
) -> HttpResponse:
    """Forget a secret: what is signed with it is refused from now on."""
    rows = SenderSecret.objects.for_tenant(request.tenant).select_related("event_source__tenant")
    secret = get_object_or_404(rows, pk=sender_secret_id, event_source=event_source_id)
    services.remove_secret(secret=secret, by=request.membership)
    messages.success(request, "The secret is gone: what is signed with it is refused.")
    return redirect("feedback:event-source-connect", request.tenant.slug, event_source_id)


@require_POST
@tenant_page(Right.MANAGE_SOURCES)
def source_pause(request: TenantRequest, event_source_id: UUID) -> HttpResponse:
    """Let what arrives wait, stored and unread."""
    words = "“{}” is paused: what it sends is stored and waits."
    return _paused(request, event_source_id, words, is_paused=True)


@require_POST
@tenant_page(Right.MANAGE_SOURCES)
def source_resume(request: TenantRequest, event_source_id: UUID) -> HttpResponse:
    """Load what waits, and what arrives from now on."""
    return _paused(request, event_source_id, "“{}” goes on with all that waited.", is_paused=False)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.MANAGE_SOURCES)
def source_questions_page(request: TenantRequest, event_source_id: UUID) -> HttpResponse:
    """Say which metric each question gives; what came before is read again."""
    source = _webhook(request, event_source_id)
    questions = source_questions(source)
    form = QuestionsForm(
        request.POST or None, questions=questions, metrics=known_metrics(request.tenant)
    )
    if form.is_valid():
        changed = services.map_questions(
            source=source, metrics=form.chosen(), by=request.membership, now=now()
        )
        words = "Saved. What came before is read again: numbers follow within a minute."
        messages.success(request, words if changed else "Nothing was changed.")
        return redirect(request.path)
    fields = [(question, form[f"question-{question.pk}"]) for question in questions]
    context = {"source": source, "tab": "questions", "form": form, "rows": fields}
    return page(request, QUESTIONS, context, status=422 if form.errors else 200)


def _webhook(request: TenantRequest, event_source_id: UUID) -> EventSource:
    """Load a webhook source of the tenant at hand; raises Http404."""
    source = found_source(request, event_source_id)
    if not source.is_webhook:
        raise Http404
    return source


def _paused(
    request: TenantRequest, event_source_id: UUID, words: str, *, is_paused: bool
) -> HttpResponse:
    source = _webhook(request, event_source_id)
    services.pause_source(source=source, is_paused=is_paused, by=request.membership, now=now())
    messages.success(request, words.format(source))
    return redirect("feedback:event-source-settings", request.tenant.slug, source.pk)
