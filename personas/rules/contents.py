"""What the content of a section may be, by its kind; statements are elements of their own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from personas.rules.kinds import STATED, SectionKind


class Plain(msgspec.Struct, forbid_unknown_fields=True):
    """Nothing of its own."""


class Text(msgspec.Struct, forbid_unknown_fields=True):
    """Running text in the small Markdown subset."""

    text: Annotated[str, Meta(max_length=5_000)] = ""


class Quote(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody said, and who."""

    text: Annotated[str, Meta(max_length=1_000)] = ""
    by: Annotated[str, Meta(max_length=120)] = ""


class Trait(msgspec.Struct, forbid_unknown_fields=True):
    """A pair of ends and where between them, 0 at *low* to 100 at *high*."""

    low: Annotated[str, Meta(min_length=1, max_length=40)]
    high: Annotated[str, Meta(min_length=1, max_length=40)]
    value: Annotated[int, Meta(ge=0, le=100)] = 50


class Traits(msgspec.Struct, forbid_unknown_fields=True):
    """Up to twelve traits."""

    traits: Annotated[list[Trait], Meta(max_length=12)] = []


class Link(msgspec.Struct, forbid_unknown_fields=True):
    """An address on the web, by name."""

    title: Annotated[str, Meta(min_length=1, max_length=120)]
    url: Annotated[str, Meta(pattern=r"^https?://[^\s<>\"]{1,1900}$")]


class Links(msgspec.Struct, forbid_unknown_fields=True):
    """Up to thirty addresses."""

    links: Annotated[list[Link], Meta(max_length=30)] = []


class Image(msgspec.Struct, forbid_unknown_fields=True):
    """How pictures fill their place: cut to it, or whole."""

    fit: Literal["cover", "contain"] = "contain"


class Score(msgspec.Struct, forbid_unknown_fields=True):
    """Which metric of the segment is shown."""

    metric: Annotated[str, Meta(max_length=60)] = "nps"


_CONTENTS: dict[str, type[msgspec.Struct]] = {
    SectionKind.TEXT: Text,
    SectionKind.QUOTE: Quote,
    SectionKind.TRAITS: Traits,
    SectionKind.LINKS: Links,
    SectionKind.IMAGE: Image,
    SectionKind.METRIC: Score,
    SectionKind.CHANNELS: Plain,
    **dict.fromkeys(STATED, Plain),
}

# What is in a content of any kind, by name: no two kinds mean different things by one.
PARTS: dict[str, Any] = {
    field.name: field.type
    for struct in _CONTENTS.values()
    for field in msgspec.structs.fields(struct)
}


def checked(kind: str, content: Any) -> msgspec.Struct:
    """Give *content* as the kind of section has it. Raises msgspec.ValidationError."""
    return msgspec.convert(content, _CONTENTS[kind])
