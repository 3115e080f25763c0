"""A first mapping for a file of customers, events, orders, companies or contracts.

It is a proposal for a person to correct, made of heads and values; what the same heads meant in
files that were loaded before goes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from feedback.adapters import signs
from feedback.adapters.dialect import Dialect
from feedback.adapters.event_mapping import (
    AmountSource,
    CompanySource,
    EventMapping,
    EventStep,
    TextSource,
    ValueColumn,
    event_columns_in,
)
from feedback.adapters.line_kind import (
    Line,
    has_few_values,
    is_number_of,
    is_of_company,
    is_unique,
    moments,
    own_numbers,
)
from feedback.adapters.mapping import (
    VERSION,
    ChannelSource,
    CustomerColumn,
    Named,
    ThreadSource,
    TimeSource,
    TouchpointName,
)
from feedback.adapters.profile import ColumnProfile
from feedback.adapters.step_names import step_names, step_touchpoint, subject_of
from feedback.adapters.suggest import is_written
from feedback.adapters.suggest_values import value_columns

_PERSON = re.compile(rf"{signs.PERSON.pattern}|patient|guest|passenger|subscriber|employee")
_OCCURRED = (
    re.compile(r"^(concept name|activity( name)?|event( name| type)?|action( name)?)$"),
    re.compile(r"activity|event|action|feature|page|step|status"),
)
_CASE = re.compile(r"\b(case|order|ticket|session|visit|subscription|contract|conversation)\b")
_STAMP = re.compile(r"timestamp|^time$|occurred|happened")
_SINCE = re.compile(r"sign ?up|signed up|created|registered|since|joined|start")
_AMOUNT = re.compile(r"\b(amount|total|price|revenue|value|cost|mrr|paid|spend)\b")
_CURRENCY_IN = re.compile(r"\b(usd|eur|gbp|chf|jpy|brl|inr|cad|aud|sek|pln)\b")
_CHANNEL = re.compile(r"channel|via|kanal|canal")
_CASES = re.compile(r"ticket|case|incident|complaint|claim|support|permit")
_MOST_CHANNELS = 20
_ENOUGH_LINES = 100
_STEM_TAIL = re.compile(
    # Possessive: "111…x" can be cut into numbers in more ways than anybody waits for.
    r"(?:[\s_-]*+(?:v?[0-9][0-9T:._-]*+|dataset|export|final|copy))++$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What columns meant in files of the tenant that are loaded, by head.

    *threads* gives the key of the files whose lines have that number of an order or a case.
    """

    identities: dict[str, CustomerColumn] = field(default_factory=dict)
    companies: dict[str, CompanySource] = field(default_factory=dict)
    threads: dict[str, str] = field(default_factory=dict)


def earlier_in(mappings: Iterable[EventMapping]) -> Earlier:
    """Collect what *mappings*, newest first, say of heads; the newest counts."""
    found = Earlier()
    for mapping in mappings:
        for identity in mapping.identities:
            found.identities.setdefault(identity.column, identity)
        if mapping.company:
            found.companies.setdefault(mapping.company.column, mapping.company)
        if mapping.thread and not mapping.thread.joins and mapping.identities:
            found.threads.setdefault(mapping.thread.column, mapping.source.key)
    return found


def suggest_events(
    columns: Sequence[ColumnProfile],
    line: Line,
    *,
    file_name: str,
    today: date,
    dialect: Dialect,
    earlier: Earlier,
) -> EventMapping:
    """Suggest what *columns* mean in a file whose lines are *line*, which is not "response".

    *file_name* names the source. Profiles without a time of their own hold since *today*. What
    no column speaks for is left out: `validate_events` says what a person must add.
    """
    suggestion = _Suggestion(columns, line, earlier)
    title = _STEM_TAIL.sub("", file_name.rpartition(".")[0] or file_name) or file_name
    return EventMapping(
        version=VERSION,
        line=line,  # type: ignore[arg-type]  # a line that is no answer
        source=Named(key=signs.slug(title), title=signs.readable(title)),
        dialect=dialect,
        **suggestion.parts(today),  # type: ignore[arg-type]  # parts by the names of their fields
    )


