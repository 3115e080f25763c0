"""Cells that are kept as values: text, numbers, yes or no, dates, amounts of money."""

from __future__ import annotations

from datetime import time
from decimal import Decimal, InvalidOperation

from feedback.adapters.event_mapping import ValueColumn
from feedback.adapters.records import JSON
from feedback.adapters.response_rows import LONGEST_TEXT, shortened
from feedback.adapters.times import TimeError, read_time

MOST_AMOUNT = Decimal(10) ** 12  # amounts are numeric(14, 2)
MOST_NUMBER = Decimal(10) ** 15
_YES = frozenset({"true", "yes", "y", "1", "t"})
_NO = frozenset({"false", "no", "n", "0", "f"})


class CellError(Exception):
    """A cell is not what its column was said to hold; the message says why, for a person."""


def read_value(text: str, column: ValueColumn) -> JSON:
    """Read a filled cell as *column* says; raises CellError."""
    if column.type == "number":
        return _plain(_number(text))
    if column.type == "bool":
        return _bool(text)
    if column.type == "date":
        return _date(text, column.date_order)
    return shortened(text, LONGEST_TEXT)


def read_amount(text: str) -> Decimal:
    """Read an amount of money, with a decimal point or comma; raises CellError."""
    amount = _number(text)
    if abs(amount) >= MOST_AMOUNT:
        raise CellError("is too large an amount")
    return amount


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise CellError("is not a number") from error
    if not number.is_finite() or abs(number) >= MOST_NUMBER:
        raise CellError("is not a usable number")
    return number


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _bool(text: str) -> bool:
    folded = text.casefold()
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    raise CellError("is neither yes nor no")


def _date(text: str, date_order: str) -> str:
    try:
        moment = read_time(text, date_order)
    except TimeError as error:
        raise CellError(str(error)) from error
    except (ValueError, OverflowError) as error:
        raise CellError("cannot be read as a date") from error
    return moment.date().isoformat() if moment.time() == time.min else moment.isoformat()
