"""Library files: what one would do, and what it does; all of it or nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cxm.customers.models import Segment
from cxm.tenants.binding import tenant_bound
from personas.errors import LibraryRefusedError, LibraryStaleError
from personas.models import Persona, PersonaOp, Stakeholder, StakeholderMap
from personas.services.personas import archive_persona
from tests import make
from tests.personas import citing, mapping
from tests.personas.editing import (
    assert_true_log,
    do,
    fact,
    persona,
    put,
    section,
    state_of,
    take_back,
)
from tests.personas.library import HEAD, UMA, exported, looked_at, taken_in, template, world

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from personas.rules.cxmap_import import Preview

pytestmark = pytest.mark.django_db


def told(found: Preview) -> list[tuple[str, str, str]]:
    return [(step.words, step.before, step.after) for part in found.parts for step in part.steps]


def test_a_preview_tells_field_by_field_and_writes_nothing(bea: Membership) -> None:
    template(bea)
    text = exported(bea)
    edited = text.replace("name: Uma", "name: Ulla").replace("status: assumed", "")
    edited = edited.replace("      sections:\n", "      tagline: Always late\n      sections:\n")
    edited = re.sub(r"      tagline: .*\n(?=      quote)", "", edited)

    found = looked_at(bea, edited)

    assert found.counts == {"changed": 1}
    assert ("Name", "Uma", "Ulla") in told(found)
    assert exported(bea) == text


def test_a_change_is_one_batch_that_can_be_undone(bea: Membership) -> None:
    uma = template(bea)
    text = exported(bea)
    first = next(e for e in state_of(bea, uma.pk).values() if e.kind == "fact")
    edited = text.replace(str(first.values["text"]), "Something else altogether").replace(
        "name: Uma", "name: Ulla"
    )

    report = taken_in(bea, edited)

    assert report.counts == {"changed": 1}
    assert exported(bea) == edited
    with tenant_bound(bea.tenant_id):
        log = PersonaOp.objects.for_tenant(bea.tenant).filter(persona=uma, source="import")
        assert log.values("batch").distinct().count() == 1
    take_back(bea, uma.pk)
    assert exported(bea) == text
    assert_true_log(bea, uma.pk)


def test_a_reworded_statement_keeps_its_evidence(bea: Membership) -> None:
    pk = persona(bea)
    one = fact(bea, pk, section(bea, pk), "Answers before nine in the morning")
    citation = citing.cited(bea, pk, one)

    taken_in(bea, exported(bea).replace("before nine", "before ten"))

    state = state_of(bea, pk)
    assert state[one].values["text"] == "Answers before ten in the morning"
    assert not state[citation].is_deleted


def test_an_import_brings_a_stakeholder_back_rather_than_twice(bea: Membership) -> None:
    drawn = world(bea)
    text = exported(bea)
    placed = re.sub(r"        - stakeholder: courier\n(          .*\n)+?(?=        - )", "", text)
    without = re.sub(r"      relations:\n(        .*\n|          .*\n)+", "", placed)
    taken_in(bea, without)

    found = looked_at(bea, text)
    taken_in(bea, text)

    assert ("Stakeholder “courier” comes back", "", "") in told(found)
    assert exported(bea) == text
    with tenant_bound(bea.tenant_id):
        assert StakeholderMap.objects.for_tenant(bea.tenant).get().pk == drawn.pk


def test_what_is_here_may_be_copied_or_left_alone(bea: Membership) -> None:
    template(bea)
    edited = exported(bea).replace("name: Uma", "name: Ulla")

    left = taken_in(bea, edited, {"persona.uma": "leave"})
    copied = taken_in(bea, edited, {"persona.uma": "copy"})

    assert (left.counts, copied.counts) == ({"left out": 1}, {"copy": 1})
    with tenant_bound(bea.tenant_id):
        rows = Persona.objects.for_tenant(bea.tenant).values_list("key", "name")
        assert sorted(rows) == [("uma", "Uma"), ("uma-2", "Ulla")]


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ((f"{UMA}      sections:\n        - kind: text\n          title: A\n"
         "          traits: []\n          statements:\n            - x\n"),
         "library.personas[0].sections[0].statements", "has no statements"),
        (f"{UMA}      sections:\n        - kind: needs\n          title: A\n          text: x\n",
         "library.personas[0].sections[0].text", "has no “text”"),
        ((f"{UMA}      sections:\n        - kind: needs\n          title: A\n"
         "          statements:\n"
         "            - text: x\n              facet: social\n"),
         "library.personas[0].sections[0].statements[0].facet", "Only jobs"),
        ((f"{UMA}      sections:\n        - kind: links\n          title: A\n          links:\n"
         "            - title: x\n              url: javascript:alert(1)\n"),
         "library.personas[0].sections[0].links[0].url", "begins with http://"),
        (f'{HEAD}  personas:\n    - key: uma\n      name: "  "\n',
         "library.personas[0].name", "it cannot be empty"),
        (f'{HEAD}  personas:\n    - key: uma\n      name: "a\\0b"\n',
         "library.personas[0].name", "cannot be stored"),
        (f"{HEAD}  personas:\n    - uma\n", "library.personas[0]", "“name” is missing"),
        ((f"{HEAD}  stakeholder_maps:\n    - key: m\n      title: M\n      rings:\n        - A\n"
         "      placements:\n        - nobody\n"),
         "library.stakeholder_maps[0].placements[0]", "no stakeholder “nobody”"),
        ((f"{HEAD}  stakeholders:\n    - key: c\n      name: C\n      kind: role\n"
         "  stakeholder_maps:\n    - key: m\n      title: M\n      rings:\n        - A\n"
         "      placements:\n        - stakeholder: c\n          ring: 1\n        - c\n"
         "      relations:\n        - from: c\n          to: c\n          kind: trust\n"),
         "library.stakeholder_maps[0].placements[0].ring", "There is no ring 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_with_its_place(
    text: str, path: str, words: str, bea: Membership
) -> None:
    found = looked_at(bea, text)

    assert any(f.path == path and words in f.message for f in found.faults), found.faults
    with pytest.raises(LibraryRefusedError):
        taken_in(bea, text)


def test_a_single_fault_keeps_everything_out(bea: Membership) -> None:
    template(bea)
    before = exported(bea)
    # The second persona is refused by the law of the document alone: it has no evidence.
    edited = before.replace("name: Uma", "name: Ulla\n      status: validated") + (
        "  stakeholders:\n    - key: c\n      name: C\n      kind: role\n"
    )

    with pytest.raises(LibraryRefusedError) as caught:
        taken_in(bea, edited)

    assert [f.path for f in caught.value.preview.faults] == ["library.personas[0]"]
    assert [f.path for f in looked_at(bea, edited).faults] == ["library.personas[0]"]
    assert exported(bea) == before


def test_a_new_persona_without_evidence_is_researched_at_most(bea: Membership) -> None:
    report = taken_in(bea, f"{UMA}      status: validated\n")

    assert [one.path for one in report.notices] == ["library.personas[0].status"]
    assert "status: researched" in exported(bea)


def test_what_is_archived_is_not_changed_by_a_file(bea: Membership) -> None:
    uma = template(bea)
    text = exported(bea).replace("name: Uma", "name: Ulla")
    with tenant_bound(bea.tenant_id):
        archive_persona(persona=uma, by=bea, now=make.NOW)

    [fault] = looked_at(bea, text).faults

    assert "“Uma” is archived here" in fault.message
    assert looked_at(bea, text, {"persona.uma": "copy"}).counts == {"copy": 1}


def test_a_name_is_on_the_register_once(bea: Membership) -> None:
    mapping.stakeholder(bea, "Courier")
    text = f"{HEAD}  stakeholders:\n    - key: other\n      name: COURIER\n      kind: role\n"

    [fault] = looked_at(bea, text).faults

    assert "is there already, with the key “courier”: use that key" in fault.message


def test_stakeholders_are_changed_and_linked_to_their_personas(bea: Membership) -> None:
    mapping.stakeholder(bea, "Courier", "partner")
    text = (
        f"{UMA}  stakeholders:\n    - key: courier\n      name: Courier\n      kind: team\n"
        "      persona: uma\n    - key: ghost\n      name: Ghost\n      kind: role\n"
        "      persona: nobody\n"
    )

    report = taken_in(bea, text)

    assert told(report) == [("Kind", "partner", "team"), ("Persona", "", "uma")]
    assert [one.path for one in report.notices] == ["library.stakeholders[1].persona"]
    with tenant_bound(bea.tenant_id):
        rows = Stakeholder.objects.for_tenant(bea.tenant).order_by("key")
        assert [(row.key, row.kind, row.persona_id is not None) for row in rows] == [
            ("courier", "team", True),
            ("ghost", "role", False),
        ]


def test_segments_are_bound_by_key_where_that_is_allowed(bea: Membership) -> None:
    make.segment(of=bea.tenant, title="Pros", key="pros")
    text = f"{UMA}      segment: pros\n"

    assert looked_at(bea, text).notices == []
    assert len(looked_at(bea, text, may_bind=False).notices) == 1
    assert len(looked_at(bea, text.replace("pros", "none")).notices) == 1
    taken_in(bea, text)
    assert exported(bea) == text
    with tenant_bound(bea.tenant_id):
        [bound] = Persona.objects.for_tenant(bea.tenant).values_list("segment__key", flat=True)
        Segment.objects.for_tenant(bea.tenant).get(key=bound)


def test_keys_of_ones_own_are_taken_with_a_notice(bea: Membership) -> None:
    found = looked_at(bea, f"{UMA}      x-team: blue\nx-from: us\n")

    assert found.faults == []
    assert sorted(one.path for one in found.notices) == ["library.personas[0].x-team", "x-from"]


def test_a_hidden_map_of_somebody_else_is_not_changed(bea: Membership, ana: Membership) -> None:
    drawn = world(bea)
    text = exported(bea).replace("title: Getting a parcel", "title: Mine now")
    mapping.put(bea, drawn, drawn.pk, visibility="hidden")

    [fault] = looked_at(ana, text).faults

    assert "not yours to change" in fault.message
    assert looked_at(bea, text).faults == []


def test_what_changed_since_the_look_is_looked_at_again(bea: Membership) -> None:
    uma = template(bea)
    edited = exported(bea).replace("name: Uma", "name: Ulla")
    seen = looked_at(bea, edited).seen
    do(bea, uma.pk, put(uma.pk, "category", "Home"))

    with pytest.raises(LibraryStaleError) as caught:
        taken_in(bea, edited, seen=seen)

    assert ("Category", "Home", "") in told(caught.value.preview)
    assert taken_in(bea, edited, seen=caught.value.preview.seen).counts == {"changed": 1}
    with pytest.raises(LibraryStaleError):
        taken_in(bea, edited, seen=caught.value.preview.seen)


def test_a_section_that_goes_says_what_goes_with_it(bea: Membership) -> None:
    pk = persona(bea)
    home = section(bea, pk)
    for text in ("One", "Two"):
        fact(bea, pk, home, text)
    bare = exported(bea).split("      sections:")[0]

    assert ("Section “Needs” goes, with 2 statements", "", "") in told(looked_at(bea, bare))
