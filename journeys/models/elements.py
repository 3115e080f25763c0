"""What a map is made of.

An element is known by its lineage, which stays the same through forks: two maps are paired by it.
Elements of one map refer to each other by lineage as well, with the map in the key of the
reference, so that none can point into another map, and a fork copies rows as they are.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cxm.collaboration.models import Asset
from cxm.collaboration.rules.kinds import Grade
from cxm.tenants.editing import OrderedEdited
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from cxm.touchpoints.models import Channel, Touchpoint
from journeys.models.conditions import at_most_one
from journeys.models.journeys import Journey, JourneyMap
from journeys.rules.kinds import (
    ContactRole,
    FlowKind,
    LaneKind,
    LineageKind,
    StepRoleKind,
    Zone,
)
from journeys.rules.tags import LONGEST_TAG
from personas.models import Persona, Stakeholder


class Lineage(TenantOwned):
    """What stays of an element through all maps of a journey; its *key* names it in files."""

    journey = TenantForeignKey(Journey)
    kind = models.CharField(max_length=8, choices=LineageKind.choices())
    key = models.SlugField(max_length=63, db_index=False)
    former_keys = ArrayField(models.SlugField(max_length=63, db_index=False), default=list)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "journey", "kind", "key"], name="journeys_lineage_key"
            ),
        ]


class MapElement(OrderedEdited):
    """A row of a map, once for each lineage; *extra* is what files say under keys of their own."""

    map = TenantForeignKey(JourneyMap)
    lineage = models.UUIDField()
    extra = models.JSONField(default=dict, db_default={})

    class Meta(OrderedEdited.Meta):
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "map", "lineage"], name="%(app_label)s_%(class)s_once"
            ),
        ]


class Stage(MapElement):
    """A group of steps; it always holds one at least."""

    title = models.CharField(max_length=120)
    description = models.CharField(max_length=4_000, blank=True)
    colour = models.CharField(max_length=12, blank=True)
    is_collapsed = models.BooleanField(default=False)


class Step(MapElement):
    """One thing that the customer does or meets: a column."""

    stage = models.UUIDField()
    title = models.CharField(max_length=200)
    description = models.CharField(max_length=4_000, blank=True)
    moment_of_truth = models.BooleanField(default=False)
    importance_customer = models.PositiveSmallIntegerField(null=True)
    importance_org = models.PositiveSmallIntegerField(null=True)
    expected_duration = models.DurationField(null=True)
    optional = models.BooleanField(default=False)
    repeatable = models.BooleanField(default=False)
    owner = TenantForeignKey(Membership, null=True)
    presenter_note = models.CharField(max_length=2_000, blank=True)
    tags = ArrayField(models.CharField(max_length=LONGEST_TAG), default=list, db_default=[])


class Lane(MapElement):
    """A row with one kind of content."""

    kind = models.CharField(max_length=12, choices=LaneKind.choices())
    title = models.CharField(max_length=120, blank=True)
    persona = TenantForeignKey(Persona, null=True)
    zone = models.CharField(max_length=10, blank=True, choices=Zone.choices())
    config = models.JSONField(default=dict)
    is_collapsed = models.BooleanField(default=False)
    is_hidden = models.BooleanField(default=False)
    is_locked = models.BooleanField(default=False)


class Card(MapElement):
    """One item in a lane, at one step or over several; what it holds is as its lane says."""

    lane = models.UUIDField()
    step_from = models.UUIDField()
    step_to = models.UUIDField()
    text = models.CharField(max_length=20_000, blank=True)
    value = models.FloatField(null=True)
    icon = models.CharField(max_length=40, blank=True)
    colour = models.CharField(max_length=12, blank=True)
    url = models.CharField(max_length=2_000, blank=True)
    asset = TenantForeignKey(Asset, null=True)
    alt = models.CharField(max_length=500, blank=True)
    persona = TenantForeignKey(Persona, null=True)
    channel = TenantForeignKey(Channel, null=True)
    insight = TenantForeignKey("journeys.Insight", null=True)
    opportunity = TenantForeignKey("journeys.Opportunity", null=True)
    solution = TenantForeignKey("journeys.Solution", null=True)
    goal = TenantForeignKey("journeys.Goal", null=True)
    is_decorative = models.BooleanField(default=False)
    grade_override = models.CharField(
        max_length=12, blank=True, choices=[(g.value, g.words) for g in Grade]
    )
    grade_reason = models.CharField(max_length=500, blank=True, db_default="")
    tags = ArrayField(models.CharField(max_length=LONGEST_TAG), default=list, db_default=[])

    class Meta(MapElement.Meta):
        constraints = [
            *MapElement.Meta.constraints,
            models.CheckConstraint(
                condition=at_most_one("insight", "opportunity", "solution", "goal", "channel"),
                name="journeys_card_shows_one",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "map", "lane"], name="journeys_card_lane"),
            *(
                models.Index(
                    fields=["tenant", name],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"journeys_card_{name}",
                )
                for name in ("insight", "opportunity", "solution", "goal")
            ),
        ]


class Flow(MapElement):
    """A way from one step to another that neighbours do not say."""

    from_step = models.UUIDField()
    to_step = models.UUIDField()
    kind = models.CharField(max_length=12, choices=FlowKind.choices())
    condition = models.CharField(max_length=200, blank=True)
    planned_share = models.FloatField(null=True)

    class Meta(MapElement.Meta):
        constraints = [
            *MapElement.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind="loop") | ~Q(from_step=models.F("to_step")),
                name="journeys_flow_own_end_is_loop",
            ),
        ]


class StepTouchpoint(MapElement):
    """Where a step happens."""

    step = models.UUIDField()
    touchpoint = TenantForeignKey(Touchpoint)
    role = models.CharField(max_length=10, choices=ContactRole.choices())
    planned_share = models.FloatField(null=True)

    class Meta(MapElement.Meta):
        indexes = [
            models.Index(fields=["tenant", "touchpoint"], name="journeys_contact_touchpoint"),
        ]


class StepJourney(MapElement):
    """A journey inside a step."""

    step = models.UUIDField()
    journey = TenantForeignKey(Journey)

    class Meta(MapElement.Meta):
        indexes = [models.Index(fields=["tenant", "journey"], name="journeys_nested_journey")]


class StepRole(MapElement):
    """What a stakeholder does in a step."""

    step = models.UUIDField()
    stakeholder = TenantForeignKey(Stakeholder)
    role = models.CharField(max_length=8, choices=StepRoleKind.choices())
    zone = models.CharField(max_length=10, blank=True, choices=Zone.choices())
    note = models.CharField(max_length=2_000, blank=True)

    class Meta(MapElement.Meta):
        indexes = [
            models.Index(fields=["tenant", "stakeholder"], name="journeys_role_stakeholder"),
        ]


class MapPersona(MapElement):
    """A persona whose way the map shows, with the colour and dash of its curve."""

    persona = TenantForeignKey(Persona)
    is_main = models.BooleanField(default=False)
    colour = models.PositiveSmallIntegerField(default=1)
    dash = models.PositiveSmallIntegerField(default=1)

    class Meta(MapElement.Meta):
        indexes = [models.Index(fields=["tenant", "persona"], name="journeys_cast_persona")]
