"""What one persona gives another that it is merged into: all that is not there yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.state import Element, children
from personas.rules.contents import checked
from personas.rules.kinds import STATED, SectionKind

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON
    from cxm.kernel.operations.state import State

# What is taken over where the kept one says nothing.
FILLED = ("tagline", "quote", "category", "segment", "picture", "cover")
LONGEST_TITLE = 120
# Lists within a content: what tells two entries apart, and how many there may be.
_JOINED = {
    SectionKind.TRAITS: ("traits", ("low", "high"), 12),
    SectionKind.LINKS: ("links", ("url",), 30),
}


@dataclass(slots=True)
class ComingSection:
    """A section that gains something: *is_new* here, with statements, evidence and files."""

    title: str
    is_new: bool
    statements: list[str] = field(default_factory=list)
    evidence: int = 0
    files: int = 0
    has_content: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing comes over in it."""
        return not (self.is_new or self.statements or self.evidence or self.files) and (
            not self.has_content
        )


@dataclass(slots=True)
class Coming:
    """All that comes over, as one batch of operations.

    *fields* are names of fields that were empty; *sections* tell the rest in words. *places* say
    for each section of the other one where its content is now.
    """

    asked: list[Asked] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    sections: list[ComingSection] = field(default_factory=list)
    places: dict[UUID, UUID] = field(default_factory=dict)


def coming_over(kept: tuple[UUID, State], other: tuple[UUID, State], *, batch: UUID) -> Coming:
    """Work out what *kept* gains of *other*; each is the id of a persona and what is in it.

    A section is the same where kind and title are; a statement where its words are, in a section
    of its kind. Nothing of the kept one is changed but what was empty.
    """
    work = _Work(*kept, *other, batch=batch)
    work.fill()
    for section in children(work.theirs, work.other, "section"):
        work.bring(section)
    work.coming.sections = [one for one in work.coming.sections if not one.is_empty]
    return work.coming


