"""What drawings of stakeholders say: short names, spoken sentences, words for attitudes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from personas.rules.drawing_places import Ground, Mark, quadrant
from personas.rules.kinds import Layout, StakeholderKind

ATTITUDES = {-2: "Opposes", -1: "Doubts", 0: "Neutral", 1: "Supports", 2: "Champions"}


def attitude_words(attitude: int | None) -> str:
    """Name an attitude; empty for none."""
    return "" if attitude is None else ATTITUDES[attitude]


def initials(name: str) -> str:
    """Give one or two letters that stand for *name*."""
    words = [word for word in name.split() if word[0].isalnum()] or [name.strip() or "?"]
    first = words[0][0]
    return (first + words[-1][0] if len(words) > 1 else first).upper()


def wrapped(name: str, signs: int, lines: int = 2) -> list[str]:
    """Break *name* into *lines* of *signs* at most; an ellipsis says that there is more."""
    parts = textwrap.wrap(name, max(1, signs), break_long_words=True, break_on_hyphens=True)
    if len(parts) <= lines:
        return parts
    last = parts[lines - 1][: max(1, signs - 1)].rstrip()
    return [*parts[: lines - 1], f"{last}…"]


def spoken(ground: Ground, mark: Mark) -> str:
    """Say of a stakeholder in a drawing who it is and where it stands."""
    return f"{mark.name}, {StakeholderKind(mark.kind).words.lower()}. {_place(ground, mark)}."


def summary(ground: Ground, marks: Sequence[Mark], links: int) -> str:
    """Say in a sentence what a drawing shows."""
    count = len(marks)
    people = "1 stakeholder" if count == 1 else f"{count} stakeholders"
    match ground.layout:
        case Layout.RINGS:
            told = _told(ground.rings, [mark.ring for mark in marks], "without a ring")
        case Layout.SECTORS:
            told = _told(ground.sectors, [mark.sector for mark in marks], "without a sector")
        case Layout.NETWORK:
            told = "1 relation" if links == 1 else f"{links} relations"
        case _:
            told = _told_quadrants(marks)
    return f"{people}: {told}." if count else "Nobody is on the map yet."


def _place(ground: Ground, mark: Mark) -> str:
    place = f"{mark.x:.0%} from the left, {mark.y:.0%} from the top"
    ring = _named(ground.rings, mark.ring)
    sector = _named(ground.sectors, mark.sector)
    match ground.layout:
        case Layout.RINGS:
            where = ", ".join(filter(None, [ring or "In no ring", sector, place]))
        case Layout.SECTORS:
            where = ", ".join([sector or "In no sector", place])
        case Layout.NETWORK:
            where = place
        case _:
            where = _numbers(mark)
    return where


def _numbers(mark: Mark) -> str:
    if mark.power is None or mark.interest is None:
        return "Without power and interest"
    told = [quadrant(mark.power, mark.interest)]
    told += [f"power {mark.power:.1f}", f"interest {mark.interest:.1f}"]
    return ", ".join(filter(None, [*told, attitude_words(mark.attitude).lower()]))


def _told(names: Sequence[str], places: Sequence[int | None], nowhere: str) -> str:
    counts = [(name, places.count(index)) for index, name in enumerate(names)]
    counts.append((nowhere, sum(1 for p in places if p is None or p >= len(names))))
    return ", ".join(f"{count} {name}" for name, count in counts if count)


def _told_quadrants(marks: Sequence[Mark]) -> str:
    known = [
        quadrant(mark.power, mark.interest)
        for mark in marks
        if mark.power is not None and mark.interest is not None
    ]
    names = ("Manage closely", "Keep satisfied", "Keep informed", "Watch")
    counts = [(name, known.count(name)) for name in names]
    counts.append(("without power and interest", len(marks) - len(known)))
    return ", ".join(f"{count} {name}" for name, count in counts if count)


def _named(names: Sequence[str], place: int | None) -> str:
    return names[place] if place is not None and place < len(names) else ""
