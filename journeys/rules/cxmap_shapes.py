"""What a file says of journeys and their maps, and of the library items that maps use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.collaboration.rules.kinds import Grade
from cxm.kernel.cxmap.own_keys import BEGINNING
from cxm.kernel.cxmap.shapes import (
    KEY,
    Choice,
    Date,
    Field,
    Flag,
    Free,
    Item,
    Many,
    Named,
    Number,
    Text,
    keyed,
)
from journeys.rules.cxmap_scores import SCORE_MODEL_ITEM
from journeys.rules.kinds import (
    ContactRole,
    FlowKind,
    LaneKind,
    MapState,
    Sensitivity,
    StepRoleKind,
    Zone,
)
from journeys.rules.library import GoalStatus, InsightKind, InsightStatus
from journeys.rules.library import OpportunityStatus as OpportunityIs
from journeys.rules.library import SolutionStatus as SolutionIs
from journeys.rules.promises import Direction
from journeys.rules.shapes import COLOURS
from journeys.rules.tags import LONGEST_TAG, MOST_TAGS
from personas.rules.cxmap_shapes import MAP_ITEM, PERSONA_ITEM, STAKEHOLDER_ITEM
from personas.rules.kinds import Visibility

if TYPE_CHECKING:
    from collections.abc import Mapping

LIBRARY_PROFILE, MAP_PROFILE, BUNDLE_PROFILE = "library", "map", "bundle"
# What a file says of a journey beside its key, home and owner.
JOURNEY_FIELDS = (
    *("title", "goal", "level", "visibility", "sensitivity"),
    *("review_every_days", "colour", "icon"),
)
PROFILES = (LIBRARY_PROFILE, MAP_PROFILE, BUNDLE_PROFILE)
# What a file of a map says, and one of the library alone does not.
OF_A_MAP = ("journey", "map", "personas", "stages", "flows", "lanes", "targets")
# Where keys of somebody's own are kept; of the rest of the library nothing is there to keep them.
_OWN_KEPT = (
    *("journey.", "map.", "personas[", "stages[", "flows[", "lanes["),
    *(f"library.{name}[" for name in ("insights", "opportunities", "solutions", "goals")),
)
NEEDED_OF_A_MAP = ("journey", "map", "stages")
# What a card may refer to: one of these.
REFERENCES = ("insight", "opportunity", "solution", "goal", "channel")
# As the registry of touchpoints has them; rules know no models.
MEDIA = (
    "web",
    "app",
    "email",
    "phone",
    "sms",
    "chat",
    "social",
    "post",
    "store",
    "person",
    "device",
    "other",
)
OWNERSHIPS = ("owned", "earned", "paid")
INTERACTIONS = ("communication", "action")
INITIATORS = ("customer", "organisation", "third_party")
_VALUE = Number(-9_999.99, 9_999.99)
_AMOUNT = Number(-1e12, 1e12)
_COLOUR = Field("colour", Choice(COLOURS), default="")
_SHARE = Field("share", Number(0, 1))

_TAGS = Field("tags", Many(Text(LONGEST_TAG, 1), MOST_TAGS))


def _words(name: str, most: int) -> Field:
    return Field(name, Text(most), default="")


def _no(name: str) -> Field:
    return Field(name, Flag(), default=False)


def _title(most: int) -> Field:
    return Field("title", Text(most, 1), is_needed=True)


def _of(kinds: type[LaneKind | Zone | FlowKind | ContactRole | StepRoleKind]) -> Choice:
    return Choice(tuple(one.value for one in kinds))


JOURNEY_ITEM = Item(
    (
        Field("key", KEY, is_needed=True),
        _title(200),
        _words("goal", 500),
        Field("level", Number(0, 3, is_whole=True), is_needed=True),
        Field("parent", KEY),
        Field(
            "visibility",
            Choice(tuple(one.value for one in Visibility)),
            default=Visibility.EDITABLE.value,
        ),
        Field(
            "sensitivity",
            Choice(tuple(one.value for one in Sensitivity)),
            default=Sensitivity.NORMAL.value,
        ),
        Field("review_every_days", Number(7, 730, is_whole=True)),
        _COLOUR,
        _words("icon", 40),
    )
)
MAP_HEAD = Item(
    (
        Field(
            "state",
            Choice(tuple(one.value for one in MapState)),
            is_needed=True,
        ),
        Field("name", Text(120, 1), is_needed=True),
        _words("label", 80),
        Field("baseline", Number(1, 1_000_000, is_whole=True)),
        Field("horizon", Date()),
    )
)
CAST_ITEM = keyed(
    Field("colour", Number(1, 8, is_whole=True)),
    Field("dash", Number(1, 4, is_whole=True)),
)
_IMPORTANCE = Item(
    (
        Field("customer", Number(1, 5, is_whole=True)),
        Field("organisation", Number(1, 5, is_whole=True)),
    ),
    short="customer",
)
STEP_ITEM = keyed(
    _title(200),
    _words("description", 4_000),
    _no("moment_of_truth"),
    Field("importance", _IMPORTANCE),
    Field("duration", Text(60, 2)),
    _no("optional"),
    _no("repeatable"),
    Field(
        "touchpoints",
        Many(
            keyed(Field("role", _of(ContactRole), default=ContactRole.PRIMARY.value), _SHARE),
            60,
            is_known_once=True,
        ),
    ),
    Field(
        "roles",
        Many(
            Item(
                (
                    Field("key", KEY, is_needed=True),
                    Field("role", _of(StepRoleKind), is_needed=True),
                    Field("zone", _of(Zone)),
                    _words("note", 2_000),
                )
            ),
            60,
        ),
    ),
    Field("journeys", Many(keyed(), 20, is_known_once=True)),
    _words("note", 2_000),
    _TAGS,
)
STAGE_ITEM = keyed(
    _title(120),
    _words("description", 4_000),
    _COLOUR,
    _no("collapsed"),
    Field("steps", Many(STEP_ITEM, 300, least=1, is_known_once=True), is_needed=True),
)
FLOW_ITEM = keyed(
    Field("from", KEY, is_needed=True),
    Field("to", KEY, is_needed=True),
    Field("kind", _of(FlowKind), default=FlowKind.NEXT.value),
    _words("condition", 200),
    _SHARE,
)
_REST = (
    _words("icon", 40),
    _COLOUR,
    _words("url", 2_000),
    Field("asset", Text(64, 64, r"[0-9a-f]{64}", "the SHA-256 sum of a file")),
    _words("alt", 500),
    _no("decorative"),
)
_GRADE = (
    Field("grade", Choice(tuple(one.value for one in Grade))),
    _words("grade_reason", 500),
    _TAGS,
)
POINT_ITEM = Item(
    (
        Field("value", Number(-2, 2), is_needed=True),
        _words("text", 20_000),
        *_REST,
        *_GRADE,
    ),
    short="value",
)
CARD_ITEM = keyed(
    Field("step", KEY, is_needed=True),
    Field("to", KEY),
    _words("text", 20_000),
    Field("value", _VALUE),
    *_REST,
    Field("persona", KEY),
    *_GRADE,
    *(Field(name, KEY) for name in REFERENCES),
)
LANE_ITEM = keyed(
    Field("kind", _of(LaneKind), is_needed=True),
    _words("title", 120),
    Field("persona", KEY),
    Field("zone", _of(Zone)),
    _no("collapsed"),
    _no("hidden"),
    _no("locked"),
    Field("config", Free()),
    Field("values", Named(Named(POINT_ITEM, 300), 9)),
    Field("cards", Many(CARD_ITEM, 18_000, is_known_once=True)),
)
TARGET_ITEM = Item(
    (
        Field("binding", KEY, is_needed=True),
        Field("step", KEY),
        Field("direction", Choice(tuple(one.value for one in Direction)), is_needed=True),
        Field("value", _AMOUNT, is_needed=True),
        Field("margin", Number(0, 1e12)),
        Field("due", Date(), is_needed=True),
        _words("note", 1_000),
    )
)
CHANNEL_ITEM = keyed(
    _title(120),
    Field("medium", Choice(MEDIA), default="other"),
    Field("ownership", Choice(OWNERSHIPS), default="owned"),
)
TOUCHPOINT_ITEM = keyed(
    _title(120),
    Field("channel", KEY),
    Field("interaction", Choice(INTERACTIONS), default="action"),
    Field("initiator", Choice(INITIATORS), default="customer"),
    _words("description", 2_000),
)
_KEYS = Many(KEY, 500)


def _status(kinds: type[InsightStatus | OpportunityIs | SolutionIs | GoalStatus]) -> Field:
    words = tuple(one.value for one in kinds)
    return Field("status", Choice(words), default=words[0])


INSIGHT_ITEM = keyed(
    Field("type", Choice(tuple(one.value for one in InsightKind)), is_needed=True),
    _title(300),
    _words("body", 20_000),
    Field("impact", Number(-2, 2)),
    Field("weight", Number(0, 100, is_whole=True)),
    _status(InsightStatus),
    Field("personas", _KEYS),
    Field("rests_on", _KEYS),
)
OPPORTUNITY_ITEM = keyed(
    _title(300),
    _words("problem", 20_000),
    _status(OpportunityIs),
    Field("due", Date()),
    _words("team", 80),
    Field("insights", _KEYS),
    Field("goals", _KEYS),
    Field("steps", _KEYS),
    Field("personas", _KEYS),
)
SOLUTION_ITEM = keyed(
    _title(300),
    _words("body", 20_000),
    _words("kind", 60),
    _status(SolutionIs),
    Field("planned_on", Date()),
    Field("shipped_on", Date()),
    Field("expected_delta", _AMOUNT),
    Field("cost", Number(0, 1e15, is_whole=True)),
    _words("currency", 3),
    _words("url", 2_000),
    Field("opportunities", _KEYS),
    Field("steps", _KEYS),
)
GOAL_ITEM = keyed(
    _title(300),
    _words("body", 4_000),
    Field("parent", KEY),
    _status(GoalStatus),
    Field("binding", KEY),
    Field("target", _AMOUNT),
    Field("due", Date()),
)
BINDING_ITEM = keyed(
    Field("metric", Text(60, 1), is_needed=True),
    Field("step", KEY),
    Field("touchpoint", KEY),
    Field("persona", KEY),
    Field("window_days", Number(1, 365, is_whole=True), default=28),
    Field("min_n", Number(1, 1_000_000, is_whole=True), default=30),
    Field("filter", Free()),
)
LIBRARY_PART = Item(
    (
        Field("channels", Many(CHANNEL_ITEM, 2_000, by="key")),
        Field("touchpoints", Many(TOUCHPOINT_ITEM, 50_000, by="key")),
        Field("personas", Many(PERSONA_ITEM, 5_000, by="key")),
        Field("stakeholders", Many(STAKEHOLDER_ITEM, 5_000, by="key")),
        Field("insights", Many(INSIGHT_ITEM, 20_000, by="key")),
        Field("opportunities", Many(OPPORTUNITY_ITEM, 5_000, by="key")),
        Field("solutions", Many(SOLUTION_ITEM, 5_000, by="key")),
        Field("goals", Many(GOAL_ITEM, 2_000, by="key")),
        Field("bindings", Many(BINDING_ITEM, 5_000, by="key")),
        Field("score_models", Many(SCORE_MODEL_ITEM, 50, by="key")),
        Field("stakeholder_maps", Many(MAP_ITEM, 2_000, by="key")),
    )
)
FILE = Item(
    (
        Field("cxmap", Text(12), is_needed=True),
        Field("profile", Choice(PROFILES), is_needed=True),
        Field("journey", JOURNEY_ITEM),
        Field("map", MAP_HEAD),
        Field("personas", Many(CAST_ITEM, 8, is_known_once=True)),
        Field("stages", Many(STAGE_ITEM, 60, is_known_once=True)),
        Field("flows", Many(FLOW_ITEM, 1_000, is_known_once=True)),
        Field("lanes", Many(LANE_ITEM, 80, is_known_once=True)),
        Field("targets", Many(TARGET_ITEM, 1_000)),
        Field("library", LIBRARY_PART),
    )
)


def is_own_kept(path: str, tree: Mapping[str, Any]) -> bool:
    """Whether a key of somebody's own at *path* of a file is kept, and written back."""
    if path.startswith(BEGINNING):
        return tree.get("profile") != LIBRARY_PROFILE
    return path.startswith(_OWN_KEPT)
