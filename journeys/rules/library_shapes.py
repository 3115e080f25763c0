"""What the items of the library are made of, for the operation engine."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta

from cxm.kernel.operations.cleaning import named, slug, text_of
from cxm.kernel.operations.shapes import DocumentShape, ElementShape, FieldShape
from journeys.rules.fields import long, own_keys, reference, short, web_address
from journeys.rules.library import (
    GoalStatus,
    InsightKind,
    InsightStatus,
    OpportunityStatus,
    SolutionStatus,
)
from journeys.rules.money import currency_code

MOST_LINKS = 500
_Impact = Annotated[float, Meta(ge=-2, le=2)] | None
_Weight = Annotated[int, Meta(ge=0, le=100)] | None
_Amount = Annotated[float, Meta(ge=-1e12, le=1e12)] | None
_Money = Annotated[int, Meta(ge=0, le=10**15)] | None


def _tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _day(name: str, label: str) -> FieldShape:
    return FieldShape(name, date | None, label)


def _item(kind: str, *fields: FieldShape) -> ElementShape:
    return ElementShape(
        kind=kind,
        label=kind,
        title="title",
        fields=(
            FieldShape("key", text_of(63), "Key", clean=slug),
            FieldShape("title", text_of(300), "Title", is_text=True, clean=named),
            reference("owner", "Owner", "member"),
            *fields,
            FieldShape("archived_at", datetime | None, "Archived"),
            own_keys(),
        ),
    )


def _link(kind: str, parent: str, name: str, label: str, to: str) -> ElementShape:
    return ElementShape(
        kind=kind,
        label=label.lower(),
        parents=(parent,),
        most=MOST_LINKS,
        fields=(reference(name, label, to, is_fixed=True),),
    )


def _document(root: ElementShape, *links: ElementShape) -> DocumentShape:
    return DocumentShape(root.kind, {shape.kind: shape for shape in (root, *links)})


INSIGHT = _document(
    _item(
        "insight",
        FieldShape("kind", InsightKind, "Type", default=InsightKind.OBSERVATION.value),
        long("body", 20_000, "What was learned"),
        FieldShape("impact", _Impact, "Impact", clean=_tenths),
        FieldShape("weight", _Weight, "Weight"),
        FieldShape("status", InsightStatus, "Status", default=InsightStatus.OPEN.value),
    ),
    _link("about", "insight", "persona", "Persona", "persona"),
    _link("basis", "insight", "fact", "Insight it rests on", "insight"),
)

OPPORTUNITY = _document(
    _item(
        "opportunity",
        long("problem", 20_000, "Problem"),
        FieldShape("status", OpportunityStatus, "Status", default=OpportunityStatus.NEW.value),
        _day("due", "Due"),
        short("team", 80, "Team"),
    ),
    _link("answers", "opportunity", "insight", "Insight", "insight"),
    _link("serves", "opportunity", "goal", "Goal", "goal"),
    _link("lies-at", "opportunity", "step", "Step", "step"),
    _link("helps", "opportunity", "persona", "Persona", "persona"),
)

SOLUTION = _document(
    _item(
        "solution",
        long("body", 20_000, "What it is"),
        short("kind", 60, "Kind"),
        FieldShape("status", SolutionStatus, "Status", default=SolutionStatus.IDEA.value),
        _day("planned_on", "Planned for"),
        _day("shipped_on", "Shipped on"),
        reference("expected_binding", "Figure it should move", "binding"),
        FieldShape("expected_delta", _Amount, "Expected change"),
        FieldShape("cost", _Money, "Cost"),
        FieldShape("currency", text_of(3), "Currency", default="", clean=currency_code),
        web_address("url", "Address"),
    ),
    _link("solves", "solution", "opportunity", "Opportunity", "opportunity"),
    _link("makes", "solution", "step", "Step", "step"),
)

GOAL = _document(
    _item(
        "goal",
        long("body", 4_000, "What it means"),
        reference("parent", "Part of", "goal"),
        FieldShape("status", GoalStatus, "Status", default=GoalStatus.OPEN.value),
        reference("binding", "Figure", "binding"),
        FieldShape("target", _Amount, "Target"),
        _day("due", "Due"),
    ),
)
