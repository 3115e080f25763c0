"""Journeys, and the maps that each show one state of one."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cxm.tenants.editing import Edited
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership
from journeys.rules.kinds import Level, MapState, MapStatus, Sensitivity
from personas.rules.kinds import Visibility


class Journey(Edited):
    """A goal of a customer, stable over years; its maps show how it is reached.

    *parent* is its home in the tree of journeys; *extra* is what files say under keys of their own.
    """

    key = models.SlugField(max_length=63, db_index=False)
    title = models.CharField(max_length=200)
    goal = models.CharField(max_length=500, blank=True)
    level = models.PositiveSmallIntegerField(choices=[(one.value, one.name) for one in Level])
    parent = TenantForeignKey("self", null=True)
    owner = TenantForeignKey(Membership, null=True)
    visibility = models.CharField(max_length=10, choices=Visibility.choices())
    sensitivity = models.CharField(max_length=12, choices=Sensitivity.choices())
    review_every_days = models.PositiveSmallIntegerField(null=True)
    reviewed_on = models.DateField(null=True)
    colour = models.CharField(max_length=12, blank=True)
    icon = models.CharField(max_length=40, blank=True)
    archived_at = models.DateTimeField(null=True)
    head_seq = models.PositiveIntegerField(default=0)
    extra = models.JSONField(default=dict, db_default={})

    class Meta(Edited.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="journeys_journey_key"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="journeys_journey_not_own"),
            models.CheckConstraint(
                condition=Q(level__gte=0, level__lte=3), name="journeys_journey_level"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "parent"], name="journeys_journey_parent")]

    def __str__(self) -> str:
        return self.title


class JourneyMap(Edited):
    """One state of a journey: what it was, is, will be or should be. A document of operations.

    *number* counts the maps of the journey and is never used again. *state* and what follows it
    down to who published are no operations: services set them. A map that was forked names its
    *baseline*, and the number of the operation it was forked at. Of a journey there is one
    published current map that is valid now. *template_parts* are the parts that its template has
    locked or requires, as they were when it began (`journeys.rules.template_parts`).
    """

    journey = TenantForeignKey(Journey)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    label = models.CharField(max_length=80, blank=True)
    state = models.CharField(
        max_length=8, choices=MapState.choices(), default=MapState.CURRENT.value
    )
    status = models.CharField(
        max_length=10, choices=MapStatus.choices(), default=MapStatus.DRAFT.value
    )
    baseline = TenantForeignKey("self", null=True)
    baseline_seq = models.PositiveIntegerField(null=True)
    horizon = models.DateField(null=True)
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    is_locked = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    published_by = TenantForeignKey(Membership, null=True)
    published_note = models.CharField(max_length=2_000, blank=True)
    template = models.CharField(max_length=63, blank=True)
    template_parts = models.JSONField(default=dict, db_default={})
    archived_at = models.DateTimeField(null=True)
    head_seq = models.PositiveIntegerField(default=0)
    extra = models.JSONField(default=dict, db_default={})

    class Meta(Edited.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "journey", "number"], name="journeys_map_number"
            ),
            # What a baseline is referred to by, so that it is of the same journey.
            models.UniqueConstraint(fields=["tenant", "journey", "id"], name="journeys_map_of"),
            models.UniqueConstraint(
                fields=["tenant", "journey"],
                condition=Q(state="current", status="published", valid_to__isnull=True),
                name="journeys_map_one_live_truth",
            ),
            models.CheckConstraint(
                condition=Q(baseline__isnull=True, baseline_seq__isnull=True)
                | Q(baseline__isnull=False, baseline_seq__isnull=False),
                name="journeys_map_whole_baseline",
            ),
            models.CheckConstraint(
                condition=Q(horizon__isnull=True) | Q(state__in=["future", "ideal"]),
                name="journeys_map_horizon_ahead",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="journeys_map_valid_span",
            ),
        ]

    def __str__(self) -> str:
        return self.name
