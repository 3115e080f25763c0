"""What a link does for somebody outside: shows, asks for a password, ends, counts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from cxm.kernel.clock import now
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from personas.models import StakeholderMap
from personas.rules.kinds import Layout
from personas.services.maps import archive_map
from personas.services.personas import archive_persona
from tests import make
from tests.collaboration.files import picture, stored
from tests.personas import mapping
from tests.personas.editing import create, do, fact, persona, put, section
from tests.personas.shares import (
    PASSWORD,
    change,
    link_to,
    loaded,
    opened,
    revoke,
    text,
    the_link,
    visits,
)

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea() -> Membership:
    return make.member(of=make.tenant(name="Acme Parcels"))


@pytest.fixture
def sandra(bea: Membership) -> UUID:
    pk = persona(bea, "Sandra")
    fact(bea, pk, section(bea, pk, "needs", "What she needs"), "A parcel on Saturday")
    return pk


def written(by: Membership, of: UUID, kind: str, title: str, content: dict[str, Any]) -> None:
    pk = section(by, of, kind, title)
    do(by, of, put(pk, "content", content))


def drawn(by: Membership) -> StakeholderMap:
    on = mapping.map_of(by, "Deliveries")
    courier = mapping.placed(by, on, "Courier", "partner", ring=0, sector=1)
    team = mapping.placed(by, on, "Warehouse", "team", ring=1, sector=0)
    mapping.related(by, on, team, courier, "goods", title="Parcels of the day")
    return on


def test_a_link_shows_a_persona_to_anybody(bea: Membership, sandra: UUID) -> None:
    page = text(opened(link_to(bea, sandra)))

    for words in ("Shared by Acme Parcels", "Sandra", "What she needs", "A parcel on Saturday"):
        assert words in page
    assert "<script" not in page
    assert "<form" not in page


def test_a_link_shows_only_the_sections_that_were_chosen(bea: Membership, sandra: UUID) -> None:
    written(bea, sandra, "text", "Her story", {"text": "She is *often* away."})

    page = text(opened(link_to(bea, sandra, kinds=("text",))))

    assert "She is <em>often</em> away." in page
    assert "A parcel on Saturday" not in page
    assert "What she needs" not in page


def test_a_link_follows_what_is_edited_unless_it_is_frozen(bea: Membership, sandra: UUID) -> None:
    head = loaded(bea, sandra).head_seq
    live, frozen = link_to(bea, sandra), link_to(bea, sandra, freeze_seq=head)
    do(bea, sandra, put(sandra, "name", "Sandra B."))
    fact(bea, sandra, section(bea, sandra, "needs", "New needs"), "A quiet courier")

    assert "A quiet courier" in text(opened(live))
    then = text(opened(frozen))
    assert "<h1>Sandra</h1>" in then
    assert "A parcel on Saturday" in then
    assert "New needs" not in then
    assert "As it was on" in then


def test_a_frozen_map_stays_as_it_was(bea: Membership) -> None:
    on = drawn(bea)
    head = loaded(bea, on.pk, StakeholderMap).head_seq
    frozen = link_to(bea, on, freeze_seq=head)
    mapping.placed(bea, on, "Neighbour", "person", ring=2)
    mapping.put(bea, on, on.pk, title="Returns")

    page = text(opened(frozen))

    assert "<h1>Deliveries</h1>" in page
    assert "Neighbour" not in page


def test_a_link_shows_a_map_in_the_layouts_that_were_chosen(bea: Membership) -> None:
    on = drawn(bea)
    url = link_to(bea, on)

    pages = {layout: text(opened(url, f"?layout={layout.value}")) for layout in Layout}

    drawn_as = {
        layout: re.findall(r'data-layout="(\w+)"', page)[0] for layout, page in pages.items()
    }
    # The grid of power and interest is in no link: the map's own layout stands in for it.
    assert drawn_as == {
        Layout.RINGS: "rings",
        Layout.SECTORS: "sectors",
        Layout.NETWORK: "network",
        Layout.POWER_INTEREST: "rings",
    }
    assert "Parcels of the day" in pages[Layout.RINGS]
    assert "Essential" in pages[Layout.RINGS]


@pytest.mark.parametrize(
    ("kinds", "shown", "hidden"),
    [
        (("rings",), ("Essential", "Partner", "Courier"), ("Parcels of the day", "Network")),
        (("sectors",), ("Partner", "Courier"), ("Essential", "Parcels of the day")),
        (("network",), ("Courier", "Parcels of the day"), ("Essential", "Customer", "Rings")),
    ],
)
def test_a_map_tells_no_more_than_its_layout(
    bea: Membership, kinds: tuple[str, ...], shown: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    page = text(opened(link_to(bea, drawn(bea), kinds=kinds)))

    assert [words for words in shown if words not in page] == []
    assert [words for words in hidden if words in page] == []


def test_a_map_keeps_the_colours_of_its_rings(bea: Membership) -> None:
    on = drawn(bea)
    plain = text(opened(link_to(bea, on)))
    mapping.put(bea, on, on.pk, ring_colours=["c3"])

    coloured = text(opened(link_to(bea, on)))

    assert [page.count("is-coloured persona-c3") for page in (plain, coloured)] == [0, 1]


def test_every_answer_keeps_to_itself(bea: Membership, sandra: UUID) -> None:
    url = link_to(bea, sandra, password=PASSWORD)
    answers = [
        opened(url),
        Client().post(url, {"password": "wrong"}),
        Client().post(url, {"password": PASSWORD}),
        opened("/s/nothing"),
        opened(f"{url}/pictures/{sandra}"),
    ]

    assert [one.status_code for one in answers] == [200, 422, 302, 404, 404]
    for one in answers:
        assert one["Referrer-Policy"] == "no-referrer"
        assert one["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert "no-store" in one["Cache-Control"]
        assert one["X-Frame-Options"] == "DENY"
        policy = one["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script" not in policy
        assert "unsafe" not in policy
    assert '<meta name="robots" content="noindex' in text(answers[0])


def test_what_shows_nothing_looks_the_same_whatever_it_was(bea: Membership, sandra: UUID) -> None:
    over = link_to(bea, sandra)
    change(the_link(bea), expires_at=now() - timedelta(seconds=1))
    wrong = opened(f"/s/{'x' * 43}")

    answer = opened(over)

    assert answer.status_code == wrong.status_code == 404
    assert answer.content == wrong.content
    assert dict(answer.headers).keys() == dict(wrong.headers).keys()


def test_nothing_is_asked_of_a_wrong_token_that_is_not_asked_of_one_that_is_over(
    bea: Membership, sandra: UUID, django_assert_num_queries: Any
) -> None:
    over = link_to(bea, sandra)
    revoke(bea, loaded(bea, sandra))

    for url in (over, "/s/wrong"):
        with django_assert_num_queries(1):
            opened(url)


def test_a_link_is_over_by_the_clock_of_the_server_too(bea: Membership, sandra: UUID) -> None:
    url = link_to(bea, sandra)

    with time_machine.travel(now() + timedelta(days=90, seconds=1), tick=False):
        assert opened(url).status_code == 404


def test_a_link_that_is_revoked_shows_nothing_to_who_has_it_open(
    bea: Membership, sandra: UUID
) -> None:
    url = link_to(bea, sandra, password=PASSWORD)
    visitor = Client()
    visitor.post(url, {"password": PASSWORD})
    assert "A parcel on Saturday" in text(visitor.get(url))

    revoke(bea, loaded(bea, sandra))

    assert visitor.get(url).status_code == 404
    assert visitor.post(url, {"password": PASSWORD}).status_code == 404


def test_an_archived_document_says_that_it_is_no_longer_shown(
    bea: Membership, sandra: UUID
) -> None:
    on = drawn(bea)
    urls = [link_to(bea, sandra), link_to(bea, on, freeze_seq=3)]
    with tenant_bound(bea.tenant_id):
        archive_persona(persona=loaded(bea, sandra), by=bea, now=make.NOW)
        archive_map(of=on, by=bea, now=make.NOW)

    for url in urls:
        answer = opened(url)
        assert answer.status_code == 410
        assert "This is no longer shown" in text(answer)
        assert "Sandra" not in text(answer)
        assert "Acme" not in text(answer)


def test_a_password_lets_in_for_a_visit(bea: Membership, sandra: UUID) -> None:
    url = link_to(bea, sandra, password=PASSWORD)
    visitor = Client()

    asked = visitor.get(url)
    refused = visitor.post(url, {"password": "between us"})
    empty = visitor.post(url, {"password": ""})
    let_in = visitor.post(url, {"password": PASSWORD})

    assert "Enter the password" in text(asked)
    assert "Sandra" not in text(asked) + text(refused) + text(empty)
    assert (refused.status_code, empty.status_code) == (422, 422)
    assert "This password does not fit; 4 tries are left." in text(refused)
    assert "between us" not in text(refused)
    assert (let_in.status_code, let_in["Location"]) == (302, url)
    cookie = let_in.cookies["shared"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (url, True, "Lax")
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert "A parcel on Saturday" in text(visitor.get(url))
    with time_machine.travel(now() + timedelta(hours=13), tick=False):
        assert "Enter the password" in text(visitor.get(url))


def test_whoever_tries_too_many_passwords_waits(bea: Membership, sandra: UUID) -> None:
    url = link_to(bea, sandra, password=PASSWORD)

    answers = [Client().post(url, {"password": f"wrong {n}"}) for n in range(5)]
    right = Client().post(url, {"password": PASSWORD})

    assert [one.status_code for one in answers] == [422, 422, 422, 422, 429]
    assert "1 try is left" in text(answers[3])
    assert right.status_code == 429
    assert "Try again in 15 minutes." in text(right)
    assert 890 <= int(right["Retry-After"]) <= 900
    with time_machine.travel(now() + timedelta(minutes=15, seconds=1), tick=False):
        assert Client().post(url, {"password": PASSWORD}).status_code == 302


def test_the_password_of_one_link_opens_no_other(bea: Membership, sandra: UUID) -> None:
    first = link_to(bea, sandra, password=PASSWORD)
    visitor = Client()
    cookie = visitor.post(first, {"password": PASSWORD}).cookies["shared"].value
    second = link_to(bea, sandra, password=PASSWORD)

    answer = Client().get(second, headers={"Cookie": f"shared={cookie}"})
    forged = Client().get(second, headers={"Cookie": "shared=open"})

    assert "Enter the password" in text(answer)
    assert "Enter the password" in text(forged)


def test_a_link_without_a_password_takes_none(bea: Membership, sandra: UUID) -> None:
    url = link_to(bea, sandra)

    answer = Client().post(url, {"password": "x"})

    assert (answer.status_code, answer["Location"]) == (302, url)
    assert "shared" not in answer.cookies


def test_looks_are_counted_and_visits_written_down(bea: Membership, sandra: UUID) -> None:
    url = link_to(bea, sandra, password=PASSWORD)
    visitor = Client(REMOTE_ADDR="203.0.113.9", headers={"User-Agent": "Firefox/145.0"})
    visitor.get(url)
    assert visits(bea) == []

    visitor.post(url, {"password": PASSWORD})
    for _ in range(3):
        visitor.get(url)
    visitor.head(url)

    [visit] = visits(bea)
    assert (visit.address_prefix, visit.agent_family) == ("203.0.113.0/24", "Firefox")
    assert the_link(bea).hits == 3


def test_pictures_come_through_the_link_and_only_those_it_shows(
    bea: Membership, sandra: UUID, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    shown, other = stored(bea), stored(bea, picture(colour="blue"))
    pictures = section(bea, sandra, "image", "Where she lives")
    told = {"asset": str(shown.pk), "title": "Her street", "alt": "A narrow street"}
    do(bea, sandra, create(new_id(), "file", told, pictures))
    url = link_to(bea, sandra)

    page = text(opened(url))
    answer = opened(f"{url}/pictures/{shown.pk}")

    assert f'src="{url}/pictures/{shown.pk}" alt="A narrow street" width="8" height="6"' in page
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer.content.startswith(b"\x89PNG")
    assert opened(f"{url}/pictures/{other.pk}").status_code == 404


def test_pictures_are_behind_the_password_and_the_choice_of_sections(
    bea: Membership, sandra: UUID, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    asset = stored(bea)
    pictures = section(bea, sandra, "image", "Where she lives")
    do(bea, sandra, create(new_id(), "file", {"asset": str(asset.pk)}, pictures))
    closed = link_to(bea, sandra, password=PASSWORD)
    without = link_to(bea, sandra, kinds=("needs",))
    visitor = Client()
    visitor.post(closed, {"password": PASSWORD})

    assert opened(f"{closed}/pictures/{asset.pk}").status_code == 404
    assert opened(f"{without}/pictures/{asset.pk}").status_code == 404
    assert visitor.get(f"{closed}/pictures/{asset.pk}").status_code == 200


def test_a_page_takes_the_same_queries_whatever_is_on_it(
    bea: Membership, sandra: UUID, django_assert_num_queries: Any
) -> None:
    on = drawn(bea)
    persona_url, map_url = link_to(bea, sandra), link_to(bea, on)
    for url in (persona_url, map_url):
        opened(url)

    for number in range(2):
        with django_assert_num_queries(14):
            opened(persona_url)
        with django_assert_num_queries(14):
            opened(map_url)
        fact(bea, sandra, section(bea, sandra, "goals", "Goals"), "Another")
        mapping.placed(bea, on, f"Neighbour {number}", "person", ring=2)


@pytest.mark.parametrize("token", ["%00", "%ff%fe", "x" * 5_000, "..%2f", "' OR 1=1 --", "💥"])
def test_a_hostile_token_shows_nothing(token: str) -> None:
    assert opened(f"/s/{token}").status_code == 404


@pytest.mark.parametrize("password", ["\0", "x" * 129, "x" * 100_000, "💥"])
def test_a_hostile_password_lets_nobody_in(bea: Membership, sandra: UUID, password: str) -> None:
    url = link_to(bea, sandra, password=PASSWORD)

    answer = Client().post(url, {"password": password})

    assert answer.status_code == 422
    assert "Sandra" not in text(answer)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_link_does_nothing_but_show(bea: Membership, sandra: UUID, method: str) -> None:
    assert getattr(Client(), method)(link_to(bea, sandra)).status_code == 405
