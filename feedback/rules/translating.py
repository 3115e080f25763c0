"""The texts of a draft in another language: what is missing or stale, and what a file says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING
from uuid import UUID

from feedback.rules.piping import PipingError, names_in
from feedback.rules.question_types import QuestionType
from feedback.rules.survey_shapes import SURVEY, TRANSLATED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.kernel.operations.state import Element, State

LONGEST = {"title": 1_000, "help": 2_000, "intro": 2_000, "thanks": 2_000, "closed": 2_000}
_ELSE_LONGEST = 500
_LABEL_LENGTH = 60
# Their names are for our own lists: nobody who answers reads them.
_FOR_OURSELVES = (QuestionType.HIDDEN.value, QuestionType.CALCULATED.value)


class Standing(StrEnum):
    """How a translation stands to its text."""

    MISSING = "missing"
    STALE = "stale"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Wording:
    """A text of a draft in one other language.

    *key* names it in files, such as `question/nps/title`; *where* is for people. *made_from* is
    the source that the translation was made from, *wording* the element that holds it.
    """

    key: str
    where: str
    element: UUID
    field: str
    source: str
    text: str = ""
    made_from: str = ""
    wording: UUID | None = None

    @property
    def standing(self) -> Standing:
        """Say whether it is there, and made from what the source says now."""
        if not self.text:
            return Standing.MISSING
        return Standing.DONE if self.made_from == self.source else Standing.STALE


@dataclass(frozen=True, slots=True)
class Told:
    """What a file says of one text: its translation, and the source that it was made from."""

    key: str
    language: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Change:
    """A translation that a file would change from *before* to *text*."""

    key: str
    language: str
    where: str
    before: str
    text: str
    source: str
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """What taking a file in would change, and which of its lines cannot be taken, in words."""

    changes: list[Change]
    refused: list[str]


def wordings(state: State, root: UUID, language: str) -> list[Wording]:
    """List what is to be translated of a draft into *language*, in the order it is read.

    Texts that were left empty are not to be translated, nor names that are for ourselves.
    """
    return list(
        chain.from_iterable(
            _of_element(state, element, path, language) for element, path in _elements(state, root)
        )
    )


def compared(
    lines: Mapping[str, Sequence[Wording]], told: Sequence[Told], languages: Mapping[str, str]
) -> Compared:
    """Compare what a file tells with the *lines* of a draft by language.

    *languages* names those that the draft is translated into. Empty texts of a file change nothing.
    A line is refused where its key is unknown, its text too long, or its places `{{ … }}` are not
    those of the source.
    """
    known = {(one.key, code): one for code, found in lines.items() for one in found}
    changes, refused = [], []
    for line in told:
        if not line.text:
            continue
        wording = known.get((line.key, line.language))
        if wording is None:
            refused.append(f"{line.key[:80]}: the survey has no such text any more.")
            continue
        name = languages.get(line.language, line.language)
        if words := fault_of(wording, line.text):
            refused.append(f"{wording.where} in {name}: {words}")
        elif (line.text, line.source) != (wording.text, wording.made_from):
            stale = line.source != wording.source
            changes.append(
                Change(
                    line.key,
                    line.language,
                    wording.where,
                    wording.text,
                    line.text,
                    line.source,
                    stale,
                )
            )
    return Compared(changes, refused)


def fault_of(wording: Wording, text: str) -> str:
    """Say what is wrong with *text* as a translation; "" where nothing is."""
    most = LONGEST.get(wording.field, _ELSE_LONGEST)
    if len(text) > most:
        return f"write up to {most} characters; this has {len(text)}."
    try:
        names, own = names_in(text), _names(wording.source)
    except PipingError as error:
        return str(error)
    if own is not None and names != own:
        wanted = ", ".join(f"{{{{ {name} | … }}}}" for name in own) or "none"
        return f"the places must be those of the original: {wanted}."
    return ""


def _names(source: str) -> list[str] | None:
    """List the places of a source; None where it is broken itself, which its check tells."""
    try:
        return names_in(source)
    except PipingError:
        return None


def _elements(state: State, root: UUID) -> Iterator[tuple[Element, str]]:
    yield state[root], "survey"
    for question in state.children(root, "question"):
        if question.values["type"] in _FOR_OURSELVES:
            continue
        key = question.values["key"]
        yield question, f"question/{key}"
        for kind in ("choice", "row"):
            for part in state.children(question.id, kind):
                yield part, f"{kind}/{key}/{part.values['key']}"


def _of_element(state: State, element: Element, path: str, language: str) -> Iterator[Wording]:
    shape = SURVEY.element(element.kind)
    made = {
        str(one.values["field"]): one
        for one in state.children(element.id, "wording")
        if one.values["language"] == language
    }
    labels = {field.name: field.label for field in shape.fields}
    name = str(element.values["title"] or element.values.get("key", ""))
    for field in TRANSLATED[element.kind]:
        source = str(element.values[field] or "")
        if not source:
            continue
        there = made.get(field)
        yield Wording(
            key=f"{path}/{field}",
            where=labels[field] if field == "title" else f"{labels[field]}: {_cut(name)}",
            element=element.id,
            field=field,
            source=source,
            text=str(there.values["text"] or "") if there else "",
            made_from=str(there.values["source"] or "") if there else "",
            wording=there.id if there else None,
        )


def _cut(name: str) -> str:
    return name if len(name) <= _LABEL_LENGTH else f"{name[: _LABEL_LENGTH - 1]}…"
