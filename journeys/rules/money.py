"""Sums of money: what a currency is called, and how a sum in its smallest units is written."""

from __future__ import annotations

from decimal import Decimal

from cxm.kernel.numbers import written

LETTERS = 3
# ISO 4217, list one: the currencies that do not have hundredths.
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_DECIMALS = {**dict.fromkeys(_WHOLE.split(), 0), **dict.fromkeys(_THOUSANDTHS.split(), 3)}


def currency_code(text: str) -> str:
    """Clean the code of a currency, such as EUR; empty for none. Raises ValueError."""
    kept = text.strip().upper()
    if kept and not (len(kept) == LETTERS and kept.isascii() and kept.isalpha()):
        message = "write the three letters of a currency, such as EUR."
        raise ValueError(message)
    return kept


def money_words(smallest_units: int, currency: str) -> str:
    """Write a sum: 120050 of EUR is "1,200.50 EUR"; without a currency it has hundredths."""
    decimals = _DECIMALS.get(currency, 2)
    sum_of = Decimal(smallest_units).scaleb(-decimals)
    return f"{written(sum_of)} {currency}".strip()
