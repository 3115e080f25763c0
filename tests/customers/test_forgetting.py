"""Records of erased people are taken in without them, and those of others whole."""

from __future__ import annotations

from typing import Any

import pytest

from cxm.customers.models import Customer, Interaction
from cxm.customers.rules.mentions import mentioned_refs
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.forgetting import without_erased
from cxm.customers.services.loading_events import load_events
from cxm.customers.services.suppressing import suppress
from cxm.tenants.binding import tenant_bound
from tests import make

pytestmark = pytest.mark.django_db

NUMBER, EMAIL = Ref("external", "", "C-77001"), Ref("email", "", "maya@lindt.example")
BROWSER, OTHER = Ref("anonymous", "", "anon-1"), Ref("external", "", "C-2")


def _record(*refs: Ref, **fields: Any) -> EventRecord:
    told = {"call": Call.TRACK, "name": "Order placed", "props": {"to": "Maya"}, **fields}
    return EventRecord(position=0, key="k", occurred_at=make.NOW, refs=refs, **told)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(_record(NUMBER), _record(props={}), id="their-number"),
        pytest.param(_record(OTHER, EMAIL), _record(props={}), id="their-address-and-a-new-number"),
        pytest.param(_record(BROWSER), _record(props={}), id="their-browser-alone"),
        pytest.param(_record(OTHER, BROWSER), _record(OTHER), id="somebody-else-on-their-browser"),
        pytest.param(_record(OTHER), _record(OTHER), id="somebody-else"),
        pytest.param(_record(), _record(), id="nobody"),
        pytest.param(
            _record(OTHER, call=Call.IDENTIFY, traits={"email": "Maya@Lindt.example"}),
            _record(call=Call.IDENTIFY, props={}),
            id="their-address-among-traits",
        ),
        pytest.param(
            _record(OTHER, call=Call.ALIAS, previous=BROWSER),
            _record(OTHER, call=Call.ALIAS),
            id="their-browser-as-an-alias",
        ),
        pytest.param(
            _record(OTHER, call=Call.ALIAS, previous=Ref("anonymous", "", NUMBER.value)),
            _record(OTHER, call=Call.ALIAS),
            id="their-number-as-an-alias",
        ),
        pytest.param(
            _record(Ref("external", "", "Maya@Lindt.example")),
            _record(props={}),
            id="their-address-as-a-number",
        ),
        pytest.param(
            _record(Ref("anonymous", "", "maya@lindt.example")),
            _record(props={}),
            id="their-address-as-a-browser",
        ),
    ],
)
def test_a_record_loses_who_was_erased(record: EventRecord, expected: EventRecord) -> None:
    tenant = make.tenant()
    with tenant_bound(tenant.pk):
        suppress(tenant=tenant, refs=[NUMBER, EMAIL, BROWSER], now=make.NOW)

        assert without_erased(tenant, [record]) == [expected]


def test_others_are_the_same_objects() -> None:
    tenant = make.tenant()
    record = _record(OTHER)
    with tenant_bound(tenant.pk):
        suppress(tenant=tenant, refs=[NUMBER], now=make.NOW)

        assert without_erased(tenant, [record])[0] is record


def test_an_event_of_an_erased_person_happens_without_them() -> None:
    tenant = make.tenant()
    with tenant_bound(tenant.pk):
        suppress(tenant=tenant, refs=[NUMBER], now=make.NOW)

        load_events(tenant=tenant, source="events:x", records=[_record(NUMBER)], now=make.NOW)

        fact = Interaction.objects.for_tenant(tenant).get()
        assert (fact.name, fact.customer_id, fact.props) == ("Order placed", None, {})
        assert not Customer.objects.for_tenant(tenant).exists()


PHONE = Ref("phone", "", "+498999998013")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            {"props": {"email": "Maya@Lindt.example", "plan": "pro"}},
            {"props": {"email": "[erased]", "plan": "pro"}},
            id="their-address-in-a-property",
        ),
        pytest.param(
            {"props": {"cc": ["a@b.example", "To: maya@lindt.example, please"], "n": 3}},
            {"props": {"cc": ["a@b.example", "[erased]"], "n": 3}},
            id="their-address-inside-a-list",
        ),
        pytest.param(
            {"props": {"url": "https://x.example/?u=maya@lindt.example"}},
            {"props": {"url": "[erased]"}},
            id="their-address-in-a-link",
        ),
        pytest.param(
            {"props": {"maya@lindt.example": True}},
            {"props": {"[erased]": True}},
            id="their-address-as-a-key",
        ),
        pytest.param(
            {"props": {"mobile": "+49 (89) 99998-013"}},
            {"props": {"mobile": "[erased]"}},
            id="their-phone-as-people-write-it",
        ),
        pytest.param(
            {"props": {"order": {"customer_id": "C-77001", "id": "C-77001"}}},
            {"props": {"order": {"customer_id": "[erased]", "id": "C-77001"}}},
            id="their-number-where-a-customer-is-named",
        ),
        pytest.param(
            {"props": {"userId": 77002}}, {"props": {"userId": "[erased]"}}, id="a-number-of-digits"
        ),
        pytest.param(
            {"props": {}, "text": "Call maya@lindt.example", "title": "Call"},
            {"props": {}, "text": "[erased]", "title": "Call"},
            id="their-address-in-the-words",
        ),
        pytest.param(
            {"call": Call.GROUP, "props": {}, "traits": {"contact": "maya@lindt.example"}},
            {"call": Call.GROUP, "props": {}, "traits": {"contact": "[erased]"}},
            id="their-address-among-the-traits-of-a-company",
        ),
    ],
)
def test_an_event_of_a_new_visitor_names_no_erased_person(
    fields: dict[str, Any], expected: dict[str, Any]
) -> None:
    tenant = make.tenant()
    new = Ref("anonymous", "", "anon-2")
    with tenant_bound(tenant.pk):
        refs = [NUMBER, EMAIL, PHONE, Ref("external", "", "77002")]
        suppress(tenant=tenant, refs=refs, now=make.NOW)

        assert without_erased(tenant, [_record(new, **fields)]) == [_record(new, **expected)]


def test_a_number_of_another_numbering_or_thing_stays() -> None:
    tenant = make.tenant()
    told = _record(OTHER, props={"order_id": "C-77001", "customer_id": "C-2"}, thread_key="C-77001")
    with tenant_bound(tenant.pk):
        suppress(tenant=tenant, refs=[NUMBER], now=make.NOW)

        assert without_erased(tenant, [told])[0] is told


def test_addresses_are_found_in_long_texts_that_hold_hardly_any() -> None:
    words = "a." * 50_000
    record = _record(OTHER, text=f"{words} a@{words}@ x+maya@lindt.example, or +b@c.de+d@e.fg.")

    found = {ref.value for ref in mentioned_refs(record) if ref.kind == "email"}

    assert {"x+maya@lindt.example", "+b@c.de", "+d@e.fg"} < found
