"""What tests of dashboards stand on: boards with tiles, and reading them as somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from analytics.models import Dashboard, Tile
from analytics.rules.tile_kinds import TileKind
from analytics.selectors.dashboards import tiles_of
from analytics.selectors.figures import Viewer
from analytics.selectors.filters import for_guest, read_filter
from analytics.selectors.tiles import board_answers
from analytics.services.dashboards import create_dashboard
from analytics.services.tiles import add_tile
from cxm.tenants.binding import tenant_bound
from feedback.models import Survey, SurveyQuestion
from tests import make
from tests.analytics import churning
from tests.analytics.map_world import world

if TYPE_CHECKING:
    from datetime import datetime

    from analytics.selectors.tiles import BoardAnswers
    from cxm.tenants.models import Membership, Tenant


def board(
    by: Membership, title: str = "Monday", sharing: str = "private", **more: Any
) -> Dashboard:
    """An empty dashboard."""
    with tenant_bound(by.tenant_id):
        return create_dashboard(
            tenant=by.tenant, title=title, sharing=sharing, by=by, now=make.NOW, **more
        )


def tile(on: Dashboard, member: Membership, kind: str = "figure", **asked: Any) -> Tile:
    """A tile at the end of a dashboard; a figure is about NPS unless said otherwise."""
    more = {name: asked.pop(name) for name in ("title", "width") if name in asked}
    if kind in {"figure", "trend", "bars", "table", "distribution"}:
        asked = {"metric": "nps", **asked}
    with tenant_bound(on.tenant_id):
        row = Dashboard.objects.for_tenant(on.tenant_id).select_related("tenant").get(pk=on.pk)
        return add_tile(board=row, kind=kind, query=asked, by=member, now=make.NOW, **more)


def every_kind(member: Membership) -> dict[TileKind, dict[str, str]]:
    """Make what tiles are about, and give what a tile of each kind asks of it.

    Answers to a survey are there already: the question is the one that they are to.
    """
    churn = churning.definition(of=member.tenant, title="Asleep")
    charted = world("shop", member=member)
    with tenant_bound(member.tenant_id):
        charted.publish_ahead()
        question = SurveyQuestion.objects.create(
            tenant=member.tenant,
            survey=Survey.objects.for_tenant(member.tenant).order_by("key")[0],
            key="q1",
            text="How likely are you to recommend us?",
            kind=SurveyQuestion.Kind.SCORE,
        )
    known = {
        "metric": "nps",
        "by": "touchpoint",
        "survey": question.survey.key,
        "question": question.key,
        "definition": churn.key,
        "outcome": "nps",
        "map": str(charted.map_id),
        "text": "Words of *our* own.",
    }
    return {kind: {name: known[name] for name in kind.fields if name in known} for kind in TileKind}


def order(on: Dashboard) -> list[str]:
    """Give the titles of the tiles in their order."""
    with tenant_bound(on.tenant_id):
        return [one.title for one in tiles_of(on)]


def answers(
    on: Dashboard, query: str = "", *, sees_rows: bool = True, at: datetime = make.NOW
) -> BoardAnswers:
    """Read a dashboard as a reader of answers or as somebody who may not."""
    with tenant_bound(on.tenant_id):
        tenant: Tenant = on.tenant
        viewer = Viewer(tenant, sees_rows, at)
        asked = read_filter(parse_qs(query), today=viewer.today)
        asked = asked if sees_rows else for_guest(asked, today=viewer.today)
        return board_answers(viewer, tiles_of(on), asked)
