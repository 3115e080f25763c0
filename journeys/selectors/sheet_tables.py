"""A map as the sheets of a workbook; their columns are those of journeys/rules/sheet_columns.py."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.workbooks import Cell, Table
from journeys.models import Insight, Step
from journeys.rules import sheet_columns as columns
from journeys.rules.kinds import MapState, MapStatus
from journeys.rules.sheet_columns import CONTINUED, Column, yes_or_no
from journeys.rules.sheet_curves import number_words
from journeys.rules.tags import tags_written
from journeys.selectors import grid_rows as rows
from journeys.selectors.map_files import keys_of, lineage_keys
from personas.selectors.persona_sheet import owner_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime, timedelta
    from uuid import UUID

    from journeys.models import JourneyMap
    from journeys.rules.sheet import MapSheet, SheetLane
    from journeys.selectors.grid_rows import CardRow
    from journeys.selectors.lane_items import Ground

_SHOWN_BY_CARDS = ("channel", "insight", "opportunity", "solution", "goal")

type _Keys = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Known:
    """Keys by id: of the elements of the journey, and of what is registered, by what it is."""

    elements: _Keys
    registered: Mapping[str, _Keys]

    def element(self, pk: UUID) -> str:
        return self.elements[str(pk)]

    def of(self, what: str, pk: UUID | None) -> str:
        return self.registered[what].get(str(pk), "") if pk else ""


def map_tables(row: JourneyMap, sheet: MapSheet, ground: Ground, *, at: datetime) -> list[Table]:
    """Lay a map out as tables, from how it is drawn (*sheet*) and what was read of it (*ground*).

    *at* is in the tenant's time zone. Hidden lanes are in all but the first table. The number of
    queries does not grow with the map.
    """
    lanes = rows.lanes_of(row)
    cards = [card for lane in lanes for card in ground.cards.get(lane.lineage, ())]
    known = _Known(lineage_keys(row.journey), keys_of(row.tenant, _referred(ground, lanes, cards)))
    order = {step.lineage: place for place, step in enumerate(ground.columns.steps)}
    titles = {name.id: name.title for name in ground.names.values() if name.kind == "asset"}
    return [
        _grid(sheet),
        _table(columns.CARDS, columns.CARD_COLUMNS, _cards(cards, order, known, titles)),
        _table(columns.STEPS, columns.STEP_COLUMNS, _steps(row, ground, known)),
        _table(columns.LANES, columns.LANE_COLUMNS, _lanes(lanes, known)),
        _table(columns.INSIGHTS, columns.INSIGHT_COLUMNS, _insights(row, cards, order, known)),
        Table(columns.INFO, columns.INFO_HEADS, _info(row, at)),
    ]


def _referred(
    ground: Ground, lanes: Sequence[Any], cards: Sequence[CardRow]
) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {
        what: {str(pk) for card in cards if (pk := getattr(card, what))}
        for what in (*_SHOWN_BY_CARDS, "persona")
    }
    found["persona"] |= {str(lane.persona) for lane in lanes if lane.persona}
    found["touchpoint"] = {str(one.touchpoint) for one in ground.contacts}
    found["stakeholder"] = {str(one.stakeholder) for one in ground.roles}
    found["journey"] = {str(pk) for kind, pk in ground.names if kind == "journey"}
    return found


def _table(title: str, heads: Sequence[Column], told: Iterator[dict[str, Cell]]) -> Table:
    cells = [[one.get(column.name) for column in heads] for one in told]
    return Table(title, [column.head for column in heads], cells)


def _grid(sheet: MapSheet) -> Table:
    """Write the map as it is seen: stages, steps, and a row for each lane."""
    stages = {
        step: stage.title for stage in sheet.stages for step in range(stage.first, stage.last + 1)
    }
    heads = [columns.MAP_HEAD, *(stages[step] for step in range(len(sheet.steps)))]
    lines: list[list[Cell]] = [["", *(step.title for step in sheet.steps)]]
    for lane in sheet.lanes:
        cells = (_cell(lane, step) for step in range(len(sheet.steps)))
        lines.append([lane.title, *cells])
    return Table(columns.MAP, heads, lines)


def _cell(lane: SheetLane, step: int) -> str:
    """Write what a cell holds: each item a line, which further lines of it follow."""
    found = []
    for curve in lane.curves:
        value = curve.values[step]
        if value is not None:
            said = number_words(lane, value)
            found.append(f"{curve.name}: {said}" if curve.name else said)
    found += [item.text for item in lane.items if item.first == step and item.text]
    return "\n".join(text.replace("\n", f"\n{CONTINUED}") for text in found)


def _cards(
    cards: Sequence[CardRow], order: Mapping[UUID, int], known: _Known, files: Mapping[UUID, str]
) -> Iterator[dict[str, Cell]]:
    lanes = {lane: place for place, lane in enumerate(dict.fromkeys(card.lane for card in cards))}
    for card in sorted(cards, key=lambda one: (lanes[one.lane], order.get(one.step_from, -1))):
        shown = [(what, pk) for what in _SHOWN_BY_CARDS if (pk := getattr(card, what))]
        yield {
            "key": known.element(card.lineage),
            "lane": known.element(card.lane),
            "step_from": known.element(card.step_from),
            "step_to": "" if card.step_to == card.step_from else known.element(card.step_to),
            "text": card.text,
            "value": card.value,
            "persona": known.of("persona", card.persona),
            "reference": "".join(f"{what}:{known.of(what, pk)}" for what, pk in shown),
            "url": card.url,
            "alt": card.alt,
            "icon": card.icon,
            "colour": card.colour,
            "tags": tags_written(card.tags),
            "file": files.get(card.asset, "") if card.asset else "",
        }


def _steps(row: JourneyMap, ground: Ground, known: _Known) -> Iterator[dict[str, Cell]]:
    found = Step.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    by_lineage = {step.lineage: step for step in found.select_related("owner__user")}
    titles = {stage.lineage: stage.title for stage in ground.columns.all_stages}
    for place in ground.columns.steps:
        step = by_lineage[place.lineage]
        contacts = [one for one in ground.contacts if one.step == step.lineage]
        roles = [one for one in ground.roles if one.step == step.lineage]
        nested = [one for one in ground.nested if one.step == step.lineage]
        yield {
            "key": known.element(step.lineage),
            "stage": known.element(step.stage),
            "stage_title": titles[step.stage],
            "title": step.title,
            "description": step.description,
            "moment_of_truth": yes_or_no(step.moment_of_truth),
            "importance_customer": step.importance_customer,
            "importance_org": step.importance_org,
            "expected_duration": _iso(step.expected_duration),
            "optional": yes_or_no(step.optional),
            "repeatable": yes_or_no(step.repeatable),
            "touchpoints": _listed(
                (known.of("touchpoint", c.touchpoint), c.role) for c in contacts
            ),
            "roles": _listed((known.of("stakeholder", r.stakeholder), r.role) for r in roles),
            "journeys": _listed((known.of("journey", n.journey),) for n in nested),
            "presenter_note": step.presenter_note,
            "tags": tags_written(step.tags),
            "owner": owner_words(step.owner) if step.owner else "",
        }


def _lanes(lanes: Sequence[Any], known: _Known) -> Iterator[dict[str, Cell]]:
    for lane in lanes:
        yield {
            "key": known.element(lane.lineage),
            "kind": lane.kind,
            "title": lane.title,
            "persona": known.of("persona", lane.persona),
            "zone": lane.zone,
            "config": json.dumps(lane.config, sort_keys=True) if lane.config else "",
            "is_collapsed": yes_or_no(lane.is_collapsed),
            "is_hidden": yes_or_no(lane.is_hidden),
            "is_locked": yes_or_no(lane.is_locked),
        }


def _insights(
    row: JourneyMap, cards: Sequence[CardRow], order: Mapping[UUID, int], known: _Known
) -> Iterator[dict[str, Cell]]:
    steps: dict[UUID, set[UUID]] = {}
    for card in cards:
        if card.insight:
            steps.setdefault(card.insight, set()).add(card.step_from)
    found = Insight.objects.for_tenant(row.tenant_id).filter(pk__in=steps)
    for insight in found.order_by("key"):
        places = sorted(steps[insight.pk], key=lambda step: order.get(step, -1))
        yield {
            "key": insight.key,
            "type": insight.kind,
            "title": insight.title,
            "status": insight.status,
            "impact": insight.impact,
            "steps": _listed((known.element(step),) for step in places),
        }


def _info(row: JourneyMap, at: datetime) -> list[list[Cell]]:
    return [
        [columns.INFO_FORMAT, columns.FORMAT],
        ["Workspace", row.tenant.name],
        ["Journey", row.journey.title],
        [columns.INFO_JOURNEY_KEY, row.journey.key],
        ["Goal", row.journey.goal],
        ["Map", row.name],
        [columns.INFO_MAP_NUMBER, row.number],
        ["State", MapState(row.state).words],
        ["Status", MapStatus(row.status).words],
        ["Owner", owner_words(row.journey.owner)],
        ["Made", at.strftime("%Y-%m-%d %H:%M")],
    ]


def _listed(told: Iterator[Sequence[str]]) -> str:
    """Write a line for each of *told*; what is not known to who asks is left out."""
    return "\n".join(" ".join(words) for words in told if words[0])


def _iso(duration: timedelta | None) -> str:
    """Write a duration as ISO 8601 has it, in days and seconds at most."""
    if duration is None:
        return ""
    days = f"{duration.days}D" if duration.days else ""
    seconds = f"T{duration.seconds}S" if duration.seconds or not duration.days else ""
    return f"P{days}{seconds}"
