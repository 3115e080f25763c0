"""What a library file says of personas, stakeholders and stakeholder maps."""

from __future__ import annotations

from cxm.collaboration.rules.kinds import Grade
from cxm.kernel.cxmap.shapes import (
    KEY,
    Choice,
    Date,
    Field,
    Item,
    Many,
    Number,
    Text,
    document,
    keyed,
)
from personas.rules.kinds import (
    FACETS,
    RELATION_KINDS,
    Direction,
    Layout,
    PersonaKind,
    PersonaStatus,
    SectionKind,
    StakeholderKind,
    Visibility,
    Width,
)
from personas.rules.shapes import COLOURS

FULL, PUBLIC = "full", "public"
# What is thought of people: it is left out of files for those who may not edit.
PRIVATE = ("power", "interest", "attitude", "note")


def _of(*words: str) -> Choice:
    return Choice(tuple(words))


_NAME = Text(120, 1)
_SHARE = Number(0, 1)
_DEGREE = Number(1, 5)
_ADDRESS = Text(
    1_910, 1, r"https?://[^\s<>\"]{1,1900}", "an address that begins with http:// or https://"
)
STATEMENT = Item(
    (
        Field("text", Text(1_000, 1), is_needed=True),
        Field("label", Text(120), default=""),
        Field("facet", _of(*FACETS), default=""),
        Field("grade", _of(*(one.value for one in Grade)), default=""),
    ),
    short="text",
)
_TRAIT = Item(
    (
        Field("low", Text(40, 1), is_needed=True),
        Field("high", Text(40, 1), is_needed=True),
        Field("value", Number(0, 100, is_whole=True), default=50),
    )
)
_LINK = Item(
    (
        Field("title", Text(120, 1), is_needed=True),
        Field("url", _ADDRESS, is_needed=True),
    )
)
SECTION = Item(
    (
        Field("kind", _of(*(one.value for one in SectionKind)), is_needed=True),
        Field("title", _NAME, is_needed=True),
        Field("width", _of(*(one.value for one in Width)), default=Width.HALF.value),
        Field("text", Text(5_000), default=""),
        Field("by", Text(120), default=""),
        Field("traits", Many(_TRAIT, 12)),
        Field("links", Many(_LINK, 30)),
        Field("fit", _of("cover", "contain"), default="contain"),
        Field("metric", Text(60), default="nps"),
        Field("statements", Many(STATEMENT, 100)),
    )
)
AVATAR = Item(
    (
        Field("face", Number(0, 11, is_whole=True), default=0),
        Field("hair", Number(0, 11, is_whole=True), default=0),
        Field("skin", Number(0, 7, is_whole=True), default=0),
        Field("alt", Text(200), default=""),
    )
)
PERSONA_ITEM = keyed(
    Field("name", _NAME, is_needed=True),
    Field("tagline", Text(300), default=""),
    Field("quote", Text(1_000), default=""),
    Field("kind", _of(*(one.value for one in PersonaKind)), default=PersonaKind.CUSTOMER.value),
    Field(
        "status", _of(*(one.value for one in PersonaStatus)), default=PersonaStatus.ASSUMED.value
    ),
    Field("category", Text(60), default=""),
    Field("colour", _of(*COLOURS), default=""),
    Field("avatar", AVATAR),
    Field("segment", KEY),
    Field("reviewed_on", Date()),
    Field("review_every_days", Number(1, 3_650, is_whole=True)),
    Field("sections", Many(SECTION, 60)),
)
STAKEHOLDER_ITEM = keyed(
    Field("name", _NAME, is_needed=True),
    Field("kind", _of(*(one.value for one in StakeholderKind)), is_needed=True),
    Field("icon", Text(40), default=""),
    Field("description", Text(2_000), default=""),
    Field("persona", KEY),
)
_PLACEMENT = Item(
    (
        Field("stakeholder", KEY, is_needed=True),
        Field("ring", Number(0, 5, is_whole=True)),
        Field("sector", Number(0, 11, is_whole=True)),
        Field("x", _SHARE, default=0.5),
        Field("y", _SHARE, default=0.5),
        Field("power", _DEGREE),
        Field("interest", _DEGREE),
        Field("attitude", Number(-2, 2, is_whole=True)),
        Field("note", Text(2_000), default=""),
    ),
    short="stakeholder",
)
_RELATION = Item(
    (
        Field("from", KEY, is_needed=True),
        Field("to", KEY, is_needed=True),
        Field("kind", _of(*RELATION_KINDS), is_needed=True),
        Field("direction", _of(*(one.value for one in Direction)), default=Direction.ONE.value),
        Field("strength", Number(1, 3, is_whole=True), default=2),
        Field("title", Text(120), default=""),
        Field("note", Text(2_000), default=""),
    )
)
MAP_ITEM = keyed(
    Field("title", _NAME, is_needed=True),
    Field("description", Text(2_000), default=""),
    Field("layout", _of(*(one.value for one in Layout)), default=Layout.RINGS.value),
    Field("rings", Many(Text(60, 1), 6, least=1), is_needed=True),
    Field("ring_colours", Many(Text(2, 0, "(?:c[1-8])?", "c1 to c8, or nothing"), 6)),
    Field("sectors", Many(Text(60, 1), 12)),
    Field("visibility", _of(*(one.value for one in Visibility)), default=Visibility.EDITABLE.value),
    Field("scope", _of(FULL, PUBLIC), default=FULL),
    Field("placements", Many(_PLACEMENT, 1_000)),
    Field("relations", Many(_RELATION, 5_000)),
)
LIBRARY = document(
    Field("personas", Many(PERSONA_ITEM, 5_000, by="key")),
    Field("stakeholders", Many(STAKEHOLDER_ITEM, 5_000, by="key")),
    Field("stakeholder_maps", Many(MAP_ITEM, 2_000, by="key")),
)
