"""What people outside see of a persona or a stakeholder map: only what is named here, ever.

Both are read from the document as its operations make it, so that a page of now and one of then
are cut out in the same way. Whatever a document holds besides stays inside.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cxm.kernel.operations.state import Element, State, children
from personas.rules.drawing_lines import Link
from personas.rules.drawing_places import Ground, Mark
from personas.rules.kinds import Layout, PersonaKind, SectionKind, StakeholderKind

# Scores and channels are numbers of a segment: they are not shown to people outside.
SECTIONS = tuple(k for k in SectionKind if k not in {SectionKind.METRIC, SectionKind.CHANNELS})
# A quote may be what a customer said: it is shown where somebody chose so.
USUAL_SECTIONS = tuple(kind for kind in SECTIONS if kind is not SectionKind.QUOTE)
# Power and interest is what is thought of people.
LAYOUTS = tuple(layout for layout in Layout if layout is not Layout.POWER_INTEREST)
_SIGN = r"[^\s@<>,;:()\"'/]"
# Begins at the beginning of a word, so that long words are read once.
_EMAIL = re.compile(rf"(?<!{_SIGN}){_SIGN}+@{_SIGN}+\.{_SIGN}+")


@dataclass(frozen=True, slots=True)
class SharedPicture:
    """A picture, and the words for who cannot see it; none for a decoration."""

    asset: UUID
    title: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class SharedFact:
    """One statement; *label* and *facet* may be empty."""

    text: str
    label: str = ""
    facet: str = ""


@dataclass(frozen=True, slots=True)
class SharedTrait:
    """Where between two ends, 0 at *low* to 100 at *high*."""

    low: str
    high: str
    value: int


@dataclass(frozen=True, slots=True)
class SharedSection:
    """A section; which of its parts are filled is as its kind says."""

    kind: SectionKind
    title: str
    is_wide: bool
    text: str = ""
    facts: tuple[SharedFact, ...] = ()
    traits: tuple[SharedTrait, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    pictures: tuple[SharedPicture, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class SharedPersona:
    """A persona: *avatar* is the drawing (face, hair, skin, alt), unless there is a *picture*."""

    name: str
    tagline: str
    quote: str
    colour: str
    kind: str
    avatar: Mapping[str, Any]
    picture: UUID | None
    cover: UUID | None
    sections: tuple[SharedSection, ...]

    @property
    def pictures(self) -> frozenset[UUID]:
        """Give the assets that the page asks for."""
        inside = {one.asset for section in self.sections for one in section.pictures}
        return frozenset(inside | {one for one in (self.picture, self.cover) if one})


@dataclass(frozen=True, slots=True)
class SharedRow:
    """A line of the table beside a drawing; *ring* and *sector* are "" where they are not shown."""

    name: str
    kind: str
    ring: str
    sector: str


@dataclass(frozen=True, slots=True)
class SharedRelation:
    """A line of the table of relations."""

    start: str
    end: str
    kind: str
    is_both_ways: bool
    strength: int
    title: str


@dataclass(frozen=True, slots=True)
class SharedMap:
    """A stakeholder map in one layout. *marks* and *links* carry numbers, no ids of ours."""

    title: str
    description: str
    ground: Ground
    marks: tuple[Mark, ...]
    links: tuple[Link, ...] = ()
    rows: tuple[SharedRow, ...] = ()
    relations: tuple[SharedRelation, ...] = ()
    layouts: tuple[Layout, ...] = ()


def veiled(text: object) -> str:
    """Give *text* without e-mail addresses: “[e-mail]” stands for each."""
    return _EMAIL.sub("[e-mail]", str(text or ""))


def shared_persona(state: State, kinds: Collection[str]) -> SharedPersona:
    """Cut out of a persona what is shown: its head, and its sections of *kinds*, in order.

    No kinds are the usual ones.
    """
    root = next(one for one in state.values() if one.kind == "persona")
    told: Any = root.values
    wanted = [kind for kind in SECTIONS if kind.value in (kinds or USUAL_SECTIONS)]
    sections = [
        _section(one, state)
        for one in children(state, root.id, "section")
        if str(one.values["kind"]) in wanted
    ]
    drawn = {name: int(told["avatar"].get(name, 0)) for name in ("face", "hair", "skin")}
    return SharedPersona(
        name=veiled(told["name"]),
        tagline=veiled(told["tagline"]),
        quote=veiled(told["quote"]),
        colour=told["colour"],
        kind=PersonaKind(told["kind"]).words,
        avatar={**drawn, "alt": veiled(told["avatar"].get("alt"))},
        picture=_id(told.get("picture")),
        cover=_id(told.get("cover")),
        sections=tuple(sections),
    )


def shared_map(
    state: State, names: Mapping[UUID, tuple[str, str]], kinds: Collection[str], asked: str
) -> SharedMap:
    """Cut out of a map what is shown in the layout *asked* for, or else in the first of *kinds*.

    *names* has (name, kind) of each stakeholder by id; no kinds are all three. Rings and sectors
    are told only where one of *kinds* draws them, relations only with the network. Power,
    interest, attitude and notes are in none.
    """
    root = next(one for one in state.values() if one.kind == "map")
    told: Any = root.values
    layouts = tuple(layout for layout in LAYOUTS if layout.value in (kinds or LAYOUTS))
    own = told["layout"]
    layout = next((one for word in (asked, own) for one in layouts if one == word), layouts[0])
    has_rings, has_sectors = Layout.RINGS in layouts, layouts != (Layout.NETWORK,)
    ground = Ground(
        layout,
        tuple(veiled(name) for name in told["rings"]) if has_rings else (),
        tuple(veiled(name) for name in told["sectors"]) if has_sectors else (),
        tuple(told.get("ring_colours", ())) if has_rings else (),
    )
    marks = {
        UUID(str(one.values["stakeholder"])): _mark(number, one, names)
        for number, one in enumerate(children(state, root.id, "placement"), start=1)
    }
    links = _links(state, root.id, marks) if Layout.NETWORK in layouts else ()
    return SharedMap(
        title=veiled(told["title"]),
        description=veiled(told["description"]),
        ground=ground,
        marks=tuple(marks.values()),
        links=links,
        rows=tuple(_row(mark, ground) for mark in marks.values()),
        relations=tuple(_relation(link, marks) for link in links),
        layouts=layouts,
    )


def _section(one: Element, state: State) -> SharedSection:
    kind = SectionKind(str(one.values["kind"]))
    content: Any = one.values["content"]
    facts = [
        SharedFact(veiled(f.values["text"]), veiled(f.values["label"]), veiled(f.values["facet"]))
        for f in children(state, one.id, "fact")
    ]
    # Files other than pictures stay inside, and so do the pictures beside links.
    is_of_pictures = kind is SectionKind.IMAGE
    files = children(state, one.id, "file") if is_of_pictures else []
    return SharedSection(
        kind=kind,
        title=veiled(one.values["title"]),
        is_wide=one.values["width"] == "full",
        text=veiled(content.get("text")),
        facts=tuple(facts),
        traits=tuple(_trait(trait) for trait in content.get("traits", ())),
        links=tuple(_address(link) for link in content.get("links", ())),
        pictures=tuple(_picture(file) for file in files),
        is_cut=is_of_pictures and content.get("fit") == "cover",
    )


def _trait(trait: Mapping[str, Any]) -> SharedTrait:
    return SharedTrait(veiled(trait["low"]), veiled(trait["high"]), int(trait.get("value", 50)))


def _address(link: Mapping[str, Any]) -> tuple[str, str]:
    """Give title and address; an address with somebody's name in it is left out."""
    url = str(link["url"])
    return veiled(link["title"]), "" if "@" in url or "%40" in url else url


