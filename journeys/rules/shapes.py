"""What journeys and their maps are made of, for the operation engine."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from cxm.collaboration.rules.kinds import Grade
from cxm.kernel.operations.cleaning import named, one_line, one_of, slug, text_of
from cxm.kernel.operations.shapes import DocumentShape, ElementShape, FieldShape
from journeys.rules.fields import long, own_keys, reference, short, tags, web_address, yes
from journeys.rules.kinds import ContactRole, FlowKind, LaneKind, Sensitivity, StepRoleKind, Zone
from personas.rules.kinds import Visibility

COLOUR_WORDS = {
    "": "None",
    "c1": "Teal",
    "c2": "Blue",
    "c3": "Violet",
    "c4": "Pink",
    "c5": "Red",
    "c6": "Amber",
    "c7": "Green",
    "c8": "Grey",
}
COLOURS = tuple(COLOUR_WORDS)
GRADES = ("", *(grade.value for grade in Grade))
ZONES = ("", *(zone.value for zone in Zone))
UNTITLED = "Untitled"
# Parts whose keys of somebody's own are kept with a map, and with a step.
FILE, IMPORTANCE = "file", "importance"
LONGEST = timedelta(days=3_650)
_Share = Annotated[float, Meta(ge=0, le=1)] | None
_Importance = Annotated[int, Meta(ge=1, le=5)] | None
_Colour = Annotated[int, Meta(ge=1, le=8)]
_Dash = Annotated[int, Meta(ge=1, le=4)]
_Value = Annotated[float, Meta(ge=-9_999.99, le=9_999.99)] | None


def _hundredths(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _lasting(value: timedelta | None) -> timedelta | None:
    if value is not None and not timedelta(0) <= value <= LONGEST:
        message = "give a duration from nothing to ten years, such as P3D."
        raise ValueError(message)
    return value


def _titled(text: str) -> str:
    """Keep a draft going: what has no title yet is called so, and found by looking it over."""
    return one_line(text) or UNTITLED


def _colour() -> FieldShape:
    return FieldShape("colour", str, "Colour", default="", clean=one_of(COLOURS))


def _zone() -> FieldShape:
    return FieldShape("zone", str, "Zone", default="", clean=one_of(ZONES))


JOURNEY = DocumentShape(
    root="journey",
    elements={
        "journey": ElementShape(
            kind="journey",
            label="journey",
            title="title",
            fields=(
                FieldShape("key", text_of(63), "Key", clean=slug),
                FieldShape("title", text_of(200), "Title", is_text=True, clean=named),
                long("goal", 500, "Goal"),
                FieldShape("level", Annotated[int, Meta(ge=0, le=3)], "Level", default=2),
                reference("parent", "Home in the tree", "journey"),
                reference("owner", "Owner", "member"),
                FieldShape(
                    "visibility", Visibility, "Visibility", default=Visibility.EDITABLE.value
                ),
                FieldShape(
                    "sensitivity", Sensitivity, "Sensitivity", default=Sensitivity.NORMAL.value
                ),
                FieldShape(
                    "review_every_days",
                    Annotated[int, Meta(ge=7, le=730)] | None,
                    "Review every (days)",
                ),
                FieldShape("reviewed_on", date | None, "Reviewed on"),
                _colour(),
                short("icon", 40, "Icon"),
                FieldShape("archived_at", datetime | None, "Archived"),
                own_keys(),
            ),
        ),
    },
)

_MAP = ElementShape(
    kind="map",
    label="map",
    title="name",
    fields=(
        reference("journey", "Journey", "journey", is_fixed=True),
        FieldShape("number", Annotated[int, Meta(ge=1)], "Number", is_fixed=True),
        FieldShape("name", text_of(120), "Name", is_text=True, clean=named),
        short("label", 80, "Label"),
        FieldShape("archived_at", datetime | None, "Archived"),
        own_keys(FILE),
    ),
)
_STAGE = ElementShape(
    kind="stage",
    label="stage",
    title="title",
    parents=("map",),
    most=60,
    fields=(
        FieldShape("title", text_of(120), "Title", is_text=True, clean=_titled),
        long("description", 4_000, "Description"),
        _colour(),
        yes("is_collapsed", "Collapsed"),
        own_keys(),
    ),
)
_STEP = ElementShape(
    kind="step",
    label="step",
    title="title",
    parents=("stage",),
    most=300,
    fields=(
        FieldShape("title", text_of(200), "Title", is_text=True, clean=_titled),
        long("description", 4_000, "Description"),
        yes("moment_of_truth", "Moment of truth"),
        FieldShape("importance_customer", _Importance, "Importance to customers"),
        FieldShape("importance_org", _Importance, "Importance to us"),
        FieldShape("expected_duration", timedelta | None, "Expected duration", clean=_lasting),
        yes("optional", "Optional"),
        yes("repeatable", "Repeatable"),
        reference("owner", "Owner", "member"),
        long("presenter_note", 2_000, "Note for the presenter"),
        tags(),
        own_keys(IMPORTANCE),
    ),
)
_LANE = ElementShape(
    kind="lane",
    label="lane",
    title="title",
    parents=("map",),
    most=80,
    fields=(
        FieldShape("kind", LaneKind, "Kind of lane", is_fixed=True),
        short("title", 120, "Title"),
        reference("persona", "Persona", "persona"),
        _zone(),
        FieldShape("config", dict[str, Any], "Settings", default={}),
        yes("is_collapsed", "Collapsed"),
        yes("is_hidden", "Hidden"),
        yes("is_locked", "Locked"),
        own_keys(),
    ),
)
_CARD = ElementShape(
    kind="card",
    label="card",
    title="text",
    parents=("lane",),
    most=18_000,
    fields=(
        FieldShape("step_from", UUID, "First step"),
        FieldShape("step_to", UUID, "Last step"),
        long("text", 20_000, "Text"),
        FieldShape("value", _Value, "Value", clean=_hundredths),
        short("icon", 40, "Icon"),
        _colour(),
        web_address("url", "Address"),
        reference("asset", "File", "asset"),
        short("alt", 500, "Words for the picture"),
        reference("persona", "Persona", "persona"),
        reference("channel", "Channel", "channel"),
        reference("insight", "Insight", "insight"),
        reference("opportunity", "Opportunity", "opportunity"),
        reference("solution", "Solution", "solution"),
        reference("goal", "Goal", "goal"),
        yes("is_decorative", "Decorative: needs no words"),
        FieldShape("grade_override", str, "Grade", default="", clean=one_of(GRADES)),
        short("grade_reason", 500, "Reason for the grade"),
        tags(),
        own_keys(),
    ),
)
_FLOW = ElementShape(
    kind="flow",
    label="way",
    title="condition",
    parents=("map",),
    most=1_000,
    fields=(
        FieldShape("from_step", UUID, "From"),
        FieldShape("to_step", UUID, "To"),
        FieldShape("kind", FlowKind, "Kind of way"),
        short("condition", 200, "Condition"),
        FieldShape("planned_share", _Share, "Planned share"),
        own_keys(),
    ),
)
_CONTACT = ElementShape(
    kind="contact",
    label="touchpoint of a step",
    parents=("step",),
    most=60,
    fields=(
        reference("touchpoint", "Touchpoint", "touchpoint", is_fixed=True),
        FieldShape("role", ContactRole, "Role", default=ContactRole.PRIMARY.value),
        FieldShape("planned_share", _Share, "Planned share"),
        own_keys(),
    ),
)
_NESTED = ElementShape(
    kind="nested",
    label="journey inside a step",
    parents=("step",),
    most=20,
    fields=(reference("journey", "Journey", "journey", is_fixed=True), own_keys()),
)
_ROLE = ElementShape(
    kind="role",
    label="part of a stakeholder",
    parents=("step",),
    most=60,
    fields=(
        reference("stakeholder", "Stakeholder", "stakeholder", is_fixed=True),
        FieldShape("role", StepRoleKind, "Part"),
        _zone(),
        long("note", 2_000, "Note"),
        own_keys(),
    ),
)
_CAST = ElementShape(
    kind="cast",
    label="persona of the map",
    parents=("map",),
    most=8,
    fields=(
        reference("persona", "Persona", "persona", is_fixed=True),
        yes("is_main", "Main persona"),
        FieldShape("colour", _Colour, "Colour", default=1),
        FieldShape("dash", _Dash, "Dash", default=1),
        own_keys(),
    ),
)

MAP = DocumentShape(
    root="map",
    elements={
        shape.kind: shape
        for shape in (
            _MAP,
            _STAGE,
            _STEP,
            _LANE,
            _CARD,
            _FLOW,
            _CONTACT,
            _NESTED,
            _ROLE,
            _CAST,
        )
    },
)
