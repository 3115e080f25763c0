"""A promise from its fork to its verdict: on the board, in the look over the map, and promoted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from analytics.services.verdicts import write_due_verdicts
from cxm.kernel.metric_values import metric_values
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import JourneyMap, Target
from journeys.rules.changes import flat
from journeys.rules.comparing import changes_between
from journeys.rules.kinds import MapState
from journeys.rules.lint import findings
from journeys.rules.promises import Realisation
from journeys.selectors.looking_over import facts_of
from journeys.services.maps import fork_map, publish_map
from journeys.services.promoting import promote_steps
from journeys.services.realising import note_realisation
from tests import make
from tests.analytics.map_world import World, world
from tests.analytics.test_verdicts import answers
from tests.journeys import charting
from tests.journeys.promising import promise
from tests.journeys.test_map_live import client_of
from tests.journeys.test_map_page import url

if TYPE_CHECKING:
    from uuid import UUID

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("_at_one_moment")]

TODAY = make.NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


class Story:
    """A current map that is published, its future with another title, and a promise at the shop."""

    def __init__(self) -> None:
        self.made: World = world("shop", "parcel", member=make.member(role=Role.MANAGER))
        self.ann = self.made.member
        self.lane = self.made.lane("metric", compare="none")
        with tenant_bound(self.ann.tenant_id):
            self.publish(self.made.map_id)
            fork = fork_map(
                of=self.row(self.made.map_id),
                name="As it shall be",
                state=MapState.FUTURE,
                by=self.ann,
                now=make.NOW,
            )
        self.future = fork.pk
        self.shop = self.made.steps["shop"]
        charting.do(self.ann, self.future, charting.put(self.shop, "title", "Buy in one go"))
        with tenant_bound(self.ann.tenant_id):
            self.target: Target = promise(self.made, row=self.row(self.future))
            Target.objects.for_tenant(self.ann.tenant).update(due=YESTERDAY)

    def row(self, pk: UUID) -> JourneyMap:
        rows = JourneyMap.objects.for_tenant(self.ann.tenant)
        return rows.select_related("tenant", "journey", "baseline").get(pk=pk)

    def publish(self, pk: UUID) -> None:
        publish_map(of=self.row(pk), by=self.ann, now=make.NOW)

    def ship(self) -> None:
        """Let the step be real for 60 days."""
        with tenant_bound(self.ann.tenant_id):
            note_realisation(
                of=self.row(self.future),
                step=self.shop,
                state=Realisation.LIVE,
                live_on=TODAY - timedelta(days=60),
                by=self.ann,
                now=make.NOW,
            )

    def overdue(self) -> list[str]:
        """List what the look over the future map says of targets that were due."""
        state = charting.state_of(self.ann, self.future)
        with tenant_bound(self.ann.tenant_id):
            facts = facts_of(self.row(self.future), state, today=TODAY)
        return [one.words for one in findings(facts) if one.code == "J18"]

    def board(self) -> str:
        return client_of(self.ann).get(url(self.ann, self.future, "realisation/")).content.decode()

    def series(self, of: UUID) -> list[tuple[float | None, int]]:
        """Give the figure at the shop as a lane of the map *of* shows it."""
        with tenant_bound(self.ann.tenant_id):
            told = metric_values.lane(
                journey_map=self.row(of), lane_id=self.lane, sees_answers=True, now=make.NOW
            )
        return [(one.value, one.n) for one in (told or {})[self.shop]]


def test_a_story_from_fork_to_promotion_leaves_the_series_whole_and_nothing_promised() -> None:
    story = Story()
    answers(story.made, 600, 400, day=61)
    answers(story.made, 900, 100, day=3)
    story.ship()
    before = story.series(story.made.map_id)
    with tenant_bound(story.ann.tenant_id):
        story.publish(story.future)
        written = write_due_verdicts(tenant=story.ann.tenant, now=make.NOW)
        draft = promote_steps(
            of=story.row(story.future), by=story.ann, now=make.NOW, note="It sells"
        )
        story.publish(draft.pk)

    left = changes_between(
        charting.state_of(story.ann, draft.pk), charting.state_of(story.ann, story.future)
    )
    assert (written, before) == (1, [(90.0, 1000)])
    assert story.series(draft.pk) == story.series(story.future) == before
    assert [one for one in flat(left) if one.is_of_content] == []


@pytest.mark.parametrize(
    ("good", "bad", "reached", "word", "found"),
    [
        pytest.param(900, 100, 1, "Reached", [], id="reached"),
        pytest.param(
            300,
            700,
            0,
            "Worse",
            ["A target was due on 19 November 2026: it is not reached."],
            id="not reached",
        ),
    ],
)
def test_the_board_and_the_look_over_know_whether_a_target_is_reached(
    good: int, bad: int, reached: int, word: str, found: list[str]
) -> None:
    story = Story()
    answers(story.made, 600, 400, day=61)
    answers(story.made, good, bad, day=3)
    story.ship()

    board = story.board()

    assert f"{reached} of 1 target reached" in board
    assert f">{word}</span>" in board
    assert ("1 overdue" in board) is (not reached)
    assert story.overdue() == found


def test_of_a_target_that_cannot_be_judged_nobody_says_that_it_was_missed() -> None:
    story = Story()

    assert story.overdue() == ["A target was due on 19 November 2026: see whether it is reached."]
    assert "0 of 1 target reached, <strong>1 overdue</strong>" in story.board()
