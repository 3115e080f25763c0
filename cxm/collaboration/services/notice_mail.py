"""Sending a notice by mail, once the transaction that made it has been kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.mail import EmailMessage
from django.urls import reverse

from cxm.collaboration.models import Notice
from cxm.collaboration.rules.comments import called
from cxm.collaboration.rules.notices import PROGRAM, mail_subject, mail_text
from cxm.collaboration.selectors.sights import sights
from cxm.tenants.rules import Right, may

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
    by = called(notice.by.user.name, notice.by.user.email) if notice.by else PROGRAM
    page = reverse("collaboration:notice-list", args=[slug])
    EmailMessage(
        subject=mail_subject(notice.kind, by=by, about=notice.thread.about),
        body=mail_text(
            notice.kind,
            by=by,
            about=notice.thread.about,
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
        and may(member.role, Right.COMMENT)
        and notice.thread_id in sights.in_sight(member, [notice.thread_id])
    )
