"""What people did to journeys and their maps, operation by operation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cxm.tenants.editing import OperationRow
from cxm.tenants.fields import TenantForeignKey
from journeys.models.conditions import exactly_one
from journeys.models.journeys import Journey, JourneyMap
from journeys.models.library import Goal, Insight, Opportunity, Solution


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


class LibraryOp(OperationRow):
    """One operation on an item of the library, whichever of the four it is."""

    insight = TenantForeignKey(Insight, null=True)
    opportunity = TenantForeignKey(Opportunity, null=True)
    solution = TenantForeignKey(Solution, null=True)
    goal = TenantForeignKey(Goal, null=True)

    class Meta(OperationRow.Meta):
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=["tenant", name, "seq"], name=f"journeys_libop_no_two_{name}"
                )
                for name in ("insight", "opportunity", "solution", "goal")
            ),
            models.CheckConstraint(
                condition=exactly_one("insight", "opportunity", "solution", "goal"),
                name="journeys_libop_on_one",
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="journeys_libop_from_one"),
        ]
