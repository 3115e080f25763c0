"""Addresses and numbers that belong to nobody, each given once."""

from __future__ import annotations

import re

import pytest

from cxm.customers.rules.likeness import plain_mailbox, plain_phone
from cxm.web.demo.contacts import email_of, home_phone, phone_of

# Kept free: BNetzA (drama numbers), Ofcom (drama numbers), NANPA (555-0100 to 555-0199).
FICTIONAL = re.compile(
    r"\+49 (30 23125|69 90009|40 66969|221 4710|89 99998) \d{3}"
    r"|\+44 (7700 900|1632 960)\d{3}"
    r"|\+1 2\d\d 555 01\d\d"
)
MANY = 17_000


def test_phone_numbers_are_of_ranges_kept_for_fiction() -> None:
    numbers = [number for place in range(MANY) if (number := phone_of(place))]

    assert len(numbers) > 16_000
    assert [number for number in numbers if not FICTIONAL.fullmatch(number)] == []


def test_no_two_phone_numbers_are_compared_as_one() -> None:
    numbers = [plain_phone(number) for place in range(MANY) if (number := phone_of(place))]

    assert len(set(numbers)) == len(numbers)


def test_number_written_at_home_is_the_same_number() -> None:
    assert home_phone("+49 30 23125 017") == "030 23125 017"
    assert all(
        plain_phone(home_phone(phone_of(place))) == plain_phone(phone_of(place))
        for place in range(200)
    )


@pytest.mark.parametrize(
    ("name", "number", "email"),
    [
        ("Emma Walsh", 0, "emma.walsh11@example.com"),
        ("Jürgen Groß", 1, "juergen.gross12@example.org"),
        ("Zoë Böhm", 2, "zoe.boehm13@example.net"),
    ],
)
def test_addresses_are_of_example_hosts(name: str, number: int, email: str) -> None:
    assert email_of(name, number) == email


def test_namesakes_have_mailboxes_of_their_own() -> None:
    boxes = {plain_mailbox(email_of("Emma Walsh", number)) for number in range(3_000)}

    assert len(boxes) == 3_000
