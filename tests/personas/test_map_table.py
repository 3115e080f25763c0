"""The table of a map: sorted, filtered, and changed several at once; its owner and ring colours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.store import undo
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership
from cxm.tenants.rules import Role
from personas.models import StakeholderMap, StakeholderPlacement
from personas.services.stores import MAPS
from tests import make
from tests.personas.editing import request
from tests.personas.mapping import again, client_of, map_of, placed, put, url

if TYPE_CHECKING:
    from uuid import UUID

pytestmark = pytest.mark.django_db


def _three(member: Membership) -> tuple[StakeholderMap, list[StakeholderPlacement]]:
    """Put three on a map: Bank outside with numbers, App inside, Courier in no ring."""
    on = map_of(member)
    bank = placed(member, on, "Bank", "organisation", ring=1, sector=0)
    app = placed(member, on, "app", "system", ring=0, sector=1)
    courier = placed(member, on, "Courier", "partner", ring=None)
    put(member, on, bank.pk, power=2.0, interest=4.0, attitude=-1)
    put(member, on, app.pk, power=4.5, interest=1.5, attitude=2)
    return on, [bank, app, courier]


def _names(member: Membership, on: StakeholderMap, query: str) -> list[str]:
    page = client_of(member).get(url(member, "map-page", on.pk) + query).content.decode()
    table = page.partition('id="people-words"')[2].partition("</table>")[0]
    return re.findall(r"data-choose[^>]*>([^<]+)</a>", table)


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("", ["Bank", "app", "Courier"]),
        ("name", ["app", "Bank", "Courier"]),
        ("-name", ["Courier", "Bank", "app"]),
        ("kind", ["Bank", "Courier", "app"]),
        ("ring", ["app", "Bank", "Courier"]),
        ("-ring", ["Bank", "app", "Courier"]),
        ("sector", ["Bank", "app", "Courier"]),
        ("power", ["Bank", "app", "Courier"]),
        ("-power", ["app", "Bank", "Courier"]),
        ("interest", ["app", "Bank", "Courier"]),
        ("quadrant", ["Bank", "app", "Courier"]),
        ("attitude", ["Bank", "app", "Courier"]),
        ("relations", ["Bank", "app", "Courier"]),
        ("nonsense", ["Bank", "app", "Courier"]),
    ],
)
def test_the_table_is_sorted_by_each_column_with_those_without_a_value_last(
    bea: Membership, sort: str, names: list[str]
) -> None:
    on, _ = _three(bea)

    assert _names(bea, on, f"?sort={sort}") == names


def test_a_viewer_learns_nothing_by_sorting_by_power(bea: Membership) -> None:
    on, _ = _three(bea)
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)

    assert _names(viewer, on, "?sort=-power") == ["Bank", "app", "Courier"]
    assert _names(viewer, on, "?sort=name") == ["app", "Bank", "Courier"]


def test_a_head_says_how_the_table_is_sorted_and_turns_it_around(bea: Membership) -> None:
    on, _ = _three(bea)
    page = client_of(bea).get(url(bea, "map-page", on.pk) + "?sort=ring&kind=").content.decode()
    head = page.partition('aria-sort="ascending"')[2].partition("</th>")[0]

    assert "sort=-ring" in head
    assert "Ring" in head


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?ring=0", ["app"]),
        ("?ring=none", ["Courier"]),
        ("?sector=0", ["Bank"]),
        ("?ring=1&sector=1", []),
        ("?ring=9&sector=x", ["Bank", "app", "Courier"]),
    ],
)
def test_the_map_is_filtered_by_ring_and_sector(
    bea: Membership, query: str, names: list[str]
) -> None:
    on, _ = _three(bea)

    assert _names(bea, on, query) == names


def _send(member: Membership, on: StakeholderMap, *chosen: UUID, **told: Any) -> Any:
    sent = {"placement": [str(pk) for pk in chosen], "action": "change", **told}
    return client_of(member).post(url(member, "map-several", on.pk), sent)


def test_several_are_changed_as_one_step_of_undo(bea: Membership) -> None:
    on, [bank, app, courier] = _three(bea)
    answer = _send(bea, on, bank.pk, courier.pk, ring="2", attitude="1", power="3.5")

    assert answer.status_code == 302
    found = [(r.ring, r.attitude, r.power) for r in map(again, (bank, app, courier))]
    assert found == [(2, 1, 3.5), (0, 2, 4.5), (2, 1, 3.5)]
    with tenant_bound(bea.tenant_id):
        undo(MAPS, request(bea, on.pk), as_batch=new_id())
    found = [(r.ring, r.attitude, r.power) for r in map(again, (bank, app, courier))]
    assert found == [(1, -1, 2.0), (0, 2, 4.5), (None, None, None)]


def test_several_are_taken_out_of_ring_and_sector_and_attitude(bea: Membership) -> None:
    on, [bank, app, _] = _three(bea)
    _send(bea, on, bank.pk, app.pk, ring="none", sector="none", attitude="none")

    found = [(r.ring, r.sector, r.attitude, r.interest) for r in map(again, (bank, app))]
    assert found == [(None, None, None, 4.0), (None, None, None, 1.5)]


def test_several_are_taken_off_the_map_as_one_step_of_undo(bea: Membership) -> None:
    on, [bank, app, courier] = _three(bea)
    _send(bea, on, bank.pk, app.pk, action="remove")

    assert _names(bea, on, "") == ["Courier"]
    with tenant_bound(bea.tenant_id):
        undo(MAPS, request(bea, on.pk), as_batch=new_id())
    assert [again(one).deleted_at for one in (bank, app, courier)] == [None] * 3


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"placement": [], "ring": "0"}, "Select at least one stakeholder in the table."),
        ({}, "Choose what to change"),
        ({"ring": "7"}, "7 is not one of the available choices"),
        ({"power": "9"}, "Ensure this value is less than or equal to 5."),
        ({"interest": "much"}, "Enter a number."),
    ],
)
def test_what_several_cannot_become_is_said_in_words(
    bea: Membership, told: dict[str, Any], words: str
) -> None:
    on, [bank, *_] = _three(bea)
    answer = _send(bea, on, bank.pk, **told)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert words in page
    assert f'id="pick-{bank.pk}"' in page
    assert (again(bank).ring, again(bank).power) == (1, 2.0)


def test_who_was_taken_off_meanwhile_is_left_out(bea: Membership) -> None:
    on, [bank, app, _] = _three(bea)
    _send(bea, on, app.pk, action="remove")
    answer = _send(bea, on, bank.pk, app.pk, ring="2")

    assert answer.status_code == 302
    assert (again(bank).ring, again(app).ring) == (2, 0)


def test_several_of_another_map_or_tenant_are_not_there(bea: Membership) -> None:
    on, [bank, *_] = _three(bea)
    stranger = make.member()
    theirs, [foreign, *_] = _three(stranger)
    other = placed(bea, map_of(bea, "Other"), "Shop")

    answers = [
        _send(bea, on, bank.pk, foreign.pk, ring="bad"),
        _send(bea, on, bank.pk, other.pk, ring="2"),
        _send(bea, theirs, foreign.pk, ring="2"),
        client_of(bea).post(url(bea, "map-several", on.pk), {"placement": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert (again(bank).ring, again(foreign).ring) == (1, 1)


SEES = {"hidden": 404, "listed": 200, "viewable": 200, "editable": 200}
READS = {"viewable", "editable"}
EDITORS = (Role.OWNER, Role.ADMIN, Role.MANAGER, Role.ANALYST, Role.CONTRIBUTOR)


@pytest.mark.parametrize("visibility", list(SEES))
@pytest.mark.parametrize("role", list(Role), ids=str)
def test_each_role_gets_of_a_map_what_its_visibility_says(
    bea: Membership, role: Role, visibility: str
) -> None:
    on = map_of(bea, visibility=visibility)
    courier = placed(bea, on)
    reader = make.member(of=bea.tenant, role=role)
    client = client_of(reader)
    read = client.get(url(reader, "map-page", on.pk))
    sent = {"op": "set", "lineage": courier.pk, "field": "ring", "value": "2"}
    changed = client.post(url(reader, "map-change", on.pk), sent)
    listed = client.get(url(reader, "map-list"))
    sees = role is not Role.GUEST

    assert read.status_code == (SEES[visibility] if sees else 404)
    assert ("Courier" in read.content.decode()) == (sees and visibility in READS)
    assert (changed.status_code == 302) == (role in EDITORS and visibility == "editable")
    assert again(courier).ring == (2 if role in EDITORS and visibility == "editable" else 0)
    assert ("Deliveries" in listed.content.decode()) == (sees and visibility != "hidden")


def test_its_owner_gives_a_map_to_somebody_else(bea: Membership, ana: Membership) -> None:
    on = map_of(bea, visibility="viewable")
    page = client_of(bea).get(url(bea, "map-page", on.pk)).content.decode()
    sent = {"op": "set", "lineage": on.pk, "field": "owner", "value": ana.pk}
    client_of(bea).post(url(bea, "map-change", on.pk), sent)
    after = client_of(bea).get(url(bea, "map-page", on.pk)).content.decode()

    assert f'<option value="{ana.pk}"' in page
    assert _row(on).owner_id == ana.pk
    assert ("data-editor" in page, "data-editor" in after) == (True, False)


@pytest.mark.parametrize(("field", "value"), [("owner", None), ("visibility", "hidden")])
def test_nobody_but_its_owner_says_whose_a_map_is_and_who_sees_it(
    bea: Membership, ana: Membership, field: str, value: str | None
) -> None:
    on = map_of(bea)
    with pytest.raises(RefusedError, match="Only the owner of a map"):
        put(ana, on, on.pk, **{field: value or str(ana.pk)})
    with tenant_bound(bea.tenant_id):
        Membership.objects.for_tenant(bea.tenant).filter(pk=bea.pk).update(is_active=False)
    page = client_of(ana).get(url(ana, "map-page", on.pk)).content.decode()
    put(ana, on, on.pk, owner=str(ana.pk))

    assert 'name="field" value="owner"' in page
    assert _row(on).owner_id == ana.pk


def test_rings_get_colours_that_are_drawn(bea: Membership) -> None:
    on = map_of(bea)
    sent = {"rings": "Near\nFar", "sectors": "", "colour_0": "c3", "colour_1": ""}
    answer = client_of(bea).post(url(bea, "map-parts", on.pk), sent)
    page = client_of(bea).get(url(bea, "map-page", on.pk) + "?layout=rings").content.decode()
    file = client_of(bea).get(url(bea, "map-drawing", on.pk) + "?layout=rings").content.decode()

    assert answer.status_code == 302
    assert _row(on).ring_colours == ["c3"]
    assert page.count("stakeholder-area is-coloured persona-c3") == 1
    assert 'fill="#e4e1fb"' in file


def test_a_colour_that_there_is_not_is_refused(bea: Membership) -> None:
    on = map_of(bea)
    sent = {"rings": "Near\nFar", "sectors": "", "colour_0": "pink"}
    answer = client_of(bea).post(url(bea, "map-parts", on.pk), sent)

    assert answer.status_code == 422
    assert "pink is not one of the available choices" in answer.content.decode()
    assert _row(on).ring_colours == []


def test_a_ring_that_is_taken_away_takes_its_colour_along(bea: Membership) -> None:
    on = map_of(bea)
    put(bea, on, on.pk, ring_colours=["c1", "", "c2"])
    sent = {"rings": "Near\nFar", "sectors": "", "colour_0": "c1", "colour_2": "c2"}
    client_of(bea).post(url(bea, "map-parts", on.pk), sent)

    assert (_row(on).rings, _row(on).ring_colours) == (["Near", "Far"], ["c1"])


def _row(on: StakeholderMap) -> StakeholderMap:
    with tenant_bound(on.tenant_id):
        return StakeholderMap.objects.for_tenant(on.tenant_id).get(pk=on.pk)
