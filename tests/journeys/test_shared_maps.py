"""What people outside see of a journey map by a link, and what they never see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxm.collaboration.models import ShareLink
from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.rules.shared import QUOTES
from tests import make
from tests.collaboration.files import picture, stored
from tests.journeys import charting, shelving
from tests.journeys.sample import sample
from tests.journeys.sharing import (
    EVERYTHING,
    change_journey,
    change_map,
    link_to,
    revoke,
    the_map,
)
from tests.personas.shares import PASSWORD, opened, text

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership
    from tests.journeys.sample import Sample

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made() -> Sample:
    return sample(make.member(role=Role.MANAGER))


def words_of(page: str) -> str:
    """Give what a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_link_shows_the_map_without_scripts_and_without_ids(made: Sample) -> None:
    answer = opened(link_to(made.member, made.map_id))

    page = text(answer)
    said = words_of(page)
    assert answer.status_code == 200
    assert "<script" not in page
    assert "hx-" not in page
    assert "<button" not in page
    expected = ("As it is", "Switching to fibre at home", "Become aware", "Fills a short form")
    assert [word for word in expected if word not in said] == []
    assert "Dramatic arc. 4." in said
    assert "Feels. Maya +2" in said
    told = [made.map_id, *made.steps, *made.stages, *made.lanes.values(), *made.cards.values()]
    assert [pk for pk in (*told, *made.personas, made.member.pk) if str(pk) in page] == []
    assert made.member.user.email not in page


def test_the_page_keeps_away_from_search_engines_and_runs_nothing(made: Sample) -> None:
    answer = opened(link_to(made.member, made.map_id))

    assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_lanes_that_were_not_chosen_do_not_come_out(made: Sample) -> None:
    page = text(opened(link_to(made.member, made.map_id, kinds=("emotion",))))

    assert "Feels" in page
    hidden = ("Does", "Poster", "Field crew", "Getting help", "Shop", "example.com", "Storyboard")
    assert [word for word in hidden if word in page] == []


def test_personas_that_were_not_chosen_do_not_come_out(made: Sample) -> None:
    maya, _ = made.personas
    page = text(opened(link_to(made.member, made.map_id, personas=[maya])))

    assert "Maya" in page
    assert "Piet" not in page
    assert "Not sure it is true" not in page


def test_names_of_files_and_hidden_lanes_never_come_out(made: Sample) -> None:
    do, on = charting.do, made.map_id
    do(made.member, on, charting.put(made.lanes["Does"], "is_hidden", value=True))

    page = text(opened(link_to(made.member, on)))

    assert "Letter to the tenant" not in page
    assert "Asks friends" not in page


def test_a_frozen_link_shows_the_map_as_it_was(made: Sample) -> None:
    member, on = made.member, made.map_id
    with tenant_bound(member.tenant_id):
        head = the_map(member, on).head_seq
    frozen = link_to(member, on, freeze_seq=head)
    live = link_to(member, on)
    before = text(opened(frozen))

    charting.do(
        member,
        on,
        charting.put(made.cards["Does 0"], "text", "A LATER EDIT"),
        charting.put(on, "name", "A LATER NAME"),
        charting.asked(Deed.DELETE, made.cards["Does 3"]),
    )
    charting.lane(member, on, "text", "A LATER LANE")

    assert text(opened(frozen)) == before
    assert "A LATER" in text(opened(live))
    assert "Fills a short form" not in text(opened(live))


def test_a_frozen_link_shows_no_figures_since_they_are_measured_anew(made: Sample) -> None:
    head = the_map(made.member, made.map_id).head_seq

    page = text(opened(link_to(made.member, made.map_id, freeze_seq=head)))

    assert "Satisfaction" in page
    assert "No figures here" in page


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"visibility": "hidden"}, id="hidden"),
        pytest.param({"sensitivity": "restricted"}, id="restricted"),
        pytest.param({"archived_at": make.NOW}, id="archived"),
    ],
)
def test_a_journey_that_is_closed_takes_its_links_along(
    made: Sample, changed: dict[str, Any]
) -> None:
    address = link_to(made.member, made.map_id)
    change_journey(made.member, made.map_id, **changed)

    answer = opened(address)

    assert answer.status_code == 410
    assert "fibre" not in text(answer)


