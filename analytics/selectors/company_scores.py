"""How the people of one company answered, by metric."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import connection
from django.urls import reverse

from analytics.rules.periods import named_period
from analytics.selectors.names import measures
from cxm.metrics.figures import Figure, Scope, figure_of
from cxm.metrics.rules.histogram import Histogram

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from analytics.rules.periods import Period
    from analytics.selectors.figures import Viewer
    from cxm.customers.models import Company

PERIOD = "365d"
# A person belongs to a company with all rows that are them, on whichever the answer lies.
_SCORES = """
SELECT g.metric_id, g.value, count(*)
FROM (
    SELECT DISTINCT customer.root_id FROM customers_companymember member
    JOIN customers_customer customer
        ON customer.tenant_id = member.tenant_id AND customer.id = member.customer_id
    WHERE member.tenant_id = %(tenant)s AND member.company_id = %(company)s
) people
JOIN customers_customer c ON c.tenant_id = %(tenant)s AND c.root_id = people.root_id
JOIN feedback_response r ON r.tenant_id = %(tenant)s AND r.customer_id = c.id
JOIN feedback_rating g ON g.tenant_id = %(tenant)s AND g.response_id = r.id
WHERE g.state = 'counted' AND g.day >= coalesce(%(start)s, '-infinity'::date)
    AND g.day < coalesce(%(end)s, 'infinity'::date)
GROUP BY 1, 2
"""


def company_scores(viewer: Viewer, company: Company) -> tuple[Period, list[Figure]]:
    """Give the figure of each metric that the people of *company* answered in the last 365 days.

    Each answer counts once, unweighted; the rows behind are the company's people. In the order of
    the metrics; empty for those who may not read answers. Two queries.
    """
    period = named_period(PERIOD, viewer.today)
    if not viewer.sees_rows:
        return period, []
    answers = _answers(company, period.start_on, period.end_on)
    people = reverse("customers:customer-list", args=[viewer.tenant.slug])
    scope = Scope(
        filter=f"company={company.pk}",
        start_on=period.start_on,
        end_on=period.end_on,
        time_zone=viewer.tenant.time_zone,
        as_of=viewer.now,
        rows_url=f"{people}?company={company.pk}",
    )
    figures = []
    for one in measures(viewer.tenant):
        told = answers.get(one.metric.pk)
        if told:
            first, step = one.metric.scale_offset, one.metric.scale_step
            histogram = Histogram.of(told, first=first, step=step)
            figures.append(figure_of(one.metric, one.version, histogram, scope))
    return period, figures


def _answers(company: Company, start: date | None, end: date | None) -> dict[UUID, list[int]]:
    parameters = {
        "tenant": company.tenant_id,
        "company": company.pk,
        "start": start,
        "end": end,
    }
    answers: dict[UUID, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_SCORES, parameters)
        for metric_id, value, count in cursor.fetchall():
            answers[metric_id] += [value] * count
    return answers
