"""What programs written for Delighted read: people, responses and figures in its shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce

from cxm.customers.models import Consent, Customer, Identity
from cxm.customers.rules.masking import redacted
from feedback.models import (
    AutopilotMember,
    Invitation,
    InvitationEvent,
    Rating,
    Response,
    SurveyQuestion,
    Verbatim,
)
from feedback.rules.delighted import epoch, net_score, percent
from feedback.rules.distribution.words import PURPOSE
from feedback.rules.survey_words import Anonymity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant
    from feedback.models import DelightedProject
    from feedback.rules.delighted import Page

type JSON = dict[str, Any]

COMMENT = "comment"
_BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Scored:
    """The question whose score Delighted's programs send, and the one their comment answers."""

    question: SurveyQuestion
    comment: str

    @property
    def kind(self) -> str:
        """Give the survey type, such as nps."""
        return str(self.question.metric.kind) if self.question.metric else ""


def scored_question(project: DelightedProject) -> Scored | None:
    """Find the first score of a project's survey, and its first text. One query."""
    rows = SurveyQuestion.objects.for_tenant(project.tenant_id).filter(survey=project.survey_id)
    questions = list(rows.select_related("metric").order_by("ord", "pk"))
    score = next((one for one in questions if one.metric_id), None)
    texts = (one.key for one in questions if one.kind == SurveyQuestion.Kind.TEXT)
    return Scored(score, next(texts, COMMENT)) if score else None


def people(tenant: Tenant, page: Page, email: str = "") -> list[Customer]:
    """List the people of a page, oldest first, with one more where there are more."""
    rows: QuerySet[Customer] = Customer.objects.for_tenant(tenant).filter(
        kind=Customer.Kind.KNOWN, erased_at__isnull=True, root=F("pk")
    )
    if email:
        rows = rows.filter(pk__in=_known_by(tenant, email))
    rows = _between(rows, "created_at", page)
    return list(rows.order_by("created_at", "pk")[page.start : page.start + page.size + 1])


def people_json(tenant: Tenant, customers: Sequence[Customer]) -> list[JSON]:
    """Give people as Delighted had them. Two queries."""
    ids = [one.pk for one in customers]
    addresses = addresses_of(tenant, ids)
    asked = Invitation.objects.for_tenant(tenant).filter(
        customer__root__in=ids, sent_at__isnull=False
    )
    last = dict(asked.values_list("customer__root").annotate(at=Max("sent_at")))
    return [
        person_json(one, addresses.get(one.pk, {}))
        | {"created_at": epoch(one.created_at), "last_sent_at": epoch(last.get(one.pk))}
        for one in customers
    ]


def person_json(customer: Customer, addresses: Mapping[str, str]) -> JSON:
    """Give what names a person."""
    return {
        "id": str(customer.pk),
        "name": customer.display_name or None,
        "email": customer.email or addresses.get("email"),
        "phone_number": customer.phone or addresses.get("phone"),
    }


def addresses_of(tenant: Tenant, root_ids: Iterable[UUID]) -> dict[UUID, dict[str, str]]:
    """Give e-mail and phone that people are known by, the newest of each. One query."""
    rows = Identity.objects.for_tenant(tenant).filter(
        customer__root__in=root_ids, kind__in=["email", "phone"]
    )
    found: dict[UUID, dict[str, str]] = {}
    for root, kind, value in rows.order_by("created_at", "pk").values_list(
        "customer__root", "kind", "value"
    ):
        found.setdefault(root, {})[kind] = value
    return found


