"""Which customer a record is about, and who turns out to be one."""

from __future__ import annotations

from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxm.customers.rules.records import Ref
from cxm.customers.rules.resolving import Owner, Resolver

ANNA, BEN, VISITOR, NEW = (UUID(int=n) for n in (1, 2, 3, 100))


def external(value: str) -> Ref:
    return Ref("external", "", value)


def email(value: str) -> Ref:
    return Ref("email", "", value)


def browser(value: str) -> Ref:
    return Ref("anonymous", "", value)


def owned(customer: UUID, *, is_known: bool = True, namespaces: tuple[str, ...] = ()) -> Owner:
    return Owner(customer, customer, is_known, frozenset(namespaces))


def resolver(owners: dict[Ref, Owner] | None = None) -> Resolver:
    numbers = count(100)
    return Resolver(owners or {}, lambda: UUID(int=next(numbers)))


def test_a_new_number_makes_a_known_customer() -> None:
    found = resolver()

    row = found.resolve([external("u1"), browser("b1")])

    assert (row, found.customers) == (NEW, {NEW: True})
    assert found.identities == {external("u1"): NEW, browser("b1"): NEW}


def test_a_browser_alone_makes_a_visitor() -> None:
    found = resolver()

    row = found.resolve([browser("b1")])

    assert (row, found.customers) == (NEW, {NEW: False})


def test_nobody_is_named() -> None:
    found = resolver()

    assert found.resolve([external("null"), browser("undefined")]) is None
    assert found.customers == {}


def test_a_visitor_who_signs_in_becomes_the_customer() -> None:
    found = resolver({browser("b1"): owned(VISITOR, is_known=False)})

    row = found.resolve([external("u1"), browser("b1")])

    assert (row, found.became_known) == (VISITOR, {VISITOR})
    assert (found.merges, found.customers) == ([], {})


def test_a_visitor_is_merged_into_the_customer_who_signs_in() -> None:
    owners = {
        browser("b1"): owned(VISITOR, is_known=False),
        external("u1"): owned(ANNA, namespaces=("",)),
    }
    found = resolver(owners)

    row = found.resolve([external("u1"), browser("b1")])

    assert row == ANNA
    assert [(m.absorbed, m.survivor, m.rule) for m in found.merges] == [(VISITOR, ANNA, "identify")]
    assert found.final_roots() == {VISITOR: ANNA}


def test_two_known_people_are_proposed_and_never_merged() -> None:
    owners = {
        external("u1"): owned(ANNA, namespaces=("",)),
        email("ben@example.com"): owned(BEN),
    }
    found = resolver(owners)

    row = found.resolve([email("ben@example.com"), external("u1")])

    assert (row, found.merges) == (ANNA, [])
    assert found.proposals == {(ANNA, BEN): email("ben@example.com")}


def test_an_alias_of_two_known_people_is_proposed_too() -> None:
    owners = {
        external("u1"): owned(ANNA, namespaces=("",)),
        external("u2"): owned(BEN, namespaces=("",)),
    }
    found = resolver(owners)

    assert found.alias(external("u2"), [external("u1")]) == ANNA
    assert (found.merges, list(found.proposals)) == ([], [(ANNA, BEN)])


def test_an_alias_takes_a_visitor_in() -> None:
    owners = {browser("b1"): owned(VISITOR, is_known=False)}
    found = resolver(owners)

    row = found.alias(browser("b1"), [external("u1")])

    assert row == NEW
    assert found.final_roots() == {VISITOR: NEW}


def test_a_number_joins_the_customer_who_was_known_by_address() -> None:
    found = resolver({email("anna@example.com"): owned(ANNA)})

    row = found.resolve([external("u1"), email("anna@example.com")])

    assert (row, found.identities) == (ANNA, {external("u1"): ANNA})


def test_one_person_never_gets_two_numbers_of_one_namespace() -> None:
    found = resolver({email("anna@example.com"): owned(ANNA, namespaces=("",))})

    row = found.resolve([external("u9"), email("anna@example.com")])

    assert (row, found.identities) == (NEW, {external("u9"): NEW})
    assert list(found.proposals) == [(ANNA, NEW)]


