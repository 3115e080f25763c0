"""Whom we ask: distributions, their invitations, and the rules of contact."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from cxm.customers.models import Customer, Interaction, Segment
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from cxm.work.models import Job
from feedback.models.questionnaires import SurveyVersion
from feedback.models.surveys import Response, Survey
from feedback.rules.distribution.words import (
    ASKED,
    Audience,
    DistributionState,
    InvitationState,
    Medium,
    Reason,
    RuleKind,
    Stratum,
)


class Distribution(TenantOwned):
    """One way in which a survey is sent: to whom, when, with which words.

    *trigger* is {kind, name, touchpoint, conditions, unless} for events; those named in *unless*
    call it off when they come before the message goes out. Who is asked is drawn with the
    chance *share* by *seed*, or with a smaller one so that about *a_day* are asked, in each
    *stratum* by itself. An invitation is due *delay_minutes* after its event and worth sending
    for *expires_hours*; *reminders* lists days after which who has not answered is reminded.
    *wording* is {language: {subject, text}}. Events received before *read_until* were looked at.
    Where several could ask somebody at once, the lowest *priority* does.
    """

    survey = TenantForeignKey(Survey)
    title = models.CharField(max_length=120)
    medium = models.CharField(max_length=5, choices=Medium.choices())
    audience = models.CharField(max_length=7, choices=Audience.choices())
    segment = TenantForeignKey(Segment, null=True)
    trigger = models.JSONField(default=dict)
    delay_minutes = models.PositiveIntegerField(default=0)
    expires_hours = models.PositiveIntegerField(default=72)
    open_days = models.PositiveSmallIntegerField(default=30)
    share = models.DecimalField(max_digits=5, decimal_places=4, default=1)
    a_day = models.PositiveIntegerField(null=True)
    stratum = models.CharField(max_length=10, choices=Stratum.choices(), blank=True)
    seed = models.CharField(max_length=32)
    reminders = models.JSONField(default=list)
    sender_name = models.CharField(max_length=120, blank=True)
    reply_to = models.CharField(max_length=254, blank=True)
    wording = models.JSONField(default=dict)
    priority = models.PositiveSmallIntegerField(default=100)
    state = models.CharField(
        max_length=6, choices=DistributionState.choices(), default=DistributionState.DRAFT
    )
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    read_until = models.DateTimeField(null=True)
    wave = models.PositiveIntegerField(default=0)
    by = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "survey", "title"], name="feedback_distribution_title"
            ),
            models.CheckConstraint(
                condition=models.Q(a_day__isnull=True) | models.Q(a_day__gt=0),
                name="feedback_distribution_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(share__gt=0, share__lte=1),
                name="feedback_distribution_share",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def can_be_tried(self) -> bool:
        """Whether the past says whom it would have asked: of people who are named, it does not."""
        return self.audience in (Audience.EVENT, Audience.SEGMENT)


class Invitation(TenantOwned):
    """One person asked once by a distribution, or not asked, with the reason.

    The natural key (an order, a ticket, a wave) is asked about once. The token of its address is
    made from the row's id and a secret; only its hash is kept. *propensity* is the chance with
    which the person was drawn. A reminder that had to wait is due at *remind_at*. Facts stay on
    the customer they were recorded on.
    """

    distribution = TenantForeignKey(Distribution)
    survey = TenantForeignKey(Survey)
    customer = TenantForeignKey(Customer)
    interaction = TenantForeignKey(Interaction, null=True)
    natural_key = models.CharField(max_length=200)
    medium = models.CharField(max_length=5, choices=Medium.choices())
    purpose = models.CharField(max_length=13, choices=Survey.Purpose)
    context = models.JSONField(default=dict)
    language = models.CharField(max_length=12, blank=True)
    token_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=InvitationState.choices())
    state_at = models.DateTimeField()
    reason = models.CharField(max_length=14, choices=Reason.choices(), blank=True)
    rule = TenantForeignKey("feedback.ContactRule", null=True)
    figures = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    send_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    is_delivery_assumed = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)
    reminders_sent = models.PositiveSmallIntegerField(default=0)
    remind_at = models.DateTimeField(null=True)
    version = TenantForeignKey(SurveyVersion, null=True)
    response = TenantForeignKey(Response, null=True)
    propensity = models.DecimalField(max_digits=5, decimal_places=4)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "distribution", "natural_key"],
                name="feedback_invitation_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "token_hash"], name="feedback_invitation_token"
            ),
            # Who is not asked has a reason, and nobody else has one.
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        InvitationState.SUPPRESSED,
                        InvitationState.CANCELLED,
                        InvitationState.FAILED,
                        InvitationState.BOUNCED,
                    ]
                )
                ^ models.Q(reason=""),
                name="feedback_invitation_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "send_at"],
                condition=models.Q(state="queued"),
                name="feedback_invitation_queue",
            ),
            models.Index(
                fields=["tenant", "state", "state_at"],
                condition=models.Q(state__in=["sent", "delivered", "opened", "started"]),
                name="feedback_invitation_waiting",
            ),
            models.Index(
                fields=["tenant", "customer", "-due_at"], name="feedback_invitation_customer"
            ),
            models.Index(
                fields=["tenant", "distribution", "-due_at", "-id"],
                name="feedback_invitation_list",
            ),
            models.Index(
                fields=["tenant", "survey", "due_at"],
                condition=models.Q(state__in=sorted(ASKED)),
                name="feedback_invitation_cohort",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.natural_key}: {self.state}"


class InvitationEvent(TenantOwned):
    """Something that happened to an invitation; never changed."""

    invitation = TenantForeignKey(Invitation)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    detail = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "invitation", "at"], name="feedback_invitationevent_of"),
            models.Index(fields=["tenant", "kind", "at"], name="feedback_invitationevent_kind"),
        ]

    def __str__(self) -> str:
        return self.kind


class ContactRule(TenantOwned):
    """One rule of the contact policy; "" as *medium* or *purpose* is all of them.

    *params* by kind as `feedback.rules.distribution.policy.PolicyRule` reads them. The lowest
    *ord* is asked first.
    """

    kind = models.CharField(max_length=12, choices=RuleKind.choices())
    medium = models.CharField(max_length=5, choices=Medium.choices(), blank=True)
    purpose = models.CharField(max_length=13, choices=Survey.Purpose, blank=True)
    params = models.JSONField(default=dict)
    ord = models.PositiveIntegerField(default=0)
    is_enabled = models.BooleanField(default=True)
    by = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "ord"], name="feedback_contactrule_order")]

    def __str__(self) -> str:
        return self.kind


class PolicyTrial(TenantOwned):
    """A change tried on the *days* before it was asked for; nothing but the result is kept.

    Either *distribution* is tried as if it had asked all that time, or *rule*: {kind, medium,
    purpose, params}, in the place of *replaced* or behind all others; *typed* are the fields of
    its form. *result* is {now, then, own, rules}, as `feedback.rules.distribution.trial_counts`
    counts and with the words of each rule; None as long as *job* is at it.
    """

    days = models.PositiveSmallIntegerField()
    distribution = TenantForeignKey(Distribution, null=True)
    replaced = TenantForeignKey(ContactRule, null=True)
    rule = models.JSONField(default=dict)
    typed = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    job = TenantForeignKey(Job, null=True)
    by = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.days} days before {self.created_at:%Y-%m-%d}"
