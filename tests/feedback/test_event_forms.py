"""From the wizard's fields about a file of events to its mapping, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from feedback.adapters.event_mapping import EventMapping, event_columns_in, read_mapping
from feedback.forms.event_choices import EventColumn, EventFileChoice, EventRole, event_choices_in
from feedback.forms.event_columns import EventColumnsForm
from feedback.forms.event_mapped import event_column_of, event_mapping_from
from feedback.forms.event_words import once_in, role_words, roles_of
from feedback.forms.offered import Offered
from feedback.forms.registry_names import Known
from feedback.services.previewing import profiled as previewed
from tests.feedback.event_files import (
    HEADS,
    ORDERS,
    event_mapping,
    plain_customers,
    plain_orders,
    profiled,
)

MAPPINGS = sorted(
    path.name
    for path in (Path(__file__).parent / "mappings").glob("*.json")
    if "line" in json.loads(path.read_text())
)
OFFERED = Offered({}, {}, ["Delivery"], ["Web"], "UTC", [("contracts", "Contracts")])
COLUMNS = previewed(profiled(ORDERS))["columns"]


def known(heads: list[str]) -> Known:
    return Known({h: h for h in heads}, {h: {} for h in heads}, {"delivery": "dlv"}, {"web": "w"})


def again(mapping: EventMapping, **changes: dict[str, Any]) -> EventMapping:
    """Write what was read off *mapping*, with *changes* to columns by their names."""
    heads = list(dict.fromkeys(column for _, column in event_columns_in(mapping) if column))
    whole, choices = event_choices_in(mapping, heads)
    for choice in choices:
        for name, value in changes.get(choice.name, {}).items():
            setattr(choice, name, value)
    return event_mapping_from(whole, choices, base=mapping, known=known(heads))


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_mapping_that_nobody_changes_stays_as_it_was(name: str) -> None:
    mapping = read_mapping((Path(__file__).parent / "mappings" / name).read_text())
    assert isinstance(mapping, EventMapping)

    assert again(mapping) == mapping


def test_what_the_wizard_does_not_ask_stays() -> None:
    mapping = event_mapping(
        plain_orders(
            events=[
                {"at": {"column": "placed", "blank": ["-"]}, "name": "a", "kind": "payment"},
                {"at": {"column": "shipped", "format": "%d.%m.%Y"}, "name": "b", "actor": "agent"},
            ],
            text={"column": "who", "blank": ["none"]},
        )
    )

    assert again(mapping) == mapping


def test_steps_are_named_and_ordered_anew() -> None:
    by = again(
        event_mapping(plain_orders()),
        placed={"place": 2, "event": "Bought", "touchpoint": "Delivery", "channel": "Web"},
        shipped={"place": 1, "time_as": "dmy"},
    )

    [first, second] = by.events
    assert (first.at.column, first.at.date_order, first.name) == ("shipped", "dmy", "order shipped")
    assert second.touchpoint is not None
    assert second.touchpoint.channel is not None
    assert (second.name, second.touchpoint.key, second.touchpoint.channel.key) == (
        "Bought",
        "dlv",
        "w",
    )


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"who": {"role": EventRole.LEFT_OUT}}, "identities", ()),
        ({"total": {"role": EventRole.LEFT_OUT}}, "amount", None),
        ({"total": {"currency": "usd"}}, "amount.currency", "USD"),
        ({"order": {"role": EventRole.LEFT_OUT, "is_id": False, "is_thread": False}}, "row_id", ()),
        ({"who": {"role": EventRole.PROPERTY, "key": "by"}}, "properties[0].key", "by"),
        ({"who": {"role": EventRole.PROPERTY, "type": "date-dmy"}},
         "properties[0].date_order", "dmy"),
        ({"who": {"role": EventRole.THREAD, "joins": "contracts"}}, "thread.joins", "contracts"),
        ({"who": {"role": EventRole.COMPANY, "namespace": "crm", "is_customer": True}},
         "identities[0].namespace", "crm"),
        ({"who": {"kind": "email"}}, "identities[0].namespace", ""),
        ({"who": {"role": EventRole.CHANNEL}}, "channel.column", "who"),
        ({"who": {"role": EventRole.TEXT}}, "text.column", "who"),
        ({"who": {"is_thread": True}}, "thread.column", "who"),
    ],
)  # fmt: skip
def test_a_changed_column_changes_its_part(
    changes: dict[str, dict[str, Any]], field: str, value: object
) -> None:
    by: Any = again(event_mapping(plain_orders()), **changes)

    for part in field.replace("[0]", ".0").split("."):
        by = by[0] if part == "0" else getattr(by, part)
    assert by == value


def test_a_column_that_is_used_twice_keeps_both_until_it_is_left_out() -> None:
    mapping = event_mapping(plain_customers())

    kept, left = again(mapping), again(mapping, mail={"role": EventRole.LEFT_OUT})

    assert [value.column for value in kept.attributes] == ["mail", "plan"]
    assert [value.column for value in left.attributes] == ["plan"]


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("row_id[0]", "order"),
        ("events[1].name", "shipped"),
        ("events[0].at.date_order", "placed"),
        ("identities[0].namespace", "who"),
        ("amount.column", "total"),
        ("events", ""),
        ("source.key", ""),
        ("nonsense[9].x", ""),
    ],
)
def test_a_problem_is_shown_at_its_column(field: str, column: str) -> None:
    assert event_column_of(field, event_mapping(plain_orders())) == column


def sent(changes: dict[str, str], **base: Any) -> EventColumnsForm:
    """Give the form as a browser would send it for the order file, with *changes*."""
    plain = form_of(plain_orders(**base))
    data = {
        field.html_name: str(field.value()) for field in plain if field.value() not in (None, False)
    }
    data |= {f"c{n}-was": str(choice.role) for n, choice in enumerate(plain.choices)}
    return form_of(plain_orders(**base), data | changes)


def form_of(plain: dict[str, Any], data: dict[str, Any] | None = None) -> EventColumnsForm:
    mapping = event_mapping(plain)
    whole, choices = event_choices_in(mapping, HEADS.split(","))
    return EventColumnsForm(
        data, base=mapping, columns=COLUMNS, choices=choices, whole=whole, offered=OFFERED
    )


def test_a_form_that_nobody_changes_gives_the_same_mapping() -> None:
    form = sent({})

    assert form.errors == {}
    assert form.mapping(known(HEADS.split(","))) == event_mapping(plain_orders())


ONE_EVENT = [{"at": {"column": "placed"}, "name": "bought"}]


@pytest.mark.parametrize(
    ("base", "changes", "field", "words"),
    [
        ({}, {"c2-role": "left_out", "c2-was": "left_out", "c3-role": "left_out",
              "c3-was": "left_out"}, "__all__", "No column says when it happened."),
        ({}, {"c0-role": "left_out", "c0-was": "left_out"}, "__all__", "so that a later file adds"),
        ({}, {"c2-event": ""}, "c2-event", "Say what happened at the time in “placed”."),
        ({}, {"c2-event": "Order SHIPPED"}, "c2-event", "Give each a name of its own."),
        ({}, {"c2-place": "0"}, "c2-place", "greater than or equal to 1"),
        ({}, {"c2-time_as": "ask"}, "c2-time_as", "the day or the month"),
        ({}, {"c1-namespace": ""}, "c1-namespace", "Say whose numbers these are"),
        ({}, {"c4-currency": ""}, "c4-currency", "Say which currency this is"),
        ({}, {"c4-currency": "12"}, "c4-currency", "three letters"),
        ({}, {"c1-role": "amount", "c1-was": "amount"}, "c1-role", "Only one column"),
        ({}, {"c4-role": "currency", "c4-was": "currency"}, "c4-role", "Amount of money"),
        ({}, {"c1-role": "attribute", "c1-was": "attribute"}, "c1-role", "is the customer"),
        ({}, {"c1-role": "company_attribute", "c1-was": "company_attribute"}, "c1-role",
         "which column is the company"),
        ({}, {"title": ""}, "title", "required"),
        ({}, {"zone": "Mars"}, "zone", "is no time zone"),
        ({"properties": [{"column": "who"}, {"column": "total"}], "identities": [],
          "amount": None}, {"c1-key": "x", "c4-key": "x"}, "c4-key", "Two columns are kept as “x”"),
        ({"line": "interaction", "events": ONE_EVENT}, {"event": ""}, "event", "Say what happened"),
        ({"line": "interaction", "events": ONE_EVENT},
         {"c3-role": "time", "c3-was": "time"}, "c3-role", "several times"),
        ({"line": "customer", "events": [], "at": {"at": "2026-01-02"}},
         {"since": ""}, "since", "Give the day on which this was so"),
        ({"line": "customer", "events": [], "at": {"at": "2026-01-02"}},
         {"c1-role": "left_out", "c1-was": "left_out"}, "__all__", "Choose “Customer”"),
        ({"line": "company", "events": [], "at": {"at": "2026-01-02"}}, {}, "__all__",
         "Choose “Company”"),
        ({"line": "contract"}, {"c1-role": "left_out", "c1-was": "left_out"}, "__all__",
         "whose contract it is"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_said_at_its_field(
    base: dict[str, Any], changes: dict[str, str], field: str, words: str
) -> None:
    form = sent(changes, **base)

    assert words in " ".join(map(str, form.errors.get(field, [])))


def test_a_new_role_brings_likely_details_and_saves_nothing() -> None:
    form = sent({"c1-role": "time"})

    assert form.has_new_roles
    assert form.choices[1] == EventColumn(
        "who", EventRole.TIME, place=3, event="Order who", is_new=True
    )


def test_a_role_that_does_not_exist_leaves_the_column_as_it_was() -> None:
    assert sent({"c1-role": "king"}).choices[1].role == EventRole.CUSTOMER


def test_what_a_column_says_is_not_asked_for_the_whole_file() -> None:
    named = [{"at": {"column": "placed"}, "name_column": "who"}]

    form = form_of(plain_orders(line="interaction", events=named, identities=[]))

    assert "event" not in form.fields
    assert "since" not in form.fields
    assert form.whole == EventFileChoice(title="shop-orders")


@pytest.mark.parametrize("line", ["customer", "interaction", "order", "company", "contract"])
def test_each_kind_of_line_has_words_for_what_its_columns_can_be(line: str) -> None:
    roles = roles_of(line)

    assert EventRole.LEFT_OUT in roles
    assert len({role_words(line, role) for role in roles}) == len(roles)
    assert (EventRole.TIME in once_in(line)) is (line not in {"order", "contract"})
