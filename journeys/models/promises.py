"""Figures bound to journeys, what is promised of them, and how far a future is real."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cxm.metrics.models import Metric
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from cxm.touchpoints.models import Touchpoint
from journeys.models.elements import Lineage
from journeys.models.journeys import Journey, JourneyMap
from journeys.rules.promises import Direction, Realisation
from personas.models import Persona


class MetricBinding(TenantOwned):
    """A figure of a journey, or of one of its steps, whichever map shows it.

    It counts answers at *touchpoint* (null: at those of the step), of customers of *persona*
    (null: of all), in windows of *window_days*; under *min_n* answers a figure is shown hollow.
    """

    journey = TenantForeignKey(Journey)
    key = models.SlugField(max_length=63, db_index=False)
    step = TenantForeignKey(Lineage, null=True)
    touchpoint = TenantForeignKey(Touchpoint, null=True)
    persona = TenantForeignKey(Persona, null=True)
    metric = TenantForeignKey(Metric)
    window_days = models.PositiveSmallIntegerField(default=28)
    min_n = models.PositiveIntegerField(default=30)
    filter = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "journey", "key"], name="journeys_binding_key"
            ),
            models.CheckConstraint(
                condition=Q(window_days__gte=1, window_days__lte=365),
                name="journeys_binding_window",
            ),
            models.CheckConstraint(condition=Q(min_n__gte=1), name="journeys_binding_min_n"),
        ]
        indexes = [models.Index(fields=["tenant", "step"], name="journeys_binding_step")]

    def __str__(self) -> str:
        return self.key


class Target(TenantOwned):
    """A value promised for a date by a future or an ideal map; *step* null is the whole map.

    *margin* is how far a value that is to hold may lie away. What was promised before stands in
    the changes.
    """

    map = TenantForeignKey(JourneyMap)
    step = TenantForeignKey(Lineage, null=True)
    binding = TenantForeignKey(MetricBinding)
    direction = models.CharField(max_length=4, choices=Direction.choices())
    value = models.FloatField()
    margin = models.FloatField(null=True)
    due = models.DateField()
    note = models.CharField(max_length=1_000, blank=True)
    created_at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "map", "step", "binding"],
                condition=Q(removed_at__isnull=True),
                nulls_distinct=False,
                name="journeys_target_once",
            ),
            models.CheckConstraint(
                condition=Q(direction="hold", margin__isnull=False)
                | (~Q(direction="hold") & Q(margin__isnull=True)),
                name="journeys_target_margin_to_hold",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "map"], name="journeys_target_map")]


class TargetChange(TenantOwned):
    """One promise that was made: the first of a target, and each that took its place, with why.

    *baseline* is the figure as it was when it was made, with its n and interval.
    """

    target = TenantForeignKey(Target)
    at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)
    direction = models.CharField(max_length=4, choices=Direction.choices())
    value = models.FloatField()
    margin = models.FloatField(null=True)
    due = models.DateField()
    reason = models.CharField(max_length=1_000, blank=True)
    is_removal = models.BooleanField(default=False)
    baseline = models.JSONField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "target", "at"], name="journeys_promise_of")]


class StepRealisation(TenantOwned):
    """How far a step of a future map is real."""

    map = TenantForeignKey(JourneyMap)
    step = TenantForeignKey(Lineage)
    state = models.CharField(max_length=8, choices=Realisation.choices())
    live_on = models.DateField(null=True)
    due = models.DateField(null=True)
    owner = TenantForeignKey(Membership, null=True, related_name="+")
    note = models.CharField(max_length=1_000, blank=True)
    updated_at = models.DateTimeField()
    updated_by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "map", "step"], name="journeys_realisation_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="live") | Q(live_on__isnull=False),
                name="journeys_realisation_live_since",
            ),
        ]


class StepSuccession(TenantOwned):
    """A step that came out of another by splitting or merging; measured series follow it."""

    journey = TenantForeignKey(Journey)
    from_step = TenantForeignKey(Lineage)
    to_step = TenantForeignKey(Lineage, related_name="+")
    share = models.FloatField()
    map = TenantForeignKey(JourneyMap)
    batch = models.UUIDField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "from_step", "to_step", "batch"],
                name="journeys_succession_once",
            ),
            models.CheckConstraint(
                condition=Q(share__gte=0, share__lte=1), name="journeys_succession_share"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "journey"], name="journeys_succession_of")]
