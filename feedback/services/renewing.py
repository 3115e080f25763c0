"""Renewing a response that was sent again with other answers: the latest counts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cxm.customers.models import IngestKey, Interaction
from feedback.models import Rating, Response, Verbatim
from feedback.services.loading import content_hash
from feedback.services.text_keeping import keep_texts, redacted_texts

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Tenant
    from feedback.adapters.records import ResponseRecord
    from feedback.services.registering import Registry


def renew_response(
    *,
    tenant: Tenant,
    source: str,
    came: ResponseRecord,
    record: ResponseRecord,
    registry: Registry,
    now: datetime,
) -> bool:
    """Put the answers of *record* in the place of those that *source* sent under its key before.

    *came* is the record as it came, by which it is known again, *record* what of it may be kept.
    The ratings before are ended as replaced and new ones written, so that both stay askable; the
    numbers follow by the triggers. Gives False where what is stored is newer, says the same (a
    client that sends again has another clock by then; of that only its version is kept), or was
    deleted. Of two that are equally new the one that is read last counts: a body that is read
    again may mean more by then.
    """
    claimed = IngestKey.objects.for_tenant(tenant).filter(source=source, key=record.key)
    response_id = claimed.filter(object_kind="response").values_list("object_id", flat=True).first()
    rows = Response.objects.for_tenant(tenant).select_for_update(of=("self",))
    response = rows.filter(pk=response_id).first() if response_id else None
    if response is None or response.state == Response.State.DELETED:
        return False
    if (response.revised_at or response.answered_at) > (record.revised_at or record.answered_at):
        return False
    if _says_the_same(response, record, registry):
        if record.revised_at:
            rows.filter(pk=response.pk).update(revised_at=record.revised_at)
        return False
    _change(response, tenant, record)
    _replace_ratings(response, record, registry, now)
    keep_texts(response=response, texts=record.comments, now=now)
    claimed.update(content_hash=content_hash(came))
    return True


def _says_the_same(response: Response, record: ResponseRecord, registry: Registry) -> bool:
    tenant_id = response.tenant_id
    ratings = Rating.objects.for_tenant(tenant_id).filter(response=response, ended_at__isnull=True)
    texts = Verbatim.objects.for_tenant(tenant_id).filter(response=response)
    said = {(r.question, registry.metrics[r.metric], r.value) for r in record.ratings}
    return (
        response.answers == record.answers
        and response.state == record.state
        and set(ratings.values_list("question_key", "metric_id", "value")) == said
        and dict(texts.values_list("question_key", "text")) == redacted_texts(record.comments)
    )


def _change(response: Response, tenant: Tenant, record: ResponseRecord) -> None:
    response.answered_at = record.answered_at
    response.day = record.answered_at.astimezone(ZoneInfo(tenant.time_zone)).date()
    response.answers = record.answers
    response.language = record.language
    response.state = record.state
    response.revised_at = record.revised_at
    response.save(
        update_fields=["answered_at", "day", "answers", "language", "state", "revised_at"]
    )
    if response.interaction_id:
        interactions = Interaction.objects.for_tenant(tenant).filter(pk=response.interaction_id)
        interactions.update(occurred_at=response.answered_at, day=response.day)


def _replace_ratings(
    response: Response, record: ResponseRecord, registry: Registry, now: datetime
) -> None:
    current = Rating.objects.for_tenant(response.tenant_id).filter(
        response=response, ended_at__isnull=True
    )
    current.update(state=Rating.State.REPLACED, ended_at=now)
    Rating.objects.bulk_create(
        Rating(
            tenant_id=response.tenant_id,
            response=response,
            metric_id=registry.metrics[rating.metric],
            question_key=rating.question,
            value=rating.value,
            survey_id=response.survey_id,
            touchpoint_id=_touchpoint(response, rating.touchpoint, registry),
            channel_id=response.channel_id,
            answered_at=response.answered_at,
            day=response.day,
            recorded_at=now,
        )
        for rating in record.ratings
    )


def _touchpoint(response: Response, key: str | None, registry: Registry) -> UUID | None:
    return registry.touchpoints[key] if key else response.touchpoint_id
