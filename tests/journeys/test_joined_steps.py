"""What was said, cited and noted of a step that was joined to another: it is read there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cxm.collaboration.rules.kinds import EvidenceKind, Grade
from cxm.kernel.ids import new_id
from cxm.kernel.operations.store import undo
from cxm.tenants.binding import tenant_bound
from journeys.models import EvidenceLink, JourneyMap, Step
from journeys.rules.kinds import MapState
from journeys.rules.promises import Realisation
from journeys.selectors.realisation import board_of, board_step, live_steps
from journeys.selectors.standing import Standing, standings
from journeys.selectors.subjects import JourneyMapSubject
from journeys.selectors.talking import thread_counts
from journeys.services.maps import fork_map
from journeys.services.realising import note_realisation
from journeys.services.splitting import merge_steps
from journeys.services.stores import MAPS
from tests import make
from tests.collaboration.commenting import begun, of_journey_map
from tests.journeys import charting
from tests.journeys.test_map_evidence import Drawn, client_of

if TYPE_CHECKING:
    from uuid import UUID

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def drawn(db: None) -> Drawn:
    """A map of three steps, so that one can be joined after the other."""
    found = Drawn(make.member())
    third = new_id()
    with tenant_bound(found.ann.tenant_id):
        stage = Step.objects.for_tenant(found.ann.tenant).get(lineage=found.steps[0]).stage
    step = charting.create(third, "step", {"title": "I pay"}, stage)
    charting.do(found.ann, found.on, step)
    found.steps.append(third)
    return found


def join(drawn: Drawn, gone: int, kept: int, on: UUID | None = None) -> None:
    with tenant_bound(drawn.ann.tenant_id):
        rows = JourneyMap.objects.for_tenant(drawn.ann.tenant).select_related("tenant", "journey")
        merge_steps(
            row=rows.get(pk=on or drawn.on),
            kept=drawn.steps[kept],
            gone=drawn.steps[gone],
            by=drawn.ann,
            now=make.NOW,
        )


def take_back(drawn: Drawn) -> None:
    with tenant_bound(drawn.ann.tenant_id):
        undo(MAPS, charting.request(drawn.ann, drawn.on), as_batch=new_id())


def talk(drawn: Drawn, step: int) -> UUID:
    pk: UUID = begun(drawn.ann, of_journey_map(drawn.ann, drawn.on), "Why?", drawn.steps[step]).pk
    return pk


def counts(drawn: Drawn) -> dict[UUID, int]:
    with tenant_bound(drawn.ann.tenant_id):
        return thread_counts(drawn.map())


def test_comments_are_read_at_the_step_that_stays_and_come_back_with_undo(drawn: Drawn) -> None:
    first, second, _ = drawn.steps
    thread = talk(drawn, 0)
    talk(drawn, 1)

    join(drawn, gone=0, kept=1)
    joined = counts(drawn)
    with tenant_bound(drawn.ann.tenant_id):
        subject = JourneyMapSubject(drawn.map())
        at_heir = subject.about(second).count()
        unanchored = subject.gone().count()
        named = subject.parts_of([thread])[thread]
    take_back(drawn)

    assert joined == {second: 2}
    assert (at_heir, unanchored) == (2, 0)
    assert (named.pk, named.is_gone) == (second, False)
    assert counts(drawn) == {first: 1, second: 1}


def test_comments_follow_over_several_joins(drawn: Drawn) -> None:
    talk(drawn, 0)

    join(drawn, gone=0, kept=1)
    join(drawn, gone=1, kept=2)

    assert counts(drawn) == {drawn.steps[2]: 1}


def test_evidence_of_a_joined_step_speaks_for_the_one_that_stays(drawn: Drawn) -> None:
    first, second, _ = drawn.steps
    drawn.cite(first, kind=EvidenceKind.METRIC, subjects=30, excerpt="They ring twice")

    before = drawn.grades()[second]
    join(drawn, gone=0, kept=1)
    after = drawn.grades()[second]
    panel = drawn.panel(second)
    take_back(drawn)

    assert (before, after) == (Grade.ASSUMPTION, Grade.STRONG)
    assert "They ring twice" in panel
    assert drawn.grades()[second] == Grade.ASSUMPTION
    assert drawn.grades()[first] == Grade.STRONG


def test_evidence_of_a_joined_step_is_taken_off_where_it_is_read(drawn: Drawn) -> None:
    first, second, _ = drawn.steps
    link = drawn.cite(first)
    join(drawn, gone=0, kept=1)

    answer = client_of(drawn.ann).post(drawn.url(second, "take-off"), {"citation": link.pk})

    assert answer.status_code in {200, 302}
    with tenant_bound(drawn.ann.tenant_id):
        assert not EvidenceLink.objects.for_tenant(drawn.ann.tenant).filter(pk=link.pk).exists()


def standing(drawn: Drawn) -> Standing:
    with tenant_bound(drawn.ann.tenant_id):
        return standings(drawn.ann.tenant, [drawn.on], make.NOW.date())[drawn.on]


def test_evidence_of_joined_steps_counts_for_how_fresh_a_map_is(drawn: Drawn) -> None:
    drawn.cite(drawn.steps[0], observed_on=make.NOW.date() - timedelta(days=90))
    before = standing(drawn)

    join(drawn, gone=0, kept=1)
    once = standing(drawn)
    join(drawn, gone=1, kept=2)
    twice = standing(drawn)
    take_back(drawn)

    assert before == Standing(steps=3, backed=1, days=90)
    assert once == Standing(steps=2, backed=1, days=90)
    assert twice == Standing(steps=1, backed=1, days=90)
    assert standing(drawn) == once


def ahead(drawn: Drawn) -> JourneyMap:
    with tenant_bound(drawn.ann.tenant_id):
        return fork_map(
            of=drawn.map(), name="Ahead", state=MapState.FUTURE, by=drawn.ann, now=make.NOW
        )


def note(drawn: Drawn, of: JourneyMap, step: int, state: Realisation) -> None:
    with tenant_bound(drawn.ann.tenant_id):
        note_realisation(of=of, step=drawn.steps[step], state=state, by=drawn.ann, now=make.NOW)


def test_what_was_noted_of_a_joined_step_holds_for_the_one_that_stays(drawn: Drawn) -> None:
    _, second, _ = drawn.steps
    future = ahead(drawn)
    note(drawn, future, 0, Realisation.LIVE)

    join(drawn, gone=0, kept=1, on=future.pk)

    with tenant_bound(drawn.ann.tenant_id):
        live = live_steps(future)
        board = board_of(future, set(), today=make.NOW.date())
        one = board_step(future, second)
    assert live == {second}
    assert (board.live, board.promised) == (1, 1)
    assert one is not None
    assert one.state is Realisation.LIVE


def test_what_was_noted_of_the_step_itself_goes_before_that(drawn: Drawn) -> None:
    future = ahead(drawn)
    note(drawn, future, 1, Realisation.BUILDING)
    note(drawn, future, 0, Realisation.LIVE)

    join(drawn, gone=0, kept=1, on=future.pk)

    with tenant_bound(drawn.ann.tenant_id):
        assert live_steps(future) == set()
