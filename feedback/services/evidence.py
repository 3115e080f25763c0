"""Taking what a customer wrote as evidence: for statements, insights, and what maps say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.collaboration.models import Evidence
from cxm.collaboration.rules.evidence import LONGEST_EXCERPT
from cxm.collaboration.rules.kinds import EvidenceKind
from cxm.collaboration.services.evidence import Observation, take_evidence
from cxm.kernel.erasing import Erased
from feedback.errors import NothingWrittenError
from feedback.models import EvidenceAnswer, Response
from feedback.selectors.evidence import comments_of
from journeys.rules.library import InsightKind
from journeys.services.evidence import Subject
from journeys.services.evidence import cite_evidence as cite_for
from journeys.services.library import create_insight
from personas.services.citing import cite_evidence

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from cxm.collaboration.rules.kinds import Polarity
    from cxm.kernel.erasing import Leaving
    from cxm.tenants.models import Membership
    from journeys.models import Insight, Lineage
    from personas.models import PersonaFact

ROWS_A_STEP, LONGEST_TITLE = 2_000, 120


@transaction.atomic
def cite_answer(
    *,
    response: Response,
    question_key: str,
    statement: PersonaFact,
    polarity: Polarity,
    by: Membership,
    now: datetime,
) -> Evidence:
    """Cite what was written to one question of *response* under a statement.

    The excerpt holds the words without what tells who wrote them, cut at 2,000 characters. What
    was taken before in the same direction is taken again instead of a second time. *response*
    has its survey and tenant at hand, *statement* its tenant. Raises NothingWrittenError and
    RefusedError.
    """
    evidence = _of_answer(response, question_key, polarity, by, now)
    cite_evidence(statement=statement, evidence=evidence, by=by, now=now)
    return evidence


@transaction.atomic
def cite_answer_for_insight(
    *,
    response: Response,
    question_key: str,
    insight: Insight | None,
    polarity: Polarity,
    by: Membership,
    now: datetime,
) -> Insight:
    """Cite what was written to one question for or against *insight*; None makes a new one.

    A new one is an observation, called by the words without what tells who wrote them, cut to
    120 characters. The rest is as in `cite_answer`. Raises NothingWrittenError, NotNowError and
    RefusedError.
    """
    evidence = _of_answer(response, question_key, polarity, by, now)
    found = insight or create_insight(
        tenant=response.tenant,
        title=_title(evidence.excerpt),
        kind=InsightKind.OBSERVATION,
        by=by,
        now=now,
    )
    subject = Subject.of(response.tenant, found)
    cite_for(subject=subject, evidence=evidence, by=by, now=now)
    return found


@transaction.atomic
def cite_answer_for_element(
    *,
    response: Response,
    question_key: str,
    element: Lineage,
    polarity: Polarity,
    by: Membership,
    now: datetime,
) -> Evidence:
    """Cite what was written to one question for or against a step or a card of a map.

    *element* comes with its journey. The rest is as in `cite_answer`. Raises NothingWrittenError
    and NotNowError.
    """
    evidence = _of_answer(response, question_key, polarity, by, now)
    subject = Subject.of(response.tenant, element)
    cite_for(subject=subject, evidence=evidence, by=by, now=now)
    return evidence


def forget_answers(*, tenant_id: UUID, response_ids: Collection[UUID]) -> None:
    """Let go of answers that are removed: evidence taken from them stays, without its source."""
    rows = EvidenceAnswer.objects.for_tenant(tenant_id)
    rows.filter(response_id__in=response_ids).delete()


def erase_excerpts(person: Leaving, cursor: str) -> Erased:  # noqa: ARG001 - one step does it
    """Clear what was quoted of up to 2,000 answers of a person; kind, day and number stay."""
    answers = EvidenceAnswer.objects.for_tenant(person.tenant_id).filter(
        response__customer__in=person.customer_ids, evidence__cleared_at=None
    )
    ids = list(answers.order_by("pk").values_list("evidence_id", flat=True)[:ROWS_A_STEP])
    rows = Evidence.objects.for_tenant(person.tenant_id).filter(pk__in=ids)
    cleared = rows.update(excerpt="", cleared_at=person.at)
    return Erased(
        counts={"excerpts of evidence": cleared},
        cursor="more" if len(ids) == ROWS_A_STEP else None,
    )


def _of_answer(
    response: Response, question_key: str, polarity: Polarity, by: Membership, now: datetime
) -> Evidence:
    """Take what was written to a question as evidence; taken before, it is the same again."""
    # Two who take the same answer at once take turns.
    Response.objects.for_tenant(response.tenant_id).select_for_update().get(pk=response.pk)
    text = comments_of(response).get(question_key)
    if response.state not in Response.LIVE_STATES or not text:
        raise NothingWrittenError
    excerpt = text if len(text) <= LONGEST_EXCERPT else f"{text[: LONGEST_EXCERPT - 1]}…"
    seen = Observation(
        kind=EvidenceKind.SURVEY_ANSWER,
        polarity=polarity,
        source_label=response.survey.title[:200],
        observed_on=response.day,
        excerpt=excerpt,
    )
    return _taken_before(response, seen) or _taken(response, seen, by, now)


def _title(words: str) -> str:
    told = " ".join(words.split())
    return told if len(told) <= LONGEST_TITLE else f"{told[: LONGEST_TITLE - 1].rstrip()}…"


def _taken_before(response: Response, seen: Observation) -> Evidence | None:
    taken = EvidenceAnswer.objects.for_tenant(response.tenant_id).filter(response=response)
    rows = Evidence.objects.for_tenant(response.tenant_id).filter(
        pk__in=taken.values("evidence"),
        excerpt=seen.excerpt,
        polarity=seen.polarity,
        archived_at=None,
    )
    found: Evidence | None = rows.order_by("pk").first()
    return found


def _taken(response: Response, seen: Observation, by: Membership, now: datetime) -> Evidence:
    evidence = take_evidence(tenant=response.tenant, seen=seen, by=by, now=now)
    EvidenceAnswer.objects.create(tenant=response.tenant, evidence=evidence, response=response)
    return evidence
