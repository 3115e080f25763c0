"""What a workspace calls a purchase, and how it values customers: read, checked and in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cxm.kernel.errors import DomainError

# What happens of itself, or is written by us, is never a purchase.
KINDS = ("event", "order_step", "payment", "visit", "contract")
MOST_NAMES, LONGEST_NAME, LONGEST_PATH = 50, 200, 120
OWN_AMOUNT = "amount"
PROPERTY = "props."
MOST_MONTHS = 60
MOST_DISCOUNT = 10.0
_PATH = re.compile(r"props(\.[^.\s\0]+){1,5}")


class PurchaseRuleError(DomainError):
    """Settings of purchases that cannot be used; `field` names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


@dataclass(frozen=True, slots=True)
class PurchaseRule:
    """Which interactions are purchases, and what a customer's further ones are worth.

    An interaction counts when its name is among *names* and its kind among *kinds*; one of them
    may be empty, which asks nothing. *amount* says where its amount stands: "amount" is the
    field of its own, "props.a.b" a property, "" nowhere. Value is told for the next
    *horizon_months* (of 4.345 weeks), at *discount_percent* a month, of amounts that
    *margin_percent* remain of.
    """

    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    amount: str = OWN_AMOUNT
    horizon_months: int = 12
    discount_percent: float = 1.0
    margin_percent: float = 100.0

    @property
    def words(self) -> str:
        """Say in a sentence what a purchase is."""
        named = _listed([f"“{one}”" for one in self.names]) if self.names else "anything"
        kinds = _listed([one.replace("_", " ") for one in self.kinds])
        of_kind = f" of kind {kinds}" if kinds else ""
        return f"A purchase is {named}{of_kind}; those of one day are one."

    @property
    def value_words(self) -> str:
        """Say in a sentence what the value is."""
        return (
            f"What the purchases of the next {self.horizon_months} months are expected to leave: "
            f"{self.margin_percent:g}% of their amounts, discounted by {self.discount_percent:g}% "
            "a month."
        )

    @property
    def property_path(self) -> list[str]:
        """The keys that lead to the amount inside the properties; empty where it is not there."""
        return self.amount.split(".")[1:] if self.amount.startswith(PROPERTY) else []

    def as_json(self) -> dict[str, Any]:
        """Give what is stored."""
        return {**asdict(self), "names": list(self.names), "kinds": list(self.kinds)}


def read_purchase_rule(config: Mapping[str, Any]) -> PurchaseRule:
    """Read settings from JSON as the API and the database have it; what is absent is as usual.

    Raises PurchaseRuleError, which names the field.
    """
    usual = PurchaseRule().as_json()
    for name in config:
        if name not in usual:
            raise PurchaseRuleError(str(name)[:60], "This field is not known here.")
    given = {**usual, **config}
    rule = PurchaseRule(
        names=_texts(given, "names"),
        kinds=_texts(given, "kinds"),
        amount=_amount(given["amount"]),
        horizon_months=int(_number(given, "horizon_months", 1, MOST_MONTHS)),
        discount_percent=_number(given, "discount_percent", 0, MOST_DISCOUNT),
        margin_percent=_number(given, "margin_percent", 0.1, 100),
    )
    if given["horizon_months"] != rule.horizon_months:
        raise PurchaseRuleError("horizon_months", "Use whole months.")
    for kind in rule.kinds:
        if kind not in KINDS:
            raise PurchaseRuleError("kinds", f"Use of: {', '.join(KINDS)}.")
    if not rule.names and not rule.kinds:
        raise PurchaseRuleError("names", "Choose at least one event, or one kind.")
    return rule


def _texts(given: Mapping[str, Any], field: str) -> tuple[str, ...]:
    values = given[field]
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise PurchaseRuleError(field, "Give a list of words.")
    found = tuple(dict.fromkeys(one.strip() for one in values if one.strip()))
    if len(found) > MOST_NAMES:
        raise PurchaseRuleError(field, f"Use at most {MOST_NAMES}.")
    if any(len(one) > LONGEST_NAME or "\0" in one for one in found):
        raise PurchaseRuleError(field, f"A name has at most {LONGEST_NAME} letters.")
    return found


def _amount(value: object) -> str:
    text = value if isinstance(value, str) else " "
    if text in {"", OWN_AMOUNT} or (len(text) <= LONGEST_PATH and _PATH.fullmatch(text)):
        return text
    raise PurchaseRuleError(
        "amount",
        "Use “amount”, or “props.” and a property's name without spaces, or leave it empty.",
    )


def _number(given: Mapping[str, Any], field: str, low: float, high: float) -> float:
    value = given[field]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not low <= value <= high:
        raise PurchaseRuleError(field, f"Use a number from {low:g} to {high:g}.")
    return float(value)


def _listed(words: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""
