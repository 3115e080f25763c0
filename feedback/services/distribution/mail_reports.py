"""Noting what mail services tell of our mails, and writing no more where that is called for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from cxm.customers.models import Customer, Identity
from feedback.models import Invitation, InvitationEvent
from feedback.rules.distribution.bounces import is_of_way
from feedback.rules.distribution.words import InvitationState, Reason, ReportKind
from feedback.services.distribution.notes import note
from feedback.services.distribution.suppressions import (
    bar,
    emails_of_person,
    opt_out_person,
    withdraw,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.tenants.models import Tenant
    from feedback.adapters.events.parsed import MailReport

# So many mails in a row that came back for now are one that comes back for good.
MOST_SOFT = 3
SOFT_WITHIN = timedelta(days=90)
BOUNCED, SOFT, COMPLAINED = "bounced", "bounced for now", "complained"
# Our mail, or the way to the server, was refused: that says nothing of the person.
REFUSED = "refused for now"
_OURS = re.compile(r"<([0-9a-f]{32})\.\d{1,3}@[^<>]+>")
_ON_ITS_WAY = (InvitationState.SENT, InvitationState.DELIVERED)
_UNANSWERED = (*_ON_ITS_WAY, InvitationState.OPENED, InvitationState.QUEUED)


@dataclass(frozen=True)
class _About:
    """Whom a report is about: an invitation, a person, or an address that nobody has."""

    report: MailReport
    invitation: Invitation | None
    person: Customer | None

    @cached_property
    def email(self) -> str:
        """Give the address, that of the person where the report names none."""
        if self.report.email or self.person is None:
            return self.report.email
        return self.person.email or min(emails_of_person(self.person), default="")


def take_reports(
    tenant: Tenant, reports: Sequence[MailReport], *, now: datetime
) -> tuple[int, int]:
    """Note what became of mails; give how many items changed something, and how many nothing.

    A mail that came back for good, or the third in a row within 90 days that came back for now for
    the mailbox's sake, bars its address; a complaint bars all addresses of the person, who is asked
    no more. What is told again changes nothing. Of mails that are none of ours only the address
    counts.
    """
    changed: dict[int, bool] = {}
    for report in reports:
        about = _about(tenant, report)
        is_news = _ACTS[report.kind](tenant, about, min(report.at, now), now)
        changed[report.position] = changed.get(report.position, False) or is_news
    return sum(changed.values()), len(changed) - sum(changed.values())


def _about(tenant: Tenant, report: MailReport) -> _About:
    invitation = None
    if found := _OURS.fullmatch(report.message_id):
        rows = Invitation.objects.for_tenant(tenant).select_for_update(of=("self",))
        rows = rows.select_related("customer__root__tenant", "tenant")
        invitation = rows.filter(pk=UUID(found[1])).first()
    if invitation:
        return _About(report, invitation, invitation.customer.root)
    known = Identity.objects.for_tenant(tenant).filter(
        kind="email", value=report.email, customer__root__erased_at=None
    )
    person = known.select_related("customer__root__tenant").first() if report.email else None
    return _About(report, None, person.customer.root if person else None)


def _delivered(_tenant: Tenant, about: _About, at: datetime, _now: datetime) -> bool:
    row = about.invitation
    if row is None or row.state not in _ON_ITS_WAY:
        return False
    if row.state == InvitationState.DELIVERED and not row.is_delivery_assumed:
        return False
    row.state, row.state_at, row.delivered_at = InvitationState.DELIVERED, at, at
    row.is_delivery_assumed = False
    row.save(update_fields=["state", "state_at", "delivered_at", "is_delivery_assumed"])
    note(row, "delivered", at)
    return True


def _bounced(tenant: Tenant, about: _About, at: datetime, now: datetime) -> bool:
    row, reason = about.invitation, _without(about)
    if not about.report.is_permanent:
        is_news, is_last = _soft(row, about.report.reason, at, reason) if row else (False, False)
        if not is_last or not row or _soft_in_a_row(row, now) < MOST_SOFT:
            return is_news
    if about.email:
        bar(tenant=tenant, kind="email", value=about.email, reason=Reason.BOUNCED, now=at)
    if row is None:
        return bool(about.email)
    if row.state in _UNANSWERED:
        row.state, row.state_at, row.reason = InvitationState.BOUNCED, at, Reason.BOUNCED
        row.save(update_fields=["state", "state_at", "reason"])
    return _note_once(row, BOUNCED, at, reason)


def _soft(row: Invitation, said: str, at: datetime, told: str) -> tuple[bool, bool]:
    """Note a mail that came back for now; say whether that is news, and whether it counts."""
    if is_of_way(said):
        return _note_once(row, REFUSED, at, told), False
    is_news = _note_once(row, SOFT, at, told)
    return is_news, is_news


def _complained(tenant: Tenant, about: _About, at: datetime, _now: datetime) -> bool:
    row, person = about.invitation, about.person
    if row and not _note_once(row, COMPLAINED, at, _without(about)):
        return False
    emails = {about.report.email} if about.report.email else set()
    if person:
        emails |= emails_of_person(person)
        withdraw(person, now=at, source="mail")
    for email in sorted(emails):
        bar(tenant=tenant, kind="email", value=email, reason=Reason.COMPLAINED, now=at)
    if row and row.state in _UNANSWERED:
        row.state, row.state_at, row.reason = InvitationState.OPTED_OUT, at, ""
        row.save(update_fields=["state", "state_at", "reason"])
    return True


def _unsubscribed(tenant: Tenant, about: _About, at: datetime, _now: datetime) -> bool:
    row, person = about.invitation, about.person
    if row and not _note_once(row, InvitationState.OPTED_OUT, at, ""):
        return False
    if about.report.email:
        email = about.report.email
        bar(tenant=tenant, kind="email", value=email, reason=Reason.UNSUBSCRIBED, now=at)
    if person:
        opt_out_person(person, source="mail", about=row.pk if row else person.pk, now=at)
    if row and row.state in _UNANSWERED:
        row.state, row.state_at, row.reason = InvitationState.OPTED_OUT, at, ""
        row.save(update_fields=["state", "state_at", "reason"])
    return True


def _note_once(row: Invitation, kind: str, at: datetime, detail: str) -> bool:
    """Note something, unless the same was noted of the same moment; say whether it was news.

    Only that a mail came back, or was refused, for now can be so more than once.
    """
    rows = InvitationEvent.objects.for_tenant(row.tenant_id).filter(invitation=row, kind=kind)
    if (rows.filter(at=at) if kind in (SOFT, REFUSED) else rows).exists():
        return False
    note(row, kind, at, detail)
    return True


def _soft_in_a_row(row: Invitation, now: datetime) -> int:
    """Count the mails to the person that came back for now since the last that did not."""
    theirs = Invitation.objects.for_tenant(row.tenant_id).filter(
        customer__root=row.customer.root_id, medium=row.medium
    )
    good = theirs.filter(delivered_at__isnull=False, is_delivery_assumed=False)
    last = good.order_by("-delivered_at").values_list("delivered_at", flat=True).first()
    soft = InvitationEvent.objects.for_tenant(row.tenant_id).filter(
        kind=SOFT, at__gt=max(filter(None, [last, now - SOFT_WITHIN])), invitation__in=theirs
    )
    return soft.values("invitation").distinct().count()


def _without(about: _About) -> str:
    """Give the words of a mail server without the address, which outlives no erasure."""
    said = about.report.reason
    return said.replace(about.email, "[address]") if about.email else said


_ACTS = {
    ReportKind.DELIVERED: _delivered,
    ReportKind.BOUNCED: _bounced,
    ReportKind.COMPLAINED: _complained,
    ReportKind.UNSUBSCRIBED: _unsubscribed,
}
