"""Answering without a name: what is kept leads to nobody, and waits until enough have answered."""

from __future__ import annotations

import secrets
from dataclasses import replace
from random import SystemRandom
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from cxm.kernel.rows import insert_at_once
from feedback.errors import AnsweredAlreadyError, LinkUsedError, SurveyClosedError
from feedback.models import Invitation, Response, Survey, SurveyPass, WaitingAnswer
from feedback.rules.distribution.words import InvitationState
from feedback.rules.survey_words import Anonymity
from feedback.selectors.surveys import complete_responses
from feedback.services.answering import (
    has_begun,
    is_open,
    is_token,
    new_token,
    questionnaire_for,
    take_page,
    token_hash,
)
from feedback.services.answers_keeping import nameless_answers
from feedback.services.distribution.answered import invitation_of, is_over
from feedback.services.news import CREATED, tell_of_response
from feedback.services.text_keeping import reading_promised

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from feedback.rules.turning import Turned
    from feedback.services.answering import PageSent

# An invitation in one of these was used: it takes no second answer.
_USED = (InvitationState.COMPLETE, InvitationState.PARTIAL, InvitationState.SCREENED_OUT)


def is_used(invitation: Invitation) -> bool:
    """Whether an invitation to an anonymous survey was used."""
    return invitation.state in _USED


def is_nameless(survey: Survey) -> bool:
    """Whether nobody can be known behind the answers of *survey*."""
    return survey.anonymity == Anonymity.ANONYMOUS


@transaction.atomic
def send_without_name(
    *, survey: Survey, sent: PageSent, is_known: bool, now: datetime
) -> tuple[Turned, str]:
    """Take a page of an anonymous survey; give where its sender goes, and the token of their way.

    Whoever comes by an invitation uses it up, and goes on with the token that came with their page:
    the same page sent again goes on with it too, however the first answer to it was lost. Raises
    AnsweredAlreadyError, LinkUsedError and SurveyClosedError.
    """
    _hold(survey)
    invitation = invitation_of(survey, sent.token) if is_known else None
    if invitation:
        token = sent.next_token if is_token(sent.next_token) else new_token()
        if not _ways(survey, token).exists():
            spend_invitation(invitation, survey=survey, now=now)
        sent = replace(sent, token=token)
    return send_nameless_page(survey=survey, sent=sent, now=now), sent.token


@transaction.atomic
def spend_invitation(invitation: Invitation, *, survey: Survey, now: datetime) -> None:
    """Note that *invitation* to *survey* is used, without when and by which way.

    Raises LinkUsedError for one that was used before, and SurveyClosedError where one that is over
    or the survey takes no answers.
    """
    rows = Invitation.objects.for_tenant(invitation.tenant_id).filter(pk=invitation.pk)
    row = rows.select_related("customer").select_for_update(of=("self",)).get()
    if is_used(row):
        raise LinkUsedError
    if is_over(row, now=now) or not is_open(survey, now=now):
        raise SurveyClosedError
    row.state, row.reason = InvitationState.COMPLETE, ""
    row.save(update_fields=["state", "reason"])


@transaction.atomic
def send_nameless_page(*, survey: Survey, sent: PageSent, now: datetime) -> Turned:
    """Take the answers of one page of an anonymous survey, and say which page is next.

    Until the last page they stand with the way of whoever has the token. Then they leave it, and
    wait; the way keeps that it is over, and nothing that was said. The same page sent twice is one
    answer. Raises AnsweredAlreadyError and SurveyClosedError.
    """
    _hold(survey)
    noon = _noon(survey, now)
    sitting = _way(survey, sent, now, noon)
    sitting.survey = survey
    turned, state = take_page(sitting, survey, sent, noon)
    if sitting.finished_at:
        WaitingAnswer.objects.create(
            tenant=survey.tenant,
            survey=survey,
            version=sitting.version,
            answers=sitting.answers,
            state=state,
        )
        sitting.answers, sitting.aside = {}, {}
    sitting.save()
    if sitting.finished_at:
        release(survey, now=now)
    return turned


