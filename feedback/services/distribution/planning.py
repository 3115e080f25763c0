"""Planning whom a distribution asks: one invitation for each, or the reason why not."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from cxm.kernel.ids import new_id
from feedback.models import Distribution, Invitation, InvitationEvent
from feedback.rules.distribution.policy import Asking, Contact, Outcome, decide
from feedback.rules.distribution.words import ASKED, DistributionState, InvitationState, Medium
from feedback.services.distribution.persons import lock_roots, read_persons, read_rules, roots_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from feedback.rules.distribution.policy import Person, PolicyRule, Verdict

MOST_AT_ONCE = 500
# As long as what `new_token` gives, so that one address serves both.
_TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom a distribution would ask: about what, since when, with which context.

    *language* is the one they are written to in, "" for their own; *chance* that with which they
    are drawn in their *stratum*, None for the share of the distribution; *thread_key* names the
    order or ticket that it is about.
    """

    customer_id: UUID
    natural_key: str
    at: datetime
    interaction_id: UUID | None = None
    context: dict[str, Any] = field(default_factory=dict)
    language: str = ""
    stratum: str = ""
    chance: Decimal | None = None
    thread_key: str = ""


def token_of(invitation_id: UUID) -> str:
    """Give the token of an invitation's address; made from a secret, it need not be kept."""
    said = f"invitation:{invitation_id}".encode()
    made = hmac.digest(settings.SECRET_KEY.encode(), said, "sha256")[:_TOKEN_BYTES]
    return urlsafe_b64encode(made).decode()


@transaction.atomic
def plan(
    *, distribution: Distribution, candidates: Sequence[Candidate], now: datetime
) -> list[Invitation]:
    """Decide about every candidate and keep what was decided; give the new invitations.

    A natural key that the distribution knows already is left as it is: planning again, or twice
    at once, asks nobody twice. At most MOST_AT_ONCE candidates; older events go first.
    """
    tenant = distribution.tenant
    if _is_ended(distribution):
        return []
    fresh = _unknown(distribution, candidates)
    roots = roots_of(tenant, {one.customer_id for one in fresh})
    rules, medium = read_rules(tenant), Medium(distribution.medium)
    locked = lock_roots(tenant, set(roots.values()), rules)
    # Whoever planned the same before us has let go of these people by now.
    fresh = _unknown(distribution, fresh)
    latest = max((one.at for one in fresh), default=now)
    until = max(latest, now) + timedelta(minutes=distribution.delay_minutes)
    persons = read_persons(
        tenant=tenant, roots=locked, medium=medium, rules=rules, window=(now, until)
    )
    planning = _Planning(distribution, rules, _asked_elsewhere(distribution, fresh), now)
    planned = []
    for one in sorted(fresh, key=lambda each: (each.at, each.natural_key)):
        root = roots.get(one.customer_id)
        if root in persons:
            planned.append(_decided(planning, one, persons[root]))
    Invitation.objects.bulk_create(planned)
    InvitationEvent.objects.bulk_create(
        InvitationEvent(tenant=tenant, invitation=one, kind=one.state, at=now, detail=one.reason)
        for one in planned
    )
    return planned


def asking_of(invitation: Invitation, *, now: datetime, **more: Any) -> Asking:
    """Put an invitation before the policy again, as it would be sent now."""
    distribution = invitation.distribution
    return Asking(
        medium=invitation.medium,
        purpose=invitation.purpose,
        at=now,
        # A reminder is worth sending as long as it can be answered.
        expires_at=invitation.closes_at if more.get("is_reminder") else invitation.expires_at,
        invitation=str(invitation.pk),
        share=float(invitation.propensity),
        seed=distribution.seed,
        **more,
    )


def apply_verdict(invitation: Invitation, verdict: Verdict, *, now: datetime) -> None:
    """Set what the policy said on *invitation*, which is to be saved by the caller."""
    invitation.figures = verdict.figures
    invitation.rule_id = verdict.rule or None
    if verdict.outcome is Outcome.NO:
        invitation.state, invitation.reason = InvitationState.SUPPRESSED, str(verdict.reason)
    else:
        invitation.state = InvitationState.QUEUED
        invitation.send_at = verdict.again_at or invitation.send_at
    invitation.state_at = now


def _is_ended(distribution: Distribution) -> bool:
    """Lock a distribution, and say whether it has ended: ending it waits for what is planned."""
    rows = Distribution.objects.for_tenant(distribution.tenant_id).filter(pk=distribution.pk)
    state = rows.select_for_update(no_key=True).values_list("state", flat=True).get()
    return bool(state == DistributionState.ENDED)


def _unknown(distribution: Distribution, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Keep the first candidate of each natural key that was not planned yet."""
    by_key = {one.natural_key: one for one in reversed(candidates)}
    rows = Invitation.objects.for_tenant(distribution.tenant_id).filter(distribution=distribution)
    known = set(rows.filter(natural_key__in=by_key).values_list("natural_key", flat=True))
    return [one for key, one in by_key.items() if key not in known]


def _asked_elsewhere(distribution: Distribution, candidates: Sequence[Candidate]) -> set[str]:
    rows = Invitation.objects.for_tenant(distribution.tenant_id).filter(
        survey=distribution.survey_id,
        natural_key__in=[one.natural_key for one in candidates if one.interaction_id],
        state__in=sorted(ASKED | {InvitationState.QUEUED}),
    )
    return set(rows.exclude(distribution=distribution).values_list("natural_key", flat=True))


@dataclass(frozen=True, slots=True)
class _Planning:
    distribution: Distribution
    rules: list[PolicyRule]
    asked_before: set[str]
    now: datetime


def _decided(planning: _Planning, candidate: Candidate, person: Person) -> Invitation:
    distribution, now = planning.distribution, planning.now
    survey = distribution.survey
    due_at = candidate.at + timedelta(minutes=distribution.delay_minutes)
    send_at = max(due_at, now)
    invitation_id = new_id()
    invitation = Invitation(
        id=invitation_id,
        tenant=distribution.tenant,
        distribution=distribution,
        survey=survey,
        customer_id=candidate.customer_id,
        interaction_id=candidate.interaction_id,
        natural_key=candidate.natural_key[:200],
        medium=distribution.medium,
        purpose=survey.purpose,
        context=candidate.context,
        language=candidate.language,
        token_hash=hashlib.sha256(token_of(invitation_id).encode()).hexdigest(),
        due_at=due_at,
        send_at=send_at,
        expires_at=due_at + timedelta(hours=distribution.expires_hours),
        closes_at=send_at + timedelta(days=distribution.open_days),
        propensity=distribution.share if candidate.chance is None else candidate.chance,
        created_at=now,
    )
    is_duplicate = candidate.natural_key in planning.asked_before
    asking = asking_of(invitation, now=send_at, is_duplicate=is_duplicate)
    verdict = decide(person, asking, planning.rules)
    apply_verdict(invitation, verdict, now=now)
    if invitation.state == InvitationState.QUEUED:
        contact = Contact(
            invitation.send_at, invitation.medium, invitation.purpose, str(invitation_id)
        )
        # The next candidate of the same person, or of their company, meets this one.
        for contacts in (person.contacts, person.company_contacts):
            contacts.append(contact)
    return invitation
