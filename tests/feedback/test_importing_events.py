"""Files of orders, customers and events through the steps of an import, and back out again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps

from cxm.customers.models import Customer, EventName, Identity, IngestKey, Interaction
from cxm.customers.rules.records import Ref
from cxm.customers.services.suppressing import suppress
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import TenantOwned
from cxm.touchpoints.models import Touchpoint
from feedback.adapters.event_mapping import read_mapping
from feedback.errors import MappingRefusedError
from feedback.models import Import, Inbox, RejectedRow, Response
from feedback.services import importing
from feedback.services.row_log import unpacked
from tests import make
from tests.feedback.event_files import HEADS, ORDERS, plain_customers, plain_orders
from tests.feedback.import_files import current, plain_mapping, received, run
from tests.feedback.test_undoing import STORY

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media"), pytest.mark.slow]

PEOPLE = """who,mail,plan,since
ana,ana@example.com,pro,2026-01-02
ben,ben@example.com,free,2026-01-03
"""
REVIEWS = """id,order,at,nps
r1,o1,2026-10-09,9
r2,o3,2026-10-09,3
r3,o8,2026-10-09,7
"""


def mapped(content: str, plain: dict[str, Any], *, of: Tenant) -> Import:
    imported = received(content, of=of, name="lines.csv")
    with tenant_bound(of.pk):
        importing.save_mapping(imported=imported, mapping=read_mapping(json.dumps(plain)))
    return imported


def loaded(content: str, plain: dict[str, Any], *, of: Tenant) -> Import:
    return run(mapped(content, plain, of=of))


def report_of(imported: Import) -> dict[str, Any]:
    report: dict[str, Any] = imported.report or {}
    return report


def counted(report: dict[str, Any]) -> dict[str, int]:
    return {event["name"]: event["count"] for event in report["events"]}


def whole_rows(tenant: Tenant) -> dict[str, list[Any]]:
    """Give every row of *tenant* with all its values, the story of imports aside."""
    found: dict[str, list[Any]] = {}
    with tenant_bound(tenant.pk):
        for model in apps.get_models():
            table = model._meta.db_table
            if issubclass(model, TenantOwned) and table not in STORY:
                found[table] = list(model.objects.for_tenant(tenant).order_by("pk").values())
    return found


def test_an_order_file_becomes_a_timeline_with_a_report() -> None:
    tenant = make.tenant()

    imported = loaded(ORDERS, plain_orders(), of=tenant)

    report = report_of(imported)
    assert imported.state == Import.State.DONE
    assert (report["line"], report["rows_read"], report["loaded"]) == ("order", 3, 3)
    assert counted(report) == {"order placed": 3, "order shipped": 2}
    [flagged] = report["flagged"]
    assert flagged == {"name": "order shipped before order placed", "count": 1, "lines": [4]}
    assert report["created"]["touchpoints"] == ["Shipping"]
    with tenant_bound(tenant.pk):
        steps = Interaction.objects.for_tenant(tenant).order_by("occurred_at")
        told = steps.values_list("name", "thread_key", "touchpoint__key", "currency", "source")
        assert list(told)[:2] == [
            ("order placed", "o1", None, "EUR", "lines:shop-orders"),
            ("order shipped", "o1", "shipping", "", "lines:shop-orders"),
        ]
        assert Customer.objects.for_tenant(tenant).count() == 2
        inbox = Inbox.objects.for_tenant(tenant).get()
    assert (inbox.state, inbox.counts["loaded"], inbox.source) == (
        Inbox.State.PARSED,
        3,
        "lines:shop-orders",
    )


def test_a_dry_run_counts_the_same_and_writes_nothing() -> None:
    tenant = make.tenant()
    before = whole_rows(tenant)

    checked = run(mapped(ORDERS, plain_orders(), of=tenant), importing.start_check)

    found = checked.check_report
    assert found is not None
    assert whole_rows(tenant) == before
    assert (found["loaded"], counted(found)) == (3, {"order placed": 3, "order shipped": 2})
    assert found["samples"][0]["customer"] == "ana"
    assert [one["name"] for one in found["samples"][0]["tells"]] == [
        "order placed",
        "order shipped",
    ]
    done = run(checked)
    assert {k: v for k, v in report_of(done).items() if k in found and k != "created"} == {
        k: v for k, v in found.items() if k in report_of(done) and k != "created"
    }


def test_a_later_file_adds_just_the_steps_that_are_new() -> None:
    tenant = make.tenant()
    loaded(ORDERS, plain_orders(), of=tenant)
    later = ORDERS.replace("o2,ben,2026-10-03 10:00,,", "o2,ben,2026-10-03 10:00,2026-10-06,")

    again = report_of(loaded(later, plain_orders(), of=tenant))

    assert (again["loaded"], again["unchanged"]) == (1, 2)
    assert counted(again) == {"order shipped": 1}


@pytest.mark.usefixtures("small_chunks")
def test_chunks_count_as_one_file_and_refusals_are_kept_with_their_rows() -> None:
    tenant = make.tenant()
    rows = [f"o{n},c{n % 7},2026-10-{n % 28 + 1:02},,{n}" for n in range(35)]
    content = "\n".join([HEADS, *rows, "o99,c1,never,,1", "o3,c1,2026-01-01,,1", ""])

    report = report_of(loaded(content, plain_orders(), of=tenant))

    assert (report["rows_read"], report["loaded"], report["rows_refused"]) == (37, 35, 2)
    assert report["refused"] == {"bad_time": 1, "conflict": 1}
    with tenant_bound(tenant.pk):
        rejected = RejectedRow.objects.for_tenant(tenant).order_by("line")
        assert [(row.line, row.code, row.raw[0]) for row in rejected] == [
            (37, "bad_time", "o99"),
            (38, "conflict", "o3"),
        ]
        assert Inbox.objects.for_tenant(tenant).count() == 4
        assert Customer.objects.for_tenant(tenant).count() == 7


def test_reviews_find_the_customers_of_their_orders() -> None:
    tenant = make.tenant()
    loaded(ORDERS, plain_orders(), of=tenant)
    by = plain_mapping(
        customer=None, comments=[], thread={"column": "order", "joins": "shop-orders"}
    )
    by["scores"] = by["scores"][:1]

    first = report_of(loaded(REVIEWS, by, of=tenant))
    again = report_of(loaded(REVIEWS, by, of=tenant))

    assert (first["loaded"], again["loaded"], again["unchanged"]) == (3, 0, 3)
    with tenant_bound(tenant.pk):
        [ana] = Identity.objects.for_tenant(tenant).filter(value="ana")
        answered = Response.objects.for_tenant(tenant).order_by("answers", "pk")
        found = [response.customer_id for response in answered]
    assert sorted(found, key=str) == sorted([ana.customer_id, ana.customer_id, None], key=str)


def test_a_number_that_two_people_share_joins_nobody() -> None:
    tenant = make.tenant()
    row_id = ["order", "who"]
    two = f"{HEADS}\no1,ana,2026-10-01,,\no1,ben,2026-10-02,,\n"
    loaded(two, plain_orders(row_id=row_id), of=tenant)
    by = plain_orders(
        line="interaction",
        source={"key": "calls"},
        identities=[],
        thread={"column": "order", "joins": "shop-orders"},
        events=[{"at": {"column": "placed"}, "name": "called", "kind": "call"}],
    )

    loaded(f"{HEADS}\no1,,2026-10-03,,\n", by, of=tenant)

    with tenant_bound(tenant.pk):
        assert Interaction.objects.for_tenant(tenant).get(name="called").customer is None


def test_undo_puts_every_value_of_every_row_back() -> None:
    tenant = make.tenant()
    loaded(PEOPLE, plain_customers(), of=tenant)
    loaded(f"{HEADS}\no0,ana,2026-09-01,,\n", plain_orders(), of=tenant)
    company = {
        "column": "firm",
        "namespace": "crm",
        "attributes": [{"column": "size", "type": "number"}],
    }
    firms = plain_customers(line="company", source={"key": "firms"}, company=company)
    loaded("who,mail,plan,since,firm,size\nana,,,2026-02-01,f1,10\n", firms, of=tenant)
    before = whole_rows(tenant)

    changed = (
        "who,mail,plan,since,firm,size\n"
        "ana,new@example.com,max,2026-05-01,f1,99\n"
        "eve,,free,2026-05-01,f2,1\n"
    )
    second = loaded(changed, {**firms, "source": {"key": "more-firms"}}, of=tenant)
    orders = loaded(ORDERS, plain_orders(source={"key": "other-orders"}), of=tenant)
    assert whole_rows(tenant) != before
    for imported in (orders, second):
        assert run(imported, importing.start_undo).state == Import.State.UNDONE

    after = whole_rows(tenant)
    # Search keeps the words it has seen; one that no name holds any more finds nobody.
    words = after.pop("customers_customerword")
    assert [word for word in words if word not in before["customers_customerword"]] == [
        word for word in words if word["word"] == "new"
    ]
    assert {table: rows for table, rows in after.items() if rows != before[table]} == {}


def test_undo_leaves_what_came_later_and_counts_names_down() -> None:
    tenant = make.tenant()
    first = loaded(ORDERS, plain_orders(), of=tenant)
    loaded(f"{HEADS}\no7,ana,2026-10-07,,\n", plain_orders(), of=tenant)

    undone = run(first, importing.start_undo)

    with tenant_bound(tenant.pk):
        names = EventName.objects.for_tenant(tenant).values_list("name", "seen")
        assert list(names) == [("order placed", 1)]
        assert [i.value for i in Identity.objects.for_tenant(tenant)] == ["ana"]
        assert IngestKey.objects.for_tenant(tenant).count() == 1
        assert not Touchpoint.objects.for_tenant(tenant).filter(key="shipping").exists()
    assert report_of(undone)["kept"] == {"customers": ["1 customer"]}
    again = report_of(loaded(ORDERS, plain_orders(), of=tenant))
    assert again["loaded"] == 3


def test_an_attribute_told_later_by_others_survives_the_undo() -> None:
    tenant = make.tenant()
    loaded(PEOPLE, plain_customers(), of=tenant)
    second = loaded(
        PEOPLE.replace("pro,2026-01", "max,2026-04"),
        plain_customers(source={"key": "b"}),
        of=tenant,
    )
    loaded(
        PEOPLE.replace("pro,2026-01", "top,2026-06"),
        plain_customers(source={"key": "c"}),
        of=tenant,
    )

    run(second, importing.start_undo)

    with tenant_bound(tenant.pk):
        [ana] = Customer.objects.for_tenant(tenant).filter(email="ana@example.com")
    assert ana.attributes["plan"] == "top"


def test_a_mapping_with_problems_is_refused_with_each_field() -> None:
    tenant = make.tenant()
    imported = received(ORDERS, of=tenant)
    by = read_mapping(json.dumps(plain_orders(row_id=["nr"], source={"key": "shop orders"})))

    with tenant_bound(tenant.pk), pytest.raises(MappingRefusedError) as refused:
        importing.save_mapping(imported=imported, mapping=by)

    assert {problem.field for problem in refused.value.problems} == {"row_id[0]", "source.key"}
    assert current(imported).mapping is None


def test_erased_people_do_not_come_back_with_a_file() -> None:
    tenant = make.tenant()
    with tenant_bound(tenant.pk):
        suppress(tenant=tenant, refs=[Ref("external", "shop", "ana")], now=make.NOW)

    imported = loaded(ORDERS, plain_orders(), of=tenant)

    with tenant_bound(tenant.pk):
        assert [i.value for i in Identity.objects.for_tenant(tenant)] == ["ben"]
        facts = Interaction.objects.for_tenant(tenant)
        assert facts.filter(customer=None, thread_key="").count() == 4
        inbox = Inbox.objects.for_tenant(tenant).get()
    kept = unpacked(bytes(inbox.body))
    assert report_of(imported)["loaded"] == 3
    assert [cells[1] for _, cells in kept] == ["", "ben", ""]
