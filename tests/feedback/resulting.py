"""A survey with a question of every look of results, answered by four people through its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.test import Client

from feedback.services.surveys_making import publish_survey
from tests import make
from tests.feedback.drafting import add, add_question, survey_of
from tests.feedback.nameless import address
from tests.feedback.ways import way

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from feedback.models import Survey

CHOICES = ("price", "service", "other")
# Of four people: 9, 9, 3 and one for whom it does not apply.
PEOPLE: tuple[dict[str, Any], ...] = (
    {
        "nps": "9",
        "why": "price",
        "used": ["price", "service"],
        "order": ["price", "service", "other"],
        "spent": "10",
        "again": "yes",
        "said": "Good",
        "mail": "a@example.com",
    },
    {
        "nps": "9",
        "why": "price",
        "used": ["price"],
        "order": ["service", "price", "other"],
        "spent": "20",
        "again": "no",
    },
    {"nps": "3", "why": ("other", "The colour"), "spent": "60"},
    {"nps": "na"},
)


def wide_survey(member: Membership) -> Survey:
    """Publish the survey."""
    survey = survey_of(member)
    add_question(survey, "nps", "nps", by=member, metric="nps", title="Recommend us?", na_label="-")
    for key, sort in (("why", "single"), ("used", "multiple"), ("order", "ranking")):
        pick = add_question(survey, key, sort, by=member, title=f"{key.title()}?")
        for choice in CHOICES:
            own = {"is_other": True} if choice == "other" and sort == "single" else {}
            add(survey, "choice", by=member, parent=pick, key=choice, title=choice.title(), **own)
    add_question(survey, "spent", "number", by=member, title="How much?", unit="EUR")
    add_question(survey, "again", "yes_no", by=member, title="Again?")
    add_question(survey, "said", "long_text", by=member, title="What else?")
    add_question(survey, "mail", "email", by=member, title="Your address?")
    publish_survey(survey=survey, by=member, now=make.NOW)
    survey.refresh_from_db()
    return survey


def answer_all(survey: Survey) -> None:
    """Let the four people answer."""
    for number, person in enumerate(PEOPLE):
        answer(survey, f"person {number}", person)


def answer(survey: Survey, name: str, told: dict[str, Any]) -> None:
    """Answer *survey* page by page as *name*."""
    token = way(survey, name)
    for key, said in told.items():
        sent: dict[str, Any] = {"pass": token, "at": key}
        if isinstance(said, tuple):
            sent |= {f"q.{key}": said[0], f"q.{key}.text": said[1]}
        elif key == "order":
            sent |= {f"q.{key}.{one}": str(place) for place, one in enumerate(said, 1)}
        else:
            sent[f"q.{key}"] = said
        assert Client().post(address(survey), sent).status_code == 303, key
