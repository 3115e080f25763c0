"""Threads with their comments, as panels and the API show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import FETCH_RAISE, Q

from cxm.collaboration.models import Comment, CommentMention, CommentThread, ThreadFollower
from cxm.collaboration.rules.comments import Show
from cxm.collaboration.rules.notices import PROGRAM
from cxm.kernel.rich_text import rendered
from cxm.tenants.models import Membership

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet
    from django.utils.safestring import SafeString

    from cxm.tenants.models import Tenant
    from cxm.tenants.querysets import TenantQuerySet


@dataclass(frozen=True, slots=True)
class CommentShown:
    """A comment; *is_mine* where the reader may change it."""

    row: Comment
    is_mine: bool
    mentions: list[UUID] = field(default_factory=list)

    @property
    def author(self) -> str:
        """Give who wrote it."""
        author = self.row.author
        return author.user.get_full_name() if author else PROGRAM

    @property
    def html(self) -> SafeString:
        """Give its words as HTML."""
        return rendered(self.row.body)


@dataclass(frozen=True, slots=True)
class ThreadShown:
    """A thread with its comments in order; *is_followed* where the reader is told of more."""

    row: CommentThread
    comments: list[CommentShown]
    is_followed: bool

    @property
    def resolver(self) -> str:
        """Give who resolved it; "" for an open one."""
        if self.row.resolved_at is None:
            return ""
        by = self.row.resolved_by
        return by.user.get_full_name() if by else PROGRAM


def threads_among(
    tenant: Tenant, ids: QuerySet[Any, Any], *, show: Show | None, reader: Membership | None
) -> QuerySet[CommentThread]:
    """List the threads of *ids*, a query of their ids, the newest first.

    OPEN and RESOLVED go by state, MINE are those in which *reader* wrote or is named, in either
    state; all else is all of *ids*. Without a reader nothing is theirs.
    """
    threads: TenantQuerySet[CommentThread] = CommentThread.objects.for_tenant(tenant)
    rows = threads.filter(pk__in=ids)
    if show is Show.MINE:
        rows = rows.filter(_taken_part(tenant, reader)) if reader else rows.none()
    elif show in {Show.OPEN, Show.RESOLVED}:
        rows = rows.filter(resolved_at__isnull=show is Show.OPEN)
    rows = rows.select_related("by__user", "resolved_by__user")
    return rows.order_by("-created_at", "-pk").fetch_mode(FETCH_RAISE)


def threads_shown(threads: Sequence[CommentThread], reader: Membership | None) -> list[ThreadShown]:
    """Add to *threads* their comments and whether *reader* follows. At most three queries."""
    if not threads:
        return []
    tenant_id = threads[0].tenant_id
    said: TenantQuerySet[Comment] = Comment.objects.for_tenant(tenant_id)
    comments = said.filter(thread__in=threads).select_related("author__user").order_by("pk")
    mentions: dict[UUID, list[UUID]] = {}
    named = CommentMention.objects.for_tenant(tenant_id).filter(comment__thread__in=threads)
    for comment_id, member_id in named.order_by("pk").values_list("comment", "member"):
        mentions.setdefault(comment_id, []).append(member_id)
    by_thread: dict[UUID, list[CommentShown]] = {}
    for row in comments.fetch_mode(FETCH_RAISE):
        is_mine = reader is not None and row.author_id == reader.pk and row.deleted_at is None
        shown = CommentShown(row, is_mine, mentions.get(row.pk, []))
        by_thread.setdefault(row.thread_id, []).append(shown)
    followed = _followed(threads, reader)
    return [
        ThreadShown(thread, by_thread.get(thread.pk, []), thread.pk in followed)
        for thread in threads
    ]


def _taken_part(tenant: Tenant, reader: Membership) -> Q:
    wrote = Comment.objects.for_tenant(tenant).filter(author=reader)
    named = CommentMention.objects.for_tenant(tenant).filter(member=reader)
    return Q(pk__in=wrote.values("thread")) | Q(pk__in=named.values("comment__thread"))


def _followed(threads: Sequence[CommentThread], reader: Membership | None) -> set[UUID]:
    if reader is None:
        return set()
    rows = ThreadFollower.objects.for_tenant(threads[0].tenant_id).filter(
        thread__in=threads, member=reader, is_muted=False
    )
    return set(rows.values_list("thread", flat=True))
