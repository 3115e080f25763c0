"""What files of maps do to what is here, and what is refused."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.store import undo
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from journeys.models import Journey, JourneyMap, Lineage, MapOp, Snapshot
from journeys.services.maps import publish_map
from journeys.services.stores import MAPS
from personas.errors import LibraryRefusedError, LibraryStaleError
from tests import make
from tests.journeys import charting as m
from tests.journeys.filing import (
    HEAD,
    STAGES,
    exported,
    faults,
    looked_at,
    taken_in,
    the_map,
    zipped,
)

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
SMALL = HEAD + STAGES
LANES = """\
lanes:
  - key: does
    kind: text
    title: Does
    cards:
      - key: search
        step: show-code
        text: I search for the label
      - key: wonder
        step: show-code
        to: wait-refund
        text: I wonder when
  - key: mood
    kind: emotion
    title: Feels
    values:
      _:
        show-code: 1.2
        wait-refund: -0.5
"""


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


def steps_of(found: Any, kind: str = "journey-map") -> list[str]:
    return [s.words for part in found.preview.parts if part.kind == kind for s in part.steps]


def map_part(found: Any) -> Any:
    return next(part for part in found.preview.parts if part.kind == "journey-map")


# What one edit does


EDITS = [
    pytest.param("wait-refund: -0.5", "wait-refund: -0.6", 1, id="an emotion"),
    pytest.param("text: I wonder when", "text: I wonder how", 1, id="the text of a card"),
    pytest.param("        to: wait-refund\n", "", 1, id="the span of a card"),
    pytest.param("title: Does", "title: Does here", 1, id="the title of a lane"),
    pytest.param("title: I show a code", "title: I show it", 1, id="the title of a step"),
    pytest.param("name: As it is\n", "name: As it is\n  label: Spring\n", 1, id="the label"),
]


@pytest.mark.parametrize(("before", "after", "count"), EDITS)
def test_one_edit_is_one_operation_and_as_few_lines_as_can_be(
    bea: Membership, before: str, after: str, count: int
) -> None:
    taken_in(bea, SMALL + LANES)
    of = the_map(bea)
    text = exported(bea, of, profile="map")
    assert text == SMALL + LANES

    changed = text.replace(before, after)
    found = taken_in(bea, changed)

    again = exported(bea, the_map(bea), profile="map")
    assert again == changed
    lines = [one for one in difflib.ndiff(text.splitlines(), again.splitlines()) if one[0] in "+-"]
    assert len(lines) == 2 * count or "label" in after or not after
    assert the_map(bea).head_seq == of.head_seq + count
    assert len(steps_of(found)) == 1


def test_taken_in_twice_the_second_time_changes_nothing(bea: Membership) -> None:
    taken_in(bea, SMALL + LANES)
    of = the_map(bea)

    found = taken_in(bea, SMALL + LANES)

    assert map_part(found).becomes == "same"
    assert the_map(bea).head_seq == of.head_seq
    with tenant_bound(bea.tenant_id):
        assert not Snapshot.objects.for_tenant(bea.tenant).exists()


def test_what_a_file_does_not_say_goes_and_comes_back_with_its_id(bea: Membership) -> None:
    taken_in(bea, SMALL + LANES)
    before = m.state_of(bea, the_map(bea).pk)

    taken_in(bea, SMALL)
    taken_in(bea, SMALL + LANES)

    after = m.state_of(bea, the_map(bea).pk)
    assert {pk for pk, e in before.items() if not e.is_deleted} == {
        pk for pk, e in after.items() if not e.is_deleted
    }


def test_a_step_moves_to_another_stage_with_what_lies_on_it(bea: Membership) -> None:
    taken_in(bea, SMALL + LANES)
    text = SMALL.replace("      - key: wait-refund\n        title: I wait for the refund\n", "") + (
        "  - key: after\n    title: After\n    steps:\n      - key: wait-refund\n"
        "        title: I wait for the refund\n"
    )

    found = taken_in(bea, text + LANES)

    assert exported(bea, the_map(bea), profile="map") == text + LANES
    deeds = [one.lower() for one in steps_of(found)]
    assert len(deeds) == 2
    assert any("moved" in one for one in deeds)


def test_a_stage_that_went_comes_back_for_one_of_its_steps(bea: Membership) -> None:
    after = "  - key: after\n    title: After\n    steps:\n      - key: done\n        title: Done\n"
    more = "      - key: more\n        title: More\n"
    taken_in(bea, SMALL + after + more)
    taken_in(bea, SMALL)
    taken_in(bea, SMALL + more)

    taken_in(bea, SMALL + after)

    assert exported(bea, the_map(bea), profile="map") == SMALL + after


def test_the_order_of_steps_changes_by_one_move(bea: Membership) -> None:
    third = "      - key: done\n        title: Done\n"
    taken_in(bea, SMALL + third)
    first = "      - key: show-code\n        title: I show a code\n"
    of = the_map(bea)

    taken_in(bea, SMALL.replace(first, third + first))

    assert the_map(bea).head_seq == of.head_seq + 1


def test_an_import_is_one_step_of_undo_and_keeps_how_the_map_was(bea: Membership) -> None:
    taken_in(bea, SMALL + LANES)
    of = the_map(bea)
    taken_in(bea, SMALL)

    with tenant_bound(bea.tenant_id):
        kept = Snapshot.objects.for_tenant(bea.tenant).get()
        undo(MAPS, m.request(bea, of.pk), as_batch=new_id())

    assert (kept.seq, kept.trigger) == (of.head_seq, "before_import")
    assert exported(bea, the_map(bea), profile="map") == SMALL + LANES


def test_of_a_published_map_a_draft_is_changed(bea: Membership) -> None:
    taken_in(bea, SMALL)
    with tenant_bound(bea.tenant_id):
        publish_map(of=the_map(bea), by=bea, now=make.NOW)

    same = taken_in(bea, SMALL)
    changed = taken_in(bea, SMALL + LANES)
    again = taken_in(bea, SMALL + LANES)

    assert [map_part(one).becomes for one in (same, changed, again)] == ["same", "changed", "same"]
    assert map_part(changed).target_key == "2-current"
    assert exported(bea, the_map(bea, number=1), profile="map") == SMALL


def test_a_copy_is_a_map_of_its_own_paired_by_keys(bea: Membership) -> None:
    taken_in(bea, SMALL + LANES)

    taken_in(bea, SMALL + LANES, {"journey-map.map": "copy"})

    maps = [m.state_of(bea, the_map(bea, number=number).pk) for number in (1, 2)]
    told = [{e.id for e in one.values() if e.parent} for one in maps]
    assert told[0] == told[1]
    assert exported(bea, the_map(bea, number=2), profile="map") == SMALL + LANES


def test_a_future_map_names_its_baseline_where_it_is_here(bea: Membership) -> None:
    taken_in(bea, SMALL)
    future = SMALL.replace("state: current", "state: future").replace(
        "name: As it is", 'name: As it could be\n  baseline: 1\n  horizon: "2027-09-30"'
    )

    taken_in(bea, future)
    left = looked_at(bea, future.replace("baseline: 1", "baseline: 7"), {"journey-map.map": "copy"})

    made = the_map(bea, state="future")
    assert made.baseline == the_map(bea, number=1)
    assert exported(bea, made, profile="map") == future
    assert ["There is no map 7" in one.message for one in left.preview.notices] == [True]


def test_a_former_key_finds_the_element_that_had_it(bea: Membership) -> None:
    taken_in(bea, SMALL)
    with tenant_bound(bea.tenant_id):
        row = Lineage.objects.for_tenant(bea.tenant).get(key="show-code")
        row.key, row.former_keys = "code", ["show-code"]
        row.save(update_fields=["key", "former_keys"])

    found = taken_in(bea, SMALL)

    assert map_part(found).becomes == "same"
    assert "- key: code\n" in exported(bea, the_map(bea), profile="map")


# Whole journeys


def test_a_journey_comes_out_of_another_workspace_as_it_went_in(bea: Membership) -> None:
    there = make.member()
    taken_in(bea, SMALL + LANES)
    with tenant_bound(bea.tenant_id):
        publish_map(of=the_map(bea), by=bea, now=make.NOW)
    taken_in(
        bea,
        (SMALL + LANES)
        .replace("state: current", "state: future")
        .replace("name: As it is", "name: As it could be\n  baseline: 1"),
    )
    content = zipped(bea, the_map(bea, number=1))

    found = taken_in(there, content)

    assert [one.number for one in found.maps] == [1, 2]
    assert zipped(there, the_map(there, number=1)) == content
    assert zipped(there, the_map(there, number=1), order="-number") == content
    assert set(taken_in(there, content).preview.counts) == {"same"}


# What is refused


BROKEN = [
    pytest.param("journey:", "journeys:", "There is no key “journeys” here", id="unknown key"),
    pytest.param("key: wait-refund", "key: show-code", "stands here twice", id="key twice"),
    pytest.param("state: current", "state: soon", "Choose one of", id="unknown state"),
    pytest.param("show-code: 1.2", "show-code: 2.1", "from -2 to 2", id="emotion out of range"),
    pytest.param("show-code: 1.2", "show-code: 1.25", "tenths", id="emotion in hundredths"),
    pytest.param("show-code: 1.2", "nowhere: 1.2", "There is no step “nowhere”", id="no step"),
    pytest.param("      _:", "      uma:", "There is no persona “uma”", id="no persona"),
    pytest.param("      _:", "      Uma B:", "is no key", id="odd key"),
    pytest.param("kind: text", "kind: flow", "It holds no cards", id="cards where none are"),
    pytest.param("kind: emotion", "kind: text", "Only lanes of kind", id="values of a text lane"),
    pytest.param("to: wait-refund", "insight: late", "There is no insight", id="no insight"),
    pytest.param(
        "title: Does", "title: Does\n    config:\n      helpp: x", "helpp", id="unknown setting"
    ),
    pytest.param(
        "name: As it is",
        'name: As it is\n  horizon: "2027-01-01"',
        "horizon",
        id="horizon of today",
    ),
]


@pytest.mark.parametrize(("before", "after", "words"), BROKEN)
def test_a_file_that_is_wrong_is_refused_with_its_place(
    bea: Membership, before: str, after: str, words: str
) -> None:
    text = (SMALL + LANES).replace(before, after, 1)
    assert text != SMALL + LANES

    found = looked_at(bea, text)
    with pytest.raises(LibraryRefusedError):
        taken_in(bea, text)

    assert any(words in one for one in faults(found)), faults(found)
    with tenant_bound(bea.tenant_id):
        assert not Journey.objects.for_tenant(bea.tenant).exists()
        assert not JourneyMap.objects.for_tenant(bea.tenant).exists()


def test_every_fault_is_told_with_its_line(bea: Membership) -> None:
    text = (SMALL + LANES).replace("step: show-code", "step: nowhere")

    found = looked_at(bea, text)

    first = text.splitlines().index("        step: nowhere") + 1
    assert [one.line for one in found.preview.faults] == [first, first + 3]


def test_a_preview_writes_nothing(bea: Membership) -> None:
    found = looked_at(bea, SMALL + LANES)

    assert found.preview.counts == {"new": 2}
    with tenant_bound(bea.tenant_id):
        assert not Journey.objects.for_tenant(bea.tenant).exists()
        assert not MapOp.objects.for_tenant(bea.tenant).exists()
        assert not AuditEntry.objects.for_tenant(bea.tenant).filter(action="map-imported").exists()


def test_what_changed_since_the_preview_is_shown_again(bea: Membership) -> None:
    taken_in(bea, SMALL)
    of = the_map(bea)
    seen = looked_at(bea, SMALL + LANES).preview.seen
    m.stage(bea, of.pk, "Later")

    with pytest.raises(LibraryStaleError):
        taken_in(bea, SMALL + LANES, seen=seen)
    taken_in(bea, SMALL + LANES, seen=looked_at(bea, SMALL + LANES).preview.seen)

    assert exported(bea, the_map(bea), profile="map") == SMALL + LANES


def test_a_journey_of_somebody_else_is_not_changed(bea: Membership) -> None:
    other = make.member(of=bea.tenant, role=Role.CONTRIBUTOR)
    taken_in(bea, SMALL.replace("  level: 2", "  level: 2\n  visibility: viewable"))

    found = looked_at(other, SMALL + LANES)
    copy = looked_at(other, SMALL + LANES, {"journey.return-shoes": "copy"})

    assert any("not yours to change" in one for one in faults(found))
    assert next(part.target_key for part in copy.preview.parts) == "return-shoes-2"


def test_a_locked_lane_comes_in_with_its_cards_and_is_not_changed_then(bea: Membership) -> None:
    text = (SMALL + LANES).replace("title: Does", "title: Does\n    locked: true")
    taken_in(bea, text)

    found = looked_at(bea, text.replace("I wonder when", "I wonder how"))

    assert exported(bea, the_map(bea), profile="map") == text
    assert any("is locked" in one for one in faults(found))
