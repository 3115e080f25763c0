"""Making, copying and archiving personas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.store import operations
from cxm.tenants.binding import tenant_bound
from personas.errors import PersonaNameError, TooManyPersonasError
from personas.models import Persona, PersonaFact, PersonaOp, PersonaSection
from personas.rules.kinds import PersonaKind
from personas.rules.templates import TEMPLATES
from personas.services import personas as services
from personas.services.personas import actor_of
from personas.services.stores import PERSONAS
from tests import make
from tests.personas.editing import create, do, fact, put, section

if TYPE_CHECKING:
    from cxm.tenants.models import ApiKey, Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea() -> Membership:
    return make.member()


def made(by: Membership, name: str = "Busy Bea", template: str = "blank") -> Persona:
    with tenant_bound(by.tenant_id):
        return services.create_persona(
            tenant=by.tenant, name=name, by=by, now=make.NOW, template=TEMPLATES[template]
        )


def titles(persona: Persona) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Give the sections of a persona by title, with what their statements are made of."""
    with tenant_bound(persona.tenant_id):
        sections = PersonaSection.objects.for_tenant(persona.tenant_id).filter(persona=persona)
        facts = PersonaFact.objects.for_tenant(persona.tenant_id).filter(persona=persona)
        return [
            (
                one.title,
                list(
                    facts.filter(section=one)
                    .order_by("ord", "pk")
                    .values_list("label", "text", "facet")
                ),
            )
            for one in sections.order_by("ord", "pk")
        ]


def test_a_blank_persona_has_a_name_an_owner_and_nothing_else(bea: Membership) -> None:
    persona = made(bea, "  Busy   Bea ")

    assert (persona.name, persona.key, persona.owner_id) == ("Busy Bea", "busy-bea", bea.pk)
    assert (persona.kind, persona.status) == ("customer", "assumed")
    assert titles(persona) == []


@pytest.mark.parametrize("key", sorted(TEMPLATES))
def test_a_template_is_written_down_as_it_is_in_one_batch(bea: Membership, key: str) -> None:
    template = TEMPLATES[key]
    persona = made(bea, "Somebody", key)

    assert (persona.kind, persona.tagline) == (template.kind, template.tagline)
    assert titles(persona) == [
        (plan.title or plan.kind.words, [(f.label, f.text, f.facet) for f in plan.facts])
        for plan in template.sections
    ]
    with tenant_bound(bea.tenant_id):
        rows = PersonaOp.objects.for_tenant(bea.tenant).filter(persona=persona)
        assert len(set(rows.values_list("batch", flat=True))) == 1


def test_a_kind_that_is_given_holds_over_the_template(bea: Membership) -> None:
    with tenant_bound(bea.tenant_id):
        persona = services.create_persona(
            tenant=bea.tenant,
            name="Pat",
            by=bea,
            now=make.NOW,
            template=TEMPLATES["buyer"],
            kind=PersonaKind.PARTNER,
        )

    assert persona.kind == "partner"


def test_keys_are_made_of_names_and_never_twice(bea: Membership) -> None:
    keys = [made(bea, name).key for name in ("Zoë", "Zoe", "ZOE!", "夢")]

    assert keys == ["zoe", "zoe-2", "zoe-3", "persona"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_name_that_is_none_is_refused(bea: Membership, name: str) -> None:
    with pytest.raises(PersonaNameError) as refused:
        made(bea, name)

    assert refused.value.field == "name"


def test_there_is_an_end_to_how_many_there_may_be(
    bea: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_PERSONAS", 1)
    made(bea)

    with pytest.raises(TooManyPersonasError):
        made(bea, "One more")


def test_a_copy_has_everything_but_the_trust_in_it(bea: Membership) -> None:
    persona = made(bea, "Uma", "user")
    do(bea, persona.pk, put(persona.pk, "status", "researched"))
    do(bea, persona.pk, put(persona.pk, "reviewed_on", "2026-11-01"))
    gone = section(bea, persona.pk, "pains", "Gone")
    fact(bea, persona.pk, gone)
    with tenant_bound(bea.tenant_id):
        PersonaSection.objects.for_tenant(bea.tenant).filter(pk=gone).update(deleted_at=make.NOW)
        persona = Persona.objects.for_tenant(bea.tenant).select_related("tenant").get()
        copy = services.copy_persona(persona=persona, by=bea, now=make.NOW)

    assert (copy.name, copy.key) == ("Copy of Uma", "copy-of-uma")
    assert (copy.status, copy.reviewed_on, copy.tagline) == ("assumed", None, persona.tagline)
    assert titles(copy) == [one for one in titles(persona) if one[0] != "Gone"]


@pytest.mark.slow
def test_a_persona_of_more_statements_than_go_at_once_is_copied_whole(bea: Membership) -> None:
    persona = made(bea)
    for number in range(6):
        within = section(bea, persona.pk, title=f"Section {number}")
        new = [create(new_id(), "fact", {"text": f"{number}.{n}"}, within) for n in range(100)]
        do(bea, persona.pk, *new)
    with tenant_bound(bea.tenant_id):
        copy = services.copy_persona(persona=persona, by=bea, now=make.NOW)

    assert sum(len(facts) for _, facts in titles(copy)) == 600
    assert titles(copy) == titles(persona)


def test_archiving_and_restoring_are_operations_once_each(bea: Membership) -> None:
    persona = made(bea)
    for act, is_archived in (
        (services.archive_persona, True),
        (services.archive_persona, True),
        (services.unarchive_persona, False),
        (services.unarchive_persona, False),
    ):
        with tenant_bound(bea.tenant_id):
            persona = Persona.objects.for_tenant(bea.tenant).select_related("tenant").get()
            act(persona=persona, by=bea, now=make.NOW)
            persona = Persona.objects.for_tenant(bea.tenant).select_related("tenant").get()
        assert (persona.archived_at is not None) == is_archived

    assert persona.head_seq == 3


def test_a_key_of_a_program_makes_a_persona_that_nobody_owns() -> None:
    key: ApiKey
    key, _ = make.api_key()
    with tenant_bound(key.tenant_id):
        persona = services.create_persona(tenant=key.tenant, name="Ada", by=key, now=make.NOW)
        asked = Request(key.tenant, persona.pk, actor_of(key), make.NOW)
        [first] = operations(PERSONAS, asked)

    assert persona.owner_id is None
    assert (first.actor.kind, first.actor.id) == ("api_key", key.pk)
