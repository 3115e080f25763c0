"""Whether one person could be asked now, why not and from when; and asking them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.tenants.audit import record
from feedback.errors import DistributionError, NotAskedError
from feedback.models import Invitation, Survey
from feedback.rules.distribution.policy import Asking, Verdict, decide
from feedback.rules.distribution.words import DistributionState, InvitationState, Medium, Reason
from feedback.rules.survey_words import SurveyStatus
from feedback.services.distribution.persons import RootsMovedError, read_persons, read_rules
from feedback.services.distribution.planning import Candidate, plan
from feedback.services.distribution.running import promise_sending
from feedback.services.senders.choosing import can_send

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.customers.models import Customer
    from cxm.tenants.models import ApiKey, Membership
    from feedback.models import Distribution

_DAY = timedelta(days=1)
# What an invitation is about that a person, or a program, asked for.
ABOUT = "Asked by hand"


@dataclass(frozen=True, slots=True)
class Possible:
    """What the policy says of asking a person by *medium* for *purpose* (words)."""

    medium: str
    purpose: str
    verdict: Verdict


def possibilities(root: Customer, *, now: datetime) -> list[Possible]:
    """Put every way and purpose of asking *root* before the policy; nothing is locked or kept."""
    rules = read_rules(root.tenant)
    found = []
    for medium in (one for one in Medium if one is not Medium.LINK and can_send(one)):
        persons = read_persons(
            tenant=root.tenant, roots=[root], medium=medium, rules=rules, window=(now, now)
        )
        for purpose in Survey.Purpose:
            asking = Asking(medium, purpose, now, now + _DAY)
            verdict = decide(persons[root.pk], asking, rules)
            found.append(Possible(medium.words, str(purpose.label), verdict))
    return found


@transaction.atomic
def ask_now(
    *,
    distribution: Distribution,
    customer: Customer,
    key: str,
    about: str = "",
    by: Membership | ApiKey,
    now: datetime,
) -> tuple[Invitation, bool]:
    """Ask one person by *distribution* without its delay; give the invitation, and if it is new.

    Whom the same *key* asked before is not asked again. A refusal is told and not kept, so that the
    same key may ask later; the policy is asked as for everybody, its share too. Raises
    NotAskedError with the reason, and DistributionError where *distribution* does not ask.
    """
    _refuse_idle(distribution)
    candidate = Candidate(
        customer.pk,
        key,
        # The delay counts from an event, and nothing happened that could be waited after.
        now - timedelta(minutes=distribution.delay_minutes),
        context={"about": about or ABOUT},
    )
    try:
        planned = plan(distribution=distribution, candidates=[candidate], now=now)
    except RootsMovedError as error:
        message = "This person was merged a moment ago: ask once more."
        raise DistributionError("customer_id", message) from error
    if not planned:
        return _asked_before(distribution, customer, key), False
    [invitation] = planned
    if invitation.state == InvitationState.SUPPRESSED:
        raise _refusal(invitation)
    promise_sending(distribution.tenant_id, now)
    record(
        tenant=distribution.tenant,
        action="person-asked",
        by=by,
        about=distribution,
        changes={"invitation": str(invitation.pk)},
    )
    return invitation, True


def _refuse_idle(distribution: Distribution) -> None:
    if distribution.state != DistributionState.ACTIVE:
        raise DistributionError("distribution_id", f"Start “{distribution}” first: it asks nobody.")
    if distribution.survey.status != SurveyStatus.LIVE:
        message = "Open the survey first: it takes no answers now."
        raise DistributionError("distribution_id", message)


def _asked_before(distribution: Distribution, customer: Customer, key: str) -> Invitation:
    """Find what *key* stands for already; raises NotAskedError where it was not sent."""
    rows = Invitation.objects.for_tenant(distribution.tenant_id).select_related("customer")
    row = rows.filter(distribution=distribution, natural_key=key).first()
    if row is None:
        message = "The distribution ended, or this person was erased, a moment ago."
        raise DistributionError("distribution_id", message)
    if row.customer.root_id != customer.root_id:
        message = "Somebody else was asked about this already: name something else."
        raise DistributionError("about", message)
    if row.reason:
        raise _refusal(row)
    return row


def _refusal(invitation: Invitation) -> NotAskedError:
    reason = Reason(invitation.reason)
    told = {
        "reason": reason.value,
        "contact_rule_id": str(invitation.rule_id) if invitation.rule_id else None,
        "figures": invitation.figures,
    }
    return NotAskedError(reason.words, told)
