"""Files that come with the pages of a survey: how much is taken, and from whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.crypto import salted_hmac

from cxm.kernel.addresses import client_address
from cxm.kernel.cache import count_shared
from cxm.kernel.clock import now
from feedback.rules.answer_files import FAULT, MOST_BODY
from feedback.rules.door_words import DoorCount
from feedback.rules.question_types import QuestionType
from feedback.services.anonymous import is_nameless
from feedback.services.answer_files import Way, take_files
from feedback.services.answering import is_open, is_token, token_hash
from feedback.services.door_counts import count_at_door

if TYPE_CHECKING:
    from django.http import HttpRequest

    from feedback.models import Survey
    from feedback.rules.answer_reading import Sent
    from feedback.rules.questionnaires import Questionnaire
    from feedback.selectors.survey_door import SurveyFound

FILES_A_WHILE, WHILE = 20, 600
TOO_LARGE, TOO_MANY = 413, 429


def too_large(request: HttpRequest) -> bool:
    """Whether a request says that it is larger than all files of a page may be together."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isascii() and length.isdigit() and int(length) > MOST_BODY


def too_many_files(request: HttpRequest, survey: Survey) -> HttpResponse | None:
    """Refuse an address that sends more files to a survey in ten minutes than any person does."""
    if request.method != "POST" or not request.FILES:
        return None
    slot = int(now().timestamp()) // WHILE
    came_from = f"{survey.pk} {client_address(request)}"
    who = salted_hmac("survey-files", came_from, algorithm="sha256").hexdigest()
    count = sum(len(files) for _, files in request.FILES.lists())
    counted = [count_shared(f"survey-files:{who}:{slot}", seconds=2 * WHILE) for _ in range(count)]
    if all(one is None or one <= FILES_A_WHILE for one in counted):
        return None
    count_at_door(survey, DoorCount.FAST, now=now())
    answer = HttpResponse("Too many files at once. Try again in ten minutes.", status=TOO_MANY)
    answer["Retry-After"] = str(WHILE)
    return answer


def fields_sent(
    request: HttpRequest, found: SurveyFound, questionnaire: Questionnaire, token: str
) -> Sent:
    """Give the fields of a page that was sent, with the files that are kept in their places.

    A survey that is to lead to nobody takes none, nor does one that takes no answers.
    """
    fields = dict(request.POST.lists())
    names = [f"q.{one.key}" for one in questionnaire.questions if one.type is QuestionType.FILE]
    if not names:
        return fields
    survey = found.survey
    may_send = is_token(token) and (found.knows_token or is_open(survey, now=now()))
    if is_nameless(survey) or not may_send:
        own = {*names, *(f"{name}.{FAULT}" for name in names)}
        return {name: values for name, values in fields.items() if name not in own}
    way = Way(survey, token_hash(token))
    return take_files(way, questionnaire, fields, dict(request.FILES.lists()), now=now())
