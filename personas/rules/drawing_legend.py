"""What shapes and lines of a drawing mean: small pictures with words, for beside it."""

from __future__ import annotations

from collections.abc import Collection

from cxm.kernel.svg import Element, element
from personas.rules.drawing_lines import DASHES
from personas.rules.drawing_places import Mark, Placed
from personas.rules.drawing_svg import QUIET, shape_of
from personas.rules.drawing_words import ATTITUDES
from personas.rules.kinds import Layout, StakeholderKind

_SIDE = 22.0
_RADIUS = 8.0
_KINDS = (
    (StakeholderKind.PERSON, "Person, role"),
    (StakeholderKind.TEAM, "Team, organisation, partner"),
    (StakeholderKind.SYSTEM, "System"),
    (StakeholderKind.REGULATOR, "Regulator, media, public"),
)


def legend(layout: Layout, relation_kinds: Collection[str] = ()) -> list[tuple[Element, str]]:
    """List pictures with their words: shapes, and in the network the lines of *relation_kinds*."""
    if layout is Layout.POWER_INTEREST:
        said = [(_figure(Mark("", "", "", "person", attitude=a), layout), words)
                for a, words in ATTITUDES.items()]  # fmt: skip
        unsaid = _figure(Mark("", "", "", "person"), layout)
        return [*said, (unsaid, "Attitude not said")]
    shapes = [(_figure(Mark("", "", "", kind), layout), words) for kind, words in _KINDS]
    if layout is not Layout.NETWORK:
        return shapes
    lines = [(_line(kind), kind.capitalize()) for kind in DASHES if kind in relation_kinds]
    return [*shapes, *lines]


def _figure(mark: Mark, layout: Layout) -> Element:
    placed = Placed(mark, _SIDE / 2, _SIDE / 2 + _RADIUS / 2)
    return _picture(_SIDE, shape_of(placed, _RADIUS, layout))


def _line(kind: str) -> Element:
    width = 2 * _SIDE
    drawn = element(
        "line", class_="stakeholder-line", x1=0, y1=_SIDE / 2, x2=width, y2=_SIDE / 2,
        stroke=QUIET, stroke_width=3, stroke_dasharray=DASHES[kind] or None,
    )  # fmt: skip
    return _picture(width, drawn)


def _picture(width: float, drawn: Element) -> Element:
    return element(
        "svg", drawn, viewBox=f"0 0 {width:g} {_SIDE:g}", width=width, height=_SIDE,
        aria_hidden="true",
    )  # fmt: skip
