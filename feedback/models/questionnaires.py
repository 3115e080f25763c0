"""The questions of surveys as they are written, and as they were published."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cxm.collaboration.models import Asset
from cxm.metrics.models import Metric
from cxm.tenants.editing import Edited, OperationRow, OrderedEdited
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from cxm.touchpoints.models import Channel, Touchpoint
from feedback.models.surveys import Survey
from feedback.rules.question_types import QuestionType
from feedback.rules.survey_words import PageLayout, TextRole


class SurveyDraft(Edited):
    """What is asked, as it is being written: a document of operations, one a survey.

    *language* is what it is written in, *languages* those it is translated into.
    """

    survey = TenantForeignKey(Survey)
    title = models.CharField(max_length=200)
    intro = models.CharField(max_length=2_000, blank=True)
    thanks = models.CharField(max_length=2_000, blank=True)
    closed = models.CharField(max_length=2_000, blank=True)
    language = models.CharField(max_length=12, default="en")
    languages = ArrayField(models.CharField(max_length=12), default=list)
    layout = models.CharField(max_length=5, choices=PageLayout.choices(), default="one")
    has_progress = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    head_seq = models.PositiveIntegerField(default=0)

    class Meta(Edited.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "survey"], name="feedback_surveydraft_one_a_survey"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DraftElement(OrderedEdited):
    """A part of the draft of a survey."""

    draft = TenantForeignKey(SurveyDraft)

    class Meta(OrderedEdited.Meta):
        abstract = True
        indexes = [models.Index(fields=["tenant", "draft"], name="feedback_%(class)s_draft")]


class DraftQuestion(DraftElement):
    """A question; *show* is a condition of `feedback.rules.conditions`."""

    key = models.SlugField(max_length=63, db_index=False)
    type = models.CharField(max_length=12, choices=QuestionType.choices())
    title = models.CharField(max_length=1_000, blank=True)
    help = models.CharField(max_length=2_000, blank=True)
    is_required = models.BooleanField(default=False)
    na_label = models.CharField(max_length=120, blank=True)
    metric = TenantForeignKey(Metric, null=True)
    touchpoint = TenantForeignKey(Touchpoint, null=True)
    channel = TenantForeignKey(Channel, null=True)
    style = models.CharField(max_length=12, blank=True)
    low_label = models.CharField(max_length=120, blank=True)
    high_label = models.CharField(max_length=120, blank=True)
    least = models.FloatField(null=True)
    most = models.FloatField(null=True)
    step = models.FloatField(null=True)
    unit = models.CharField(max_length=20, blank=True)
    is_random = models.BooleanField(default=False)
    starts_page = models.BooleanField(default=False)
    show = models.JSONField(default=dict)
    text_role = models.CharField(max_length=8, choices=TextRole.choices(), default="verbatim")
    formula = models.CharField(max_length=500, blank=True)
    fallback = models.CharField(max_length=300, blank=True)
    purpose = models.CharField(max_length=40, blank=True, db_default="")
    asset = TenantForeignKey(Asset, null=True)
    alt = models.CharField(max_length=500, blank=True)

    class Meta(DraftElement.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "draft", "key"],
                condition=Q(deleted_at__isnull=True),
                name="feedback_draftquestion_one_per_key",
            ),
        ]


class DraftChoice(DraftElement):
    """One of what can be chosen."""

    question = models.UUIDField()
    key = models.SlugField(max_length=63, db_index=False)
    title = models.CharField(max_length=300, blank=True)
    is_other = models.BooleanField(default=False)
    is_none = models.BooleanField(default=False)
    is_anchored = models.BooleanField(default=False)
    asset = TenantForeignKey(Asset, null=True)
    alt = models.CharField(max_length=500, blank=True)

    class Meta(DraftElement.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "question", "key"],
                condition=Q(deleted_at__isnull=True),
                name="feedback_draftchoice_one_per_key",
            ),
        ]


class DraftRow(DraftElement):
    """One of what is rated in a table, with a figure and a touchpoint of its own."""

    question = models.UUIDField()
    key = models.SlugField(max_length=63, db_index=False)
    title = models.CharField(max_length=300, blank=True)
    metric = TenantForeignKey(Metric, null=True)
    touchpoint = TenantForeignKey(Touchpoint, null=True)
    channel = TenantForeignKey(Channel, null=True)

    class Meta(DraftElement.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "question", "key"],
                condition=Q(deleted_at__isnull=True),
                name="feedback_draftrow_one_per_key",
            ),
        ]


class DraftJump(DraftElement):
    """Where people go from a question when a condition holds: the first that does counts."""

    question = models.UUIDField()
    when = models.JSONField(default=dict)
    to = models.CharField(max_length=63)


class DraftWording(DraftElement):
    """A text of the draft in another language; *source* is what it was made from."""

    element = models.UUIDField()
    language = models.CharField(max_length=12)
    field = models.CharField(max_length=12)
    text = models.CharField(max_length=2_000, blank=True)
    source = models.CharField(max_length=2_000, blank=True)

    class Meta(DraftElement.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "draft", "element", "language", "field"],
                condition=Q(deleted_at__isnull=True),
                name="feedback_draftwording_once",
            ),
        ]


class SurveyDraftOp(OperationRow):
    """One operation on the draft of a survey."""

    draft = TenantForeignKey(SurveyDraft)

    class Meta(OperationRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "draft", "seq"], name="feedback_draftop_no_two_numbers"
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="feedback_draftop_from_one"),
        ]
        indexes = [models.Index(fields=["tenant", "draft", "batch"], name="feedback_draftop_batch")]


class SurveyVersion(TenantOwned):
    """What was asked from a moment on: frozen, as `feedback.rules.questionnaires` reads it."""

    survey = TenantForeignKey(Survey)
    number = models.PositiveIntegerField()
    document = models.JSONField()
    checksum = models.CharField(max_length=64)
    languages = ArrayField(models.CharField(max_length=12))
    note = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "survey", "number"], name="feedback_surveyversion_number"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
