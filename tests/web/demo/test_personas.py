"""The personas of the demo: each bound to a segment of its company."""

from __future__ import annotations

import pytest

from cxm.collaboration.rules.kinds import Grade
from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.web.demo.brightline import BRIGHTLINE
from cxm.web.demo.personas import describe_personas
from personas.models import Persona, PersonaFact
from personas.selectors.evidence import library_backing
from tests import make


@pytest.mark.django_db
def test_every_persona_of_brightline_describes_one_of_its_segments() -> None:
    plan = BRIGHTLINE.timeline
    assert plan is not None
    manager = make.member(role=Role.MANAGER, email=DEMO_SIGN_INS["manager"])
    for segment in plan.segments:
        make.segment(of=manager.tenant, key=segment.key, title=segment.title)
    with tenant_bound(manager.tenant_id):
        describe_personas(manager.tenant, plan.personas, now=make.NOW)

        rows = Persona.objects.for_tenant(manager.tenant).order_by("name")
        found = list(rows.values_list("name", "segment__key", "status", "owner"))
        facts = PersonaFact.objects.for_tenant(manager.tenant).filter(persona__in=rows)
        told = [facts.filter(persona=one).count() for one in rows]
    assert found == [
        ("Frank Obermann", "business", "researched", manager.pk),
        ("Leo", "young-mobile", "researched", manager.pk),
        ("Ruth, third call", "at-risk", "assumed", manager.pk),
        ("Sandra and Jonas", "families-on-fibre", "validated", manager.pk),
    ]
    assert min(told) >= 7


@pytest.mark.django_db
def test_validated_is_true_of_the_demo_and_one_statement_is_contradicted() -> None:
    plan = BRIGHTLINE.timeline
    assert plan is not None
    manager = make.member(role=Role.MANAGER, email=DEMO_SIGN_INS["manager"])
    for segment in plan.segments:
        make.segment(of=manager.tenant, key=segment.key, title=segment.title)
    with tenant_bound(manager.tenant_id):
        describe_personas(manager.tenant, plan.personas, now=make.NOW)
        rows = list(Persona.objects.for_tenant(manager.tenant).order_by("name"))
        found = library_backing(manager.tenant, rows, now=make.NOW)

    told = {row.name: found[row.pk] for row in rows}
    assert {name: one.is_valid for name, one in told.items()} == {
        "Frank Obermann": False,
        "Leo": False,
        "Ruth, third call": False,
        "Sandra and Jonas": True,
    }
    grades = [one.grade for backing in told.values() for one in backing.by_fact.values()]
    assert grades.count(Grade.CONTRADICTED) == 1
    assert set(grades) == set(Grade)
