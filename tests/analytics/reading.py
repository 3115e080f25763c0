"""What tests of figures share: loading counts of scores, and reading figures as somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from analytics.selectors.figure_records import read_figures
from analytics.selectors.figures import GroupFigure, Question, Viewer
from analytics.selectors.filters import for_guest, read_filter, resolved
from analytics.selectors.histograms import By
from analytics.selectors.names import measures, read_names
from cxm.tenants.binding import tenant_bound
from tests import make

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.tenants.models import Tenant

NPS_EXAMPLE = {10: 18, 9: 14, 8: 8, 7: 5, 6: 2, 5: 2, 2: 1, 0: 1}
"""32 promoters, 13 passives, 6 detractors: the histogram of metrics.md, section 2."""


def load_scores(scores: Mapping[int, int], *, of: Tenant, **each: Any) -> None:
    """Load so many answers of every score."""
    records = [make.record(value, **each) for value, n in scores.items() for _ in range(n)]
    make.load(*records, of=of)


def figures_of(
    tenant: Tenant,
    query: str = "",
    *,
    metric: str = "nps",
    by: By = By.ALL,
    sees_rows: bool = True,
) -> list[GroupFigure]:
    """Read figures for a query such as "period=all", as a reader of answers or as a guest."""
    with tenant_bound(tenant.pk):
        viewer = Viewer(tenant, sees_rows, make.NOW)
        asked = read_filter(parse_qs(query), today=viewer.today)
        asked = asked if sees_rows else for_guest(asked, today=viewer.today)
        names = read_names(tenant)
        found, within, _ = resolved(asked, names)
        [measure] = measures(tenant, only=metric)
        return read_figures(Question(viewer, measure, found, names), within, by=by)


def figure_by_key(found: list[GroupFigure]) -> dict[str | None, Any]:
    """Give the figures by the key of their group."""
    return {one.key: one.figure for one in found}
