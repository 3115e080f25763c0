"""Answering a survey of ours: a page at a time, by whoever has its address."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.customers.models import Customer
from cxm.kernel.rows import insert_at_once
from feedback.errors import SurveyClosedError
from feedback.models import Response, Survey, SurveyPass
from feedback.rules.answering import attributes_in, page_after, page_with, pages_of
from feedback.rules.conditions import CUSTOMER
from feedback.rules.survey_words import Ending, SurveyStatus
from feedback.rules.turning import Turn, Turned, turn
from feedback.selectors.survey_door import questionnaire_of, survey_found
from feedback.selectors.surveys import complete_responses
from feedback.services.answer_files import settle_files
from feedback.services.answered_persons import settle_person
from feedback.services.answers_keeping import first_answers, keep_answers
from feedback.services.distribution.answered import invitation_of, is_over, mark_answered
from feedback.services.news import CREATED, UPDATED, tell_of_response

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from feedback.models import Invitation
    from feedback.rules.answer_reading import Sent
    from feedback.rules.answering import Page
    from feedback.rules.questionnaires import Questionnaire
    from feedback.selectors.survey_door import SurveyFound

TOKEN_BYTES = 24
# The length of what `new_token` gives; nothing shorter or longer is looked up.
TOKEN_LENGTH = 32
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}")
_STATES = {
    Ending.END: Response.State.COMPLETE,
    Ending.SCREEN_OUT: Response.State.SCREENED_OUT,
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """How somebody came: the language chosen, and values that came with the link."""

    language: str
    hidden: dict[str, str]


@dataclass(frozen=True, slots=True)
class PageSent:
    """What somebody sent for the page with the question *at*, and where they turn *to*.

    *token* names the person's way, *arrival* counts for whoever begins with this page. Who comes to
    an anonymous survey by an invitation goes on with *next_token*.
    """

    token: str
    arrival: Arrival
    at: str
    fields: Sent
    to: Turn
    next_token: str = ""


def new_token() -> str:
    """Make what names one person's way through a survey; only its hash is kept."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def is_token(told: str) -> bool:
    """Whether *told* can be a token: nothing else is looked up, or put into an address."""
    return _TOKEN.fullmatch(told) is not None


def survey_asked(tenant_id: UUID, slug: str, public_id: str, token: str) -> SurveyFound | None:
    """Find the survey with a public address, and whether *token* is somebody's already."""
    return survey_found(tenant_id, slug, public_id, token_hash(token), CREATED)


def is_open(survey: Survey, *, now: datetime) -> bool:
    """Whether a survey takes new answers."""
    if survey.status != SurveyStatus.LIVE or (survey.closes_at and survey.closes_at <= now):
        return False
    if not survey.closes_after:
        return True
    return complete_responses(survey) < survey.closes_after


def sitting_of(survey: Survey, token: str) -> SurveyPass | None:
    """Find one person's way through *survey* by the token."""
    if not is_token(token):
        return None
    rows = SurveyPass.objects.for_tenant(survey.tenant_id).select_related("version", "response")
    return rows.filter(survey=survey, token_hash=token_hash(token)).first()


def questionnaire_for(survey: Survey, sitting: SurveyPass | None) -> Questionnaire:
    """Give what is asked: whoever began a version goes on with it."""
    return questionnaire_of(sitting.version if sitting else survey.head)


def page_now(
    questionnaire: Questionnaire, sitting: SurveyPass | None, at: str, surroundings: dict[str, Any]
) -> Page | None:
    """Give the page with the question *at*, or the first; None where there is none."""
    answers = sitting.answers if sitting else {}
    pages = pages_of(questionnaire, {**answers, **surroundings})
    return page_with(pages, at) or page_after(pages, "")


def send_page(*, found: SurveyFound, sent: PageSent, now: datetime) -> Turned:
    """Take the answers of one page, keep them as a response, and say which page is next.

    The same page sent twice is one answer. Where nobody had the token a moment ago, the page is
    kept by one statement. Raises SurveyClosedError, where the survey takes no answers or the time
    to change them is over.
    """
    turned = None if found.knows_token else _first_page(found, sent, now)
    return turned or _next_page(found.survey, sent, now)


def _first_page(found: SurveyFound, sent: PageSent, now: datetime) -> Turned | None:
    """Keep the first page that somebody sends; None where there is somebody of that token."""
    survey = found.survey
    if not is_token(sent.token) or not is_open(survey, now=now):
        raise SurveyClosedError
    sitting = _begun(survey, sent, None, now)
    turned, state = take_page(sitting, survey, sent, now)
    rows = []
    if state:
        rows = first_answers(
            sitting=sitting,
            questionnaire=questionnaire_of(survey.head),
            state=state,
            now=now,
            metrics=found.metrics,
        )
    if not insert_at_once(rows, unless_there=sitting):
        return None
    if sitting.response:
        settle_files(sitting, sent.fields, now=now)
        settle_person(sitting, questionnaire_of(survey.head), now=now)
    if sitting.response and found.is_heard:
        tell_of_response(CREATED, sitting.response, now=now)
    return turned


