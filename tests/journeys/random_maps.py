"""Random maps as trees of files, with the library that they use."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from journeys.rules.kinds import FlowKind, LaneKind, StepRoleKind
from journeys.rules.tags import clean_tags

PEOPLE, PLACES = ("uma", "otto"), ("counter", "app", "letter")
KNOWN = ("wait-unknown", "label-lost")
_SIGNS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
TEXTS = st.text(_SIGNS, max_size=30).map(
    lambda text: "\n".join(line.rstrip() for line in text.splitlines()).strip()
)
NAMES = st.text(_SIGNS, max_size=20).map(lambda text: " ".join(f"{text}x".split()))
# As files have them: by the alphabet, without commas.
TAGS = st.lists(NAMES.map(lambda name: name.replace(",", ".")), max_size=3).map(clean_tags)
KINDS = st.sampled_from(
    [
        LaneKind.TEXT,
        LaneKind.EMOTION,
        LaneKind.SCALE,
        LaneKind.CHANNEL,
        LaneKind.INSIGHT,
        LaneKind.TOUCHPOINT,
        LaneKind.GRADE,
    ]
)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _some(words: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words), unique=True, max_size=2)


@st.composite
def _steps(draw: st.DrawFn, start: int) -> list[dict[str, Any]]:
    steps = []
    for number in range(draw(st.integers(1, 3))):
        places = draw(_some(PLACES))
        steps.append(
            {
                "key": f"step-{start + number}",
                "title": draw(NAMES),
                "description": draw(TEXTS),
                "moment_of_truth": draw(st.booleans()),
                "importance": draw(_maybe(st.just({"customer": 4}) | st.just({"organisation": 2}))),
                "duration": draw(_maybe(st.sampled_from(["P3D", "PT600S"]))),
                "optional": draw(st.booleans()),
                "touchpoints": [
                    {"key": key, "role": "secondary" if at else "primary"}
                    for at, key in enumerate(places)
                ],
                "roles": [
                    {"key": "courier", "role": role.value, "note": draw(TEXTS)}
                    for role in draw(
                        st.lists(st.sampled_from(StepRoleKind), unique=True, max_size=2)
                    )
                ],
                "note": draw(TEXTS),
                "tags": draw(TAGS),
            }
        )
    return steps


@st.composite
def _card(draw: st.DrawFn, kind: LaneKind, key: str, steps: list[str]) -> dict[str, Any]:
    ends = sorted(draw(st.lists(st.integers(0, len(steps) - 1), min_size=2, max_size=2)))
    card = {
        "key": key,
        "step": steps[ends[0]],
        "to": steps[ends[1]] if ends[1] != ends[0] else None,
        "text": draw(TEXTS),
        "colour": draw(st.sampled_from(["", "c1", "c8"])),
        "persona": draw(_maybe(st.sampled_from(PEOPLE))),
        "tags": draw(TAGS),
    }
    if kind is LaneKind.SCALE:
        card["value"] = draw(st.integers(1, 5))
    if kind is LaneKind.CHANNEL:
        card["channel"] = "store"
    if kind is LaneKind.INSIGHT:
        card["insight"] = draw(st.sampled_from(KNOWN))
    return card


@st.composite
def _lane(draw: st.DrawFn, number: int, steps: list[str]) -> dict[str, Any]:
    kind = draw(KINDS)
    lane: dict[str, Any] = {
        "key": f"lane-{number}",
        "kind": kind.value,
        "title": draw(NAMES | st.just("")),
        "persona": draw(_maybe(st.sampled_from(PEOPLE))),
        "collapsed": draw(st.booleans()),
        "locked": draw(st.booleans()),
        "config": draw(st.just({}) | st.just({"help": "What people do", "max_cards": 9})),
    }
    if kind is LaneKind.EMOTION:
        values = st.integers(-20, 20).map(lambda tenths: {"value": tenths / 10})
        points = st.dictionaries(st.sampled_from(steps), values, max_size=len(steps))
        lane["values"] = draw(st.dictionaries(st.sampled_from([*PEOPLE, "_"]), points, max_size=3))
    elif kind not in {LaneKind.TOUCHPOINT, LaneKind.GRADE}:
        count = draw(st.integers(0, 4))
        cards = [draw(_card(kind, f"card-{number}-{n}", steps)) for n in range(count)]
        lane["cards"] = sorted(cards, key=lambda card: steps.index(card["step"]))
    return lane


# What people put into their files under keys of their own.
OWN = st.recursive(
    TEXTS.filter(bool) | st.integers(-(10**9), 10**9) | st.booleans() | st.floats(-1e9, 1e9),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2)
        | st.dictionaries(NAMES, inner, min_size=1, max_size=2)
    ),
    max_leaves=4,
)


def items_of(tree: dict[str, Any]) -> list[dict[str, Any]]:
    """List all items of a file that keep keys of somebody's own, in one order."""
    found = [tree, tree["journey"], tree["map"], *tree["library"]["insights"], *tree["personas"]]
    for stage in tree["stages"]:
        found.append(stage)
        for step in stage["steps"]:
            found += [step, *step["touchpoints"], *step["roles"]]
            found += [step["importance"]] if step["importance"] else []
    found += tree["flows"]
    for lane in tree["lanes"]:
        points = [one for points in lane.get("values", {}).values() for one in points.values()]
        found += [lane, *lane.get("cards", ()), *points]
    return found


@st.composite
def trees(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a file of a map, as its shape has it, with all that it refers to."""
    stages: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 3))):
        made = draw(_steps(10 * number))
        stages.append({"key": f"stage-{number}", "title": draw(NAMES), "steps": made})
    steps = [step["key"] for stage in stages for step in stage["steps"]]
    flows = [
        {
            "key": f"flow-{number}",
            "from": draw(st.sampled_from(steps)),
            "to": draw(st.sampled_from(steps)),
            "kind": FlowKind.LOOP.value,
            "condition": draw(NAMES),
        }
        for number in range(draw(st.integers(0, 2)))
    ]
    tree = {
        "cxmap": 1,
        "profile": "bundle",
        "journey": {"key": "return-shoes", "title": draw(NAMES), "level": 2, "goal": draw(TEXTS)},
        "map": {"state": "current", "name": draw(NAMES)},
        "personas": [{"key": key} for key in draw(_some(PEOPLE))],
        "stages": stages,
        "flows": flows,
        "lanes": [draw(_lane(number, steps)) for number in range(draw(st.integers(0, 4)))],
        "library": deepcopy(LIBRARY),
    }
    own, every = draw(st.lists(OWN, min_size=1, max_size=3)), draw(st.integers(1, 3))
    for number, item in enumerate(items_of(tree)[::every]):
        item["x-own"] = own[number % len(own)]
    return tree


LIBRARY: dict[str, Any] = {
    "channels": [{"key": "store", "title": "Parcel shop", "medium": "store"}],
    "touchpoints": [{"key": key, "title": key.title(), "channel": "store"} for key in PLACES],
    "personas": [{"key": key, "name": key.title()} for key in PEOPLE],
    "stakeholders": [{"key": "courier", "name": "Courier", "kind": "partner"}],
    "insights": [
        {"key": key, "type": "pain", "title": key.title(), "impact": -1.5, "personas": ["uma"]}
        for key in KNOWN
    ],
}
