"""Keeping what happens to invitations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback.models import InvitationEvent

if TYPE_CHECKING:
    from datetime import datetime

    from feedback.models import Invitation

LONGEST = 500


def note(invitation: Invitation, kind: str, now: datetime, detail: str = "") -> None:
    """Keep that something of *kind* happened to an invitation; *detail* is cut at LONGEST."""
    InvitationEvent.objects.create(
        tenant_id=invitation.tenant_id,
        invitation=invitation,
        kind=kind,
        at=now,
        detail=detail[:LONGEST],
    )
