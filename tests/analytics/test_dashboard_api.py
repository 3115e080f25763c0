"""Dashboards over the API: made, filled, read with their answers, changed; and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from analytics.errors import TooManyDashboardsError, TooManyTilesError
from analytics.rules import tiles as rules
from analytics.services import dashboards as services
from analytics.services import tiles as tile_services
from cxm.kernel.ids import new_id
from cxm.tenants.rules import Right, Role
from tests import make
from tests.analytics.boarding import board, order, tile
from tests.analytics.reading import NPS_EXAMPLE, load_scores

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
SHARED = {"title": "Monday", "sharing": "everybody"}


@pytest.fixture
def ann(db: None) -> Membership:
    member = make.member(of=make.tenant(), role=Role.ANALYST)
    load_scores(NPS_EXAMPLE, of=member.tenant, touchpoint="checkout", channel="web")
    return member


def call(
    member: Membership, method: str, path: str = "", body: object = None, **rights: Any
) -> Any:
    _, secret = make.api_key(of=member.tenant, rights=rights.get("rights", tuple(Right)))
    sent = {} if method == "get" else {"data": body or {}, "content_type": "application/json"}
    headers = {"Authorization": f"Bearer {secret}"}
    return getattr(Client(), method)(f"/api/v1/dashboards/{path}", headers=headers, **sent)


def test_a_dashboard_is_made_filled_read_and_archived(ann: Membership) -> None:
    made = call(ann, "post", "", SHARED)
    path = f"{made.json()['id']}/"
    first = call(ann, "post", f"{path}tiles/", {"kind": "figure", "query": {"metric": "nps"}})
    note = call(
        ann, "post", f"{path}tiles/", {"kind": "note", "query": {"text": "Hi"}, "title": "Why"}
    )
    moved = call(ann, "patch", f"{path}tiles/{note.json()['id']}/", {"place": 0, "width": 3})
    read = call(ann, "get", path).json()
    answers = call(ann, "get", f"{path}answers/?touchpoint=checkout").json()
    gone = call(ann, "delete", f"{path}tiles/{note.json()['id']}/")
    [listed] = call(ann, "get").json()["results"]

    assert (made.status_code, made.json()["owner"], made.json()["tiles"]) == (201, None, [])
    assert moved.json()["width"] == 3
    assert [one["kind"] for one in read["tiles"]] == ["note", "figure"]
    assert read["tiles"][1] == first.json()
    assert answers["filter"] == "touchpoint=checkout"
    assert answers["results"][0]["sentences"] == ["Hi"]
    assert answers["results"][1]["figures"][0]["n"] == 51
    assert answers["results"][1]["figures"][0]["value"] == pytest.approx(100 * 26 / 51)
    assert (gone.status_code, listed["id"]) == (204, read["id"])
    assert call(ann, "delete", path).status_code == 204
    assert call(ann, "get", path).status_code == 404


def test_the_figure_of_a_tile_is_the_one_of_the_figures_api(ann: Membership) -> None:
    on = board(ann, sharing="everybody")
    tile(on, ann)
    _, secret = make.api_key(of=ann.tenant, rights=tuple(Right))
    headers = {"Authorization": f"Bearer {secret}"}

    [told] = call(ann, "get", f"{on.pk}/answers/?period=all").json()["results"][0]["figures"]
    alone = Client().get("/api/v1/figures/?metric=nps", headers=headers).json()

    assert told == alone["results"][0]


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({**SHARED, "title": " "}, "title"),
        ({**SHARED, "title": "x" * 121}, "title"),
        ({**SHARED, "sharing": "world"}, "sharing"),
        ({**SHARED, "sharing": "private"}, "sharing"),
        ({**SHARED, "sharing": "roles"}, "roles"),
        ({**SHARED, "sharing": "roles", "roles": ["guest"]}, "roles"),
        ({**SHARED, "position": -1}, "position"),
        ({**SHARED, "moon": 1}, "moon"),
    ],
    ids=["title", "long", "sharing", "private", "no-roles", "guest", "position", "unknown"],
)
def test_a_dashboard_that_cannot_be_is_refused(
    ann: Membership, body: dict[str, object], attr: str
) -> None:
    answer = call(ann, "post", "", body)

    assert answer.status_code in {400, 422}
    assert f'"{attr}' in answer.content.decode()
    assert call(ann, "get").json()["results"] == []


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"kind": "moon"}, "kind"),
        ({"kind": "figure"}, "metric"),
        ({"kind": "figure", "query": {"metric": "gone"}}, "metric"),
        ({"kind": "figure", "query": {"metric": 7}}, "metric"),
        ({"kind": "figure", "query": {"metric": "nps", "by": "channel"}}, "by"),
        ({"kind": "bars", "query": {"metric": "nps", "by": "moon"}}, "by"),
        ({"kind": "trend", "query": {"metric": "nps", "step": "year"}}, "step"),
        ({"kind": "figure", "query": {"metric": "nps", "filter": "moon=1"}}, "filter"),
        ({"kind": "figure", "query": {"metric": "nps", "filter": "channel=gone"}}, "filter"),
        ({"kind": "figure", "query": {"metric": "nps", "filter": 7}}, "filter"),
        ({"kind": "figure", "query": {"metric": "nps"}, "width": 0}, "width"),
        ({"kind": "churn", "query": {"definition": "gone"}}, "definition"),
        ({"kind": "note", "query": {"text": ""}}, "text"),
        ({"kind": "note", "query": {"text": "x" * 4_001}}, "text"),
    ],
    ids=["kind", "no-metric", "metric", "number", "field", "by", "step", "filter", "key",
         "filter-number", "width", "definition", "empty", "long"],
)  # fmt: skip
def test_a_tile_that_cannot_be_is_refused_by_name(
    ann: Membership, body: dict[str, object], attr: str
) -> None:
    on = board(ann, sharing="everybody")

    answer = call(ann, "post", f"{on.pk}/tiles/", body)

    assert answer.status_code in {400, 422}
    assert f'"{attr}"' in answer.content.decode()
    assert order(on) == []


def test_a_filter_that_is_not_understood_is_refused(ann: Membership) -> None:
    on = board(ann, sharing="everybody")

    answer = call(ann, "get", f"{on.pk}/answers/?moon=1")

    assert answer.status_code == 422
    assert "“moon” is not a filter" in answer.content.decode()


def test_a_key_without_the_right_to_build_reads_and_changes_nothing(ann: Membership) -> None:
    shared, some = board(ann, sharing="everybody"), board(ann, sharing="roles", roles=["viewer"])
    private = board(ann, "Secret")
    mine = tile(shared, ann)
    reader = (Right.SEE_FIGURES,)

    listed = call(ann, "get", rights=reader).json()["results"]
    refused = {
        call(ann, "post", "", SHARED, rights=reader).status_code,
        call(ann, "patch", f"{shared.pk}/", {"title": "Mine"}, rights=reader).status_code,
        call(ann, "delete", f"{shared.pk}/", rights=reader).status_code,
        call(ann, "post", f"{shared.pk}/tiles/", {"kind": "alerts"}, rights=reader).status_code,
        call(ann, "delete", f"{shared.pk}/tiles/{mine.pk}/", rights=reader).status_code,
    }

    assert [one["id"] for one in listed] == [str(shared.pk)]
    assert refused == {403, 422}
    assert call(ann, "get", f"{some.pk}/", rights=reader).status_code == 404
    assert call(ann, "get", f"{private.pk}/").status_code == 404


def test_answers_without_the_right_to_read_rows_hide_small_groups(ann: Membership) -> None:
    make.load(*(make.record(0, touchpoint="returns") for _ in range(3)), of=ann.tenant)
    on = board(ann, sharing="everybody")
    tile(on, ann, "bars")
    tile(on, ann, "texts")
    reader = (Right.SEE_FIGURES,)

    told = call(ann, "get", f"{on.pk}/answers/", rights=reader).json()["results"]
    narrowed = call(ann, "get", f"{on.pk}/answers/?channel=web", rights=reader)

    assert any(one["suppressed"] and one["n"] == 0 for one in told[0]["figures"])
    assert "right to read answers" in told[1]["refusal"]
    assert narrowed.status_code == 422


def test_of_another_workspace_nothing_is_found(ann: Membership) -> None:
    eve = make.member(of=make.tenant(), role=Role.OWNER)
    on = board(ann, sharing="everybody")
    only = tile(on, ann)
    own = board(eve, sharing="everybody")

    found = {
        call(eve, "get", f"{on.pk}/").status_code,
        call(eve, "get", f"{on.pk}/answers/").status_code,
        call(eve, "patch", f"{on.pk}/", {"title": "Mine"}).status_code,
        call(eve, "patch", f"{own.pk}/tiles/{only.pk}/", {"width": 2}).status_code,
        call(eve, "get", f"{new_id()}/").status_code,
    }

    assert found == {404}


def test_there_are_no_more_than_the_limits_say(
    ann: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tile_services, "MOST_TILES", 1)
    monkeypatch.setattr(services, "MOST_DASHBOARDS", 1)
    on = board(ann, sharing="everybody")
    tile(on, ann)

    with pytest.raises(TooManyTilesError, match="holds 1 tiles"):
        tile(on, ann)
    with pytest.raises(TooManyDashboardsError, match="There are 1 dashboards"):
        board(ann)

    assert (rules.MOST_TILES, rules.MOST_DASHBOARDS) == (40, 5_000)
