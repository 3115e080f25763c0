"""Numbers as people read them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cxm.kernel.numbers import written


@pytest.mark.parametrize(
    ("rounded", "words"),
    [
        (Decimal(13612), "13,612"),
        (Decimal("-13"), "\u221213"),
        (Decimal("0"), "0"),
        (Decimal("-0"), "0"),
        (Decimal("81.40"), "81.40"),
        (None, "\u2013"),
    ],
)
def test_a_number_is_written_with_commas_and_a_true_minus(
    rounded: Decimal | None, words: str
) -> None:
    assert written(rounded) == words


@pytest.mark.parametrize(("rounded", "words"), [("4", "+4"), ("0", "0"), ("-4", "\u22124")])
def test_a_signed_number_shows_its_plus_but_zero_has_no_sign(rounded: str, words: str) -> None:
    assert written(Decimal(rounded), is_signed=True) == words
