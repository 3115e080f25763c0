"""Items of the library: made, linked, taken back, archived and merged, as operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import ArchivedDocumentError, RefusedError, UnknownElementError
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from journeys.errors import LoopError, NotNowError, TitleNeededError, TooManyError
from journeys.rules.library import InsightKind
from journeys.services import insight_merging, library
from tests import make
from tests.journeys import charting, shelving
from tests.personas import citing, editing

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Membership:
    return make.member()


def merged(ann: Membership, kept: Any, other: Any) -> Any:
    with tenant_bound(ann.tenant_id):
        return insight_merging.merge_insights(kept=kept, other=other, by=ann, now=make.NOW)


def step(ann: Membership) -> UUID:
    return charting.stage(ann, charting.blank_map(ann, charting.journey(ann)))[1]


def test_an_item_is_named_by_its_title_and_owned_by_who_makes_it(ann: Membership) -> None:
    first = shelving.made(ann, title="  No date   for the money ")
    second = shelving.made(ann, title="No date for the money")

    assert (first.title, first.key, first.owner_id) == (
        "No date for the money",
        "no-date-for-the-money",
        ann.pk,
    )
    assert second.key == "no-date-for-the-money-2"
    assert (first.kind, first.status, first.head_seq) == ("observation", "open", 1)


@pytest.mark.parametrize("title", ["", "   ", "x" * 301])
def test_a_title_has_1_to_300_characters(ann: Membership, title: str) -> None:
    with pytest.raises(TitleNeededError, match="Write 1 to 300 characters"):
        shelving.made(ann, title=title)


def test_an_opportunity_begins_with_all_its_links_as_one_batch(ann: Membership) -> None:
    insight, goal = shelving.made(ann), shelving.made(ann, "goal", "Fewer calls")
    persona, at = editing.persona(ann), step(ann)
    links = [("answers", insight.pk), ("serves", goal.pk), ("lies-at", at), ("helps", persona)]

    made = shelving.made(ann, "opportunity", "Say the day", links)

    found = {kind: shelving.links_of(ann, made, kind) for kind, _ in links}
    assert found == {kind: [to] for kind, to in links}
    shelving.assert_true_log(ann, made)


def test_a_solution_takes_opportunities_and_makes_steps_real(ann: Membership) -> None:
    opportunity, at = shelving.made(ann, "opportunity", "Say the day"), step(ann)

    made = shelving.made(
        ann, "solution", "A date in the mail", [("solves", opportunity.pk), ("makes", at)]
    )

    assert shelving.links_of(ann, made, "solves") == [opportunity.pk]
    assert shelving.links_of(ann, made, "makes") == [at]
    shelving.assert_true_log(ann, made)


def test_what_is_set_and_linked_can_be_taken_back(ann: Membership) -> None:
    item, persona = shelving.made(ann), editing.persona(ann)
    shelving.do(ann, item, shelving.put(item, "impact", -1.46))
    shelving.do(ann, item, shelving.link(item, "about", persona))
    assert shelving.fresh(ann, item).impact == -1.5

    shelving.take_back(ann, item)
    assert shelving.links_of(ann, item, "about") == []
    shelving.take_back(ann, item)

    assert shelving.fresh(ann, item).impact is None
    shelving.assert_true_log(ann, item)


@pytest.mark.parametrize(
    ("field", "value"),
    [("impact", 2.1), ("impact", -3), ("weight", 101), ("kind", "wish"), ("status", "done")],
)
def test_what_does_not_fit_is_refused_by_the_name_of_the_field(
    ann: Membership, field: str, value: Any
) -> None:
    item = shelving.made(ann)

    with pytest.raises(RefusedError) as refused:
        shelving.do(ann, item, shelving.put(item, field, value))

    assert refused.value.field == field


def test_the_same_is_linked_once_and_again_after_it_was_taken_off(ann: Membership) -> None:
    item, persona = shelving.made(ann), editing.persona(ann)
    link = shelving.link(item, "about", persona)
    shelving.do(ann, item, link)

    with pytest.raises(RefusedError, match="linked already"):
        shelving.do(ann, item, shelving.link(item, "about", persona))
    shelving.take_back(ann, item)
    shelving.do(ann, item, shelving.link(item, "about", persona))

    assert shelving.links_of(ann, item, "about") == [persona]


def test_insights_never_rest_on_themselves_however_far_around(ann: Membership) -> None:
    first, second, third = (shelving.made(ann, title=f"Insight {n}") for n in "abc")
    shelving.do(ann, first, shelving.link(first, "basis", second.pk))
    shelving.do(ann, second, shelving.link(second, "basis", third.pk))

    with pytest.raises(LoopError) as refused:
        shelving.do(ann, third, shelving.link(third, "basis", first.pk))
    with pytest.raises(LoopError):
        shelving.do(ann, third, shelving.link(third, "basis", third.pk))

    assert refused.value.status == 409
    assert shelving.links_of(ann, third, "basis") == []


def test_goals_are_a_tree(ann: Membership) -> None:
    top = shelving.made(ann, "goal", "Loved by customers")
    below = shelving.made(ann, "goal", "Fewer calls", parent=str(top.pk))

    with pytest.raises(LoopError, match="goals that are part of each other"):
        shelving.do(ann, top, shelving.put(top, "parent", str(below.pk)))

    assert shelving.fresh(ann, below).parent_id == top.pk


def test_what_belongs_to_another_workspace_is_not_there(ann: Membership) -> None:
    other = make.member()
    item = shelving.made(ann, "opportunity", "Say the day")
    theirs = [
        ("answers", shelving.made(other).pk),
        ("helps", editing.persona(other)),
        ("serves", shelving.made(other, "goal", "Theirs").pk),
        ("lies-at", step(other)),
    ]

    for kind, pk in theirs:
        with pytest.raises(UnknownElementError):
            shelving.do(ann, item, shelving.link(item, kind, pk))
    with pytest.raises(UnknownElementError):
        shelving.do(ann, item, shelving.put(item, "owner", str(other.pk)))

    assert [shelving.links_of(ann, item, kind) for kind, _ in theirs] == [[], [], [], []]


def test_an_archived_item_is_closed_until_it_is_restored(ann: Membership) -> None:
    item = shelving.made(ann)
    with tenant_bound(ann.tenant_id):
        library.archive_item(item=item, by=ann, now=make.NOW)
        library.archive_item(item=item, by=ann, now=make.NOW)

    with pytest.raises(ArchivedDocumentError):
        shelving.do(ann, item, shelving.put(item, "status", "validated"))
    with tenant_bound(ann.tenant_id):
        library.restore_item(item=shelving.fresh(ann, item), by=ann, now=make.NOW)

    shelving.do(ann, item, shelving.put(item, "status", "validated"))
    assert shelving.fresh(ann, item).status == "validated"


def test_several_change_together_or_not_at_all(ann: Membership) -> None:
    items = [shelving.made(ann, title=f"Insight {n}") for n in "abc"]
    with tenant_bound(ann.tenant_id):
        library.change_several(items=items, field="status", value="validated", by=ann, now=make.NOW)
        library.archive_several(items=[items[2]], by=ann, now=make.NOW)

        with pytest.raises(ArchivedDocumentError):
            library.change_several(items=items, field="status", value="open", by=ann, now=make.NOW)
        with pytest.raises(TooManyError, match="up to 200"):
            library.archive_several(items=[items[0]] * 201, by=ann, now=make.NOW)

    assert [one.status for one in shelving.all_of(ann, "insight")] == ["validated"] * 3


def test_merging_gains_what_was_missing_and_moves_what_pointed_there(ann: Membership) -> None:
    bea, carl = editing.persona(ann, "Bea"), editing.persona(ann, "Carl")
    basis = shelving.made(ann, title="A count of calls")
    kept = shelving.made(ann, title="No date", links=[("about", bea)], weight=40)
    other = shelving.made(
        ann,
        title="When does it come?",
        links=[("about", bea), ("about", carl), ("basis", basis.pk)],
        body="They call.",
        weight=10,
    )
    chance = shelving.made(ann, "opportunity", "Say the day", [("answers", other.pk)])
    above = shelving.made(ann, title="They fear for it", links=[("basis", other.pk)])

    found = merged(ann, kept, other)

    assert (found.body, found.weight) == ("They call.", 40)
    assert shelving.links_of(ann, kept, "about") == [bea, carl]
    assert shelving.links_of(ann, kept, "basis") == [basis.pk]
    assert shelving.links_of(ann, chance, "answers") == [kept.pk]
    assert shelving.links_of(ann, above, "basis") == [kept.pk]
    gone = shelving.fresh(ann, other)
    assert (gone.merged_into_id, gone.archived_at) == (kept.pk, make.NOW)
    for item in (kept, other, chance, above):
        shelving.assert_true_log(ann, item)


def test_merging_moves_evidence_once_and_cards_of_drafts(ann: Membership) -> None:
    kept, other = shelving.made(ann, title="No date"), shelving.made(ann, title="When?")
    on = charting.blank_map(ann, charting.journey(ann))
    [_, at] = charting.stage(ann, on)
    card = charting.card(ann, on, charting.lane(ann, on, "insight"), at, insight=str(other.pk))
    both, only = citing.evidence(ann), citing.evidence(ann, excerpt="Still nothing")
    for item, row in ((kept, both), (other, both), (other, only)):
        shelving.cite(ann, item, row)

    merged(ann, kept, other)
    merged(ann, kept, shelving.fresh(ann, other))

    assert charting.state_of(ann, on)[card].values["insight"] == str(kept.pk)
    assert shelving.cited(ann, kept) == sorted([both.pk, only.pk])
    with tenant_bound(ann.tenant_id):
        told = AuditEntry.objects.for_tenant(ann.tenant).filter(action="insight-merged").get()
    assert {name: told.changes[name] for name in ("cards", "evidence")} == {
        "cards": 1,
        "evidence": 1,
    }


def test_merging_is_refused_with_itself_with_archived_ones_and_into_a_loop(
    ann: Membership,
) -> None:
    kept, other = shelving.made(ann, title="No date"), shelving.made(ann, title="When?")
    between = shelving.made(ann, title="Fear", links=[("basis", other.pk)])
    shelving.do(ann, kept, shelving.link(kept, "basis", between.pk))

    with pytest.raises(NotNowError, match="with itself"):
        merged(ann, kept, kept)
    with pytest.raises(LoopError):
        merged(ann, kept, other)
    with tenant_bound(ann.tenant_id):
        library.archive_item(item=other, by=ann, now=make.NOW)
    with pytest.raises(NotNowError, match="is archived"):
        merged(ann, kept, other)

    assert shelving.links_of(ann, between, "basis") == [other.pk]


def test_a_restored_insight_is_one_of_its_own_again(ann: Membership) -> None:
    kept, other = shelving.made(ann, title="No date"), shelving.made(ann, title="When?")
    merged(ann, kept, other)

    with tenant_bound(ann.tenant_id):
        library.restore_item(item=shelving.fresh(ann, other), by=ann, now=make.NOW)

    back = shelving.fresh(ann, other)
    assert (back.merged_into_id, back.archived_at) == (None, None)


def test_an_insight_is_made_about_personas(ann: Membership) -> None:
    bea = editing.persona(ann, "Bea")
    with tenant_bound(ann.tenant_id):
        made = library.create_insight(
            tenant=ann.tenant,
            title="No date",
            kind=InsightKind.PAIN,
            body="They call.",
            personas=[bea],
            by=ann,
            now=make.NOW,
        )

    assert (made.kind, made.body) == ("pain", "They call.")
    assert shelving.links_of(ann, made, "about") == [bea]


def test_links_that_there_are_not_are_refused(ann: Membership) -> None:
    with pytest.raises(RefusedError):
        shelving.made(ann, links=[("serves", new_id())])
