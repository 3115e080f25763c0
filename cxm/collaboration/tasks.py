"""The queue's door: mailing notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.collaboration.services.notice_mail import mail_notice
from cxm.collaboration.services.notices import MAIL
from cxm.kernel.effects import effect

if TYPE_CHECKING:
    from uuid import UUID


@effect(MAIL)
def mail(*, tenant_id: UUID, notice_id: str, site: str, **_from_newer_senders: object) -> None:
    """Send one notice by mail."""
    mail_notice(tenant_id=tenant_id, notice_id=notice_id, site=site)
