"""Pages of topics: their list, the editor with its test bench, versions, labelling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from feedback.errors import FeedbackError
from feedback.forms.topics import EXPRESSIONS, PERIODS, PeriodForm, RuleForm, TopicForm
from feedback.models import Topic, TopicRule
from feedback.rules.text.quality import FEWEST_LABELS, quality_of
from feedback.rules.text.starter_topics import starter_topics
from feedback.selectors.registry_names import read_names
from feedback.selectors.text_filter import NO_TOPIC
from feedback.selectors.topic_bench import try_rule
from feedback.selectors.topic_quality import labels_by_rule
from feedback.selectors.topics import topic_table, topics_listed, unread_count
from feedback.services import topics as services
from feedback.views.asking import reader_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from feedback.rules.text.quality import Labels, Quality

LIST, EDIT = "feedback/topic_list.html", "feedback/topic_edit.html"


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def topic_list(request: TenantRequest) -> HttpResponse:
    """List topics with their share of the texts and what those people score; `?days=` limits."""
    moment, form = now(), PeriodForm(request.GET)
    period = form.period(moment, ZoneInfo(request.tenant.time_zone))
    is_archived = bool(request.GET.get("archived"))
    topics = _in_tree(list(topics_listed(request.tenant, is_archived=is_archived)))
    url = reverse("feedback:response-list", args=[request.tenant.slug])
    names = read_names(request.tenant)
    table = topic_table(request.tenant, topics, period, names=names, now=moment, url=url)
    labels = labels_by_rule(topics)
    without = urlencode(sorted([("topic", NO_TOPIC), *period.pairs()]))
    there = {topic.key for topic in topics}
    context = {
        "table": table,
        "rows": [(row, *_measured(labels, row.topic)) for row in table.rows],
        "days": form.cleaned_data.get("days", ""),
        "periods": PERIODS,
        "is_archived": is_archived,
        "unread": unread_count(request.tenant),
        "without_url": f"{url}?{without}",
        "may_edit": request.may(Right.EDIT_SEGMENTS),
        "starters": [one for one in starter_topics() if one.key not in there],
        "fewest_labels": FEWEST_LABELS,
    }
    return page(request, LIST, context, part="topic-rows")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_SEGMENTS)
@sent_once
def topic_new(request: TenantRequest) -> HttpResponse:
    """Make a topic with its rule."""
    form = TopicForm(request.POST or None, tenant=request.tenant)
    if request.method == "POST" and form.is_valid():
        given = _given(form)
        try:
            topic = services.make_topic(
                tenant=request.tenant,
                by=request.membership,
                now=now(),
                expressions=form.expressions,
                **given,
            )
        except FeedbackError as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{topic}” is made, and all texts are being read.")
            return redirect(_url(request, topic))
    return _editor(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_SEGMENTS)
def topic_edit(request: TenantRequest, topic_id: UUID) -> HttpResponse:
    """Change a topic and its rule, with the test bench beside."""
    topic = found_topic(request, topic_id)
    form = TopicForm(request.POST or None, tenant=request.tenant, topic=topic)
    if request.method == "POST" and form.is_valid():
        given, moment = _given(form), now()
        note = given.pop("note")
        try:
            services.save_topic(
                topic=topic,
                by=request.membership,
                now=moment,
                expressions=form.expressions,
                note=note,
                **given,
            )
        except FeedbackError as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{topic}” is saved.")
            return redirect(_url(request, topic))
    return _editor(request, form, topic)


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def topic_try_new(request: TenantRequest) -> HttpResponse:
    """Try a rule that is no topic's yet on the newest texts."""
    return _tried(request, None)


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def topic_try(request: TenantRequest, topic_id: UUID) -> HttpResponse:
    """Try a rule on the newest texts, beside the version in force."""
    return _tried(request, found_topic(request, topic_id))


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def topic_starters(request: TenantRequest) -> HttpResponse:
    """Make the topics to begin with."""
    made = services.make_starter_topics(tenant=request.tenant, by=request.membership, now=now())
    words = f"{len(made)} topics are made, and all texts are being read."
    messages.success(request, words if made else "The topics to begin with are there already.")
    return redirect("feedback:topic-list", request.tenant.slug)


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def topic_back(request: TenantRequest, topic_id: UUID, seq: int) -> HttpResponse:
    """Make version *seq* of a topic's rule the one in force."""
    topic = found_topic(request, topic_id)
    try:
        services.put_rule_back(topic=topic, number=seq, by=request.membership, now=now())
    except FeedbackError as error:
        form = TopicForm(tenant=request.tenant, topic=topic)
        return _editor(request, form, topic, refused=str(error))
    messages.success(request, f"The rule is as in version {seq}, and all texts are being read.")
    return redirect(_url(request, topic))


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def topic_archive(request: TenantRequest, topic_id: UUID) -> HttpResponse:
    """Take a topic off every list."""
    return _archived(request, topic_id, "“{}” is archived.", is_archived=True)


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def topic_restore(request: TenantRequest, topic_id: UUID) -> HttpResponse:
    """Bring an archived topic back."""
    return _archived(request, topic_id, "“{}” is back, and all texts are being read.")


