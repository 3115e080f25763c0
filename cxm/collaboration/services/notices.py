"""Telling people what was said, in the product and by mail, and what they have read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from cxm.collaboration.models import Notice, ThreadFollower
from cxm.collaboration.rules.comments import told
from cxm.collaboration.rules.notices import next_digest
from cxm.collaboration.selectors.sights import sights
from cxm.collaboration.selectors.talk import people_of
from cxm.tenants.models import Tenant
from cxm.tenants.rules import Mails
from cxm.work.services import later

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.collaboration.models import Comment, CommentThread
    from cxm.collaboration.rules.kinds import NoticeKind
    from cxm.collaboration.services.audience import Audience
    from cxm.tenants.models import Membership
    from cxm.tenants.querysets import TenantQuerySet

MAIL = "collaboration.mail"
DIGEST = "collaboration.digest"
LONGEST_ABOUT = 200


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


@transaction.atomic
def tell_of_page(
    *,
    tenant: Tenant,
    kind: NoticeKind,
    page: str,
    about: str,
    to: Iterable[UUID],
    by: Membership | None,
    now: datetime,
    site: str = "",
) -> int:
    """Tell the members *to*, by id, of something about a page; gives how many were told.

    *page* is its address below the tenant's, as `maps/<id>/`, and *about* what it is called.
    Nobody is told of what they did themselves, nor who may not read the page now. *site* begins
    the links in mails, as `https://cx.example`; without it no mail is sent.
    """
    people = people_of(tenant).filter(pk__in=set(to) - ({by.pk} if by else set()))
    listening = [one for one in people if sights.pages_in_sight(one, [page])]
    notices = [
        Notice(
            tenant=tenant,
            member=one,
            kind=kind.value,
            page=page,
            about=about[:LONGEST_ABOUT],
            by=by,
            created_at=now,
        )
        for one in listening
    ]
    _keep(notices, tenant.pk, site, now)
    return len(listening)


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


def set_mails(*, member: Membership, mails: Mails) -> None:
    """Choose whether, and when, *member* gets notices by e-mail, too; what waits goes as it was."""
    member.mails = mails
    member.save(update_fields=["mails"])


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
    _keep(notices, news.thread.tenant_id, news.audience.site, news.now)


def _keep(notices: Sequence[Notice], tenant_id: UUID, site: str, now: datetime) -> None:
    """Keep notices, and promise the mails to those who want them.

    Without a *site* there is nothing to link to, and no mail.
    """
    daily = [one for one in notices if site and one.member.mails == Mails.DAILY]
    if daily:
        _promise_digests(daily, tenant_id, site, now)
    Notice.objects.bulk_create(notices)
    for notice in notices:
        if site and notice.member.mails == Mails.AT_ONCE:
            later(MAIL, tenant=tenant_id, now=now, notice_id=str(notice.pk), site=site)


def _promise_digests(notices: Sequence[Notice], tenant_id: UUID, site: str, now: datetime) -> None:
    digest = next_digest(now, ZoneInfo(Tenant.objects.get(pk=tenant_id).time_zone))
    for notice in notices:
        notice.digest_on = digest.on
        whose = {"member_id": str(notice.member_id), "on": digest.on.isoformat()}
        later(DIGEST, tenant=tenant_id, now=digest.due_at, site=site, **whose)


def _muted(thread: CommentThread) -> set[UUID]:
    rows = ThreadFollower.objects.for_tenant(thread.tenant_id).filter(thread=thread, is_muted=True)
    return set(rows.values_list("member", flat=True))


def _unread(tenant: Tenant | UUID, member: Membership) -> TenantQuerySet[Notice]:
    return Notice.objects.for_tenant(tenant).filter(member=member, read_at=None)
