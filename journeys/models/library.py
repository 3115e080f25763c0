"""The library: insights, opportunities, solutions and goals, which maps and boards show.

Each is a document of its own; rows that link one to others are elements of the first.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cxm.tenants.editing import Edited, OrderedEdited
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership
from journeys.models.elements import Lineage
from journeys.models.promises import MetricBinding
from journeys.rules.library import (
    GoalStatus,
    InsightKind,
    InsightStatus,
    OpportunityStatus,
    SolutionStatus,
)
from personas.models import Persona


class LibraryItem(Edited):
    """What all items of the library have; *key* names one in files, *extra* is what they add."""

    key = models.SlugField(max_length=63, db_index=False)
    title = models.CharField(max_length=300)
    owner = TenantForeignKey(Membership, null=True)
    archived_at = models.DateTimeField(null=True)
    head_seq = models.PositiveIntegerField(default=0)
    extra = models.JSONField(default=dict, db_default={})

    class Meta(Edited.Meta):
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="journeys_%(class)s_key"),
        ]

    def __str__(self) -> str:
        return self.title


class Insight(LibraryItem):
    """Something learned about customers; *impact* from -2 to 2, *weight* from 0 to 100."""

    kind = models.CharField(max_length=12, choices=InsightKind.choices())
    body = models.CharField(max_length=20_000, blank=True)
    impact = models.FloatField(null=True)
    weight = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=12, choices=InsightStatus.choices())
    merged_into = TenantForeignKey("self", null=True)

    class Meta(LibraryItem.Meta):
        constraints = [
            *LibraryItem.Meta.constraints,
            models.CheckConstraint(
                condition=Q(impact__isnull=True) | Q(impact__gte=-2, impact__lte=2),
                name="journeys_insight_impact",
            ),
        ]


class InsightPersona(OrderedEdited):
    """A persona that an insight is about."""

    insight = TenantForeignKey(Insight)
    persona = TenantForeignKey(Persona)

    class Meta(OrderedEdited.Meta):
        indexes = [
            models.Index(fields=["tenant", "insight"], name="journeys_about_insight"),
            models.Index(fields=["tenant", "persona"], name="journeys_about_persona"),
        ]


class InsightLink(OrderedEdited):
    """An insight (*fact*) that another one, which interprets it, rests on."""

    insight = TenantForeignKey(Insight)
    fact = TenantForeignKey(Insight, related_name="+")

    class Meta(OrderedEdited.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(insight=F("fact")), name="journeys_insightlink_of_two"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "insight"], name="journeys_basis_insight"),
            models.Index(fields=["tenant", "fact"], name="journeys_basis_fact"),
        ]


class Goal(LibraryItem):
    """What the company wants; *target* is a value of the figure that *binding* gives."""

    body = models.CharField(max_length=4_000, blank=True)
    parent = TenantForeignKey("self", null=True)
    status = models.CharField(max_length=12, choices=GoalStatus.choices())
    binding = TenantForeignKey(MetricBinding, null=True)
    target = models.FloatField(null=True)
    due = models.DateField(null=True)

    class Meta(LibraryItem.Meta):
        constraints = [
            *LibraryItem.Meta.constraints,
            models.CheckConstraint(condition=~Q(parent=F("id")), name="journeys_goal_not_own"),
        ]


class Opportunity(LibraryItem):
    """A problem worth solving; *team* names who is on it."""

    problem = models.CharField(max_length=20_000, blank=True)
    team = models.CharField(max_length=80, blank=True, db_default="")
    status = models.CharField(max_length=12, choices=OpportunityStatus.choices())
    due = models.DateField(null=True)


class OpportunityInsight(OrderedEdited):
    """An insight that an opportunity answers."""

    opportunity = TenantForeignKey(Opportunity)
    insight = TenantForeignKey(Insight)

    class Meta(OrderedEdited.Meta):
        indexes = [
            models.Index(fields=["tenant", "opportunity"], name="journeys_answers_of"),
            models.Index(fields=["tenant", "insight"], name="journeys_answers_insight"),
        ]


class OpportunityGoal(OrderedEdited):
    """A goal that an opportunity serves."""

    opportunity = TenantForeignKey(Opportunity)
    goal = TenantForeignKey(Goal)

    class Meta(OrderedEdited.Meta):
        indexes = [
            models.Index(fields=["tenant", "opportunity"], name="journeys_serves_of"),
            models.Index(fields=["tenant", "goal"], name="journeys_serves_goal"),
        ]


class OpportunityStep(OrderedEdited):
    """A step where an opportunity lies, through all maps of its journey."""

    opportunity = TenantForeignKey(Opportunity)
    step = TenantForeignKey(Lineage)

    class Meta(OrderedEdited.Meta):
        indexes = [
            models.Index(fields=["tenant", "opportunity"], name="journeys_lies_of"),
            models.Index(fields=["tenant", "step"], name="journeys_lies_step"),
        ]


class OpportunityPersona(OrderedEdited):
    """A persona whom an opportunity would help."""

    opportunity = TenantForeignKey(Opportunity)
    persona = TenantForeignKey(Persona)

    class Meta(OrderedEdited.Meta):
        indexes = [
            models.Index(fields=["tenant", "opportunity"], name="journeys_helps_of"),
            models.Index(fields=["tenant", "persona"], name="journeys_helps_persona"),
        ]


class Solution(LibraryItem):
    """A thing that might solve a problem, with the change that is expected of it.

    *cost* is in the smallest units of *currency*, a code of ISO 4217; *expected_delta* in the
    unit of the figure that *expected_binding* gives.
    """

    body = models.CharField(max_length=20_000, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=12, choices=SolutionStatus.choices())
    planned_on = models.DateField(null=True)
    shipped_on = models.DateField(null=True)
    expected_binding = TenantForeignKey(MetricBinding, null=True)
    expected_delta = models.FloatField(null=True)
    cost = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, db_default="")
    url = models.CharField(max_length=2_000, blank=True)


class SolutionOpportunity(OrderedEdited):
    """An opportunity that a solution would take."""

    solution = TenantForeignKey(Solution)
    opportunity = TenantForeignKey(Opportunity)

    class Meta(OrderedEdited.Meta):
        indexes = [
            models.Index(fields=["tenant", "solution"], name="journeys_solves_of"),
            models.Index(fields=["tenant", "opportunity"], name="journeys_solves_what"),
        ]


class SolutionStep(OrderedEdited):
    """A step of a future map that a solution makes real."""

    solution = TenantForeignKey(Solution)
    step = TenantForeignKey(Lineage)

    class Meta(OrderedEdited.Meta):
        indexes = [
            models.Index(fields=["tenant", "solution"], name="journeys_makes_of"),
            models.Index(fields=["tenant", "step"], name="journeys_makes_step"),
        ]
