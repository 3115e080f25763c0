"""Keeping what happened for those who want to know, in the transaction of what happened."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Max

from cxm.integrations.models import Delivery, Webhook, WebhookEvent
from cxm.integrations.rules.bodies import fitted
from cxm.integrations.rules.kinds import PING, WebhookState
from cxm.integrations.selectors.webhooks import LISTENS_SQL
from cxm.work.services import ring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.announcing import News

SEND = "integrations.send"
_TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 723))"


def keep_news(news: News) -> None:
    """Keep *news* as an event and promise it to every webhook that wants its kind.

    One query where none does. Those that are paused get it when they go on; disabled ones never.
    """
    if not _is_wanted(news):
        return
    wanting = Webhook.objects.for_tenant(news.tenant_id).filter(kinds__contains=[news.kind])
    webhooks = list(wanting.exclude(state=WebhookState.DISABLED).order_by("pk"))
    if webhooks:
        _keep(news, webhooks)


def _is_wanted(news: News) -> bool:
    """Whether any webhook wants *news*; asked often, and so written out."""
    with connection.cursor() as cursor:
        asked: list[Any] = [news.tenant_id, [news.kind], WebhookState.DISABLED]
        cursor.execute(f"{LISTENS_SQL} LIMIT 1", asked)
        return cursor.fetchone() is not None


@transaction.atomic
def send_ping(*, webhook: Webhook, news: News) -> Delivery:
    """Promise a test event to *webhook* alone, tried once, whatever its state; give its delivery.

    *news* says what it tells; its kind is "ping".
    """
    return _keep(news, [webhook])[0]


def _keep(news: News, webhooks: Sequence[Webhook]) -> list[Delivery]:
    content = news.content()
    event = WebhookEvent.objects.create(
        tenant_id=news.tenant_id,
        kind=news.kind,
        content=fitted(content),
        at=news.at,
        object_id=news.about,
        number=_next_number(news),
        path=news.path[:300],
        person_id=(content.get("customer") or {}).get("id"),
    )
    deliveries = Delivery.objects.bulk_create(
        Delivery(
            tenant_id=news.tenant_id,
            webhook=webhook,
            event=event,
            is_test=news.kind == PING,
            next_at=news.at,
            created_at=news.at,
        )
        for webhook in webhooks
    )
    transaction.on_commit(partial(ring, news.tenant_id, task=SEND))
    return deliveries


def _next_number(news: News) -> int:
    """Give a number above all earlier ones of the object, those that are forgotten included.

    It is the time in milliseconds, or one more than the last: what is forgotten is older.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_TURNS, [str(news.about)])
    rows = WebhookEvent.objects.for_tenant(news.tenant_id).filter(object_id=news.about)
    last = rows.aggregate(last=Max("number"))["last"] or 0
    return max(int(news.at.timestamp() * 1_000), last + 1)
