"""What of an answer can be evidence, and which evidence was taken from answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from cxm.collaboration.rules.uses import Use
from cxm.customers.selectors.persons import Reader, read_persons
from feedback.models import EvidenceAnswer, SurveyQuestion, Verbatim

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from cxm.tenants.models import Tenant
    from feedback.models import Response


def comments_of(response: Response) -> dict[str, str]:
    """Give what was written in *response* by question, without what tells who wrote it.

    In the order of the questions' keys. Three queries.
    """
    rows = Verbatim.objects.for_tenant(response.tenant_id).filter(response=response)
    texts = rows.order_by("question_key", "pk").values_list("question_key", "text")
    # Names are taken out for everybody: evidence is read by people who never saw the answer.
    reader = Reader(response.tenant, sees_persons=False)
    person = read_persons(reader, [response.customer_id]).of(response.customer_id)
    return {key: shown for key, text in texts if (shown := person.shown(text).strip())}


def question_choices(response: Response) -> list[tuple[str, str]]:
    """List the questions that were answered in words: pairs of key and what was asked."""
    asked = SurveyQuestion.objects.for_tenant(response.tenant_id).filter(survey=response.survey_id)
    texts = dict(asked.values_list("key", "text"))
    return [(key, texts.get(key) or key) for key in comments_of(response)]


def answer_origins(tenant: Tenant, ids: Collection[UUID]) -> dict[UUID, list[Use]]:
    """Lead from evidence to the answer it was taken from. One query."""
    rows = EvidenceAnswer.objects.for_tenant(tenant).filter(evidence__in=ids)
    return {
        evidence_id: [
            Use("Answer", "", reverse("feedback:response-panel", args=[tenant.slug, response_id]))
        ]
        for evidence_id, response_id in rows.values_list("evidence_id", "response_id")
    }
