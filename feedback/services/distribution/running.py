"""Making distributions, starting and ending them, and the work they do by themselves."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from cxm.kernel.effects import Again
from cxm.tenants.audit import record
from cxm.tenants.models import Tenant
from cxm.work.models import Outbox, Schedule
from cxm.work.services import later, schedule
from feedback.errors import DistributionError
from feedback.models import AskList, Distribution, Invitation
from feedback.rules.distribution.words import (
    Audience,
    DistributionState,
    InvitationState,
    ListState,
    Reason,
)
from feedback.rules.survey_words import SurveyStatus
from feedback.services.autopilot import ask_in_turn
from feedback.services.distribution.finding import ask_about_events, ask_segment
from feedback.services.distribution.sending import remind_next, send_next, tend

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from cxm.tenants.models import ApiKey, Membership
    from feedback.models import Survey

ASK, ASK_SEGMENT, SEND = "feedback.ask", "feedback.ask-segment", "feedback.send-invitations"
ASK_LIST = "feedback.ask-list"
EVERY_SECONDS = 60


@transaction.atomic
def save_distribution(
    *,
    survey: Survey,
    distribution: Distribution | None,
    values: dict[str, Any],
    by: Membership | ApiKey | None,
    now: datetime,
) -> Distribution:
    """Make a distribution of *survey*, or change one; *values* are fields of the model.

    Medium and audience stay once somebody was planned. Raises DistributionError, which names the
    field.
    """
    row = distribution or Distribution(
        tenant=survey.tenant, survey=survey, seed=secrets.token_hex(8), created_at=now
    )
    if distribution and _has_planned(distribution):
        for name in ("medium", "audience"):
            if values.get(name, getattr(row, name)) != getattr(row, name):
                raise DistributionError(name, "This stays as it is: people were asked already.")
    for name, value in values.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "feedback_distribution_title" not in str(error):
            raise
        raise DistributionError(
            "title", "Another distribution of this survey is called so."
        ) from error
    action = "distribution-changed" if distribution else "distribution-made"
    record(tenant=survey.tenant, action=action, by=by, about=row, changes={"title": row.title})
    return row


@transaction.atomic
def start(*, distribution: Distribution, by: Membership | ApiKey | None, now: datetime) -> None:
    """Begin to ask: events from now on, all members of the segment as they are now, or lists.

    Starting a paused one goes on where it paused. Raises DistributionError.
    """
    row = _locked(distribution)
    if row.state == DistributionState.ACTIVE:
        return
    survey = row.survey
    if survey.status != SurveyStatus.LIVE:
        raise DistributionError("survey", "Open the survey first: it takes no answers now.")
    if row.audience == Audience.SEGMENT and row.segment_id is None:
        raise DistributionError("segment", "Choose the segment whose members are asked.")
    is_new = row.state in (DistributionState.DRAFT, DistributionState.ENDED)
    row.state = DistributionState.ACTIVE
    if is_new:
        row.starts_at, row.ends_at = now, None
        row.wave += 1
    row.read_until = row.read_until if row.read_until and not is_new else now
    row.save()
    # Who was planned already is known by now: what a pause cut off goes on.
    if row.audience == Audience.SEGMENT:
        later(ASK_SEGMENT, tenant=row.tenant_id, now=now, distribution_id=str(row.pk), after="")
    lists = AskList.objects.for_tenant(row.tenant_id).filter(distribution=row)
    for pk in lists.filter(state=ListState.ASKING).values_list("pk", flat=True):
        later(ASK_LIST, tenant=row.tenant_id, now=now, list_id=str(pk))
    _keep_asking(row.tenant, now)
    record(tenant=row.tenant, action="distribution-started", by=by, about=row)
    distribution.refresh_from_db()


@transaction.atomic
def stop(
    *,
    distribution: Distribution,
    to: DistributionState,
    by: Membership | ApiKey | None,
    now: datetime,
) -> None:
    """Pause a distribution, or end it: what was not sent by then is called off."""
    row = _locked(distribution)
    if row.state not in (DistributionState.ACTIVE, DistributionState.PAUSED):
        return
    row.state = to
    if to == DistributionState.ENDED:
        row.ends_at = now
        waiting = Invitation.objects.for_tenant(row.tenant_id).filter(
            distribution=row, state=InvitationState.QUEUED
        )
        waiting.update(state=InvitationState.CANCELLED, reason=Reason.CANCELLED, state_at=now)
    row.save()
    record(tenant=row.tenant, action=f"distribution-{to}", by=by, about=row)
    distribution.refresh_from_db()


def ask(*, tenant_id: UUID, now: datetime, after: dict[str, Any] | None = None) -> Again | None:
    """Look for people to ask in the events that came in, a stretch a run, then send what is due.

    First look after what was sent, and after those whose turn it is.

    *after* says where the last run of the same round stopped: {distribution, priority, place}.
    """
    rows = Distribution.objects.for_tenant(tenant_id).select_related("survey", "tenant")
    if after is None:
        tend(Tenant.objects.get(pk=tenant_id), now=now)
        ask_in_turn(tenant_id, now=now)
    # Where two could ask the same person, the lower priority does.
    active = rows.filter(state=DistributionState.ACTIVE, audience=Audience.EVENT)
    for one in _going_on(active, after).order_by("priority", "pk"):
        is_begun = bool(after and after["distribution"] == str(one.pk))
        place = ask_about_events(
            one, after=tuple(after["place"]) if after and is_begun else None, now=now
        )
        if place:
            at = {"distribution": str(one.pk), "priority": one.priority, "place": list(place)}
            return Again({"after": at})
    promise_sending(tenant_id, now)
    return None


def _going_on(
    active: QuerySet[Distribution], after: dict[str, Any] | None
) -> QuerySet[Distribution]:
    """Leave out the distributions that earlier runs of the same round have been through.

    They are told by their order, so that one that was paused or moved meanwhile ends no round.
    A place without a priority comes from an older sender: its round begins anew, and all that it
    planned is known by then.
    """
    if after is None or "priority" not in after:
        return active
    priority, begun = after["priority"], UUID(after["distribution"])
    return active.filter(Q(priority__gt=priority) | Q(priority=priority, pk__gte=begun))


def ask_members(
    *, tenant_id: UUID, now: datetime, distribution_id: str, after: str
) -> Again | None:
    """Plan for a stretch of a segment's members, then the next; at the end send what is due."""
    rows = Distribution.objects.for_tenant(tenant_id).select_related("survey", "tenant")
    distribution = rows.filter(pk=distribution_id, state=DistributionState.ACTIVE).first()
    place = ask_segment(distribution, after=after, now=now) if distribution else None
    if place:
        return Again({"distribution_id": distribution_id, "after": place})
    promise_sending(tenant_id, now)
    return None


