"""A whole survey as a file: what goes out comes in again, and what does not fit is told."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from cxm.metrics.models import Metric
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from feedback.models import Survey
from feedback.rules.survey_files import (
    SurveyFile,
    SurveyFileError,
    read_survey_file,
    write_survey_file,
)
from feedback.rules.survey_templates import TEMPLATES
from feedback.services.survey_editing import begin_survey
from feedback.services.surveys_making import draft_of, findings_of, questionnaire_now
from feedback.services.translations import Put, put_translations, set_languages
from tests import make
from tests.feedback.asking import asked, choices, goes, nps, question, rows, when
from tests.feedback.test_views_survey_builder import Builder, html

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Membership

RICH = asked(
    nps(na_label={"en": "No idea"}),
    question("used", "single", choices=choices("app", "other", is_other="other"), is_random=True),
    question("t", "matrix", rows=rows("speed", "price"), metric="csat_5"),
    question(
        "why", "long_text", show=when("nps", "<", 7), jumps=(goes("end", "used", "=", "app"),)
    ),
    question("order", "hidden", fallback="none"),
    layout="pages",
    thanks={"en": "Bye"},
    has_progress=True,
)


def told(**more: Any) -> bytes:
    """Give a file with changes in its survey."""
    document = json.loads(write_survey_file(SurveyFile("pulse", RICH)))
    document["survey"] |= more
    return json.dumps(document).encode()


def test_a_file_is_read_as_it_was_written() -> None:
    file = SurveyFile("pulse", RICH)

    assert read_survey_file(write_survey_file(file)) == file
    assert read_survey_file(told(intro={"en": r"not \u0000 but \\"})).asks.intro
    assert read_survey_file(b"\xef\xbb\xbf" + write_survey_file(file)) == file


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "is no survey"),
        (b'{"format": "qsf"}', "is no survey"),
        (b'{"format": "wayfare-survey", "version": 2}', "another version than 1"),
        (b'{"format": "wayfare-survey", "version": 1}', "does not fit"),
        (told(questions=[{"key": "a", "type": "magic"}]), "does not fit: Invalid enum value"),
        (told(questions=[{"key": "a", "type": "nps"}] * 2), "question “a” is there twice"),
        (told(questions=[{"key": "a", "type": "nps", "least": float("nan")}]), "no JSON"),
        (
            told(questions=[{"key": f"a{n}", "type": "nps"} for n in range(201)]),
            "There are 201 questions; up to 200 can be taken.",
        ),
        (
            told(
                questions=[
                    {
                        "key": "a",
                        "type": "single",
                        "choices": [{"key": "x", "title": {}}, {"key": "x", "title": {}}],
                    }
                ]
            ),
            "The choice “x” of “a” is there twice.",
        ),
        (told(questions=[{"key": "a", "type": "nps", "show": {"huh": 1}}]), "A rule in the file"),
        (told(title={"de": "Wie?"}), "no title in the language"),
        (told(languages=["en", "klingon"]), "“klingon” is no language"),
        (told(title={"en": "a\ud800b"}), "no JSON"),
        (told(title={"en": "a\0b"}), "signs that no text has"),
        (b" " * 5_000_001, "larger than 5 MB"),
    ],
)
def test_what_is_no_survey_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(SurveyFileError, match=words):
        read_survey_file(content)


@pytest.mark.django_db
@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.key)
def test_every_template_can_be_published_as_it_is(template: Any) -> None:
    member = make.member(of=make.tenant(), role=Role.MANAGER)
    with tenant_bound(member.tenant_id):
        survey = begin_survey(
            tenant=member.tenant,
            title=template.title,
            purpose=template.purpose,
            language="en",
            by=member,
            now=make.NOW,
            template=template.key,
        )
        asks = questionnaire_now(survey, now=make.NOW)
        found = findings_of(asks, member.tenant)

    assert len(asks.questions) == len(template.questions)
    assert found == []


def test_there_are_templates_for_what_is_usually_asked() -> None:
    keys = {one.key for one in TEMPLATES}

    assert len(TEMPLATES) == len(keys)
    # The fifteen of the specification; satisfaction stands beside them.
    assert keys - {"csat"} == {
        *("post-purchase", "post-contact", "onboarding", "delivery", "visit", "renewal"),
        *("churn-exit", "nps", "ces", "product-fit", "event", "site", "employee-pulse"),
        *("complaint-follow-up", "re-survey"),
    }


def rich(built: Builder) -> None:
    """Give the survey a bit of everything, in two languages."""
    built.question("order", "hidden", title="Order", fallback="none")
    pick = built.question("used", "single", title="What did you use?", is_random=True)
    built.part("choice", pick, key="app", title="The app")
    built.part("choice", pick, key="other", title="Something else", is_other=True)
    built.question("t", "matrix", title="How was", metric="csat_5")
    table = built.question("t2", "matrix", title="How were", metric="csat_5")
    built.part("row", table, key="speed", title="Speed")
    built.question("nps", "nps", metric="nps", title="Would you?", show=when("used", "=", "app"))
    built.part("jump", pick, to="nps", when=when("used", "=", "other"))
    with tenant_bound(built.member.tenant_id):
        draft = draft_of(built.survey)
        set_languages(draft=draft, codes=["de"], by=built.member, now=make.NOW)
        draft.refresh_from_db()
        puts = [
            Put(key, "de", key)
            for key in ("survey/title", "question/nps/title", "choice/used/app/title")
        ]
        puts.append(Put("row/t2/speed/title", "de", "Tempo"))
        assert put_translations(draft=draft, puts=puts, by=built.member, now=make.NOW) == 4


def sent(client: Client, member: Membership, content: bytes) -> Any:
    stream = BytesIO(content)
    stream.name = "survey.json"
    return client.post(reverse("feedback:survey-read", args=[member.tenant.slug]), {"file": stream})


def newest(member: Membership) -> Survey:
    with tenant_bound(member.tenant_id):
        return Survey.objects.for_tenant(member.tenant).select_related("tenant").latest("pk")


@pytest.mark.django_db
def test_a_survey_goes_out_and_comes_in_whole_in_another_workspace(client: Client) -> None:
    built = Builder(client)
    rich(built)
    content = built.client.get(built.url("survey-file")).content
    other = make.member(of=make.tenant(), role=Role.MANAGER)
    client.force_login(other.user)

    answer = sent(client, other, content)

    made = newest(other)
    with tenant_bound(other.tenant_id):
        asks = questionnaire_now(made, now=make.NOW)
    assert answer["Location"] == f"/t/{other.tenant.slug}/surveys/{made.pk}/edit/"
    assert asks == built.asked()
    assert asks.questions[-1].title == {"en": "Would you?", "de": "question/nps/title"}
    assert (made.purpose, made.status) == ("transactional", "draft")
    with tenant_bound(built.member.tenant_id):
        entries = AuditEntry.objects.for_tenant(built.member.tenant)
        assert entries.filter(action="survey-exported").count() == 1


@pytest.mark.django_db
def test_what_the_workspace_does_not_have_is_left_out_and_told(client: Client) -> None:
    built = Builder(client)
    built.question("nps", "nps", metric="nps", title="Would you?")
    content = built.client.get(built.url("survey-file")).content
    with tenant_bound(built.member.tenant_id):
        Metric.objects.for_tenant(built.member.tenant).filter(key="nps").update(key="other")

    answer = sent(client, built.member, content)

    with tenant_bound(built.member.tenant_id):
        asks = questionnaire_now(newest(built.member), now=make.NOW)
    assert asks.questions[0].metric is None
    assert "There is no figure “nps” here." in html(client.get(answer["Location"]))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        b"no survey",
        told(questions=[{"key": "Not a key!", "type": "nps"}]),
        told(questions=[{"key": "a", "type": "nps", "title": {"en": "x" * 1_001}}]),
        told(questions=[{"key": "a", "type": "nps", "choices": [{"key": "x", "title": {}}]}]),
        told(questions=[{"key": "a", "type": "nps", "style": "glitter"}]),
        told(title={"en": "x" * 201}),
        told(title={"en": "a\0b"}),
    ],
)
def test_a_file_that_does_not_fit_makes_nothing_and_says_why(
    client: Client, content: bytes
) -> None:
    member = make.member(of=make.tenant(), role=Role.MANAGER)
    client.force_login(member.user)

    answer = sent(client, member, content)

    assert answer.status_code == 422
    assert 'role="alert"' in html(answer)
    with tenant_bound(member.tenant_id):
        assert not Survey.objects.for_tenant(member.tenant).exists()


@pytest.mark.django_db
def test_files_are_not_for_viewers(client: Client) -> None:
    built = Builder(client)
    viewer = make.member(of=built.member.tenant, role=Role.VIEWER)
    client.force_login(viewer.user)

    assert client.get(built.url("survey-file")).status_code == 404
    assert sent(client, viewer, told()).status_code == 404
