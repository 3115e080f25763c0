"""How columns that are kept as values are read: their key, and whether they hold more than text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from feedback.adapters import signs
from feedback.adapters.event_mapping import ValueColumn
from feedback.adapters.profile import ColumnProfile
from feedback.adapters.times import DateOrder

_NAME = re.compile(r"(full |display |customer |client |account |company |org\w* )?name")
_PROFILE = {
    "e mail": "email",
    "email address": "email",
    "mail": "email",
    "telephone": "phone",
    "mobile": "phone",
    "phone number": "phone",
    "lang": "language",
    "locale": "language",
    "timezone": "time_zone",
    "time zone": "time_zone",
}
_CODES = re.compile(r"zip|postal|post ?code|plz|\bcode\b|prefix|\b(id|no|nr|number)$")
_YES_OR_NO = ({"true", "false"}, {"yes", "no"}, {"y", "n"}, {"t", "f"})


def value_columns(columns: Iterable[ColumnProfile], subject: str = "") -> tuple[ValueColumn, ...]:
    """Suggest under which key, and as what, the cells of *columns* are kept; each key once.

    *subject* is what the lines are about, such as "order": "order_status" is then "status".
    """
    values, taken = [], set()
    for column in columns:
        key = value_key(column.name, subject)
        key = column.name if key in taken else key
        taken.add(key)
        values.append(value_column(column, key))
    return tuple(values)


def value_column(column: ColumnProfile, key: str) -> ValueColumn:
    """Say what the cells of *column*, kept under *key*, are read as."""
    kind, order = _read_as(column)
    own = "" if key == column.name else key
    return ValueColumn(column=column.name, key=own, type=kind, date_order=order)


def value_key(head: str, subject: str = "") -> str:
    """Make the key of an attribute of a head: "plan_tier" becomes "plan tier".

    Heads that name the person, the address or the language give the keys of the profile.
    """
    said = signs.words(head)
    if subject:
        said = said.removeprefix(f"{subject} ")
    return "name" if _NAME.fullmatch(said) else _PROFILE.get(said, said) or head


def _read_as(
    column: ColumnProfile,
) -> tuple[Literal["text", "number", "bool", "date"], Literal["", "dmy", "mdy", "ymd"]]:
    texts = {text.casefold() for text in column.counts}
    if texts and any(texts <= words for words in _YES_OR_NO):
        return "bool", ""
    if column.kind in {"integer", "number"} and not _CODES.search(signs.words(column.name)):
        return ("number" if _all_numbers(column.counts) else "text"), ""
    if column.kind in {"date", "datetime"}:
        order = DateOrder()
        for text in column.counts:
            order.add(text)
        decided = order.decided()
        return ("text", "") if decided == "ask" else ("date", decided)  # type: ignore[return-value]  # one of the orders
    return "text", ""


def _all_numbers(texts: Iterable[str]) -> bool:
    """Tell whether all cells are numbers: one that is not would be refused."""
    return all(re.fullmatch(r"[+-]?[0-9]{1,14}(?:[.,][0-9]+)?", text) for text in texts)
