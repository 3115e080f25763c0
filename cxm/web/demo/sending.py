"""Surveys that a made-up company sent: planned by the real policy, and never really sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from cxm.customers.models import Identity, IngestKey, Interaction
from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.kernel.ids import new_id
from cxm.tenants.models import Membership
from cxm.web.demo.company import NUMBERING
from feedback.adapters.records import CustomerRef, RatingRecord, ResponseRecord
from feedback.models import ContactRule, Distribution, Invitation, InvitationEvent, SurveyQuestion
from feedback.rules.distribution.words import DistributionState, InvitationState, Reason, RuleKind
from feedback.services.distribution.finding import OVERLAP, candidates_of
from feedback.services.distribution.planning import plan
from feedback.services.distribution.running import save_distribution, start, stop
from feedback.services.loading import load_records
from feedback.services.registering import read_registry
from feedback.services.survey_editing import begin_survey
from feedback.services.surveys_making import publish_survey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxm.tenants.models import Tenant
    from cxm.web.demo.company import SendingPlan
    from feedback.models import Survey

_SOURCE = "survey-tool"
_WEEK = timedelta(weeks=1)
_WEEKS, _ENDED_WEEKS = 12, 3
_BOUNCED, _OPTED_OUT, _REMINDED = 0.02, 0.015, 0.7
_RULES = (
    (RuleKind.QUIET_PERIOD, {"days": 30}),
    (RuleKind.CAP, {"times": 4, "days": 365, "per": "person"}),
    (RuleKind.HOURS, {"from": "21:00", "to": "08:00"}),
)
# Better and worse weeks, as anybody who sends surveys knows them.
_COURSE = (0.9, 1.1, 1.0, 0.7, 1.2, 1.0, 1.3, 0.8, 1.0, 1.1, 0.6, 1.0)


@dataclass(frozen=True, slots=True)
class _Way:
    """One way of sending with what decides about it."""

    distribution: Distribution
    question: SurveyQuestion
    told: SendingPlan
    dice: Random
    now: datetime


def send_surveys(tenant: Tenant, sendings: Iterable[SendingPlan], *, now: datetime) -> None:
    """Make surveys of our own with what came of sending them for some weeks.

    Whom they ask is decided by the contact policy. In the transaction at hand.
    """
    members = Membership.objects.for_tenant(tenant).select_related("user")
    manager = members.get(user__email=DEMO_SIGN_INS["manager"])
    told = list(sendings)
    if told:
        _hold_rules(tenant, manager, now)
    for one in told:
        way = _opened(tenant, one, manager, now)
        for ago, pks in _by_week(way).items():
            _send_week(way, pks, now - ago * _WEEK, _COURSE[ago % len(_COURSE)])
        _close(way, manager)


def _hold_rules(tenant: Tenant, manager: Membership, now: datetime) -> None:
    ContactRule.objects.bulk_create(
        ContactRule(
            tenant=tenant,
            kind=kind,
            params=params,
            ord=place,
            by=manager,
            created_at=now - (_WEEKS + 1) * _WEEK,
        )
        for place, (kind, params) in enumerate(_RULES)
    )


def _opened(tenant: Tenant, told: SendingPlan, manager: Membership, now: datetime) -> _Way:
    """Make the survey and its distribution, as if they had begun some weeks ago."""
    began = now - (_WEEKS + 1) * _WEEK
    survey = _published(tenant, told, manager, began)
    events = Interaction.objects.for_tenant(tenant).filter(name=told.event)
    distribution = save_distribution(
        survey=survey,
        distribution=None,
        values={
            "title": told.title,
            "medium": "email",
            "audience": "event",
            "trigger": {
                "kind": events.values_list("kind", flat=True).first() or "event",
                "name": told.event,
                "conditions": [],
            },
            "delay_minutes": 120,
            "share": Decimal(told.share),
            "reminders": list(told.reminders),
            "seed": told.event,
        },
        by=manager,
        now=began,
    )
    start(distribution=distribution, by=manager, now=began)
    distribution.survey = survey
    questions = SurveyQuestion.objects.for_tenant(tenant).filter(survey=survey)
    scored = questions.filter(metric__isnull=False).select_related("metric").order_by("ord", "pk")
    dice = Random(f"{tenant.slug} sending {told.event}")  # noqa: S311 - no secret
    return _Way(distribution, scored[0], told, dice, now)


def _published(tenant: Tenant, told: SendingPlan, manager: Membership, at: datetime) -> Survey:
    survey = begin_survey(
        tenant=tenant,
        title=told.survey,
        purpose="transactional",
        language="en",
        by=manager,
        now=at,
        template=told.template,
    )
    publish_survey(survey=survey, by=manager, now=at)
    survey.refresh_from_db()
    return survey


def _by_week(way: _Way) -> dict[int, list[UUID]]:
    """Draw the events that are asked about, by how many weeks ago they begin. One query."""
    first = way.now - _WEEKS * _WEEK
    # Quiet hours put a message off for less than a day: all of them were due by now.
    last = way.now - (_ENDED_WEEKS * _WEEK if way.told.has_ended else timedelta(days=1))
    rows = Interaction.objects.for_tenant(way.distribution.tenant).filter(
        name=way.told.event,
        customer__isnull=False,
        occurred_at__gte=first,
        occurred_at__lt=last,
    )
    weeks: dict[int, list[UUID]] = {}
    # By what is the same each time, which ids are not.
    for pk, at in rows.order_by("occurred_at", "thread_key", "pk").values_list("pk", "occurred_at"):
        weeks.setdefault(_WEEKS - (at - first) // _WEEK, []).append(pk)
    most = way.told.a_week
    return {ago: way.dice.sample(pks, min(most, len(pks))) for ago, pks in weeks.items()}


def _send_week(way: _Way, pks: list[UUID], week: datetime, course: float) -> None:
    """Plan for events of one week, and tell what came of whom was asked."""
    rows = Interaction.objects.for_tenant(way.distribution.tenant).filter(pk__in=pks)
    found = list(rows.order_by("occurred_at", "thread_key", "pk"))
    candidates = candidates_of(way.distribution, found)
    planned = plan(distribution=way.distribution, candidates=candidates, now=week)
    asked = [one for one in planned if one.state == InvitationState.QUEUED]
    asked.sort(key=lambda one: (one.due_at, one.natural_key))
    history = [event for one in asked for event in _course_of(way, one, way.told.level * course)]
    _answer(way, [one for one in asked if one.answered_at])
    Invitation.objects.for_tenant(way.distribution.tenant).bulk_update(
        asked,
        [
            *("state", "state_at", "reason", "sent_at", "delivered_at", "is_delivery_assumed"),
            *("answered_at", "reminders_sent", "response", "version"),
        ],
    )
    InvitationEvent.objects.bulk_create(history)


def _course_of(way: _Way, one: Invitation, level: float) -> list[InvitationEvent]:
    """Tell what happened to one who was asked: bounced, answered, unsubscribed, or silent."""
    dice, drawn = way.dice, way.dice.random()
    one.sent_at = one.state_at = one.send_at
    history = [_event(one, "sent", one.send_at)]
    if drawn < _BOUNCED:
        one.state, one.reason = InvitationState.BOUNCED, Reason.BOUNCED
        return [*history, _event(one, "bounced", one.send_at, "550 5.1.1 no such person")]
    one.state, one.is_delivery_assumed = InvitationState.DELIVERED, True
    one.delivered_at = one.send_at + timedelta(days=1)
    after = timedelta(hours=dice.expovariate(1 / 20))
    is_answered = dice.random() < level
    for number, days in enumerate(way.told.reminders, 1):
        at = one.send_at + timedelta(days=days)
        if at < way.now and dice.random() < _REMINDED and not (is_answered and after.days < days):
            one.reminders_sent = number
            history.append(_event(one, "reminded", at, str(number)))
    if is_answered and one.send_at + after < way.now:
        one.state, one.version = InvitationState.COMPLETE, way.distribution.survey.head
        one.answered_at = one.state_at = one.send_at + after
    elif drawn > 1 - _OPTED_OUT:
        one.state, one.state_at = InvitationState.OPTED_OUT, one.send_at + timedelta(hours=5)
        history.append(_event(one, "opted_out", one.state_at))
    elif one.closes_at < way.now:
        one.state, one.state_at = InvitationState.EXPIRED, one.closes_at
    return history


def _answer(way: _Way, answered: list[Invitation]) -> None:
    """Load the answers of those who gave one, and name them on their invitations."""
    tenant, survey, metric = way.distribution.tenant, way.distribution.survey, way.question.metric
    if metric is None or not answered:
        return
    steps = range(metric.scale_min, metric.scale_max + 1)
    weights = [1 + 3 * place for place in range(len(steps))]
    names = _names(tenant, answered)
    records = [
        ResponseRecord(
            line=number,
            key=f"sent-{survey.key}-{one.natural_key}",
            answered_at=one.answered_at or one.send_at,
            survey=survey.key,
            customer=names.get(one.customer_id),
            ratings=(
                RatingRecord(way.question.key, metric.key, way.dice.choices(steps, weights)[0]),
            ),
        )
        for number, one in enumerate(answered, 1)
    ]
    last = max(record.answered_at for record in records)
    load_records(
        tenant=tenant,
        source=_SOURCE,
        records=records,
        registry=read_registry(tenant),
        batch=None,
        now=last,
    )
    keys = IngestKey.objects.for_tenant(tenant).filter(source=_SOURCE)
    made: dict[str, UUID] = dict(
        keys.filter(key__in=[one.key for one in records]).values_list("key", "object_id")
    )
    for one, record in zip(answered, records, strict=True):
        one.response_id = made[record.key]


def _names(tenant: Tenant, answered: list[Invitation]) -> dict[UUID, CustomerRef]:
    """Name customers by their numbers."""
    rows = Identity.objects.for_tenant(tenant).filter(
        customer__in=[one.customer_id for one in answered], kind="external", namespace=NUMBERING
    )
    return {
        pk: CustomerRef("external", NUMBERING, value)
        for pk, value in rows.order_by("value").values_list("customer", "value")
    }


def _close(way: _Way, manager: Membership) -> None:
    """End what has ended; what goes on looks at what comes in from now on."""
    row = way.distribution
    if way.told.has_ended:
        ended = way.now - _ENDED_WEEKS * _WEEK
        stop(distribution=row, to=DistributionState.ENDED, by=manager, now=ended)
        return
    # What was loaded with the demo came in now: the next look goes back by the overlap.
    read = way.now + OVERLAP + timedelta(seconds=1)
    Distribution.objects.for_tenant(row.tenant_id).filter(pk=row.pk).update(read_until=read)


def _event(one: Invitation, kind: str, at: datetime, detail: str = "") -> InvitationEvent:
    return InvitationEvent(
        id=new_id(), tenant_id=one.tenant_id, invitation=one, kind=kind, at=at, detail=detail
    )
