"""What people did to journeys and their maps, operation by operation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cxm.tenants.editing import OperationRow
from cxm.tenants.fields import TenantForeignKey
from journeys.models.journeys import Journey, JourneyMap


class JourneyOp(OperationRow):
    """One operation on a journey itself: its title, goal, owner."""

    journey = TenantForeignKey(Journey)

    class Meta(OperationRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "journey", "seq"], name="journeys_op_no_two_numbers"
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="journeys_op_from_one"),
        ]
        indexes = [
            models.Index(fields=["tenant", "journey", "batch"], name="journeys_op_batch"),
        ]


class MapOp(OperationRow):
    """One operation on a map."""

    map = TenantForeignKey(JourneyMap)

    class Meta(OperationRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "map", "seq"], name="journeys_mapop_no_two_numbers"
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="journeys_mapop_from_one"),
        ]
        indexes = [
            models.Index(fields=["tenant", "map", "batch"], name="journeys_mapop_batch"),
            models.Index(fields=["tenant", "map", "lineage"], name="journeys_mapop_lineage"),
        ]