@transaction.atomic
def _next_page(survey: Survey, sent: PageSent, now: datetime) -> Turned:
    """Keep a page of somebody who is on the way, or comes by an invitation."""
    sitting = _locked(survey, sent, now)
    sitting.survey = survey
    turned, state = take_page(sitting, survey, sent, now)
    if state:
        news = UPDATED if sitting.response else CREATED
        questionnaire = questionnaire_for(survey, sitting)
        kept = keep_answers(sitting=sitting, questionnaire=questionnaire, state=state, now=now)
        settle_files(sitting, sent.fields, now=now)
        settle_person(sitting, questionnaire, now=now)
        tell_of_response(news, kept, now=now)
    sitting.save()
    mark_answered(sitting, now=now)
    return turned


def take_page(
    sitting: SurveyPass, survey: Survey, sent: PageSent, now: datetime
) -> tuple[Turned, str]:
    """Take a page into *sitting*; give also the state of its response, "" where it needs none.

    Nothing is written.
    """
    questionnaire = questionnaire_for(survey, sitting)
    turned = turn(
        questionnaire,
        sitting.answers,
        aside=sitting.aside,
        at=sent.at,
        sent=sent.fields,
        to=sent.to,
        surroundings=surroundings_of(survey, sitting.language)
        | told_of_customer(questionnaire, sitting)
        | sitting.hidden,
    )
    sitting.answers, sitting.aside, sitting.last_at = turned.answers, turned.aside, now
    sitting.page = turned.page[0].key if turned.page else ""
    is_over = turned.page is None
    if is_over and sitting.finished_at is None:
        sitting.finished_at = now
    if not (sitting.answers or is_over or sitting.response_id):
        return turned, ""
    is_finished = is_over or sitting.finished_at
    return turned, _STATES[turned.ending] if is_finished else Response.State.PARTIAL


def can_be_changed(sitting: SurveyPass, survey: Survey, *, now: datetime) -> bool:
    """Whether answers can still be changed: until they are finished, and some hours longer.

    Those of nobody cannot: nothing leads back to them.
    """
    finished = sitting.finished_at
    if finished and sitting.is_anonymous:
        return False
    return not finished or now <= finished + timedelta(hours=survey.edit_hours)


def has_begun(sitting: SurveyPass | None) -> bool:
    """Whether somebody has answered anything: whom a survey was merely shown has not."""
    return sitting is not None and bool(sitting.answers or sitting.aside or sitting.finished_at)


def surroundings_of(survey: Survey, language: str) -> dict[str, Any]:
    """Give what conditions may ask beside answers."""
    return {
        "$language": language,
        "$touchpoint": survey.touchpoint.key if survey.touchpoint_id else None,
        "$channel": survey.channel.key if survey.channel_id else None,
    }


def told_of_customer(
    questionnaire: Questionnaire, asked: SurveyPass | Invitation | None
) -> dict[str, Any]:
    """Give the attributes that conditions look at, of whoever was *asked* by name.

    Two queries where there are such conditions and somebody, else none.
    """
    wanted = attributes_in(questionnaire)
    if not wanted or asked is None:
        return {}
    asked = (asked.invitation or asked) if isinstance(asked, SurveyPass) else asked
    if asked.customer_id is None:
        return {}
    rows = Customer.objects.for_tenant(asked.tenant_id).select_related("root")
    known = rows.get(pk=asked.customer_id).root.attributes
    return {f"{CUSTOMER}{key}": known[key] for key in wanted if key in known}


def _locked(survey: Survey, sent: PageSent, now: datetime) -> SurveyPass:
    """Lock one person's way, or begin it. Raises SurveyClosedError."""
    if not is_token(sent.token):
        raise SurveyClosedError
    invitation = invitation_of(survey, sent.token)
    may_begin = is_open(survey, now=now) and not (invitation and is_over(invitation, now=now))
    if may_begin:
        # Two that send the first page at once meet here.
        begun = _begun(survey, sent, invitation, now)
        SurveyPass.objects.bulk_create([begun], ignore_conflicts=True)
    rows = SurveyPass.objects.for_tenant(survey.tenant_id).filter(survey=survey)
    rows = rows.select_related("version", "response", "invitation", "customer")
    rows = rows.select_for_update(of=("self",))
    sitting = rows.filter(token_hash=token_hash(sent.token)).first()
    if sitting is None or not can_be_changed(sitting, survey, now=now):
        raise SurveyClosedError
    if not (may_begin or has_begun(sitting)):
        raise SurveyClosedError
    who = invitation.customer if invitation else sitting.customer
    if who and who.erased_at:
        raise SurveyClosedError
    return sitting


def _begun(
    survey: Survey, sent: PageSent, invitation: Invitation | None, now: datetime
) -> SurveyPass:
    """Give the row of somebody who begins; nothing is written."""
    return SurveyPass(
        tenant_id=survey.tenant_id,
        survey=survey,
        invitation=invitation,
        version=survey.head,
        token_hash=token_hash(sent.token),
        language=sent.arrival.language,
        hidden=sent.arrival.hidden,
        seed=secrets.randbelow(1_000_000),
        started_at=now,
        last_at=now,
    )


def token_hash(token: str) -> str:
    """Give what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
