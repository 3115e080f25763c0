"""Journey maps as what links for people outside may show, and what such a link shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.collaboration.models import Asset
from cxm.collaboration.selectors.shareable import Shareable
from cxm.kernel.metric_values import metric_values
from cxm.kernel.operations.state import as_id
from cxm.metrics.rules.small_cells import SCORES_K
from journeys.errors import NotOutsideError
from journeys.models import Journey, JourneyMap, MapPersona, MapShare
from journeys.rules.kinds import LaneKind, MapState, Sensitivity
from journeys.rules.library import InsightKind
from journeys.rules.look import Look
from journeys.rules.shared import KINDS, MORE, OWNER, USUAL, Choice, shared_state
from journeys.selectors.grid_names import names_asked
from journeys.selectors.grid_rows import lanes_of
from journeys.selectors.grid_then import cast_then, grid_then, named_then
from journeys.selectors.lane_items import ITEM_KINDS
from journeys.selectors.names_then import names_then
from personas.rules.kinds import Visibility
from personas.rules.shared import veiled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.collaboration.models import ShareLink
    from cxm.kernel.metric_values import MetricValue
    from cxm.kernel.operations.state import State
    from journeys.selectors.grid import LaneDrawn
    from journeys.selectors.grid_columns import Columns
    from journeys.selectors.grid_names import Name

_IMAGE = LaneKind.IMAGE.value


class SharedJourneyMap(Shareable):
    """A journey map, loaded with its journey: shown by kinds of lanes and by *personas*.

    No personas are all of them, also those that come later.
    """

    kinds = KINDS
    usual = tuple(kind.value for kind in USUAL)
    asks = "Which lanes does it show?"
    hint = (
        "Lanes of these kinds that are drawn later are shown as well, unless the link is frozen. "
        "Figures are shown as they are measured, and by links that are not frozen."
    )
    never = (
        "Comments, history and reviews; evidence and grades; the names of files; descriptions and "
        "notes of steps; attitude, power and interest of stakeholders; who is online; e-mail "
        "addresses. Figures of fewer than five answers."
    )

    def __init__(self, row: JourneyMap, personas: Sequence[UUID] = ()) -> None:
        self.document = row
        self.personas = list(personas)

    def rows(self) -> QuerySet[Any]:
        """Select the rows that join links with the map."""
        return MapShare.objects.for_tenant(self.document.tenant_id).filter(map=self.document)

    def joined(self, link: ShareLink) -> MapShare:
        """Give the row that joins a new link with the map."""
        return MapShare(tenant=self.tenant, link=link, map=self.document, personas=self.personas)

    def refuse(self, row: JourneyMap) -> None:
        """Raise NotOutsideError for a map whose journey is not for people outside."""
        if words := why_inside(row.journey):
            raise NotOutsideError(words)


def why_inside(journey: Journey) -> str:
    """Say why no link shows a journey's maps; "" where links may."""
    if journey.archived_at:
        return "This journey is archived: restore it first."
    if journey.sensitivity == Sensitivity.RESTRICTED:
        return "This journey is restricted: no link shows its maps."
    if journey.visibility == Visibility.HIDDEN:
        return "This journey is hidden: let others of the workspace find it first."
    return ""


@dataclass(frozen=True, slots=True)
class SharedMap:
    """A map for people outside: what stands above the grid, its columns and lanes.

    *figures* are words by lane and step, *pictures* the assets by card, *owner* "" unless chosen.
    """

    title: str
    journey: str
    state: MapState
    owner: str
    columns: Columns
    lanes: Sequence[LaneDrawn]
    figures: Mapping[UUID, Mapping[UUID, Sequence[tuple[str, str]]]]
    pictures: Mapping[UUID, UUID]


def shared_map(
    row: JourneyMap,
    state: State,
    choice: Choice,
    *,
    title: str,
    then: datetime | None,
    now: datetime,
) -> SharedMap:
    """Lay out what *choice* shows of *state*, a moment of the map *row*, for people outside.

    The row is loaded with its tenant and its journey's owner; *title* is the journey's. A frozen
    link shows what was so *then*, and nothing of what is measured, which is not frozen; None is
    now. The number of queries does not grow with the map, but for lanes of figures.
    """
    names = _open_names(row, state, then)
    quotes = {one.id for one in names if one.kind == "insight" and one.word == InsightKind.QUOTE}
    cut = shared_state(state, choice, quotes=quotes)
    shown = [_veiled(one) for one in names if _is_chosen(one, choice)]
    grid = grid_then(row, cut, Look(), names=shown, at=now)
    return SharedMap(
        title=str(next(one for one in cut.values() if one.kind == "map").values["name"]),
        journey=veiled(title),
        state=MapState(row.state),
        owner=_owner(row, choice),
        columns=grid.columns,
        lanes=grid.lanes,
        figures=_figures(row, grid.lanes, now) if then is None else {},
        pictures=_pictures(row, cut),
    )


