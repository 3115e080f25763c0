"""What a persona can be given from elsewhere: a segment, a metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.customers.models import Segment
from cxm.metrics.models import Metric
from cxm.tenants.rules import Right, may

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from personas.models import Persona

type Choices = list[tuple[str, str]]


def segment_choices(persona: Persona, reader: Membership) -> Choices:
    """List the segments that *persona* may describe, by title; none first.

    Who may not see customers finds no other than the one at hand. At most one query.
    """
    found = [persona.segment] if persona.segment else []
    if may(reader.role, Right.SEE_CUSTOMERS):
        live = Segment.objects.for_tenant(persona.tenant_id).filter(archived_at=None)
        found += [one for one in live.order_by("title", "pk") if one.pk != persona.segment_id]
    return [("", "Not bound"), *((str(one.pk), _title(one)) for one in found)]


def metric_choices(persona: Persona) -> Choices:
    """List the metrics that a section may show, by title. One query."""
    rows = Metric.objects.for_tenant(persona.tenant_id).filter(archived_at=None)
    return list(rows.order_by("title", "pk").values_list("key", "title"))


def _title(segment: Segment) -> str:
    return f"{segment.title} (archived)" if segment.archived_at else segment.title