def responses(project: DelightedProject, page: Page, person: UUID | None) -> list[Response]:
    """List the responses of a page, oldest first unless the newest are wanted first.

    Those of one *person* are none where the survey does not name.
    """
    if person and not is_named(project):
        return []
    rows: QuerySet[Response] = Response.objects.for_tenant(project.tenant_id).filter(
        survey=project.survey_id, state__in=Response.LIVE_STATES
    )
    if person:
        rows = rows.filter(customer__root=person)
    if page.updated_since:
        rows = rows.alias(changed_at=Coalesce("revised_at", "received_at")).filter(
            changed_at__gte=page.updated_since
        )
    rows = _between(rows, "answered_at", page)
    order = ("-answered_at", "-pk") if page.is_newest_first else ("answered_at", "pk")
    rows = rows.select_related("customer__root").order_by(*order)
    return list(rows[page.start : page.start + page.size])


def is_named(project: DelightedProject) -> bool:
    """Whether programs may be told who is behind an answer."""
    return bool(project.survey.anonymity == Anonymity.NAMED)


def responses_json(
    project: DelightedProject,
    rows: Sequence[Response],
    scored: Scored | None,
    *,
    is_expanded: bool,
    is_whole: bool,
    permalink: Any,
) -> list[JSON]:
    """Give responses as Delighted had them; *permalink* makes the address of one's page.

    Where the survey does not name, nobody is told, nor what was known of them, and texts come
    without addresses and numbers; *is_whole* gives all as it stands. Three queries.
    """
    tenant, ids = project.tenant, [row.pk for row in rows]
    tells_who = is_whole or is_named(project)
    tell: Callable[[str], str] = str if tells_who else redacted
    key = scored.question.key if scored else ""
    ratings = Rating.objects.for_tenant(tenant).counted().filter(response__in=ids)
    scores = dict(ratings.filter(question_key=key).values_list("response", "value"))
    texts = Verbatim.objects.for_tenant(tenant).filter(response__in=ids)
    said = {
        (pk, question): tell(text)
        for pk, question, text in texts.values_list("response", "question_key", "text")
    }
    comment = scored.comment if scored else ""
    people_of = {row.customer.root_id for row in rows if row.customer and tells_who}
    addresses = addresses_of(tenant, people_of) if is_expanded else {}
    return [
        {
            "id": str(row.pk),
            "person": _person(row, addresses, is_expanded=is_expanded) if tells_who else None,
            "survey_type": scored.kind if scored else "",
            "score": scores.get(row.pk),
            "comment": said.get((row.pk, comment)),
            "permalink": permalink(row.pk),
            "created_at": epoch(row.answered_at),
            "updated_at": epoch(row.revised_at),
            "person_properties": row.hidden.get("person_properties") if tells_who else None,
            "notes": row.hidden.get("notes", []),
            "tags": row.hidden.get("tags", []),
            "additional_answers": _more(row, said, comment, tell),
        }
        for row in rows
    ]


def metrics_json(
    project: DelightedProject,
    question: SurveyQuestion,
    since: datetime | None,
    until: datetime | None,
) -> JSON:
    """Count promoters, passives and detractors as Delighted did. One query."""
    metric = question.metric
    rows = (
        Rating.objects.for_tenant(project.tenant_id)
        .counted()
        .filter(survey=project.survey_id, metric=metric, question_key=question.key)
    )
    rows = rows.filter(answered_at__gte=since) if since else rows
    rows = rows.filter(answered_at__lte=until) if until else rows
    last = metric.scale_max
    counted = rows.aggregate(
        n=Count("pk"),
        promoters=Count("pk", filter=Q(value__gte=last - 1)),
        detractors=Count("pk", filter=Q(value__lte=last - 4)),
    )
    n, promoters, detractors = counted["n"], counted["promoters"], counted["detractors"]
    passives = n - promoters - detractors
    return {
        "nps": net_score(promoters, detractors, n),
        "promoter_count": promoters,
        "promoter_percent": percent(promoters, n),
        "passive_count": passives,
        "passive_percent": percent(passives, n),
        "detractor_count": detractors,
        "detractor_percent": percent(detractors, n),
        "response_count": n,
    }


