"""The number contract: behind every figure stand exactly n rows, which give the same value."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.selectors.histograms import By
from cxm.metrics.figures import definition_of
from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.statistic import estimate
from cxm.metrics.services import current_version
from cxm.tenants.binding import tenant_bound
from feedback.selectors.registry_names import read_names
from feedback.selectors.response_filter import read_filter
from feedback.selectors.response_rows import count_rows, rows_of
from tests import make
from tests.analytics.reading import figures_of

if TYPE_CHECKING:
    from analytics.selectors.figures import GroupFigure
    from cxm.tenants.models import Tenant
    from feedback.adapters.records import ResponseRecord

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

answers = st.lists(
    st.builds(
        make.record,
        st.integers(0, 10),
        touchpoint=st.sampled_from([None, "checkout", "delivery"]),
        channel=st.sampled_from([None, "web", "phone"]),
        survey=st.sampled_from(["one", "two"]),
        weight=st.sampled_from([None, Decimal("0.5"), Decimal(2)]),
        day=st.integers(0, 20),
    ),
    max_size=25,
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "period": st.sampled_from(["7d", "13w", "month", "all"]),
        "from": st.sampled_from(["2026-11-05", "2026-11-15"]),
        "touchpoint": st.lists(st.sampled_from(["checkout", "delivery"]), max_size=2),
        "channel": st.sampled_from(["web", "phone", "nowhere"]),
        "survey": st.sampled_from(["one", "two"]),
        "weighted": st.just("1"),
    },
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(answers, filters, st.sampled_from(list(By)))
def test_behind_every_figure_stand_the_rows_it_counts(
    records: list[ResponseRecord], query: dict[str, str | list[str]], by: By
) -> None:
    tenant = make.tenant()
    if records:
        make.load(*records, of=tenant)

    for one in figures_of(tenant, urlencode(query, doseq=True), by=by):
        rows = _rows(tenant, one)
        again = _recomputed(tenant, rows, is_weighted=one.figure.is_weighted)
        assert len(rows) == one.figure.n
        assert again == pytest.approx(one.figure.value)


def _rows(tenant: Tenant, one: GroupFigure) -> list[tuple[int, Decimal | None]]:
    """Read the rows that a figure leads to, as their values and weights."""
    query = parse_qs(one.figure.rows_url.partition("?")[2])
    with tenant_bound(tenant.pk):
        asked = read_filter(query, read_names(tenant))
        assert not asked.notes
        rows = rows_of(tenant, asked)
        found = list(rows.values_list("value", "weight"))
        assert len(found) == count_rows(rows)
    return found


def _recomputed(
    tenant: Tenant, rows: list[tuple[int, Decimal | None]], *, is_weighted: bool
) -> float | None:
    metric = make.metric(of=tenant)
    with tenant_bound(tenant.pk):
        definition = definition_of(current_version(metric))
    weights = [weight or Decimal(0) for _, weight in rows] if is_weighted else None
    histogram = Histogram.of([value for value, _ in rows], weights=weights)
    return estimate(histogram, definition, weighted=is_weighted).value
