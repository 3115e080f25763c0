"""What followed on each touchpoint, by the spans of one definition of churn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse

from analytics.models import ChurnSpan
from analytics.rules.churn_onward import (
    FATES,
    LOOKED_BACK_DAYS,
    OnwardTable,
    onward_of,
    watched_days,
)
from analytics.selectors.churn_cells import onward_cells
from cxm.metrics.rules.statistic import Estimate, share_estimate
from cxm.touchpoints.models import Touchpoint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet
    from django.utils.safestring import SafeString

    from analytics.models import ChurnDefinition
    from analytics.rules.churn import ChurnRule
    from analytics.rules.churn_onward import Onward

# Contacts in a row with one touchpoint are one visit. Of each customer the last visit to each
# touchpoint counts that ended in the days looked at, while they were a customer. What ends it all
# by the rule is told apart: nobody left after it, they left by it.
_ONWARD = """
WITH met AS MATERIALIZED (
    SELECT c.root_id AS customer_id, i.occurred_at AS at, i.id,
        coalesce(t.merged_into_id, t.id) AS place
    FROM customers_interaction i
    JOIN customers_customer c ON c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = i.customer_id
    JOIN customers_customer r ON r.tenant_id = (SELECT %(tenant)s::uuid) AND r.id = c.root_id
        AND r.kind = 'known' AND r.erased_at IS NULL
    JOIN touchpoints_touchpoint t
        ON t.tenant_id = (SELECT %(tenant)s::uuid) AND t.id = i.touchpoint_id
    WHERE i.tenant_id = (SELECT %(tenant)s::uuid) AND i.deleted_at IS NULL
        AND i.actor = 'customer' AND i.occurred_at >= %(since)s AND i.occurred_at <= %(now)s
), marked AS (
    SELECT *, lead(place) OVER own AS next_place, lead(at) OVER own AS next_at
    FROM met WINDOW own AS (PARTITION BY customer_id ORDER BY at, id)
), ended AS (
    SELECT DISTINCT ON (customer_id, place) customer_id, place, at, next_place, next_at
    FROM marked
    WHERE at < %(until)s AND next_place IS DISTINCT FROM place
    ORDER BY customer_id, place, at DESC
), told AS (
    SELECT s.id AS span_id, e.place, CASE
        WHEN s.to_at <= e.at THEN 'ended'
        WHEN s.to_at <= e.at + %(watched)s::interval THEN 'left'
        WHEN e.next_at <= e.at + %(watched)s::interval THEN 'on'
        ELSE 'stayed' END AS fate, e.next_place
    FROM ended e JOIN analytics_churnspan s ON s.tenant_id = (SELECT %(tenant)s::uuid)
        AND s.definition_id = %(definition)s AND s.customer_id = e.customer_id
        AND s.from_at <= e.at AND (s.to_at IS NULL OR s.to_at >= e.at)
)
"""
_COUNTED = """
SELECT place::text, fate, CASE WHEN fate = 'on' THEN next_place::text ELSE '' END, count(*)
FROM told GROUP BY 1, 2, 3
"""
_BEHIND = """
SELECT span_id FROM told WHERE place = %(place)s
    AND %(fate)s IN ('all', fate, CASE WHEN fate = 'ended' THEN 'left' END)
"""


@dataclass(frozen=True, slots=True)
class OnwardRow:
    """One touchpoint as the churn page shows it, with the share that left in percent.

    *urls* list the customers behind a number, by what became of them.
    """

    onward: Onward
    left: Estimate
    urls: Mapping[str, str]

    @property
    def went_on(self) -> Estimate:
        """How many percent met another touchpoint next."""
        return share_estimate(self.onward.went_on, self.onward.n)

    @property
    def stayed(self) -> Estimate:
        """How many percent stayed and met nothing else."""
        return share_estimate(self.onward.stayed, self.onward.n)

    @property
    def linked(self) -> SafeString:
        """Its cells, each number a link to its customers."""
        return onward_cells(self._counts, self.urls)

    @property
    def plain(self) -> SafeString:
        """Its cells for those who may not open the customers."""
        return onward_cells(self._counts, {})

    @property
    def _counts(self) -> tuple[int, Estimate, Estimate, Estimate]:
        return self.onward.n, self.left, self.stayed, self.went_on

    @property
    def named(self) -> list[tuple[str, float]]:
        """Give the next touchpoints that are named, each in percent of those who went on."""
        return [(one.title, 100 * one.n / self.onward.went_on) for one in self.onward.next]


def onward_counted(definition: ChurnDefinition, rule: ChurnRule, now: datetime) -> OnwardTable:
    """Count what followed on each touchpoint. Two queries.

    By a rule about silence a customer left where nothing came any more in the days watched.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ONWARD + _COUNTED, _told(definition, rule, now))
        lines = cursor.fetchall()
    named = {key for line in lines for key in (line[0], line[2]) if key}
    places = Touchpoint.objects.for_tenant(definition.tenant_id).filter(pk__in=named)
    titles = {str(pk): title for pk, title in places.values_list("pk", "title")}
    return OnwardTable(watched_days(rule), onward_of(lines, titles))


def spans_onward(
    definition: ChurnDefinition, rule: ChurnRule, place: UUID, fate: str, counted_at: datetime
) -> QuerySet[ChurnSpan]:
    """Give the span of each customer that a number of a touchpoint counted."""
    told = _told(definition, rule, counted_at)
    with connection.cursor() as cursor:
        cursor.execute(_ONWARD + _BEHIND, {**told, "place": place, "fate": fate})
        found = [pk for (pk,) in cursor.fetchall()]
    rows = ChurnSpan.objects.for_tenant(definition.tenant_id).filter(pk__in=found)
    return rows.order_by("-to_at", "-from_at", "pk")


def onward_rows(definition: ChurnDefinition, table: OnwardTable) -> list[OnwardRow]:
    """Lay out what followed on each touchpoint, with the ways to the customers behind it."""
    page = reverse("analytics:churn-onward", args=[definition.tenant.slug, definition.pk])
    return [
        OnwardRow(
            one,
            share_estimate(one.left, one.n),
            {fate: f"{page}?{urlencode({'touchpoint': one.key, 'what': fate})}" for fate in FATES},
        )
        for one in table.places
    ]


def _told(definition: ChurnDefinition, rule: ChurnRule, now: datetime) -> dict[str, Any]:
    watched = timedelta(days=watched_days(rule))
    return {
        "tenant": definition.tenant_id,
        "definition": definition.pk,
        "since": now - watched - timedelta(days=LOOKED_BACK_DAYS),
        "until": now - watched,
        "now": now,
        "watched": watched,
    }
