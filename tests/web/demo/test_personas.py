"""The personas of the demo: each bound to a segment of its company."""

from __future__ import annotations

import pytest

from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.web.demo.brightline import BRIGHTLINE
from cxm.web.demo.personas import describe_personas
from personas.models import Persona, PersonaFact
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
