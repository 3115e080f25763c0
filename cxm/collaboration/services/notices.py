"""Telling people what was said, in the product and by mail, and what they have read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.collaboration.models import Notice, ThreadFollower
from cxm.collaboration.rules.comments import told
from cxm.work.services import later

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.collaboration.models import Comment, CommentThread
    from cxm.collaboration.rules.kinds import NoticeKind
    from cxm.collaboration.services.audience import Audience
    from cxm.tenants.models import Membership, Tenant
    from cxm.tenants.querysets import TenantQuerySet

MAIL = "collaboration.mail"


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened in a thread: *by* whom (None is a key), when, and who may know."""

    thread: CommentThread
    by: Membership | None
    audience: Audience
    now: datetime


def tell_of_comment(
    news: News, comment: Comment, *, followers: Collection[UUID], mentioned: Collection[UUID]
) -> None:
    """Tell *followers* and who is *mentioned* of a comment, once each; the muted hear nothing."""
    kinds = told(
        followers=followers,
        mentioned=mentioned,
        muted=_muted(news.thread),
        by=news.by.pk if news.by else None,
    )
    _tell(news, kinds, comment)


def tell_of_thread(news: News, kind: NoticeKind) -> None:
    """Tell all who follow a thread that it was resolved or reopened."""
    rows = ThreadFollower.objects.for_tenant(news.thread.tenant_id).filter(thread=news.thread)
    followers = rows.filter(is_muted=False).values_list("member", flat=True)
    by = news.by.pk if news.by else None
    _tell(news, {member: kind for member in followers if member != by})


def read_notices(*, tenant: Tenant, member: Membership, now: datetime) -> int:
    """Take all notices of *member* for read; gives how many were not."""
    return _unread(tenant, member).update(read_at=now)


def read_notice(*, notice: Notice, now: datetime) -> None:
    """Take one notice for read; the first time counts."""
    rows = Notice.objects.for_tenant(notice.tenant_id).filter(pk=notice.pk, read_at=None)
    if rows.update(read_at=now):
        notice.read_at = now


def read_thread(*, thread: CommentThread, member: Membership, now: datetime) -> int:
    """Take all that *member* was told of a thread for read, since they look at it."""
    return _unread(thread.tenant_id, member).filter(thread=thread).update(read_at=now)


def set_mails(*, member: Membership, mails_notices: bool) -> None:
    """Choose whether *member* gets notices by e-mail, too."""
    member.mails_notices = mails_notices
    member.save(update_fields=["mails_notices"])


def _tell(news: News, kinds: Mapping[UUID, NoticeKind], comment: Comment | None = None) -> None:
    """Write a notice for each who may read the page, and promise the mails."""
    listening = [one for one in news.audience.readers if one.pk in kinds]
    notices = [
        Notice(
            tenant_id=news.thread.tenant_id,
            member=one,
            kind=kinds[one.pk].value,
            comment=comment,
            thread=news.thread,
            by=news.by,
            created_at=news.now,
        )
        for one in listening
    ]
    Notice.objects.bulk_create(notices)
    if not news.audience.site:
        return
    for one, notice in zip(listening, notices, strict=True):
        if one.mails_notices:
            later(
                MAIL,
                tenant=news.thread.tenant_id,
                now=news.now,
                notice_id=str(notice.pk),
                site=news.audience.site,
            )


def _muted(thread: CommentThread) -> set[UUID]:
    rows = ThreadFollower.objects.for_tenant(thread.tenant_id).filter(thread=thread, is_muted=True)
    return set(rows.values_list("member", flat=True))


def _unread(tenant: Tenant | UUID, member: Membership) -> TenantQuerySet[Notice]:
    return Notice.objects.for_tenant(tenant).filter(member=member, read_at=None)
