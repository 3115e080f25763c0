"""Which keys a file names, of what: to look them up at once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from cxm.kernel.cxmap.shapes import NOBODY

if TYPE_CHECKING:
    from collections.abc import Mapping

# What single keys, and lists of keys or of items with keys, stand for.
_ONE = {
    "persona": "persona",
    "touchpoint": "touchpoint",
    "channel": "channel",
    "asset": "asset",
    "insight": "insight",
    "opportunity": "opportunity",
    "solution": "solution",
    "goal": "goal",
}
_MANY = {
    "personas": "persona",
    "touchpoints": "touchpoint",
    "channels": "channel",
    "roles": "stakeholder",
    "journeys": "journey",
    "insights": "insight",
    "rests_on": "insight",
    "opportunities": "opportunity",
    "solutions": "solution",
    "goals": "goal",
}


def mentioned(tree: Mapping[str, Any]) -> dict[str, set[str]]:
    """Give the keys that a file names, by what they are the keys of; what fits no shape is absent.

    Settings of lanes and what begins with `x-` name nothing.
    """
    found: dict[str, set[str]] = defaultdict(set)
    found["journey"] |= {key for key in [tree.get("journey", {}).get("parent")] if key}
    for goal in tree.get("library", {}).get("goals", ()):
        found["goal"] |= {goal["parent"]} if goal.get("parent") else set()
    _walk(tree, found)
    return {what: keys - {NOBODY} for what, keys in found.items()}


def _walk(item: Mapping[str, Any], found: dict[str, set[str]]) -> None:
    for name, part in item.items():
        if name == "config" or name.startswith("x-"):
            continue
        if name == "values":
            found["persona"] |= set(part)
            points = [point for one in part.values() for point in one.values()]
            _walk({str(n): point for n, point in enumerate(points)}, found)
            continue
        if name in _ONE and isinstance(part, str):
            found[_ONE[name]].add(part)
        for one in part if isinstance(part, list) else [part]:
            if name in _MANY:
                found[_MANY[name]].add(one["key"] if isinstance(one, dict) else one)
            if isinstance(one, dict):
                _walk(one, found)