class _Suggestion:
    """Gives out the columns one after the other, each to what it speaks for most."""

    def __init__(self, columns: Sequence[ColumnProfile], line: Line, earlier: Earlier) -> None:
        self._columns = columns
        self._line = line
        self._earlier = earlier
        self._times = moments(columns)
        self._own = self._own_number()

    def parts(self, today: date) -> dict[str, object]:
        company = self._company()
        identities = self._identities()
        parts: dict[str, object] = {"identities": identities, "company": company}
        if self._line in {"customer", "company"}:
            at = self._first(self._times, _SINCE) or self._first(self._times)
            parts["at"] = TimeSource(column=at.name) if at else TimeSource(at=today.isoformat())
        else:
            parts |= self._of_events(identities)
        return parts | self._values(parts)

    def _of_events(self, identities: tuple[CustomerColumn, ...]) -> dict[str, object]:
        taken = {identity.column for identity in identities}
        is_one = self._line == "interaction"
        events = self._happened() if is_one else self._steps()
        return {
            "row_id": (self._own.name,) if self._own else (),
            "thread": self._thread(taken, is_named=bool(identities)),
            "events": events,
            "text": self._text(),
            "amount": self._amount(),
            "channel": self._channel(),
        }

    def _own_number(self) -> ColumnProfile | None:
        """Choose the number of the line: of an order, say, or of an event; never a person's."""
        if self._line in {"customer", "company"}:
            return None
        free = [c for c in own_numbers(self._columns) if not _is_person(c)]
        return free[0] if free else None

    def _company(self) -> CompanySource | None:
        for column in self._columns:
            if known := self._earlier.companies.get(column.name):
                return CompanySource(column=column.name, namespace=known.namespace)
        if self._line not in {"company", "contract"}:
            return None
        numbered = [c for c in self._columns if is_of_company(c) and c is not self._own]
        named = [c for c in self._columns if signs.words(c.name) in {"company", "company name"}]
        for column in numbered + (named if self._line == "company" else []):
            return CompanySource(column=column.name, namespace=_namespace(column))
        return None

    def _identities(self) -> tuple[CustomerColumn, ...]:
        known = [self._earlier.identities.get(column.name) for column in self._columns]
        numbers = [
            c
            for c in self._columns
            if is_number_of(c) and _is_person(c) and c.name not in self._earlier.identities
        ]
        found = [identity for identity in known if identity]
        found += [self._numbered(column, numbers) for column in numbers]
        found += [
            CustomerColumn(column=c.name, kind=c.kind)
            for c in self._columns
            if c.kind in {"email", "phone"} and c.name not in self._earlier.identities
        ]
        if not found and (case := self._repeated_case()):
            named = CustomerColumn(column=case.name, kind="external", namespace=_namespace(case))
            found = [named]
        return tuple(found)

    def _numbered(self, column: ColumnProfile, numbers: list[ColumnProfile]) -> CustomerColumn:
        """Take a number that is another one on each line for one of several that a person has."""
        is_each_new = is_unique(column) and (
            any(not is_unique(other) for other in numbers)
            or (self._line == "order" and column.filled >= _ENOUGH_LINES)
        )
        return CustomerColumn(
            column=column.name,
            kind="card" if is_each_new else "external",
            namespace=_namespace(column),
        )

    def _repeated_case(self) -> ColumnProfile | None:
        """Find the case whose events stand on several lines of a log that names nobody."""
        if self._line != "interaction":
            return None
        cases = [
            c
            for c in self._columns
            if c.kind in {"id", "text", "integer"}
            and not is_unique(c)
            and not has_few_values(c, _MOST_CHANNELS)
            and c.name not in self._earlier.threads
            and signs.words(c.name) in {"case concept name", "case id", "case", "case number"}
        ]
        return cases[0] if cases else None

    def _thread(self, taken: set[str], *, is_named: bool) -> ThreadSource | None:
        for column in self._columns:
            joins = self._earlier.threads.get(column.name)
            if joins and (self._own is None or column.name != self._own.name):
                return ThreadSource(column=column.name, joins="" if is_named else joins)
        if self._line in {"order", "contract"}:
            return ThreadSource(column=self._own.name) if self._own else None
        for column in self._columns:
            is_case = _CASE.search(signs.words(column.name)) and is_number_of(column)
            if column.name in taken and signs.words(column.name).startswith("case"):
                return ThreadSource(column=column.name)
            if is_case and not is_unique(column) and column.name not in taken:
                return ThreadSource(column=column.name)
        return None

    def _steps(self) -> tuple[EventStep, ...]:
        subject = subject_of(self._own.name) if self._own else ""
        names = step_names([column.name for column in self._times], subject)
        return tuple(
            EventStep(
                at=TimeSource(column=head),
                name=name,
                kind="case" if _CASES.search(subject) else "",
                touchpoint=_touchpoint(step_touchpoint(name)),
            )
            for head, name in names.items()
        )

    def _happened(self) -> tuple[EventStep, ...]:
        at = self._first(self._times, _STAMP) or self._first(self._times)
        named = self._named()
        subject = subject_of(self._own.name) if self._own else ""
        name = "" if named or not subject else subject[:1].upper() + subject[1:]
        source = TimeSource(column=at.name) if at else TimeSource()
        return (EventStep(at=source, name=name, name_column=named.name if named else ""),)

    def _named(self) -> ColumnProfile | None:
        texts = [c for c in self._columns if c.kind == "text" and has_few_values(c)]
        return next((c for sign in _OCCURRED if (c := self._first(texts, sign))), None)

    def _text(self) -> TextSource | None:
        written = [c for c in self._columns if c.kind == "text" and is_written(c)]
        column = self._first(written, signs.COMMENT)
        return TextSource(column=column.name) if column else None

    def _amount(self) -> AmountSource | None:
        numbers = [c for c in self._columns if c.kind in {"integer", "number"}]
        column = self._first([c for c in numbers if not is_number_of(c)], _AMOUNT)
        if column is None:
            return None
        code = _CURRENCY_IN.search(signs.words(column.name))
        beside = [c for c in self._columns if signs.words(c.name) in {"currency", "currency code"}]
        return AmountSource(
            column=column.name,
            currency=code[0].upper() if code else "",
            currency_column=beside[0].name if beside and not code else "",
        )

    def _channel(self) -> ChannelSource | None:
        texts = [c for c in self._columns if c.kind == "text" and has_few_values(c, _MOST_CHANNELS)]
        column = self._first(texts, _CHANNEL)
        if column is None:
            return None
        channels = {text: Named(key=signs.slug(text), title=text) for text in column.counts}
        return ChannelSource(column=column.name, channels=channels)

    def _values(self, parts: dict[str, object]) -> dict[str, object]:
        """Keep what is left: with the customer, the company or what happened."""
        mapped = EventMapping(version=VERSION, line="order", source=Named(key=""), **parts)  # type: ignore[arg-type]  # as above
        taken = {column for _, column in event_columns_in(mapped)}
        subject = subject_of(self._own.name) if self._own else self._line
        free = (c for c in self._columns if c.filled and c.name not in taken)
        left = value_columns(free, subject)
        if self._line == "company" and mapped.company:
            # A company that is spoken with itself needs a name to be read.
            is_spoken_with = any(i.column == mapped.company.column for i in mapped.identities)
            names = tuple(v for v in left if v.name == "name") if is_spoken_with else ()
            company = CompanySource(
                column=mapped.company.column, namespace=mapped.company.namespace, attributes=left
            )
            return {"company": company, "attributes": names}
        if self._line in {"customer", "company"}:
            addresses = tuple(
                ValueColumn(column=identity.column, key=identity.kind)
                for identity in mapped.identities
                if identity.kind in {"email", "phone"}
            )
            return {"attributes": addresses + left}
        return {"properties": left}

    @staticmethod
    def _first(
        columns: Sequence[ColumnProfile], sign: re.Pattern[str] | None = None
    ) -> ColumnProfile | None:
        found = [c for c in columns if sign is None or sign.search(signs.words(c.name))]
        return found[0] if found else None


def _is_person(column: ColumnProfile) -> bool:
    return bool(_PERSON.search(signs.words(column.name)))


def _namespace(column: ColumnProfile) -> str:
    """Name whose numbers these are by the head: files with the same head then speak of the same."""
    return signs.slug(subject_of(column.name) or column.name)


def _touchpoint(title: str) -> TouchpointName | None:
    return TouchpointName(key=signs.slug(title), title=title) if title else None