class _Work:
    def __init__(
        self, kept: UUID, state: State, other: UUID, theirs: State, *, batch: UUID
    ) -> None:
        self.kept, self.state, self.other, self.theirs = kept, state, other, theirs
        self.batch = batch
        self.coming = Coming()
        self.sections = children(state, kept, "section")
        self.known: dict[tuple[str, ...], Element] = {
            _said(section, fact): fact
            for section in self.sections
            for fact in children(state, section.id, "fact")
        }

    def fill(self) -> None:
        """Set the fields of the kept one that are empty."""
        mine, theirs = self.state[self.kept].values, self.theirs[self.other].values
        for name in FILLED:
            if not mine[name] and theirs[name]:
                self.coming.fields.append(name)
                self._ask(Deed.SET, self.kept, field=name, value=theirs[name])

    def bring(self, section: Element) -> None:
        """Bring over what a section of the other one holds and the kept one has not."""
        facts = children(self.theirs, section.id, "fact")
        known = {fact.id: self.known.get(_said(section, fact)) for fact in facts}
        content = self._content_for(section)
        there = self._same(section)
        if there is None and facts and all(known.values()) and not content:
            # Everything that it says stands elsewhere already.
            first = known[facts[0].id]
            there = self.state[first.parent] if first and first.parent else None
        line = ComingSection(str(section.values["title"]), is_new=there is None)
        self.coming.sections.append(line)
        place = there.id if there else self._new_section(section)
        self.coming.places[section.id] = place
        if there is not None and content:
            line.has_content = True
            self._ask(Deed.SET, place, field="content", value=content)
        for fact in facts:
            self._bring_fact(fact, known[fact.id], place, line)
        self._bring_files(section, there, place, line)

    def _bring_fact(
        self, fact: Element, known: Element | None, place: UUID, line: ComingSection
    ) -> None:
        if known is None:
            lineage = self._make("fact", fact.values, place)
            line.statements.append(str(fact.values["text"]))
        else:
            lineage = known.id
        # Also what was taken away from the statement: it is not brought back against somebody.
        cited = {
            e.values["evidence"]
            for e in self.state.values()
            if e.kind == "citation" and e.parent == lineage
        }
        for citation in children(self.theirs, fact.id, "citation"):
            if citation.values["evidence"] not in cited:
                self._make("citation", citation.values, lineage)
                line.evidence += 1

    def _bring_files(
        self, section: Element, there: Element | None, place: UUID, line: ComingSection
    ) -> None:
        files = children(self.state, there.id, "file") if there else []
        assets = {one.values["asset"] for one in files}
        for one in children(self.theirs, section.id, "file"):
            if one.values["asset"] not in assets:
                self._make("file", one.values, place)
                line.files += 1

    def _same(self, section: Element) -> Element | None:
        """Find the section of the kept one that takes what *section* holds, if there is one."""
        kind, title = section.values["kind"], _folded(section.values["title"])
        for one in self.sections:
            is_same = one.values["kind"] == kind and _folded(one.values["title"]) == title
            if is_same and self._holds(one, section):
                return one
        if kind in {SectionKind.CHANNELS, SectionKind.METRIC}:
            return next((one for one in self.sections if _is_like(one, section)), None)
        return None

    def _holds(self, one: Element, section: Element) -> bool:
        """Whether *one* can take the content of *section* without losing its own."""
        kind = SectionKind(str(section.values["kind"]))
        if kind in STATED or _is_like(one, section) or _is_blank(section) or _is_blank(one):
            return True
        return kind in _JOINED and _joined(one, section) is not None

    def _content_for(self, section: Element) -> Any:
        """Give the content that the section of the kept one shall have; None where it stays."""
        there = self._same(section)
        if there is None or _is_like(there, section) or _is_blank(section):
            return None
        if _is_blank(there):
            return section.values["content"]
        joined = _joined(there, section)
        return None if joined == _full(there) else joined

    def _new_section(self, section: Element) -> UUID:
        values = dict(section.values)
        taken = {_folded(one.values["title"]) for one in self.sections}
        if _folded(values["title"]) in taken:
            # The same title with another content: its own says whose it was.
            name = self.theirs[self.other].values["name"]
            values["title"] = f"{values['title']} ({name})"[:LONGEST_TITLE]
        return self._make("section", values, self.kept)

    def _make(self, kind: str, values: dict[str, JSON], parent: UUID) -> UUID:
        lineage = new_id()
        told: JSON = {"values": dict(values), "parent": str(parent)}
        self._ask(Deed.CREATE, lineage, kind=kind, value=told)
        return lineage

    def _ask(self, op: Deed, lineage: UUID, **more: Any) -> None:
        one = Asked(id=new_id(), batch=self.batch, op=op, lineage=lineage, **more)
        self.coming.asked.append(one)


def _said(section: Element, fact: Element) -> tuple[str, ...]:
    """Give what makes two statements the same: the kind of section, the name and the words."""
    values = fact.values
    return str(section.values["kind"]), _folded(values["label"]), _folded(values["text"])


def _folded(text: JSON) -> str:
    return " ".join(str(text).split()).casefold()


def _full(section: Element) -> Any:
    kind = SectionKind(str(section.values["kind"]))
    return msgspec.to_builtins(checked(kind, section.values["content"]))


def _is_like(one: Element, section: Element) -> bool:
    is_kind = one.values["kind"] == section.values["kind"]
    return is_kind and bool(_full(one) == _full(section))


def _is_blank(section: Element) -> bool:
    kind = SectionKind(str(section.values["kind"]))
    return bool(_full(section) == msgspec.to_builtins(checked(kind, {})))


def _joined(one: Element, section: Element) -> Any:
    """Add the entries of *section* to those of *one*; None where so many do not fit."""
    kind = SectionKind(str(section.values["kind"]))
    if kind not in _JOINED:
        return None
    name, by, most = _JOINED[kind]
    mine, theirs = _full(one)[name], _full(section)[name]
    there = {tuple(entry[part] for part in by) for entry in mine}
    found = mine + [entry for entry in theirs if tuple(entry[p] for p in by) not in there]
    return {name: found} if len(found) <= most else None
