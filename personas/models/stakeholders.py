"""Stakeholders, and the maps that show how near, strong and willing they are."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cxm.tenants.editing import Edited, OrderedEdited
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from personas.models.personas import Persona
from personas.rules.kinds import Direction, Layout, StakeholderKind, Visibility


class Stakeholder(TenantOwned):
    """A person, role, team, organisation or system with a part in what customers live through.

    Kept once for the tenant and placed on any number of maps.
    """

    key = models.SlugField(max_length=63, db_index=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=StakeholderKind.choices())
    icon = models.CharField(max_length=40, blank=True)
    description = models.CharField(max_length=2_000, blank=True)
    persona = TenantForeignKey(Persona, null=True)
    member = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="personas_stakeholder_key"),
            models.CheckConstraint(
                condition=Q(kind__in=[k.value for k in StakeholderKind]),
                name="personas_stakeholder_known_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StakeholderMap(Edited):
    """A map of stakeholders: a document of its own, shown in one of four layouts.

    *rings* are names from the centre outwards, *ring_colours* theirs in the same order (fewer, or
    empty words, where none was chosen), *sectors* names clockwise from the top.
    """

    key = models.SlugField(max_length=63, db_index=False)
    title = models.CharField(max_length=120)
    description = models.CharField(max_length=2_000, blank=True)
    layout = models.CharField(max_length=16, choices=Layout.choices())
    rings = models.JSONField(default=list)
    ring_colours = models.JSONField(default=list)
    sectors = models.JSONField(default=list)
    visibility = models.CharField(max_length=10, choices=Visibility.choices())
    owner = TenantForeignKey(Membership, null=True)
    archived_at = models.DateTimeField(null=True)
    head_seq = models.PositiveIntegerField(default=0)

    class Meta(Edited.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="personas_map_key"),
        ]

    def __str__(self) -> str:
        return self.title


class StakeholderPlacement(OrderedEdited):
    """A stakeholder on a map: one row for all layouts, in reading order.

    *x* and *y* are 0 to 1 of the drawing; *power* and *interest* 1 to 5, *attitude* -2 to 2.
    """

    map = TenantForeignKey(StakeholderMap)
    stakeholder = TenantForeignKey(Stakeholder)
    ring = models.PositiveSmallIntegerField(null=True)
    sector = models.PositiveSmallIntegerField(null=True)
    x = models.FloatField(default=0.5)
    y = models.FloatField(default=0.5)
    power = models.FloatField(null=True)
    interest = models.FloatField(null=True)
    attitude = models.SmallIntegerField(null=True)
    note = models.CharField(max_length=2_000, blank=True)

    class Meta(OrderedEdited.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "map", "stakeholder"], name="personas_placement_once"
            ),
            models.CheckConstraint(
                condition=Q(x__gte=0, x__lte=1, y__gte=0, y__lte=1),
                name="personas_placement_inside",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "stakeholder"], name="personas_placement_holder"),
        ]


class StakeholderRelation(OrderedEdited):
    """What one stakeholder gives another, or has with another, on a map."""

    map = TenantForeignKey(StakeholderMap)
    start = TenantForeignKey(Stakeholder)
    end = TenantForeignKey(Stakeholder)
    kind = models.CharField(max_length=30)
    direction = models.CharField(max_length=4, choices=Direction.choices())
    strength = models.PositiveSmallIntegerField(default=2)
    title = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=2_000, blank=True)

    class Meta(OrderedEdited.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(start=F("end")), name="personas_relation_of_two"),
            models.CheckConstraint(
                condition=Q(strength__gte=1, strength__lte=3), name="personas_relation_strength"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "map"], name="personas_relation_map"),
            models.Index(fields=["tenant", "start"], name="personas_relation_start"),
            models.Index(fields=["tenant", "end"], name="personas_relation_end"),
        ]


class CommonRelation(TenantOwned):
    """A relation that holds wherever both ends are: drawn on every map that has them."""

    start = TenantForeignKey(Stakeholder)
    end = TenantForeignKey(Stakeholder)
    kind = models.CharField(max_length=30)
    direction = models.CharField(max_length=4, choices=Direction.choices())
    strength = models.PositiveSmallIntegerField(default=2)
    title = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=2_000, blank=True)
    created_at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(start=F("end")), name="personas_common_of_two"),
            models.CheckConstraint(
                condition=Q(strength__gte=1, strength__lte=3), name="personas_common_strength"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "start"], name="personas_common_start"),
            models.Index(fields=["tenant", "end"], name="personas_common_end"),
        ]
