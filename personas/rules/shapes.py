"""What personas and stakeholder maps are made of, for the operation engine."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from cxm.collaboration.rules.kinds import Grade
from cxm.kernel.operations.cleaning import (
    each_of,
    named,
    one_line,
    one_of,
    paragraphs,
    slug,
    text_of,
)
from cxm.kernel.operations.shapes import DocumentShape, ElementShape, FieldShape
from personas.rules import contents
from personas.rules.kinds import (
    FACETS,
    RELATION_KINDS,
    Direction,
    Layout,
    PersonaKind,
    PersonaStatus,
    SectionKind,
    Visibility,
    Width,
)

GRADES = ("", *(grade.value for grade in Grade))
COLOURS = ("", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8")
_Share = Annotated[float, Meta(ge=0, le=1)]
_Degree = Annotated[float, Meta(ge=1, le=5)]


class Avatar(msgspec.Struct, forbid_unknown_fields=True):
    """A drawn picture: face, hair and skin by number, and its words for who cannot see.

    The words are also those of a persona's own picture, which may be there for decoration alone.
    """

    face: Annotated[int, Meta(ge=0, le=11)] = 0
    hair: Annotated[int, Meta(ge=0, le=11)] = 0
    skin: Annotated[int, Meta(ge=0, le=7)] = 0
    alt: Annotated[str, Meta(max_length=200)] = ""
    is_decorative: bool | UnsetType = UNSET


def _names(at_least: int, most: int) -> Any:
    name = Annotated[str, Meta(min_length=1, max_length=60)]
    return Annotated[list[name], Meta(min_length=at_least, max_length=most)]


PERSONA = DocumentShape(
    root="persona",
    elements={
        "persona": ElementShape(
            kind="persona",
            label="persona",
            title="name",
            fields=(
                FieldShape("key", text_of(63), "Key", clean=slug),
                FieldShape("name", text_of(120), "Name", is_text=True, clean=named),
                FieldShape(
                    "tagline", text_of(300), "Tagline", is_text=True, default="", clean=one_line
                ),
                FieldShape(
                    "quote", text_of(1_000), "Quote", is_text=True, default="", clean=one_line
                ),
                FieldShape("avatar", Avatar, "Picture", default=msgspec.to_builtins(Avatar())),
                FieldShape("picture", UUID | None, "Picture of its own", refers_to="asset"),
                FieldShape("cover", UUID | None, "Cover", refers_to="asset"),
                FieldShape("colour", str, "Colour", default="", clean=one_of(COLOURS)),
                FieldShape("kind", PersonaKind, "Kind", default=PersonaKind.CUSTOMER.value),
                FieldShape("status", PersonaStatus, "Status", default=PersonaStatus.ASSUMED.value),
                FieldShape("category", text_of(60), "Category", default="", clean=one_line),
                FieldShape("owner", UUID | None, "Owner", refers_to="member"),
                FieldShape("segment", UUID | None, "Segment", refers_to="segment"),
                FieldShape("reviewed_on", date | None, "Reviewed on"),
                FieldShape(
                    "review_every_days",
                    Annotated[int, Meta(ge=1, le=3_650)] | None,
                    "Review every (days)",
                ),
                FieldShape("archived_at", datetime | None, "Archived"),
            ),
        ),
        "section": ElementShape(
            kind="section",
            label="section",
            title="title",
            parents=("persona",),
            most=60,
            fields=(
                FieldShape("kind", SectionKind, "Kind of section", is_fixed=True),
                FieldShape("title", text_of(120), "Title", is_text=True, clean=named),
                FieldShape(
                    "content",
                    dict[str, Any],
                    "Content",
                    is_text=True,
                    default={},
                    parts=contents.PARTS,
                ),
                FieldShape("width", Width, "Width", default=Width.HALF.value),
            ),
        ),
        "fact": ElementShape(
            kind="fact",
            label="statement",
            title="text",
            parents=("section",),
            most=100,
            fields=(
                FieldShape("text", text_of(1_000), "Text", is_text=True, clean=named),
                FieldShape("label", text_of(120), "Name", is_text=True, default="", clean=one_line),
                FieldShape("facet", str, "Sort", default="", clean=one_of(("", *FACETS))),
                FieldShape("grade_override", str, "Grade", default="", clean=one_of(GRADES)),
            ),
        ),
        "citation": ElementShape(
            kind="citation",
            label="piece of evidence",
            parents=("fact",),
            most=60,
            fields=(FieldShape("evidence", UUID, "Evidence", is_fixed=True, refers_to="evidence"),),
        ),
        "file": ElementShape(
            kind="file",
            label="file",
            title="title",
            parents=("section",),
            most=24,
            fields=(
                FieldShape("asset", UUID, "File", is_fixed=True, refers_to="asset"),
                FieldShape(
                    "title", text_of(200), "Title", is_text=True, default="", clean=one_line
                ),
                FieldShape(
                    "alt",
                    text_of(500),
                    "Words for the picture",
                    is_text=True,
                    default="",
                    clean=one_line,
                ),
                FieldShape("is_decorative", bool, "Decoration only", default=False),
            ),
        ),
    },
)

STAKEHOLDER_MAP = DocumentShape(
    root="map",
    elements={
        "map": ElementShape(
            kind="map",
            label="map",
            title="title",
            fields=(
                FieldShape("key", text_of(63), "Key", clean=slug),
                FieldShape("title", text_of(120), "Title", is_text=True, clean=named),
                FieldShape(
                    "description",
                    text_of(2_000),
                    "Description",
                    is_text=True,
                    default="",
                    clean=paragraphs,
                ),
                FieldShape("layout", Layout, "Layout", default=Layout.RINGS.value),
                FieldShape("rings", _names(1, 6), "Rings"),
                FieldShape(
                    "ring_colours",
                    Annotated[list[str], Meta(max_length=6)],
                    "Colours of rings",
                    default=[],
                    clean=each_of(COLOURS),
                ),
                FieldShape("sectors", _names(0, 12), "Sectors", default=[]),
                FieldShape(
                    "visibility", Visibility, "Visibility", default=Visibility.EDITABLE.value
                ),
                FieldShape("owner", UUID | None, "Owner", refers_to="member"),
                FieldShape("archived_at", datetime | None, "Archived"),
            ),
        ),
        "placement": ElementShape(
            kind="placement",
            label="stakeholder",
            parents=("map",),
            most=1_000,
            fields=(
                FieldShape(
                    "stakeholder", UUID, "Stakeholder", is_fixed=True, refers_to="stakeholder"
                ),
                FieldShape("ring", Annotated[int, Meta(ge=0, le=5)] | None, "Ring"),
                FieldShape("sector", Annotated[int, Meta(ge=0, le=11)] | None, "Sector"),
                FieldShape("x", _Share, "Place from the left", default=0.5),
                FieldShape("y", _Share, "Place from the top", default=0.5),
                FieldShape("power", _Degree | None, "Power"),
                FieldShape("interest", _Degree | None, "Interest"),
                FieldShape("attitude", Annotated[int, Meta(ge=-2, le=2)] | None, "Attitude"),
                FieldShape(
                    "note", text_of(2_000), "Note", is_text=True, default="", clean=paragraphs
                ),
            ),
        ),
        "relation": ElementShape(
            kind="relation",
            label="relation",
            title="title",
            parents=("map",),
            most=5_000,
            fields=(
                FieldShape("start", UUID, "From", refers_to="stakeholder"),
                FieldShape("end", UUID, "To", refers_to="stakeholder"),
                FieldShape("kind", str, "Kind of relation", clean=one_of(RELATION_KINDS)),
                FieldShape("direction", Direction, "Direction", default=Direction.ONE.value),
                FieldShape("strength", Annotated[int, Meta(ge=1, le=3)], "Strength", default=2),
                FieldShape(
                    "title", text_of(120), "Title", is_text=True, default="", clean=one_line
                ),
                FieldShape(
                    "note", text_of(2_000), "Note", is_text=True, default="", clean=paragraphs
                ),
            ),
        ),
    },
)