def release(survey: Survey, *, now: datetime) -> int:
    """Turn the answers that wait into responses once there are enough; give how many became some.

    Enough are `least_shown` complete ones that say anything. Where the survey has taken as many as
    it takes, those shown before count with them: nobody would come to make the last ones enough.
    They are written together, in an order drawn at random, and all bear the day of this moment:
    neither place nor time tells which of them came first. Runs with the survey locked.
    """
    rows = WaitingAnswer.objects.for_tenant(survey.tenant_id).filter(survey=survey)
    waiting = list(rows.select_related("version").order_by("pk"))
    if not _are_enough(survey, waiting):
        return 0
    SystemRandom().shuffle(waiting)
    noon = _noon(survey, now)
    for one in waiting:
        way = SurveyPass(survey=survey, version=one.version, answers=one.answers)
        response, said = nameless_answers(
            sitting=way, questionnaire=questionnaire_for(survey, way), state=one.state, at=noon
        )
        insert_at_once([response, *said, *reading_promised(said, now=now)])
        tell_of_response(CREATED, response, now=now)
    rows.delete()
    return len(waiting)


def waiting_answers(survey: Survey) -> int:
    """Count the answers that wait until enough others have answered. One query."""
    return WaitingAnswer.objects.for_tenant(survey.tenant_id).filter(survey=survey).count()


def _are_enough(survey: Survey, waiting: Sequence[WaitingAnswer]) -> bool:
    """Say whether those who wait can be shown together: who says nothing hides nobody."""
    speaking = sum(_says_anything(survey, one) for one in waiting)
    if speaking >= survey.least_shown:
        return True
    if not survey.closes_after or complete_responses(survey) < survey.closes_after:
        return False
    responses = Response.objects.for_tenant(survey.tenant_id).filter(survey=survey)
    shown = responses.filter(state=Response.State.COMPLETE).count()
    return shown > 0 and shown + speaking >= survey.least_shown


def _says_anything(survey: Survey, one: WaitingAnswer) -> bool:
    way = SurveyPass(survey=survey, version=one.version)
    asked = {each.key for each in questionnaire_for(survey, way).questions if each.is_asked}
    return one.state == Response.State.COMPLETE and bool(asked & set(one.answers))


def _hold(survey: Survey) -> None:
    """Let whoever ends a survey at the same moment wait, so that the count of them is right."""
    Survey.objects.for_tenant(survey.tenant_id).select_for_update(no_key=True).get(pk=survey.pk)


def _ways(survey: Survey, token: str) -> QuerySet[SurveyPass]:
    rows = SurveyPass.objects.for_tenant(survey.tenant_id).filter(survey=survey)
    return rows.filter(token_hash=token_hash(token))


def _noon(survey: Survey, now: datetime) -> datetime:
    """Give the middle of the day of the workspace: it is that day in all zones near it."""
    here = now.astimezone(ZoneInfo(survey.tenant.time_zone))
    return here.replace(hour=12, minute=0, second=0, microsecond=0, fold=0)


def _way(survey: Survey, sent: PageSent, now: datetime, noon: datetime) -> SurveyPass:
    """Find the way of whoever has the token, or begin it.

    Raises AnsweredAlreadyError and SurveyClosedError.
    """
    if not is_token(sent.token):
        raise SurveyClosedError
    may_begin = is_open(survey, now=now)
    if may_begin:
        begun = SurveyPass(
            # Other ids tell when they were made.
            id=uuid4(),
            tenant=survey.tenant,
            survey=survey,
            version=survey.head,
            token_hash=token_hash(sent.token),
            language=sent.arrival.language,
            seed=secrets.randbelow(1_000_000),
            started_at=noon,
            last_at=noon,
            is_anonymous=True,
        )
        SurveyPass.objects.bulk_create([begun], ignore_conflicts=True)
    found = _ways(survey, sent.token).select_related("version").first()
    if found and found.finished_at:
        raise AnsweredAlreadyError(sent.token)
    if found is None or not (may_begin or has_begun(found)):
        raise SurveyClosedError
    return found
