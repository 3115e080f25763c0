"""Reading the rule of a segment from JSON: everything wrong is found, with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from cxm.customers.rules.segment_errors import Fault, SegmentRuleError
from cxm.customers.rules.segment_kinds import added_kinds
from cxm.customers.rules.segment_rule import (
    COMPANY_NAME,
    COMPARING,
    DEEPEST,
    MOST_TESTS,
    NEGATIVE,
    OWN_DATES,
    OWN_TEXTS,
    Added,
    AllOf,
    AnyOf,
    Attribute,
    Did,
    Facts,
    InSegment,
    Not,
    OfCompany,
    Op,
    Rule,
    Scalar,
    Sum,
    Window,
)

LONGEST_TEXT = 300
LONGEST_KEY = 120
LONGEST_PATH = 200
MOST_WHERE = 10
MOST_VALUES = 200
MOST_DAYS = 36_500
MOST_TIMES = 1_000_000
MOST_FAULTS = 100
LARGEST = 10**15
_FINEST = -6
FACT_KINDS = (
    "event", "page", "message", "call", "visit", "order_step", "payment", "invitation",
    "response", "case", "contract", "note", "merge",
)  # fmt: skip
_GROUPS = ("all", "any", "not")
_TESTS = ("attr", "did", "sum", "in", "company")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_NUMBER = re.compile(r"-?[0-9]{1,15}([.][0-9]{1,6})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Said:
    """One object of the rule being read, where it stands, and the faults found so far."""

    members: Mapping[str, Any]
    at: str
    faults: list[Fault]

    def place(self, name: str) -> str:
        """Name the place of a member."""
        return f"{self.at}.{name}" if self.at else name

    def fault(self, name: str, words: str) -> None:
        """Note that a member is wrong; *name* may be empty for the object itself."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(self.place(name) if name else self.at, words))

    def only(self, *known: str) -> None:
        """Note every member that is not among *known*."""
        for name in self.members:
            if name not in known:
                shown = _shown(name)
                self.fault("", f"“{shown}” is not known here: use {', '.join(known)}.")

    def inside(self, name: str) -> Said:
        """Go into a member that must be an object; an empty one stands for anything else."""
        found = self.members.get(name, {})
        if not isinstance(found, Mapping):
            self.fault(name, "Write an object.")
            found = {}
        return replace(self, members=found, at=self.place(name))

    def text(self, name: str, *, longest: int = LONGEST_TEXT) -> str:
        """Read a text that may be absent."""
        found = self.members.get(name, "")
        if not isinstance(found, str):
            self.fault(name, "Write a text in quotes.")
            return ""
        if len(found) > longest or _CONTROL.search(found):
            self.fault(name, f"Use at most {longest} visible characters.")
            return ""
        return found

    def word(self, name: str, known: tuple[str, ...], *, default: str = "") -> str:
        """Read one of some words; *default* stands for an absent one, if it is given."""
        found = self.members.get(name, default)
        if not isinstance(found, str) or found not in known:
            self.fault(name, f"Use one of {', '.join(known)}.")
            return known[0]
        return found

    def op(self, name: str, known: tuple[Op, ...] = COMPARING, *, default: str = "") -> Op:
        """Read an operator."""
        return Op(self.word(name, tuple(one.value for one in known), default=default))

    def whole(self, name: str, least: int, most: int, *, default: int | None = None) -> int:
        """Read a whole number within limits."""
        found = self.members.get(name, default)
        if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
            self.fault(name, f"Write a whole number from {least} to {most}.")
            return least
        return found

    def number(self, name: str) -> Decimal:
        """Read a number of at most 15 digits before the point and 6 after it."""
        found = read_number(self.members.get(name))
        if found is None:
            self.fault(name, "Write a number, such as 5 or 2.5.")
            return Decimal(0)
        return found

    def day(self, name: str) -> date:
        """Read a date such as 2026-11-21."""
        found = read_day(self.members.get(name))
        if found is None:
            self.fault(name, "Write a date such as 2026-11-21.")
            return date(_LAST_YEAR, 1, 1)
        return found

    def window(self) -> Window | None:
        """Read the member `in`: {"days": n}, {"from": date, "to": date} or "since start"."""
        if self.members.get("in", "since start") == "since start":
            return None
        said = self.inside("in")
        if "days" in said.members:
            said.only("days")
            return Window(days=said.whole("days", 1, MOST_DAYS))
        said.only("days", "from", "to")
        ends = {name: said.day(name) for name in ("from", "to") if name in said.members}
        if not ends:
            said.fault("", "Give days, such as {“days”: 90}, or from and to.")
        window = Window(first_on=ends.get("from"), last_on=ends.get("to"))
        if window.first_on and window.last_on and window.last_on < window.first_on:
            said.fault("to", "The window ends before it begins: choose a later day.")
        return window


