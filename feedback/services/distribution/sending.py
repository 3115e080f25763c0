"""Sending what is due: asked of the policy once more, one message a transaction."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from feedback.models import Distribution, Invitation, InvitationEvent
from feedback.rules.distribution.policy import Outcome, decide
from feedback.rules.distribution.words import (
    WAITING,
    DistributionState,
    InvitationState,
    Medium,
    Reason,
    RuleKind,
)
from feedback.rules.survey_words import SurveyStatus
from feedback.selectors.trying_out import is_for_trying_out
from feedback.services.answering import is_open
from feedback.services.distribution.calling_off import CALLED_OFF_BY, About, called_off, names_of
from feedback.services.distribution.messages import message_of
from feedback.services.distribution.notes import note
from feedback.services.distribution.persons import lock_roots, read_persons, read_rules, roots_of
from feedback.services.distribution.planning import apply_verdict, asking_of
from feedback.services.distribution.suppressions import bar
from feedback.services.senders.choosing import sender_for
from feedback.services.senders.message import AddressRefusedError, BadAddressError, NotSentError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Tenant
    from feedback.rules.distribution.policy import Person, PolicyRule, Verdict
    from feedback.services.distribution.calling_off import CalledOff

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=2), timedelta(hours=2)
_MOST_DOUBLINGS = 8
_A_MINUTE = timedelta(minutes=1)
_ASSUMED_AFTER = timedelta(hours=24)
_SENT, _REMINDED = "sent", "reminded"
_WITH = ("distribution", "survey", "survey__head", "tenant", "customer", "interaction")


def send_next(tenant: Tenant, *, now: datetime) -> bool:
    """Send the invitation that is due longest, or say why not; False where none is due.

    Runs in the caller's transaction, which is to end right after: a worker that dies before that
    sends one message twice at most, with the same Message-ID.
    """
    rules = read_rules(tenant)
    invitation = _due(tenant, now, rules)
    if invitation is None:
        return False
    person, verdict = _asked_again(invitation, rules, now)
    if verdict.outcome is Outcome.ASK:
        _send(invitation, person, now)
    else:
        _do_not(invitation, verdict, now)
    invitation.save()
    return True


def remind_next(tenant: Tenant, *, now: datetime) -> bool:
    """Remind the next person whose reminder is due; False where none is.

    A reminder passes the whole policy, without the invitation it belongs to.
    """
    invitation = _to_remind(tenant, now)
    if invitation is None:
        return False
    person, verdict = _asked_again(invitation, read_rules(tenant), now, is_reminder=True)
    invitation.remind_at = None
    if verdict.outcome is Outcome.ASK:
        _remind(invitation, person, now)
    elif verdict.outcome is Outcome.LATER:
        invitation.remind_at = verdict.again_at
    else:
        # One that may not be sent is over: nobody is reminded at the next chance instead.
        invitation.reminders_sent = _number_due(invitation, now)
        note(invitation, "not reminded", now, str(verdict.reason))
    invitation.save(update_fields=["reminders_sent", "remind_at"])
    return True


def tend(tenant: Tenant, *, now: datetime) -> None:
    """Take for delivered what did not come back within a day, and end what was not answered."""
    rows = Invitation.objects.for_tenant(tenant)
    rows.filter(state=InvitationState.SENT, sent_at__lte=now - _ASSUMED_AFTER).update(
        state=InvitationState.DELIVERED,
        delivered_at=now,
        state_at=now,
        is_delivery_assumed=True,
    )
    rows.filter(state__in=sorted(WAITING), closes_at__lte=now).update(
        state=InvitationState.EXPIRED, state_at=now
    )


def _due(tenant: Tenant, now: datetime, rules: list[PolicyRule]) -> Invitation | None:
    """Find what is due longest by a medium that may still send within this minute."""
    full = {
        rule.medium
        for rule in rules
        if rule.kind is RuleKind.RATE
        and _sent_lately(tenant, rule.medium, now) >= rule.params["per_minute"]
    }
    if "" in full:
        return None
    rows = (
        Invitation.objects.for_tenant(tenant)
        .exclude(medium__in=full)
        .filter(
            state=InvitationState.QUEUED,
            send_at__lte=now,
            distribution__state=DistributionState.ACTIVE,
        )
    )
    rows = rows.select_related(*_WITH)
    return rows.order_by("send_at", "pk").select_for_update(skip_locked=True, of=("self",)).first()


def _to_remind(tenant: Tenant, now: datetime) -> Invitation | None:
    """Find who was asked long enough ago for the first, or the second, reminder."""
    rows = Invitation.objects.for_tenant(tenant).filter(
        state__in=[InvitationState.DELIVERED, InvitationState.OPENED],
        closes_at__gt=now,
        survey__status=SurveyStatus.LIVE,
    )
    rows = rows.select_related(*_WITH)
    asking = Distribution.objects.for_tenant(tenant).filter(state=DistributionState.ACTIVE)
    for distribution in asking.exclude(reminders=[]):
        for number, days in enumerate(distribution.reminders):
            due = rows.filter(
                Q(remind_at__isnull=True) | Q(remind_at__lte=now),
                distribution=distribution,
                reminders_sent__lte=number,
                sent_at__lte=now - timedelta(days=days),
            )
            found = due.order_by("sent_at", "pk").select_for_update(skip_locked=True, of=("self",))
            row = found.first()
            if row:
                return row
    return None


def _number_due(invitation: Invitation, now: datetime) -> int:
    """Give the number of the reminder whose time it is; earlier ones that were missed are over."""
    since = now - (invitation.sent_at or now)
    return sum(timedelta(days=days) <= since for days in invitation.distribution.reminders)


def _asked_again(
    invitation: Invitation, rules: list[PolicyRule], now: datetime, **more: Any
) -> tuple[Person, Verdict]:
    """Lock the person of an invitation and put it before the policy as it would be sent now."""
    tenant = invitation.tenant
    root_id = roots_of(tenant, [invitation.customer_id])[invitation.customer_id]
    persons = read_persons(
        tenant=tenant,
        roots=lock_roots(tenant, [root_id], rules),
        medium=Medium(invitation.medium),
        rules=rules,
        window=(now, now),
    )
    person, by = persons[root_id], _called_off_by(invitation, root_id)
    is_off = by is not None or _is_called_off(invitation, now)
    verdict = decide(person, asking_of(invitation, now=now, is_called_off=is_off, **more), rules)
    if by and verdict.reason is Reason.CANCELLED:
        verdict = replace(verdict, figures={CALLED_OFF_BY: by.name})
    return person, verdict


def _called_off_by(invitation: Invitation, root_id: UUID) -> CalledOff | None:
    """Find the event after which nobody is to be asked about this one any more."""
    names = names_of(invitation.distribution)
    event = invitation.interaction if names else None
    if event is None:
        return None
    about = About(root_id, event.thread_key, event.occurred_at)
    [found] = called_off(invitation.tenant, names, [about])
    return found


def _is_called_off(invitation: Invitation, now: datetime) -> bool:
    survey = invitation.survey
    return survey.archived_at is not None or not is_open(survey, now=now)


def _sent_lately(tenant: Tenant, medium: str, now: datetime) -> int:
    """Count what was sent within a minute by a medium, or by all for "", reminders too."""
    rows = InvitationEvent.objects.for_tenant(tenant).filter(
        kind__in=[_SENT, _REMINDED], at__gt=now - _A_MINUTE, at__lte=now
    )
    return (rows.filter(invitation__medium=medium) if medium else rows).count()


def _send(invitation: Invitation, person: Person, now: datetime) -> None:
    try:
        _hand_over(invitation, person)
    except BadAddressError as error:
        invitation.state, invitation.reason = InvitationState.SUPPRESSED, Reason.BAD_ADDRESS
        invitation.state_at = now
        note(invitation, "suppressed", now, _told(error, person))
    except AddressRefusedError as error:
        invitation.state, invitation.reason = InvitationState.BOUNCED, Reason.BOUNCED
        invitation.state_at = now
        bar(
            tenant=invitation.tenant,
            kind=Medium(invitation.medium).identity,
            value=person.address,
            reason=Reason.BOUNCED,
            now=now,
        )
        note(invitation, "bounced", now, _told(error, person))
    except NotSentError as error:
        _try_later(invitation, now, _told(error, person))
    else:
        invitation.state, invitation.state_at = InvitationState.SENT, now
        invitation.sent_at = invitation.send_at = now
        # However long it waited, there are as many days to answer.
        invitation.closes_at = now + timedelta(days=invitation.distribution.open_days)
        note(invitation, _SENT, now)


def _remind(invitation: Invitation, person: Person, now: datetime) -> None:
    number = _number_due(invitation, now)
    try:
        _hand_over(invitation, person, number)
    except NotSentError as error:
        invitation.remind_at = now + LONGEST_PAUSE
        note(invitation, "not reminded yet", now, _told(error, person))
        return
    except (AddressRefusedError, BadAddressError) as error:
        note(invitation, "not reminded", now, _told(error, person))
    else:
        note(invitation, _REMINDED, now, str(number))
    invitation.reminders_sent = number


def _hand_over(invitation: Invitation, person: Person, reminder: int = 0) -> None:
    """Send the message of an invitation. Raises as senders do: one row must not stop the queue."""
    try:
        with transaction.atomic():
            message = message_of(invitation, person.address, reminder)
            # The addresses of made-up people may be somebody's.
            if not is_for_trying_out(invitation.tenant):
                sender_for(Medium(invitation.medium)).send(message)
    except (AddressRefusedError, BadAddressError, NotSentError):
        raise
    except Exception as error:
        # Without its words: they may hold the address.
        logger.warning("invitation %s: %s", invitation.pk, type(error).__name__)
        raise NotSentError(type(error).__name__) from error


def _told(error: Exception, person: Person) -> str:
    """Give the words of a mail server without the address, which outlives no erasure."""
    return str(error).replace(person.address, "[address]")


def _try_later(invitation: Invitation, now: datetime, error: str) -> None:
    """Have it sent after a pause, twice as long each time, as long as it is worth sending."""
    doublings = min(invitation.attempts, _MOST_DOUBLINGS)
    again_at = now + min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE)
    invitation.attempts += 1
    if again_at > invitation.expires_at:
        invitation.state, invitation.reason = InvitationState.FAILED, Reason.TOO_LATE
        invitation.state_at = now
        note(invitation, "failed", now, error)
    else:
        invitation.send_at = again_at
        note(invitation, "not sent yet", now, error)


def _do_not(invitation: Invitation, verdict: Verdict, now: datetime) -> None:
    apply_verdict(invitation, verdict, now=now)
    if verdict.reason is Reason.CANCELLED:
        invitation.state = InvitationState.CANCELLED
    note(invitation, str(invitation.state), now, str(verdict.reason))
