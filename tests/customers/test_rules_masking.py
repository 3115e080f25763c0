"""What is left of a person for those who may not see persons."""

from __future__ import annotations

from uuid import UUID

import pytest

from cxm.customers.rules.masking import (
    customer_alias,
    initials,
    masked_email,
    masked_phone,
    redacted,
)


@pytest.mark.parametrize(
    ("text", "known", "shown"),
    [
        ("write jo@example.com.", (), "write [e-mail]"),
        ("<jo.b+x@mail.example.co.uk>", (), "<[e-mail]>"),
        ("call +49 (30) 123-456 78 now", (), "call [number] now"),
        ("order 12345678", (), "order [number]"),
        ("waited 40 minutes, gate 12", (), "waited 40 minutes, gate 12"),
        ("I am Maya Lindt", ("Maya Lindt",), "I am [name]"),
        ("MAYA here, lindt there", ("Maya Lindt",), "[name] here, [name] there"),
        ("Mayan temple", ("Maya",), "Mayan temple"),
        ("It is C-77!", ("C-77",), "It is [name]!"),
        ("A b c", ("A B", "", " "), "[name] c"),
        ("$^ (.*", ("(.*)",), "$^ (.*"),
    ],
)
def test_a_text_is_redacted_of_its_author(text: str, known: tuple[str, ...], shown: str) -> None:
    assert redacted(text, known) == shown


def test_an_alias_is_the_same_for_the_same_customer() -> None:
    assert customer_alias(UUID("6f1d9c34-0000-7000-8000-00000000af3e")) == "Customer af3e"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Maya Lindt", "M. L."),
        ("zoë van Houten", "Z. V. H."),
        ("Anna-Lena Müller", "A. L. M."),
        ("One Two Three Four Five", "O. T. T. F."),
        ("Łukasz 7 (VIP)", "Ł. V."),
        ("12345", ""),
        ("  ", ""),
        ("", ""),
    ],
)
def test_a_name_is_masked_to_its_initials(name: str, shown: str) -> None:
    assert initials(name) == shown


@pytest.mark.parametrize(("email", "shown"), [("maya@example.com", "m…@…"), ("", "")])
def test_an_address_is_masked_to_its_first_letter(email: str, shown: str) -> None:
    assert masked_email(email) == shown


@pytest.mark.parametrize(
    ("phone", "shown"), [("+49 171 555 23 2", "…32"), ("1234", "…"), ("12345", "…45"), ("", "")]
)
def test_a_phone_number_is_masked_to_its_last_digits(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown
