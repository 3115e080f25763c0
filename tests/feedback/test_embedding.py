"""Surveys on other people's pages: which sites, who is there, and what is counted."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from cxm.customers.models import Identity
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from feedback.models import EmbedShow, Response, Survey, SurveyPass
from feedback.rules.embedding import (
    Claim,
    Embedding,
    Moment,
    Shape,
    is_genuine,
    read_embedding,
    read_origin,
    signature_of,
)
from feedback.selectors.door_counts import door_counts
from feedback.services.embedding import renew_identity_key, set_embedding
from tests import make
from tests.feedback.drafting import asked_survey, survey_of
from tests.feedback.elsewhere import SHOP, embedded
from tests.feedback.ways import way
from tests.make import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
STATIC = Path(__file__).parents[2] / "static"
MOST_BYTES = 15_000


@pytest.fixture
def member() -> Iterator[Membership]:
    manager = make.member(of=make.tenant(), role=Role.MANAGER)
    with tenant_bound(manager.tenant_id), time_machine.travel(NOW, tick=False):
        yield manager


@pytest.fixture
def survey(member: Membership) -> Survey:
    return embedded(asked_survey(member), by=member)


def address(survey: Survey) -> str:
    return f"/q/{survey.tenant.slug}/{survey.public_id}/"


def ask(survey: Survey, what: str = "ask", origin: str = SHOP, **told: str) -> Any:
    path = f"{address(survey)}embed/"
    return Client().post(path, {"what": what, **told}, headers={"origin": origin})


def claim(survey: Survey, key: str, person: str = "4711", *, seconds: int = 600) -> dict[str, str]:
    expires = str(int(NOW.timestamp()) + seconds)
    signature = signature_of(key, survey.public_id, person, expires)
    return {"person": person, "expires": expires, "signature": signature}


def counted(survey: Survey) -> tuple[int, int, list[tuple[str, int]]]:
    found = door_counts(survey)
    return found.shown, found.answered, [(kind.value, n) for kind, n in found.refused]


@pytest.mark.parametrize(
    ("told", "origin"),
    [
        ("https://shop.example", "https://shop.example"),
        (" HTTPS://Shop.Example/orders/?q=1 ", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("https://shop.example:8443", "https://shop.example:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://shop.example", None),
        ("shop.example", None),
        ("https://*.example", None),
        ("https://shop.example;script-src *", None),
        ("https://a@shop.example", None),
        ("javascript://shop.example", None),
        ("https://", None),
        (f"https://{'a' * 300}.example", None),
    ],
)
def test_only_what_names_one_site_is_one(told: str, origin: str | None) -> None:
    assert read_origin(told) == origin


def test_settings_come_back_as_they_were_kept() -> None:
    told = Embedding(
        is_on=True, origins=(SHOP,), shape=Shape.PAGE, moment=Moment.SCROLL, pages=("/a*",)
    )

    assert read_embedding(told.as_stored()) == told
    assert read_embedding({}) == Embedding()


@pytest.mark.parametrize(
    ("change", "is_right"),
    [
        ({}, True),
        ({"person": "4712"}, False),
        ({"signature": "0" * 64}, False),
        ({"signature": ""}, False),
        ({"signature": "ü"}, False),
        ({"expires": str(int(NOW.timestamp()))}, False),
        ({"expires": str(int(NOW.timestamp()) + 25 * 3_600)}, False),
        ({"expires": "²"}, False),
        ({"expires": "9" * 400}, False),
        ({"person": "x" * 201}, False),
    ],
    ids=str,
)
def test_a_claim_holds_only_as_it_was_signed(change: dict[str, str], *, is_right: bool) -> None:
    expires = str(int(NOW.timestamp()) + 60)
    signature = signature_of("k", "survey", "4711", expires)
    told = {"person": "4711", "expires": expires, "signature": signature} | change
    if "expires" in change or len(told["person"]) > len("4711"):
        told["signature"] = signature_of("k", "survey", told["person"], told["expires"])

    assert is_genuine(Claim(**told), key="k", public_id="survey", now=NOW) is is_right


def test_a_survey_without_a_key_takes_no_claim() -> None:
    expires = str(int(NOW.timestamp()) + 60)
    told = Claim("4711", expires, signature_of("", "survey", "4711", expires))

    assert not is_genuine(told, key="", public_id="survey", now=NOW)


def test_the_signature_is_the_one_that_other_programs_make() -> None:
    # printf 'survey.4711.1795399200' | openssl dgst -sha256 -hmac secret
    other = "61d2fdf8f591cc98c7f52007909d2580decfd85a88227bcfdab0abbe272a14c4"

    assert signature_of("secret", "survey", "4711", "1795399200") == other


def test_a_site_that_is_named_may_show_it_and_no_other(survey: Survey) -> None:
    allowed, refused = ask(survey), ask(survey, origin="https://evil.example")

    assert allowed.json()["show"] is True
    assert allowed["Access-Control-Allow-Origin"] == SHOP
    assert refused.status_code == 403
    assert "Access-Control-Allow-Origin" not in refused
    assert "name the site" in refused.json()["error"]
    assert "Set-Cookie" not in allowed


def test_the_pages_may_be_read_and_framed_by_that_site_only(survey: Survey) -> None:
    from_shop = Client().get(address(survey), headers={"origin": SHOP})
    from_evil = Client().get(address(survey), headers={"origin": "https://evil.example"})

    assert from_shop["Access-Control-Allow-Origin"] == SHOP
    assert "Access-Control-Allow-Origin" not in from_evil
    assert f"frame-ancestors {SHOP}" in from_shop["Content-Security-Policy"]
    assert "X-Frame-Options" not in from_shop
    assert "Origin" in from_shop["Vary"]


def test_a_survey_that_stands_nowhere_else_is_in_no_frame(member: Membership) -> None:
    answer = Client().get(address(asked_survey(member)), headers={"origin": SHOP})

    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert "Access-Control-Allow-Origin" not in answer


def test_it_is_counted_when_it_is_shown_and_when_it_is_answered(survey: Survey) -> None:
    ask(survey)
    shown = ask(survey, "shown").json()
    for at, answer in (("nps", "9"), ("why", "Good."), ("used", "app")):
        told = {"pass": way(survey), "at": at, f"q.{at}": answer}
        Client().post(shown["address"], told, headers={"origin": SHOP})

    assert shown["address"] == address(survey)
    assert counted(survey) == (1, 1, [])
    assert Response.objects.for_tenant(survey.tenant_id).get().customer is None


def test_a_person_who_is_signed_stands_behind_the_answer(
    survey: Survey, member: Membership
) -> None:
    key = renew_identity_key(survey=survey, by=member)

    shown = ask(survey, "shown", **claim(survey, key)).json()
    token = shown["address"].strip("/").rpartition("/")[2]
    Client().post(shown["address"], {"pass": token, "at": "nps", "q.nps": "9"})

    response = Response.objects.for_tenant(survey.tenant_id).get()
    whose = Identity.objects.for_tenant(survey.tenant_id).get(kind="external", value="4711")
    assert response.customer_id == whose.customer_id
    assert SurveyPass.objects.for_tenant(survey.tenant_id).get().is_signed


def test_a_person_is_not_shown_it_again_too_soon(survey: Survey, member: Membership) -> None:
    key = renew_identity_key(survey=survey, by=member)
    ask(survey, "shown", **claim(survey, key))

    soon = ask(survey, **claim(survey, key)).json()["show"]
    again = ask(survey, "shown", **claim(survey, key)).status_code
    other = ask(survey, **claim(survey, key, "4712")).json()["show"]
    EmbedShow.objects.for_tenant(survey.tenant_id).update(shown_at=NOW - timedelta(days=31))
    later = ask(survey, **claim(survey, key)).json()["show"]

    assert (soon, again, other, later) == (False, 403, True, True)


def test_asking_alone_makes_no_customer(survey: Survey, member: Membership) -> None:
    key = renew_identity_key(survey=survey, by=member)

    ask(survey, **claim(survey, key))

    assert not Identity.objects.for_tenant(survey.tenant_id).exists()


def test_a_forged_person_is_refused_and_counted(survey: Survey, member: Membership) -> None:
    key = renew_identity_key(survey=survey, by=member)
    forged = claim(survey, key) | {"person": "4712"}

    answer = ask(survey, "shown", **forged)

    assert answer.status_code == 403
    assert "signature does not fit" in answer.json()["error"]
    assert counted(survey) == (0, 0, [("forged", 1)])
    assert not SurveyPass.objects.for_tenant(survey.tenant_id).exists()


def test_a_new_key_ends_the_one_before(survey: Survey, member: Membership) -> None:
    before = renew_identity_key(survey=survey, by=member)
    renew_identity_key(survey=survey, by=member)

    assert ask(survey, **claim(survey, before)).status_code == 403


def test_an_anonymous_survey_looks_at_no_signature(survey: Survey, member: Membership) -> None:
    key = renew_identity_key(survey=survey, by=member)
    Survey.objects.for_tenant(survey.tenant_id).update(anonymity="anonymous")

    shown = ask(survey, "shown", **claim(survey, key)).json()

    assert shown["address"] == address(survey)
    assert not SurveyPass.objects.for_tenant(survey.tenant_id).exists()
    assert not EmbedShow.objects.for_tenant(survey.tenant_id).exists()


def test_a_survey_that_takes_no_answers_is_not_shown(survey: Survey) -> None:
    Survey.objects.for_tenant(survey.tenant_id).update(status="paused")

    assert ask(survey).json()["show"] is False
    assert ask(survey, "shown").status_code == 403


def test_the_script_and_its_styles_are_small(survey: Survey) -> None:
    styles = "".join(ask(survey, "shown").json()["css"])

    sent = (STATIC / "js" / "embed.js").read_bytes() + styles.encode()

    assert len(gzip.compress(sent)) < MOST_BYTES
    assert ":root" not in styles
    assert "document.cookie" not in sent.decode()


def page_url(survey: Survey) -> str:
    return f"/t/{survey.tenant.slug}/surveys/{survey.pk}/embedding/"


FORM = {
    "is_on": "on",
    "origins": f"{SHOP}/orders\nhttps://blog.example",
    "shape": "inline",
    "moment": "event",
    "event": "order placed",
    "pages": "/orders/*",
    "repeat_days": "14",
}


def test_the_page_gives_the_code_and_takes_the_sites(survey: Survey, member: Membership) -> None:
    client = Client()
    client.force_login(member.user)

    saved = client.post(page_url(survey), FORM)
    words = client.get(page_url(survey)).content.decode()

    survey.refresh_from_db()
    told = read_embedding(survey.embed)
    assert saved.status_code == 302
    assert (told.origins, told.shape) == ((SHOP, "https://blog.example"), Shape.INLINE)
    assert (told.moment, told.event, told.pages) == (Moment.EVENT, "order placed", ("/orders/*",))
    assert f'data-survey="http://testserver{address(survey)}"' in words
    entry = AuditEntry.objects.for_tenant(member.tenant).filter(action__contains="embedding")
    assert entry.count() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"origins": "shop.example"}, "is no site"),
        ({"origins": ""}, "Name at least one site"),
        ({"origins": "\n".join(f"https://{n}.example" for n in range(21))}, "at most 20 lines"),
        ({"event": ""}, "needed for when you chose"),
        ({"pages": "orders"}, "is no path"),
        ({"shape": "banner"}, "Select a valid choice"),
        ({"repeat_days": "0"}, "greater than or equal to 1"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused_and_kept_in_the_form(
    survey: Survey, member: Membership, change: dict[str, str], words: str
) -> None:
    client = Client()
    client.force_login(member.user)

    answer = client.post(page_url(survey), FORM | change)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="14"' in answer.content.decode() or "repeat_days" in change
    survey.refresh_from_db()
    assert read_embedding(survey.embed).origins == (SHOP,)


def test_the_key_is_shown_once_and_kept_sealed(survey: Survey, member: Membership) -> None:
    client = Client()
    client.force_login(member.user)

    made = client.post(f"{page_url(survey)}key/").content.decode()
    again = client.get(page_url(survey)).content.decode()

    key = made.partition('id="shown-once" value="')[2].partition('"')[0]
    survey.refresh_from_db()
    assert len(key) == 43
    assert key not in again
    assert key not in survey.identity_key
    assert ask(survey, **claim(survey, key)).status_code == 200


def test_a_viewer_and_a_draft_have_no_such_page(survey: Survey, member: Membership) -> None:
    viewer = make.member(of=member.tenant, role=Role.VIEWER)
    client = Client()
    client.force_login(viewer.user)
    refused = [client.get(page_url(survey)), client.post(f"{page_url(survey)}key/")]
    client.force_login(member.user)

    draft = client.get(page_url(survey_of(member, "A draft")))

    assert [one.status_code for one in refused] == [404, 404]
    assert draft.status_code == 404


def test_saving_the_same_again_is_no_change(survey: Survey, member: Membership) -> None:
    set_embedding(survey=survey, embedding=read_embedding(survey.embed), by=member)

    entries = AuditEntry.objects.for_tenant(member.tenant)
    assert entries.filter(action="survey-embedding-changed").count() == 1
