"""Sums of money and the codes of currencies."""

from __future__ import annotations

import pytest

from journeys.rules.money import currency_code, money_words


@pytest.mark.parametrize(
    ("units", "currency", "words"),
    [
        # Decimals as ISO 4217 has them.
        (120_050, "EUR", "1,200.50 EUR"),
        (5, "USD", "0.05 USD"),
        (1_500, "JPY", "1,500 JPY"),
        (1_500, "KWD", "1.500 KWD"),
        (0, "EUR", "0.00 EUR"),
        (120_050, "", "1,200.50"),
    ],
)
def test_a_sum_is_written_with_the_decimals_of_its_currency(
    units: int, currency: str, words: str
) -> None:
    assert money_words(units, currency) == words


@pytest.mark.parametrize(("text", "code"), [(" eur ", "EUR"), ("CHF", "CHF"), ("", "")])
def test_the_code_of_a_currency_is_three_capitals(text: str, code: str) -> None:
    assert currency_code(text) == code


@pytest.mark.parametrize("text", ["€", "EU", "EURO", "E1R", "ÄÖÜ"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="three letters"):
        currency_code(text)
