"""What a line of a file most likely is, from the heads and values of its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from feedback.adapters import signs
from feedback.adapters.profile import ColumnProfile
from feedback.adapters.times import EARLIEST

type Line = Literal["response", "customer", "interaction", "order", "company", "contract"]

LINES: tuple[Line, ...] = ("response", "customer", "interaction", "order", "company", "contract")
_DATED = ("interaction", "order", "contract")
PLANNED = re.compile(
    r"estimat|planned|promised|expected|deadline|\bdue\b|scheduled|target|limit|birth|valid"
)
_ID_HEAD = re.compile(r"\b(id|ids|number|no|nr|key|code|uuid|guid|ref|reference|instance)$")
_CASE = re.compile(
    r"order|ticket|case|incident|claim|complaint|shipment|booking|reservation|request|invoice"
)
_CONTRACT = re.compile(r"contract|subscription|policy|lease|licen[cs]e|vertrag")
_COMPANY = re.compile(r"compan(y|ies)|organi[sz]ation|\borg\b|firma|workspace|account")
_ABOUT_COMPANY = re.compile(
    r"industry|sector|employees|headcount|seats|revenue|(company|account|org\w*) ?name|\bvat\b"
)
_OCCURRED = re.compile(r"activity|\bevent\b( name| type)?$|\baction|concept name")
_STAMP = re.compile(r"timestamp|(^| )time$|(^| )(occurred|happened|at)$")
_YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
_FEW = 60
_SEVERAL = 2


def lines_that_fit(columns: Sequence[ColumnProfile]) -> tuple[Line, ...]:
    """List what a line of such a file can be at all: what happened needs a column of times."""
    has_times = any(c.kind in {"date", "datetime", "integer", "number", "id"} for c in columns)
    return tuple(line for line in LINES if has_times or line not in _DATED)


def likely_line(columns: Sequence[ColumnProfile], *, has_scores: bool) -> Line:
    """Say what a line most likely is; *has_scores* tells whether some column looks like ratings.

    It is a proposal for a person: answers go before all else unless the lines are numbered like
    orders, and several moments of something numbered make an order.
    """
    if _are_answers(columns) or (has_scores and not _is_numbered_like(columns, _CASE)):
        return "response"
    if _is_numbered_like(columns, _CONTRACT) and len(moments(columns)) >= _SEVERAL:
        return "contract"
    if _is_log(columns):
        return "interaction"
    if _is_of_companies(columns):
        return "company"
    return _of_people_or_events(columns)


def _of_people_or_events(columns: Sequence[ColumnProfile]) -> Line:
    times, numbers = moments(columns), own_numbers(columns)
    is_cases = any(_CASE.search(signs.words(number.name)) for number in numbers)
    if len(times) >= _SEVERAL and numbers and (is_cases or not _are_people(columns)):
        return "order"
    if _are_people(columns):
        return "customer"
    if times:
        return "interaction"
    return "customer" if numbers else "response"


def moments(columns: Sequence[ColumnProfile]) -> list[ColumnProfile]:
    """List the columns of times at which something happened, in file order.

    What is planned or promised has not happened, and a birthday is no event.
    """
    return [
        c
        for c in columns
        if c.kind in {"date", "datetime"}
        and not PLANNED.search(signs.words(c.name))
        and _has_recent_years(c)
    ]


def own_numbers(columns: Sequence[ColumnProfile]) -> list[ColumnProfile]:
    """List the columns of numbers or codes that no two lines share, in file order."""
    return [c for c in columns if is_number_of(c) and not c.empty and is_unique(c)]


def is_number_of(column: ColumnProfile) -> bool:
    """Tell whether the head of *column* says that it numbers something."""
    is_text = column.kind in {"id", "integer", "text"}
    return is_text and bool(_ID_HEAD.search(signs.words(column.name)))


def is_unique(column: ColumnProfile) -> bool:
    """Tell whether each value of *column* stands on one line only, as far as values were kept."""
    return column.filled > 1 and max(column.counts.values(), default=0) == 1


def has_few_values(column: ColumnProfile, most: int = _FEW) -> bool:
    """Tell whether at most *most* different values fill *column*."""
    return sum(list(column.counts.values())[:most]) == column.filled > 0


def is_of_company(column: ColumnProfile) -> bool:
    """Tell whether *column* numbers companies, or accounts, which may be either."""
    return is_number_of(column) and bool(_COMPANY.search(signs.words(column.name)))


def _are_answers(columns: Sequence[ColumnProfile]) -> bool:
    """Tell whether lines are numbered as answers, reviews or interviews."""
    return any(signs.RESPONSE.search(signs.words(c.name)) for c in columns if is_number_of(c))


def _is_numbered_like(columns: Sequence[ColumnProfile], sign: re.Pattern[str]) -> bool:
    return any(sign.search(signs.words(column.name)) for column in own_numbers(columns))


def _is_log(columns: Sequence[ColumnProfile]) -> bool:
    """Tell a log: a time stamp beside what was done, a text that comes again and again."""
    has_stamp = any(_STAMP.search(signs.words(c.name)) for c in moments(columns))
    return has_stamp and any(
        c.kind == "text" and not is_unique(c) and _OCCURRED.search(signs.words(c.name))
        for c in columns
    )


def _is_of_companies(columns: Sequence[ColumnProfile]) -> bool:
    heads = [signs.words(column.name) for column in columns]
    numbered = any(_COMPANY.search(signs.words(c.name)) for c in own_numbers(columns))
    named = any(head in {"company", "company name", "account name"} for head in heads)
    about = sum(bool(_ABOUT_COMPANY.search(head)) for head in heads)
    has_person = any(column.kind == "email" and is_unique(column) for column in columns)
    return (numbered or named) and about > 0 and not has_person


def _are_people(columns: Sequence[ColumnProfile]) -> bool:
    """Tell a list of people: numbered by person, or with an address of its own on each line."""
    return any(
        column.kind == "email" or signs.PERSON.search(signs.words(column.name))
        for column in columns
        if is_unique(column) and (is_number_of(column) or column.kind == "email")
    )


def _has_recent_years(column: ColumnProfile) -> bool:
    """Leave out what a database writes for a time of day: 1899-12-30, 1900-01-01, 1970-01-01."""
    years = [int(year) for text, _ in column.samples for year in _YEAR.findall(text)]
    return not years or max(years) >= EARLIEST.year