def offered(row: JourneyMap) -> list[tuple[str, str]]:
    """List what of a map may be chosen for a link: the kinds of its lanes, and what goes beyond.

    Of a map without such lanes all kinds are offered. One query.
    """
    there = {lane.kind for lane in lanes_of(row) if not lane.is_hidden}
    found = [told for told in KINDS if told[0] in there]
    return [*found, *MORE] if found else list(KINDS)


def cast_offered(row: JourneyMap) -> list[tuple[UUID, str]]:
    """List the personas of a map that may be chosen for a link, the main one first. One query."""
    cast = MapPersona.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    told = cast.order_by("-is_main", "ord", "lineage")
    return list(told.values_list("persona_id", "persona__name"))


def _open_names(row: JourneyMap, state: State, then: datetime | None) -> list[Name]:
    """Name what is on a map for people outside: of journeys those alone that may be shown there.

    How far an item of the library is, and who owns what, is nobody's business outside.
    """
    if then is None:
        asked = names_asked(row, None, named_then(state))
        found = [*asked, *cast_then(state, asked)]
    else:
        found = names_then(row, None, state, at=then)
    inside = [one.id for one in found if one.kind == "journey"]
    journeys = Journey.objects.for_tenant(row.tenant_id).filter(pk__in=inside)
    closed = journeys.filter(sensitivity=Sensitivity.RESTRICTED).values_list("pk", flat=True)
    kept_in = set(closed) if inside else set()
    return [
        one._replace(more="") if one.kind in ITEM_KINDS else one
        for one in found
        if one.id not in kept_in and one.kind != "owner"
    ]


def _veiled(name: Name) -> Name:
    return name._replace(title=veiled(name.title), more=veiled(name.more))


def _is_chosen(name: Name, choice: Choice) -> bool:
    return name.kind != "cast" or not choice.personas or name.id in choice.personas


def _owner(row: JourneyMap, choice: Choice) -> str:
    """Name who owns the journey, where that was chosen."""
    owner = row.journey.owner
    return owner.user.get_full_name() if owner and OWNER in choice.kinds else ""


def _figures(
    row: JourneyMap, lanes: Sequence[LaneDrawn], now: datetime
) -> dict[UUID, dict[UUID, list[tuple[str, str]]]]:
    """Tell what is measured, with its answers and interval; nothing of too few answers."""
    found: dict[UUID, dict[UUID, list[tuple[str, str]]]] = {}
    for lane in lanes:
        if lane.rule.is_measured:
            told = metric_values.lane(
                journey_map=row, lane_id=lane.row.lineage, sees_answers=True, now=now
            )
            by_step = {step: _open_values(values) for step, values in (told or {}).items()}
            found[lane.row.lineage] = {step: some for step, some in by_step.items() if some}
    return found


def _open_values(values: Sequence[MetricValue]) -> list[tuple[str, str]]:
    """Give figures as name and words for people outside; of none, and of few answers, nothing."""
    return [
        (veiled(one.title), veiled(one.words))
        for one in values
        if one.value is not None and one.n >= SCORES_K
    ]


def _pictures(row: JourneyMap, cut: State) -> dict[UUID, UUID]:
    """Give the pictures that cards show, by card; files that are no pictures are left out."""
    root = next(one for one in cut.values() if one.kind == "map")
    lanes = [one.id for one in cut.children(root.id, "lane") if one.values["kind"] == _IMAGE]
    cards = cut.children_in(lanes, "card")
    wanted = {card.id: as_id(card.values.get("asset")) for card in cards}
    assets = Asset.objects.for_tenant(row.tenant_id).filter(pk__in=filter(None, wanted.values()))
    there = set(assets.filter(width__isnull=False).values_list("pk", flat=True))
    return {card: asset for card, asset in wanted.items() if asset in there}
