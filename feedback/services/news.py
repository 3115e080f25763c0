"""What other systems are told of feedback: which kinds of news there are, and what they say."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from cxm.customers.models import Customer
from cxm.customers.rules.masking import redacted
from cxm.kernel.announcing import News, NewsKind, announce
from feedback.models import Rating, Response, Verbatim
from feedback.rules.survey_words import Anonymity

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from feedback.models import Import

CREATED, UPDATED, DELETED = "response.created", "response.updated", "response.deleted"
HELD = "rating.quarantined"
UNSUBSCRIBED = "unsubscribe.created"
IMPORTED = "import.finished"
KINDS = (
    NewsKind(CREATED, "An answer arrived", "Feedback"),
    NewsKind(UPDATED, "An answer was changed, went on, or was restored", "Feedback"),
    NewsKind(DELETED, "An answer was deleted", "Feedback"),
    NewsKind(HELD, "Scores were held back from the numbers", "Feedback"),
    NewsKind(UNSUBSCRIBED, "Somebody wants no more surveys", "Feedback"),
    NewsKind(IMPORTED, "An import ended", "Feedback"),
)


def tell_of_response(kind: str, response: Response, *, now: datetime, **more: Any) -> None:
    """Tell that something of *kind* happened to *response*, in the transaction at hand.

    Nobody is named behind answers of surveys that do not name, and texts come without addresses
    and numbers in them. *more* is told as well.
    """
    announce(
        News(
            kind=kind,
            tenant_id=response.tenant_id,
            about=response.pk,
            at=now,
            content=partial(_response_content, response, kind, more),
            path=f"responses/{response.pk}/",
        )
    )


def tell_of_import(imported: Import, *, now: datetime) -> None:
    """Tell that an import has ended, and how; of its answers one by one nothing is told."""
    announce(
        News(
            kind=IMPORTED,
            tenant_id=imported.tenant_id,
            about=imported.pk,
            at=now,
            content=lambda: {
                "file_name": imported.file_name,
                "state": imported.state,
                "error": imported.error,
            },
            path=f"imports/{imported.pk}/",
        )
    )


def tell_of_opt_out(tenant_id: UUID, customer_id: UUID, *, about: UUID, now: datetime) -> None:
    """Tell that somebody wants to be asked no more; *about* is the invitation, or who they are."""
    announce(
        News(
            kind=UNSUBSCRIBED,
            tenant_id=tenant_id,
            about=about,
            at=now,
            content=lambda: {"customer": _customer(customer_id, tenant_id)},
        )
    )


def _response_content(response: Response, kind: str, more: dict[str, Any]) -> dict[str, Any]:
    survey = response.survey
    person_id = response.customer_id if survey.anonymity == Anonymity.NAMED else None
    shared = {"survey": {"key": survey.key, "title": survey.title}, "state": response.state, **more}
    if kind == DELETED:
        return shared
    return shared | {
        "answered_at": response.answered_at.isoformat(),
        "answered_epoch": int(response.answered_at.timestamp()),
        "language": response.language,
        "revision": response.revision,
        "customer": _customer(person_id, response.tenant_id),
        "scores": _scores(response),
        "texts": _texts(response),
    }


def _customer(person_id: UUID | None, tenant_id: UUID) -> dict[str, Any] | None:
    rows = Customer.objects.for_tenant(tenant_id).select_related("root")
    found = rows.filter(pk=person_id, erased_at=None).first() if person_id else None
    if found is None:
        return None
    root = found.root
    return {
        "id": str(root.pk),
        "email": root.email or None,
        "name": root.display_name or None,
        "created_at": int(root.created_at.timestamp()),
    }


def _scores(response: Response) -> list[dict[str, Any]]:
    rows = Rating.objects.for_tenant(response.tenant_id).filter(response=response, ended_at=None)
    rows = rows.select_related("metric", "touchpoint", "channel").order_by("question_key", "pk")
    return [
        {
            "question": row.question_key,
            "metric": row.metric.key,
            "value": row.value,
            "touchpoint": row.touchpoint.key if row.touchpoint else None,
            "channel": row.channel.key if row.channel else None,
            "is_counted": row.state == Rating.State.COUNTED,
        }
        for row in rows
    ]


def _texts(response: Response) -> list[dict[str, Any]]:
    rows = Verbatim.objects.for_tenant(response.tenant_id).filter(response=response)
    return [
        {"question": row.question_key, "text": redacted(row.text), "language": row.language}
        for row in rows.order_by("question_key", "pk")
    ]
