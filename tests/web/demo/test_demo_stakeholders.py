"""The demo company's stakeholder maps: complete, in every layout, with something to talk about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.tenants.binding import tenant_bound
from cxm.web.demo.brightline_stakeholders import MAPS
from cxm.web.demo.stakeholders import draw_maps
from personas.models import Stakeholder, StakeholderMap
from personas.rules.drawing_places import quadrant, room_for
from personas.rules.kinds import Layout
from personas.selectors.maps import ground_of, marks_of, placements_of, relations_of
from tests import make

if TYPE_CHECKING:
    from cxm.web.demo.company import MapPlan


@pytest.mark.django_db
def test_the_demo_company_has_two_maps_with_everybody_and_all_relations() -> None:
    manager = make.member(email=DEMO_SIGN_INS["manager"])
    tenant = manager.tenant

    with tenant_bound(tenant.pk):
        draw_maps(tenant, MAPS, now=make.NOW)
        drawn = list(StakeholderMap.objects.for_tenant(tenant).order_by("created_at", "pk"))
        people = [placements_of(one) for one in drawn]
        relations = [relations_of(one, who) for one, who in zip(drawn, people, strict=True)]
        register = set(Stakeholder.objects.for_tenant(tenant).values_list("name", flat=True))

    assert sorted(one.title for one in drawn) == sorted(plan.title for plan in MAPS)
    by_title = {one.title: (one, who, what) for one, who, what in
                zip(drawn, people, relations, strict=True)}  # fmt: skip
    for plan in MAPS:
        one, who, what = by_title[plan.title]
        assert (len(who), len(what)) == (len(plan.stakeholders), len(plan.relations))
        assert room_for(ground_of(one, Layout.RINGS), marks_of(who)) > 60
    assert register == {one.name for plan in MAPS for one in plan.stakeholders}


@pytest.mark.parametrize("plan", MAPS, ids=lambda plan: plan.title)
def test_every_quadrant_of_a_demo_map_has_somebody_in_it(plan: MapPlan) -> None:
    found = {quadrant(one.power, one.interest) for one in plan.stakeholders}

    assert found == {"Manage closely", "Keep satisfied", "Keep informed", "Watch"}
