"""The builder of surveys, through the browser's door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.models import Survey
from feedback.rules.qr_codes import qr_svg
from feedback.rules.questionnaires import Questionnaire
from feedback.services.surveys_making import draft_of, questionnaire_now
from tests import make
from tests.feedback.drafting import add, add_question, survey_of
from tests.make import NOW

if TYPE_CHECKING:
    from uuid import UUID

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries


pytestmark = pytest.mark.django_db


class Builder:
    """A survey that a signed-in member builds."""

    def __init__(self, client: Client, role: Role = Role.MANAGER) -> None:
        self.client = client
        self.member = make.member(of=make.tenant(), role=role)
        client.force_login(self.member.user)
        with tenant_bound(self.member.tenant_id):
            self.survey = survey_of(self.member)

    def url(self, name: str, *more: UUID) -> str:
        return reverse(f"feedback:{name}", args=[self.member.tenant.slug, self.survey.pk, *more])

    def post(self, name: str, *more: UUID, **sent: Any) -> Any:
        return self.client.post(self.url(name, *more), sent)

    def question(self, key: str, sort: str, **values: Any) -> UUID:
        with tenant_bound(self.member.tenant_id):
            return add_question(self.survey, key, sort, by=self.member, **values)

    def part(self, kind: str, parent: UUID, **values: Any) -> UUID:
        with tenant_bound(self.member.tenant_id):
            return add(self.survey, kind, by=self.member, parent=parent, **values)

    def asked(self) -> Questionnaire:
        with tenant_bound(self.member.tenant_id):
            return questionnaire_now(self.survey, now=NOW)

    def fresh(self) -> Survey:
        with tenant_bound(self.member.tenant_id):
            return Survey.objects.for_tenant(self.member.tenant).get(pk=self.survey.pk)


@pytest.fixture
def built(client: Client) -> Builder:
    return Builder(client)


def html(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_new_survey_opens_in_its_builder(client: Client) -> None:
    member = make.member()
    client.force_login(member.user)
    sent = {"title": "After the call", "purpose": "pulse", "language": "de", "template": ""}

    answer = client.post(reverse("feedback:survey-new", args=[member.tenant.slug]), sent)

    with tenant_bound(member.tenant_id):
        survey = Survey.objects.for_tenant(member.tenant).get()
        language = draft_of(survey).language
    assert answer["Location"] == f"/t/{member.tenant.slug}/surveys/{survey.pk}/edit/"
    assert (survey.title, survey.purpose, survey.status) == ("After the call", "pulse", "draft")
    assert language == "de"


def test_a_new_survey_begins_with_a_template(client: Client) -> None:
    member = make.member()
    client.force_login(member.user)
    url = reverse("feedback:survey-new", args=[member.tenant.slug])

    form = html(client.get(f"{url}?template=churn-exit"))
    client.post(
        url, {"title": "Bye", "purpose": "exit", "language": "en", "template": "churn-exit"}
    )

    assert 'value="churn-exit" selected' in form
    with tenant_bound(member.tenant_id):
        survey = Survey.objects.for_tenant(member.tenant).get()
        asked = questionnaire_now(survey, now=NOW)
    assert [one.key for one in asked.questions] == ["reason", "missing", "nps", "why"]
    assert asked.questions[2].metric == "nps"
    assert len(asked.questions[0].choices) == 6


def test_a_survey_without_a_title_is_refused_at_its_field(client: Client) -> None:
    member = make.member()
    client.force_login(member.user)
    url = reverse("feedback:survey-new", args=[member.tenant.slug])

    answer = client.post(url, {"title": " ", "purpose": "love", "language": "xx"})

    assert answer.status_code == 422
    assert list(answer.context["panel"].form.errors) == ["title", "purpose", "language"]


@pytest.mark.parametrize(
    ("sort", "metric", "points"),
    [("nps", "nps", 11), ("csat", "csat_5", 5), ("ces", "ces_2", 7), ("matrix", "csat_5", 5)],
)
def test_a_score_gets_the_figure_that_suits_it(
    sort: str, metric: str, points: int, built: Builder
) -> None:
    built.post("question-add", type=sort)

    found = built.asked().questions[0]

    assert found.scale is not None
    assert (found.metric, len(found.scale.points)) == (metric, points)


def test_a_question_is_added_behind_the_open_one(built: Builder) -> None:
    first = built.question("first", "short_text")
    built.question("last", "short_text")

    answer = built.post("question-add", type="long_text", after=str(first))

    assert [one.key for one in built.asked().questions] == ["first", "long-text", "last"]
    page = built.client.get(answer["Location"])
    assert page.context["line"].element.values["key"] == "long-text"


def test_a_copy_stands_behind_with_all_that_is_in_it(built: Builder) -> None:
    pick = built.question("pick", "single", title="Which?")
    choice = built.part("choice", pick, key="a", title="One")
    built.part("wording", choice, language="de", field="title", text="Eins")
    built.part("choice", pick, key="b", title="Two")
    built.question("last", "short_text")

    built.post("question-copy", pick)

    asked = built.asked().questions
    assert [one.key for one in asked] == ["pick", "pick-2", "last"]
    assert asked[1].choices == asked[0].choices
    assert asked[1].choices[0].title == {"en": "One", "de": "Eins"}


def test_choices_are_added_a_line_each(built: Builder) -> None:
    pick = built.question("pick", "single")

    answer = built.post("question-parts", pick, lines="The app\r\n\r\n  The  app \n地図")

    assert answer.status_code == 302
    choices = built.asked().questions[0].choices
    assert [one.title["en"] for one in choices] == ["The app", "The app", "地図"]
    assert len({one.key for one in choices}) == 3


@pytest.mark.parametrize("lines", ["", " \n ", "x" * 301, "a\n" * 101])
def test_lines_that_are_no_choices_are_refused(lines: str, built: Builder) -> None:
    pick = built.question("pick", "single")

    answer = built.post("question-parts", pick, lines=lines)

    assert answer.status_code == 422
    assert "line" in answer.context["problem"]
    assert built.asked().questions[0].choices == ()


def test_a_rule_is_made_of_lines(built: Builder) -> None:
    built.question("nps", "nps", metric="nps", title="Would you?")
    pick = built.question("pick", "single", title="Which?")
    built.part("choice", pick, key="app", title="The app")
    built.part("choice", pick, key="shop", title="The shop")
    why = built.question("why", "long_text")

    built.post(
        "question-rule",
        why,
        join="any",
        of=["nps", "pick", ""],
        op=["<=", "in", "="],
        value=["6", "the APP, shop", ""],
    )

    assert built.asked().questions[2].show == {
        "any": [
            {"of": "nps", "op": "<=", "value": 6},
            {"of": "pick", "op": "in", "value": ["app", "shop"]},
        ]
    }
    page = html(built.client.get(f"{built.url('survey-edit')}?question={why}"))
    assert "“Would you?” is at most 6 or “Which?” is one of “The app, The shop”." in page


@pytest.mark.parametrize(
    ("of", "op", "value", "words"),
    [
        ("nps", "<", "many", "compared with a number"),
        ("nps", "<", "nan", "smaller number"),
        ("nps", "=", "", "Say what"),
        ("pick", "=", "Bus", "does not offer “Bus”, but The app"),
        ("why", "answered", "", "before this one"),
        ("nps", "~", "1", "Compare with one of"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    of: str, op: str, value: str, words: str, built: Builder
) -> None:
    built.question("nps", "nps", metric="nps")
    pick = built.question("pick", "single")
    built.part("choice", pick, key="app", title="The app")
    why = built.question("why", "long_text")

    answer = built.post("question-rule", why, of=of, op=op, value=value)

    assert answer.status_code == 422
    assert words in answer.context["problem"]
    assert built.asked().questions[2].show == {}


def test_a_way_on_leads_to_a_later_question_or_the_end(built: Builder) -> None:
    nps = built.question("nps", "nps", metric="nps")
    built.question("why", "long_text")

    done = built.post("question-ways", nps, of="nps", op=">=", value="9", to="screen_out")
    back = built.post("question-ways", nps, of="", op="=", value="", to="nps")

    jumps = built.asked().questions[0].jumps
    assert [(one.to, one.when) for one in jumps] == [
        ("screen_out", {"of": "nps", "op": ">=", "value": 9})
    ]
    assert (done.status_code, back.status_code) == (302, 422)


def test_the_page_shows_what_is_to_mend_beside_its_question(built: Builder) -> None:
    built.question("pick", "single", title="Which one?")

    page = html(built.client.get(built.url("survey-edit")))

    assert "“Which one?” offers fewer than two choices." in page
    assert '<span class="badge is-bad">To mend</span>' in page


def test_publishing_asks_and_then_leads_to_the_address(built: Builder) -> None:
    built.question("nps", "nps", metric="nps", title="Would you?")

    dialog = html(built.client.get(built.url("survey-publish")))
    answer = built.post("survey-publish", note="The first one")

    assert "What is new" in dialog
    page = html(built.client.get(answer["Location"]))
    assert f"/q/{built.member.tenant.slug}/{built.survey.public_id}/" in page
    assert "The first one" in page
    assert built.fresh().status == "live"


def test_the_address_is_drawn_as_a_code(built: Builder) -> None:
    answer = built.client.get(built.url("survey-qr"))

    address = f"http://testserver/q/{built.member.tenant.slug}/{built.survey.public_id}/"
    assert answer.content == qr_svg(address)
    assert answer["Content-Type"] == "image/svg+xml"


def test_a_survey_with_errors_is_not_published(built: Builder) -> None:
    built.question("pick", "single", title="Which one?")

    answer = built.post("survey-publish", note="")

    assert answer.status_code == 422
    assert "fewer than two choices" in html(answer)
    assert built.fresh().status == "draft"


def test_a_survey_is_paused_closed_and_opened_again(built: Builder) -> None:
    built.question("nps", "nps", metric="nps", title="Would you?")
    built.post("survey-publish", note="")
    seen = []

    for deed in ("pause", "close", "pause", "open"):
        built.post(f"survey-{deed}")
        seen.append(built.fresh().status)

    assert seen == ["paused", "closed", "closed", "live"]


def test_a_draft_cannot_be_opened_before_it_is_published(built: Builder) -> None:
    answer = built.client.post(built.url("survey-open"), follow=True)

    assert "This cannot be done now: the survey is “draft”." in html(answer)
    assert built.fresh().status == "draft"


@pytest.mark.parametrize(
    "name",
    ["survey-edit", "survey-publish", "question-add", "survey-pause", "survey-close"],
)
def test_viewers_find_no_builder(name: str, client: Client) -> None:
    built = Builder(client, Role.VIEWER)

    method = client.get if name == "survey-edit" else client.post

    assert method(built.url(name)).status_code == 404


@pytest.mark.parametrize(
    "name", ["question-copy", "question-parts", "question-rule", "question-ways"]
)
def test_a_question_that_is_not_there_is_not_found(name: str, built: Builder) -> None:
    assert built.post(name, new_id()).status_code == 404


def test_strangers_find_no_builder(client: Client, built: Builder) -> None:
    client.force_login(make.member().user)

    assert client.get(built.url("survey-edit")).status_code == 404
    assert built.post("question-add", type="love").status_code == 404


def test_imported_and_archived_surveys_have_no_builder(built: Builder) -> None:
    built.post("survey-archive")

    assert built.client.get(built.url("survey-edit")).status_code == 404


def test_a_field_is_changed_by_a_plain_form_and_undone(built: Builder) -> None:
    nps = built.question("nps", "nps", metric="nps", title="Would you?")
    with tenant_bound(built.member.tenant_id):
        draft = draft_of(built.survey)
    args = [built.member.tenant.slug, draft.pk]
    sent = {"op": "set", "lineage": str(nps), "field": "title", "value": "Really?"}

    built.client.post(reverse("feedback:survey-draft-change", args=args), sent)
    changed = built.asked().questions[0].title
    built.client.post(reverse("feedback:survey-draft-undo", args=args))

    assert (changed, built.asked().questions[0].title) == ({"en": "Really?"}, {"en": "Would you?"})


def test_history_leads_back_to_the_builder(built: Builder) -> None:
    built.question("nps", "nps", metric="nps")
    with tenant_bound(built.member.tenant_id):
        draft = draft_of(built.survey)
    args = [built.member.tenant.slug, draft.pk]

    shown = built.client.get(reverse("feedback:survey-draft-history", args=args))
    back = built.client.get(reverse("feedback:survey-draft", args=args))

    assert shown.status_code == 200
    assert back["Location"] == built.url("survey-edit")


@pytest.mark.parametrize("sort", ["nps", "matrix", "multiple", "slider", "hidden", "statement"])
def test_every_sort_of_question_has_a_page(sort: str, built: Builder) -> None:
    made = built.question("one", sort, title="<b>One</b>")

    page = html(built.client.get(f"{built.url('survey-edit')}?question={made}"))

    assert "<b>One</b>" not in page
    assert "&lt;b&gt;One&lt;/b&gt;" in page


def test_the_builder_reads_as_often_for_one_question_as_for_three(
    built: Builder, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    built.question("a", "nps", metric="nps")
    built.client.get(built.url("survey-edit"))

    with django_assert_num_queries(QUERIES):
        built.client.get(built.url("survey-edit"))
    built.question("b", "nps", metric="nps")
    built.question("c", "nps", metric="nps")
    with django_assert_num_queries(QUERIES):
        built.client.get(built.url("survey-edit"))


QUERIES = 24