def test_a_shared_mailbox_joins_nobody() -> None:
    found = resolver({email("info@example.com"): owned(BEN)})

    row = found.resolve([external("u1"), email("info@example.com")])

    assert (row, found.merges, found.proposals) == (NEW, [], {})


def test_a_second_person_on_a_computer_does_not_take_the_first_ones_past() -> None:
    owners = {
        browser("b1"): owned(BEN, namespaces=("",)),
        external("u1"): owned(ANNA, namespaces=("",)),
    }
    found = resolver(owners)

    row = found.resolve([external("u1"), browser("b1")])
    later = found.resolve([browser("b1")])

    assert (row, found.merges, found.proposals) == (ANNA, [], {})
    assert found.moved == {browser("b1"): later}
    assert later not in {ANNA, BEN}


def test_a_shared_computer_joins_nobody_again() -> None:
    owners = {
        browser("b1"): Owner(VISITOR, VISITOR, is_known=False, is_shared=True),
        external("u1"): owned(ANNA, namespaces=("",)),
    }
    found = resolver(owners)

    assert found.resolve([external("u1"), browser("b1")]) == ANNA
    assert found.resolve([external("u2"), browser("b1")]) == NEW
    assert (found.merges, found.moved) == ([], {})


def test_facts_stay_on_the_row_that_was_merged_away() -> None:
    found = resolver({browser("b1"): Owner(VISITOR, ANNA, is_known=True)})

    assert found.resolve([browser("b1")]) == VISITOR
    assert found.root(VISITOR) == ANNA


def test_new_identifiers_go_to_the_root() -> None:
    found = resolver({browser("b1"): Owner(VISITOR, ANNA, is_known=True)})

    found.resolve([browser("b1"), email("anna@example.com")])

    assert found.identities == {email("anna@example.com"): ANNA}


def test_a_person_with_very_many_browsers_gets_no_more() -> None:
    found = resolver({external("u1"): Owner(ANNA, ANNA, is_known=True, identities=20)})

    assert found.resolve([external("u1"), browser("b21")]) == ANNA
    assert found.identities == {}


REFS = [
    *(external("u1"), external("u2"), email("a@x.de"), email("b@x.de")),
    *(browser("1"), browser("2")),
]
RECORDS = st.lists(st.lists(st.sampled_from(REFS), min_size=1, max_size=3), max_size=12)


@given(RECORDS)
def test_known_people_are_never_made_one(records: list[list[Ref]]) -> None:
    owners = {
        external("u1"): owned(ANNA, namespaces=("",)),
        email("b@x.de"): owned(BEN),
        browser("1"): owned(VISITOR, is_known=False),
    }
    found = resolver(owners)

    for refs in records:
        found.resolve(refs)

    assert found.root(ANNA) == ANNA
    assert found.root(BEN) == BEN


@given(RECORDS)
def test_one_person_has_one_number_a_namespace(records: list[list[Ref]]) -> None:
    found = resolver()

    for refs in records:
        found.resolve(refs)

    numbers = [found.root(row) for ref, row in found.identities.items() if ref.kind == "external"]
    assert len(numbers) == len(set(numbers))


@given(RECORDS)
def test_a_repeated_record_changes_nothing(records: list[list[Ref]]) -> None:
    found = resolver()
    rows = [found.root(row) for refs in records if (row := found.resolve(refs))]
    before = (len(found.customers), len(found.identities))

    known = [refs for refs in records if all(ref.kind != "anonymous" for ref in refs)]
    for refs in known:
        found.resolve(refs)

    assert len(rows) == len(records)
    assert (len(found.customers), len(found.identities)) == before


@pytest.mark.parametrize("value", ["", "null", "[object Object]", "x" * 301, "Undefined"])
def test_meaningless_ids_name_nobody(value: str) -> None:
    assert resolver().resolve([external(value)]) is None
