"""What joins maps and library to comments, evidence, links, reviews, and to who may see them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cxm.collaboration.models import CommentThread, Evidence, ShareLink
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Invitation, Membership, TenantOwned
from journeys.models.conditions import exactly_one
from journeys.models.elements import Lineage
from journeys.models.journeys import Journey, JourneyMap
from journeys.models.library import Goal, Insight, Opportunity, Solution
from journeys.rules.reviews import GrantRole, ReviewState, SnapshotTrigger, Verdict
from personas.models import StakeholderMap


class MapThread(TenantOwned):
    """A thread about a map, or about what stays of one of its elements."""

    thread = TenantForeignKey(CommentThread)
    map = TenantForeignKey(JourneyMap)
    lineage = TenantForeignKey(Lineage, null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "thread"], name="journeys_mapthread_once"),
        ]
        indexes = [models.Index(fields=["tenant", "map"], name="journeys_mapthread_map")]


class LibraryThread(TenantOwned):
    """A thread about an item of the library."""

    thread = TenantForeignKey(CommentThread)
    insight = TenantForeignKey(Insight, null=True)
    opportunity = TenantForeignKey(Opportunity, null=True)
    solution = TenantForeignKey(Solution, null=True)
    goal = TenantForeignKey(Goal, null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "thread"], name="journeys_libthread_once"),
            models.CheckConstraint(
                condition=exactly_one("insight", "opportunity", "solution", "goal"),
                name="journeys_libthread_about_one",
            ),
        ]


class EvidenceLink(TenantOwned):
    """What speaks for or against an insight, an opportunity, a solution, a card or a step."""

    evidence = TenantForeignKey(Evidence)
    insight = TenantForeignKey(Insight, null=True)
    opportunity = TenantForeignKey(Opportunity, null=True)
    solution = TenantForeignKey(Solution, null=True)
    card = TenantForeignKey(Lineage, null=True, related_name="+")
    step = TenantForeignKey(Lineage, null=True, related_name="+")
    created_at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=exactly_one("insight", "opportunity", "solution", "card", "step"),
                name="journeys_evidence_of_one",
            ),
            models.UniqueConstraint(
                fields=[
                    "tenant",
                    "evidence",
                    "insight",
                    "opportunity",
                    "solution",
                    "card",
                    "step",
                ],
                nulls_distinct=False,
                name="journeys_evidence_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", name],
                condition=Q(**{f"{name}__isnull": False}),
                name=f"journeys_evidence_{name}",
            )
            for name in ("insight", "opportunity", "solution", "card", "step")
        ]


class MapShare(TenantOwned):
    """A link that shows a map to people outside; *personas* (empty: all) whose curves it shows."""

    link = TenantForeignKey(ShareLink)
    map = TenantForeignKey(JourneyMap)
    personas = ArrayField(models.UUIDField(), default=list)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "link"], name="journeys_share_once"),
        ]
        indexes = [models.Index(fields=["tenant", "map"], name="journeys_share_map")]


class AccessGrant(TenantOwned):
    """More than the visibility of a journey gives, for one member: what guests live on."""

    journey = TenantForeignKey(Journey)
    member = TenantForeignKey(Membership)
    role = models.CharField(max_length=12, choices=GrantRole.choices())
    expires_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True, related_name="+")

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "journey", "member"], name="journeys_grant_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "member"], name="journeys_grant_member")]


class PromisedGrant(TenantOwned):
    """The grant that somebody who was invited gets with becoming a member."""

    invitation = TenantForeignKey(Invitation)
    journey = TenantForeignKey(Journey)
    role = models.CharField(max_length=12, choices=GrantRole.choices())
    expires_on = models.DateField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "invitation", "journey"], name="journeys_promised_once"
            ),
        ]


class ReviewRules(TenantOwned):
    """What a workspace demands before a map is published, and lets viewers take out.

    *falls_when_changed*: an approval holds only for the map as it was when it was asked for.
    """

    approvals_needed = models.PositiveSmallIntegerField(default=0)
    falls_when_changed = models.BooleanField(default=True)
    viewers_export = models.BooleanField(default=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="journeys_reviewrules_one"),
            models.CheckConstraint(
                condition=Q(approvals_needed__lte=20), name="journeys_reviewrules_needed"
            ),
        ]


class JourneyStar(TenantOwned):
    """A journey that a member keeps at hand; *is_followed*: is told of its changes, too."""

    journey = TenantForeignKey(Journey)
    member = TenantForeignKey(Membership)
    is_starred = models.BooleanField(default=True)
    is_followed = models.BooleanField(default=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "journey", "member"], name="journeys_star_once"
            ),
        ]


class JourneyTag(TenantOwned):
    """A word for a journey; with a *dimension* (brand, country, product) one of its values."""

    journey = TenantForeignKey(Journey)
    dimension = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=60)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "journey", "dimension", "name"], name="journeys_tag_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "dimension", "name"], name="journeys_tag_name")]


class JourneyStakeholderMap(TenantOwned):
    """A stakeholder map that belongs to a journey."""

    journey = TenantForeignKey(Journey)
    map = TenantForeignKey(StakeholderMap)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "journey", "map"], name="journeys_stakeholdermap_once"
            ),
        ]


class ReviewRequest(TenantOwned):
    """Asking members to look at a draft, as it was after operation *at_seq*."""

    map = TenantForeignKey(JourneyMap)
    at_seq = models.PositiveIntegerField()
    base_map = TenantForeignKey(JourneyMap, null=True, related_name="+")
    message = models.CharField(max_length=2_000, blank=True)
    state = models.CharField(max_length=10, choices=ReviewState.choices())
    at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "map"],
                condition=Q(state="open"),
                name="journeys_review_one_open",
            ),
        ]


class ReviewVote(TenantOwned):
    """What a member who was asked says; without a verdict yet, that he or she was asked."""

    request = TenantForeignKey(ReviewRequest)
    reviewer = TenantForeignKey(Membership)
    verdict = models.CharField(max_length=8, blank=True, choices=Verdict.choices())
    note = models.CharField(max_length=2_000, blank=True)
    at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "request", "reviewer"], name="journeys_vote_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "reviewer"], name="journeys_vote_reviewer")]


class Snapshot(TenantOwned):
    """A map as it was after operation *seq*, whole: *document* is its elements."""

    map = TenantForeignKey(JourneyMap)
    seq = models.PositiveIntegerField()
    label = models.CharField(max_length=120, blank=True)
    trigger = models.CharField(max_length=16, choices=SnapshotTrigger.choices())
    document = models.JSONField()
    schema_version = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "map", "-seq"], name="journeys_snapshot_map")]


class MapTemplate(TenantOwned):
    """A map to begin with, as a cxmap file; *locked* and *required* name parts by their paths."""

    key = models.SlugField(max_length=63, db_index=False)
    title = models.CharField(max_length=120)
    purpose = models.CharField(max_length=500, blank=True)
    document = models.TextField()
    required = ArrayField(models.CharField(max_length=200), default=list)
    locked = ArrayField(models.CharField(max_length=200), default=list)
    created_at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="journeys_template_key"),
        ]

    def __str__(self) -> str:
        return self.title