def _picture(file: Element) -> SharedPicture:
    told: Any = file.values
    alt = "" if told["is_decorative"] else veiled(told["alt"] or told["title"])
    return SharedPicture(UUID(str(told["asset"])), veiled(told["title"]), alt)


def _mark(number: int, one: Element, names: Mapping[UUID, tuple[str, str]]) -> Mark:
    told: Any = one.values
    name, kind = names[UUID(str(told["stakeholder"]))]
    return Mark(
        id=str(number),
        stakeholder=str(number),
        name=veiled(name),
        kind=kind,
        ring=told["ring"],
        sector=told["sector"],
        x=told["x"],
        y=told["y"],
    )


def _links(state: State, root: UUID, marks: Mapping[UUID, Mark]) -> tuple[Link, ...]:
    found = []
    for number, one in enumerate(children(state, root, "relation"), start=1):
        told: Any = one.values
        ends = [marks.get(UUID(str(told[end]))) for end in ("start", "end")]
        start, end = ends
        if start and end:
            found.append(
                Link(
                    id=str(number),
                    start=start.stakeholder,
                    end=end.stakeholder,
                    kind=told["kind"],
                    direction=told["direction"],
                    strength=told["strength"],
                    title=veiled(told["title"]),
                )
            )
    return tuple(found)


def _row(mark: Mark, ground: Ground) -> SharedRow:
    return SharedRow(
        name=mark.name,
        kind=StakeholderKind(mark.kind).words,
        ring=_named(ground.rings, mark.ring),
        sector=_named(ground.sectors, mark.sector),
    )


def _relation(link: Link, marks: Mapping[UUID, Mark]) -> SharedRelation:
    names = {mark.stakeholder: mark.name for mark in marks.values()}
    return SharedRelation(
        start=names[link.start],
        end=names[link.end],
        kind=link.kind.capitalize(),
        is_both_ways=link.direction == "both",
        strength=link.strength,
        title=link.title,
    )


def _named(names: Collection[str], place: int | None) -> str:
    return list(names)[place] if place is not None and place < len(names) else ""


def _id(value: object) -> UUID | None:
    return UUID(str(value)) if value else None
