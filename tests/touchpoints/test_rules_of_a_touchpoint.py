"""The page of a touchpoint names the rules that lead to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from cxm.tenants.rules import Role
from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.mark.parametrize(("role", "links"), [(Role.MANAGER, True), (Role.VIEWER, False)])
def test_a_touchpoint_shows_the_rules_that_lead_to_it(*, role: Role, links: bool) -> None:
    member = make.member(role=role)
    point, other = (make.touchpoint(of=member.tenant, title=title) for title in ("Pay", "Help"))
    rule = make.rule(
        "order_paid", to=point, conditions=[{"path": "plan", "op": "eq", "value": "pro"}]
    )
    make.rule("called", to=other)
    slug = member.tenant.slug

    page = _client(member).get(f"/t/{slug}/touchpoints/{point.pk}/").content.decode()

    assert ("order_paid" in page, "if plan is pro" in page, "called" in page) == (True, True, False)
    edit = f"/t/{slug}/touchpoints/rules/{rule.pk}/edit/"
    add = f"/t/{slug}/touchpoints/rules/add/?touchpoint={point.pk}"
    assert [address in page for address in (edit, add)] == [links] * 2


def test_a_rule_begun_at_a_touchpoint_leads_there() -> None:
    member = make.member()
    point = make.touchpoint(of=member.tenant, title="Pay")

    page = _client(member).get(
        f"/t/{member.tenant.slug}/touchpoints/rules/add/", {"touchpoint": str(point.pk)}
    )

    assert f'<option value="{point.pk}" selected>Pay</option>' in page.content.decode()
