"""The sheet Map alone, or any table of steps and lanes: read back by the titles in it."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.cxmap.shapes import NOBODY
from cxm.touchpoints.rules.keys import free_key, suggested_key
from journeys.rules.kinds import HIGHEST_EMOTION, LOWEST_EMOTION, LaneKind
from journeys.rules.sheet_columns import CONTINUED, MAP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxm.kernel.cxmap.documents import Document

HEAD_ROWS = 2
_NUMBER = re.compile(r"(?:(.+): )?([+-]?[0-9]+(?:[.,][0-9]+)?)")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: titles of *stages* and *steps* by column, and rows of a lane's title and cells."""

    stages: list[str]
    steps: list[str]
    lanes: list[tuple[int, str, list[str]]]


def read_grid(rows: Sequence[Sequence[str]], document: Document) -> Grid | None:
    """Read a table whose first two rows are stages and steps; None where it is none.

    An empty stage is that of the column before it. Complains to *document*.
    """
    width = max((len(row) for row in rows), default=0)
    cells = [[*row, *[""] * (width - len(row))] for row in rows]
    columns = range(1, width)
    if len(cells) < HEAD_ROWS or not any(cells[1][column].strip() for column in columns):
        words = "The first row holds stages, the second steps, and the first column lanes."
        document.complain(MAP, words)
        return None
    used = [column for column in columns if any(row[column].strip() for row in cells)]
    stages: list[str] = []
    for column in used:
        title = cells[0][column].strip() or (stages[-1] if stages else "Untitled")
        stages.append(title[:120])
    steps = [(cells[1][column].strip() or "Untitled")[:200] for column in used]
    lanes = [
        (line, row[0].strip()[:120], [row[column] for column in used])
        for line, row in enumerate(cells[HEAD_ROWS:], start=HEAD_ROWS + 1)
        if any(cell.strip() for cell in row)
    ]
    return Grid(stages, steps, lanes)


def grid_tree(grid: Grid, present: Mapping[str, Any], document: Document) -> dict[str, Any]:
    """Give the tree of a map as a table has it, matched with *present* by titles.

    Each line of a cell is a card; a cell says all there is in it. Of lanes that hold no text,
    curves take numbers, and others stay as they are, with a notice. Stages, steps and lanes that
    the table does not name stay.
    """
    tree = deepcopy(dict(present))
    steps = _steps(grid, tree)
    lanes = tree.setdefault("lanes", [])
    personas = {one.casefold(): one for lane in lanes for one in lane.get("values") or ()}
    taken = {lane["key"] for lane in lanes}
    cards = {card["key"] for lane in lanes for card in lane.get("cards") or ()}
    for line, title, cells in grid.lanes:
        lane = next((one for one in lanes if _same(one.get("title"), title)), None)
        if lane is None:
            key = free_key(suggested_key(title) or "lane", taken)
            taken.add(key)
            lane = {"key": key, "kind": _kind_of(cells), "title": title}
            lanes.append(lane)
        if lane["kind"] == LaneKind.EMOTION:
            _points(lane, dict(zip(steps, cells, strict=True)), personas, line, document)
        elif lane["kind"] == LaneKind.TEXT:
            _cards(lane, dict(zip(steps, cells, strict=True)), cards)
        else:
            words = f"“{title}” is a lane of kind {lane['kind']}: it stays as it is."
            document.places.setdefault(f"{MAP}, row {line}", (line, 1))
            document.remark(f"{MAP}, row {line}", words)
    return tree


def _steps(grid: Grid, tree: dict[str, Any]) -> list[str]:
    """Find or make the steps of the columns; give their keys."""
    stages: list[dict[str, Any]] = tree.setdefault("stages", [])
    taken = {step["key"] for stage in stages for step in stage["steps"]}
    seen: set[str] = set()
    found = []
    for stage_title, title in zip(grid.stages, grid.steps, strict=True):
        stage = next((one for one in stages if _same(one["title"], stage_title)), None)
        if stage is None:
            keys = {one["key"] for one in stages}
            key = free_key(suggested_key(stage_title)[:60] or "stage", keys)
            stage = {"key": key, "title": stage_title, "steps": []}
            stages.append(stage)
        alike = (s for s in stage["steps"] if _same(s["title"], title) and s["key"] not in seen)
        step = next(alike, None)
        if step is None:
            key = free_key(suggested_key(title)[:60] or "step", taken)
            step = {"key": key, "title": title}
            stage["steps"].append(step)
        taken.add(step["key"])
        seen.add(step["key"])
        found.append(step["key"])
    return found


def _cards(lane: dict[str, Any], cells: Mapping[str, str], taken: set[str]) -> None:
    """Let each line of a cell be a card; those that say the same stay themselves."""
    before: list[dict[str, Any]] = lane.get("cards") or []
    kept = [card for card in before if card["step"] not in cells]
    for step, cell in cells.items():
        there = [card for card in before if card["step"] == step]
        texts = _lines(cell)
        for card in [one for one in there if not one.get("text")]:
            # What shows no text stands in no cell.
            kept.append(card)
            there.remove(card)
        same = {text: [c for c in there if c["text"].strip() == text] for text in texts}
        left = [card for card in there if card["text"].strip() not in texts]
        for text in texts:
            if same[text]:
                kept.append(same[text].pop(0))
            elif left:
                kept.append({**left.pop(0), "text": text})
            else:
                key = free_key(suggested_key(text[:40]) or "card", taken)
                taken.add(key)
                kept.append({"key": key, "step": step, "text": text})
    lane["cards"] = kept


def _points(
    lane: dict[str, Any],
    cells: Mapping[str, str],
    personas: Mapping[str, str],
    line: int,
    document: Document,
) -> None:
    """Take numbers as the points of a curve; what is none is told of."""
    values: dict[str, dict[str, Any]] = lane.setdefault("values", {})
    for step, cell in cells.items():
        for text in _lines(cell):
            found = _NUMBER.fullmatch(text)
            number = float(found[2].replace(",", ".")) if found else None
            if number is None or not LOWEST_EMOTION <= number <= HIGHEST_EMOTION:
                document.places.setdefault(f"{MAP}, row {line}", (line, 1))
                words = f"“{text[:60]}” is no emotion from -2 to 2: it is left out."
                document.remark(f"{MAP}, row {line}", words)
                continue
            name = found[1] if found else None
            who = personas.get((name or "").casefold(), NOBODY)
            point = values.setdefault(who, {}).get(step, {})
            values[who][step] = {**point, "value": number}


def _kind_of(cells: Sequence[str]) -> str:
    """Give the kind of a new lane: a curve where all of its cells are emotions."""
    lines = [line for cell in cells for line in _lines(cell)]
    numbers = [_NUMBER.fullmatch(line) for line in lines]
    are_numbers = bool(lines) and all(
        one is not None and not one[1] and abs(float(one[2].replace(",", "."))) <= HIGHEST_EMOTION
        for one in numbers
    )
    return LaneKind.EMOTION.value if are_numbers else LaneKind.TEXT.value


def _lines(cell: str) -> list[str]:
    """Give the items of a cell: lines, with those that continue one taken together."""
    found: list[str] = []
    for line in cell.splitlines():
        if line.startswith(CONTINUED) and found:
            found[-1] += f"\n{line[len(CONTINUED) :]}"
        elif line.strip():
            found.append(line)
    return [one.strip() for one in found]


def _same(one: Any, other: str) -> bool:
    return str(one or "").strip().casefold() == other.strip().casefold()