@pytest.mark.parametrize("changed", [{"archived_at": make.NOW}, {"deleted_at": make.NOW}])
def test_a_map_that_is_gone_is_not_shown(made: Sample, changed: dict[str, Any]) -> None:
    address = link_to(made.member, made.map_id)
    change_map(made.member, made.map_id, **changed)

    assert opened(address).status_code == 410


def test_a_revoked_link_and_one_that_ran_out_show_nothing(made: Sample) -> None:
    address = link_to(made.member, made.map_id)
    revoke(made.member, made.map_id)

    assert opened(address).status_code == 404


def test_pictures_come_through_the_link_where_their_lane_is_shown(made: Sample) -> None:
    member, on = made.member, made.map_id
    shown, other = stored(member, picture()), stored(member, picture(colour="blue"))
    charting.do(member, on, charting.put(made.cards["Storyboard 1"], "asset", str(shown.pk)))
    charting.do(member, on, charting.put(made.cards["Files 4"], "asset", str(other.pk)))
    address, without = link_to(member, on), link_to(member, on, kinds=("text",))

    page = text(opened(address))

    assert f'src="{address}/pictures/{shown.pk}"' in page
    assert opened(f"{address}/pictures/{shown.pk}").status_code == 200
    assert opened(f"{address}/pictures/{other.pk}").status_code == 404
    assert opened(f"{without}/pictures/{shown.pk}").status_code == 404


def test_a_link_shows_its_own_map_and_no_other(made: Sample) -> None:
    other = sample(make.member(role=Role.MANAGER))
    charting.do(other.member, other.map_id, charting.put(other.map_id, "name", "OTHER MAP"))
    address = link_to(made.member, made.map_id)

    queries = (f"?of={other.map_id}", f"?map={other.map_id}", f"?lanes={other.lanes['Does']}")

    assert [query for query in queries if "OTHER" in text(opened(address, query))] == []
    assert opened(f"{address[:-1]}").status_code == 404


def test_too_many_passwords_have_to_wait(made: Sample) -> None:
    address = link_to(made.member, made.map_id, password=PASSWORD)
    visitor = Client()

    tried = [visitor.post(address, {"password": f"guess {n} of it"}) for n in range(6)]

    assert [one.status_code for one in tried] == [422, 422, 422, 422, 429, 429]
    assert visitor.post(address, {"password": PASSWORD}).status_code == 429
    assert "fibre" not in text(visitor.get(address))


def test_quotes_are_shown_where_somebody_chose_them(made: Sample) -> None:
    member, on = made.member, made.map_id
    quote = shelving.made(member, title="I waited for weeks", kind="quote")
    pain = shelving.made(member, title="No exact time", kind="pain")
    lane = charting.lane(member, on, "insight", "Insights")
    for one in (quote, pain):
        charting.card(member, on, lane, made.steps[0], insight=str(one.pk))

    chosen = text(opened(link_to(member, on, kinds=("insight", QUOTES))))
    usual = text(opened(link_to(member, on, kinds=("insight",))))

    assert "I waited for weeks" in chosen
    assert "I waited for weeks" not in usual
    assert "No exact time" in usual


def test_the_owner_is_named_where_somebody_chose_it_and_never_by_address(made: Sample) -> None:
    user = made.member.user
    user.name = "Olga Owner"
    user.save(update_fields=["name"])

    chosen = text(opened(link_to(made.member, made.map_id, kinds=("text", "owner"))))
    usual = text(opened(link_to(made.member, made.map_id, kinds=("text",))))

    assert "Olga Owner" in chosen
    assert "Olga Owner" not in usual
    assert user.email not in chosen