def read_rule(said: object) -> Rule:
    """Read a rule from what JSON gave; raises SegmentRuleError with every fault found."""
    reader = _Reader()
    rule = reader.rule(said, "", depth=1)
    if reader.tests > MOST_TESTS:
        words = f"There are {reader.tests} tests: use at most {MOST_TESTS}."
        reader.faults.insert(0, Fault("", words))
    if reader.faults:
        raise SegmentRuleError(reader.faults)
    return rule


def read_number(said: object) -> Decimal | None:
    """Read a number of JSON, or a text that is written like one; None for anything else."""
    if isinstance(said, str):
        return Decimal(said) if _NUMBER.fullmatch(said) else None
    if isinstance(said, bool) or not isinstance(said, int | float) or not abs(said) < LARGEST:
        return None
    found = Decimal(repr(said))
    exponent = found.normalize().as_tuple().exponent
    return found if isinstance(exponent, int) and exponent >= _FINEST else None


def read_day(said: object) -> date | None:
    """Read a date such as 2026-11-21 between 1900 and 2200; None for anything else."""
    if not isinstance(said, str) or len(said) != len("2026-11-21"):
        return None
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


_NOWHERE = Attribute("", Op.EXISTS, value=True)


@dataclass
class _Reader:
    faults: list[Fault] = field(default_factory=list)
    tests: int = 0

    def rule(self, said: object, at: str, *, depth: int, is_company: bool = False) -> Rule:
        """Read one rule; whatever stands for a wrong one is never used."""
        if not isinstance(said, Mapping):
            Said({}, at, self.faults).fault("", "Write an object such as {“all”: […]}.")
            return _NOWHERE
        found = Said(said, at, self.faults)
        group = next((word for word in _GROUPS if word in said), "")
        if not group:
            return self._test(found, depth=depth, is_company=is_company)
        found.only(group)
        if depth > DEEPEST:
            found.fault("", f"Groups stand inside groups at most {DEEPEST} deep: flatten this one.")
            return _NOWHERE
        if group == "not":
            place = found.place("not")
            return Not(self.rule(said["not"], place, depth=depth + 1, is_company=is_company))
        parts = self._parts(found, group, depth=depth, is_company=is_company)
        return AllOf(parts) if group == "all" else AnyOf(parts)

    def _parts(self, said: Said, group: str, *, depth: int, is_company: bool) -> tuple[Rule, ...]:
        listed = said.members[group]
        if not isinstance(listed, list) or not listed:
            said.fault(group, "Add at least one test.")
            return (_NOWHERE,)
        if len(listed) > MOST_TESTS:
            said.fault(group, f"There are {len(listed)} parts: use at most {MOST_TESTS}.")
            return (_NOWHERE,)
        return tuple(
            self.rule(one, f"{said.place(group)}[{i}]", depth=depth + 1, is_company=is_company)
            for i, one in enumerate(listed)
        )

    def _test(self, said: Said, *, depth: int, is_company: bool) -> Rule:
        self.tests += 1
        word = next((word for word in _TESTS if word in said.members and word != "in"), "")
        added = next((kind for kind in added_kinds.every() if kind.key in said.members), None)
        if is_company and word != "attr":
            said.fault("", "Of companies only attributes can be tested: use “attr”.")
            return _NOWHERE
        if added:
            return Added(added.key, added.read(said))
        if word == "company":
            self.tests -= 1
            said.only("company")
            inside = said.members["company"]
            place = said.place("company")
            return OfCompany(self.rule(inside, place, depth=depth + 1, is_company=True))
        if word in {"did", "sum"}:
            return _did(said) if word == "did" else _sum(said)
        if word == "attr":
            return _attribute(said, is_company=is_company)
        return self._in_segment(said)

    def _in_segment(self, said: Said) -> Rule:
        if "in" not in said.members:
            known = ", ".join((*_GROUPS, *_TESTS, *(kind.key for kind in added_kinds.every())))
            said.fault("", f"Nothing here is a test: use one of {known}.")
            return _NOWHERE
        said.only("in")
        key = said.text("in", longest=60)
        if not key:
            said.fault("in", "Name a segment by its key.")
        return InSegment(key)


def _did(said: Said) -> Did:
    said.only("did", "times", "in")
    what = _facts(said.inside("did"))
    times = said.inside("times")
    times.only("op", "n")
    op = times.op("op", default=Op.AT_LEAST)
    return Did(what, op, times.whole("n", 0, MOST_TIMES, default=1), said.window())


