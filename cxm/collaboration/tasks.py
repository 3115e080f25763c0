"""The queue's door: mailing notices."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from cxm.collaboration.services.notice_mail import mail_digest, mail_notice
from cxm.collaboration.services.notices import DIGEST, MAIL
from cxm.kernel.effects import effect


@effect(MAIL)
def mail(*, tenant_id: UUID, notice_id: str, site: str, **_from_newer_senders: object) -> None:
    """Send one notice by mail."""
    mail_notice(tenant_id=tenant_id, notice_id=notice_id, site=site)


@effect(DIGEST)
def digest(
    *, tenant_id: UUID, member_id: str, on: str, site: str, **_from_newer_senders: object
) -> None:
    """Send a member what waits for the digest of a day."""
    day = date.fromisoformat(on)
    mail_digest(tenant_id=tenant_id, member_id=UUID(member_id), on=day, site=site)
