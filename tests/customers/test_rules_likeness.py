"""How alike two people look."""

from __future__ import annotations

import pytest

from cxm.customers.rules.likeness import (
    Likeness,
    compared,
    names_are_alike,
    plain_mailbox,
    plain_name,
    plain_phone,
)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("Zoë Müller", "zoe muller", True, id="accents-and-case"),
        pytest.param("Müller, Zoë", "Zoë Müller", True, id="turned-round"),
        pytest.param("Maya Lindt", "Maja Lindt", True, id="one-letter"),
        pytest.param("M. Lindt", "Maya Lindt", True, id="an-initial"),
        pytest.param("M. Lindt", "Ada Lindt", False, id="another-initial"),
        pytest.param("M. L.", "Maya Lindt", False, id="initials-alone"),
        pytest.param("Ada Lindt", "Maya Lindt", False, id="a-sister"),
        pytest.param("Maya Lindt", "Maya Schmidt-Behrens", False, id="the-first-name-alone"),
        pytest.param("", "", False, id="no-names"),
        pytest.param("李娜", "李娜", True, id="other-letters"),
    ],
)
def test_names_are_compared(one: str, other: str, *, expected: bool) -> None:
    assert names_are_alike(one, other) is expected
    assert names_are_alike(other, one) is expected


def test_a_name_reads_the_same_however_it_is_written() -> None:
    assert plain_name("Müller, Zoë") == "muller zoe"


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("Maya.Lindt+shop@Example.com", "mayalindt@example.com"),
        ("mayalindt@example.com", "mayalindt@example.com"),
        ("+shop@example.com", ""),
        ("no address", ""),
    ],
)
def test_a_mailbox_has_many_spellings(email: str, expected: str) -> None:
    assert plain_mailbox(email) == expected


@pytest.mark.parametrize(
    ("phone", "expected"),
    [("+49 171 555 23 23", "715552323"), ("0171/5552323", "715552323"), ("12 34 56", "")],
)
def test_a_phone_number_is_told_by_its_last_digits(phone: str, expected: str) -> None:
    assert plain_phone(phone) == expected


@pytest.mark.parametrize(
    ("kind", "first", "second", "expected"),
    [
        pytest.param("email", ["A@x.de"], ["b@x.de", "a@x.de"], Likeness.SAME, id="one-of-two"),
        pytest.param("email", ["a.b@x.de"], ["ab@x.de"], Likeness.ALIKE, id="two-spellings"),
        pytest.param("email", ["a@x.de"], ["b@x.de"], Likeness.DIFFERENT, id="others"),
        pytest.param("email", ["?"], ["!"], Likeness.DIFFERENT, id="no-addresses"),
        pytest.param("phone", ["+491711112222"], ["01711112222"], Likeness.ALIKE, id="a-phone"),
        pytest.param(
            "phone", ["+49 171 1"], ["+49-1711"], Likeness.SAME, id="one-phone-spelled-twice"
        ),
        pytest.param("name", ["Maya Lindt"], ["Maja Lindt"], Likeness.ALIKE, id="names"),
        pytest.param("language", ["de"], ["en"], Likeness.DIFFERENT, id="letter-by-letter"),
        pytest.param("name", [], ["Maya"], Likeness.UNKNOWN, id="one-side-knows-nothing"),
    ],
)
def test_things_are_compared_side_by_side(
    kind: str, first: list[str], second: list[str], expected: Likeness
) -> None:
    assert compared("Thing", kind, first, second).likeness == expected
