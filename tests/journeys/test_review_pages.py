"""The pages and the API of reviews: asked, answered, and refused to those who may not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from journeys.models import ReviewRules
from journeys.rules.reviews import Verdict
from tests import make
from tests.journeys import charting
from tests.journeys.reviewing import begun
from tests.journeys.sharing import change_journey, the_map
from tests.journeys.test_map_live import client_of
from tests.journeys.test_map_page import url
from tests.personas.shares import text

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from tests.journeys.reviewing import Round

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made() -> Round:
    return begun()


def page_of(made: Round, by: Membership, more: str = "review/") -> str:
    answer = client_of(by).get(url(by, made.map_id, more))
    assert answer.status_code == 200
    return text(answer)


def post(made: Round, by: Membership, more: str, **told: Any) -> Any:
    return client_of(by).post(url(by, made.map_id, more), told)


def key_of(made: Round) -> dict[str, str]:
    _, secret = make.api_key(of=made.ana.tenant, rights=tuple(Right))
    return {"X-Api-Key": secret}


def api_url(made: Round, more: str = "") -> str:
    return f"/api/v1/journey-maps/{made.map_id}/reviews/{more}"


def test_a_round_goes_from_asking_to_publishing(made: Round) -> None:
    made.demand(1)
    before = page_of(made, made.ana)
    asked = post(made, made.ana, "review/ask/", reviewers=[str(made.bea.pk)], message="Well?")
    during = page_of(made, made.bea)
    said = post(made, made.bea, "review/verdict/", verdict="approve", note="Good")
    after = page_of(made, made.bea)
    published = post(made, made.bea, "publish/", note="We begin with the letters")

    assert "Bea Boss" in before
    assert "asks for an approval" in before
    assert [one.status_code for one in (asked, said, published)] == [302, 302, 302]
    assert "Well?" in during
    assert "I ask for changes" in during
    assert "This map has the approvals it needs" in after
    assert the_map(made.ana, made.map_id).published_note == "We begin with the letters"
    journey = the_map(made.ana, made.map_id).journey_id
    shown = client_of(made.vic).get(f"/t/{made.ana.tenant.slug}/journeys/{journey}/")
    assert "Why: We begin with the letters" in text(shown)


def test_the_page_tells_what_differs_from_what_holds(made: Round) -> None:
    post(made, made.bea, "publish/", note="")
    answer = post(made, made.ana, "draft/")
    made.map_id = answer["Location"].split("/")[4]
    with tenant_bound(made.ana.tenant_id):
        draft = the_map(made.ana, made.map_id)
    charting.do(made.ana, draft.pk, charting.put(made.card, "text", "A second word"))

    page = page_of(made, made.vic)

    assert "1 changed" in page
    assert "second" in page
    assert f"diff/?against={draft.baseline_id}" in page


def test_it_is_said_that_an_approval_fell_and_how_far_the_map_moved_on(made: Round) -> None:
    made.demand(1)
    made.ask()
    made.say(Verdict.APPROVE, made.bea)
    made.withdraw()
    for word in ("one", "two", "three"):
        made.change(word)

    page = page_of(made, made.vic)

    assert "Holds no more: the map moved on by 3 changes since." in page
    assert "Fallen" in page


def test_publishing_without_approvals_is_refused_and_leads_to_the_review(made: Round) -> None:
    made.demand(2)

    page = page_of(made, made.bea, "publish/")
    refused = post(made, made.bea, "publish/", note="I want it")

    assert "asks for 2 approvals" in page
    assert url(made.bea, made.map_id, "review/") in page
    assert refused.status_code == 409
    assert the_map(made.ana, made.map_id).status == "draft"


def test_reviews_waiting_stand_on_the_page_of_what_waits(made: Round) -> None:
    made.ask(made.vic)
    here = f"/t/{made.ana.tenant.slug}/journeys/mine/"

    assert url(made.vic, made.map_id, "review/") in text(client_of(made.vic).get(here))
    made.say(Verdict.APPROVE, made.vic)
    assert url(made.vic, made.map_id, "review/") not in text(client_of(made.vic).get(here))


def test_a_notice_leads_to_the_review(made: Round) -> None:
    made.ask(made.vic)

    page = text(client_of(made.vic).get(f"/t/{made.ana.tenant.slug}/notices/"))

    assert "asks you to review" in page


@pytest.mark.parametrize(
    ("more", "told", "words"),
    [
        ("review/ask/", {}, "Choose one or more people"),
        ("review/ask/", {"reviewers": ["x"]}, "Select a valid choice"),
        ("review/verdict/", {}, "This field is required"),
        ("review/verdict/", {"verdict": "perhaps"}, "Select a valid choice"),
        ("publish/", {"note": "x" * 2_001}, "at most 2000 characters"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    made: Round, more: str, told: dict[str, Any], words: str
) -> None:
    if "verdict" in more:
        made.ask()
    answer = post(made, made.bea, more, **told)

    assert answer.status_code == 422
    assert words in text(answer)


def test_readers_say_nothing_unasked_and_ask_nobody(made: Round) -> None:
    refused = [
        post(made, made.vic, "review/ask/", reviewers=[str(made.bea.pk)]).status_code,
        post(made, made.vic, "publish/").status_code,
    ]
    made.ask()
    refused.append(post(made, made.vic, "review/withdraw/").status_code)
    said = post(made, made.vic, "review/verdict/", verdict="approve")

    assert refused == [404, 404, 404]
    assert said.status_code == 422
    assert "Only those who were asked" in text(said)
    assert made.votes() == [""]
    assert "I approve it" not in page_of(made, made.vic)


def test_reviews_of_others_and_of_hidden_journeys_are_not_found(made: Round) -> None:
    stranger = make.member(role=Role.OWNER)
    change_journey(made.ana, made.map_id, visibility="hidden")
    tried = [
        client_of(by).get(url(by, made.map_id, more)).status_code
        for by in (stranger, made.bea)
        for more in ("review/", "publish/")
    ]
    tried += [
        post(made, by, more).status_code
        for by in (stranger, made.bea)
        for more in ("review/ask/", "review/verdict/", "review/withdraw/", "publish/")
    ]

    assert set(tried) == {404}


def test_what_people_write_is_text(made: Round) -> None:
    hostile = "<script>alert(1)</script>"
    made.ask(message=hostile)
    made.say(Verdict.CHANGES, made.bea, hostile)

    page = page_of(made, made.vic)

    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") == 2


def test_the_page_takes_the_same_queries_for_any_number_of_rounds(made: Round) -> None:
    client, here = client_of(made.vic), url(made.vic, made.map_id, "review/")
    counts = []
    for _ in range(3):
        made.ask(made.bea, made.vic)
        made.say(Verdict.CHANGES, made.bea, "Not yet")
        with CaptureQueriesContext(connection) as asked:
            client.get(here)
        counts.append(len(asked))

    assert len(set(counts)) == 1


def test_the_rules_are_set_by_those_who_manage_the_workspace(made: Round) -> None:
    owner = make.member(of=made.ana.tenant, role=Role.OWNER)
    here = f"/t/{made.ana.tenant.slug}/journeys/rules/"
    told = {"approvals_needed": "2", "viewers_export": "on"}

    kept = client_of(owner).post(here, told)
    wrong = client_of(owner).post(here, {"approvals_needed": "99"})
    refused = client_of(made.bea).post(here, told)

    assert (kept.status_code, wrong.status_code, refused.status_code) == (302, 422, 404)
    with tenant_bound(owner.tenant_id):
        rules = ReviewRules.objects.for_tenant(owner.tenant).get()
    assert (rules.approvals_needed, rules.falls_when_changed, rules.viewers_export) == (
        2,
        False,
        True,
    )
    assert 'value="2"' in text(client_of(owner).get(here))


def test_a_review_is_asked_for_listed_and_withdrawn_over_the_api(made: Round) -> None:
    client, headers = client_of(made.ana), key_of(made)
    body = {"reviewers": [str(made.bea.pk)], "message": "Well?"}

    asked = client.post(api_url(made), body, "application/json", headers=headers)
    again = client.post(api_url(made), body, "application/json", headers=headers)
    listed = client.get(api_url(made), headers=headers).json()["results"]
    program = client.post(
        api_url(made, "open/"), {"verdict": "approve"}, "application/json", headers=headers
    )
    gone = client.delete(api_url(made, "open/"), headers=headers)

    assert (asked.status_code, again.status_code, gone.status_code) == (201, 409, 204)
    assert [(one["state"], one["votes"][0]["reviewer"]) for one in listed] == [
        ("open", str(made.bea.pk))
    ]
    assert program.status_code == 422
    assert the_map(made.ana, made.map_id).status == "draft"


def test_a_review_says_once_how_much_is_to_be_looked_at(made: Round) -> None:
    shown = client_of(made.ana).get(url(made.ana, made.map_id, "review/"))
    counts = [(heading, len(found)) for heading, _, found in shown.context["groups"]]
    summaries = re.findall(r"<summary[^>]*>(.*?)</summary>", shown.content.decode())

    assert counts
    assert [one for one in summaries if ":" in one] == [f"{head}: {n}" for head, n in counts]
    assert all(text(shown).count(heading) == 1 for heading, _ in counts)


def test_publishing_over_the_api_takes_a_note_and_needs_the_approvals(made: Round) -> None:
    client, headers = client_of(made.ana), key_of(made)
    here = f"/api/v1/journey-maps/{made.map_id}/publish/"
    made.demand(1)
    refused = client.post(here, {"note": "x"}, "application/json", headers=headers)
    made.demand(0)
    done = client.post(here, {"note": "Because"}, "application/json", headers=headers)

    assert refused.status_code == 409
    assert (done.status_code, done.json()["published_note"]) == (200, "Because")


def test_the_api_finds_no_reviews_of_others(made: Round) -> None:
    other = begun()
    headers = key_of(other)
    client = client_of(other.ana)

    tried = [
        client.get(api_url(made), headers=headers),
        client.post(api_url(made), {}, "application/json", headers=headers),
        client.post(api_url(made, "open/"), {}, "application/json", headers=headers),
        client.delete(api_url(made, "open/"), headers=headers),
    ]

    assert [one.status_code for one in tried] == [404] * 4
