"""What people did to personas and stakeholder maps, operation by operation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cxm.tenants.editing import OperationRow
from cxm.tenants.fields import TenantForeignKey
from personas.models.personas import Persona
from personas.models.stakeholders import StakeholderMap


class PersonaOp(OperationRow):
    """One operation on a persona."""

    persona = TenantForeignKey(Persona)

    class Meta(OperationRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "persona", "seq"], name="personas_op_no_two_numbers"
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="personas_op_from_one"),
        ]
        indexes = [
            models.Index(fields=["tenant", "persona", "batch"], name="personas_op_batch"),
        ]


class StakeholderMapOp(OperationRow):
    """One operation on a stakeholder map."""

    map = TenantForeignKey(StakeholderMap)

    class Meta(OperationRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "map", "seq"], name="personas_mapop_no_two_numbers"
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="personas_mapop_from_one"),
        ]
        indexes = [
            models.Index(fields=["tenant", "map", "batch"], name="personas_mapop_batch"),
        ]