def send_due(*, tenant_id: UUID, now: datetime) -> Again | None:
    """Send one message that is due, then the next."""
    tenant = Tenant.objects.get(pk=tenant_id)
    more = send_next(tenant, now=now) or remind_next(tenant, now=now)
    return Again({}) if more else None


def promise_sending(tenant_id: UUID, now: datetime) -> None:
    """Have what is due sent, if nobody is at it or about to be."""
    waiting = Outbox.objects.for_tenant(tenant_id).filter(task=SEND, state=Outbox.State.WAITING)
    if not waiting.exists():
        later(SEND, tenant=tenant_id, now=now)


def _keep_asking(tenant: Tenant, now: datetime) -> None:
    if not Schedule.objects.for_tenant(tenant).filter(task=ASK).exists():
        schedule(ASK, tenant=tenant, every_seconds=EVERY_SECONDS, now=now)


def _locked(distribution: Distribution) -> Distribution:
    rows = Distribution.objects.for_tenant(distribution.tenant_id).select_related(
        "survey", "tenant"
    )
    return rows.select_for_update(of=("self",)).get(pk=distribution.pk)


def _has_planned(distribution: Distribution) -> bool:
    return (
        Invitation.objects.for_tenant(distribution.tenant_id)
        .filter(distribution=distribution)
        .exists()
    )
