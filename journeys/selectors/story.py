"""A map told step by step, or stage by stage: one frame a screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from journeys.models import Stage, Step
from journeys.rules.curves import CELL_WIDTH
from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import RULES, kept_config
from journeys.rules.library import InsightKind
from journeys.selectors.card_facts import beside_of
from journeys.selectors.grid_rows import lanes_of
from journeys.selectors.lane_curves import curve_cells
from journeys.selectors.lane_items import items_of
from journeys.selectors.sheets import ground_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Membership
    from journeys.models import JourneyMap
    from journeys.rules.look import Look
    from journeys.selectors.grid_rows import LaneRow, StepRow
    from journeys.selectors.lane_curves import CurveCell
    from journeys.selectors.lane_items import Ground, Item

MOST_PAINS, MOST_QUOTES, MOST_DOINGS = 3, 2, 4


@dataclass(frozen=True, slots=True)
class Frame:
    """One screen: a step, or all steps of a stage; *number* counts frames from 1."""

    number: int
    title: str
    stage: str
    steps: Sequence[StepRow]

    @property
    def at(self) -> UUID:
        """Give the lineage of its first step, by which it is found."""
        return self.steps[0].lineage


@dataclass(frozen=True, slots=True)
class Said:
    """A card of text, with the title of its lane; *is_rich* where it is a subset of Markdown."""

    lane: str
    text: str
    is_rich: bool


@dataclass(frozen=True, slots=True)
class StoryCurve:
    """The first curve of the map over all steps: a ground of *width* with the frame's place on it.

    *words* say the values of the frame; *cells* are drawn side by side, each with its x.
    """

    title: str
    cells: Sequence[tuple[float, CurveCell]]
    width: float
    left: float
    span: float
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Story:
    """The frames of a map, and what the one that is shown tells."""

    frames: Sequence[Frame]
    shown: Frame
    description: str
    notes: Sequence[tuple[StepRow, str]]
    picture: Item | None
    pains: Sequence[Item]
    quotes: Sequence[Item]
    doings: Sequence[Said]
    curve: StoryCurve | None

    @property
    def before(self) -> Frame | None:
        """Give the frame before."""
        return self.frames[self.shown.number - 2] if self.shown.number > 1 else None

    @property
    def after(self) -> Frame | None:
        """Give the frame after."""
        return self.frames[self.shown.number] if self.shown.number < len(self.frames) else None


def story_of(
    row: JourneyMap,
    look: Look,
    *,
    reader: Membership | None,
    at: UUID | None,
    by_stage: bool,
    now: datetime,
) -> Story | None:
    """Tell a map from the frame that holds the step *at*, else from its first; None without steps.

    *look* narrows it to a stage, a persona or lanes, and leaves out cards. What *reader* does not
    find is not named. The number of queries does not grow with the map.
    """
    ground = _ground(row, look, reader, now)
    frames = frames_of(ground, stage=look.stage, by_stage=by_stage)
    if not frames:
        return None
    shown = next((f for f in frames if at in {step.lineage for step in f.steps}), frames[0])
    lanes = [lane for lane in lanes_of(row) if _is_told(lane, look)]
    told = {lane.lineage: items_of(lane, _config(lane), ground)[0] for lane in lanes}
    here = [(lane, one) for lane in lanes for one in _within(told[lane.lineage], shown, ground)]
    description, notes = _texts(row, shown, by_stage=by_stage)
    return Story(
        frames,
        shown,
        description,
        notes,
        next((one for lane, one in here if lane.kind == LaneKind.IMAGE and one.src), None),
        _insights(here, InsightKind.PAIN)[:MOST_PAINS],
        _insights(here, InsightKind.QUOTE)[:MOST_QUOTES],
        [_said(lane, one) for lane, one in here if lane.kind == LaneKind.TEXT and one.text][
            :MOST_DOINGS
        ],
        _curve(lanes, told, shown, ground),
    )


def frames_of(ground: Ground, *, stage: UUID | None, by_stage: bool) -> list[Frame]:
    """List the frames of a map: its steps in order, or its stages; those of one *stage* alone."""
    columns = ground.columns
    known = {one.lineage for one in columns.all_stages}
    found: list[Frame] = []
    for one in columns.all_stages:
        if stage in known and one.lineage != stage:
            continue
        steps = [step for step in columns.steps if step.stage == one.lineage]
        groups = [steps] if by_stage else [[step] for step in steps]
        for group in groups:
            title = one.title if by_stage else group[0].title
            found.append(Frame(len(found) + 1, title, one.title, group))
    return found


def _ground(row: JourneyMap, look: Look, reader: Membership | None, now: datetime) -> Ground:
    ground = ground_of(row, reader, now=now)
    # Folded or not, a story is told of every step.
    ground.look = replace(look, toggled=ground.look.toggled)
    ground.beside = beside_of(row, look, now=now)
    return ground


def _is_told(lane: LaneRow, look: Look) -> bool:
    return lane.lineage in look.lanes if look.lanes else not lane.is_hidden


def _config(lane: LaneRow) -> object:
    return kept_config(LaneKind(lane.kind), lane.config)


def _within(items: Iterable[Item], frame: Frame, ground: Ground) -> list[Item]:
    places = ground.columns.places
    first, last = places[frame.steps[0].lineage], places[frame.steps[-1].lineage]
    return [
        one
        for one in items
        if places.get(one.step, last + 1) <= last and places.get(one.step_to, -1) >= first
    ]


def _said(lane: LaneRow, item: Item) -> Said:
    title = lane.title or RULES[LaneKind.TEXT].words
    return Said(title, item.text, is_rich=lane.config.get("format") == "rich")


def _insights(here: Iterable[tuple[LaneRow, Item]], kind: InsightKind) -> list[Item]:
    """List insights of a kind at a frame, each once, however often it is shown."""
    found: dict[str, Item] = {}
    for lane, one in here:
        if lane.kind == LaneKind.INSIGHT and one.tag == kind.words:
            found.setdefault(one.text, one)
    return list(found.values())


def _texts(
    row: JourneyMap, frame: Frame, *, by_stage: bool
) -> tuple[str, list[tuple[StepRow, str]]]:
    steps = Step.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    told = {
        pk: (words, note)
        for pk, words, note in steps.filter(
            lineage__in=[step.lineage for step in frame.steps]
        ).values_list("lineage", "description", "presenter_note")
    }
    notes = [(step, told[step.lineage][1]) for step in frame.steps]
    if not by_stage:
        return told[frame.at][0], notes
    stages = Stage.objects.for_tenant(row.tenant_id).filter(map=row, lineage=frame.steps[0].stage)
    return stages.values_list("description", flat=True).first() or "", notes


def _curve(
    lanes: Sequence[LaneRow], told: dict[UUID, list[Item]], frame: Frame, ground: Ground
) -> StoryCurve | None:
    lane = next((one for one in lanes if one.kind == LaneKind.EMOTION), None)
    if lane is None or not any(one.value is not None for one in told[lane.lineage]):
        return None
    cells = curve_cells(lane, _config(lane), ground, told[lane.lineage])
    places = [ground.columns.places[step.lineage] for step in frame.steps]
    # The frame of one step is headed by its title already.
    is_one = len(frame.steps) == 1
    words = [
        ("" if is_one else f"{step.title}: ")
        + " ".join(filter(None, (point.voice.name, point.words)))
        for step, place in zip(frame.steps, places, strict=True)
        for point in cells[place].points
    ]
    return StoryCurve(
        lane.title or RULES[LaneKind.EMOTION].words,
        [(place * CELL_WIDTH, cell) for place, cell in enumerate(cells)],
        len(cells) * CELL_WIDTH,
        places[0] * CELL_WIDTH,
        len(places) * CELL_WIDTH,
        words,
    )
