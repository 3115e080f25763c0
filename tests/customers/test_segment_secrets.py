"""Rules of segments tell nobody what they may not read: a count is an answer too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.customers.models import Segment
from cxm.customers.rules.segment_errors import SegmentRuleError
from cxm.customers.services.segments import change_segment, create_segment
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from tests import make
from tests.customers import served
from tests.customers.people import attribute, person

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
MASKED = (Right.SEE_CUSTOMERS, Right.EDIT_SEGMENTS)
STREET = {"attr": "street", "op": "starts", "value": "Har"}
PLAN = {"attr": "plan", "op": "=", "value": "pro"}


def told() -> Tenant:
    """A tenant with one customer, whose plan everybody may read, and whose street nobody."""
    tenant = make.tenant()
    customer = person(of=tenant)
    for key, value in (("plan", "pro"), ("street", "Harbour Street"), ("illness", "flu")):
        attribute(customer, key, value)
    served.described("plan", "Plan", of=tenant)
    served.described("street", "Street", of=tenant, personal="personal")
    served.described("illness", "Illness", of=tenant, type_="unmapped")
    return tenant


def counted(tenant: Tenant, rule: object, rights: tuple[Right, ...]) -> Any:
    """Ask how many customers a rule selects."""
    _, key = make.api_key(of=tenant, rights=rights)
    headers = {"Authorization": f"Bearer {key}"}
    url, body = "/api/v1/segments/preview/", {"rule": rule}
    return Client().post(url, body, content_type="application/json", headers=headers)


HIDDEN: list[tuple[object, str]] = [
    (STREET, "attr"),
    ({"attr": "illness", "op": "exists"}, "attr"),
    ({"attr": "nobody described it", "op": "exists"}, "attr"),
    ({"not": {"all": [PLAN, {"any": [STREET]}]}}, "not.all[1].any[0].attr"),
    # Described for customers, not for companies.
    ({"company": {"any": [PLAN]}}, "company.any[0].attr"),
]


@pytest.mark.parametrize(("rule", "place"), HIDDEN)
def test_nobody_counts_by_what_they_may_not_read(rule: object, place: str) -> None:
    tenant = told()

    refused = counted(tenant, rule, MASKED)

    assert refused.status_code == 422
    assert refused.json()["detail"].startswith(f"{place}: “")
    assert "counts as personal" in refused.json()["detail"]
    assert counted(tenant, rule, (*MASKED, Right.SEE_PERSONS)).status_code == 200


OPEN: list[object] = [
    PLAN,
    {"attr": "$language", "op": "exists"},
    {"company": {"attr": "$name", "op": "exists"}},
]


@pytest.mark.parametrize("rule", OPEN)
def test_what_everybody_may_read_everybody_may_count(rule: object) -> None:
    assert counted(told(), rule, MASKED).status_code == 200


def test_the_builder_counts_no_line_that_the_reader_may_not_read() -> None:
    tenant = told()
    line = {
        "k.0.0": "attr",
        "f.0.0.key": "street",
        "f.0.0.op": "=",
        "f.0.0.value": "Harbour Street",
    }
    url = f"/t/{tenant.slug}/segments/new/"

    masked = served.client_of(tenant, Role.ANALYST).post(url, {"g.0": "all", **line})
    unmasked = served.client_of(tenant, Role.MANAGER).post(url, {"g.0": "all", **line})
    saved = served.client_of(tenant, Role.ANALYST).post(
        url, {"title": "Harbour", "g.0": "all", **line, "do": "save"}
    )

    assert (masked.context["preview"], unmasked.context["preview"].size.n) == (None, 1)
    assert saved.status_code == 422
    assert "counts as personal" in saved.content.decode()


def test_who_is_masked_renames_a_segment_but_does_not_sharpen_its_rule() -> None:
    tenant = told()
    manager = make.member(of=tenant, role=Role.MANAGER)
    analyst = make.member(of=tenant, role=Role.ANALYST)
    with tenant_bound(tenant.pk):
        made = create_segment(tenant=tenant, title="Near", rule=STREET, by=manager, now=make.NOW)
        change_segment(segment=made, title="Nearby", rule=STREET, by=analyst, now=make.NOW)
        with pytest.raises(SegmentRuleError, match="counts as personal"):
            change_segment(segment=made, rule={**STREET, "value": "Harb"}, by=analyst, now=make.NOW)
        kept = Segment.objects.for_tenant(tenant).get()

    assert (kept.title, kept.version) == ("Nearby", 1)
