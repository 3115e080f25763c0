"""Panels: helpdesks that may show our customer page in a frame, and the links they get."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.core import signing
from django.db import transaction

from cxm.customers.errors import (
    NoOriginError,
    OriginNotOfPanelError,
    OriginRefusedError,
    PanelRevokedError,
    TooManyOriginsError,
)
from cxm.customers.models import Panel
from cxm.customers.rules.origins import clean_origin
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxm.tenants.models import Membership, Tenant

SALT = "cxm.customers.panel"
SHORTEST_SECONDS, LONGEST_SECONDS = 300, 43_200
MOST_ORIGINS = 20
USED_EVERY = timedelta(minutes=1)
# What a key may have that its links may show; nothing else is handed on to a frame.
PASSED_ON = (Right.SEE_CUSTOMERS, Right.SEE_PERSONS, Right.SEE_RESPONSES)


@dataclass(frozen=True, slots=True)
class PanelPass:
    """What a signed link says: whose panel shows which customer, where, until when.

    *rights* are those of the key that asked for it; *agent* is the helpdesk's name for whoever
    looks.
    """

    tenant_id: UUID
    panel_id: UUID
    customer_id: UUID
    origin: str
    rights: frozenset[Right]
    agent: str
    expires_at: datetime


@transaction.atomic
def create_panel(
    *, tenant: Tenant, title: str, origins: Iterable[str], by: Membership | ApiKey, now: datetime
) -> Panel:
    """Let the pages of *origins* show our panel.

    Raises OriginRefusedError for what is no origin, NoOriginError and TooManyOriginsError.
    """
    panel = Panel.objects.create(
        tenant=tenant,
        title=title,
        origins=cleaned_origins(origins),
        created_at=now,
        created_by=None if isinstance(by, ApiKey) else by,
    )
    record(
        tenant=tenant,
        action="panel-created",
        by=by,
        about=panel,
        changes={"origins": panel.origins},
    )
    return panel


@transaction.atomic
def revoke_panel(*, panel: Panel, by: Membership | ApiKey, now: datetime) -> None:
    """Make every link of *panel* (loaded with its tenant) worthless, at once.

    A panel that was revoked before stays as it is.
    """
    live = Panel.objects.for_tenant(panel.tenant_id).filter(pk=panel.pk, revoked_at__isnull=True)
    if live.update(revoked_at=now):
        record(tenant=panel.tenant, action="panel-revoked", by=by, about=panel)


def cleaned_origins(origins: Iterable[str]) -> list[str]:
    """Give origins as browsers write them, each once, in their order; raises as create_panel."""
    found: dict[str, None] = {}
    for text in origins:
        origin = clean_origin(text)
        if origin is None:
            raise OriginRefusedError(text.strip()[:100])
        found[origin] = None
    if not found:
        raise NoOriginError
    if len(found) > MOST_ORIGINS:
        raise TooManyOriginsError(MOST_ORIGINS)
    return list(found)


def panel_token(
    *,
    panel: Panel,
    customer_id: UUID,
    by: Membership | ApiKey,
    rights: Iterable[Right],
    expires_at: datetime,
    origin: str = "",
    agent: str = "",
) -> tuple[str, str]:
    """Sign what a link of *panel* (loaded with its tenant) shows, to whom and until when.

    Gives the token and its origin, which may be left out where the panel has only one. Raises
    PanelRevokedError and OriginNotOfPanelError.
    """
    if panel.revoked_at is not None:
        raise PanelRevokedError
    if not origin and len(panel.origins) == 1:
        [origin] = panel.origins
    if origin not in panel.origins:
        raise OriginNotOfPanelError(panel.origins)
    token = signing.Signer(salt=SALT).sign_object(
        {
            "t": panel.tenant_id.hex,
            "p": panel.pk.hex,
            "c": customer_id.hex,
            "o": origin,
            "r": [right.value for right in PASSED_ON if right in set(rights)],
            "a": agent,
            "x": int(expires_at.timestamp()),
        },
        compress=True,
    )
    record(
        tenant=panel.tenant,
        action="panel-link-made",
        by=by,
        about=panel,
        changes={"customer": str(customer_id), "agent": agent},
    )
    return token, origin


def read_token(token: str) -> PanelPass | None:
    """Read what `panel_token` signed; None for anything else."""
    try:
        said = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    return PanelPass(
        tenant_id=UUID(said["t"]),
        panel_id=UUID(said["p"]),
        customer_id=UUID(said["c"]),
        origin=said["o"],
        rights=frozenset(Right(right) for right in said["r"]),
        agent=said["a"],
        expires_at=datetime.fromtimestamp(said["x"], UTC),
    )


def note_panel_use(panel: Panel, *, now: datetime) -> None:
    """Write down that *panel* was looked at, at most once a minute."""
    if panel.last_used_at is None or now - panel.last_used_at > USED_EVERY:
        Panel.objects.for_tenant(panel.tenant_id).filter(pk=panel.pk).update(last_used_at=now)
