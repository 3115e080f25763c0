"""Labelling texts that were drawn at random, to measure a topic's rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from cxm.customers.selectors.persons import read_persons
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.forms.topics import LabelForm
from feedback.models import TopicRule
from feedback.rules.text.quality import FEWEST_LABELS, quality_of
from feedback.selectors.topic_quality import labels_of, next_to_label
from feedback.services.text_corrections import say_topic
from feedback.views.asking import reader_of
from feedback.views.texts import found_text
from feedback.views.topics import found_topic

if TYPE_CHECKING:
    from uuid import UUID

    from feedback.models import Topic

PAGE = "feedback/topic_label.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_SEGMENTS)
def topic_label(request: TenantRequest, topic_id: UUID) -> HttpResponse:
    """Show the next text to label, or note the label of one and go on."""
    topic = found_topic(request, topic_id)
    if request.method == "POST":
        return _labelled(request, topic)
    return _next(request, topic)


def _labelled(request: TenantRequest, topic: Topic) -> HttpResponse:
    form = LabelForm(request.POST)
    if not form.is_valid():
        return _next(request, topic, status=422)
    given = form.cleaned_data
    text = found_text(request, given["text"])
    rules = TopicRule.objects.for_tenant(request.tenant).filter(topic=topic)
    say_topic(
        text=text,
        topic=topic,
        is_about=given["says"] == "yes",
        sample=(get_object_or_404(rules, pk=given["rule"]), given["drawn"] == "hit"),
        by=request.membership,
        now=now(),
    )
    return redirect("feedback:topic-label", request.tenant.slug, topic.pk)


def _next(request: TenantRequest, topic: Topic, *, status: int = 200) -> HttpResponse:
    labels = labels_of(topic)
    if labels is None:
        raise Http404
    drawn = next_to_label(topic)
    shown = ""
    if drawn:
        customer_id = drawn[0].response.customer_id
        shown = read_persons(reader_of(request), [customer_id]).of(customer_id).shown(drawn[0].text)
    context = {
        "topic": topic,
        "labels": labels,
        "quality": quality_of(labels),
        "fewest": FEWEST_LABELS,
        "text": drawn[0] if drawn else None,
        "is_hit": drawn[1] if drawn else False,
        "shown": shown,
    }
    return page(request, PAGE, context, status=status)
