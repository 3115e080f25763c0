"""What personas and stakeholder maps are made of, for the operation engine."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from cxm.collaboration.rules.kinds import Grade
from cxm.kernel.operations.shapes import DocumentShape, ElementShape, FieldShape
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
    """A drawn picture: face, hair and skin by number, and its words for who cannot see."""

    face: Annotated[int, Meta(ge=0, le=11)] = 0
    hair: Annotated[int, Meta(ge=0, le=11)] = 0
    skin: Annotated[int, Meta(ge=0, le=7)] = 0
    alt: Annotated[str, Meta(max_length=200)] = ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _named(text: str) -> str:
    kept = _line(text)
    if not kept:
        message = "write something; it cannot be empty."
        raise ValueError(message)
    return kept


def _paragraphs(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _one_of(words: tuple[str, ...]) -> Any:
    def chosen(text: str) -> str:
        if text not in words:
            message = f"choose one of {', '.join(word for word in words if word)}."
            raise ValueError(message)
        return text

    return chosen


def _slug(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", text):
        message = "use 1 to 63 small letters, digits and hyphens."
        raise ValueError(message)
    return text


def _of_length(most: int) -> Any:
    return Annotated[str, Meta(max_length=most)]


def _names(at_least: int, most: int) -> Any:
    name = Annotated[str, Meta(min_length=1, max_length=60)]
    return Annotated[list[name], Meta(min_length=at_least, max_length=most)]


def _each_of(words: tuple[str, ...]) -> Any:
    chosen = _one_of(words)
    return lambda texts: [chosen(text) for text in texts]


PERSONA = DocumentShape(
    root="persona",
    elements={
        "persona": ElementShape(
            kind="persona",
            label="persona",
            title="name",
            fields=(
                FieldShape("key", _of_length(63), "Key", clean=_slug),
                FieldShape("name", _of_length(120), "Name", is_text=True, clean=_named),
                FieldShape(
                    "tagline", _of_length(300), "Tagline", is_text=True, default="", clean=_line
                ),
                FieldShape(
                    "quote", _of_length(1_000), "Quote", is_text=True, default="", clean=_line
                ),
                FieldShape("avatar", Avatar, "Picture", default=msgspec.to_builtins(Avatar())),
                FieldShape("picture", UUID | None, "Picture of its own", refers_to="asset"),
                FieldShape("cover", UUID | None, "Cover", refers_to="asset"),
                FieldShape("colour", str, "Colour", default="", clean=_one_of(COLOURS)),
                FieldShape("kind", PersonaKind, "Kind", default=PersonaKind.CUSTOMER.value),
                FieldShape("status", PersonaStatus, "Status", default=PersonaStatus.ASSUMED.value),
                FieldShape("category", _of_length(60), "Category", default="", clean=_line),
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
                FieldShape("title", _of_length(120), "Title", is_text=True, clean=_named),
                FieldShape("content", dict[str, Any], "Content", is_text=True, default={}),
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
                FieldShape("text", _of_length(1_000), "Text", is_text=True, clean=_named),
                FieldShape("label", _of_length(120), "Name", is_text=True, default="", clean=_line),
                FieldShape("facet", str, "Sort", default="", clean=_one_of(("", *FACETS))),
                FieldShape("grade_override", str, "Grade", default="", clean=_one_of(GRADES)),
            ),
        ),
        "citation": ElementShape(
            kind="citation",
            label="evidence",
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
                    "title", _of_length(200), "Title", is_text=True, default="", clean=_line
                ),
                FieldShape(
                    "alt",
                    _of_length(500),
                    "Words for the picture",
                    is_text=True,
                    default="",
                    clean=_line,
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
                FieldShape("key", _of_length(63), "Key", clean=_slug),
                FieldShape("title", _of_length(120), "Title", is_text=True, clean=_named),
                FieldShape(
                    "description",
                    _of_length(2_000),
                    "Description",
                    is_text=True,
                    default="",
                    clean=_paragraphs,
                ),
                FieldShape("layout", Layout, "Layout", default=Layout.RINGS.value),
                FieldShape("rings", _names(1, 6), "Rings"),
                FieldShape(
                    "ring_colours",
                    Annotated[list[str], Meta(max_length=6)],
                    "Colours of rings",
                    default=[],
                    clean=_each_of(COLOURS),
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
                    "note", _of_length(2_000), "Note", is_text=True, default="", clean=_paragraphs
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
                FieldShape("kind", str, "Kind of relation", clean=_one_of(RELATION_KINDS)),
                FieldShape("direction", Direction, "Direction", default=Direction.ONE.value),
                FieldShape("strength", Annotated[int, Meta(ge=1, le=3)], "Strength", default=2),
                FieldShape(
                    "title", _of_length(120), "Title", is_text=True, default="", clean=_line
                ),
                FieldShape(
                    "note", _of_length(2_000), "Note", is_text=True, default="", clean=_paragraphs
                ),
            ),
        ),
    },
)
