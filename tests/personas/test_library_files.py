"""Library files: what comes out of one workspace, and into another."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from personas.rules.kinds import STATED, PersonaKind, SectionKind
from personas.rules.templates import TEMPLATES
from tests import make
from tests.personas import citing
from tests.personas.editing import (
    create,
    do,
    persona,
    put,
    section,
    state_of,
)
from tests.personas.library import exported, looked_at, taken_in, template, world

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> Membership:
    return make.member()


# There and back


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_a_template_comes_out_of_another_workspace_as_it_went_in(
    name: str, bea: Membership, there: Membership
) -> None:
    template(bea, name)
    text = exported(bea)

    report = taken_in(there, text)

    assert report.counts == {"new": 1}
    assert exported(there) == text
    assert taken_in(there, text).counts == {"same": 1}


@pytest.mark.parametrize("as_json", [False, True])
def test_a_map_comes_out_of_another_workspace_as_it_went_in(
    bea: Membership, there: Membership, *, as_json: bool
) -> None:
    world(bea)
    text = exported(bea)

    taken_in(there, exported(bea, as_json=as_json))

    assert exported(there) == text
    assert taken_in(there, text).counts == {"same": 3}


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
NAMES = TEXTS.map(lambda text: " ".join(f"{text}x".split()))
STATEMENTS = st.lists(
    st.fixed_dictionaries({"text": NAMES, "label": NAMES | st.just("")}), max_size=4
)
SECTIONS: st.SearchStrategy[Any] = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(sorted(STATED)), NAMES, st.just({}), STATEMENTS),
        st.tuples(st.just("text"), NAMES, st.fixed_dictionaries({"text": TEXTS}), st.just([])),
        st.tuples(
            st.just("traits"),
            NAMES,
            st.fixed_dictionaries(
                {
                    "traits": st.lists(
                        st.fixed_dictionaries(
                            {"low": NAMES, "high": NAMES, "value": st.integers(0, 100)}
                        ),
                        max_size=3,
                    )
                }
            ),
            st.just([]),
        ),
    ),
    max_size=4,
)


@pytest.mark.slow
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(SECTIONS, TEXTS, st.sampled_from([kind.value for kind in PersonaKind]))
def test_any_persona_comes_out_as_it_went_in(
    bea: Membership, sections: Any, quote: str, kind: str
) -> None:
    there = make.member()
    here = make.member()
    pk = persona(here, "Uma")
    do(here, pk, put(pk, "quote", quote), put(pk, "kind", kind))
    for name, title, content, statements in sections:
        home = section(here, pk, name, title)
        do(here, pk, put(home, "content", content))
        for one in statements:
            do(here, pk, create(new_id(), "fact", one, home))
    text = exported(here)

    taken_in(there, text)

    assert exported(there) == text
    assert taken_in(here, text).counts == {"same": 1}


def test_one_edit_changes_one_line(bea: Membership) -> None:
    uma = template(bea)
    world(bea)
    before = exported(bea)
    do(bea, uma.pk, put(uma.pk, "status", "researched"))

    lines = list(difflib.ndiff(before.splitlines(), exported(bea).splitlines()))

    assert [line for line in lines if line[0] != " "] == ["+       status: researched"]


def test_a_file_holds_nothing_of_people_evidence_and_times(bea: Membership) -> None:
    uma = template(bea)
    facts = [e.id for e in state_of(bea, uma.pk).values() if e.kind == "fact"]
    citing.cited(bea, uma.pk, facts[0], excerpt="SECRET words")
    world(bea)

    text = exported(bea)

    assert "@" not in text
    assert "SECRET" not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|20[0-9]{2}-[0-9]{2}", text)
    with tenant_bound(bea.tenant_id):
        entry = AuditEntry.objects.for_tenant(bea.tenant).get(action="library-exported")
    assert entry.changes == {
        "personas": ["uma"],
        "stakeholders": ["courier", "shop"],
        "stakeholder_maps": ["getting-a-parcel"],
    }


def test_what_is_thought_of_people_is_left_out_and_left_alone(bea: Membership) -> None:
    world(bea)
    whole, public = exported(bea), exported(bea, is_private=False)

    assert "scope: public" in public
    assert not re.search(r"power: [0-9]|interest:|attitude:|note:|Angry", public)
    assert looked_at(bea, public).counts == {"same": 3}
    taken_in(bea, public.replace("strength: 3", "strength: 1"))
    assert exported(bea) == whole.replace("strength: 3", "strength: 1")


def test_every_kind_of_section_has_its_place_in_a_file(bea: Membership, there: Membership) -> None:
    pk = persona(bea)
    for kind in SectionKind:
        section(bea, pk, kind.value, kind.words)
    text = exported(bea)

    taken_in(there, text)

    assert exported(there) == text
    assert text.count("- kind:") == len(SectionKind)
