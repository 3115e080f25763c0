"""A mapping is suggested for files of customers, events, orders, companies and contracts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from feedback.adapters.dialect import Dialect
from feedback.adapters.event_carry import carried
from feedback.adapters.event_mapping import EventMapping, ValueColumn
from feedback.adapters.event_mapping_check import validate_events
from feedback.adapters.event_suggest import Earlier, earlier_in, suggest_events
from feedback.adapters.mapping import CustomerColumn, ThreadSource, from_json
from feedback.adapters.step_names import step_name, step_names, step_touchpoint, subject_of
from feedback.adapters.suggest_values import value_columns
from tests.feedback.event_files import event_mapping, plain_customers, plain_orders, profiled
from tests.feedback.test_adapters_line_kind import (
    ACCOUNTS,
    CONTRACTS,
    LOG,
    ORDERS,
    PEOPLE,
    SINGLE,
    TICKETS,
)

if TYPE_CHECKING:
    from feedback.adapters.line_kind import Line

TODAY = date(2026, 11, 22)


def suggested(content: str, line: Line, earlier: Earlier | None = None) -> EventMapping:
    return suggest_events(
        profiled(content).columns,
        line,
        file_name="shop_orders_dataset-2026-11.csv",
        today=TODAY,
        dialect=Dialect(),
        earlier=earlier or Earlier(),
    )


@pytest.mark.parametrize(
    ("head", "subject", "name", "touchpoint"),
    [
        ("order_purchase_timestamp", "order", "Order placed", "Checkout"),
        ("order_approved_at", "order", "Order approved", "Payment"),
        ("order_delivered_carrier_date", "order", "Order delivered to carrier", "Shipping"),
        ("order_delivered_customer_date", "order", "Order delivered to customer", "Delivery"),
        ("OrderDate", "order", "Order placed", "Checkout"),
        ("submitted_at", "ticket", "Ticket submitted", "Support"),
        ("closed_at", "ticket", "Ticket closed", "Support"),
        ("start_date", "subscription", "Subscription started", ""),
        ("Date of payment", "", "Paid", "Payment"),
        ("check-in time", "booking", "Booking check in", "Check-in"),
        ("visited_on", "", "Visited", ""),
        ("timestamp", "", "Timestamp", ""),
    ],
)
def test_steps_and_touchpoints_are_named_by_their_columns(
    head: str, subject: str, name: str, touchpoint: str
) -> None:
    assert step_name(head, subject) == name
    assert step_touchpoint(name) == touchpoint


def test_steps_that_would_have_one_name_keep_their_heads() -> None:
    assert step_names(["start", "start_date", "end"], "lease") == {
        "start": "Start",
        "start_date": "Start date",
        "end": "Lease ended",
    }


@pytest.mark.parametrize(
    ("head", "subject"),
    [("order_id", "order"), ("Ticket No", "ticket"), ("id", ""), ("public_id", ""), ("", "")],
)
def test_a_number_tells_what_is_counted(head: str, subject: str) -> None:
    assert subject_of(head) == subject


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (ORDERS, "order"),
        (TICKETS, "order"),
        (LOG, "interaction"),
        (PEOPLE, "customer"),
        (ACCOUNTS, "company"),
        (CONTRACTS, "contract"),
    ],
)
def test_a_suggestion_can_be_loaded_as_it_is(content: str, line: Line) -> None:
    heads = content.partition("\n")[0].split(",")

    assert validate_events(suggested(content, line), heads) == []


def test_an_order_file_is_mapped_whole() -> None:
    by = suggested(ORDERS, "order")

    assert (by.source.key, by.source.title) == ("shop-orders", "Shop orders")
    assert (by.row_id, by.thread) == (("order_id",), ThreadSource(column="order_id"))
    assert by.identities == (
        CustomerColumn(column="customer_id", kind="external", namespace="customer"),
    )
    assert [(s.at.column, s.name, s.touchpoint and s.touchpoint.key) for s in by.events] == [
        ("ordered_at", "Order placed", "checkout"),
        ("shipped_at", "Order shipped", "shipping"),
    ]
    assert by.properties == (
        ValueColumn(column="delivered_estimated_date", key="delivered estimated date", type="date"),
    )


def test_a_log_without_customers_is_told_by_its_cases() -> None:
    by = suggested(
        LOG + "".join(f"c{n},u{n},Closed,2026-01-04,\n" for n in range(30)), "interaction"
    )

    assert by.identities == (
        CustomerColumn(column="case:concept:name", kind="external", namespace="case"),
    )
    assert by.thread == ThreadSource(column="case:concept:name")
    assert (by.row_id, by.events[0].name_column) == (("concept:instance",), "concept:name")
    assert by.events[0].at.column == "time:timestamp"


def test_profiles_hold_since_a_column_or_the_day_they_came() -> None:
    dated, undated = suggested(PEOPLE, "customer"), suggested("customer_id,plan\n1,a\n", "customer")

    assert dated.at is not None
    assert undated.at is not None
    assert (dated.at.column, undated.at.at) == ("signup_date", "2026-11-22")
    assert [(v.column, v.name) for v in dated.attributes] == [("email", "email"), ("plan", "plan")]


def test_an_account_is_a_company_that_is_spoken_with() -> None:
    by = suggested(ACCOUNTS, "company")

    assert by.company is not None
    assert (by.company.column, by.company.namespace) == ("account_id", "account")
    assert [value.name for value in by.company.attributes] == ["name", "industry"]
    assert by.identities[0].column == "account_id"
    assert [value.name for value in by.attributes] == ["name"]


def test_of_two_numbers_the_one_that_is_always_new_is_one_of_several() -> None:
    rows = "".join(f"n{n},p{n // 2}\n" for n in range(10))

    by = suggested(f"customer_id,customer_unique_id\n{rows}", "customer")

    assert [(i.column, i.kind) for i in by.identities] == [
        ("customer_id", "card"),
        ("customer_unique_id", "external"),
    ]


def test_heads_mean_what_they_meant_in_files_that_are_loaded() -> None:
    before = event_mapping(
        plain_orders(
            row_id=["contract_id"],
            identities=[{"column": "account_id", "kind": "card", "namespace": "saas"}],
            company={"column": "account_id", "namespace": "firms"},
            thread={"column": "contract_id"},
        )
    )

    tickets = suggested(TICKETS, "order", earlier_in([before]))
    usage = suggested("contract_id,used_at,action\nk1,2026-01-02,a\nk1,2026-01-03,a\n",
        "interaction", earlier_in([before]))  # fmt: skip

    assert tickets.company is not None
    assert (tickets.company.namespace, tickets.identities[0].namespace) == ("firms", "saas")
    assert usage.thread == ThreadSource(column="contract_id", joins="shop-orders")


def test_an_event_that_nothing_names_is_left_to_be_named() -> None:
    problems = validate_events(suggested(SINGLE.replace("method", "sum"), "interaction"), [
        "payment_date", "customer_id", "sum"
    ])  # fmt: skip

    assert [problem.field for problem in problems] == ["events[0].name"]


@pytest.mark.parametrize(
    ("cells", "kind", "order"),
    [
        (["True", "False"], "bool", ""),
        (["yes", "no"], "bool", ""),
        (["1", "2,5"], "number", ""),
        (["1", "2", "3", "4", "x"], "text", ""),
        (["2026-01-02"], "date", ""),
        (["31/12/2026"], "date", "dmy"),
        (["01/02/2026"], "text", ""),
        (["red"], "text", ""),
    ],
)
def test_kept_columns_are_read_as_what_all_their_cells_are(
    cells: list[str], kind: str, order: str
) -> None:
    profile = profiled("\n".join(["head", *(f'"{cell}"' for cell in cells)]) + "\n")

    [value] = value_columns(profile.columns)

    assert (value.type, value.date_order) == (kind, order)


def test_codes_stay_text_and_each_key_is_used_once() -> None:
    content = "zip code,customer_name,Full name,order_city\n12345,a,b,c\n"

    values = value_columns(profiled(content).columns, "order")

    assert [(v.name, v.type) for v in values] == [
        ("zip code", "text"),
        ("name", "text"),
        ("Full name", "text"),
        ("city", "text"),
    ]


def test_what_fits_another_kind_of_line_is_taken_over() -> None:
    before = event_mapping(
        plain_orders(
            line="contract",
            source={"key": "my-orders"},
            identities=[{"column": "customer_id", "kind": "card", "namespace": "crm"}],
            events=[
                {"at": {"column": "ordered_at", "zone": "Asia/Tokyo"}, "name": "bought"},
                {"at": {"column": "gone"}, "name": "gone"},
            ],
        )
    )

    by = carried(suggested(ORDERS, "order"), before)

    assert (by.line, by.source.key, by.identities) == ("order", "my-orders", before.identities)
    assert [(s.name, s.at.zone) for s in by.events] == [
        ("bought", "Asia/Tokyo"),
        ("Order shipped", "Asia/Tokyo"),
    ]


def test_who_answered_and_the_zone_are_taken_over_from_answers() -> None:
    before = from_json(
        b'{"version": 1, "survey": {"key": "s"}, "answered_at": {"column": "signup_date",'
        b' "date_order": "dmy", "zone": "Asia/Tokyo"}, "customer": {"columns": [{"column":'
        b' "customer_id", "kind": "external", "namespace": "crm"}]}}'
    )

    by = carried(suggested(PEOPLE, "customer"), before)

    assert by.at is not None
    assert (by.at.date_order, by.at.zone) == ("dmy", "Asia/Tokyo")
    assert [(i.column, i.namespace) for i in by.identities] == [
        ("customer_id", "crm"),
        ("email", ""),
    ]


def test_profiles_take_over_nothing_that_only_events_have() -> None:
    by = carried(suggested(PEOPLE, "customer"), event_mapping(plain_orders()))

    assert (by.events, by.thread, by.amount, by.row_id) == ((), None, None, ())
    assert event_mapping(plain_customers()).line == by.line


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("orders-2026-10-01_export.csv", "Orders"),
        ("orders v1.2 copy.csv", "Orders"),
        (f"{'1' * 200}x.csv", f"{'1' * 200}x"),
        (f"{'v1.' * 60}-x.csv", f"{'V1 ' + 'v1 ' * 59}x"),
    ],
)
def test_a_file_name_gives_the_title_however_many_numbers_it_has(name: str, title: str) -> None:
    columns = profiled("order_id,ordered_at\no1,2026-10-01\no2,2026-10-02\n").columns
    mapping = suggest_events(
        columns,
        "order",
        file_name=name,
        today=date(2026, 11, 21),
        dialect=Dialect(),
        earlier=Earlier(),
    )

    assert mapping.source.title == title


def test_a_head_of_thousands_of_words_is_named_without_its_tail() -> None:
    assert step_name(f"shipped{' at' * 40_000}") == "Shipped"
    assert step_name(f"{'at ' * 40_000}x").endswith("at x")
