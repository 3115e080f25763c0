"""Whether what a tile asks for is there, looked up before it is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, urlencode

from analytics.models import ChurnDefinition
from analytics.rules.tile_kinds import TileKind
from analytics.rules.tiles import TileError, TileQuery, read_tile
from analytics.selectors.figures import Viewer
from analytics.selectors.filters import read_filter, resolved
from analytics.selectors.names import measures, read_names
from analytics.selectors.tile_drivers import tile_question
from analytics.selectors.tile_maps import promising_maps
from analytics.services.drivers import ask_once
from feedback.models import Survey, SurveyQuestion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import Any

    from cxm.tenants.models import ApiKey, Membership, Tenant


def checked_query(
    tenant: Tenant, kind: str, query: Mapping[str, Any], *, now: datetime
) -> TileQuery:
    """Read what a tile asks, and look up all that it names. Raises TileError."""
    asked = read_tile(kind, query)
    for name in TileKind(kind).fields:
        if name in _LOOKUPS and getattr(asked, name):
            _LOOKUPS[name](tenant, asked)
    asked = _with_filter(tenant, asked, now)
    if asked.outcome:
        _check_outcome(tenant, asked, now)
    return asked


def ask_for_tile(
    tenant: Tenant, query: TileQuery, *, by: Membership | ApiKey | None, now: datetime
) -> None:
    """Have worked out what a tile asks of drivers, unless somebody asked the same before."""
    question = tile_question(Viewer(tenant, sees_rows=True, now=now), query)
    if question:
        ask_once(question=question, by=by, now=now)


def _with_filter(tenant: Tenant, asked: TileQuery, now: datetime) -> TileQuery:
    if asked.filter is None:
        return asked
    today = Viewer(tenant, sees_rows=True, now=now).today
    _, _, ignored = resolved(read_filter(parse_qs(asked.filter), today=today), read_names(tenant))
    if ignored:
        raise TileError("filter", ignored[0].removesuffix(": it was left out.") + ".")
    return replace(asked, filter=urlencode(sorted(parse_qsl(asked.filter))))


def _check_metric(tenant: Tenant, asked: TileQuery) -> None:
    if asked.metric not in {one.metric.key for one in measures(tenant)}:
        raise TileError("metric", f"There is no metric “{asked.metric}” that is not archived.")


def _check_definition(tenant: Tenant, asked: TileQuery) -> None:
    known = ChurnDefinition.objects.for_tenant(tenant).filter(archived_at=None)
    if not known.filter(key=asked.definition).exists():
        raise TileError("definition", f"There is no definition of churn “{asked.definition}”.")


def _check_survey(tenant: Tenant, asked: TileQuery) -> None:
    if not Survey.objects.for_tenant(tenant).filter(key=asked.survey).exists():
        raise TileError("survey", f"There is no survey “{asked.survey}”.")


def _check_question(tenant: Tenant, asked: TileQuery) -> None:
    rows = SurveyQuestion.objects.for_tenant(tenant).filter(survey__key=asked.survey)
    if not rows.filter(key=asked.question).exists():
        raise TileError("question", f"This survey has no question “{asked.question}”.")


def _check_map(tenant: Tenant, asked: TileQuery) -> None:
    if not promising_maps(tenant).filter(pk=asked.map).exists():
        raise TileError("map", "There is no published map of what is to come with this id.")


def _check_outcome(tenant: Tenant, asked: TileQuery, now: datetime) -> None:
    question = tile_question(Viewer(tenant, sees_rows=True, now=now), asked)
    if question is None:
        raise TileError("outcome", f"There is no outcome “{asked.outcome}”.")
    if question.outcome.at != asked.at:
        raise TileError("at", f"There is no touchpoint “{asked.at}” that this outcome is asked at.")


_LOOKUPS: dict[str, Callable[[Tenant, TileQuery], None]] = {
    "metric": _check_metric,
    "definition": _check_definition,
    "survey": _check_survey,
    "question": _check_question,
    "map": _check_map,
}
