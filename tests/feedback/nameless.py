"""An anonymous survey, its pages and its settings, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.test import Client

from feedback.rules.survey_words import Anonymity
from tests.feedback.drafting import asked_survey
from tests.feedback.ways import way

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from feedback.models import Survey


def nameless_survey(member: Membership) -> Survey:
    """Publish a survey behind whose answers nobody can be known."""
    found = asked_survey(member)
    found.anonymity = Anonymity.ANONYMOUS
    found.save(update_fields=["anonymity"])
    return found


def address(survey: Survey, token: str = "") -> str:
    """Give the address of a survey, or of the way that *token* names."""
    return f"/q/{survey.tenant.slug}/{survey.public_id}/{f'{token}/' if token else ''}"


def send(survey: Survey, at: str, token: str, following: str = "", **answers: str) -> Any:
    """Send the page with the question *at*; *following* is what an invitation goes on with."""
    fields = {f"q.{key}": value for key, value in answers.items()}
    told = {"pass": token, "next": following, "at": at, "order": "4711"}
    return Client().post(address(survey), told | fields)


def answer_all(survey: Survey, number: int) -> Any:
    """Send all three pages as the person with a *number*."""
    token = way(survey, str(number))
    send(survey, "nps", token, nps="9")
    send(survey, "why", token, why=f"Reason {number}.")
    return send(survey, "used", token, used="app")


def settings_of(survey: Survey, by: Membership, **change: str) -> Any:
    """Send the form of a survey's settings with a *change*."""
    client = Client()
    client.force_login(by.user)
    sent = {"purpose": "pulse", "layout": "one", "edit_hours": "24", "owner": "", **change}
    return client.post(f"/t/{survey.tenant.slug}/surveys/{survey.pk}/settings/", sent)
