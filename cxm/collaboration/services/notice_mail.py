"""Sending notices by mail, once the transaction that made them has been kept: each, or a day's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.mail import EmailMessage
from django.urls import reverse

from cxm.collaboration.models import Notice
from cxm.collaboration.rules.notices import (
    digest_subject,
    digest_text,
    line_of,
    mail_subject,
    mail_text,
    nobody,
)
from cxm.collaboration.selectors.notices import about_of, seen_among
from cxm.tenants.rules import Mails

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from cxm.tenants.models import Membership
    from cxm.tenants.querysets import TenantQuerySet


def mail_notice(*, tenant_id: UUID, notice_id: str, site: str) -> bool:
    """Send a notice to its member; tell whether it was sent.

    It is not when they have read it meanwhile, have left, see the page no more or want no mail.
    *site* begins the links. Raises what the mail server's refusal raises.
    """
    notice = _unread(tenant_id).filter(pk=notice_id).first()
    if notice is None or not _gets_mail(notice.member):
        return False
    if notice.pk not in seen_among([notice], notice.member):
        return False
    slug, by, about = notice.tenant.slug, _who(notice), about_of(notice)
    EmailMessage(
        subject=mail_subject(notice.kind, by=by, about=about),
        body=mail_text(
            notice.kind,
            by=by,
            about=about,
            is_of_a_thread=notice.thread is not None,
            workspace=notice.tenant.name,
            url=site + reverse("collaboration:notice-open", args=[slug, notice.pk]),
            settings_url=site + reverse("collaboration:notice-list", args=[slug]),
        ),
        to=[notice.member.user.email],
    ).send()
    return True


def mail_digest(*, tenant_id: UUID, member_id: UUID, on: date, site: str) -> int:
    """Send a member the notices that wait for the digest of *on*, in one mail; gives how many.

    Asked again, nothing waits any more: it is sent once. What was read meanwhile, or is out of
    their sight, is left out; a digest of nothing is not sent. Raises what the mail server's
    refusal raises, and then all of it waits on.
    """
    waiting = Notice.objects.for_tenant(tenant_id).filter(member_id=member_id, digest_on=on)
    ids = list(waiting.select_for_update().values_list("pk", flat=True))
    waiting.filter(pk__in=ids).update(digest_on=None)
    notices = list(_unread(tenant_id).filter(pk__in=ids).order_by("pk"))
    if not notices or not _gets_mail(notices[0].member):
        return 0
    member, tenant = notices[0].member, notices[0].tenant
    seen = seen_among(notices, member)
    lines = [
        line_of(
            one.kind,
            by=_who(one),
            about=about_of(one),
            url=site + reverse("collaboration:notice-open", args=[tenant.slug, one.pk]),
        )
        for one in notices
        if one.pk in seen
    ]
    if lines:
        page = site + reverse("collaboration:notice-list", args=[tenant.slug])
        EmailMessage(
            subject=digest_subject(len(lines), tenant.name),
            body=digest_text(lines, workspace=tenant.name, url=page),
            to=[member.user.email],
        ).send()
    return len(lines)


def _unread(tenant_id: UUID) -> TenantQuerySet[Notice]:
    rows = Notice.objects.for_tenant(tenant_id).filter(read_at=None)
    return rows.select_related("tenant", "member__user", "by__user", "thread")


def _who(notice: Notice) -> str:
    return notice.by.user.get_full_name() if notice.by else nobody(notice.kind)


def _gets_mail(member: Membership) -> bool:
    return member.mails != Mails.NEVER and member.is_active and member.user.is_active
