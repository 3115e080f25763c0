"""Sending a notice by mail, once the transaction that made it has been kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.mail import EmailMessage
from django.urls import reverse

from cxm.collaboration.models import Notice
from cxm.collaboration.rules.notices import mail_subject, mail_text, nobody
from cxm.collaboration.selectors.notices import about_of, seen_among

if TYPE_CHECKING:
    from uuid import UUID


def mail_notice(*, tenant_id: UUID, notice_id: str, site: str) -> bool:
    """Send a notice to its member; tell whether it was sent.

    It is not when they have read it meanwhile, have left, see the page no more or want no mail.
    *site* begins the links. Raises what the mail server's refusal raises.
    """
    rows = Notice.objects.for_tenant(tenant_id).filter(pk=notice_id, read_at=None)
    notice = rows.select_related("tenant", "member__user", "by__user", "thread").first()
    if notice is None or not _is_wanted(notice):
        return False
    slug = notice.tenant.slug
    by = notice.by.user.get_full_name() if notice.by else nobody(notice.kind)
    page = reverse("collaboration:notice-list", args=[slug])
    EmailMessage(
        subject=mail_subject(notice.kind, by=by, about=about_of(notice)),
        body=mail_text(
            notice.kind,
            by=by,
            about=about_of(notice),
            is_of_a_thread=notice.thread is not None,
            workspace=notice.tenant.name,
            url=site + reverse("collaboration:notice-open", args=[slug, notice.pk]),
            settings_url=site + page,
        ),
        to=[notice.member.user.email],
    ).send()
    return True


def _is_wanted(notice: Notice) -> bool:
    member = notice.member
    return (
        member.mails_notices
        and member.is_active
        and member.user.is_active
        and notice.pk in seen_among([notice], member)
    )
