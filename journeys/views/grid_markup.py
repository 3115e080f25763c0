"""The grid of a map as markup: drawn by Jinja, kept by what it was drawn from."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cxm.kernel.holes import holes
from cxm.kernel.rich_text import rendered
from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import RULES
from journeys.selectors.grid import Grid, grid_of
from journeys.selectors.lane_grades import shows_grades
from journeys.selectors.lane_scores import shows_scores
from journeys.views import grid_parts
from journeys.views.grid_parts import graded, opened, shows_texts, spot, tagged, text_row
from personas.rules.shared import veiled

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpResponse

    from cxm.tenants.access import TenantRequest
    from journeys.models import JourneyMap
    from journeys.rules.look import Look
    from journeys.selectors.grid import LaneDrawn
    from journeys.selectors.grid_names import Name
    from journeys.selectors.lane_sizes import AtOnce

TEMPLATES = Path(settings.BASE_DIR) / "templates"
KEPT_SECONDS = 3_600
# What fills the cells of measured lanes; see docs/journeys.md.
NUMBERS = "map-lane-numbers"
# Stands in a template for the table, which is put in at last: through templates a megabyte would be
# copied once for each block that it lies in. Nobody can write it, since `<` is escaped.
TABLE_PLACE = SafeString("<!--map-grid-->")
LINE_WORDS = {
    "interaction": "Line of interaction",
    "visibility": "Line of visibility",
    "internal": "Line of internal interaction",
    "heading": "",
}


class LaneOfMap(NamedTuple):
    """What the hole for numbers is told: the lane, and the map that it is on."""

    map: JourneyMap
    lane: LaneDrawn


class GridMarkup(NamedTuple):
    """The grid as it is shown: its markup, and what the bar above it tells."""

    table: bytes
    shown: int
    hidden: int
    is_cut: bool
    steps: int
    stages: tuple[tuple[str, str, range], ...]
    lanes: tuple[tuple[str, str], ...]
    personas: tuple[tuple[str, str], ...]
    hidden_lanes: tuple[tuple[str, str, str], ...] = ()


def kept_grid(
    request: TenantRequest,
    row: JourneyMap,
    look: Look,
    *,
    names: Sequence[Name],
    now: datetime,
    may_change: bool,
    at_once: AtOnce,
) -> GridMarkup:
    """Give the grid of a map, from the cache where nothing of what it shows has changed.

    Of a big map it has the lanes *at_once*.
    It is kept by map, operation, look and all names in it, so that what was renamed elsewhere is
    seen at once; a look that hangs on more than that (the day, comments, evidence) is not kept.
    """
    key = _key(row, look, names, at_once, may_change=may_change)
    found: GridMarkup | None = None if look.hangs_on_more else cache.get(key)
    if found is None:
        grid = grid_of(
            row,
            look,
            names=lambda: names,
            now=now,
            may_change=may_change,
            at_once=at_once,
        )
        found = _markup(request, row, look, grid, may_change=may_change)
        hangs = any(shows_grades(lane.row) or shows_scores(lane.row) for lane in grid.lanes)
        if not look.hangs_on_more and not hangs:
            cache.set(key, found, KEPT_SECONDS)
    return found


def with_table(answer: HttpResponse, table: bytes) -> HttpResponse:
    """Put a drawn table where `TABLE_PLACE` stands in *answer*, which is given back."""
    answer.content = answer.content.replace(TABLE_PLACE.encode(), table, 1)
    return answer


def macros(name: str) -> Any:
    """Give the macros of a template of maps, each to be called like a function."""
    return _environment().get_template(name).module


def lanes_markup(
    request: TenantRequest, row: JourneyMap, grid: Grid, *, may_change: bool
) -> dict[UUID, str]:
    """Draw each lane of *grid* as a `<tbody>`, by its lineage."""
    module: Any = _environment().get_template("journeys/lane.jinja").module
    count = len(grid.columns.columns)
    return {
        lane.row.lineage: module.body(lane, count, _numbers(request, row, lane), may_change)
        for lane in grid.lanes
    }


def table_markup(
    request: TenantRequest, row: JourneyMap, look: Look, grid: Grid, *, may_change: bool
) -> str:
    """Draw the whole grid as a `<table>`."""
    module: Any = _environment().get_template("journeys/grid.jinja").module
    lanes = SafeString("".join(lanes_markup(request, row, grid, may_change=may_change).values()))
    return str(module.table(grid, row, look, lanes, may_change))


def _markup(
    request: TenantRequest, row: JourneyMap, look: Look, grid: Grid, *, may_change: bool
) -> GridMarkup:
    return GridMarkup(
        table_markup(request, row, look, grid, may_change=may_change).encode(),
        grid.count,
        grid.hidden,
        grid.is_cut,
        len(grid.columns.steps),
        tuple(
            (str(head.row.lineage), head.row.title, range(head.steps))
            for head in grid.columns.stages
        ),
        tuple((str(lane.lineage), lane.title or lane.kind.capitalize()) for lane in grid.all_lanes),
        tuple((str(name.id), name.title) for name in grid.cast),
        hidden_lanes_of(look, grid),
    )


def hidden_lanes_of(look: Look, grid: Grid) -> tuple[tuple[str, str, str], ...]:
    """List the lanes that a map hides: lineage, title, and the query that looks at each alone."""
    return tuple(
        (
            str(lane.lineage),
            lane.title or RULES[LaneKind(lane.kind)].words,
            look.address(lanes=frozenset({lane.lineage})),
        )
        for lane in grid.all_lanes
        if lane.is_hidden
    )


def _numbers(request: TenantRequest, row: JourneyMap, lane: LaneDrawn) -> str:
    """Give what loads the cells of a measured lane; without a source it says so."""
    if lane.is_folded or lane.waits:
        return ""
    if lane.row.kind == LaneKind.NESTED and lane.config.rollup == "metrics":
        return _inside_region(row, lane)
    if not lane.rule.is_measured:
        return ""
    filled = holes.content(NUMBERS, request, LaneOfMap(row, lane))
    return SafeString(filled or '<span class="lane-sub">No metric source</span>')


def _inside_region(row: JourneyMap, lane: LaneDrawn) -> str:
    """Give what loads the figures of the journeys inside, once the lane comes into sight."""
    lane_id = lane.row.lineage
    url = reverse("journeys:lane-inside", args=[row.tenant.slug, row.pk, lane_id])
    return render_to_string("journeys/_lane_region.html", {"url": url, "lane_id": lane_id})


def _key(
    row: JourneyMap,
    look: Look,
    names: Sequence[Name],
    at_once: AtOnce,
    *,
    may_change: bool,
) -> str:
    told: Collection[Any] = (
        _version(),
        row.head_seq,
        row.name,
        look.address(),
        may_change,
        sorted(map(str, at_once.named)),
        at_once.fills_screen,
        [(n.kind, str(n.id), n.title, n.word, n.more) for n in names],
    )
    digest = hashlib.blake2b(msgspec.json.encode(told), digest_size=16).hexdigest()
    return f"map-page-grid:{row.tenant_id}:{row.pk}:{digest}"


@lru_cache(maxsize=1)
def _version() -> str:
    """Tell one release of what draws the grid from another, and where its icons lie."""
    drawing = [*sorted((TEMPLATES / "journeys").glob("*.jinja")), Path(grid_parts.__file__)]
    sources = "".join(path.read_text() for path in drawing)
    return hashlib.blake2b(
        (sources + static("vendor/icons.svg")).encode(), digest_size=8
    ).hexdigest()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=settings.DEBUG,
        cache_size=20,
    )
    environment.globals["sprite"] = static("vendor/icons.svg")
    environment.globals["rich_text"] = rendered
    environment.globals["open_text"] = _open_text
    environment.globals["icons"] = _icons()
    environment.globals |= {"spot": spot, "opened": opened}
    environment.globals |= {"shows_texts": shows_texts, "text_row": text_row}
    environment.globals |= {"graded": graded, "tagged": tagged}
    environment.globals["line_words"] = LINE_WORDS
    return environment


def _open_text(text: str) -> SafeString:
    """Show rich text to people outside: without the addresses that it hid."""
    return SafeString(veiled(rendered(text)))


def _icons() -> frozenset[str]:
    """List the icons that there are: a card may name any."""
    sprite = (Path(settings.BASE_DIR) / "static" / "vendor" / "icons.svg").read_text()
    return frozenset(part.partition('"')[0] for part in sprite.split('<symbol id="')[1:])
