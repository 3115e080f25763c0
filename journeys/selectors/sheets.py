"""A map as its files show it: read once, with all names, all of it open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.dateformat import format as formatted

from cxm.collaboration.models import Asset
from cxm.collaboration.selectors.assets import asset_path
from cxm.kernel.metric_values import NO_SOURCE, metric_values
from cxm.kernel.typesetting.setting import TooLargeError
from journeys.models import Insight, Stage, Step, Target
from journeys.rules.kinds import LaneKind, MapState, MapStatus, Zone
from journeys.rules.lane_kinds import RULES, kept_config
from journeys.rules.look import Look
from journeys.rules.promises import Direction
from journeys.rules.sheet import (
    MapSheet,
    SheetItem,
    SheetLane,
    SheetPersona,
    SheetStage,
    SheetStep,
    SheetTarget,
)
from journeys.selectors import grid_rows as rows
from journeys.selectors.grid_columns import columns_of
from journeys.selectors.grid_names import cast_in_order, names_of
from journeys.selectors.lane_grades import read_grades
from journeys.selectors.lane_items import Ground
from journeys.selectors.lane_scores import read_scores
from journeys.selectors.sheet_items import curves_of, grades_in, sheet_items, ways_of
from personas.selectors.persona_sheet import owner_words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from cxm.tenants.models import Membership
    from journeys.models import JourneyMap
    from journeys.selectors.grid_rows import LaneRow, StepRow

MOST_PICTURE_BYTES = 40_000_000
_DAY = "j M Y"
_FIGURES = frozenset({LaneKind.EXPERIENCE, LaneKind.METRIC, LaneKind.PROMISE})
_CURVED = frozenset({LaneKind.EMOTION, LaneKind.SCALE})
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


@dataclass(frozen=True, slots=True)
class _Texts:
    """What is written about steps and stages beside their titles, by lineage."""

    steps: dict[UUID, tuple[str, str]]
    stages: dict[UUID, str]


def map_sheet(row: JourneyMap, ground: Ground, *, sees_answers: bool, today: date) -> MapSheet:
    """Say what files show of a map, loaded with its tenant and its journey's owner.

    *ground* is what `ground_of` read of it. Hidden lanes are left out, folded ones open.
    Figures are those of a reader who does or does not see answers. *today* is the tenant's day.
    The number of queries does not grow with the map, but for lanes of figures.
    """
    texts = _texts(row)
    steps = tuple(_step(step, texts) for step in ground.columns.steps)
    lanes = [lane for lane in rows.lanes_of(row) if not lane.is_hidden]
    return MapSheet(
        title=row.name,
        journey=row.journey.title,
        goal=row.journey.goal,
        state=MapState(row.state).words,
        status=MapStatus(row.status).words,
        owner=owner_words(row.journey.owner),
        day=formatted(today, _DAY),
        is_draft=row.status in {MapStatus.DRAFT, MapStatus.IN_REVIEW},
        stages=tuple(_stages(ground, texts)),
        steps=steps,
        lanes=(*_about(ground, texts), *_lanes(row, lanes, ground, sees_answers=sees_answers)),
        personas=tuple(_personas(ground)),
        targets=tuple(_targets(row, ground)),
    )


def pictures_on(row: JourneyMap, sheet: MapSheet) -> dict[str, bytes]:
    """Read the pictures that *sheet* shows, by the names that it calls them. One query at most.

    Raises TooLargeError.
    """
    names = {item.picture for lane in sheet.lanes for item in lane.items if item.picture}
    by_id = {name.partition(".")[0]: name for name in names}
    found: dict[str, bytes] = {}
    size = 0
    assets = Asset.objects.for_tenant(row.tenant_id).filter(pk__in=by_id) if by_id else []
    for asset in assets:
        size += asset.bytes
        if size > MOST_PICTURE_BYTES:
            message = "The pictures are too large to be set as one file: leave some of them out."
            raise TooLargeError(message)
        found[by_id[str(asset.pk)]] = asset_path(asset).read_bytes()
    return found


def ground_of(row: JourneyMap, reader: Membership | None, *, now: datetime) -> Ground:
    """Read all that is on a map, with nothing folded and nothing filtered.

    What *reader* does not find is not named.
    """
    names = names_of(row, reader)
    folded = {"map": row, "deleted_at": None, "is_collapsed": True}
    stages = Stage.objects.for_tenant(row.tenant_id).filter(**folded)
    look = Look(toggled=frozenset(stages.values_list("lineage", flat=True)))
    ground = Ground(
        slug=row.tenant.slug,
        look=look,
        columns=columns_of(row, look),
        now=now,
        names={(name.kind, name.id): name for name in names},
        cast=cast_in_order(names),
        contacts=rows.contacts_of(row),
        roles=rows.roles_of(row),
        nested=rows.nested_of(row),
        flows=rows.flows_of(row),
    )
    for card in rows.cards_of(row):
        ground.cards.setdefault(card.lane, []).append(card)
    lanes = rows.lanes_of(row)
    shown = [lane for lane in lanes if not lane.is_hidden]
    read_grades(row, ground, shown, lanes)
    read_scores(row, ground, shown)
    return ground


def _texts(row: JourneyMap) -> _Texts:
    on_map = {"map": row, "deleted_at": None}
    steps = Step.objects.for_tenant(row.tenant_id).filter(**on_map)
    stages = Stage.objects.for_tenant(row.tenant_id).filter(**on_map)
    return _Texts(
        {pk: (text, note) for pk, text, note in steps.values_list(
            "lineage", "description", "presenter_note"
        )},
        dict(stages.values_list("lineage", "description")),
    )  # fmt: skip


def _step(step: StepRow, texts: _Texts) -> SheetStep:
    signs = [
        words
        for is_so, words in (
            (step.moment_of_truth, "Moment of truth"),
            (step.optional, "Optional"),
            (step.repeatable, "Repeatable"),
        )
        if is_so
    ]
    description, note = texts.steps.get(step.lineage, ("", ""))
    return SheetStep(str(step.lineage), step.title, tuple(signs), description, note)


def _stages(ground: Ground, texts: _Texts) -> list[SheetStage]:
    found, first = [], 0
    for head in ground.columns.stages:
        last = first + head.steps - 1
        pk = head.row.lineage
        told = texts.stages.get(pk, "")
        found.append(SheetStage(str(pk), head.row.title, first, last, head.row.colour, told))
        first = last + 1
    return found


def _about(ground: Ground, texts: _Texts) -> list[SheetLane]:
    """Give what is written about stages and steps as lanes of their own, where something is."""
    stages = [
        SheetItem(stage.first, stage.last, stage.description)
        for stage in _stages(ground, texts)
        if stage.description
    ]
    steps = [
        SheetItem(place, place, text)
        for place, step in enumerate(ground.columns.steps)
        if (text := texts.steps.get(step.lineage, ("", ""))[0])
    ]
    told = (("about-stages", "About the stages", stages), ("about-steps", "About the steps", steps))
    return [
        SheetLane(name, title, LaneKind.TEXT, items=tuple(items))
        for name, title, items in told
        if items
    ]


def _lanes(
    row: JourneyMap, lanes: list[LaneRow], ground: Ground, *, sees_answers: bool
) -> list[SheetLane]:
    weights, pictures = _weights(row, ground), _pictures(row, lanes, ground)
    found = []
    has_ways = False
    for lane in lanes:
        kind = LaneKind(lane.kind)
        config = kept_config(kind, lane.config)
        told: dict[str, Any] = {"notes": _notes(lane, config, ground)}
        if kind in _CURVED:
            told |= curves_of(lane, config, ground)
        elif kind is LaneKind.FLOW:
            has_ways = True
            told["items"] = tuple(ways_of(config, ground))
        elif kind in _FIGURES:
            told |= _figures(row, lane, ground, sees_answers=sees_answers)
        elif kind is LaneKind.GRADE:
            told["items"] = tuple(grades_in(config, ground))
        elif kind is not LaneKind.LINE:
            told["items"] = tuple(sheet_items(lane, config, ground, weights, pictures))
        title = lane.title or getattr(config, "label", "") or RULES[kind].words
        found.append(SheetLane(str(lane.lineage), title, kind, **told))
    if ground.flows and not has_ways:
        ways = ways_of(kept_config(LaneKind.FLOW, {}), ground)
        found.append(SheetLane("ways", "Ways", LaneKind.FLOW, items=tuple(ways)))
    return found


def _figures(
    row: JourneyMap, lane: LaneRow, ground: Ground, *, sees_answers: bool
) -> dict[str, Any]:
    """Ask who measures for the figures of a lane."""
    if not metric_values.is_there:
        return {"said": NO_SOURCE}
    found = metric_values.lane(
        journey_map=row, lane_id=lane.lineage, sees_answers=sees_answers, now=ground.now
    )
    items = [
        SheetItem(place, place, one.words, one.title)
        for place, step in enumerate(ground.columns.steps)
        for one in (found or {}).get(step.lineage, ())
    ]
    return {"items": tuple(items), "said": "" if items else "No figures for these steps."}


def _notes(lane: LaneRow, config: Any, ground: Ground) -> tuple[str, ...]:
    """Say what a lane is for, whose it is, in which zone it stands, and what its numbers mean."""
    persona = ground.name("persona", lane.persona)
    zone = Zone(lane.zone).words if lane.zone else ""
    scale: list[str] = []
    if lane.kind == LaneKind.EMOTION:
        signs = ("+2", "+1", "0", "−1", "−2")
        scale = [f"{sign} {word}" for sign, word in zip(signs, config.labels, strict=False)]
    elif lane.kind == LaneKind.SCALE and config.ends:
        low, high = config.ends
        scale = [f"{config.max:g} {high}", f"{config.min:g} {low}"]
    told = (config.help, persona.title if persona else "", zone, *scale)
    return tuple(word for word in told if word)


def _personas(ground: Ground) -> list[SheetPersona]:
    """List the personas of a map, of which the main one comes first."""
    found = []
    for place, name in enumerate(ground.cast):
        colour, _, dash = name.more.partition(" ")[0].partition(".")
        found.append(SheetPersona(name.title, int(colour), int(dash), is_main=place == 0))
    return found


def _targets(row: JourneyMap, ground: Ground) -> list[SheetTarget]:
    places = {step.lineage: place for place, step in enumerate(ground.columns.steps)}
    found = Target.objects.for_tenant(row.tenant_id).filter(map=row, removed_at=None)
    found = found.select_related("binding__metric").order_by("due", "pk")
    return [
        SheetTarget(None if one.step_id is None else places.get(one.step_id), _target_words(one))
        for one in found
        if one.step_id is None or one.step_id in places
    ]


def _target_words(target: Target) -> str:
    way = {
        Direction.UP: f"up to {target.value:g}",
        Direction.DOWN: f"down to {target.value:g}",
        Direction.HOLD: f"held at {target.value:g}, ±{target.margin or 0:g}",
    }[Direction(target.direction)]
    return f"{target.binding.metric.title}: {way} by {formatted(target.due, _DAY)}"


def _weights(row: JourneyMap, ground: Ground) -> dict[UUID, float]:
    """Say how much each insight on the map matters: by its impact, then by its weight."""
    ids = [pk for kind, pk in ground.names if kind == "insight"]
    found = Insight.objects.for_tenant(row.tenant_id).filter(pk__in=ids)
    return {
        pk: abs(impact or 0) + (weight or 0) / 1_000
        for pk, impact, weight in found.values_list("pk", "impact", "weight")
    }


def _pictures(row: JourneyMap, lanes: list[LaneRow], ground: Ground) -> set[str]:
    """Name the files of the pictures that are there, of lanes that show some."""
    shown = [lane.lineage for lane in lanes if lane.kind == LaneKind.IMAGE]
    wanted = {card.asset for pk in shown for card in ground.cards.get(pk, ()) if card.asset}
    assets = Asset.objects.for_tenant(row.tenant_id).filter(pk__in=wanted, mime__in=_ENDINGS)
    return {f"{one.pk}.{_ENDINGS[one.mime]}" for one in assets if asset_path(one).is_file()}
