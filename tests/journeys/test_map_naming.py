"""What a map is called: changed on its page, taken back, told in its history, and refused."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from journeys.models import JourneyMap
from tests import make
from tests.journeys import charting as m
from tests.personas.mapping import client_of

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
DAY = date(2027, 6, 30)


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member(role=Role.MANAGER)


@pytest.fixture
def on(bea: Membership) -> UUID:
    return m.blank_map(bea, m.journey(bea))


def url(member: Membership, on: UUID, deed: str = "name/") -> str:
    return f"/t/{member.tenant.slug}/maps/{on}/{deed}"


def save(member: Membership, on: UUID, **told: Any) -> Any:
    return client_of(member).post(url(member, on), {"name": "As it is", "label": "", **told})


def put(member: Membership, on: UUID, **columns: Any) -> None:
    with tenant_bound(member.tenant_id):
        JourneyMap.objects.for_tenant(member.tenant).filter(pk=on).update(**columns)


def kept(member: Membership, on: UUID) -> tuple[str, str, date | None]:
    with tenant_bound(member.tenant_id):
        row = JourneyMap.objects.for_tenant(member.tenant).get(pk=on)
    return row.name, row.label, row.horizon


def test_a_map_is_renamed_told_in_its_history_and_taken_back_as_one_step(
    bea: Membership, on: UUID
) -> None:
    answer = save(bea, on, name="  How it   goes ", label="Autumn")
    renamed = kept(bea, on)
    history = client_of(bea).get(url(bea, on, "history/")).content.decode()
    client_of(bea).post(url(bea, on, "undo/"))

    assert (answer.status_code, renamed) == (302, ("How it goes", "Autumn", None))
    assert "How it goes" in history
    assert kept(bea, on) == ("As it is", "", None)


def test_the_horizon_of_a_future_map_is_set_and_kept_in_the_audit_log(
    bea: Membership, on: UUID
) -> None:
    put(bea, on, state="future")

    save(bea, on, horizon="2027-06-30")

    with tenant_bound(bea.tenant_id):
        entry = AuditEntry.objects.for_tenant(bea.tenant).get(action="map-horizon-set")
    assert kept(bea, on) == ("As it is", "", DAY)
    assert entry.changes == {"horizon": ["", "2027-06-30"]}


def test_a_map_of_today_has_no_horizon(bea: Membership, on: UUID) -> None:
    page = client_of(bea).get(url(bea, on)).content.decode()
    save(bea, on, horizon="2027-06-30")

    assert 'name="horizon"' not in page
    assert kept(bea, on)[2] is None


REFUSED = [
    ({"name": ""}, "name"),
    ({"name": "x" * 121}, "name"),
    ({"label": "x" * 81}, "label"),
    ({"horizon": "soon"}, "horizon"),
]


@pytest.mark.parametrize(("told", "field"), REFUSED)
def test_a_name_that_cannot_be_is_refused_where_it_stands(
    bea: Membership, on: UUID, told: dict[str, str], field: str
) -> None:
    put(bea, on, state="future")

    answer = save(bea, on, **told)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert kept(bea, on) == ("As it is", "", None)


@pytest.mark.parametrize("told", [{"name": "Other"}, {"horizon": "2027-06-30"}])
def test_a_published_map_keeps_its_name_and_horizon(
    bea: Membership, on: UUID, told: dict[str, str]
) -> None:
    put(bea, on, state="future", status="published", valid_from=make.NOW, published_at=make.NOW)

    answer = save(bea, on, **told)

    assert answer.status_code == 403
    assert kept(bea, on) == ("As it is", "", None)


def test_only_those_who_draw_in_the_workspace_rename(bea: Membership, on: UUID) -> None:
    people = [make.member(of=bea.tenant, role=Role.VIEWER), make.member(role=Role.ADMIN)]

    answers = [save(one, on, name="Mine").status_code for one in people]

    assert answers == [404, 404]
    assert kept(bea, on)[0] == "As it is"


@pytest.mark.parametrize(
    ("state", "status", "horizon"), [("future", 302, DAY), ("current", 409, None)]
)
def test_a_new_map_of_a_future_may_have_a_horizon(
    bea: Membership, state: str, status: int, horizon: date | None
) -> None:
    of = m.journey(bea)
    told = {"name": "Later", "state": state, "horizon": "2027-06-30", "template": "blank"}

    answer = client_of(bea).post(f"/t/{bea.tenant.slug}/journeys/{of}/maps/new/", told)

    with tenant_bound(bea.tenant_id):
        made = JourneyMap.objects.for_tenant(bea.tenant).filter(journey_id=of).first()
    assert answer.status_code == status
    assert (made and made.horizon) == horizon


def test_what_somebody_else_changed_meanwhile_stays(bea: Membership, on: UUID) -> None:
    put(bea, on, state="future", name="Theirs", horizon=DAY)
    shown = {"initial-name": "As it is", "initial-label": "", "initial-horizon": ""}

    save(bea, on, label="Autumn", horizon="", **shown)

    assert kept(bea, on) == ("Theirs", "Autumn", DAY)
