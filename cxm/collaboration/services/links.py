"""Links for people outside: making and revoking them, their passwords, and their visits."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F

from cxm.collaboration.models import ShareLink, ShareVisit
from cxm.collaboration.rules.link_errors import (
    LinkEndsInThePastError,
    LinkLabelError,
    LinkPasswordError,
    LinkTooLongError,
)
from cxm.collaboration.rules.links import (
    LONGEST_LABEL,
    LONGEST_PASSWORD,
    MOST_COUNTED,
    MOST_DAYS,
    SHORTEST_PASSWORD,
    WAIT,
    Terms,
    address_prefix,
    agent_family,
    is_wait_due,
    tries_left,
)
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from cxm.tenants.services import token_hash

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership, Tenant, TenantOwned

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a password: whether it fits; else how many are left, or how long to wait."""

    is_right: bool
    tries_left: int = 0
    wait: timedelta = timedelta(0)


@transaction.atomic
def make_link(
    *,
    tenant: Tenant,
    about: TenantOwned,
    terms: Terms,
    by: Membership | ApiKey | None,
    now: datetime,
) -> tuple[ShareLink, str]:
    """Make a link to *about*; give it and its token of 256 bits, which is kept nowhere.

    The kinds and the moment of *terms* are the caller's to check, who writes down what the link
    belongs to. Raises LinkEndsInThePastError, LinkTooLongError, LinkPasswordError and
    LinkLabelError.
    """
    label = " ".join(terms.label.split())
    _check(terms, label, now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = ShareLink.objects.create(
        tenant=tenant,
        label=label,
        token_hash=token_hash(token),
        password=make_password(terms.password) if terms.password else "",
        expires_at=terms.expires_at,
        allow_kinds=list(terms.kinds),
        freeze_seq=terms.freeze_seq,
        created_at=now,
        by=None if isinstance(by, ApiKey) else by,
    )
    told = {
        "link": str(link.pk),
        "label": label,
        "expires_at": terms.expires_at.isoformat(),
        "shows": list(terms.kinds),
        "has_password": bool(terms.password),
        "frozen_at": terms.freeze_seq,
    }
    record(tenant=tenant, action="share-link-made", by=by, about=about, changes=told)
    return link, token


@transaction.atomic
def revoke_link(
    *, link: ShareLink, about: TenantOwned, by: Membership | ApiKey | None, now: datetime
) -> None:
    """Make *link* (loaded with its tenant) show nothing from this transaction's commit on.

    One that was revoked before stays as it is.
    """
    live = ShareLink.objects.for_tenant(link.tenant_id).filter(pk=link.pk, revoked_at=None)
    if live.update(revoked_at=now):
        told = {"link": str(link.pk), "label": link.label}
        record(tenant=link.tenant, action="share-link-revoked", by=by, about=about, changes=told)


@transaction.atomic
def try_password(*, link: ShareLink, password: str, now: datetime) -> Tried:
    """Try *password* on a link that has one; each fifth wrong one in a row means to wait.

    Whoever tries at the same time takes turns: the row is locked while the password is hashed,
    so that no more than five are ever compared. While one has to wait, none is.
    """
    links = ShareLink.objects.for_tenant(link.tenant_id).select_for_update()
    row = links.get(pk=link.pk)
    if row.locked_until and row.locked_until > now:
        return Tried(is_right=False, wait=row.locked_until - now)
    if check_password(password, row.password):
        row.wrong_tries, row.locked_until = 0, None
        row.save(update_fields=["wrong_tries", "locked_until"])
        return Tried(is_right=True)
    row.wrong_tries = min(row.wrong_tries + 1, MOST_COUNTED)
    is_over = is_wait_due(row.wrong_tries)
    row.locked_until = now + WAIT if is_over else None
    row.save(update_fields=["wrong_tries", "locked_until"])
    if is_over:
        return Tried(is_right=False, wait=WAIT)
    return Tried(is_right=False, tries_left=tries_left(row.wrong_tries))


@transaction.atomic
def note_visit(*, link: ShareLink, address: str, agent: str, now: datetime) -> None:
    """Count a look at *link*; write down one visit for each network and hour.

    Of *address* its network is kept, of *agent* (what the browser calls itself) its family.
    """
    # The row is locked by this until the end: two at once do not both find no visit.
    links = ShareLink.objects.for_tenant(link.tenant_id).filter(pk=link.pk)
    links.update(hits=F("hits") + 1, last_seen_at=now)
    hour = now.replace(minute=0, second=0, microsecond=0)
    prefix = address_prefix(address)
    visits = ShareVisit.objects.for_tenant(link.tenant_id)
    if not visits.filter(link=link, address_prefix=prefix, at__gte=hour).exists():
        ShareVisit.objects.create(
            tenant_id=link.tenant_id,
            link=link,
            at=now,
            address_prefix=prefix,
            agent_family=agent_family(agent),
        )


def _check(terms: Terms, label: str, now: datetime) -> None:
    if terms.expires_at <= now:
        raise LinkEndsInThePastError
    if terms.expires_at > now + timedelta(days=MOST_DAYS):
        raise LinkTooLongError(MOST_DAYS)
    if terms.password and not SHORTEST_PASSWORD <= len(terms.password) <= LONGEST_PASSWORD:
        raise LinkPasswordError(SHORTEST_PASSWORD, LONGEST_PASSWORD)
    if len(label) > LONGEST_LABEL:
        raise LinkLabelError(LONGEST_LABEL)
