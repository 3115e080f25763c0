"""What lies in the cells of a lane: cards, and what steps have, each as one item to draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from journeys.rules.card_groups import colour_by, group_of
from journeys.rules.filtering import CardFacts, is_hidden
from journeys.rules.kinds import ContactRole, LaneKind, StepRoleKind
from journeys.selectors.card_facts import Beside
from journeys.selectors.grid_names import asset_url
from journeys.selectors.lane_scores import scores_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from cxm.collaboration.rules.kinds import Grade
    from cxm.collaboration.selectors.backing import Backing
    from journeys.rules.look import Look
    from journeys.selectors.grid_columns import Columns
    from journeys.selectors.grid_names import Name, Names
    from journeys.selectors.grid_rows import (
        CardRow,
        ContactRow,
        FlowRow,
        LaneRow,
        NestedRow,
        RoleRow,
    )

ITEM_KINDS = ("insight", "opportunity", "solution", "goal")
_SYSTEM = "system"
NOT_OPEN = "A journey that is not open to you"


@dataclass(frozen=True, slots=True)
class Item:
    """One card or chip: the *kind* and lineage of its element, where it lies, what it says.

    *look* is classes; *tag* stands before the text or beside it; *sub* under it. *tags* are shown
    where the look asks for them, *scores* where the lane does; *group* is its heading in a cell.
    """

    kind: str
    id: UUID
    step: UUID
    step_to: UUID
    text: str = ""
    look: str = ""
    tag: str = ""
    sub: str = ""
    icon: str = ""
    href: str = ""
    src: str = ""
    alt: str = ""
    value: float | None = None
    persona: UUID | None = None
    grade: Grade | None = None
    tags: Sequence[str] = ()
    scores: str = ""
    group: str = ""


@dataclass(slots=True)
class Ground:
    """All that the cells of some lanes are drawn from; what no lane needs is empty."""

    slug: str
    look: Look
    columns: Columns
    now: datetime
    beside: Beside = field(default_factory=Beside)
    names: Names = field(default_factory=dict)
    cast: Sequence[Name] = ()
    cards: dict[UUID, list[CardRow]] = field(default_factory=dict)
    contacts: Sequence[ContactRow] = ()
    roles: Sequence[RoleRow] = ()
    nested: Sequence[NestedRow] = ()
    flows: Sequence[FlowRow] = ()
    backings: Mapping[UUID, Backing] = field(default_factory=dict)
    claims: Sequence[CardRow] = ()
    today: date | None = None
    scores: dict[UUID, dict[str, str]] = field(default_factory=dict)
    may_change: bool = False
    map_id: UUID | None = None
    step_tags: dict[UUID, Sequence[str]] = field(default_factory=dict)

    def name(self, kind: str, pk: UUID | None) -> Name | None:
        """Give what something is called; None where there is nothing to be named."""
        return self.names.get((kind, pk)) if pk else None

    def tags_of(self, card: CardRow) -> frozenset[str]:
        """Give the tags by which a card is found, in lower case: its own, and its first step's."""
        if not self.step_tags:
            self.step_tags.update((step.lineage, step.tags) for step in self.columns.steps)
        there = (*card.tags, *self.step_tags.get(card.step_from, ()))
        return frozenset(tag.casefold() for tag in there)

    def colour_of(self, persona: UUID | None) -> str:
        """Give the class with the colour of a persona of the map; "" for none."""
        told = self.name("cast", persona)
        return f"persona-c{told.more.partition('.')[0]}" if told else ""


def items_of(lane: LaneRow, config: Any, ground: Ground) -> tuple[list[Item], int]:
    """List what a lane holds, in order, and count the cards that filters hide."""
    kind = LaneKind(lane.kind)
    if kind is LaneKind.CHANNEL and config.source == "touchpoints":
        return list(_channels_of_contacts(ground)), 0
    if kind in _BESIDE_STEPS:
        return list(_BESIDE_STEPS[kind](config, ground)), 0
    cards = ground.cards.get(lane.lineage, [])
    shown = cards
    if ground.look.filters:
        shown = [
            card for card in cards if not is_hidden(ground.look, _facts(card, ground), ground.now)
        ]
    if kind is LaneKind.INSIGHT and config.group_by != "none":
        shown = sorted(shown, key=lambda card: _group(config, card, ground)[0])
    return [_card(kind, config, card, ground) for card in shown], len(cards) - len(shown)


