"""Journeys as Mermaid draws them: read into a file of ours, and written from one.

The grammar is the one of Mermaid's user journey diagrams: a line `journey`, `title`, `section`
and tasks as `words: score: actors` (mermaid.js.org, "User Journey Diagram").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxm.kernel.cxmap.documents import MAJOR, Document
from cxm.kernel.cxmap.faults import Fault
from cxm.kernel.cxmap.shapes import NOBODY
from cxm.touchpoints.rules.keys import free_key, suggested_key
from journeys.rules.cxmap_shapes import BUNDLE_PROFILE
from journeys.rules.kinds import Level, MapState

if TYPE_CHECKING:
    from collections.abc import Mapping

LOWEST, NEUTRAL, HIGHEST = 1, 3, 5
MOST_ACTORS = 8
UNTITLED = "Untitled"
LANE = "feels"
_TASK = re.compile(r"([^:]+):\s*([^:]*?)\s*(?::(.*))?")


@dataclass(slots=True)
class _Drawing:
    """What was read so far."""

    title: str = ""
    stages: list[dict[str, Any]] = field(default_factory=list)
    scores: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    actors: dict[str, str] = field(default_factory=dict)
    step_keys: set[str] = field(default_factory=set)
    notices: list[Fault] = field(default_factory=list)

    def remark(self, line: int, words: str) -> None:
        self.notices.append(Fault(line, 1, "", words))


def is_mermaid(text: str) -> bool:
    """Whether *text* is a user journey diagram: its first line of its own says `journey`."""
    lines = (line.strip() for line in _without_head(text.splitlines()))
    first = next((line for line in lines if line and not line.startswith("%%")), "")
    return first == "journey"


def read_mermaid(text: str, personas: Mapping[str, str]) -> Document:
    """Read a diagram as a file of a map; what is not understood is among its notices.

    *personas* are the keys of those that are here, by name in small letters; actors that are none
    of them become new ones, assumed. A score from 1 to 5 becomes an emotion from -2 to 2.
    """
    drawing = _Drawing()
    lines = text.splitlines()
    begin = len(lines) - len(_without_head(lines))
    has_begun = False
    for number, line in enumerate(lines[begin:], start=begin + 1):
        words = line.strip()
        if not words or words.startswith("%%"):
            continue
        if words == "journey" and not has_begun:
            has_begun = True
        else:
            _read_line(drawing, words, number, personas)
    stages = [stage for stage in drawing.stages if stage["steps"]]
    empty = len(drawing.stages) - len(stages)
    if empty:
        drawing.remark(1, f"{empty} section(s) without tasks: left out, as stages hold steps.")
    document = Document(_tree(drawing, stages, personas), notices=drawing.notices)
    if not stages:
        document.complain("stages", "There is no task in it: write one as “words: score: actor”.")
    return document


def _without_head(lines: list[str]) -> list[str]:
    """Take away what some tools write before a diagram, between lines of three hyphens."""
    if lines and lines[0].strip() == "---" and "---" in [one.strip() for one in lines[1:]]:
        end = [one.strip() for one in lines[1:]].index("---") + 2
        return lines[end:]
    return lines


def _read_line(drawing: _Drawing, words: str, number: int, personas: Mapping[str, str]) -> None:
    first, _, rest = words.partition(" ")
    if first == "title" and rest.strip():
        drawing.title = rest.strip()[:120]
    elif first == "section" and rest.strip():
        _begin_stage(drawing, rest.strip())
    elif (found := _TASK.fullmatch(words)) and first not in {"accTitle:", "accDescr:"}:
        _read_task(drawing, found, number, personas)
    else:
        drawing.remark(number, f"Not understood: {words[:80]}")


def _begin_stage(drawing: _Drawing, title: str) -> None:
    keys = {stage["key"] for stage in drawing.stages}
    key = free_key(suggested_key(title) or "stage", keys)
    drawing.stages.append({"key": key, "title": title[:120], "steps": []})


def _read_task(
    drawing: _Drawing, found: re.Match[str], number: int, personas: Mapping[str, str]
) -> None:
    title, score, actors = found[1].strip(), found[2], found[3] or ""
    if not drawing.stages:
        _begin_stage(drawing, UNTITLED)
    key = free_key(suggested_key(title)[:60] or "step", drawing.step_keys)
    drawing.step_keys.add(key)
    drawing.stages[-1]["steps"].append({"key": key, "title": title[:200]})
    names = [" ".join(name.split()) for name in actors.split(",") if name.strip()]
    people = [_persona(drawing, name, number, personas) for name in names] or [NOBODY]
    if not score.isdecimal() or not LOWEST <= int(score) <= HIGHEST:
        words = f"“{score[:20]}” is no score from {LOWEST} to {HIGHEST}: the step comes without."
        drawing.remark(number, words)
        return
    for one in people:
        if one:
            drawing.scores.setdefault(one, {})[key] = {"value": int(score) - NEUTRAL}


def _persona(drawing: _Drawing, name: str, number: int, personas: Mapping[str, str]) -> str:
    """Give the key of an actor; empty where a map holds no more."""
    if name.casefold() in drawing.actors:
        return drawing.actors[name.casefold()]
    key = personas.get(name.casefold())
    if len(drawing.actors) >= MOST_ACTORS:
        drawing.remark(number, f"A map holds up to {MOST_ACTORS} personas: “{name}” is left out.")
        return ""
    if key is None:
        taken = {*personas.values(), *drawing.actors.values()}
        key = free_key(suggested_key(name) or "persona", taken)
    drawing.actors[name.casefold()] = key
    drawing.remark(number, _said(name, key, personas))
    return key


def _said(name: str, key: str, personas: Mapping[str, str]) -> str:
    is_here = name.casefold() in personas
    return f"“{name}” is the persona {key}" + ("." if is_here else ", a new one that is assumed.")


def _tree(
    drawing: _Drawing, stages: list[dict[str, Any]], personas: Mapping[str, str]
) -> dict[str, Any]:
    title = drawing.title or UNTITLED
    new = {key: name for name, key in drawing.actors.items() if name not in personas}
    lane = {"key": LANE, "kind": "emotion", "title": "Feels", "values": drawing.scores}
    return {
        "cxmap": str(MAJOR),
        "profile": BUNDLE_PROFILE,
        "journey": {
            "key": suggested_key(title) or "journey",
            "title": title,
            "level": Level.JOURNEY.value,
        },
        "map": {"state": MapState.CURRENT.value, "name": title},
        "personas": [{"key": key} for key in drawing.actors.values()],
        "stages": stages,
        "lanes": [lane] if drawing.scores else [],
        "library": {
            "personas": [
                {"key": key, "name": _capital(name)[:120]} for key, name in sorted(new.items())
            ]
        },
    }


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def written_mermaid(tree: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, list[str]]:
    """Write the tree of a file as a diagram; give it, and what is lost in it, in words.

    *names* of personas by key. The score of a task is that of the main persona on the first curve.
    """
    lanes = tree.get("lanes", [])
    curve: Mapping[str, Any] = next((one for one in lanes if one["kind"] == "emotion"), {})
    values: dict[str, dict[str, Any]] = curve.get("values") or {}
    cast = [one["key"] for one in tree.get("personas", [])]
    lines = ["journey", f"    title {_plain(tree['map']['name'])}"]
    unknown = 0
    for stage in tree["stages"]:
        lines.append(f"    section {_plain(stage['title'])}")
        for step in stage["steps"]:
            points = {who: told[step["key"]] for who, told in values.items() if step["key"] in told}
            score = _score(points, cast)
            unknown += score is None
            actors = ", ".join(_plain(names.get(who, who)) for who in points if who != NOBODY)
            ending = f": {actors}" if actors else ""
            lines.append(f"      {_plain(step['title'])}: {score or NEUTRAL}{ending}")
    lost = _lost(tree, curve, unknown)
    return "\n".join([*lines, ""]), lost


def _score(points: Mapping[str, Any], cast: list[str]) -> int | None:
    who = next((one for one in [*cast, NOBODY, *points] if one in points), None)
    if who is None:
        return None
    point = points[who]
    value = point["value"] if isinstance(point, dict) else point
    return max(LOWEST, min(HIGHEST, int(value + NEUTRAL + 0.5)))


def _lost(tree: Mapping[str, Any], curve: Mapping[str, Any], unknown: int) -> list[str]:
    others = [one for one in tree.get("lanes", []) if one is not curve]
    cards = sum(len(one.get("cards") or ()) for one in others)
    steps = [step for stage in tree["stages"] for step in stage["steps"]]
    counts = {
        "lane": len(others),
        "card": cards,
        "way between steps": len(tree.get("flows") or ()),
        "target": len(tree.get("targets") or ()),
        "description of a step": sum(bool(step.get("description")) for step in steps),
    }
    told = [f"{count} × {words}" for words, count in counts.items() if count]
    told += ["emotions in tenths: rounded to scores from 1 to 5"] if curve.get("values") else []
    told += [f"{unknown} steps without an emotion: they stand as 3"] if unknown else []
    return told


def _plain(text: str) -> str:
    """Take away what would end a part of a line."""
    return re.sub(r"\s+", " ", re.sub(r"[:;#,]", " ", text)).strip() or UNTITLED
