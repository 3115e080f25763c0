"""What a filter of answers asks for, in the words of the survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from feedback.models import SurveyQuestion, SurveyVersion
from feedback.rules.question_results import askings
from feedback.rules.questionnaires import read_questionnaire
from feedback.selectors.answer_filter import parted
from feedback.selectors.registry_names import Kind

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant
    from feedback.selectors.response_filter import Asked

_MOST_SURVEYS = 20
_ANSWERED = "answered"


def answers_named(tenant: Tenant, asked: Asked) -> dict[str, tuple[str, str]]:
    """Give question and answer in words for each answer filtered by. Two queries, or none.

    Surveys that use the same key are told apart by the survey that is filtered by; a key that is
    not known stays as it is.
    """
    wanted = asked.filter.said.answers
    if not wanted:
        return {}
    keys = {parted(one)[0] for one in wanted}
    surveys = [
        pk
        for key in asked.filter.keys.get(Kind.SURVEY, ())
        for pk in asked.names.registries[Kind.SURVEY].ids(key)
    ]
    questions = SurveyQuestion.objects.for_tenant(tenant).filter(key__in=keys)
    versions = SurveyVersion.objects.for_tenant(tenant).filter(survey__head=F("pk"))
    if surveys:
        questions = questions.filter(survey__in=surveys)
    texts = dict(questions.order_by("pk").values_list("key", "text"))
    found = versions.filter(survey__in=questions.values("survey")).order_by("pk")
    documents = found.values_list("document", flat=True)
    known = askings(read_questionnaire(one) for one in documents[:_MOST_SURVEYS])
    named = {}
    for one in wanted:
        key, said = parted(one)
        titles = (known[key].titles or {}) if key in known else {}
        named[one] = texts.get(key) or key, _ANSWERED if said is None else titles.get(said, said)
    return named
