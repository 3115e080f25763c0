"""What people say of a text beside its response: topics, words, language, how it sounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from cxm.kernel.clock import now
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.errors import FeedbackError
from feedback.forms.topics import SayLanguageForm, SaySentimentForm, SayTopicForm
from feedback.models import Verbatim
from feedback.rules.text.sentiment import SentimentLabel
from feedback.services.text_corrections import say_language, say_sentiment, say_topic
from feedback.views.responses import refused_panel

if TYPE_CHECKING:
    from uuid import UUID

    from django import forms


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def text_topic(request: TenantRequest, verbatim_id: UUID) -> HttpResponse:
    """Say that a text is about a topic, or is not, and which words say so."""
    text = found_text(request, verbatim_id)
    form = SayTopicForm(request.POST, tenant=request.tenant)
    if not form.is_valid():
        return refused_panel(request, text.response, _wrong(form))
    given = form.cleaned_data
    try:
        say_topic(
            text=text,
            topic=given["topic"],
            is_about=given["says"] == "yes",
            excerpt=given["excerpt"],
            by=request.membership,
            now=now(),
        )
    except FeedbackError as error:
        return refused_panel(request, text.response, str(error))
    messages.success(request, "Noted. No rule changes what you said.")
    return _back(request, text)


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def text_language(request: TenantRequest, verbatim_id: UUID) -> HttpResponse:
    """Say which language a text is in."""
    text, form = found_text(request, verbatim_id), SayLanguageForm(request.POST)
    if not form.is_valid():
        return refused_panel(request, text.response, _wrong(form))
    language = form.cleaned_data["language"]
    say_language(text=text, language=language, by=request.membership, now=now())
    messages.success(request, "Noted, and the text is read anew.")
    return _back(request, text)


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def text_sentiment(request: TenantRequest, verbatim_id: UUID) -> HttpResponse:
    """Say how a text sounds."""
    text, form = found_text(request, verbatim_id), SaySentimentForm(request.POST)
    if not form.is_valid():
        return refused_panel(request, text.response, _wrong(form))
    label = SentimentLabel(form.cleaned_data["sentiment"])
    say_sentiment(text=text, label=label, by=request.membership, now=now())
    messages.success(request, "Noted. No list of words changes what you said.")
    return _back(request, text)


def found_text(request: TenantRequest, verbatim_id: UUID) -> Verbatim:
    """Load a text with its response; raises Http404."""
    rows = Verbatim.objects.for_tenant(request.tenant).defer("words")
    text: Verbatim = get_object_or_404(rows.select_related("response__tenant"), pk=verbatim_id)
    return text


def _wrong(form: forms.Form) -> str:
    return " ".join(
        f"{form.fields[name].label or name.capitalize()}: {' '.join(map(str, errors))}"
        for name, errors in form.errors.items()
    )


def _back(request: TenantRequest, text: Verbatim) -> HttpResponse:
    url = reverse("feedback:response-panel", args=[request.tenant.slug, text.response_id])
    query = request.GET.urlencode()
    return redirect(f"{url}?{query}" if query else url)
