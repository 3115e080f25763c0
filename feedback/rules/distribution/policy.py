"""The contact policy: whether somebody may be asked now, and if not, why, and when again.

One function decides for plans, for sending, for reminders and for simulations. The order of its
tests is fixed; the first that holds is the reason that is kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from feedback.rules.distribution.words import Reason, RuleKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# In the order in which they are told where several hold.
BARS = (
    Reason.ERASED,
    Reason.DO_NOT_CONTACT,
    Reason.COMPLAINED,
    Reason.UNSUBSCRIBED,
    Reason.BOUNCED,
)
_A_MINUTE = timedelta(minutes=1)
_HASHED_BYTES = 8


class Outcome(StrEnum):
    """What the policy says."""

    ASK = "ask"
    LATER = "later"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policy says of one asking.

    *rule* is the id of the rule that decided, "" for what always holds. *figures* are what it
    looked at, as JSON. *again_at* is when to ask again for LATER, and from when it would be
    allowed for NO, where that is known.
    """

    outcome: Outcome
    reason: Reason | None = None
    rule: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    again_at: datetime | None = None


ASK = Verdict(Outcome.ASK)


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule of the policy; it holds for the *medium* and *purpose* it names, "" for all.

    *params* by kind: quiet_period {days}; cap {times, days, per: person or company};
    hours {from, to} as HH:MM; rate {per_minute}; age {years, attribute}, the attribute being a
    date; employees {domains}; test {attribute, value}; consent {}.
    """

    id: str
    kind: RuleKind
    params: Mapping[str, Any]
    medium: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """One time that a person was asked, or answered; *at* may lie ahead for what is queued."""

    at: datetime
    medium: str
    purpose: str
    invitation: str = ""
    is_answer: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """What the policy knows of one person.

    *address* is where the message would go. *bars* are reasons of the suppression list for it.
    *contacts* are those of the person, *company_contacts* those of everybody in their company.
    """

    id: str
    address: str
    is_address_right: bool
    zone: str
    is_visitor: bool = False
    email: str = ""
    bars: frozenset[Reason] = frozenset()
    has_agreed: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    company_contacts: list[Contact] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asking:
    """One wish to ask: how, what for, when; *share* of people is drawn by *seed*.

    *invitation* is its id: it does not stand in its own way. *is_duplicate*: the same order or
    ticket was asked about before. *sent_lately* counts what this medium sent within a minute.
    """

    medium: str
    purpose: str
    at: datetime
    expires_at: datetime
    invitation: str = ""
    share: float = 1.0
    seed: str = ""
    is_reminder: bool = False
    is_duplicate: bool = False
    is_called_off: bool = False
    sent_lately: int = 0


def decide(person: Person, asking: Asking, rules: Iterable[PolicyRule]) -> Verdict:
    """Say whether *person* may be asked as *asking* says, by *rules* in order of priority."""
    those = [rule for rule in rules if _holds_for(rule, asking)]
    for look in _TESTS:
        verdict = look(person, asking, those)
        if verdict is not None:
            return _in_time(verdict, asking)
    if asking.at > asking.expires_at:
        return Verdict(Outcome.NO, Reason.TOO_LATE)
    return Verdict(Outcome.NO, Reason.CANCELLED) if asking.is_called_off else ASK


def drawn(seed: str, person: str) -> float:
    """Give the number in [0, 1) by which *person* is drawn: the same each time for a *seed*."""
    hashed = hashlib.sha256(f"{seed}:{person}".encode()).digest()
    return float(int.from_bytes(hashed[:_HASHED_BYTES]) / 2 ** (8 * _HASHED_BYTES))


def _holds_for(rule: PolicyRule, asking: Asking) -> bool:
    return rule.medium in ("", asking.medium) and rule.purpose in ("", asking.purpose)


def _in_time(verdict: Verdict, asking: Asking) -> Verdict:
    """Refuse what would have to wait longer than it is worth asking."""
    if verdict.outcome is not Outcome.LATER or verdict.again_at is None:
        return verdict
    if verdict.again_at <= asking.expires_at:
        return verdict
    return Verdict(Outcome.NO, Reason.TOO_LATE, verdict.rule, {"waited_for": str(verdict.reason)})


def _barred(person: Person, _asking: Asking, _rules: list[PolicyRule]) -> Verdict | None:
    return next((Verdict(Outcome.NO, bar) for bar in BARS if bar in person.bars), None)


def _agreed(person: Person, _asking: Asking, rules: list[PolicyRule]) -> Verdict | None:
    asked = _of(rules, RuleKind.CONSENT)
    return (
        Verdict(Outcome.NO, Reason.NO_CONSENT, asked[0].id)
        if asked and not person.has_agreed
        else None
    )


def _old_enough(person: Person, asking: Asking, rules: list[PolicyRule]) -> Verdict | None:
    for rule in _of(rules, RuleKind.AGE):
        years = int(rule.params["years"])
        born = _day(person.attributes.get(rule.params["attribute"]))
        if born is None or _age(born, asking.at.date()) < years:
            return Verdict(Outcome.NO, Reason.UNDER_AGE, rule.id, {"years": years})
    return None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _reachable(person: Person, _asking: Asking, _rules: list[PolicyRule]) -> Verdict | None:
    if not person.address:
        return Verdict(Outcome.NO, Reason.NO_ADDRESS)
    if not person.is_address_right:
        return Verdict(Outcome.NO, Reason.BAD_ADDRESS)
    return Verdict(Outcome.NO, Reason.VISITOR) if person.is_visitor else None


def _customer(person: Person, _asking: Asking, rules: list[PolicyRule]) -> Verdict | None:
    for rule in _of(rules, RuleKind.TEST):
        if str(person.attributes.get(rule.params["attribute"], "")) == str(rule.params["value"]):
            return Verdict(Outcome.NO, Reason.TEST_CUSTOMER, rule.id)
    domain = person.email.rpartition("@")[2].lower()
    for rule in _of(rules, RuleKind.EMPLOYEES):
        if domain and domain in rule.params["domains"]:
            return Verdict(Outcome.NO, Reason.EMPLOYEE, rule.id, {"domain": domain})
    return None


def _rested(person: Person, asking: Asking, rules: list[PolicyRule]) -> Verdict | None:
    for rule in _of(rules, RuleKind.QUIET_PERIOD):
        rest = timedelta(days=rule.params["days"])
        near = [
            one
            for one in _counting(person.contacts, rule, asking)
            if abs(asking.at - one.at) < rest
        ]
        if near:
            last = max(near, key=lambda one: one.at)
            figures = {
                "days": rule.params["days"],
                "last_at": last.at.isoformat(),
                "was_answer": last.is_answer,
            }
            return Verdict(Outcome.NO, Reason.QUIET_PERIOD, rule.id, figures, last.at + rest)
    return None


def _seldom(person: Person, asking: Asking, rules: list[PolicyRule]) -> Verdict | None:
    for rule in _of(rules, RuleKind.CAP):
        window, times = timedelta(days=rule.params["days"]), int(rule.params["times"])
        of_company = rule.params.get("per") == "company"
        contacts = person.company_contacts if of_company else person.contacts
        asked = sorted(
            one.at
            for one in _counting(contacts, rule, asking)
            if not one.is_answer and abs(asking.at - one.at) < window
        )
        if len(asked) >= times:
            figures = {"times": times, "days": rule.params["days"], "asked": len(asked)}
            return Verdict(Outcome.NO, Reason.CAP, rule.id, figures, asked[-times] + window)
    return None


def _chosen(person: Person, asking: Asking, _rules: list[PolicyRule]) -> Verdict | None:
    if asking.is_duplicate:
        return Verdict(Outcome.NO, Reason.DUPLICATE)
    if not asking.is_reminder and drawn(asking.seed, person.id) >= asking.share:
        return Verdict(Outcome.NO, Reason.NOT_SAMPLED, figures={"share": asking.share})
    return None


def _right_time(person: Person, asking: Asking, rules: list[PolicyRule]) -> Verdict | None:
    for rule in _of(rules, RuleKind.RATE):
        if asking.sent_lately >= rule.params["per_minute"]:
            again_at = asking.at + _A_MINUTE
            figures = {"per_minute": rule.params["per_minute"]}
            return Verdict(Outcome.LATER, Reason.RATE, rule.id, figures, again_at)
    for rule in _of(rules, RuleKind.HOURS):
        until = quiet_until(asking.at, person.zone, rule.params["from"], rule.params["to"])
        if until:
            return Verdict(Outcome.LATER, Reason.HOURS, rule.id, {"zone": person.zone}, until)
    return None


def quiet_until(at: datetime, zone: str, begin: str, end: str) -> datetime | None:
    """Give the end of the quiet hours that *at* lies in, by the clocks of *zone*, or None.

    *begin* and *end* are HH:MM; hours that begin in the evening end the next morning.
    """
    here = at.astimezone(ZoneInfo(zone))
    first, last = time.fromisoformat(begin), time.fromisoformat(end)
    now, is_overnight = here.timetz().replace(tzinfo=None), first > last
    is_quiet = (now >= first or now < last) if is_overnight else first <= now < last
    if not is_quiet:
        return None
    day = here.date() + timedelta(days=1 if is_overnight and now >= first else 0)
    return datetime.combine(day, last, ZoneInfo(zone)).astimezone(at.tzinfo)


def _counting(contacts: Iterable[Contact], rule: PolicyRule, asking: Asking) -> Iterable[Contact]:
    """Give the contacts that a rule counts: those it holds for, but not the asking itself."""
    return (
        one
        for one in contacts
        if rule.medium in ("", one.medium)
        and rule.purpose in ("", one.purpose)
        and not (asking.invitation and one.invitation == asking.invitation)
    )


def _of(rules: list[PolicyRule], kind: RuleKind) -> list[PolicyRule]:
    return [rule for rule in rules if rule.kind is kind]


type _Test = Callable[[Person, Asking, list[PolicyRule]], Verdict | None]
_TESTS: tuple[_Test, ...] = (
    _barred,
    _agreed,
    _old_enough,
    _reachable,
    _customer,
    _rested,
    _seldom,
    _chosen,
    _right_time,
)
