"""Evidence for and against steps and cards: cited beside a map, weighed, shown in its lanes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from cxm.collaboration.rules.kinds import EvidenceKind, Grade, Polarity
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import EvidenceLink, Journey, JourneyMap, Lineage
from journeys.selectors.grades import backings_on, grades_of
from journeys.selectors.sheets import ground_of, map_sheet
from tests import make
from tests.journeys import charting, shelving
from tests.personas import citing

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.collaboration.models import Evidence
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NEW = {
    "kind": "quote",
    "excerpt": "I called three times.",
    "source_label": "Interview 9",
    "observed_on": "2026-11-20",
    "subjects": "6",
    "polarity": "supports",
}


@dataclass
class Drawn:
    """A map with two steps, and a card of text at each."""

    ann: Membership
    on: UUID = field(init=False)
    steps: list[UUID] = field(init=False)
    lane: UUID = field(init=False)
    cards: list[UUID] = field(init=False)

    def __post_init__(self) -> None:
        self.on = charting.blank_map(self.ann, charting.journey(self.ann))
        _, *self.steps = charting.stage(self.ann, self.on, steps=2)
        self.lane = charting.lane(self.ann, self.on)
        self.cards = [
            charting.card(self.ann, self.on, self.lane, step, text=f"They call {place}")
            for place, step in enumerate(self.steps, start=1)
        ]

    def map(self) -> JourneyMap:
        rows = JourneyMap.objects.for_tenant(self.ann.tenant)
        return rows.select_related("tenant", "journey").get(pk=self.on)

    def cite(self, pk: UUID, row: Evidence | None = None, **told: Any) -> EvidenceLink:
        with tenant_bound(self.ann.tenant_id):
            lineage = Lineage.objects.for_tenant(self.ann.tenant).get(pk=pk)
        return shelving.cite(self.ann, lineage, row or citing.evidence(self.ann, **told))

    def grades(self) -> dict[UUID, Grade]:
        with tenant_bound(self.ann.tenant_id):
            return grades_of(self.map(), now=make.NOW)

    def cited(self) -> list[tuple[UUID, UUID | None]]:
        """List what is cited: ids of evidence, and of the step or card."""
        with tenant_bound(self.ann.tenant_id):
            rows = EvidenceLink.objects.for_tenant(self.ann.tenant).order_by("created_at", "pk")
            return [(one.evidence_id, one.card_id or one.step_id) for one in rows]

    def url(self, pk: UUID, deed: str) -> str:
        return f"/t/{self.ann.tenant.slug}/maps/{self.on}/elements/{pk}/{deed}/"

    def panel(self, pk: UUID, **query: Any) -> str:
        return self.panel_of(self.ann, pk, **query)

    def panel_of(self, member: Membership, pk: UUID, **query: Any) -> str:
        answer = client_of(member).get(
            f"/t/{self.ann.tenant.slug}/maps/{self.on}/panel/",
            {"of": str(pk), "tab": "evidence", **query},
        )
        assert answer.status_code == 200
        return " ".join(strip_tags(answer.content.decode()).split())


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def drawn() -> Drawn:
    return Drawn(make.member())


def test_steps_and_cards_are_graded_by_what_is_cited(drawn: Drawn) -> None:
    drawn.cite(drawn.steps[0], kind=EvidenceKind.METRIC, subjects=30)
    drawn.cite(drawn.cards[0])
    drawn.cite(drawn.cards[1], polarity=Polarity.CONTRADICTS)

    assert drawn.grades() == {
        drawn.steps[0]: Grade.STRONG,
        drawn.steps[1]: Grade.ASSUMPTION,
        drawn.cards[0]: Grade.SOME,
        drawn.cards[1]: Grade.CONTRADICTED,
    }


def test_a_card_rests_on_the_insight_it_shows_each_piece_once(drawn: Drawn) -> None:
    insight, row = shelving.made(drawn.ann), citing.evidence(drawn.ann)
    shelving.cite(drawn.ann, insight, row)
    lane = charting.lane(drawn.ann, drawn.on, "insight", "Pains")
    card = charting.card(drawn.ann, drawn.on, lane, drawn.steps[0], insight=str(insight.pk))
    drawn.cite(card, row)

    with tenant_bound(drawn.ann.tenant_id):
        backing = backings_on(drawn.map(), today=make.NOW.date())[card]

    assert (backing.grade, backing.counting) == (Grade.SOME, 1)


def test_steps_and_published_maps_take_no_grade_by_hand(drawn: Drawn) -> None:
    client = client_of(drawn.ann)

    assert client.post(drawn.url(drawn.steps[0], "grade"), {"grade": "strong"}).status_code == 404
    _publish(drawn)
    assert client.post(drawn.url(drawn.cards[0], "grade"), {"grade": "strong"}).status_code == 404
    assert client.post(drawn.url(drawn.cards[0], "evidence"), NEW).status_code == 302
    assert drawn.grades()[drawn.cards[0]] is Grade.SOME


def _publish(drawn: Drawn) -> None:
    with tenant_bound(drawn.ann.tenant_id):
        JourneyMap.objects.for_tenant(drawn.ann.tenant).filter(pk=drawn.on).update(
            status="published", published_at=make.NOW, published_by=drawn.ann
        )


@pytest.mark.parametrize("many", [0, 1, 40])
def test_grades_take_as_many_queries_however_much_is_cited(
    drawn: Drawn, many: int, django_assert_num_queries: Any
) -> None:
    for _ in range(many):
        drawn.cite(drawn.cards[0])

    with tenant_bound(drawn.ann.tenant_id):
        row = drawn.map()
        with django_assert_num_queries(3):
            grades_of(row, now=make.NOW)


def test_evidence_is_written_down_and_taken_off_beside_the_map(drawn: Drawn) -> None:
    client = client_of(drawn.ann)
    client.post(drawn.url(drawn.cards[0], "evidence"), NEW)

    told = drawn.panel(drawn.cards[0])

    assert "Some evidence" in told
    assert "points for it, none against." in told
    assert "I called three times." in told
    assert "Quote, 6 people, 20 Nov 2026 Strength 2" in told
    with tenant_bound(drawn.ann.tenant_id):
        link = EvidenceLink.objects.for_tenant(drawn.ann.tenant).get()
    client.post(drawn.url(drawn.cards[0], "take-off"), {"citation": str(link.pk)})
    assert drawn.cited() == []


def test_what_is_cited_for_the_insight_is_told_and_not_taken_off_here(drawn: Drawn) -> None:
    insight = shelving.made(drawn.ann, title="Nobody says when")
    link = shelving.cite(drawn.ann, insight, citing.evidence(drawn.ann))
    lane = charting.lane(drawn.ann, drawn.on, "insight", "Pains")
    card = charting.card(drawn.ann, drawn.on, lane, drawn.steps[0], insight=str(insight.pk))

    told = drawn.panel(card)

    assert "Cited for the insight Nobody says when" in told
    assert "Take off" not in told
    answer = client_of(drawn.ann).post(drawn.url(card, "take-off"), {"citation": str(link.pk)})
    assert answer.status_code == 404


def test_one_piece_is_cited_for_all_that_are_selected(drawn: Drawn) -> None:
    row = citing.evidence(drawn.ann)
    first, also = drawn.cards[0], [drawn.cards[1], drawn.steps[0]]
    query = "&".join(f"also={pk}" for pk in also)

    told = drawn.panel(first, also=[str(pk) for pk in also])
    client_of(drawn.ann).post(f"{drawn.url(first, 'cite')}?{query}", {"evidence": str(row.pk)})

    assert "cited for all 3 selected at once" in told
    assert set(drawn.cited()) == {(row.pk, pk) for pk in (first, *also)}


def test_all_or_none_of_what_is_selected_is_cited_for(drawn: Drawn) -> None:
    row, elsewhere = citing.evidence(drawn.ann), Drawn(make.member())
    url = drawn.url(drawn.cards[0], "cite")

    for also in (elsewhere.cards[0], drawn.lane, "rubbish"):
        answer = client_of(drawn.ann).post(f"{url}?also={also}", {"evidence": str(row.pk)})
        assert answer.status_code == 404

    assert drawn.cited() == []


def test_what_cannot_be_is_said_beside_the_field(drawn: Drawn) -> None:
    told = NEW | {"source_label": "", "observed_on": "2099-01-01"}

    answer = client_of(drawn.ann).post(drawn.url(drawn.cards[0], "evidence"), told)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"source_label", "observed_on"}
    assert "<html" in answer.content.decode()
    assert drawn.cited() == []


def test_the_panel_answers_with_the_lanes_that_show_grades_as_they_are_looked_at(
    drawn: Drawn,
) -> None:
    lane = charting.lane(drawn.ann, drawn.on, "grade", "Evidence")
    page = f"https://example.com/t/{drawn.ann.tenant.slug}/maps/{drawn.on}/?toggle={drawn.lane}"
    heads = {"HX-Request": "true", "HX-Current-URL": page}

    answer = client_of(drawn.ann).post(
        drawn.url(drawn.steps[0], "evidence"), NEW | {"subjects": "9"}, headers=heads
    )

    told = answer.content.decode()
    assert "<html" not in told
    assert f'<hx-partial hx-target="#lane-{lane}"' in told
    assert f'"#lane-{drawn.lane}"' not in told
    assert f"toggle={drawn.lane}" in told
    assert "Some evidence" in told[told.index("<hx-partial") :]


@pytest.mark.parametrize("deed", ["evidence", "cite", "take-off", "grade"])
def test_viewers_and_strangers_change_nothing(drawn: Drawn, deed: str) -> None:
    row = citing.evidence(drawn.ann, excerpt="My leg hurts")
    link = drawn.cite(drawn.cards[0], row)
    viewer = make.member(of=drawn.ann.tenant, role=Role.VIEWER)
    told = NEW | {"evidence": str(row.pk), "citation": str(link.pk), "grade": "strong"}

    for member in (viewer, make.member()):
        answer = client_of(member).post(drawn.url(drawn.cards[0], deed), told)
        assert answer.status_code == 404

    assert drawn.cited() == [(row.pk, drawn.cards[0])]
    shown = drawn.panel_of(viewer, drawn.cards[0])
    assert "My leg hurts" not in shown
    assert "Quote, 1 person" in shown


def test_ids_of_other_workspaces_are_not_there(drawn: Drawn) -> None:
    other = Drawn(make.member())
    row = citing.evidence(other.ann)
    link = other.cite(other.cards[0], row)
    client = client_of(drawn.ann)

    for pk, deed, told in (
        (other.cards[0], "evidence", NEW),
        (drawn.cards[0], "cite", {"evidence": str(row.pk)}),
        (drawn.cards[0], "take-off", {"citation": str(link.pk)}),
        (drawn.lane, "evidence", NEW),
    ):
        assert client.post(drawn.url(pk, deed), told).status_code == 404


def test_an_archived_journey_takes_no_evidence(drawn: Drawn) -> None:
    with tenant_bound(drawn.ann.tenant_id):
        rows = Journey.objects.for_tenant(drawn.ann.tenant)
        rows.update(archived_at=make.NOW)

    answer = client_of(drawn.ann).post(drawn.url(drawn.cards[0], "evidence"), NEW)

    assert answer.status_code == 404
    assert "Write down new evidence" not in drawn.panel(drawn.cards[0])


def page_of(drawn: Drawn, **query: str) -> str:
    url = f"/t/{drawn.ann.tenant.slug}/maps/{drawn.on}/"
    return client_of(drawn.ann).get(url, query).content.decode()


def cells(told: str) -> list[str]:
    """Give the words in the cells of the lane of grades."""
    lane = told[told.index('data-lane-kind="grade"') :]
    lane = lane[: lane.index("</tbody>")]
    inside = [part.split("</td>")[0].split(">", 1)[1] for part in lane.split("<td ")[1:]]
    return [" ".join(strip_tags(part).split()) for part in inside]


@pytest.mark.parametrize(
    ("show", "words"),
    [
        ("grade", "Some evidence 0 of 1 card backed"),
        ("age", "Some evidence, 40 days old"),
        ("list", "Some evidence The step Assumption, They call 1 Assumption"),
    ],
)
def test_a_lane_of_grades_says_how_well_steps_are_backed(
    drawn: Drawn, show: str, words: str
) -> None:
    lane = charting.lane(drawn.ann, drawn.on, "grade", "Evidence")
    charting.do(drawn.ann, drawn.on, charting.put(lane, "config", {"show": show}))
    day = now().date() - timedelta(days=40)
    drawn.cite(drawn.steps[0], subjects=6, observed_on=day)

    first, second = cells(page_of(drawn))

    assert first.endswith(words)
    assert second.startswith("Step 2, Hand over 2. Evidence. ")


def test_new_evidence_is_seen_on_a_page_that_was_kept(drawn: Drawn) -> None:
    charting.lane(drawn.ann, drawn.on, "grade", "Evidence")
    before = cells(page_of(drawn))[0]

    drawn.cite(drawn.steps[0], subjects=6)

    assert "Assumption" in before
    assert "Some evidence" in cells(page_of(drawn))[0]


def test_cards_carry_their_grade_where_their_lane_says_so(drawn: Drawn) -> None:
    drawn.cite(drawn.cards[0], subjects=6)
    before = card_of(drawn)

    charting.do(drawn.ann, drawn.on, charting.put(drawn.lane, "config", {"colour_by": "grade"}))

    assert "Some evidence" not in before
    assert "Some evidence" in card_of(drawn)


def card_of(drawn: Drawn) -> str:
    told = page_of(drawn)
    card = told[told.index(f'data-lineage="{drawn.cards[0]}"') :]
    return card[: card.index("</article>")]


def test_files_tell_grades_in_words(drawn: Drawn) -> None:
    lane = charting.lane(drawn.ann, drawn.on, "grade", "Evidence")
    charting.do(drawn.ann, drawn.on, charting.put(drawn.lane, "config", {"colour_by": "grade"}))
    drawn.cite(drawn.steps[0])
    drawn.cite(drawn.cards[1], polarity=Polarity.CONTRADICTS)

    with tenant_bound(drawn.ann.tenant_id):
        row = drawn.map()
        ground = ground_of(row, drawn.ann, now=make.NOW)
        told = map_sheet(row, ground, sees_answers=True, today=make.NOW.date())

    [graded] = [one for one in told.lanes if one.id == str(lane)]
    assert [(one.first, one.text) for one in graded.items] == [
        (0, "Some evidence\n0 of 1 card backed"),
        (1, "Assumption\n0 of 1 card backed"),
    ]
    [does] = [one for one in told.lanes if one.id == str(drawn.lane)]
    assert [one.label for one in does.items] == ["Assumption", "Contradicted"]