def _group(config: Any, card: CardRow, ground: Ground) -> tuple[int, str]:
    item = ground.name("insight", card.insight)
    return group_of(config.group_by, sort=item.word, status=item.more) if item else (99, "")


def _facts(card: CardRow, ground: Ground) -> CardFacts:
    shown = [ground.name(kind, getattr(card, kind)) for kind in (*ITEM_KINDS, "channel", "asset")]
    titles = (name.title for name in shown if name)
    item = next((name for name in shown if name and name.kind in ITEM_KINDS), None)
    sort = item.word if item and item.kind == "insight" else item.kind if item else ""
    beside = ground.beside
    return CardFacts(
        " ".join([card.text, card.alt, card.url, *titles]).casefold(),
        card.updated_at,
        persona=card.persona,
        sort=sort,
        status=item.more if item else "",
        owners=beside.owners.get(card.lineage, ()),
        grade=beside.grades.get(card.lineage, ""),
        comments=beside.comments.get(card.lineage, 0),
        tags=ground.tags_of(card) if ground.look.tag else (),
    )


def _card(kind: LaneKind, config: Any, card: CardRow, ground: Ground) -> Item:
    told: dict[str, Any] = {"text": card.text, "value": card.value, "persona": card.persona}
    told |= _MORE[kind](card, config, ground) if kind in _MORE else {}
    colour = ground.colour_of(card.persona) if config.colour_by == "persona" else ""
    colour = colour or told.pop("colour", "")
    colour = colour or (f"persona-{card.colour}" if card.colour else "")
    look = told.pop("look", "")
    if colour:
        look = f"is-coloured {colour} {look}".rstrip()
    backing = ground.backings.get(card.lineage) if config.colour_by == "grade" else None
    told["grade"] = backing.grade if backing else None
    told["tags"] = card.tags if ground.look.shows_tags else ()
    return Item("card", card.lineage, card.step_from, card.step_to, look=look, **told)


def _picture(card: CardRow, _config: Any, ground: Ground) -> dict[str, Any]:
    asset = ground.name("asset", card.asset)
    if asset is None:
        return {"sub": "No picture yet"}
    words = "" if card.is_decorative else card.alt or asset.more
    return {"src": asset_url(ground.slug, asset), "alt": words}


def _icon(card: CardRow, _config: Any, _ground: Ground) -> dict[str, Any]:
    return {"icon": card.icon}


def _file(card: CardRow, _config: Any, ground: Ground) -> dict[str, Any]:
    asset = ground.name("asset", card.asset)
    if asset is None:
        return {"sub": "No file yet"}
    return {"href": asset_url(ground.slug, asset), "sub": asset.title, "icon": "file-text"}


def _link(card: CardRow, _config: Any, _ground: Ground) -> dict[str, Any]:
    host = card.url.partition("://")[2].partition("/")[0]
    return {"href": card.url, "sub": host or "No address yet", "icon": "external-link"}


def _channel(card: CardRow, _config: Any, ground: Ground) -> dict[str, Any]:
    channel = ground.name("channel", card.channel)
    icon = MEDIUM_ICONS.get(channel.word, "radio-tower") if channel else "radio-tower"
    return {"text": channel.title if channel else "No channel", "sub": card.text, "icon": icon}


def _library(kind: str) -> Callable[[CardRow, Any, Ground], dict[str, Any]]:
    def told(card: CardRow, config: Any, ground: Ground) -> dict[str, Any]:
        item = ground.name(kind, getattr(card, kind))
        if item is None:
            return {"sub": f"No {kind} chosen"}
        tag = item.word.capitalize() if kind == "insight" else ""
        look = f"is-{item.word if kind == 'insight' else kind} is-status-{item.more}"
        sub = item.more.replace("_", " ").capitalize()
        sort = item.word if kind == "insight" else ""
        place = colour_by(config.colour_by, sort=sort, status=item.more)
        return {
            "text": item.title,
            "tag": tag,
            "sub": sub,
            "look": look,
            "colour": f"persona-{place}" if place else "",
            "group": _group(config, card, ground)[1] if kind == "insight" else "",
            "scores": scores_shown(
                getattr(config, "show_scores", ()), ground.scores.get(item.id, {})
            ),
        }

    return told


