"""Lists of people that somebody brings: what each row says, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxm.customers.rules.identifiers import is_usable
from cxm.customers.rules.records import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

MOST_PEOPLE = 20_000
MOST_FACTS, LONGEST_FACT, LONGEST_NAME = 20, 500, 60
LONGEST_VALUE = 200
_HEADS = {
    "email": ("email", "e-mail", "mail", "email address", "e-mail address"),
    "phone": ("phone", "mobile", "telephone", "phone number", "mobile number"),
    "external_id": ("external_id", "external id", "customer_id", "customer id", "customer number"),
    "name": ("name", "full name", "customer name"),
    "language": ("language", "locale", "lang"),
}
_KNOWN = {head: name for name, heads in _HEADS.items() for head in heads}
_IDENTIFIERS = {
    "external_id": ("external", "customer number"),
    "email": ("email", "e-mail address"),
    "phone": ("phone", "phone number"),
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


class ListRefusedError(Exception):
    """A list cannot be read as people; the words say what to change."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list: who it names, and what it tells to the survey.

    *number* is its place in what was brought, as people count it; *refs* name the person, the
    strongest first; *facts* are all other columns by their heads. *fault* says why the row is not
    asked, naming the column, and is "" for a good one.
    """

    number: int
    values: Mapping[str, str]
    refs: tuple[Ref, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""


def list_key(ask_list_id: UUID, root_id: UUID) -> str:
    """Name the one time that a list asks a person: the natural key of the invitation."""
    return f"list:{ask_list_id}:{root_id}"


def read_people(rows: Sequence[Sequence[str]]) -> list[Listed]:
    """Read *rows*, of which the first names the columns, or of which all are bare addresses.

    Empty rows are left out. Who is named twice is good once: later rows say where they were named
    first. Raises ListRefusedError.
    """
    if any("\0" in cell for row in rows for cell in row):
        message = "There are NUL signs in it, which no text can hold: save the file anew."
        raise ListRefusedError(message)
    filled = [(place, row) for place, row in enumerate(rows, 1) if any(map(str.strip, row))]
    if not filled:
        message = "There is nobody in it."
        raise ListRefusedError(message)
    columns = _columns(filled[0][1])
    people = filled[1:] if columns else filled
    columns = columns or _bare(filled)
    if not people:
        message = "There are heads, and nobody below them."
        raise ListRefusedError(message)
    if len(people) > MOST_PEOPLE:
        message = f"There are {len(people):,} people in it: bring at most {MOST_PEOPLE:,} at once."
        raise ListRefusedError(message)
    first: dict[Ref, int] = {}
    return [_once(_person(place, row, columns), first) for place, row in people]


def _columns(heads: Sequence[str]) -> list[str]:
    """Name the columns; none where the first row holds no head that names people."""
    named = [_KNOWN.get(" ".join(head.lower().split()), head.strip()) for head in heads]
    if not set(named) & set(_IDENTIFIERS):
        return []
    seen: set[str] = set()
    for name in named:
        if name and name in seen:
            message = f"Two columns are called “{name[:LONGEST_NAME]}”: name each once."
            raise ListRefusedError(message)
        seen.add(name)
    facts = [name for name in named if name and name not in _HEADS]
    if len(facts) > MOST_FACTS:
        message = f"There are {len(facts)} columns besides the person: bring at most {MOST_FACTS}."
        raise ListRefusedError(message)
    if long := next((name for name in facts if len(name) > LONGEST_NAME), None):
        message = f"The head “{long[:LONGEST_NAME]}…” is longer than {LONGEST_NAME} characters."
        raise ListRefusedError(message)
    return named


def _bare(filled: Sequence[tuple[int, Sequence[str]]]) -> list[str]:
    """Take rows of one value each, without heads, as addresses."""
    values = [next(cell for cell in row if cell.strip()).strip() for _, row in filled]
    is_single = all(sum(bool(cell.strip()) for cell in row) == 1 for _, row in filled)
    for name in ("email", "phone"):
        kind = _IDENTIFIERS[name][0]
        if is_single and is_usable(kind, Ref.folded(kind, values[0]).value):
            return [name]
    message = "Name the columns in the first row: one of them email, phone or external_id."
    raise ListRefusedError(message)


def _person(place: int, row: Sequence[str], columns: Sequence[str]) -> Listed:
    told = {name: cell.strip() for name, cell in zip(columns, row, strict=False) if name}
    values = {name: told[name][:LONGEST_VALUE] for name in _HEADS if told.get(name)}
    facts = {name: cell for name, cell in told.items() if name not in _HEADS and cell}
    refs, fault = refs_of(values)
    if not fault and len(row) > len(columns) and any(map(str.strip, row[len(columns) :])):
        fault = f"The row has more cells than there are heads ({len(columns)})."
    if not fault and (long := next((k for k, v in facts.items() if len(v) > LONGEST_FACT), None)):
        fault = f"{long}: longer than {LONGEST_FACT} characters."
    language = values.get("language", "")
    if not fault and language and not _LANGUAGE.fullmatch(language):
        fault = f"language: “{language[:LONGEST_NAME]}” is no language, such as de or pt-BR."
    facts = {name: cell[:LONGEST_FACT] for name, cell in facts.items()}
    return Listed(place, values, refs, facts, fault)


def refs_of(values: Mapping[str, str]) -> tuple[tuple[Ref, ...], str]:
    """Give the identifiers of a row, and what is wrong with them."""
    refs = []
    for name, (kind, words) in _IDENTIFIERS.items():
        if not (value := values.get(name)):
            continue
        ref = Ref.folded(kind, value)
        if not is_usable(kind, ref.value):
            return (), f"{name}: “{value[:LONGEST_NAME]}” is no {words}."
        refs.append(ref)
    if not refs:
        return (), "Nobody is named: an email, phone or external_id is missing."
    return tuple(refs), ""


def _once(person: Listed, first: dict[Ref, int]) -> Listed:
    """Find whoever was named before by any of the same identifiers."""
    if person.fault:
        return person
    before = min((first[ref] for ref in person.refs if ref in first), default=None)
    for ref in person.refs:
        first.setdefault(ref, person.number)
    if before is None:
        return person
    fault = f"The same person as in row {before}."
    return Listed(person.number, person.values, person.refs, person.facts, fault)
