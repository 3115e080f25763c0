"""A stakeholder map as a sheet to be set: its drawing, what its signs mean, and its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.dateformat import format as formatted

from cxm.kernel.typesetting.rich_nodes import rich_nodes
from personas.rules.drawing_legend import legend
from personas.rules.drawing_places import drawing_of
from personas.rules.drawing_regions import SIDE
from personas.rules.drawing_svg import svg_of
from personas.rules.kinds import Direction
from personas.selectors.persona_sheet import Sheet, owner_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from personas.models import StakeholderMap
    from personas.selectors.map_table import Row
    from personas.selectors.map_view import Shown

TEMPLATE = "personas/map_sheet.typ"
PICTURE_TEMPLATE = "personas/map_picture.typ"
_DRAWING = "drawing.svg"


def map_sheet(of: StakeholderMap, shown: Shown, *, is_private: bool, today: date) -> Sheet:
    """Lay out what *shown* says of a map, loaded with its tenant and owner, for `TEMPLATE`.

    Power, interest, attitude and notes are there only if *is_private*. *today* is the tenant's
    day. No query.
    """
    sheet = _drawn(of, shown)
    signs = legend(shown.look.layout, {link.kind for link in shown.links}) if shown.rows else []
    for place, (drawn, _) in enumerate(signs):
        sheet.pictures[f"sign-{place}.svg"] = _file(str(drawn))
    archived = ", archived" if of.archived_at else ""
    owner = owner_words(of.owner)
    sheet.told |= {
        "layout": shown.look.layout.words,
        "description": rich_nodes(of.description),
        "summary": shown.summary,
        "facts": [("Owner", owner), ("Visibility", of.get_visibility_display())],
        "legend": [
            {"file": f"sign-{place}.svg", "words": words} for place, (_, words) in enumerate(signs)
        ],
        "tables": [_people(of, shown, is_private=is_private), _relations(shown, is_private)],
        "footer": [
            of.title,
            f"{shown.look.layout.words}{archived}",
            f"Owner: {owner}",
            formatted(today, "j M Y"),
        ],
    }
    return sheet


def map_picture(of: StakeholderMap, shown: Shown) -> Sheet:
    """Give the drawing of a map alone, loaded with its tenant, for `PICTURE_TEMPLATE`."""
    return _drawn(of, shown)


def _drawn(of: StakeholderMap, shown: Shown) -> Sheet:
    drawing = drawing_of(shown.ground, shown.marks)
    svg = svg_of(drawing, shown.links, title=of.title)
    told = {
        "title": of.title,
        "author": of.tenant.name,
        "lang": "en",
        "drawing": {"file": _DRAWING, "alt": f"{shown.look.layout.words}: {shown.summary}"},
        "width": SIDE,
        "height": drawing.height,
    }
    return Sheet(told, {_DRAWING: str(svg).encode()})


def _file(markup: str) -> bytes:
    """Make a picture that pages hold inside them one that stands for itself."""
    return markup.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).encode()


def _people(of: StakeholderMap, shown: Shown, *, is_private: bool) -> dict[str, Any]:
    """Lay out who is on the map; a width of 0 is a column of numbers, as narrow as they are."""
    columns = [("Name", 3), ("Kind", 1), ("Ring", 1)]
    columns += [("Sector", 1)] if of.sectors else []
    if is_private:
        columns += [("Power", 0), ("Interest", 0), ("Quadrant", 1), ("Attitude", 1)]
    columns += [("Relations", 0)]
    rows = [_person(row, has_sectors=bool(of.sectors), is_private=is_private) for row in shown.rows]
    return _table("On the map", columns, rows, "Nobody is on the map.")


def _person(row: Row, *, has_sectors: bool, is_private: bool) -> list[str]:
    one = row.placement
    told = [one.stakeholder.name, one.stakeholder.get_kind_display(), row.ring]
    told += [row.sector] if has_sectors else []
    if is_private:
        told += [_degree(one.power), _degree(one.interest), row.quadrant, row.attitude]
    return [words or "–" for words in [*told, str(row.relations)]]


def _relations(shown: Shown, is_private: bool) -> dict[str, Any]:  # noqa: FBT001 - of one table
    columns = [("From", 2), ("To", 2), ("What passes", 1), ("Direction", 1), ("Strength", 0)]
    columns += [("Words", 2), *([("Note", 3)] if is_private else [])]
    rows = []
    for one in shown.relations:
        way = "Both ways" if one.direction == Direction.BOTH else "One way"
        told = [one.start.name, one.end.name, one.kind.capitalize(), way, str(one.strength)]
        told += [one.title, *([one.note] if is_private else [])]
        rows.append([words or "–" for words in told])
    return _table("Relations", columns, rows, "There are no relations on the map.")


def _table(
    title: str, columns: Sequence[tuple[str, int]], rows: list[list[str]], nothing: str
) -> dict[str, Any]:
    return {
        "title": title,
        "heads": [head for head, _ in columns],
        "widths": [width for _, width in columns],
        "rows": rows,
        "nothing": nothing,
    }


def _degree(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