@pytest.mark.parametrize("changed", [{"visibility": "hidden"}, {"sensitivity": "restricted"}])
def test_a_journey_inside_is_not_named_where_it_is_not_for_everybody(
    made: Sample, changed: dict[str, Any]
) -> None:
    inside = charting.journey(made.member, "The secret one")
    charting.do(
        made.member,
        made.map_id,
        charting.create(new_id(), "nested", {"journey": str(inside)}, made.steps[0]),
    )
    on = charting.blank_map(made.member, inside)
    change_journey(made.member, on, **changed)

    assert "The secret one" not in text(opened(link_to(made.member, made.map_id)))


def test_addresses_are_taken_out_wherever_they_were_typed(made: Sample) -> None:
    member, on, mail = made.member, made.map_id, "maria@x.example"
    charting.do(
        member,
        on,
        charting.put(made.steps[0], "title", f"Writes to {mail}"),
        charting.put(made.stages[0], "title", f"With {mail}"),
        charting.put(made.lanes["Does"], "title", f"Does {mail}"),
        charting.put(made.cards["Does 0"], "text", f"Calls {mail}"),
        charting.put(made.cards["Thinks 0"], "text", "[so](mailto:maria&#64;x.example)"),
        charting.put(made.cards["More to read 2"], "url", f"https://{mail}/"),
        charting.put(on, "name", f"Map of {mail}"),
    )

    page = text(opened(link_to(member, on)))

    assert mail not in page
    assert "maria&#64;" not in page
    assert page.count("[e-mail]") >= 6


def test_what_people_wrote_is_text(made: Sample) -> None:
    hostile = "<script>alert(1)</script>"
    charting.do(
        made.member,
        made.map_id,
        charting.put(made.cards["Does 0"], "text", hostile),
        charting.put(made.steps[0], "title", hostile),
        charting.put(made.lanes["Does"], "title", hostile),
        charting.put(made.map_id, "name", hostile),
    )

    page = text(opened(link_to(made.member, made.map_id)))

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_link_shows_the_same_to_whoever_has_signed_in(made: Sample) -> None:
    address, client = link_to(made.member, made.map_id), Client()
    client.force_login(made.member.user)

    assert client.get(address).content == opened(address).content


def test_the_number_of_queries_does_not_grow_with_the_map(made: Sample) -> None:
    address, member, on = link_to(made.member, made.map_id), made.member, made.map_id
    asked = []
    opened(address)
    for _ in range(2):
        with CaptureQueriesContext(connection) as found:
            opened(address)
        asked.append(len(found))
        for step in made.steps:
            charting.card(member, on, made.lanes["Does"], step, text="More")

    assert asked[0] == asked[1]


def planted(member: Membership, on: UUID) -> list[str]:
    """Put words where no link looks; give them."""
    told = {
        "description": "secret description",
        "presenter_note": "secret note",
    }
    _, step = charting.stage(member, on, "Planted")
    charting.do(member, on, *(charting.put(step, name, value) for name, value in told.items()))
    charting.do(member, on, charting.put(on, "label", "secret label"))
    return [*told.values(), "secret label"]


def test_descriptions_notes_and_labels_stay_inside(made: Sample) -> None:
    words = planted(made.member, made.map_id)

    for kinds in (EVERYTHING, ("text",)):
        page = text(opened(link_to(made.member, made.map_id, kinds=kinds)))
        assert [word for word in words if word in page] == []


def test_a_row_that_allows_more_than_there_is_shows_no_more(made: Sample) -> None:
    address = link_to(made.member, made.map_id)
    with tenant_bound(made.member.tenant_id):
        links = ShareLink.objects.for_tenant(made.member.tenant)
        links.update(allow_kinds=["file", "grade", "text", "comments"])

    page = text(opened(address))

    assert "Letter to the tenant" not in page
    assert "Asks friends" in page
