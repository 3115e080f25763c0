"""The message of an invitation: words in the person's language, the address, the way out."""

from __future__ import annotations

from email.utils import formataddr, parseaddr
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from cxm.customers.models import Customer
from feedback.models import Invitation
from feedback.rules.answering import pages_of
from feedback.rules.distribution.mail_words import mail_words
from feedback.rules.distribution.words import Medium
from feedback.rules.languages import FROM_THE_RIGHT, best_language
from feedback.rules.question_types import Stored
from feedback.rules.questionnaires import read_questionnaire
from feedback.services.distribution.planning import token_of
from feedback.services.senders.message import Message

if TYPE_CHECKING:
    from feedback.models import Distribution
    from feedback.rules.questionnaires import Question, Questionnaire


def example_of(distribution: Distribution) -> Message:
    """Write what a customer without a language would get; its links lead nowhere."""
    survey = distribution.survey
    example = Invitation(
        tenant=distribution.tenant,
        distribution=distribution,
        survey=survey,
        customer=Customer(tenant=distribution.tenant),
        medium=distribution.medium,
    )
    return message_of(example, "")


def message_of(invitation: Invitation, to: str, reminder: int = 0) -> Message:
    """Write what is sent to *to* for an invitation; *reminder* is its number, 0 for the first.

    The scores of the first question are links: opening one records nothing, it only fills in.
    """
    survey, distribution = invitation.survey, invitation.distribution
    questionnaire = read_questionnaire(survey.head.document)
    language = _language(invitation, questionnaire)
    own = distribution.wording.get(language, {})
    title = questionnaire.text(questionnaire.title, language)
    subject = own.get("subject") or mail_words(
        language, "subject", survey=title, tenant=survey.tenant.name
    )
    if reminder:
        subject = mail_words(language, "reminder", subject=subject)
    address = address_of(invitation)
    stop = stop_address(invitation)
    question = _first_scored(questionnaire)
    context = {
        "language": language,
        "direction": "rtl" if language in FROM_THE_RIGHT else "ltr",
        "subject": subject,
        "text": own.get("text") or mail_words(language, "text"),
        "question": questionnaire.text(question.title, language) if question else "",
        "low": questionnaire.text(question.low_label, language) if question else "",
        "high": questionnaire.text(question.high_label, language) if question else "",
        "points": _links(question, address) if question else [],
        "says": {name: mail_words(language, name) for name in ("answer", "choose", "stop")},
        "why": mail_words(language, "why", tenant=survey.tenant.name),
        "address": address,
        "stop": stop,
    }
    if invitation.medium == Medium.SMS:
        text = f"{context['text']} {address} {mail_words(language, 'stop')}: {stop}"
        return Message(id=_message_id(invitation, reminder), to=to, subject="", text=text)
    return Message(
        id=_message_id(invitation, reminder),
        to=to,
        subject=" ".join(subject.split()),
        text=render_to_string("feedback/mail/invitation.txt", context),
        html=render_to_string("feedback/mail/invitation.html", context),
        sender=_sender(distribution.sender_name or survey.tenant.name),
        reply_to=distribution.reply_to,
        headers={
            # One click, as RFC 8058 has it: the mail program posts to the address itself.
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )


def address_of(invitation: Invitation) -> str:
    """Give the whole address under which an invited person answers."""
    survey = invitation.survey
    args = [survey.tenant.slug, survey.public_id, token_of(invitation.pk)]
    return _whole(reverse("survey-answer-own", args=args))


def stop_address(invitation: Invitation) -> str:
    """Give the whole address under which an invited person ends all invitations."""
    args = [invitation.survey.tenant.slug, token_of(invitation.pk)]
    return _whole(reverse("survey-stop", args=args))


def _whole(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def _language(invitation: Invitation, questionnaire: Questionnaire) -> str:
    wanted = invitation.language or invitation.customer.language
    return best_language(wanted, questionnaire.languages) or questionnaire.language


def _first_scored(questionnaire: Questionnaire) -> Question | None:
    """Give the first question that everybody is asked, where it is a score."""
    pages = pages_of(questionnaire, {})
    asked = [one for one in pages[0] if one.is_asked] if pages else []
    is_scored = asked and asked[0].type.spec.stored is Stored.SCORE and asked[0].scale
    return asked[0] if is_scored else None


def _links(question: Question, address: str) -> list[tuple[int, str]]:
    points = question.scale.points if question.scale else ()
    return [(point, f"{address}?q.{question.key}={point}") for point in points]


def _sender(name: str) -> str:
    return formataddr((" ".join(name.split()), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def _message_id(invitation: Invitation, reminder: int) -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return f"<{invitation.pk.hex}.{reminder}@{domain}>"