def found_topic(request: TenantRequest, topic_id: UUID) -> Topic:
    """Load a topic with its rule; raises Http404."""
    rows = Topic.objects.for_tenant(request.tenant).select_related("tenant", "rule", "parent")
    topic: Topic = get_object_or_404(rows, pk=topic_id)
    return topic


def _archived(
    request: TenantRequest, topic_id: UUID, words: str, *, is_archived: bool = False
) -> HttpResponse:
    topic = found_topic(request, topic_id)
    services.archive_topic(topic=topic, is_archived=is_archived, by=request.membership, now=now())
    messages.success(request, words.format(topic))
    return redirect("feedback:topic-list", request.tenant.slug)


def _given(form: TopicForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("title", "description", "parent", "note")}


def _editor(
    request: TenantRequest, form: TopicForm, topic: Topic | None, *, refused: str = ""
) -> HttpResponse:
    slug = request.tenant.slug
    versions = TopicRule.objects.for_tenant(request.tenant).select_related("by__user")
    rows = versions.filter(topic=topic).order_by("-number", "pk") if topic else []
    args = [slug, topic.pk] if topic else [slug]
    labels = labels_by_rule([topic]) if topic else {}
    quality, labelled = _measured(labels, topic) if topic else (None, 0)
    context: dict[str, Any] = {
        "form": form,
        "topic": topic,
        "refused": refused,
        "expressions": [form[code] for code in EXPRESSIONS],
        "try_url": reverse(f"feedback:topic-try{'' if topic else '-new'}", args=args),
        "versions": rows,
        "labelled": labelled,
        "quality": quality,
        "fewest_labels": FEWEST_LABELS,
    }
    if topic and topic.rule and not form.is_bound:
        context["bench"] = try_rule(reader_of(request), topic.rule.expressions, None)
    return page(request, EDIT, context, part="", status=422 if form.errors or refused else 200)


def _tried(request: TenantRequest, topic: Topic | None) -> HttpResponse:
    form = RuleForm(request.POST)
    current = topic.rule.expressions if topic and topic.rule else None
    context: dict[str, Any] = {"topic": topic, "bench_form": form}
    if form.is_valid():
        context["bench"] = try_rule(reader_of(request), form.expressions, current)
    if not request.htmx:
        whole = TopicForm(request.POST, tenant=request.tenant, topic=topic)
        whole.full_clean()
        context |= {
            "form": whole,
            "expressions": [whole[code] for code in EXPRESSIONS],
            "try_url": request.path,
            "versions": [],
        }
    status = 200 if form.is_valid() else 422
    return page(request, EDIT, context, part="topic-bench", status=status)


def _in_tree(topics: list[Topic]) -> list[Topic]:
    """Put topics that stand under another one behind it; the order stays otherwise."""
    ids = {topic.pk for topic in topics}
    top = [topic for topic in topics if topic.parent_id not in ids]
    return [shown for one in top for shown in (one, *(t for t in topics if t.parent_id == one.pk))]


def _measured(labels: dict[UUID, Labels], topic: Topic) -> tuple[Quality | None, int]:
    """Give how good a topic's rule is, and how many labels say so."""
    found = labels.get(topic.rule_id) if topic.rule_id else None
    return (quality_of(found), found.count) if found else (None, 0)


def _url(request: TenantRequest, topic: Topic) -> str:
    return reverse("feedback:topic-edit", args=[request.tenant.slug, topic.pk])
