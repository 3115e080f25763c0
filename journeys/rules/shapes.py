"""What journeys and their maps are made of, for the operation engine."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from cxm.kernel.operations.cleaning import named, one_line, one_of, paragraphs, slug, text_of
from cxm.kernel.operations.shapes import DocumentShape, ElementShape, FieldShape
from journeys.rules.kinds import ContactRole, FlowKind, LaneKind, Sensitivity, StepRoleKind, Zone
from personas.rules.kinds import Visibility

COLOURS = ("", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8")
ZONES = ("", *(zone.value for zone in Zone))
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


def _address(text: str) -> str:
    kept = text.strip()
    if kept and not kept.startswith(("https://", "http://")):
        message = "write an address that begins with https:// or http://."
        raise ValueError(message)
    return kept


def _long(name: str, most: int, label: str) -> FieldShape:
    return FieldShape(name, text_of(most), label, is_text=True, default="", clean=paragraphs)


def _short(name: str, most: int, label: str) -> FieldShape:
    return FieldShape(name, text_of(most), label, is_text=True, default="", clean=one_line)


def _reference(name: str, label: str, to: str, *, is_fixed: bool = False) -> FieldShape:
    return FieldShape(
        name, UUID if is_fixed else UUID | None, label, refers_to=to, is_fixed=is_fixed
    )


def _colour() -> FieldShape:
    return FieldShape("colour", str, "Colour", default="", clean=one_of(COLOURS))


def _zone() -> FieldShape:
    return FieldShape("zone", str, "Zone", default="", clean=one_of(ZONES))


def _yes(name: str, label: str) -> FieldShape:
    return FieldShape(name, bool, label, default=False)


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
                _long("goal", 500, "Goal"),
                FieldShape("level", Annotated[int, Meta(ge=0, le=3)], "Level", default=2),
                _reference("parent", "Home in the tree", "journey"),
                _reference("owner", "Owner", "member"),
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
                FieldShape("archived_at", datetime | None, "Archived"),
            ),
        ),
    },
)

_MAP = ElementShape(
    kind="map",
    label="map",
    title="name",
    fields=(
        _reference("journey", "Journey", "journey", is_fixed=True),
        FieldShape("number", Annotated[int, Meta(ge=1)], "Number", is_fixed=True),
        FieldShape("name", text_of(120), "Name", is_text=True, clean=named),
        _short("label", 80, "Label"),
        FieldShape("archived_at", datetime | None, "Archived"),
    ),
)
_STAGE = ElementShape(
    kind="stage",
    label="stage",
    title="title",
    parents=("map",),
    most=60,
    fields=(
        FieldShape("title", text_of(120), "Title", is_text=True, clean=named),
        _long("description", 4_000, "Description"),
        _colour(),
        _yes("is_collapsed", "Collapsed"),
    ),
)
_STEP = ElementShape(
    kind="step",
    label="step",
    title="title",
    parents=("stage",),
    most=300,
    fields=(
        FieldShape("title", text_of(200), "Title", is_text=True, clean=named),
        _long("description", 4_000, "Description"),
        _yes("moment_of_truth", "Moment of truth"),
        FieldShape("importance_customer", _Importance, "Importance to customers"),
        FieldShape("importance_org", _Importance, "Importance to us"),
        FieldShape("expected_duration", timedelta | None, "Expected duration", clean=_lasting),
        _yes("optional", "Optional"),
        _yes("repeatable", "Repeatable"),
        _reference("owner", "Owner", "member"),
        _long("presenter_note", 2_000, "Note for the presenter"),
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
        _short("title", 120, "Title"),
        _reference("persona", "Persona", "persona"),
        _zone(),
        FieldShape("config", dict[str, Any], "Settings", default={}),
        _yes("is_collapsed", "Collapsed"),
        _yes("is_hidden", "Hidden"),
        _yes("is_locked", "Locked"),
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
        _long("text", 20_000, "Text"),
        FieldShape("value", _Value, "Value", clean=_hundredths),
        _short("icon", 40, "Icon"),
        _colour(),
        FieldShape("url", text_of(2_000), "Address", default="", clean=_address),
        _reference("asset", "File", "asset"),
        _short("alt", 500, "Words for the picture"),
        _reference("persona", "Persona", "persona"),
        _reference("channel", "Channel", "channel"),
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
        _short("condition", 200, "Condition"),
        FieldShape("planned_share", _Share, "Planned share"),
    ),
)
_CONTACT = ElementShape(
    kind="contact",
    label="touchpoint of a step",
    parents=("step",),
    most=60,
    fields=(
        _reference("touchpoint", "Touchpoint", "touchpoint", is_fixed=True),
        FieldShape("role", ContactRole, "Role", default=ContactRole.PRIMARY.value),
        FieldShape("planned_share", _Share, "Planned share"),
    ),
)
_NESTED = ElementShape(
    kind="nested",
    label="journey inside a step",
    parents=("step",),
    most=20,
    fields=(_reference("journey", "Journey", "journey", is_fixed=True),),
)
_ROLE = ElementShape(
    kind="role",
    label="part of a stakeholder",
    parents=("step",),
    most=60,
    fields=(
        _reference("stakeholder", "Stakeholder", "stakeholder", is_fixed=True),
        FieldShape("role", StepRoleKind, "Part"),
        _zone(),
        _long("note", 2_000, "Note"),
    ),
)
_CAST = ElementShape(
    kind="cast",
    label="persona of the map",
    parents=("map",),
    most=8,
    fields=(
        _reference("persona", "Persona", "persona", is_fixed=True),
        _yes("is_main", "Main persona"),
        FieldShape("colour", _Colour, "Colour", default=1),
        FieldShape("dash", _Dash, "Dash", default=1),
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
