"""What the rules of segments name: attributes, events, touchpoints, channels, segments, metrics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection

from cxm.customers.rules.segment_fields import Choices
from cxm.customers.rules.segment_rule import COMPANY_NAME, OWN_DATES, OWN_TEXTS
from cxm.customers.rules.segment_words import OWN_TITLES

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

MOST_EVENTS = 500
# One statement for some short lists; what is archived, or hidden from some, still has its title.
_NAMES = """
SELECT 'attribute', key, title, type = 'unmapped' OR personal <> 'none' FROM customers_attributedef
WHERE tenant_id = %(tenant)s AND scope = 'customer'
UNION ALL
SELECT 'company_attribute', key, title, type = 'unmapped' OR personal <> 'none'
FROM customers_attributedef
WHERE tenant_id = %(tenant)s AND scope = 'company'
UNION ALL
SELECT 'touchpoint', key, title, archived_at IS NOT NULL FROM touchpoints_touchpoint
WHERE tenant_id = %(tenant)s
UNION ALL
SELECT 'channel', key, title, archived_at IS NOT NULL FROM touchpoints_channel
WHERE tenant_id = %(tenant)s
UNION ALL
SELECT 'segment', key, title, archived_at IS NOT NULL FROM customers_segment
WHERE tenant_id = %(tenant)s
UNION ALL
SELECT 'metric', key, title, archived_at IS NOT NULL FROM metrics_metric
WHERE tenant_id = %(tenant)s
UNION ALL
(SELECT 'event', name, '', false FROM customers_eventname
WHERE tenant_id = %(tenant)s AND name <> ''
GROUP BY name ORDER BY sum(seen) DESC, name LIMIT %(events)s)
ORDER BY 1, 3, 2
"""
_ATTRIBUTES = ("attribute", "company_attribute")
REGISTRIES = (*_ATTRIBUTES, "touchpoint", "channel", "segment", "metric")


@dataclass(frozen=True, slots=True)
class SegmentNames:
    """Titles by registry and key, and what a builder offers."""

    titles: dict[str, dict[str, str]] = field(default_factory=dict)
    choices: Choices = field(default_factory=Choices)


def read_segment_names(
    tenant: Tenant, *, without: str = "", sees_persons: bool = True
) -> SegmentNames:
    """Load everything that a rule can name; the segment *without* is not offered. One query.

    Attributes that count as personal are not offered to those without *sees_persons*.
    """
    titles: dict[str, dict[str, str]] = {name: {} for name in REGISTRIES}
    offered: dict[str, list[tuple[str, str]]] = {name: [] for name in REGISTRIES}
    events = []
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, {"tenant": tenant.pk, "events": MOST_EVENTS})
        for registry, key, title, is_withheld in cursor.fetchall():
            if registry == "event":
                events.append(key)
                continue
            titles[registry][key] = title
            is_offered = not is_withheld or (sees_persons and registry in _ATTRIBUTES)
            if is_offered and (registry, key) != ("segment", without):
                offered[registry].append((key, title))
    offered["attribute"] += [(key, OWN_TITLES[key]) for key in (*OWN_TEXTS, *OWN_DATES)]
    offered["company_attribute"].append((COMPANY_NAME, OWN_TITLES[COMPANY_NAME]))
    choices = {name: tuple(pairs) for name, pairs in offered.items()}
    offers = Choices(choices, tuple(sorted(events)), with_properties=sees_persons)
    return SegmentNames(titles, offers)
