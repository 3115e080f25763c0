"""When a customer counts as gone: the rules a workspace may choose, read, checked and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cxm.kernel.errors import DomainError

FEWEST_DAYS, MOST_DAYS = 1, 1_095
MOST_GRACE_DAYS = 365
MOST_MONTHS, MOST_DISCOUNT, LEAST_MARGIN = 60, 10, 0.1
WORTH = ("horizon_months", "discount_percent", "margin_percent")
MOST_NAMES = 50
LONGEST_NAME = 200
LONGEST_PROPERTY = 100


class ChurnRuleError(DomainError):
    """A rule of churn that cannot be used; `field` names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


class ChurnKind(StrEnum):
    """What ends the time of a customer."""

    INACTIVITY = "inactivity"
    EVENT = "event"
    CONTRACT = "contract"

    @property
    def label(self) -> str:
        """Name it for people."""
        return _LABELS[self]

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give value and label of each, for models and forms."""
        return [(one.value, one.label) for one in cls]


_LABELS = {
    ChurnKind.INACTIVITY: "Inactivity rule",
    ChurnKind.EVENT: "Cancellation event",
    ChurnKind.CONTRACT: "Contract end",
}


@dataclass(frozen=True, slots=True)
class Inactivity:
    """Gone *days* times 24 hours after the last activity; *names* are those that count.

    No names: whatever the customer does counts. It is a rule and is called one: somebody silent
    may still be a customer.
    """

    days: int
    names: tuple[str, ...] = ()

    @property
    def names_reasons(self) -> bool:
        """Whether what ends it may say why: silence does not."""
        return False

    @property
    def words(self) -> str:
        """Say it in a sentence."""
        what = _listed(self.names) if self.names else "anything they do"
        return (
            f"Inactive for {self.days:,} days: {what} keeps a customer; {self.days:,} days "
            "after the last time they count as gone. A rule, no proof that they left."
        )

    def as_json(self) -> dict[str, Any]:
        """Give what is stored."""
        return {"days": self.days, "names": list(self.names)}


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Gone when an event of *ends* comes; there (again) when one of *starts* does.

    No starts: anything they do makes a customer, but what comes within *grace_days* after the
    end, such as a last bill, brings nobody back. A chosen start always does. *reason* is the
    property of an end that says why; empty: none does.
    """

    ends: tuple[str, ...]
    starts: tuple[str, ...] = ()
    grace_days: int = 0
    reason: str = ""

    @property
    def names_reasons(self) -> bool:
        """Whether what ends it may say why."""
        return bool(self.reason)

    @property
    def words(self) -> str:
        """Say it in a sentence."""
        start = _listed(self.starts) if self.starts else "the first thing they do"
        grace = (
            f" What comes in the {self.grace_days:,} days after brings nobody back."
            if self.grace_days and not self.starts
            else ""
        )
        return f"A customer from {start} on, gone at {_listed(self.ends)}.{grace}"

    def as_json(self) -> dict[str, Any]:
        """Give what is stored."""
        kept = {
            "ends": list(self.ends),
            "starts": list(self.starts),
            "grace_days": self.grace_days,
        }
        return {**kept, "reason": self.reason} if self.reason else kept


@dataclass(frozen=True, slots=True)
class ContractEnd:
    """Gone when the last contract ends and no other begins within *grace_days* after it.

    Only contracts of *plans* count; none: all of them do. Whoever still has days of grace is
    there; when these have passed, they were gone from the end of the contract on. A holder is
    worth what *margin_percent* of the payments of *horizon_months* leave, at *discount_percent*
    a month.
    """

    plans: tuple[str, ...] = ()
    grace_days: int = 0
    horizon_months: int = 12
    discount_percent: float = 1.0
    margin_percent: float = 100.0

    @property
    def names_reasons(self) -> bool:
        """Whether what ends it may say why: contracts do."""
        return True

    @property
    def words(self) -> str:
        """Say it in a sentence."""
        what = f"a contract of plan {_listed(self.plans)}" if self.plans else "a contract"
        grace = (
            f" and no other begins in the {self.grace_days:,} days after"
            if self.grace_days
            else " and no other follows it"
        )
        return (
            f"A customer while {what} runs, gone when it ends{grace}. "
            "A contract of a company keeps each of its people."
        )

    @property
    def value_words(self) -> str:
        """Say in a sentence what a holder is worth."""
        return (
            f"What a new holder of contracts is expected to leave: {self.margin_percent:g}% of "
            "what is paid, a payment a month and the first one now, each times the chance that "
            f"the holder is still there, discounted by {self.discount_percent:g}% a month."
        )

    def as_json(self) -> dict[str, Any]:
        """Give what is stored."""
        kept = {"plans": list(self.plans), "grace_days": self.grace_days}
        usual = ContractEnd()
        worth = {name: getattr(self, name) for name in WORTH}
        return kept | {name: told for name, told in worth.items() if told != getattr(usual, name)}


