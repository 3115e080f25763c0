"""A persona as a sheet to be set: all that its page shows, as plain data with its pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.dateformat import format as formatted

from cxm.collaboration.selectors.assets import asset_path
from cxm.kernel.segment_stats import SegmentNumbers, segment_stats
from cxm.kernel.typesetting.rich_nodes import rich_nodes
from cxm.kernel.typesetting.setting import TooLargeError
from personas.rules.avatars import avatar_picture, avatar_words
from personas.rules.kinds import SectionKind
from personas.rules.print_colours import print_colours
from personas.selectors.pages import sections_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from cxm.collaboration.models import Asset
    from cxm.kernel.segment_stats import Stat
    from personas.models import Persona
    from personas.selectors.pages import SectionShown

TEMPLATE = "personas/persona_sheet.typ"
UNBOUND = "Not bound to a segment."
MOST_PICTURE_BYTES = 40_000_000
_DAY = "j M Y"
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


@dataclass(slots=True)
class Sheet:
    """What a template is told, and its pictures by the names that it calls them."""

    told: dict[str, Any]
    pictures: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Written:
    """What sections are written from: the numbers of the segment, and what keeps a picture."""

    numbers: SegmentNumbers | None
    is_bound: bool
    add: Callable[[Asset], str]


def persona_sheet(
    persona: Persona, *, sees_answers: bool, now: datetime, today: date, is_paged: bool
) -> Sheet:
    """Lay out *persona*, loaded with tenant, segment, owner and pictures, for `TEMPLATE`.

    Numbers are those that its page shows at *now* to a reader who does or does not see answers.
    *today* is the tenant's day, *is_paged* says whether it is cut into pages. At most three
    queries beside those for numbers. Raises TooLargeError.
    """
    sections = sections_shown(persona)
    sheet = Sheet({})
    numbers = _numbers(persona, sections, sees_answers=sees_answers, now=now)
    written = _Written(
        numbers=numbers,
        is_bound=persona.segment_id is not None,
        add=lambda asset: _added(sheet, asset),
    )
    strong, soft = print_colours(persona.colour)
    sheet.told |= {
        "title": persona.name,
        "author": persona.tenant.name,
        "lang": "en",
        "is_paged": is_paged,
        "strong": strong,
        "soft": soft,
        "tagline": persona.tagline,
        "quote": persona.quote,
        "cover": _cover(sheet, persona),
        "picture": _portrait(sheet, persona, (soft, strong)),
        "facts": _facts(persona),
        "numbers": _told_numbers(numbers),
        "rows": _rows([_section(one, written) for one in sections]),
        "footer": _footer(persona, today),
    }
    return sheet


def owner_words(owner: Any) -> str:
    """Name the member who owns something, or say that nobody does."""
    return owner.user.get_full_name() if owner else "Nobody"


def _numbers(
    persona: Persona, sections: Sequence[SectionShown], *, sees_answers: bool, now: datetime
) -> SegmentNumbers | None:
    if persona.segment_id is None:
        return None
    contents = [one.row.content for one in sections if one.kind is SectionKind.METRIC]
    return segment_stats.numbers(
        tenant=persona.tenant,
        segment_id=persona.segment_id,
        metrics={content.get("metric", "nps") for content in contents},
        sees_answers=sees_answers,
        now=now,
    )


def _cover(sheet: Sheet, persona: Persona) -> dict[str, str] | None:
    name = _added(sheet, persona.cover) if persona.cover else ""
    return {"file": name, "alt": ""} if name else None


def _portrait(sheet: Sheet, persona: Persona, colours: tuple[str, str]) -> dict[str, str]:
    """Give the persona's own picture, or the drawing that stands for it."""
    told: dict[str, Any] = persona.avatar
    if persona.picture and (name := _added(sheet, persona.picture)):
        return {"file": name, "alt": "" if told.get("is_decorative") else told.get("alt", "")}
    face, hair, skin = (int(told.get(name, 0)) for name in ("face", "hair", "skin"))
    ground, clothes = colours
    drawn = avatar_picture(face=face, hair=hair, skin=skin, ground=ground, clothes=clothes)
    sheet.pictures["avatar.svg"] = str(drawn).encode()
    words = told.get("alt") or avatar_words(face, hair)
    return {"file": "avatar.svg", "alt": words}


def _added(sheet: Sheet, asset: Asset) -> str:
    """Put a stored picture beside the sheet; "" for what is no picture, or is not there.

    Raises TooLargeError when the pictures become too many.
    """
    path, ending = asset_path(asset), _ENDINGS.get(asset.mime)
    if ending is None or not path.is_file():
        return ""
    name = f"{asset.pk}.{ending}"
    if name not in sheet.pictures:
        if asset.bytes + sum(map(len, sheet.pictures.values())) > MOST_PICTURE_BYTES:
            message = "The pictures are too large to be set as one file: leave some of them out."
            raise TooLargeError(message)
        sheet.pictures[name] = path.read_bytes()
    return name