def unsubscribes_json(tenant: Tenant, page: Page) -> list[JSON]:
    """List who wants no more surveys and has not come back, oldest first. Two queries."""
    said = Consent.objects.for_tenant(tenant).filter(
        purpose=PURPOSE, customer__root__erased_at__isnull=True
    )
    newest = said.order_by("customer__root", "-at", "-pk").distinct("customer__root")
    rows = Consent.objects.for_tenant(tenant).filter(
        pk__in=newest.values("pk"), state=Consent.State.WITHDRAWN
    )
    found = _between(rows, "at", page).select_related("customer__root").order_by("at", "pk")
    return _dated(tenant, found[page.start : page.start + page.size], "unsubscribed_at")


def bounces_json(tenant: Tenant, page: Page) -> list[JSON]:
    """List to whom a message came back, oldest first. Two queries."""
    rows = InvitationEvent.objects.for_tenant(tenant).filter(
        kind=_BOUNCED, invitation__customer__root__erased_at__isnull=True
    )
    found = _between(rows, "at", page).select_related("invitation__customer__root")
    events = found.order_by("at", "pk")[page.start : page.start + page.size]
    return _dated(tenant, events, "bounced_at")


def members_json(tenant: Tenant, rows: Sequence[AutopilotMember]) -> list[JSON]:
    """Give people on the autopilot as Delighted had them. One query."""
    addresses = addresses_of(tenant, [row.customer.root_id for row in rows])
    return [
        {
            "id": str(row.pk),
            "created_at": epoch(row.created_at),
            "updated_at": epoch(row.created_at),
            "person": person_json(row.customer.root, addresses.get(row.customer.root_id, {})),
            "next_survey_request": {
                "id": str(row.pk),
                "survey_scheduled_at": epoch(row.next_at),
                "properties": row.properties,
            },
        }
        for row in rows
    ]


def _dated(tenant: Tenant, rows: Iterable[Any], name: str) -> list[JSON]:
    dated = [(getattr(row, "customer", None) or row.invitation.customer, row.at) for row in rows]
    addresses = addresses_of(tenant, {customer.root_id for customer, _ in dated})
    return [
        {
            "person_id": str(customer.root_id),
            "email": customer.root.email or addresses.get(customer.root_id, {}).get("email"),
            "name": customer.root.display_name or None,
            name: epoch(at),
        }
        for customer, at in dated
    ]


def _person(
    row: Response, addresses: Mapping[UUID, Mapping[str, str]], *, is_expanded: bool
) -> JSON | str | None:
    if row.customer is None:
        return None
    root = row.customer.root
    if not is_expanded:
        return str(root.pk)
    told = person_json(root, addresses.get(root.pk, {}))
    return told | {"created_at": epoch(root.created_at)}


def _more(
    row: Response,
    said: Mapping[tuple[UUID, str], str],
    comment: str,
    tell: Callable[[str], str],
) -> list[JSON]:
    """Give what was answered besides, each as free text."""
    texts = {key: text for (pk, key), text in said.items() if pk == row.pk and key != comment}
    answers = {key: one for key, one in row.answers.items() if isinstance(one, str | int)}
    plain = {key: tell(str(one)) for key, one in answers.items()}
    return [
        {
            "id": f"{row.pk}-{key}",
            "value": {
                "free_response": text,
                "scale": None,
                "select_one": None,
                "select_many": None,
            },
            "question": {"id": key, "type": "free_response", "text": key},
        }
        for key, text in sorted({**plain, **texts}.items())
    ]


def _between(rows: QuerySet[Any], name: str, page: Page) -> QuerySet[Any]:
    rows = rows.filter(**{f"{name}__gte": page.since}) if page.since else rows
    return rows.filter(**{f"{name}__lte": page.until}) if page.until else rows


def _known_by(tenant: Tenant, email: str) -> QuerySet[Any]:
    rows = Identity.objects.for_tenant(tenant).filter(kind="email", value=email)
    return rows.values("customer__root")