type ChurnRule = Inactivity | Cancellation | ContractEnd


def read_churn_rule(kind: str, config: Mapping[str, Any]) -> ChurnRule:
    """Read the rule of *kind* from *config*, JSON as the API and the database have it.

    Raises ChurnRuleError, which names the field.
    """
    if kind not in set(ChurnKind):
        raise ChurnRuleError("kind", f"Use one of: {', '.join(ChurnKind)}.")
    if ChurnKind(kind) is ChurnKind.INACTIVITY:
        _no_others(config, {"days", "names"})
        days = _days(config, "days", FEWEST_DAYS, MOST_DAYS)
        return Inactivity(days, _names(config, "names"))
    if ChurnKind(kind) is ChurnKind.CONTRACT:
        _no_others(config, {"plans", "grace_days", *WORTH})
        return ContractEnd(_names(config, "plans"), _grace(config), *_worth(config))
    _no_others(config, {"ends", "starts", "grace_days", "reason"})
    ends, starts = _names(config, "ends"), _names(config, "starts")
    if not ends:
        raise ChurnRuleError("ends", "Name at least one event that ends it.")
    if both := sorted(set(ends) & set(starts)):
        raise ChurnRuleError("starts", f"“{both[0]}” ends it and cannot begin it too.")
    return Cancellation(ends, starts, _grace(config), _property(config))


def _grace(config: Mapping[str, Any]) -> int:
    return _days({"grace_days": 0, **config}, "grace_days", 0, MOST_GRACE_DAYS)


def _worth(config: Mapping[str, Any]) -> tuple[int, float, float]:
    """Read the months, the discount and the margin by which a holder is worth something."""
    usual = ContractEnd()
    given = {name: config.get(name, getattr(usual, name)) for name in WORTH}
    months = _amount(given, "horizon_months", 1, MOST_MONTHS)
    if months != int(months):
        raise ChurnRuleError("horizon_months", "Use whole months.")
    return (
        int(months),
        _amount(given, "discount_percent", 0, MOST_DISCOUNT),
        _amount(given, "margin_percent", LEAST_MARGIN, 100),
    )


def _amount(given: Mapping[str, Any], field: str, low: float, high: float) -> float:
    value = given[field]
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise ChurnRuleError(field, f"Use a number from {low:g} to {high:g}.")
    return float(value)


def _no_others(config: Mapping[str, Any], known: set[str]) -> None:
    for name in config:
        if name not in known:
            raise ChurnRuleError(str(name)[:60], "This field is not known here.")


def _days(config: Mapping[str, Any], field: str, low: int, high: int) -> int:
    value = config.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ChurnRuleError(field, f"Use a whole number of days from {low} to {high:,}.")
    return value


def _names(config: Mapping[str, Any], field: str) -> tuple[str, ...]:
    values = config.get(field, [])
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise ChurnRuleError(field, "Give a list of names.")
    names = tuple(dict.fromkeys(stripped for one in values if (stripped := one.strip())))
    if len(names) > MOST_NAMES:
        raise ChurnRuleError(field, f"Use at most {MOST_NAMES} names.")
    for one in names:
        if len(one) > LONGEST_NAME or "\0" in one:
            raise ChurnRuleError(field, f"A name has at most {LONGEST_NAME} letters.")
    return names


def _property(config: Mapping[str, Any]) -> str:
    value = config.get("reason", "")
    if not isinstance(value, str):
        raise ChurnRuleError("reason", "Give the name of a property.")
    name = value.strip()
    if len(name) > LONGEST_PROPERTY or "\0" in name:
        raise ChurnRuleError("reason", f"A property has at most {LONGEST_PROPERTY} letters.")
    return name


def _listed(names: tuple[str, ...]) -> str:
    quoted = [f"“{one}”" for one in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
