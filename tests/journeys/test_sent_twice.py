"""What is sent twice from a page is done once: a double click, or a browser that tries again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import Max

from cxm.collaboration.models import Comment
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Insight, Journey, JourneyMap, MapOp, MapTemplate, ScoreModel, Snapshot
from journeys.rules.kinds import Level
from journeys.rules.templates import BLANK
from personas.models import Persona
from tests import make
from tests.journeys.ahead import Told
from tests.journeys.sharing import change_map
from tests.journeys.test_map_live import client_of
from tests.personas import editing

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NEW = {"title": "I move house", "level": Level.JOURNEY.value, "template": BLANK}
COUNTED: tuple[Any, ...] = (
    Insight,
    Journey,
    JourneyMap,
    MapOp,
    MapTemplate,
    ScoreModel,
    Snapshot,
    Comment,
    Persona,
)


class Page:
    """A form of a page, found by where it is sent, and what a person enters into it."""

    def __init__(self, of: Told) -> None:
        self.of = of
        self.client: Client = client_of(of.member)
        self.start = f"/t/{of.member.tenant.slug}"
        self.now, self.later = (f"{self.start}/maps/{one.pk}" for one in (of.current, of.future))

    def counts(self) -> dict[str, int]:
        with tenant_bound(self.of.member.tenant_id):
            tenant = self.of.member.tenant
            return {one.__name__: one.objects.for_tenant(tenant).count() for one in COUNTED}

    def form(self, page: str, to: str = "") -> str:
        """Give the form of *page* that is sent *to* an address, or the one that it has."""
        html = self.client.get(page).content.decode()
        forms: list[str] = re.findall(r"<form.*?</form>", html, re.DOTALL)
        return next(one for one in forms if "sent_as" in one and to in one)

    def send_twice(self, to: str, form: str, **told: Any) -> tuple[list[Any], int]:
        """Send a form two times; give the answers, and how many rows the second one made."""
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        told = {
            name: value for name, value in hidden.items() if name != "csrfmiddlewaretoken"
        } | told
        answers, counts = [], [self.counts()]
        for _ in range(2):
            answers.append(self.client.post(to, told))
            counts.append(self.counts())
        assert counts[0] != counts[1], "the first one did something"
        return answers, sum(counts[2].values()) - sum(counts[1].values())


def split(page: Page) -> Any:
    url = f"{page.later}/steps/{page.of.pay}/split/"
    values = {"earlier_title": "Pays", "title": "Gets a receipt", "percent": "100"}
    goes = {f"goes-{page.of.card}": "left"}
    return page.send_twice(url, page.form(url), **values, **goes)


def merge(page: Page) -> Any:
    url = f"{page.later}/steps/{page.of.pay}/merge/"
    return page.send_twice(url, page.form(url), into=str(page.of.wait))


def paste(page: Page) -> Any:
    url = f"{page.later}/paste/"
    told = {"text": "One\tTwo\nThree\tFour", "lane": str(page.of.lane), "step": str(page.of.pay)}
    looked = page.client.post(url, {**told, "do": "look"}).content.decode()
    form = next(one for one in re.findall(r"<form.*?</form>", looked, re.DOTALL) if "seen" in one)
    return page.send_twice(url, form, **told, do="paste")


def fork(page: Page) -> Any:
    url = f"{page.now}/fork/"
    return page.send_twice(url, page.form(url), name="Another future", state="future")


def draft(page: Page) -> Any:
    url = f"{page.now}/draft/"
    return page.send_twice(url, page.form(f"{page.now}/", "/draft/"))


def promote(page: Page) -> Any:
    page.of.title(page.of.future, page.of.pay, "Pays by card")
    url = f"{page.later}/promote/"
    told = {"steps": str(page.of.pay)}
    form = page.form(f"{url}?steps={page.of.pay}", "/promote/")
    return page.send_twice(url, form, **told)


def template(page: Page) -> Any:
    url = f"{page.later}/template/"
    return page.send_twice(url, page.form(url), title="Ours", purpose="For all")


def version(page: Page) -> Any:
    url = f"{page.later}/versions/new/"
    return page.send_twice(url, page.form(f"{page.later}/history/", url), label="As shown")


def bring_back(page: Page) -> Any:
    with tenant_bound(page.of.member.tenant_id):
        rows = MapOp.objects.for_tenant(page.of.member.tenant)
        head = rows.filter(map=page.of.future.pk).aggregate(n=Max("seq"))["n"]
    page.of.title(page.of.future, page.of.pay, "Pays later")
    url = f"{page.later}/then/{head}/bring-back/"
    return page.send_twice(url, page.form(url))


def new_map(page: Page) -> Any:
    url = f"{page.start}/journeys/{page.of.current.journey_id}/maps/new/"
    return page.send_twice(url, page.form(url), name="Another one", state="current", template=BLANK)


def new_journey(page: Page) -> Any:
    url = f"{page.start}/journeys/new/"
    return page.send_twice(url, page.form(url), **NEW)


def insight(page: Page) -> Any:
    url = f"{page.start}/insights/new/"
    return page.send_twice(url, page.form(url, "insights/new"), title="They wait", kind="pain")


def persona(page: Page) -> Any:
    url = f"{page.start}/personas/new/"
    return page.send_twice(url, page.form(url, "personas/new"), name="Uma", template="blank")


def persona_copy(page: Page) -> Any:
    persona = editing.persona(page.of.member)
    url = f"{page.start}/personas/{persona}/copy/"
    return page.send_twice(url, page.form(f"{page.start}/personas/{persona}/", "/copy/"))


def comment(page: Page) -> Any:
    shown = f"{page.later}/?comments=open"
    html = page.client.get(shown).content.decode()
    url = re.search(r'action="([^"]*/comments/new/)', html)
    assert url
    return page.send_twice(url[1], page.form(shown, url[1]), body="Is this so?")


@pytest.mark.parametrize(
    "deed",
    [
        split,
        merge,
        paste,
        fork,
        draft,
        promote,
        template,
        version,
        bring_back,
        new_map,
        new_journey,
        insight,
        persona,
        persona_copy,
        comment,
    ],
    ids=lambda deed: deed.__name__,
)
def test_what_is_sent_twice_is_done_once(deed: Callable[[Page], Any]) -> None:
    page = Page(Told(make.member(role=Role.ADMIN)))

    (first, second), more = deed(page)

    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert more == 0


def test_what_is_sent_from_another_showing_of_a_form_or_changed_is_done_again() -> None:
    page = Page(Told(make.member(role=Role.ADMIN)))
    url = f"{page.start}/journeys/new/"
    told = {**NEW, "sent_as": "one"}
    for changed in ({}, {"title": "I move out"}, {"sent_as": "two"}, {"sent_as": ""}):
        assert page.client.post(url, told | changed).status_code == 302

    assert page.counts()["Journey"] == 1 + 4


def test_what_was_refused_may_be_sent_again() -> None:
    page = Page(Told(make.member(role=Role.ADMIN)))
    url = f"{page.later}/steps/{page.of.pay}/merge/"
    told = {"into": str(page.of.wait), "sent_as": "one"}
    statuses = []
    for is_locked in (True, False):
        change_map(page.of.member, page.of.future.pk, is_locked=is_locked)
        statuses.append(page.client.post(url, told).status_code)

    assert statuses == [403, 302]


def test_another_person_may_send_the_same() -> None:
    page = Page(Told(make.member(role=Role.ADMIN)))
    other = client_of(make.member(of=page.of.member.tenant))
    told = {**NEW, "sent_as": "one"}
    for client in (page.client, other):
        client.post(f"{page.start}/journeys/new/", told)

    assert page.counts()["Journey"] == 1 + 2


def test_what_htmx_sends_again_changes_nothing_and_leaves_the_page_as_it_is() -> None:
    page = Page(Told(make.member(role=Role.ADMIN)))
    html = page.client.get(f"{page.later}/?comments=open").content.decode()
    url = re.search(r'action="([^"]*/comments/new/)', html)
    assert url
    told = {"body": "Is this so?", "sent_as": "one"}
    answers = [page.client.post(url[1], told, headers={"HX-Request": "true"}) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 204]
    assert page.counts()["Comment"] == 1
