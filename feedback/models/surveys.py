"""Surveys, and what people answered: responses, ratings, texts."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now

from cxm.customers.models import Customer, Interaction
from cxm.metrics.models import Metric
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import TenantOwned
from cxm.tenants.querysets import TenantQuerySet
from cxm.touchpoints.models import Channel, RegistryQuerySet, Touchpoint
from cxm.work.models import Batch


class Survey(TenantOwned):
    """A set of questions with a purpose."""

    class Purpose(models.TextChoices):
        """Why people are asked."""

        RELATIONAL = "relational", "Relationship"
        TRANSACTIONAL = "transactional", "After a contact"
        PULSE = "pulse", "Pulse"
        EXIT = "exit", "On leaving"
        INTERCEPT = "intercept", "On the spot"

    key = models.SlugField(max_length=60, db_index=False)
    title = models.CharField(max_length=200)
    purpose = models.CharField(max_length=13, choices=Purpose, default=Purpose.TRANSACTIONAL)
    source = models.CharField(max_length=60)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RegistryQuerySet["Survey"].as_manager()  # type: ignore[misc]  # narrower than the base

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="feedback_survey_one_per_key"),
        ]

    def __str__(self) -> str:
        return self.title


class SurveyQuestion(TenantOwned):
    """One question of a survey; its key is stable while its meaning is."""

    class Kind(models.TextChoices):
        """What an answer is."""

        SCORE = "score", "Score"
        TEXT = "text", "Text"
        OTHER = "other", "Other"

    survey = TenantForeignKey(Survey)
    key = models.CharField(max_length=80)
    text = models.CharField(max_length=500)
    kind = models.CharField(max_length=5, choices=Kind)
    metric = TenantForeignKey(Metric, null=True)
    touchpoint = TenantForeignKey(Touchpoint, null=True)
    ord = models.PositiveIntegerField(default=0)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "survey", "key"], name="feedback_surveyquestion_one_per_key"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Response(TenantOwned):
    """One person's pass through a survey."""

    class State(models.TextChoices):
        """Whether it takes part."""

        COMPLETE = "complete", "Complete"
        DELETED = "deleted", "Deleted"

    survey = TenantForeignKey(Survey)
    customer = TenantForeignKey(Customer, null=True)
    interaction = TenantForeignKey(Interaction, null=True)
    channel = TenantForeignKey(Channel, null=True)
    touchpoint = TenantForeignKey(Touchpoint, null=True)
    language = models.CharField(max_length=12, blank=True)
    answered_at = models.DateTimeField()
    received_at = models.DateTimeField()
    day = models.DateField()
    is_zone_assumed = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.COMPLETE)
    answers = models.JSONField(default=dict)
    weight = models.DecimalField(max_digits=18, decimal_places=10, null=True)
    source = models.CharField(max_length=60)
    batch = TenantForeignKey(Batch, null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "-answered_at", "-id"], name="feedback_response_time"),
            models.Index(fields=["tenant", "customer"], name="feedback_response_customer"),
            models.Index(
                fields=["tenant", "interaction"],
                condition=models.Q(interaction__isnull=False),
                name="feedback_response_interaction",
            ),
            models.Index(fields=["tenant", "batch"], name="feedback_response_batch"),
        ]

    def __str__(self) -> str:
        return f"response of {self.day}"


class RatingQuerySet(TenantQuerySet["Rating"]):
    """Row filters for ratings."""

    def counted(self) -> Self:
        """Keep the ratings that take part in numbers."""
        return self.filter(state=Rating.State.COUNTED)


class Rating(TenantOwned):
    """One scored answer about one touchpoint: the fact row of all experience numbers.

    Triggers keep the rollup's ledger in step with every change, whoever makes it.
    """

    class State(models.TextChoices):
        """Whether the score takes part in numbers."""

        COUNTED = "counted", "Counted"
        QUARANTINED = "quarantined", "Held back"
        REPLACED = "replaced", "Replaced"
        DELETED = "deleted", "Deleted"

    response = TenantForeignKey(Response)
    metric = TenantForeignKey(Metric)
    question_key = models.CharField(max_length=80)
    value = models.SmallIntegerField()
    survey = TenantForeignKey(Survey, null=True)
    touchpoint = TenantForeignKey(Touchpoint, null=True)
    channel = TenantForeignKey(Channel, null=True)
    weight = models.DecimalField(max_digits=18, decimal_places=10, null=True)
    answered_at = models.DateTimeField()
    day = models.DateField()
    state = models.CharField(max_length=11, choices=State, default=State.COUNTED)
    reason = models.CharField(max_length=20, blank=True)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = RatingQuerySet.as_manager()  # type: ignore[misc]  # narrower than the base

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "metric", "-day", "-id"], name="feedback_rating_day")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "response", "question_key", "metric", "ended_at"],
                name="feedback_rating_one_current",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(weight__isnull=True) | models.Q(weight__gt=0),
                name="feedback_rating_weight_is_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["counted", "quarantined"], ended_at__isnull=True)
                | models.Q(state__in=["replaced", "deleted"], ended_at__isnull=False),
                name="feedback_rating_ended_when_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_key} {self.value}"


class Verbatim(TenantOwned):
    """A piece of text that a customer wrote."""

    response = TenantForeignKey(Response)
    question_key = models.CharField(max_length=80)
    text = models.TextField(max_length=10_000)
    language = models.CharField(max_length=12, blank=True)
    words = models.GeneratedField(
        expression=models.Func(
            models.Value("simple"),
            models.F("text"),
            function="to_tsvector",
            template="%(function)s(%(expressions)s)",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "response", "question_key"],
                name="feedback_verbatim_one_per_question",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
