"""What the settings of a lane do on the map: room, help, colours, groups, scores and lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from cxm.kernel.clock import now
from cxm.kernel.operations.records import RefusedError
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import JourneyMap
from journeys.rules.card_groups import colour_by, group_of
from journeys.rules.library import (
    GoalStatus,
    InsightKind,
    InsightStatus,
    OpportunityStatus,
    SolutionStatus,
)
from journeys.selectors.sheets import ground_of, map_sheet
from tests import make
from tests.journeys import charting, scoring, shelving
from tests.journeys.test_map_live import client_of
from tests.journeys.test_map_page import url

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership


class Board:
    """A map with three steps, and one lane of some kind."""

    def __init__(self, kind: str, **config: Any) -> None:
        self.ann: Membership = make.member(role=Role.MANAGER)
        self.on = charting.blank_map(self.ann, charting.journey(self.ann))
        _, *self.steps = charting.stage(self.ann, self.on, steps=3)
        self.lane = charting.lane(self.ann, self.on, kind, "Lane")
        if config:
            self.set(**config)

    def set(self, **config: Any) -> None:
        charting.do(self.ann, self.on, charting.put(self.lane, "config", config))

    def card(self, step: int = 0, **values: Any) -> UUID:
        return charting.card(self.ann, self.on, self.lane, self.steps[step], **values)

    def shows(self, sort: str, *titles: str, **values: Any) -> list[Any]:
        """Put new items of the library on the first step, in the order given."""
        items = [shelving.made(self.ann, sort, title, **values) for title in titles]
        for item in items:
            told: dict[str, Any] = {sort: str(item.pk)}
            self.card(**told)
        return items

    def page(self) -> str:
        return client_of(self.ann).get(url(self.ann, self.on)).content.decode()

    def sheet(self) -> Any:
        with tenant_bound(self.ann.tenant_id):
            rows = JourneyMap.objects.for_tenant(self.ann.tenant)
            row = rows.select_related("tenant", "journey__owner__user").get(pk=self.on)
            moment = now()
            ground = ground_of(row, self.ann, now=moment)
            sheet = map_sheet(row, ground, sees_answers=True, today=moment.date())
        return next(lane for lane in sheet.lanes if lane.title == "Lane")


@pytest.mark.django_db
def test_a_cell_takes_as_many_cards_as_its_lane_says() -> None:
    board = Board("text", max_cards=2)
    first = board.card(text="One")
    board.card(text="Two")
    elsewhere = board.card(1, text="Other")

    with pytest.raises(RefusedError, match="“Lane” holds up to 2 cards"):
        board.card(text="Three")
    there = str(board.steps[0])
    told = [charting.put(elsewhere, name, there) for name in ("step_from", "step_to")]
    with pytest.raises(RefusedError, match="holds up to 2 cards"):
        charting.do(board.ann, board.on, *told)

    charting.do(board.ann, board.on, charting.put(first, "text", "One more word"))


@pytest.mark.django_db
def test_a_lane_does_not_allow_fewer_cards_than_lie_in_a_cell() -> None:
    board = Board("text")
    board.card(text="One")
    board.card(text="Two")

    with pytest.raises(RefusedError, match="holds 2 cards") as refused:
        board.set(max_cards=1)

    assert refused.value.field == "config.max_cards"
    board.set(max_cards=2)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_help_of_a_lane_stands_under_its_title_and_in_files() -> None:
    board = Board("text", help="What <they> do, in their own words.")

    told = board.page()

    assert "What &lt;they&gt; do, in their own words.</span>" in told
    assert board.sheet().notes == ("What <they> do, in their own words.",)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("by", "looks"),
    [
        pytest.param("none", ["", ""], id="as usual"),
        pytest.param("type", ["persona-c5", "persona-c7"], id="by type"),
        pytest.param("status", ["persona-c1", "persona-c2"], id="by status"),
    ],
)
def test_cards_are_coloured_as_their_lane_says(by: str, looks: list[str]) -> None:
    board = Board("insight", colour_by=by)
    board.shows("insight", "Nobody calls back", kind="pain")
    board.shows("insight", "The label is there", kind="gain", status="validated")

    cards = re.findall(r'<article class="([^"]+)"', board.page())

    assert [" ".join(re.findall(r"persona-c\d", card)) for card in cards] == looks
    assert [item.colour for item in board.sheet().items] == [
        look.removeprefix("persona-") for look in looks
    ]


@pytest.mark.slow
@pytest.mark.django_db
def test_insights_stand_in_groups_under_headings() -> None:
    board = Board("insight", group_by="type")
    for title, kind in (("A gain", "gain"), ("A pain", "pain"), ("More pain", "pain")):
        board.shows("insight", title, kind=kind)

    told = board.page()

    said = re.findall(r'card-group">([^<]+)<|card-text">([^<]+)<', told)
    assert [one or two for one, two in said] == ["Pain", "A pain", "More pain", "Gain", "A gain"]


@pytest.mark.slow
@pytest.mark.django_db
def test_cards_show_the_scores_that_their_lane_names_also_when_these_change() -> None:
    board = Board("opportunity")
    [item] = board.shows("opportunity", "Say the day")
    scoring.say(board.ann, item, value=8, effort=2)
    before = board.page()
    board.set(show_scores=["ratio", "effort", "gone"])

    told = re.findall(r'card-sub">([^<]+)<', board.page())
    scoring.say(board.ann, item, effort=4, at=now())

    assert "Effort 2" not in before
    assert told == ["New", "Value for effort 4 · Effort 2"]
    assert "Effort 4" in board.page()
    assert "Effort 4" in board.sheet().items[0].label


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "trace", "drawn"),
    [
        pytest.param([0, 2], True, ["from", "gap", "to"], id="over a step without one"),
        pytest.param([0, 1, 2], True, ["from", "through", "to"], id="through one"),
        pytest.param([1], True, [], id="one alone"),
        pytest.param([0, 1, 2], False, [], id="not asked for"),
    ],
)
def test_a_line_joins_the_channels_used(at: list[int], trace: bool, drawn: list[str]) -> None:
    board = Board("channel", trace=trace)
    channel = make.channel(of=board.ann.tenant)
    for step in at:
        board.card(step, channel=str(channel.pk))

    assert re.findall(r'class="cell[^"]* trace-(\w+)"', board.page()) == drawn


@pytest.mark.parametrize(
    "status",
    [*InsightStatus, *OpportunityStatus, *SolutionStatus, *GoalStatus],
    ids=lambda one: f"{type(one).__name__} {one}",
)
def test_every_status_has_a_colour(status: str) -> None:
    assert re.fullmatch("c[1-8]", colour_by("status", sort="", status=str(status)))


def test_no_two_types_have_the_same_colour() -> None:
    colours = {colour_by("type", sort=kind.value, status="") for kind in InsightKind}

    assert len(colours) == len(InsightKind)
    assert colour_by("type", sort="", status="open") == ""
    assert group_of("status", sort="pain", status="addressed") == (2, "Addressed")
    assert group_of("none", sort="pain", status="open") == (0, "")
