"""A map as a Markdown document: to read, to send, to print from anywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cxm.kernel.cxmap.shapes import NOBODY
from cxm.kernel.cxmap.writing import decimal
from journeys.rules.cxmap_shapes import REFERENCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_ABOUT = ("icon", "colour", "asset")


def written_markdown(
    tree: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]
) -> tuple[str, list[str]]:
    """Write the tree of a file as Markdown; give it, and what is lost in it, in words.

    *names* are titles by key, of `persona`, `touchpoint`, `stakeholder` and so on. Stages are
    chapters, steps are sections, lanes are the lines under them.
    """
    head = tree["map"]
    lines = [f"# {_told(tree['journey']['title'])}", ""]
    if goal := tree["journey"].get("goal"):
        lines += [_told(goal), ""]
    lines += [f"{_told(head['name'])}, {head['state']}", ""]
    for stage in tree["stages"]:
        lines += [f"## {_told(stage['title'])}", ""]
        lines += [_told(stage["description"]), ""] if stage.get("description") else []
        for step in stage["steps"]:
            lines += _step(tree, step, names)
    return "\n".join(lines), _lost(tree)


def _step(
    tree: Mapping[str, Any], step: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]
) -> list[str]:
    mark = " (moment of truth)" if step.get("moment_of_truth") else ""
    lines = [f"### {_told(step['title'])}{mark}", ""]
    lines += [_told(step["description"]), ""] if step.get("description") else []
    told = [*_facts(step, names)]
    for lane in tree.get("lanes") or ():
        told += _lane(lane, step["key"], names)
    return lines + told + ([""] if told else [])


def _facts(step: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for key, kind, words in (
        ("touchpoints", "touchpoint", "Touchpoints"),
        ("roles", "stakeholder", "Who takes part"),
        ("journeys", "journey", "Journeys inside"),
    ):
        found = [_named(one, kind, names) for one in step.get(key) or ()]
        if found:
            yield f"- {words}: {', '.join(found)}"
    if step.get("duration"):
        yield f"- Meant to take: {step['duration']}"


def _named(one: Any, kind: str, names: Mapping[str, Mapping[str, str]]) -> str:
    key = one["key"] if isinstance(one, dict) else one
    part = f" ({one['role']})" if isinstance(one, dict) and kind == "stakeholder" else ""
    return _told(names.get(kind, {}).get(key, key)) + part


def _lane(
    lane: Mapping[str, Any], step: str, names: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    title = _told(lane.get("title") or lane["kind"])
    people = names.get("persona", {})
    for who, points in (lane.get("values") or {}).items():
        if step in points:
            point = points[step]
            value = point["value"] if isinstance(point, dict) else point
            name = "" if who == NOBODY else f" ({_told(people.get(who, who))})"
            sign = "+" if value > 0 else ""
            yield f"- {title}{name}: {sign}{decimal(value)}"
    for card in lane.get("cards") or ():
        if card["step"] == step:
            yield f"- {title}: {_card(card, names)}"


def _card(card: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> str:
    parts = [_told(card["text"])] if card.get("text") else []
    parts += [decimal(card["value"])] if card.get("value") is not None else []
    for kind in REFERENCES:
        if key := card.get(kind):
            parts.append(_told(names.get(kind, {}).get(key, key)))
    parts += [f"<{card['url']}>"] if card.get("url") else []
    return " – ".join(parts) or _told(card.get("alt") or card["key"])


def _lost(tree: Mapping[str, Any]) -> list[str]:
    cards = [card for lane in tree.get("lanes") or () for card in lane.get("cards") or ()]
    wide = sum(bool(card.get("to")) for card in cards)
    styled = sum(any(card.get(name) for name in _ABOUT) for card in cards)
    counts = {
        "ways between steps": len(tree.get("flows") or ()),
        "cards over several steps: they stand at the first": wide,
        "icons, colours and pictures of cards": styled,
        "targets": len(tree.get("targets") or ()),
    }
    return [f"{count} × {words}" for words, count in counts.items() if count]


def _told(text: str) -> str:
    """Give words so that nothing in them is taken for a mark, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
