"""From a map into the library: cards become opportunities and insights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from journeys.errors import NotNowError, TooManyError
from journeys.models import Card, JourneyMap
from journeys.rules.library import InsightKind
from journeys.services import capturing
from tests import make
from tests.journeys import charting, shelving
from tests.personas import editing

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership
    from journeys.models import Insight

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Membership:
    return make.member()


class Drawn:
    """A map with three steps and a lane of insights."""

    def __init__(self, ann: Membership) -> None:
        self.ann = ann
        self.map = charting.blank_map(ann, charting.journey(ann))
        self.steps = charting.stage(ann, self.map, steps=2)[1:]
        self.steps += charting.stage(ann, self.map, "Wait")[1:]
        self.lane = charting.lane(ann, self.map, "insight", "Pains")

    def card(
        self, first: int = 0, last: int = 0, *, lane: UUID | None = None, **values: Any
    ) -> Any:
        told = {"step_to": str(self.steps[last]), **values}
        pk = charting.card(self.ann, self.map, lane or self.lane, self.steps[first], **told)
        with tenant_bound(self.ann.tenant_id):
            return Card.objects.for_tenant(self.ann.tenant).get(lineage=pk)

    def noted(self, text: str, **values: Any) -> Any:
        """Write a card of text."""
        return self.card(lane=charting.lane(self.ann, self.map, "text"), text=text, **values)

    def cast(self, persona: UUID, **values: Any) -> None:
        told = {"persona": str(persona), **values}
        charting.do(self.ann, self.map, charting.create(new_id(), "cast", told, self.map))

    def row(self) -> JourneyMap:
        with tenant_bound(self.ann.tenant_id):
            rows = JourneyMap.objects.for_tenant(self.ann.tenant)
            return rows.select_related("tenant", "journey").get(pk=self.map)

    def capture(self, card: Any) -> capturing.Captured:
        with tenant_bound(self.ann.tenant_id):
            return capturing.capture_opportunity(
                row=self.row(), card=card, by=self.ann, now=make.NOW
            )

    def to_insights(self, *cards: Any) -> list[Insight]:
        with tenant_bound(self.ann.tenant_id):
            return capturing.insights_from_cards(
                row=self.row(), cards=cards, kind=InsightKind.PAIN, by=self.ann, now=make.NOW
            )


@pytest.fixture
def drawn(ann: Membership) -> Drawn:
    return Drawn(ann)


def test_a_pain_becomes_an_opportunity_with_all_that_it_knows(
    ann: Membership, drawn: Drawn
) -> None:
    bea, carl = editing.persona(ann, "Bea"), editing.persona(ann, "Carl")
    insight = shelving.made(ann, title="No date", links=[("about", bea)], kind="pain")
    card = drawn.card(1, 2, insight=str(insight.pk), persona=str(carl))

    found = drawn.capture(card)

    made = found.opportunity
    assert (made.title, made.status, found.is_new) == ("No date", "new", True)
    assert shelving.links_of(ann, made, "answers") == [insight.pk]
    assert shelving.links_of(ann, made, "lies-at") == drawn.steps[1:]
    assert shelving.links_of(ann, made, "helps") == [carl, bea]
    shelving.assert_true_log(ann, made)


def test_capturing_twice_gives_the_same_opportunity_until_it_is_archived(
    ann: Membership, drawn: Drawn
) -> None:
    card = drawn.card(insight=str(shelving.made(ann).pk))
    first = drawn.capture(card)

    again = drawn.capture(card)
    shelving.archive(ann, first.opportunity)
    third = drawn.capture(card)

    assert (again.opportunity, again.is_new) == (first.opportunity, False)
    assert third.is_new
    assert len(shelving.all_of(ann, "opportunity")) == 2


def test_words_that_were_captured_at_a_step_are_not_captured_twice(
    ann: Membership, drawn: Drawn
) -> None:
    card = drawn.noted("No date")
    first = drawn.capture(card)

    again = drawn.capture(card)
    shelving.archive(ann, first.opportunity)
    third, other = drawn.capture(card), drawn.capture(drawn.noted("No date at all"))

    assert (again.opportunity, again.is_new) == (first.opportunity, False)
    assert third.is_new
    assert other.is_new
    assert len(shelving.all_of(ann, "opportunity")) == 3


def test_words_on_a_card_become_an_opportunity_for_all_of_the_map(
    ann: Membership, drawn: Drawn
) -> None:
    bea = editing.persona(ann, "Bea")
    drawn.cast(bea, is_main=True)
    long = "Nobody says when. " * 30

    short, cut = drawn.capture(drawn.noted("No date")), drawn.capture(drawn.noted(long))

    assert (short.opportunity.title, short.opportunity.problem) == ("No date", "")
    assert len(cut.opportunity.title) <= 300
    assert cut.opportunity.title.endswith("…")
    assert cut.opportunity.problem == long.strip()
    assert shelving.links_of(ann, short.opportunity, "answers") == []
    assert shelving.links_of(ann, short.opportunity, "helps") == [bea]


def test_a_card_that_says_nothing_becomes_no_opportunity(ann: Membership, drawn: Drawn) -> None:
    goal = shelving.made(ann, "goal", "Fewer calls")
    lane = charting.lane(ann, drawn.map, "goal")

    with pytest.raises(NotNowError, match="with words"):
        drawn.capture(drawn.card(lane=lane, goal=str(goal.pk)))

    assert shelving.all_of(ann, "opportunity") == []


def test_notes_become_insights_and_keep_their_places(ann: Membership, drawn: Drawn) -> None:
    bea = editing.persona(ann, "Bea")
    first, second = drawn.noted("No date", persona=str(bea)), drawn.noted("No name")

    made = drawn.to_insights(first, second)

    assert [(one.title, one.kind) for one in made] == [("No date", "pain"), ("No name", "pain")]
    assert shelving.links_of(ann, made[0], "about") == [bea]
    state = charting.state_of(ann, drawn.map)
    shown = [state[card.lineage] for card in (first, second)]
    assert [one.values["insight"] for one in shown] == [str(one.pk) for one in made]
    assert [one.parent for one in shown] == [first.lane, second.lane]


def test_notes_become_insights_all_or_none(ann: Membership, drawn: Drawn) -> None:
    note = drawn.noted("No date")
    shown = drawn.card(insight=str(shelving.made(ann).pk))

    with pytest.raises(NotNowError, match="Only cards of text"):
        drawn.to_insights(note, shown)
    with pytest.raises(TooManyError, match="up to 500"):
        drawn.to_insights(*[note] * 501)

    assert len(shelving.all_of(ann, "insight")) == 1
