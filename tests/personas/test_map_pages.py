"""Pages of stakeholder maps: what they show to whom, and what can be done on them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from personas.models import StakeholderMap, StakeholderPlacement
from tests import make
from tests.personas.mapping import again, client_of, map_of, placed, put, related, url

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

LAYOUTS = ("rings", "sectors", "network", "power_interest")


def _page(member: Membership, on: StakeholderMap, query: str = "") -> str:
    answer = client_of(member).get(f"{url(member, 'map-page', on.pk)}?{query}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def _post(
    member: Membership, name: str, on: StakeholderMap, query: str = "", /, **sent: Any
) -> Any:
    return client_of(member).post(f"{url(member, name, on.pk)}?{query}", sent)


def _nodes(page: str) -> list[str]:
    return re.findall(r'data-placement="([^"]+)"', page)


def _on(member: Membership, on: StakeholderMap) -> list[StakeholderPlacement]:
    with tenant_bound(member.tenant_id):
        rows = StakeholderPlacement.objects.for_tenant(member.tenant).filter(map=on)
        return list(rows.filter(deleted_at=None).select_related("stakeholder").order_by("ord"))


def test_a_map_is_made_with_the_usual_rings_and_sectors(bea: Membership) -> None:
    sent = {"title": "Refunds", "layout": "sectors", "visibility": "viewable"}
    answer = client_of(bea).post(url(bea, "map-add"), sent)

    with tenant_bound(bea.tenant_id):
        made = StakeholderMap.objects.for_tenant(bea.tenant).get()
    assert answer["Location"] == url(bea, "map-page", made.pk)
    assert made.rings == ["Essential", "Important", "Interesting"]
    assert made.sectors == ["Internal", "Partner", "Customer", "Public"]
    told = (made.key, made.title, made.layout, made.visibility, made.owner_id)
    assert told == ("refunds", "Refunds", "sectors", "viewable", bea.pk)


def test_a_map_without_a_title_is_refused(bea: Membership) -> None:
    sent = {"title": " ", "layout": "rings", "visibility": "editable"}

    answer = client_of(bea).post(url(bea, "map-add"), sent)

    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()


def test_the_list_of_maps_costs_the_same_for_one_and_for_three(bea: Membership) -> None:
    client, counts = client_of(bea), []
    for titles in (["A"], ["B", "C"]):
        for title in titles:
            placed(bea, map_of(bea, title), f"Courier of {title}")
        with CaptureQueriesContext(connection) as queries:
            client.get(url(bea, "map-list"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_draws_the_same_stakeholders(bea: Membership, layout: str) -> None:
    on = map_of(bea)
    everybody = [
        placed(bea, on, "Courier", ring=0, sector=1),
        placed(bea, on, "Regulator", "regulator", ring=2),
        placed(bea, on, "Anna Berg", "person", ring=None),
    ]

    page = _page(bea, on, f"layout={layout}")

    assert _nodes(page) == [str(one.pk) for one in everybody]


def test_the_page_costs_the_same_for_one_and_for_many(bea: Membership) -> None:
    on, client = map_of(bea), client_of(bea)
    first, counts = placed(bea, on, "First"), []
    for names in (["Second"], ["Third", "Fourth", "Fifth"]):
        for name in names:
            related(bea, on, first, placed(bea, on, name))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(bea, "map-page", on.pk))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_attitude_power_interest_and_notes_are_for_editors(bea: Membership) -> None:
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    on = map_of(bea)
    one, other = placed(bea, on), placed(bea, on, "Regulator")
    secret = {"power": 4.5, "interest": 1.5, "attitude": -2, "note": "Difficult in talks"}
    put(bea, on, one.pk, **secret)
    relation = related(bea, on, one, other, note="They quarrel")

    for query in ("", f"chosen={one.pk}", f"chosen={relation.pk}", "layout=power_interest"):
        page = _page(viewer, on, query)
        for word in ("Difficult", "quarrel", "Opposes", "Keep satisfied", "4.5", "Power"):
            assert word not in page, (query, word)
    assert "Difficult in talks" in _page(bea, on, f"chosen={one.pk}")
    assert "Keep satisfied" in _page(bea, on, "layout=power_interest")


def test_a_viewer_reads_and_is_given_nothing_to_change(bea: Membership) -> None:
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    on = map_of(bea)
    one = placed(bea, on)

    page = _page(viewer, on, f"chosen={one.pk}")

    assert _nodes(page) == [str(one.pk)]
    assert 'method="post"' not in page.split('id="document"')[1].split("</main>")[0]
    assert "data-editor" not in page


@pytest.mark.parametrize(
    ("visibility", "status", "sees_content", "may_change"),
    [
        ("hidden", 404, False, False),
        ("listed", 200, False, False),
        ("viewable", 200, True, False),
        ("editable", 200, True, True),
    ],
)
def test_others_get_of_a_map_what_its_visibility_says(
    bea: Membership,
    ana: Membership,
    visibility: str,
    status: int,
    *,
    sees_content: bool,
    may_change: bool,
) -> None:
    on = map_of(bea, "Secret talks", visibility=visibility)
    one = placed(bea, on)
    client = client_of(ana)

    page = client.get(url(ana, "map-page", on.pk))
    drawing = client.get(url(ana, "map-drawing", on.pk))
    moved = _post(ana, "map-move", on, placement=one.pk, step="0.05 0")
    listed = client.get(url(ana, "map-list")).content.decode()

    assert page.status_code == status
    assert ("data-placement" in page.content.decode()) is sees_content
    assert drawing.status_code == (200 if sees_content else 404)
    assert moved.status_code == (302 if may_change else 404)
    assert ("Secret talks" in listed) is (status == 200)


@pytest.mark.parametrize("name", ["map-move", "map-place", "map-tidy", "map-archive", "map-parts"])
def test_changing_a_map_is_refused_to_viewers_and_strangers(bea: Membership, name: str) -> None:
    on = map_of(bea)
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    stranger = make.member()

    assert _post(viewer, name, on).status_code == 404
    assert client_of(stranger).post(url(stranger, name, on.pk)).status_code == 404


def test_somebody_of_the_register_is_put_on_the_map_beside_the_others(bea: Membership) -> None:
    on = map_of(bea)
    first = placed(bea, on, "First", sector=2)
    other = placed(bea, map_of(bea, "Other"), "Second").stakeholder

    answer = _post(bea, "map-place", on, stakeholder=other.pk, ring="0", sector="2")

    [_, new] = _on(bea, on)
    assert answer["Location"].endswith(f"chosen={new.pk}")
    assert (new.stakeholder, new.ring, new.sector) == (other, 0, 2)
    assert (new.x, new.y) != (first.x, first.y)


def test_somebody_new_comes_onto_the_register_and_the_map_at_once(bea: Membership) -> None:
    on = map_of(bea)

    _post(bea, "map-place", on, name="Billing system", kind="system", ring="", sector="")

    [new] = _on(bea, on)
    told = (new.stakeholder.name, new.stakeholder.kind, new.ring, new.sector)
    assert told == ("Billing system", "system", None, None)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose somebody from the register, or write a name."),
        ({"name": "courier", "kind": "role"}, "“courier” is on the register already."),
        ({"name": "New", "kind": "role", "ring": "7"}, "Select a valid choice."),
    ],
)
def test_who_cannot_be_placed_is_refused_in_words(
    bea: Membership, sent: dict[str, str], words: str
) -> None:
    on = map_of(bea)
    placed(bea, on, "Courier")

    answer = _post(bea, "map-place", on, **sent)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert len(_on(bea, on)) == 1


def test_a_step_moves_and_a_drop_sets_ring_and_sector(bea: Membership) -> None:
    on = map_of(bea)
    one = placed(bea, on, ring=0, sector=0)

    _post(bea, "map-move", on, placement=one.pk, step="0.05 0")
    stepped = again(one)
    _post(bea, "map-move", on, placement=one.pk, to_x="500", to_y="960")
    dropped = again(one)

    assert stepped.x == pytest.approx(one.x + 0.05, abs=0.001)
    assert (dropped.x, dropped.y, dropped.ring, dropped.sector) == (0.5, 0.96, 2, 2)


def test_a_move_that_is_none_is_refused(bea: Membership) -> None:
    on = map_of(bea)
    one = placed(bea, on)

    for sent in ({"step": "0 0"}, {"placement": one.pk, "step": "2 0"}, {"placement": "x"}):
        assert _post(bea, "map-move", on, **sent).status_code == 422
    assert again(one).x == one.x


def test_moving_in_the_grid_sets_power_and_interest(bea: Membership) -> None:
    on = map_of(bea)
    one = placed(bea, on)
    put(bea, on, one.pk, power=3.0, interest=3.0)

    _post(bea, "map-move", on, "layout=power_interest", placement=one.pk, step="0.01 -0.05")

    moved = again(one)
    assert (moved.power, moved.interest, moved.x, moved.ring) == (3.2, 3.04, one.x, one.ring)


def test_tidy_is_undone_as_one(bea: Membership) -> None:
    on = map_of(bea)
    everybody = [placed(bea, on, f"Person {index}", ring=1) for index in range(4)]
    for one in everybody:
        put(bea, on, one.pk, x=0.5, y=0.2)

    _post(bea, "map-tidy", on, "layout=rings")
    tidied = {(again(one).x, again(one).y) for one in everybody}
    client_of(bea).post(url(bea, "map-undo", on.pk))

    assert len(tidied) == 4
    assert {(again(one).x, again(one).y) for one in everybody} == {(0.5, 0.2)}


def test_rings_are_renamed_and_one_with_somebody_in_it_stays(bea: Membership) -> None:
    on = map_of(bea)
    placed(bea, on, ring=2)

    renamed = _post(bea, "map-parts", on, rings="Inner\nMiddle\nOuter", sectors="")
    refused = _post(bea, "map-parts", on, rings="Inner\nMiddle", sectors="")

    with tenant_bound(bea.tenant_id):
        row = StakeholderMap.objects.for_tenant(bea.tenant).get()
    assert renamed.status_code == 302
    assert (row.rings, row.sectors) == (["Inner", "Middle", "Outer"], [])
    assert refused.status_code == 422
    assert "There is no ring 3 on this map" in refused.content.decode()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"rings": "\n".join("abcdefg"), "sectors": ""}, "Write 1 to 6 names"),
        ({"rings": "a\nA", "sectors": ""}, "Give each ring another name."),
        ({"rings": "a", "sectors": "b" * 61}, "is too long for a sector"),
    ],
)
def test_rings_that_cannot_be_are_refused(
    bea: Membership, sent: dict[str, str], words: str
) -> None:
    answer = _post(bea, "map-parts", map_of(bea), **sent)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_an_archived_map_leaves_the_list_and_comes_back(bea: Membership) -> None:
    on, client = map_of(bea, "Old talks"), client_of(bea)

    _post(bea, "map-archive", on)
    listed = client.get(url(bea, "map-list")).content.decode()
    archived = client.get(url(bea, "map-list") + "?archived=1").content.decode()
    page = _page(bea, on)
    _post(bea, "map-restore", on)

    assert ("Old talks</a>" in listed, "Old talks</a>" in archived) == (False, True)
    assert "This map is archived." in page
    assert "data-editor" not in page
    assert "Old talks</a>" in client.get(url(bea, "map-list")).content.decode()


def test_the_matrix_lists_relations_and_makes_new_ones(bea: Membership) -> None:
    on = map_of(bea)
    one, other = placed(bea, on, "Courier"), placed(bea, on, "Warehouse")
    related(bea, on, one, other, "goods")
    change = url(bea, "map-change", on.pk)
    ends = {"value.start": other.stakeholder_id, "value.end": one.stakeholder_id}
    told = {"value.kind": "money", "value.direction": "one", "value.strength": "3"}

    before = _page(bea, on, "view=matrix")
    client_of(bea).post(
        change, {"op": "create", "kind": "relation", "parent": on.pk, **ends, **told}
    )
    after = _page(bea, on, f"view=matrix&pair={other.pk}.{one.pk}")

    assert 'aria-label="Courier to Warehouse: goods"' in before
    assert 'aria-label="Warehouse to Courier: nothing"' in before
    assert 'aria-label="Warehouse to Courier: money"' in after
    assert "<h2>Warehouse → Courier</h2>" in after


def test_a_filter_leaves_who_is_near_and_hides_relations_of_others(bea: Membership) -> None:
    on = map_of(bea)
    one, two, three = (placed(bea, on, name) for name in ("One", "Two", "Three"))
    related(bea, on, one, two)
    related(bea, on, two, three, "money")

    near = _page(bea, on, f"around={one.stakeholder_id}&layout=network")
    far = _page(bea, on, f"around={one.stakeholder_id}&steps=2")
    money = _page(bea, on, f"around={one.stakeholder_id}&relation=money")

    assert _nodes(near) == [str(one.pk), str(two.pk)]
    assert near.count('class="stakeholder-head"') == 1
    assert _nodes(far) == [str(one.pk), str(two.pk), str(three.pk)]
    assert _nodes(money) == [str(one.pk)]


def test_the_drawing_downloads_as_a_picture_that_stands_for_itself(bea: Membership) -> None:
    on = map_of(bea, "Who <delivers>")
    placed(bea, on, "Courier & Co")

    answer = client_of(bea).get(url(bea, "map-drawing", on.pk) + "?layout=network")

    text = answer.content.decode()
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Content-Disposition"] == 'attachment; filename="Who delivers, network.svg"'
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<svg')
    assert "<title>Who &lt;delivers&gt;</title>" in text
    assert "Courier &amp; Co" in text
    assert "href" not in text


@pytest.mark.parametrize("name", ["map-page", "map-drawing"])
def test_a_map_of_another_tenant_is_not_there(bea: Membership, name: str) -> None:
    stranger = make.member()
    on = map_of(stranger)

    assert client_of(bea).get(url(bea, name, on.pk)).status_code == 404
