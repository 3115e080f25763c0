"""Cards become opportunities and insights, journeys are tagged, templates put away: by programs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from journeys.models import Insight, Journey, MapTemplate, Opportunity
from journeys.services.map_templates import save_template
from journeys.services.tagging import MOST_TAGS, tag_journeys
from tests import make
from tests.journeys.ahead import Told
from tests.journeys.test_api_futures import ALL, Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(db: None) -> Told:
    return Told(make.member())


def titles(told: Told, model: Any) -> list[str]:
    with tenant_bound(told.member.tenant_id):
        rows = model.objects.for_tenant(told.member.tenant)
        return list(rows.order_by("pk").values_list("title", flat=True))


def sent(told: Told, method: str, path: str, body: Any = None, *rights: Right) -> Any:
    _, secret = make.api_key(of=told.member.tenant, rights=rights or ALL)
    return Client().generic(
        method,
        f"/api/v1/{path}",
        json.dumps(body or {}),
        content_type="application/json",
        headers={"X-Api-Key": secret},
    )


def test_a_card_with_words_becomes_an_opportunity(told: Told) -> None:
    done = Program(told).post("capture/", {"card": str(told.card)})

    assert done.status_code == 201
    assert (done.json()["title"], done.json()["is_new"]) == ("I pay", True)
    assert titles(told, Opportunity) == ["I pay"]


def test_cards_of_text_become_insights_once(told: Told) -> None:
    body = {"cards": [str(told.card)] * 2, "kind": "pain"}

    done = Program(told).post("insights/", body)
    again = Program(told).post("insights/", body)

    assert (done.status_code, [one["title"] for one in done.json()]) == (201, ["I pay"])
    assert again.status_code in {409, 422}
    assert titles(told, Insight) == ["I pay"]
    assert str(told.state(told.future)[told.card].values["insight"]) == done.json()[0]["id"]


def test_what_is_no_card_of_the_map_or_may_not_be_changed_is_refused(told: Told) -> None:
    card = str(told.card)
    stranger = Program(Told(make.member()))
    program = Program(told)

    for more, body in (("capture/", {"card": card}), ("insights/", {"cards": [card]})):
        assert stranger.post(more, body, told.future).status_code == 404
        assert stranger.post(more, body).status_code == 404
        assert Program(told, Right.SEE_JOURNEYS).post(more, body).status_code == 403
        assert program.post(more, {"card": "x", "cards": "x"}).status_code == 422
    assert program.post("insights/", {"cards": [card], "kind": "song"}).status_code == 422
    assert program.post("insights/", {"cards": [card] * 501}).status_code == 422
    assert program.post("insights/", {"cards": [card]}, told.current).status_code in {403, 409}
    assert titles(told, Opportunity) == titles(told, Insight) == []


def test_a_journey_is_tagged_and_untagged(told: Told) -> None:
    start = f"journeys/{told.current.journey_id}/tags/"
    tag = {"name": "Portugal", "dimension": "country"}

    first = sent(told, "POST", start, tag)
    again = sent(told, "POST", start, tag)
    [kept] = again.json()
    pk = kept["id"]

    assert (first.status_code, kept) == (201, tag | {"id": pk})
    other = Told(make.member())
    assert sent(other, "DELETE", f"{start}{pk}/").status_code == 404
    assert sent(other, "GET", start).status_code == 404
    assert sent(told, "DELETE", f"{start}{pk}/", None, Right.SEE_JOURNEYS).status_code == 403
    assert sent(told, "DELETE", f"{start}{pk}/").status_code == 204
    assert sent(told, "DELETE", f"{start}{pk}/").status_code == 404
    assert sent(told, "GET", start).json() == []
    assert sent(told, "POST", start, {"name": "x" * 61}).status_code == 422
    assert sent(told, "POST", start, {"name": "x", "colour": "red"}).status_code == 422


def test_a_journey_with_all_the_tags_there_can_be_keeps_what_it_has(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        rows = Journey.objects.for_tenant(told.member.tenant).select_related("tenant")
        journeys = [rows.get(pk=told.current.journey_id)]
        for number in range(MOST_TAGS):
            tag_journeys(journeys=journeys, name=f"tag {number}")

        tag_journeys(journeys=journeys, name="tag 7")


def template(told: Told) -> MapTemplate:
    with tenant_bound(told.member.tenant_id):
        return save_template(
            of=told.row(told.current.pk), title="Ours", by=told.member, now=make.NOW
        )


def keys(told: Told) -> list[str]:
    listed = sent(told, "GET", "map-templates/").json()
    return [one["key"] for one in listed if not one["is_built_in"]]


def test_a_template_is_put_away_and_brought_back(told: Told) -> None:
    row = template(told)
    path = f"map-templates/{row.key}/archive/"

    assert [sent(told, "PUT", path).status_code for _ in range(2)] == [204, 204]
    assert keys(told) == []
    assert sent(told, "DELETE", path).status_code == 204
    assert keys(told) == [row.key]
    assert sent(told, "PUT", path, None, Right.SEE_JOURNEYS).status_code == 403
    assert sent(Told(make.member()), "PUT", path).status_code == 404
    assert sent(told, "PUT", "map-templates/blank/archive/").status_code == 404