def _facts(persona: Persona) -> list[tuple[str, str]]:
    segment = persona.segment.title if persona.segment else "Not bound"
    reviewed = formatted(persona.reviewed_on, _DAY) if persona.reviewed_on else "Not yet"
    every = f"{persona.review_every_days} days" if persona.review_every_days else ""
    told = [
        ("Kind", persona.get_kind_display()),
        ("Status", persona.get_status_display()),
        ("Segment", segment),
        ("Owner", owner_words(persona.owner)),
        ("Category", persona.category),
        ("Reviewed on", reviewed),
        ("Review every", every),
    ]
    return [(label, words) for label, words in told if words]


def _told_numbers(numbers: SegmentNumbers | None) -> dict[str, Any] | None:
    if numbers is None:
        return None
    return {
        "note": numbers.note,
        "stats": [_stat(one) for one in numbers.stats],
        "said": [{"text": one.text, "source": one.source} for one in numbers.said],
    }


def _stat(one: Stat) -> dict[str, str]:
    return {"title": one.title, "value": one.value, "base": one.base}


def _rows(sections: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Put halves side by side, two a row in their order, as the page does."""
    rows: list[list[dict[str, Any]]] = []
    for section in sections:
        has_room = bool(rows) and len(rows[-1]) == 1 and not rows[-1][0]["is_full"]
        if has_room and not section["is_full"]:
            rows[-1].append(section)
        else:
            rows.append([section])
    return rows


def _section(shown: SectionShown, written: _Written) -> dict[str, Any]:
    row = shown.row
    parts = _statements(shown) if shown.is_stated else _CONTENTS[shown.kind](shown, written)
    return {"title": row.title, "is_full": row.width == "full", "parts": parts}


def _statements(shown: SectionShown) -> list[dict[str, Any]]:
    if not shown.facts:
        return [_said("Nothing written yet.")]
    lines = [
        {
            "label": one.row.label if shown.label else "",
            "text": one.row.text,
            "sort": one.row.facet.capitalize() if shown.has_facets else "",
        }
        for one in shown.facts
    ]
    return [{"kind": "statements", "is_labelled": bool(shown.label), "lines": lines}]


def _text(shown: SectionShown, _written: _Written) -> list[dict[str, Any]]:
    nodes = rich_nodes(shown.row.content.get("text", ""))
    return [{"kind": "rich", "nodes": nodes}] if nodes else [_said("Nothing written yet.")]


def _quote(shown: SectionShown, _written: _Written) -> list[dict[str, Any]]:
    words = shown.row.content.get("text", "")
    if not words:
        return [_said("Nobody is quoted yet.")]
    return [{"kind": "quote", "text": words, "by": shown.row.content.get("by", "")}]


def _traits(shown: SectionShown, _written: _Written) -> list[dict[str, Any]]:
    traits = shown.row.content.get("traits", [])
    return [{"kind": "traits", "traits": traits}] if traits else [_said("No traits yet.")]


def _links(shown: SectionShown, _written: _Written) -> list[dict[str, Any]]:
    links = [{"title": o["title"], "url": o["url"]} for o in shown.row.content.get("links", [])]
    files = [one.title or one.asset.name for one in shown.file_rows]
    if not links and not files:
        return [_said("No links yet.")]
    return [{"kind": "links", "links": links, "files": files}]


def _images(shown: SectionShown, written: _Written) -> list[dict[str, Any]]:
    found = []
    for one in shown.file_rows:
        if name := written.add(one.asset):
            alt = "" if one.is_decorative else one.alt or one.asset.alt or one.title
            found.append({"file": name, "alt": alt, "title": one.title})
    fit = shown.row.content.get("fit", "contain")
    return (
        [{"kind": "images", "images": found, "fit": fit}] if found else [_said("No pictures yet.")]
    )


def _channels(_shown: SectionShown, written: _Written) -> list[dict[str, Any]]:
    if written.numbers is None:
        return [] if written.is_bound else [_said(UNBOUND)]
    note = _said(written.numbers.channels_note)
    bars = [
        {"title": o.title, "share": o.share, "words": o.share_words, "contacts": o.contacts}
        for o in written.numbers.channels
    ]
    return [{"kind": "channels", "channels": bars}, note] if bars else [note]


def _score(shown: SectionShown, written: _Written) -> list[dict[str, Any]]:
    if written.numbers is None:
        return [] if written.is_bound else [_said(UNBOUND)]
    stat = written.numbers.scores.get(shown.row.content.get("metric", "nps"))
    if stat is None:
        return [_said("There is no number: its segment or its metric is archived.")]
    return [{"kind": "stat", **_stat(stat)}, _said("Last 13 weeks")]


def _said(words: str) -> dict[str, Any]:
    return {"kind": "said", "words": words}


def _footer(persona: Persona, today: date) -> list[str]:
    status = persona.get_status_display()
    archived = ", archived" if persona.archived_at else ""
    owner = f"Owner: {owner_words(persona.owner)}"
    return [persona.name, f"{status}{archived}", owner, formatted(today, _DAY)]


_CONTENTS: dict[SectionKind, Callable[[SectionShown, _Written], list[dict[str, Any]]]] = {
    SectionKind.TEXT: _text,
    SectionKind.QUOTE: _quote,
    SectionKind.TRAITS: _traits,
    SectionKind.LINKS: _links,
    SectionKind.IMAGE: _images,
    SectionKind.CHANNELS: _channels,
    SectionKind.METRIC: _score,
}
