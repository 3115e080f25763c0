"""Whatever somebody types finds the customer, and nothing finds those who must not be found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from cxm.customers.models import Customer, CustomerWord
from cxm.customers.selectors.persons import Reader
from cxm.customers.selectors.searching import Rank, search_customers
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    made = make.tenant()
    with tenant_bound(made.pk):
        yield made


def found(tenant: Tenant, text: str, *, sees_persons: bool = True) -> list[tuple[str, Rank]]:
    """Search, and give whom it finds by name, and how."""
    hits = search_customers(Reader(tenant, sees_persons=sees_persons), text)
    names = dict(Customer.objects.for_tenant(tenant).values_list("pk", "display_name"))
    return [(names[hit.root_id], hit.rank) for hit in hits]


@pytest.mark.parametrize(
    ("typed", "rank"),
    [
        ("maya.lindt@example.com", Rank.IDENTIFIER),
        ("  MAYA.Lindt@Example.com ", Rank.IDENTIFIER),
        ("+49 171 5552323", Rank.IDENTIFIER),
        ("0049 (0)171 / 555-23-23", Rank.IDENTIFIER),
        ("0171 5552323", Rank.IDENTIFIER),
        ("171 5552323", Rank.IDENTIFIER),
        ("K-77001", Rank.IDENTIFIER),
        ("k-77001", Rank.IDENTIFIER),
        ("maya.l", Rank.IDENTIFIER_BEGINNING),
        ("+49171", Rank.IDENTIFIER_BEGINNING),
        ("k-77", Rank.IDENTIFIER_BEGINNING),
        ("lindt maya", Rank.WORDS),
        ("Maya Lindt", Rank.WORDS),
        ("MÁYA", Rank.WORDS),
        ("may", Rank.LAST_WORD_BEGINNING),
        ("maya li", Rank.LAST_WORD_BEGINNING),
        ("maya lindd", Rank.TYPING_ERROR),
        ("myaa lindt", Rank.TYPING_ERROR),
        ("mya lind", Rank.TYPING_ERROR),
    ],
)
def test_a_customer_is_found_by_whatever_is_typed(tenant: Tenant, typed: str, rank: Rank) -> None:
    people.person(
        "Máya Lindt",
        of=tenant,
        email="maya.lindt@example.com",
        phone="+491715552323",
        number="K-77001",
    )
    people.person("Otto Brandt", of=tenant, email="otto@example.org", phone="+4930998877")

    assert found(tenant, typed) == [("Máya Lindt", rank)]


def test_a_number_kept_without_its_country_is_found_with_it(tenant: Tenant) -> None:
    people.person("Maya Lindt", of=tenant, phone="01715552323")

    assert found(tenant, "+49 171 5552323") == [("Maya Lindt", Rank.IDENTIFIER)]


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "\0", "!?", "%", "____", "\\", "' OR 1=1 --", "maya:*", "☃", "a" * 5000, "qxzvw"],
)
def test_what_means_nothing_finds_nobody(tenant: Tenant, typed: str) -> None:
    people.person("Otto Brandt", of=tenant, email="otto@example.org", number="1")

    assert found(tenant, typed) == []


def test_the_surest_come_first_and_of_those_the_last_seen(tenant: Tenant) -> None:
    early = people.person("Anna Berg", of=tenant)
    people.person("Anna Berger", of=tenant)
    people.person("Anna Berg", of=tenant, number="late")
    Customer.objects.for_tenant(tenant).filter(pk=early.pk).update(
        last_seen_at=make.NOW - timedelta(days=1)
    )
    reader = Reader(tenant, sees_persons=True)

    hits = search_customers(reader, "anna berg")

    assert [hit.rank for hit in hits] == [Rank.WORDS, Rank.WORDS, Rank.LAST_WORD_BEGINNING]
    assert hits[1].root_id == early.pk
    assert len(search_customers(reader, "anna berg", most=2)) == 2


def test_a_merged_customer_is_found_as_the_one_they_are(tenant: Tenant) -> None:
    by = make.member(of=tenant, role=Role.MANAGER)
    absorbed = people.person("Maya Lindt", of=tenant, email="old@example.com")
    survivor = people.person("M. Sommer", of=tenant, email="new@example.com")
    people.merge(absorbed, survivor, by)

    assert found(tenant, "old@example.com") == [("M. Sommer", Rank.IDENTIFIER)]
    assert found(tenant, "lindt") == [("M. Sommer", Rank.WORDS)]


def test_visitors_are_found_by_an_exact_identifier_only(tenant: Tenant) -> None:
    people.person("", of=tenant, browser="anon-12345")

    assert found(tenant, "ANON-12345") == [("", Rank.IDENTIFIER)]
    assert found(tenant, "anon-123") == []


def test_the_number_of_an_order_finds_whose_it_is_and_nobody_else(tenant: Tenant) -> None:
    buyer, friend = people.person(of=tenant), people.person("Ella Lindt", of=tenant, number="A-170")
    people.fact(buyer, thread_key="A-17")
    people.fact(buyer, thread_key="A-17")
    people.fact(friend, thread_key="B-4")

    assert found(tenant, " A-17 ") == [("Maya Lindt", Rank.ORDER)]
    assert found(tenant, "A-17", sees_persons=False) == [("Maya Lindt", Rank.ORDER)]
    assert found(tenant, "B-") == []


def test_an_order_of_several_finds_who_they_are_now_and_nobody_erased(tenant: Tenant) -> None:
    by = make.member(of=tenant, role=Role.MANAGER)
    absorbed, survivor = people.person("M. Sommer", of=tenant), people.person(of=tenant)
    erased = people.person("Ella Lindt", of=tenant)
    people.fact(absorbed, thread_key="A-17")
    people.fact(erased, thread_key="A-17")
    people.merge(absorbed, survivor, by)
    Customer.objects.for_tenant(tenant).filter(pk=erased.pk).update(erased_at=make.NOW)

    assert found(tenant, "A-17") == [("Maya Lindt", Rank.ORDER)]


def test_erased_people_are_never_found(tenant: Tenant) -> None:
    gone = people.person("Maya Lindt", of=tenant, email="maya@example.com")
    Customer.objects.for_tenant(tenant).filter(pk=gone.pk).update(erased_at=make.NOW)

    assert [found(tenant, text) for text in ("maya@example.com", "maya", "lindd")] == [[], [], []]


def test_those_who_may_not_see_persons_cannot_feel_for_names(tenant: Tenant) -> None:
    people.person("Maya Lindt", of=tenant, email="maya@example.com")

    masked = [found(tenant, text, sees_persons=False) for text in ("maya", "maya@", "lindd")]

    assert masked == [[], [], []]
    assert found(tenant, "maya@example.com", sees_persons=False) == [
        ("Maya Lindt", Rank.IDENTIFIER)
    ]


def test_nobody_of_another_tenant_is_found() -> None:
    people.person("Maya Lindt", of=make.tenant(), email="maya@example.com")
    stranger = make.tenant()

    with tenant_bound(stranger.pk):
        hits = [found(stranger, text) for text in ("maya@example.com", "maya", "lindd")]

    assert hits == [[], [], []]


def test_no_tenant_bound_finds_nobody() -> None:
    people.person("Maya Lindt", of=make.tenant(), email="maya@example.com")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM search_customers('maya@example.com', 5)")
        assert cursor.fetchone() == (0,)


def words(tenant: Tenant) -> list[str]:
    with tenant_bound(tenant.pk):
        rows = CustomerWord.objects.for_tenant(tenant).order_by("word")
        return list(rows.values_list("word", flat=True))


def test_the_vocabulary_keeps_words_of_letters_once(tenant: Tenant) -> None:
    people.person("Zoë Wu-Lindt", of=tenant, email="zoe99@mail.example", phone="+4917155")
    people.person("Zoe Lindt", of=tenant)

    assert words(tenant) == ["example", "lindt", "mail", "zoe"]


def test_a_new_name_joins_the_vocabulary(tenant: Tenant) -> None:
    customer = people.person("Maya Lindt", of=tenant)
    rows = Customer.objects.for_tenant(tenant).filter(pk=customer.pk)

    rows.update(display_name="Maya Sommer")
    CustomerWord.objects.for_tenant(tenant).filter(word="maya").delete()
    rows.update(last_seen_at=make.NOW)

    assert words(tenant) == ["lindt", "sommer"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_loaders_that_bring_the_same_words_never_wait_in_a_ring() -> None:
    tenant = make.tenant()
    names = [f"Name{chr(97 + i)}{chr(97 + j)} Common" for i in range(10) for j in range(10)]

    def load(order: int) -> None:
        listed = names if order % 2 else names[::-1]
        with tenant_bound(tenant.pk):
            rows = [Customer(tenant=tenant, display_name=name) for name in listed]
            for row in rows:
                row.root_id = row.pk
            Customer.objects.bulk_create(rows)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(load, range(8)))

    assert len(words(tenant)) == len(names) + 1
