"""What programs written for Delighted do here: people, requests, responses, unsubscribes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from cxm.customers.models import Customer, Identity, IngestKey
from cxm.customers.rules.identifiers import strength
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.loading_events import load_events
from cxm.kernel.ids import new_id
from cxm.work.services import later
from feedback.adapters.events.parsed import SurveyAnswer
from feedback.adapters.records import CustomerRef, ResponseRecord
from feedback.models import Invitation, Rating, Response, Verbatim
from feedback.rules.delighted import BLANK, InvalidError
from feedback.rules.distribution.words import InvitationState, Reason
from feedback.rules.survey_words import Anonymity
from feedback.selectors.delighted import COMMENT, Scored, scored_question
from feedback.services.distribution.planning import Candidate, plan
from feedback.services.distribution.running import SEND
from feedback.services.distribution.suppressions import bar, is_opted_out, opt_out_person
from feedback.services.survey_events import load_answers
from feedback.services.text_keeping import keep_texts

if TYPE_CHECKING:
    from datetime import datetime

    from feedback.models import DelightedProject
    from feedback.rules.delighted import PersonAsked

SOURCE = "delighted"
KEPT = ("person_properties", "tags", "notes")


@transaction.atomic
def add_person(
    *, project: DelightedProject, asked: PersonAsked, now: datetime
) -> tuple[Customer, Invitation | None]:
    """Find or make a person by e-mail or phone, and plan to ask them where that is wanted.

    Gives the person and the invitation, sent later or not sent, with the reason.
    """
    refs = tuple(
        Ref(kind, "", value)
        for kind, value in (("email", asked.email), ("phone", asked.phone))
        if value
    )
    traits = {"name": asked.name, "email": asked.email, "phone": asked.phone}
    record = EventRecord(
        Call.IDENTIFY,
        position=0,
        key=f"person:{new_id()}",
        occurred_at=now,
        refs=refs,
        traits={name: value for name, value in traits.items() if value},
    )
    load_events(tenant=project.tenant, source=SOURCE, records=[record], now=now)
    customer = person_by(project, refs[0].kind, refs[0].value)
    if customer is None:
        # Who was erased stays nobody.
        raise InvalidError(email="belongs to somebody who was erased")
    invitation = ask_person(project, customer, asked, now=now) if asked.is_sent else None
    return customer, invitation


def ask_person(
    project: DelightedProject, customer: Customer, asked: PersonAsked, *, now: datetime
) -> Invitation | None:
    """Plan to ask *customer* after the delay; the contact policy decides.

    None where the distribution was ended.
    """
    key = f"api:{new_id()}"
    candidate = Candidate(
        customer.pk,
        key,
        now + asked.delay,
        context={"about": "A program’s wish", "properties": asked.properties},
    )
    planned = plan(distribution=project.distribution, candidates=[candidate], now=now)
    if not planned:
        # Somebody ended the distribution: nobody is asked by it any more.
        return None
    [invitation] = planned
    if language := asked.properties.get("locale", "")[:12]:
        invitation.language = language
        invitation.save(update_fields=["language"])
    later(SEND, tenant=project.tenant_id, now=invitation.send_at)
    return invitation


def person_by(project: DelightedProject, kind: str, value: str) -> Customer | None:
    """Find the person who is known by an identifier, as they are shown now."""
    rows = Identity.objects.for_tenant(project.tenant_id).filter(
        kind=kind, namespace="", value=value, customer__root__erased_at__isnull=True
    )
    found = rows.select_related("customer__root").first()
    return found.customer.root if found else None


@transaction.atomic
def call_off(project: DelightedProject, customer: Customer, *, now: datetime) -> int:
    """Call off what waits to be sent to a person by a project; give how many."""
    rows = Invitation.objects.for_tenant(project.tenant_id).filter(
        distribution=project.distribution_id,
        customer__root=customer.pk,
        state=InvitationState.QUEUED,
    )
    return rows.update(state=InvitationState.CANCELLED, reason=Reason.CANCELLED, state_at=now)


@transaction.atomic
def unsubscribe(project: DelightedProject, email: str, *, now: datetime) -> None:
    """Ask the person with an e-mail address no more, as if they had opted out of an invitation.

    Of an address that nobody is known by only that address is barred. Saying it again changes
    nothing, and tells nobody.
    """
    if is_opted_out(project.tenant, "email", email):
        return
    bar(tenant=project.tenant, kind="email", value=email, reason=Reason.UNSUBSCRIBED, now=now)
    customer = person_by(project, "email", email)
    if customer:
        opt_out_person(customer, source=SOURCE, about=customer.pk, now=now)


@dataclass(frozen=True, slots=True)
class Said:
    """What a program says of a response; *kept* is what is no answer, of KEPT."""

    score: int
    comment: str
    answered_at: datetime
    kept: dict[str, Any]


@transaction.atomic
def add_response(
    *, project: DelightedProject, customer: Customer, said: Said, now: datetime
) -> Response:
    """Take a response in. Raises InvalidError where the survey asks for no score, or no name."""
    key = f"response:{new_id()}"
    _load(project, key, said, customer, now)
    claimed = IngestKey.objects.for_tenant(project.tenant_id).filter(source=SOURCE, key=key)
    response_id: UUID = claimed.values_list("object_id", flat=True).get()
    _keep(project, response_id, said.kept)
    return Response.objects.for_tenant(project.tenant_id).get(pk=response_id)


@transaction.atomic
def change_response(
    *, project: DelightedProject, response: Response, said: Said, now: datetime
) -> None:
    """Put another score or comment in the place of what *response* holds; all else stays.

    What was said before stays askable. Raises InvalidError where the survey asks for no score.
    """
    _refuse_nameless(project)
    scored = scored_question(project)
    if scored is None or scored.question.metric is None:
        raise InvalidError(score="is not asked by this survey")
    rows = Response.objects.for_tenant(project.tenant_id).select_for_update(of=("self",))
    row = rows.get(pk=response.pk)
    is_changed = _rescored(row, scored, said.score, now) | _rewritten(
        row, scored, said.comment, now
    )
    if is_changed:
        row.revised_at, row.revision = now, row.revision + 1
        row.save(update_fields=["revised_at", "revision"])
    _keep(project, row.pk, said.kept)


def _rescored(row: Response, scored: Scored, score: int, now: datetime) -> bool:
    """End the score that stands, if it is another one, and write the new one."""
    current = Rating.objects.for_tenant(row.tenant_id).filter(
        response=row, question_key=scored.question.key, ended_at__isnull=True
    )
    there = current.first()
    if there and there.value == score:
        return False
    current.update(state=Rating.State.REPLACED, ended_at=now)
    Rating.objects.create(
        tenant_id=row.tenant_id,
        response=row,
        metric=scored.question.metric,
        question_key=scored.question.key,
        value=score,
        survey_id=row.survey_id,
        touchpoint_id=there.touchpoint_id if there else row.touchpoint_id,
        channel_id=there.channel_id if there else row.channel_id,
        weight=there.weight if there else row.weight,
        answered_at=row.answered_at,
        day=row.day,
        recorded_at=now,
    )
    return True


def _rewritten(row: Response, scored: Scored, comment: str, now: datetime) -> bool:
    """Put *comment* in the place of the one that stands; the other texts stay."""
    texts = Verbatim.objects.for_tenant(row.tenant_id).filter(response=row)
    there = dict(texts.values_list("question_key", "text"))
    if there.get(scored.comment, "") == comment:
        return False
    wanted = {**there, scored.comment: comment} if comment else there
    if not comment:
        wanted.pop(scored.comment, None)
    keep_texts(response=row, texts=wanted, now=now)
    return True


def _load(
    project: DelightedProject, key: str, said: Said, customer: Customer, now: datetime
) -> None:
    _refuse_nameless(project)
    scored = scored_question(project)
    if scored is None:
        raise InvalidError(score="is not asked by this survey")
    answers: dict[str, Any] = {scored.question.key: said.score}
    if said.comment:
        answers[scored.comment] = said.comment
    record = ResponseRecord(
        line=1,
        key=key,
        answered_at=said.answered_at,
        survey=project.survey.key,
        customer=_ref(project, customer),
        answers=answers,
    )
    answer = SurveyAnswer(0, record, project.survey.title, questions={COMMENT: "Comment"})
    load_answers(tenant=project.tenant, source=SOURCE, answers=[answer], now=now)


def _refuse_nameless(project: DelightedProject) -> None:
    """Only the own pages of an anonymous survey keep what was promised there."""
    if project.survey.anonymity == Anonymity.ANONYMOUS:
        raise InvalidError(survey="is anonymous: only its own pages take answers")


def _ref(project: DelightedProject, customer: Customer) -> CustomerRef:
    """Name a person by what they are known by best."""
    rows = Identity.objects.for_tenant(project.tenant_id).filter(customer__root=customer.pk)
    known = sorted(rows, key=lambda one: (strength(one.kind), str(one.pk)))
    if not known:
        raise InvalidError(person=BLANK)
    return CustomerRef(known[0].kind, known[0].namespace, known[0].value)


def _keep(project: DelightedProject, response_id: UUID, kept: dict[str, Any]) -> None:
    """Keep what is no answer beside the response: properties, tags and notes."""
    if kept:
        rows = Response.objects.for_tenant(project.tenant_id).select_for_update(of=("self",))
        row = rows.get(pk=response_id)
        row.hidden = {**row.hidden, **kept}
        row.save(update_fields=["hidden"])