_MORE: dict[LaneKind, Callable[[CardRow, Any, Ground], dict[str, Any]]] = {
    LaneKind.IMAGE: _picture,
    LaneKind.ICON: _icon,
    LaneKind.FILE: _file,
    LaneKind.LINK: _link,
    LaneKind.CHANNEL: _channel,
    **{LaneKind(kind): _library(kind) for kind in ITEM_KINDS},
}
MEDIUM_ICONS = {
    "web": "globe",
    "app": "smartphone",
    "email": "mail",
    "phone": "phone",
    "sms": "message-square",
    "chat": "message-circle",
    "social": "megaphone",
    "post": "scroll-text",
    "store": "store",
    "person": "user",
    "device": "monitor",
}


def _contacts(config: Any, ground: Ground) -> Iterable[Item]:
    for one in ground.contacts:
        told = ground.name("touchpoint", one.touchpoint)
        if told is None or (config.roles and one.role not in config.roles):
            continue
        initiator, _, channel = told.more.partition(" ")
        if config.media and told.word not in config.media:
            continue
        if config.initiators and initiator not in config.initiators:
            continue
        yield Item(
            "contact",
            one.lineage,
            one.step,
            one.step,
            text=told.title,
            look="" if one.role == ContactRole.PRIMARY else "is-second",
            icon=MEDIUM_ICONS.get(told.word or "", "map-pin"),
            sub=channel,
        )


def _channels_of_contacts(ground: Ground) -> Iterable[Item]:
    """Give the channels of the touchpoints of each step, each once."""
    seen: set[tuple[UUID, str]] = set()
    for one in ground.contacts:
        told = ground.name("touchpoint", one.touchpoint)
        channel = told.more.partition(" ")[2] if told else ""
        if told is None or not channel or (one.step, channel) in seen:
            continue
        seen.add((one.step, channel))
        icon = MEDIUM_ICONS.get(told.word or "", "radio-tower")
        yield Item("contact", one.lineage, one.step, one.step, text=channel, icon=icon)


def _roles(config: Any, ground: Ground) -> Iterable[Item]:
    for one in ground.roles:
        told = ground.name("stakeholder", one.stakeholder)
        if told is None or (config.roles and one.role not in config.roles):
            continue
        if told.word not in config.kinds if config.kinds else told.word == _SYSTEM:
            continue
        if config.zone and one.zone not in {"", config.zone}:
            continue
        words = StepRoleKind(one.role).words
        icon = "database" if told.word == _SYSTEM else "user"
        tag = one.role if len(one.role) == 1 else words
        yield Item(
            "role", one.lineage, one.step, one.step, text=told.title, tag=tag, alt=words, icon=icon
        )


def _nested(config: Any, ground: Ground) -> Iterable[Item]:
    for one in ground.nested:
        told = ground.name("journey", one.journey)
        text = told.title if told else NOT_OPEN
        words = dict(zip(_ROLLUPS, told.more.split("\n"), strict=False)) if told else {}
        sub = words.get(config.rollup, "")
        href = _way_in(ground, one) if told else ""
        yield Item(
            "nested", one.lineage, one.step, one.step, text=text, sub=sub, icon="route", href=href
        )


def _way_in(ground: Ground, one: NestedRow) -> str:
    """Give the address of the map inside; it leads up to this one again."""
    door = reverse("journeys:journey-map-door", args=[ground.slug, one.journey])
    return f"{door}?from={ground.map_id}" if ground.map_id else door


# What a lane may tell of the journeys inside, in the order of `rollup_words`.
_ROLLUPS = ("emotion", "counts")
_BESIDE_STEPS: dict[LaneKind, Callable[[Any, Ground], Iterable[Item]]] = {
    LaneKind.TOUCHPOINT: _contacts,
    LaneKind.ACTOR: _roles,
    LaneKind.NESTED: _nested,
}
