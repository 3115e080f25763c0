"""Surveys, and what people answered: responses, ratings, texts."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now

from cxm.collaboration.models import Asset
from cxm.customers.models import Customer, Interaction
from cxm.metrics.models import Metric
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from cxm.tenants.querysets import TenantQuerySet
from cxm.touchpoints.models import Channel, RegistryQuerySet, Touchpoint
from cxm.work.models import Batch
from feedback.rules.survey_words import Anonymity, SurveyStatus


class SurveyTheme(TenantOwned):
    """How a survey looks: colours as #rrggbb, checked for contrast before they are kept."""

    title = models.CharField(max_length=80)
    ground = models.CharField(max_length=7, default="#ffffff")
    ink = models.CharField(max_length=7, default="#1a1a1a")
    accent = models.CharField(max_length=7, default="#1f5fbf")
    font = models.CharField(max_length=12, default="sans")
    corner = models.CharField(max_length=6, default="soft")
    logo = TenantForeignKey(Asset, null=True)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "title"], name="feedback_theme_title"),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=models.Q(is_default=True),
                name="feedback_theme_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Survey(TenantOwned):
    """A set of questions with a purpose.

    One that we ask ourselves has a draft, and *head*, the version that is asked now; *public_id* is
    its public address. The others are filled by imports. *edit_hours* is how long after the last
    page answers can be changed. Without names, nothing is shown before *least_shown* have answered.
    *embed* is as `feedback.rules.embedding` reads it; *identity_key*, sealed, is what sites sign
    with who somebody is.
    """

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
    status = models.CharField(
        max_length=8, choices=SurveyStatus.choices(), default="imported", db_default="imported"
    )
    anonymity = models.CharField(
        max_length=12, choices=Anonymity.choices(), default="named", db_default="named"
    )
    owner = TenantForeignKey(Membership, null=True)
    touchpoint = TenantForeignKey(Touchpoint, null=True)
    channel = TenantForeignKey(Channel, null=True)
    head = TenantForeignKey("feedback.SurveyVersion", null=True)
    theme = TenantForeignKey(SurveyTheme, null=True)
    public_id = models.CharField(max_length=32, blank=True, db_default="")
    edit_hours = models.PositiveSmallIntegerField(default=24, db_default=24)
    closes_at = models.DateTimeField(null=True)
    closes_after = models.PositiveIntegerField(null=True)
    least_shown = models.PositiveSmallIntegerField(default=5, db_default=5)
    embed = models.JSONField(default=dict, db_default={})
    identity_key = models.TextField(blank=True, default="", db_default="")
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RegistryQuerySet["Survey"].as_manager()  # type: ignore[misc]  # narrower than the base

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="feedback_survey_one_per_key"),
            models.UniqueConstraint(
                fields=["tenant", "public_id"],
                condition=~models.Q(public_id=""),
                name="feedback_survey_one_address",
            ),
            models.CheckConstraint(
                condition=models.Q(least_shown__gte=3), name="feedback_survey_least_shown"
            ),
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
    """One person's pass through a survey.

    *revised_at* is the version that its sender gave it, where senders send changes: an older one
    never takes its place.
    """

    class State(models.TextChoices):
        """Whether it takes part."""

        COMPLETE = "complete", "Complete"
        PARTIAL = "partial", "Partial"
        SCREENED_OUT = "screened_out", "Not for this survey"
        DELETED = "deleted", "Deleted"

    # What was answered counts, also of people who stopped half way.
    LIVE_STATES = (State.COMPLETE, State.PARTIAL)

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
    state = models.CharField(max_length=12, choices=State, default=State.COMPLETE)
    answers = models.JSONField(default=dict)
    version = TenantForeignKey("feedback.SurveyVersion", null=True)
    hidden = models.JSONField(default=dict, db_default={})
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    revised_at = models.DateTimeField(null=True)
    revision = models.PositiveSmallIntegerField(default=1, db_default=1)
    weight = models.DecimalField(max_digits=18, decimal_places=10, null=True)
    source = models.CharField(max_length=60)
    batch = TenantForeignKey(Batch, null=True)
    is_anonymous = models.BooleanField(default=False, db_default=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            # Nothing of an anonymous answer leads to a person, or to the minute it was given.
            models.CheckConstraint(
                condition=models.Q(is_anonymous=False)
                | models.Q(
                    customer__isnull=True,
                    interaction__isnull=True,
                    batch__isnull=True,
                    started_at__isnull=True,
                    finished_at__isnull=True,
                    hidden={},
                    language="",
                    received_at=models.F("answered_at"),
                ),
                name="feedback_response_anonymous",
            ),
        ]
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
    """A piece of text that a customer wrote, with marks for what would tell who they are.

    What is read in it is kept beside it: *language_by* says where its language comes from,
    *sentiment* runs from -1 to 1 and is null where nobody wrote a list of words for the language;
    with *is_sentiment_said* a person said how the text sounds, and no reading changes it.
    *engine_version* is the version that read it, 0 before that.
    """

    class LanguageBy(models.TextChoices):
        """Where the language of a text comes from."""

        GIVEN = "given", "The survey's language"
        FOUND = "found", "Found in the text"
        PERSON = "person", "Said by a person"

    response = TenantForeignKey(Response)
    question_key = models.CharField(max_length=80)
    text = models.TextField(max_length=10_000)
    language = models.CharField(max_length=12, blank=True)
    language_by = models.CharField(
        max_length=6, choices=LanguageBy, default=LanguageBy.GIVEN, db_default="given"
    )
    language_confidence = models.FloatField(null=True)
    sentiment = models.FloatField(null=True)
    sentiment_label = models.CharField(max_length=8, blank=True, default="", db_default="")
    is_sentiment_said = models.BooleanField(default=False, db_default=False)
    engine_version = models.PositiveSmallIntegerField(default=0, db_default=0)
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
        indexes = [
            models.Index(fields=["tenant", "engine_version"], name="feedback_verbatim_engine"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "response", "question_key"],
                name="feedback_verbatim_one_per_question",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