def _sum(said: Said) -> Sum:
    said.only("sum", "of", "op", "value", "in")
    said.word("sum", ("amount",))
    of = said.inside("of")
    what = _facts(of, "currency")
    return Sum(what, said.op("op"), said.number("value"), said.window())


def _facts(said: Said, *more: str) -> Facts:
    names = ("kind", "name", "touchpoint", "channel", *more)
    said.only(*names, "where")
    found = {name: said.text(name) for name in names}
    if found["kind"] and found["kind"] not in FACT_KINDS:
        said.fault("kind", f"Use one of {', '.join(FACT_KINDS)}.")
    if not any(found.values()):
        said.fault("", "Say what: a kind, a name, a touchpoint or a channel.")
    return Facts(**found, where=_where(said))


def _where(said: Said) -> tuple[Attribute, ...]:
    """Read how properties of the interactions are compared."""
    listed = said.members.get("where", [])
    if not isinstance(listed, list) or len(listed) > MOST_WHERE:
        said.fault("where", f"Write a list of at most {MOST_WHERE} conditions.")
        return ()
    return tuple(_property(one, said, f"where[{number}]") for number, one in enumerate(listed))


def _property(one: object, facts: Said, name: str) -> Attribute:
    if not isinstance(one, Mapping):
        facts.fault(name, "Write an object such as {“prop”: “plan”, “op”: “=”, “value”: “pro”}.")
        return _NOWHERE
    said = replace(facts, members=one, at=facts.place(name))
    said.only("prop", "op", "value", "or_without_value")
    path = said.text("prop", longest=LONGEST_PATH)
    if not path:
        said.fault("prop", "Name a property, such as plan or context.page.path.")
    return _comparison(said, path)


def _attribute(said: Said, *, is_company: bool) -> Attribute:
    said.only("attr", "op", "value", "or_without_value")
    key = said.text("attr", longest=LONGEST_KEY)
    if not key:
        said.fault("attr", "Name an attribute by its key.")
    own = (COMPANY_NAME,) if is_company else (*OWN_TEXTS, *OWN_DATES)
    if key.startswith("$") and key not in own:
        said.fault("attr", f"“{_shown(key)}” is not known: use {', '.join(own)}.")
    return _comparison(said, key)


def _comparison(said: Said, key: str) -> Attribute:
    op = said.op("op", tuple(Op))
    is_open = said.members.get("or_without_value", False)
    if not isinstance(is_open, bool) or (is_open and op not in NEGATIVE):
        words = "Use true or false, and only with != and not in."
        said.fault("or_without_value", words)
    return Attribute(key, op, _attribute_value(said, op), or_without_value=is_open is True)


def _attribute_value(said: Said, op: Op) -> Scalar | tuple[Scalar, ...] | date | int:
    match op:
        case Op.LESS | Op.AT_MOST | Op.MORE | Op.AT_LEAST:
            return said.number("value")
        case Op.WITHIN:
            return said.whole("value", 1, MOST_DAYS)
        case Op.BEFORE | Op.AFTER:
            return said.day("value")
        case Op.IN | Op.NOT_IN:
            return _many(said)
        case Op.EXISTS:
            return _yes_or_no(said)
        case _:
            return _one(said, op)


def _one(said: Said, op: Op) -> Scalar:
    if op in {Op.IS, Op.IS_NOT}:
        return _scalar(said, "value", said.members.get("value"))
    found = said.text("value")
    if not found:
        said.fault("value", "Write the text to look for.")
    return found


def _yes_or_no(said: Said) -> bool:
    found = said.members.get("value", True)
    if not isinstance(found, bool):
        said.fault("value", "Use true (has a value) or false (has none).")
        return True
    return found


def _many(said: Said) -> tuple[Scalar, ...]:
    found = said.members.get("value")
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_VALUES:
        said.fault("value", f"Write a list of 1 to {MOST_VALUES} values.")
        return ()
    return tuple(_scalar(said, f"value[{i}]", one) for i, one in enumerate(found))


def _scalar(said: Said, name: str, value: object) -> Scalar:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and not _CONTROL.search(value):
        return value
    number = None if isinstance(value, str) else read_number(value)
    if number is None:
        said.fault(
            name, f"Write a text of 1 to {LONGEST_TEXT} characters, a number, true or false."
        )
        return ""
    return number


def _shown(text: str) -> str:
    short = _CONTROL.sub("", str(text))
    return short if len(short) <= 60 else f"{short[:60]}…"  # noqa: PLR2004 - as in filters
