"""The library over the JSON API: reading, making, linking, changing, citing, merging."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.tenants.rules import Right
from tests import make
from tests.journeys import charting, shelving
from tests.personas import citing, editing

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
FOLDERS = {
    "insight": "insights",
    "opportunity": "opportunities",
    "solution": "solutions",
    "goal": "goals",
}


@pytest.fixture
def ann() -> Membership:
    return make.member()


class Api:
    """Requests of a program of one workspace."""

    def __init__(self, member: Membership, *rights: Right) -> None:
        _, key = make.api_key(of=member.tenant, rights=rights or tuple(Right))
        self.heads = {"Authorization": f"Bearer {key}"}
        self.client = Client()

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(f"/api/v1/{path}", query, headers=self.heads)

    def post(self, path: str, body: Any) -> Any:
        told = json.dumps(body)
        return self.client.post(f"/api/v1/{path}", told, "application/json", headers=self.heads)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1/{path}", headers=self.heads)


@pytest.fixture
def api(ann: Membership) -> Api:
    return Api(ann)


@pytest.mark.parametrize("sort", FOLDERS)
def test_an_item_is_made_read_listed_and_changed(ann: Membership, api: Api, sort: str) -> None:
    folder = FOLDERS[sort]
    made = api.post(f"{folder}/", {"title": "Say the day"})
    pk = made.json()["id"]
    told = {"id": str(new_id()), "batch": str(new_id()), "op": "set", "lineage": pk}

    changed = api.post(
        f"{folder}/{pk}/operations/", [{**told, "field": "status", "value": "dropped"}]
    )

    expected = 422 if sort == "insight" else 200
    assert (made.status_code, changed.status_code) == (201, expected)
    status = "open" if sort == "insight" else "dropped"
    read = api.get(f"{folder}/{pk}/").json()
    assert (read["title"], read["key"], read["status"]) == ("Say the day", "say-the-day", status)
    assert [one["id"] for one in api.get(f"{folder}/").json()["results"]] == [pk]
    assert api.get(f"{folder}/{pk}/operations/").json()["head"] == read["head_seq"]


def test_an_opportunity_is_made_with_its_links(ann: Membership, api: Api) -> None:
    insight, persona = shelving.made(ann), editing.persona(ann)
    at = charting.stage(ann, charting.blank_map(ann, charting.journey(ann)))[1]
    links = [
        {"kind": "answers", "to": str(insight.pk)},
        {"kind": "lies-at", "to": str(at)},
        {"kind": "helps", "to": str(persona)},
    ]

    made = api.post("opportunities/", {"title": "Say the day", "links": links}).json()

    assert [{"kind": one["kind"], "to": one["to"]} for one in made["links"]] == links
    assert made["backing"] == {"grade": "assumption", "citations": []}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": "x", "kind": "wish"}, "kind"),
        ({"title": "x", "links": [{"kind": "rubbish", "to": str(new_id())}]}, "links"),
        ({"title": "x", "rubbish": 1}, "rubbish"),
    ],
)
def test_what_cannot_be_made_is_refused_by_the_name_of_the_field(
    api: Api, body: dict[str, Any], field: str
) -> None:
    answer = api.post("insights/", body)

    assert answer.status_code == 422
    assert field in json.dumps(answer.json())


def test_links_of_another_sort_are_refused(ann: Membership, api: Api) -> None:
    links = [{"kind": "solves", "to": str(shelving.made(ann, "opportunity", "x").pk)}]

    answer = api.post("insights/", {"title": "No date", "links": links})

    assert answer.status_code == 422
    assert shelving.all_of(ann, "insight") == []


def test_insights_are_listed_as_asked(ann: Membership, api: Api) -> None:
    bea = editing.persona(ann, "Bea")
    shelving.made(ann, title="No date", links=[("about", bea)], kind="pain")
    gone = shelving.made(ann, title="Old", kind="gain")
    shelving.archive(ann, gone)

    def titles(**query: str) -> list[str]:
        return [one["title"] for one in api.get("insights/", **query).json()["results"]]

    assert titles() == titles(kind="pain") == titles(persona=str(bea)) == ["No date"]
    assert titles(owner=str(ann.pk), q="date") == ["No date"]
    assert titles(archived="true") == ["Old"]
    assert api.get("insights/", kind="rubbish").status_code == 422


def test_evidence_is_cited_and_taken_off(ann: Membership, api: Api) -> None:
    item, row = shelving.made(ann), citing.evidence(ann)
    address = f"insights/{item.pk}/evidence/"

    told = api.post(address, {"evidence": str(row.pk)})
    [citation] = told.json()["backing"]["citations"]
    off = api.delete(f"{address}{citation['id']}/")

    assert (told.status_code, citation["evidence"], off.status_code) == (201, str(row.pk), 204)
    assert shelving.cited(ann, item) == []


def test_insights_are_merged(ann: Membership, api: Api) -> None:
    kept, other = shelving.made(ann, title="No date"), shelving.made(ann, title="When?")

    told = api.post(f"insights/{kept.pk}/merge/", {"other": str(other.pk)})

    assert told.json()["id"] == str(kept.pk)
    assert shelving.fresh(ann, other).merged_into_id == kept.pk
    refused = api.post(f"insights/{kept.pk}/merge/", {"other": str(kept.pk)})
    assert refused.status_code == 409


@pytest.mark.parametrize("sort", FOLDERS)
def test_items_of_others_are_not_there_and_readers_change_nothing(
    ann: Membership, api: Api, sort: str
) -> None:
    folder, bob = FOLDERS[sort], make.member()
    theirs, mine = shelving.made(bob, sort, "Theirs"), shelving.made(ann, sort, "Mine")
    reader = Api(ann, Right.SEE_JOURNEYS)

    assert api.get(f"{folder}/{theirs.pk}/").status_code == 404
    assert api.post(f"{folder}/{theirs.pk}/operations/", "rubbish").status_code == 404
    if sort != "goal":
        assert api.post(f"{folder}/{theirs.pk}/evidence/", {}).status_code == 404
        row = citing.evidence(bob)
        cited = api.post(f"{folder}/{mine.pk}/evidence/", {"evidence": str(row.pk)})
        assert cited.status_code == 404
    assert reader.get(f"{folder}/{mine.pk}/").status_code == 200
    assert reader.post(f"{folder}/", {"title": "x"}).status_code == 403
    assert reader.post(f"{folder}/{mine.pk}/operations/", []).status_code == 403
