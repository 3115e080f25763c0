"""Answering in few statements: what is looked up, and what is written at once or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analytics.services.rollups import verify_rollups
from cxm.integrations.models import Webhook
from cxm.kernel.rows import insert_at_once
from cxm.metrics.models import Metric
from cxm.tenants.models import Tenant
from cxm.tenants.selectors import likely_tenant_ids
from cxm.work.models import Outbox
from feedback.models import Rating, Response, Survey, SurveyPass, Verbatim
from feedback.rules.survey_files import SurveyFile
from feedback.selectors.survey_door import registry_ids, survey_found
from feedback.services.news import CREATED
from feedback.services.survey_copying import survey_from_file
from feedback.services.surveys_making import publish_survey
from feedback.services.text_keeping import READ
from tests import make
from tests.feedback.asking import asked, nps, question
from tests.feedback.ways import way
from tests.integrations.hooking import webhook

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from feedback.selectors.survey_door import SurveyFound

pytestmark = pytest.mark.django_db
ASKS = asked(nps(), nps("team"), question("why", "long_text"), layout="all")
TOLD = {"at": "nps", "q.nps": "9", "q.team": "3", "q.why": "Quick, and friendly"}


@pytest.fixture
def other() -> Tenant:
    return make.tenant()


@pytest.fixture
def survey(member: Membership) -> Survey:
    file = SurveyFile("transactional", ASKS)
    made = survey_from_file(tenant=member.tenant, file=file, by=member, now=make.NOW).survey
    publish_survey(survey=made, by=member, now=make.NOW)
    return Survey.objects.for_tenant(member.tenant).select_related("tenant").get(pk=made.pk)


def _found(tenant: Tenant, survey: Survey) -> SurveyFound | None:
    return survey_found(tenant.pk, tenant.slug, survey.public_id, "", CREATED)


def post(survey: Survey, token: str) -> int:
    address = f"/q/{survey.tenant.slug}/{survey.public_id}/"
    return Client().post(address, {"pass": way(survey, token), **TOLD}).status_code


def test_an_answer_of_one_page_takes_two_questions_to_the_database(survey: Survey) -> None:
    post(survey, "a")

    with CaptureQueriesContext(connection) as asked_for:
        status = post(survey, "b")

    said = [one["sql"].split()[0] for one in asked_for if "SAVEPOINT" not in one["sql"]]
    assert status == 303
    assert said == ["SELECT", "WITH"]


def test_what_is_sent_at_once_is_all_there_and_counted(survey: Survey) -> None:
    tenant = survey.tenant

    post(survey, "a")

    [response] = Response.objects.for_tenant(tenant)
    assert (response.state, response.survey_id) == (Response.State.COMPLETE, survey.pk)
    rows = Rating.objects.for_tenant(tenant).counted().order_by("question_key")
    assert list(rows.values_list("question_key", "value")) == [("nps", 9), ("team", 3)]
    assert Verbatim.objects.for_tenant(tenant).get().text == TOLD["q.why"]
    assert SurveyPass.objects.for_tenant(tenant).get().response_id == response.pk
    assert Outbox.objects.for_tenant(tenant).filter(task=READ).count() == 1
    found = verify_rollups(tenant=tenant, now=make.NOW)
    assert (found.rows, found.differences) == (2, 0)


def test_the_same_page_sent_twice_is_one_answer(survey: Survey) -> None:
    statuses = [post(survey, "a") for _ in range(2)]

    assert statuses == [303, 303]
    assert Response.objects.for_tenant(survey.tenant).count() == 1
    assert Rating.objects.for_tenant(survey.tenant).count() == 2


def test_nothing_is_written_where_the_token_is_taken_meanwhile(survey: Survey) -> None:
    post(survey, "a")
    first = SurveyPass.objects.for_tenant(survey.tenant).get()
    again = SurveyPass(
        tenant=survey.tenant,
        survey=survey,
        version_id=first.version_id,
        token_hash=first.token_hash,
        language="en",
        seed=1,
        started_at=make.NOW,
        last_at=make.NOW,
    )
    promise = Outbox(tenant=survey.tenant, task="x", due_at=make.NOW)

    is_written = insert_at_once([promise], unless_there=again)

    assert is_written is False
    assert not Outbox.objects.for_tenant(survey.tenant).filter(task="x").exists()


def test_rows_that_refer_to_nothing_are_refused_together(survey: Survey) -> None:
    promise = Outbox(tenant=survey.tenant, task="x", due_at=make.NOW)
    text = Verbatim(tenant=survey.tenant, response_id=survey.pk, question_key="q", text="t")

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_at_once([promise, text])

    assert not Outbox.objects.for_tenant(survey.tenant).filter(task="x").exists()


def test_a_survey_is_found_with_what_its_pages_need(survey: Survey, member: Membership) -> None:
    touchpoint = make.touchpoint(of=member.tenant, key="till")
    Survey.objects.for_tenant(member.tenant).filter(pk=survey.pk).update(touchpoint=touchpoint)

    metric = Metric.objects.for_tenant(member.tenant).get(key="nps")

    found = _found(member.tenant, survey)

    assert found is not None
    assert (found.metrics["nps"], found.is_heard) == (metric.pk, False)
    assert (found.survey, found.survey.tenant, found.knows_token) == (survey, member.tenant, False)
    with CaptureQueriesContext(connection) as asked_for:
        seen = found.survey.touchpoint.key, found.survey.channel, found.survey.tenant.time_zone
    assert seen == ("till", None, "UTC")
    assert len(asked_for) == 0
    assert found.survey.head.document["title"] == {"en": "How was it?"}


def test_a_survey_is_not_found_for_another_tenant(other: Tenant, survey: Survey) -> None:
    assert survey_found(other.pk, other.slug, survey.public_id, "", CREATED) is None
    assert survey_found(survey.tenant_id, other.slug, survey.public_id, "", CREATED) is None


def test_it_is_said_whether_a_webhook_wants_to_know_of_answers(
    member: Membership, survey: Survey
) -> None:
    hook, _ = webhook(member)

    heard = _found(survey.tenant, survey)
    Webhook.objects.for_tenant(survey.tenant).filter(pk=hook.pk).update(
        state="disabled", reason="gone"
    )
    unheard = _found(survey.tenant, survey)

    assert (heard and heard.is_heard, unheard and unheard.is_heard) == (True, False)


def test_a_slug_leads_to_whoever_has_it_now(survey: Survey) -> None:
    tenant = survey.tenant
    assert [*likely_tenant_ids(tenant.slug)] == [tenant.pk]
    Tenant.objects.filter(pk=tenant.pk).update(slug="renamed")
    address = f"/q/{tenant.slug}/{survey.public_id}/"

    assert Client().get(address).status_code == 404
    assert Client().get(f"/q/renamed/{survey.public_id}/").status_code == 200


def test_registry_rows_are_found_by_their_keys_in_the_own_tenant(
    other: Tenant, member: Membership
) -> None:
    touchpoint = make.touchpoint(of=member.tenant, key="till")
    metric = make.metric("nps", of=member.tenant)

    found = registry_ids(member.tenant_id, {"metric": ["nps", "none"], "touchpoint": ["till"]})

    assert found == {("metric", "nps"): metric.pk, ("touchpoint", "till"): touchpoint.pk}
    assert registry_ids(other.pk, {"touchpoint": ["till"]}) == {}
    assert registry_ids(member.tenant_id, {"metric": []}) == {}
