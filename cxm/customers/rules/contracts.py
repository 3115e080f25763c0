"""Reading contracts as files and programs send them: one flat row each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from cxm.customers.rules.identifiers import is_usable
from cxm.customers.rules.masking import redacted
from cxm.customers.rules.records import Ref
from cxm.kernel.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Mapping

type CompanyKey = tuple[str, str]

FIELDS = (
    "external_id",
    "customer",
    "email",
    "company",
    "namespace",
    "plan",
    "started_on",
    "ended_on",
    "amount_per_month",
    "currency",
    "end_reason",
)
REQUIRED = ("external_id", "started_on", "amount_per_month", "currency")
HOLDERS = ("customer", "email", "company")
LONGEST = {"external_id": 200, "namespace": 60, "plan": 80, "end_reason": 120}
LONGEST_HOLDER = 200
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
HIGHEST_AMOUNT = Decimal(10) ** 9
_CURRENCY = re.compile(r"[A-Z]{3}\Z")


class ContractRowError(DomainError):
    """A row that is no contract; `field` names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


@dataclass(frozen=True, slots=True)
class ContractRow:
    """One contract as it was sent: of the customer called *ref*, or of *company*.

    *company* is namespace and number. *ended_on* is its last day, None while no end is known.
    """

    external_id: str
    ref: Ref | None
    company: CompanyKey | None
    plan: str
    started_on: date
    ended_on: date | None
    amount_per_month: Decimal
    currency: str
    end_reason: str


def read_contract(values: Mapping[str, object]) -> ContractRow:
    """Read one row: texts by field name, of which `customer`, `email` or `company` is given.

    Dates are ISO dates, the amount is of one month with at most two decimals, the currency has
    three letters. Mail addresses and long numbers are taken out of the reason, which is counted
    and shown to more people than may see who left. Raises ContractRowError, which names the field.
    """
    for name in values:
        if name not in FIELDS:
            raise ContractRowError(str(name)[:60], "This field is not known here.")
    texts = {name: _text(values, name) for name in FIELDS}
    for name in REQUIRED:
        if not texts[name]:
            raise ContractRowError(name, "This is needed.")
    ref, company = _holder(texts)
    started_on = _day("started_on", texts["started_on"])
    ended_on = _day("ended_on", texts["ended_on"]) if texts["ended_on"] else None
    if ended_on and ended_on < started_on:
        raise ContractRowError("ended_on", "A contract cannot end before it begins.")
    currency = texts["currency"].upper()
    if not _CURRENCY.match(currency):
        raise ContractRowError("currency", "Use the three letters of a currency, such as EUR.")
    return ContractRow(
        texts["external_id"],
        ref,
        company,
        texts["plan"],
        started_on,
        ended_on,
        _amount(texts["amount_per_month"]),
        currency,
        redacted(texts["end_reason"]),
    )


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int | float | Decimal) or isinstance(value, bool):
        raise ContractRowError(name, "Use a text.")
    text = str(value).strip()
    most = LONGEST.get(name, LONGEST_HOLDER)
    if len(text) > most or "\0" in text:
        raise ContractRowError(name, f"Use at most {most} characters.")
    return text


def _holder(texts: Mapping[str, str]) -> tuple[Ref | None, CompanyKey | None]:
    named = [name for name in HOLDERS if texts[name]]
    if len(named) != 1:
        raise ContractRowError("customer", "Name one of customer, email and company.")
    [name] = named
    if name == "company":
        return None, (texts["namespace"], texts["company"])
    kind = "email" if name == "email" else "external"
    ref = Ref.folded(kind, texts[name], "" if name == "email" else texts["namespace"])
    if not is_usable(ref.kind, ref.value):
        raise ContractRowError(name, "Nobody can be recognised by this.")
    return ref, None


def _day(name: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ContractRowError(name, "Use a date such as 2026-01-31.") from None
    if not EARLIEST <= day < LATEST:
        raise ContractRowError(name, f"Use a date from {EARLIEST.year} to {LATEST.year - 1}.")
    return day


def _amount(text: str) -> Decimal:
    wrong = ContractRowError(
        "amount_per_month", "Use an amount a month, such as 49.90: not negative, two decimals."
    )
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise wrong from None
    if not amount.is_finite() or not 0 <= amount < HIGHEST_AMOUNT:
        raise wrong
    cents = amount.quantize(Decimal("0.01"))
    if cents != amount:
        raise wrong
    return cents
