"""Splitting a step and joining two: on the page, over the API, undone, and what follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client

from analytics.selectors.bound_figures import bindings_of
from analytics.selectors.map_outline import read_outline
from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import UnknownElementError
from cxm.kernel.operations.state import is_there
from cxm.kernel.operations.store import undo
from cxm.metrics.models import Metric
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from journeys.errors import ReadOnlyMapError, SplitError
from journeys.models import JourneyMap, StepSuccession
from journeys.rules.changes import Sort
from journeys.rules.laws import steps_in_order
from journeys.rules.splitting import Goes
from journeys.selectors.promises import bindings_at
from journeys.services.bindings import bind_metric
from journeys.services.comparing import Moment, compare
from journeys.services.maps import publish_map
from journeys.services.splitting import merge_steps, split_step
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting as m

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Told:
    """A map with a stage of two steps, and cards at the first, over both, and at the second."""

    def __init__(self) -> None:
        self.member = make.member()
        self.on = m.blank_map(self.member, m.journey(self.member))
        self.stage, self.first, self.second = m.stage(self.member, self.on, steps=2)
        lane = m.lane(self.member, self.on)
        self.early = m.card(self.member, self.on, lane, self.first, text="Rings the bell")
        self.over = m.card(
            self.member, self.on, lane, self.first, step_to=str(self.second), text="Waits"
        )
        self.late = m.card(self.member, self.on, lane, self.second, text="Signs")

    @property
    def row(self) -> JourneyMap:
        with tenant_bound(self.member.tenant_id):
            rows = JourneyMap.objects.for_tenant(self.member.tenant)
            return rows.select_related("tenant", "journey__tenant").get(pk=self.on)

    def split(self, **more: Any) -> UUID:
        told = {"title": "Comes in", "goes": {}, "share": 0.75, **more}
        with tenant_bound(self.member.tenant_id):
            return split_step(row=self.row, step=self.first, by=self.member, now=make.NOW, **told)

    def merge(self, kept: UUID, gone: UUID) -> None:
        with tenant_bound(self.member.tenant_id):
            merge_steps(row=self.row, kept=kept, gone=gone, by=self.member, now=make.NOW)

    def undo(self) -> None:
        with tenant_bound(self.member.tenant_id):
            undo(MAPS, m.request(self.member, self.on), as_batch=new_id())

    def lies(self, card: UUID) -> tuple[str, str]:
        values = m.state_of(self.member, self.on)[card].values
        return str(values["step_from"]), str(values["step_to"])

    def shares(self) -> dict[tuple[UUID, UUID], float]:
        with tenant_bound(self.member.tenant_id):
            rows = StepSuccession.objects.for_tenant(self.member.tenant)
            told = rows.values_list("from_step_id", "to_step_id", "share")
            return {(one, other): share for one, other, share in told}

    def changes_since(self, seq: int) -> list[Sort]:
        with tenant_bound(self.member.tenant_id):
            row = self.row
            found = compare(Moment(row, seq), Moment(row), reader=self.member, now=make.NOW)
            return [change.sort for change in found.changes]

    def figures(self) -> dict[UUID, list[str]]:
        """List the keys of what is bound to each step, the same on the panel and in a lane."""
        steps = [one.id for one in steps_in_order(m.state_of(self.member, self.on))]
        with tenant_bound(self.member.tenant_id):
            row = self.row
            of_lane = [(one.step_id, one.key) for one in bindings_of(read_outline(row))]
            found = {step: [one.key for one in bindings_at(row, step)] for step in steps}
        there = [(step, key) for step, keys in found.items() for key in keys]
        assert sorted(there) == sorted(of_lane)
        return found

    def url(self, deed: str, step: UUID | None = None) -> str:
        return f"/t/{self.member.tenant.slug}/maps/{self.on}/steps/{step or self.first}/{deed}/"


@pytest.fixture
def told(db: None) -> Told:
    return Told()


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def test_a_split_is_one_batch_one_change_and_one_undo(told: Told) -> None:
    seq = told.row.head_seq

    made = told.split(goes={told.early: Goes.RIGHT})
    lies, changes = told.lies(told.early), told.changes_since(seq)
    told.undo()

    assert lies == (str(made), str(made))
    assert changes == [Sort.SPLIT]
    assert told.shares() == {(told.first, told.first): 0.25, (told.first, made): 0.75}
    assert told.changes_since(seq) == []
    assert told.lies(told.early) == (str(told.first), str(told.first))
    assert not is_there(m.state_of(told.member, told.on), made)


def test_a_join_is_one_batch_one_change_and_one_undo(told: Told) -> None:
    seq = told.row.head_seq

    told.merge(told.first, told.second)
    lies, changes = told.lies(told.late), told.changes_since(seq)
    told.undo()

    assert lies == (str(told.first), str(told.first))
    assert changes == [Sort.MERGED]
    assert told.shares() == {(told.first, told.first): 1, (told.second, told.first): 1}
    assert told.changes_since(seq) == []
    assert told.lies(told.over) == (str(told.first), str(told.second))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"share": 1.5}, "share"),
        ({"title": " "}, "title"),
        ({"goes": {UUID(int=5): Goes.LEFT}}, "goes"),
    ],
    ids=["share", "title", "goes"],
)
def test_a_split_that_makes_no_sense_is_refused(
    told: Told, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(SplitError) as refused:
        told.split(**more)

    assert refused.value.field == field
    assert told.shares() == {}


def test_only_neighbours_are_joined(told: Told) -> None:
    _, far = m.stage(told.member, told.on, "Later")

    with pytest.raises(SplitError, match="the one before it or after it"):
        told.merge(told.first, far)
    with pytest.raises(UnknownElementError):
        told.merge(told.first, UUID(int=5))


def test_the_last_step_of_a_stage_is_not_joined_away(told: Told) -> None:
    _, far = m.stage(told.member, told.on, "Later")
    before = told.row.head_seq

    answer = signed_in(told.member).post(told.url("merge", far), {"into": str(told.second)})

    assert answer.status_code == 422
    assert "would hold no step" in answer.content.decode()
    assert told.row.head_seq == before


def test_a_published_map_is_not_split(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        publish_map(of=told.row, by=told.member, now=make.NOW)

    with pytest.raises(ReadOnlyMapError):
        told.split()


def test_the_page_asks_where_each_thing_goes_and_shows_the_later_part(told: Told) -> None:
    client = signed_in(told.member)

    asked = client.get(told.url("split")).content.decode()
    answer = client.post(
        told.url("split"),
        {
            "earlier_title": "Rings",
            "title": "Comes in",
            "percent": "80",
            f"goes-{told.early}": "both",
            f"goes-{told.over}": "right",
        },
    )

    [made] = [to for (_, to), share in told.shares().items() if share == 0.8]
    assert "Rings the bell" in asked
    assert f'name="goes-{told.late}"' not in asked
    assert answer["Location"].endswith(f"?of={made}")
    assert told.lies(told.early) == (str(told.first), str(made))
    assert told.lies(told.over) == (str(made), str(told.second))
    assert m.state_of(told.member, told.on)[told.first].values["title"] == "Rings"


def test_the_page_of_a_join_offers_neighbours(told: Told) -> None:
    client = signed_in(told.member)

    page = client.get(told.url("merge")).content.decode()
    refused = client.post(told.url("merge"), {"into": str(told.first)})
    answer = client.post(told.url("merge"), {"into": str(told.second)})

    assert "The step after: Hand over 2" in page
    assert "The step before" not in page
    assert refused.status_code == 422
    assert answer["Location"].endswith(f"?of={told.second}")
    assert told.lies(told.early) == (str(told.second), str(told.second))


@pytest.mark.parametrize("deed", ["split", "merge"])
def test_who_may_not_change_the_map_finds_no_page(told: Told, deed: str) -> None:
    viewer = make.member(of=told.member.tenant, role=Role.VIEWER)
    stranger = make.member()

    assert signed_in(viewer).get(told.url(deed)).status_code in {403, 404}
    assert signed_in(stranger).get(told.url(deed)).status_code == 404
    assert signed_in(told.member).get(told.url(deed, told.stage)).status_code == 404


def test_what_was_bound_to_a_step_that_is_joined_goes_along_until_undone(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        metric = Metric.objects.for_tenant(told.member.tenant).get(key="csat_5")
        bound = bind_metric(
            journey=told.row.journey,
            step=told.second,
            metric=metric,
            touchpoint=None,
            window_days=28,
            min_n=30,
            by=told.member,
            now=make.NOW,
        )

    told.merge(told.first, told.second)
    joined = told.figures()
    split = told.split()
    later = told.figures()
    for _ in range(2):
        told.undo()

    assert joined == {told.first: [bound.key]}
    assert later == {told.first: [bound.key], split: []}
    assert told.figures() == {told.first: [], told.second: [bound.key]}


class Program:
    """A program with a key."""

    def __init__(self, told: Told, *rights: Right) -> None:
        _, secret = make.api_key(of=told.member.tenant, rights=rights)
        self.headers = {"X-Api-Key": secret}
        self.told = told

    def post(self, deed: str, body: dict[str, Any], step: UUID | None = None) -> Any:
        where = f"/api/v1/journey-maps/{self.told.on}/steps/{step or self.told.first}/{deed}/"
        return Client().post(where, body, content_type="application/json", headers=self.headers)


def test_programs_split_and_join(told: Told) -> None:
    program = Program(told, Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS)

    made = program.post("split", {"title": "Comes in", "goes": {str(told.early): "right"}})
    steps = [step["title"] for stage in made.json()["stages"] for step in stage["steps"]]
    joined = program.post("merge", {"into": str(told.first)}, told.second)

    assert made.status_code == 201
    assert steps == ["Hand over 1", "Comes in", "Hand over 2"]
    assert joined.status_code == 422
    assert "before it or after it" in joined.content.decode()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": "x", "goes": {"y": "left"}}, "goes"),
        ({"title": "x", "share": 2}, "share"),
    ],
    ids=["no-title", "no-lineage", "share"],
)
def test_programs_are_told_what_is_wrong(told: Told, body: dict[str, Any], field: str) -> None:
    program = Program(told, Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS)

    answer = program.post("split", body)

    assert answer.status_code == 422
    assert field in answer.content.decode()
    assert program.post("split", {"title": "x"}, told.stage).status_code == 404
