"""What texts are about: topics, their rules, and where texts meet them."""

from __future__ import annotations

from django.db import models

from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from cxm.touchpoints.models import RegistryQuerySet
from feedback.models.surveys import Verbatim


class Topic(TenantOwned):
    """Something that texts can be about; *rule* is the version that finds it now.

    A topic may stand under another one, which itself stands under none.
    """

    key = models.SlugField(max_length=60, db_index=False)
    title = models.CharField(max_length=80)
    description = models.CharField(max_length=500, blank=True)
    parent = TenantForeignKey("feedback.Topic", null=True)
    rule = TenantForeignKey("feedback.TopicRule", null=True)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = RegistryQuerySet["Topic"].as_manager()  # type: ignore[misc]  # narrower than the base

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="feedback_topic_one_per_key"),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="feedback_topic_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TopicRule(TenantOwned):
    """One version of how a topic is found: expressions by language, "any" among them."""

    topic = TenantForeignKey(Topic)
    number = models.PositiveIntegerField()
    expressions = models.JSONField(default=dict)
    note = models.CharField(max_length=300, blank=True)
    by = TenantForeignKey(Membership, null=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "topic", "number"], name="feedback_topicrule_one_per_number"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class TopicHit(TenantOwned):
    """A text that is about a topic, or of which a person said that it is not.

    *spans* are pairs of code points in the stored text, end exclusive. What a person said stands
    in the place of what a rule found, and no rule changes it: there is one row a text and topic.
    *sample_rule* and *sample_hit* are set where the text was drawn at random to measure a rule:
    which version, and whether that found the topic in it.
    """

    class Origin(models.TextChoices):
        """Who says so."""

        RULE = "rule", "By the rule"
        HUMAN = "human", "By a person"

    verbatim = TenantForeignKey(Verbatim)
    topic = TenantForeignKey(Topic)
    rule = TenantForeignKey(TopicRule, null=True)
    spans = models.JSONField(default=list)
    polarity = models.FloatField(null=True)
    origin = models.CharField(max_length=5, choices=Origin)
    is_active = models.BooleanField()
    by = TenantForeignKey(Membership, null=True)
    at = models.DateTimeField()
    sample_rule = TenantForeignKey(TopicRule, null=True)
    sample_hit = models.BooleanField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "topic", "verbatim"],
                condition=models.Q(is_active=True),
                name="feedback_topichit_active",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "verbatim", "topic"], name="feedback_topichit_one_per_text"
            ),
            models.CheckConstraint(
                condition=models.Q(origin="human")
                | models.Q(rule__isnull=False, is_active=True, sample_rule__isnull=True),
                name="feedback_topichit_rule_says_yes",
            ),
            models.CheckConstraint(
                condition=models.Q(sample_rule__isnull=True, sample_hit__isnull=True)
                | models.Q(sample_rule__isnull=False, sample_hit__isnull=False),
                name="feedback_topichit_sample_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.spans}"
