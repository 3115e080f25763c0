"""Filters above a map, kept views of it, and the same findings for people and for programs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.collaboration.models import SavedView
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from journeys.models import Card, Insight, JourneyMap
from tests import make
from tests.collaboration import commenting
from tests.journeys import charting, shelving
from tests.journeys.sample import Sample, sample
from tests.journeys.test_map_live import op, send, targets
from tests.journeys.test_map_page import colleague, seen, url

if TYPE_CHECKING:
    from uuid import UUID

    from pytest_django.fixtures import DjangoAssertNumQueries

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made(db: None) -> Sample:
    return sample(make.member())


def client_of(made: Sample) -> Client:
    client = Client()
    client.force_login(made.member.user)
    return client


def pain(made: Sample, **columns: Any) -> UUID:
    """Put a card with a pain at the second step."""
    one = shelving.made(made.member, kind="pain", title="Nobody says when")
    if columns:
        with tenant_bound(made.member.tenant_id):
            Insight.objects.for_tenant(made.member.tenant).filter(pk=one.pk).update(**columns)
    lane = charting.lane(made.member, made.map_id, "insight", "Heard")
    return charting.card(made.member, made.map_id, lane, made.steps[1], insight=str(one.pk))


def shown(page: str) -> list[str]:
    """List the lineages of the cards on a page."""
    return re.findall(r'data-kind="card" data-lineage="([^"]+)"', page)


def journey_of(made: Sample) -> UUID:
    with tenant_bound(made.member.tenant_id):
        row = JourneyMap.objects.for_tenant(made.member.tenant).get(pk=made.map_id)
        return row.journey_id


def test_a_map_is_filtered_by_who_owns(made: Sample) -> None:
    other = colleague(made.member, Role.MANAGER)
    card = pain(made, owner=other)
    step = charting.put(made.steps[0], "owner", str(other.pk))
    charting.do(made.member, made.map_id, step)

    page = seen(made.member, made, f"?owner={other.pk}")

    assert f'<option value="{other.pk}" selected>{other.user.get_full_name()}</option>' in page
    with tenant_bound(made.member.tenant_id):
        rows = Card.objects.for_tenant(made.member.tenant).filter(step_from=made.steps[0])
        mine = {str(pk) for pk in rows.values_list("lineage", flat=True)}
    assert set(shown(page)) == mine | {str(card)}


def test_a_map_is_filtered_by_its_evidence(made: Sample) -> None:
    card = pain(made)
    with tenant_bound(made.member.tenant_id):
        rows = Card.objects.for_tenant(made.member.tenant)
        rows.filter(lineage=card).update(grade_override="strong")

    assert shown(seen(made.member, made, "?grade=strong")) == [str(card)]
    assert str(card) not in shown(seen(made.member, made, "?grade=assumption"))


def test_a_map_is_filtered_by_what_is_talked_about(made: Sample) -> None:
    card = made.cards["Does 0"]
    commenting.begun(made.member, commenting.of_journey_map(made.member, made.map_id), part=card)

    assert shown(seen(made.member, made, "?commented=1")) == [str(card)]


def test_only_what_is_on_the_map_is_offered(made: Sample) -> None:
    before = seen(made.member, made)
    pain(made)
    after = seen(made.member, made)

    assert 'name="owner"' not in before
    assert '<option value="pain"' in after
    assert '<option value="quote"' not in after


def test_a_filter_works_with_one_stage_alone_and_counts_what_it_hides(made: Sample) -> None:
    page = seen(made.member, made, f"?stage={made.stages[1]}&filter=postcode")

    assert "1 card shown, <strong>" in page
    assert page.count('<th class="stage-head') == 1
    assert f'<input type="hidden" name="stage" value="{made.stages[1]}">' in page


def test_what_changes_under_a_filter_is_told_with_its_count(made: Sample) -> None:
    changed = op("set", made.cards["Does 0"], field="text", value="A new postcode", base_rev=99)

    told = json.loads(send(made.member, made, changed, query="?filter=postcode").content)

    assert targets(told["html"]) == ["map-counts", f"lane-{made.lanes['Does']}"]
    assert "2 cards shown" in told["html"]


def test_a_new_card_that_does_not_fit_is_counted_as_hidden(made: Sample) -> None:
    before = seen(made.member, made, "?filter=postcode")
    charting.card(made.member, made.map_id, made.lanes["Does"], made.steps[0], text="Rings")

    after = seen(made.member, made, "?filter=postcode")

    hidden = [int(re.findall(r"<strong>(\d+) hidden", page)[0]) for page in (before, after)]
    assert hidden[1] == hidden[0] + 1


@pytest.mark.parametrize(
    ("query", "more"), [("owner=me", 0), ("owner={}", 1), ("grade=strong", 3), ("commented=1", 1)]
)
def test_filters_that_ask_beyond_the_map_take_few_queries(
    made: Sample, query: str, more: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, asked = client_of(made), query.format(made.member.pk)
    lane = url(made.member, made.map_id, f"lanes/{made.lanes['Does']}/")
    usual = 11

    with django_assert_num_queries(usual + more):
        client.get(f"{lane}?{asked}")


def test_a_look_at_a_map_is_kept_for_all_maps_of_its_journey(made: Sample) -> None:
    client, journey = client_of(made), journey_of(made)
    other = charting.blank_map(made.member, journey, number=2)
    told = {"scope": f"map {journey}", "name": "Buying", "shared": "1"}

    client.post(
        f"/t/{made.member.tenant.slug}/views/", {**told, "query": f"?stage={made.stages[1]}"}
    )

    link = f'?stage={made.stages[1]}" data-saved-view'
    assert link in seen(made.member, made)
    assert link in client.get(url(made.member, other)).content.decode()
    assert link in seen(colleague(made.member, Role.VIEWER), made)
    assert f'story/?stage={made.stages[1]}"' in seen(made.member, made, "story/")


def test_a_kept_view_is_renamed_by_its_owner(made: Sample) -> None:
    client, home = client_of(made), f"/t/{made.member.tenant.slug}/views/"
    for name in ("Buying", "Pains"):
        client.post(home, {"scope": "map x", "name": name, "query": "filter=a"})
    with tenant_bound(made.member.tenant_id):
        view = SavedView.objects.for_tenant(made.member.tenant).get(name="Buying")
    other = Client()
    other.force_login(colleague(made.member, Role.MANAGER).user)

    taken = client.post(f"{home}{view.pk}/", {"name": " Pains "})
    empty = client.post(f"{home}{view.pk}/", {"name": " "})
    strange = other.post(f"{home}{view.pk}/", {"name": "Mine now"})
    client.post(f"{home}{view.pk}/", {"name": "To  buy", "shared": "1", "next": "/t/x/"})

    assert "You keep a view “Pains” of this page already." in taken.content.decode()
    assert (taken.status_code, empty.status_code, strange.status_code) == (422, 422, 404)
    with tenant_bound(made.member.tenant_id):
        view.refresh_from_db()
    assert (view.name, view.is_shared) == ("To buy", True)


def test_programs_find_on_a_map_what_its_page_finds(made: Sample) -> None:
    _, secret = make.api_key(of=made.member.tenant, rights=(Right.SEE_JOURNEYS,))
    charting.stage(made.member, made.map_id, "")
    address = f"/api/v1/journey-maps/{made.map_id}/lint/"

    answer = Client().get(address, headers={"X-Api-Key": secret}).json()
    page = client_of(made).get(url(made.member, made.map_id, "check/")).content.decode()

    assert answer["is_sound"] is False
    assert {"J02", "J07"} <= {one["code"] for one in answer["findings"]}
    assert [one["about"] for one in answer["findings"] if one["about"]] == re.findall(
        r'\?of=([0-9a-f-]{36})"', page
    )


def test_programs_of_others_find_no_map(made: Sample) -> None:
    _, secret = make.api_key(of=make.member().tenant, rights=(Right.SEE_JOURNEYS,))
    address = f"/api/v1/journey-maps/{made.map_id}/lint/"

    assert Client().get(address, headers={"X-Api-Key": secret}).status_code == 404
