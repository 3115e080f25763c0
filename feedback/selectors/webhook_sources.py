"""Webhook sources: their secrets, the questions they brought, when they were last heard from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Max

from cxm.metrics.models import Metric
from feedback.models import Inbox, SenderSecret, SurveyQuestion

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant
    from feedback.models import EventSource

MOST_QUESTIONS = 200


def sender_secrets(source: EventSource) -> QuerySet[SenderSecret]:
    """List the secrets of a source, newest first, with the people who added them."""
    rows = SenderSecret.objects.for_tenant(source.tenant_id).filter(event_source=source)
    return (
        rows.select_related("created_by__user")
        .order_by("-created_at", "-pk")
        .fetch_mode(models.FETCH_RAISE)
    )


def source_questions(source: EventSource) -> list[SurveyQuestion]:
    """List the questions of the surveys that a source brought, by survey; the first 200.

    Each has its survey and its metric. One query.
    """
    rows = SurveyQuestion.objects.for_tenant(source.tenant_id)
    found = rows.filter(survey__source=f"events:{source.key}")
    found = found.select_related("survey", "metric")
    return list(found.order_by("survey__title", "survey", "ord", "key", "pk")[:MOST_QUESTIONS])


def known_metrics(tenant: Tenant) -> list[Metric]:
    """List all metrics of a tenant by their order, archived ones too. One query."""
    return list(Metric.objects.for_tenant(tenant).order_by("ord", "title", "pk"))


def last_received(tenant: Tenant, sources: Iterable[EventSource]) -> dict[UUID, datetime]:
    """Say when each of *sources* last delivered something; absent: never. One query, or none."""
    ids = [source.pk for source in sources]
    if not ids:
        return {}
    rows = Inbox.objects.for_tenant(tenant).filter(event_source__in=ids).order_by()
    return dict(rows.values_list("event_source").annotate(at=Max("received_at")))
