"""Looking at a map again: what is due, keeping it as it is, handing it over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.collaboration.rules.kinds import EvidenceKind, Grade, Polarity
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey, JourneyMap, Step
from journeys.selectors.looking_again import due_of, freshness_of
from tests import make
from tests.journeys import charting, shelving
from tests.journeys.test_map_evidence import Drawn, client_of
from tests.personas import citing

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.selectors.looking_again import Due

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TODAY = make.NOW.date()


@pytest.fixture
def drawn() -> Drawn:
    return Drawn(make.member())


def due(drawn: Drawn) -> list[Due]:
    with tenant_bound(drawn.ann.tenant_id):
        return due_of(drawn.map(), TODAY)


def url(drawn: Drawn, deed: str = "") -> str:
    return f"/t/{drawn.ann.tenant.slug}/maps/{drawn.on}/look-again/{deed}"


def journey(drawn: Drawn) -> Journey:
    with tenant_bound(drawn.ann.tenant_id):
        return Journey.objects.for_tenant(drawn.ann.tenant).get()


def steps_of(drawn: Drawn) -> dict[UUID, UUID | None]:
    """Give who sees to each step, by lineage."""
    with tenant_bound(drawn.ann.tenant_id):
        rows = Step.objects.for_tenant(drawn.ann.tenant)
        return dict(rows.values_list("lineage", "owner_id"))


def test_the_worst_comes_first_and_what_is_well_backed_not_at_all(drawn: Drawn) -> None:
    one, two = drawn.steps
    drawn.cite(one, kind=EvidenceKind.METRIC, subjects=400, days=370)
    drawn.cite(two, subjects=9)
    drawn.cite(drawn.cards[1], polarity=Polarity.CONTRADICTS)
    charting.card(drawn.ann, drawn.on, charting.lane(drawn.ann, drawn.on, "link"), one, text="L")

    assert [(found.id, found.grade, found.why, found.age_days) for found in due(drawn)] == [
        (drawn.cards[1], Grade.CONTRADICTED, "What was observed speaks against it", 0),
        (one, Grade.ASSUMPTION, "Its evidence is older than 12 months", 370),
        (drawn.cards[0], Grade.ASSUMPTION, "No evidence", None),
    ]


def test_a_value_of_a_curve_says_where_it_is(drawn: Drawn) -> None:
    feels = charting.lane(drawn.ann, drawn.on, "emotion", "Feels")
    low = charting.card(drawn.ann, drawn.on, feels, drawn.steps[1], value=-0.4)

    told = {found.id: (found.title, found.where) for found in due(drawn)}

    assert told[low] == ("−0.4 at “Hand over 2”", "Feels")


def test_freshness_counts_steps_that_evidence_speaks_for(drawn: Drawn) -> None:
    _, insight_step = drawn.steps
    insight = shelving.made(drawn.ann)
    shelving.cite(drawn.ann, insight, citing.evidence(drawn.ann, days=180))
    lane = charting.lane(drawn.ann, drawn.on, "insight", "Pains")
    charting.card(drawn.ann, drawn.on, lane, insight_step, insight=str(insight.pk))
    drawn.cite(drawn.cards[0], polarity=Polarity.CONTRADICTS)

    with tenant_bound(drawn.ann.tenant_id):
        found = freshness_of(drawn.map(), TODAY)

    # (35 x 50 + 25 x 50) / 60 = 50
    assert (found.score, [part.name for part in found.parts]) == (50, ["coverage", "recency"])


@pytest.mark.parametrize("many", [0, 1, 20])
def test_what_is_due_is_read_with_as_many_queries(
    drawn: Drawn, many: int, django_assert_num_queries: Any
) -> None:
    for step in charting.stage(drawn.ann, drawn.on, "Wait", steps=many)[1:] if many else ():
        charting.card(drawn.ann, drawn.on, drawn.lane, step, text="They wait")

    with tenant_bound(drawn.ann.tenant_id):
        row = drawn.map()
        with django_assert_num_queries(7):
            due_of(row, TODAY)


def test_keeping_it_dates_the_review_and_can_be_undone(drawn: Drawn) -> None:
    answer = client_of(drawn.ann).post(url(drawn, "keep/"))

    assert answer.status_code == 302
    kept = journey(drawn)
    assert kept.reviewed_on == now().date()
    assert kept.head_seq == 2
    client_of(drawn.ann).post(f"/t/{drawn.ann.tenant.slug}/journeys/{kept.pk}/undo/")
    assert journey(drawn).reviewed_on is None


def test_the_journey_and_ticked_steps_are_handed_over(drawn: Drawn) -> None:
    bob = make.member(of=drawn.ann.tenant)
    client = client_of(drawn.ann)

    client.post(
        url(drawn, "steps/"),
        {"steps": [str(drawn.steps[0]), str(drawn.steps[0])], "owner": str(bob.pk)},
    )
    client.post(url(drawn, "hand-over/"), {"owner": str(bob.pk)})

    assert steps_of(drawn) == {drawn.steps[0]: bob.pk, drawn.steps[1]: None}
    assert journey(drawn).owner_id == bob.pk
    assert bob.user.get_full_name() in client.get(url(drawn)).content.decode()


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("hand-over/", {"owner": "rubbish"}),
        ("steps/", {"owner": ""}),
        ("steps/", {"owner": "", "steps": ["rubbish"]}),
    ],
)
def test_what_cannot_be_handed_over_is_said(drawn: Drawn, deed: str, told: Any) -> None:
    answer = client_of(drawn.ann).post(url(drawn, deed), told)

    assert answer.status_code == 422
    assert "This was not done." in answer.content.decode()


def test_a_journey_of_somebody_else_is_not_given_away(drawn: Drawn) -> None:
    bob = make.member(of=drawn.ann.tenant)

    answer = client_of(bob).post(url(drawn, "hand-over/"), {"owner": str(bob.pk)})

    assert answer.status_code == 422
    assert "Only the owner of a journey says" in answer.content.decode()
    assert journey(drawn).owner_id == drawn.ann.pk


def test_steps_of_a_published_map_are_not_handed_over(drawn: Drawn) -> None:
    with tenant_bound(drawn.ann.tenant_id):
        JourneyMap.objects.for_tenant(drawn.ann.tenant).filter(pk=drawn.on).update(
            status="published", valid_from=make.NOW
        )

    told = {"steps": [str(drawn.steps[0])], "owner": str(drawn.ann.pk)}
    answer = client_of(drawn.ann).post(url(drawn, "steps/"), told)

    assert answer.status_code == 403
    assert set(steps_of(drawn).values()) == {None}


@pytest.mark.parametrize("deed", ["keep/", "hand-over/", "steps/"])
def test_viewers_strangers_and_archived_journeys_change_nothing(drawn: Drawn, deed: str) -> None:
    viewer = make.member(of=drawn.ann.tenant, role=Role.VIEWER)
    told = {"steps": [str(drawn.steps[0])], "owner": ""}
    for member in (viewer, make.member()):
        assert client_of(member).post(url(drawn, deed), told).status_code == 404
    with tenant_bound(drawn.ann.tenant_id):
        Journey.objects.for_tenant(drawn.ann.tenant).update(archived_at=make.NOW)

    assert client_of(drawn.ann).post(url(drawn, deed), told).status_code == 404
    assert journey(drawn).reviewed_on is None


def test_readers_see_what_is_due_and_nothing_to_do_about_it(drawn: Drawn) -> None:
    viewer = make.member(of=drawn.ann.tenant, role=Role.VIEWER)
    with tenant_bound(drawn.ann.tenant_id):
        asked = {"review_every_days": 90, "reviewed_on": TODAY - timedelta(days=200)}
        Journey.objects.for_tenant(drawn.ann.tenant).update(**asked)

    told = client_of(viewer).get(url(drawn)).content.decode()

    main = told[told.index("<main") : told.index("</main>")]
    assert "They call 1" in main
    assert "It was due on" in main
    assert "<form" not in main
    assert Client().get(url(drawn)).status_code == 302
