"""Threads of comments, who follows them, and what each person is told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cxm.collaboration.rules.kinds import NoticeKind
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned


class CommentThread(TenantOwned):
    """Comments about one thing; *page* is the address, within the tenant, where it is read."""

    page = models.CharField(max_length=300)
    about = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = TenantForeignKey(Membership, null=True)


class Comment(TenantOwned):
    """One comment; a deleted one keeps its place, not its words."""

    thread = TenantForeignKey(CommentThread)
    author = TenantForeignKey(Membership, null=True)
    body = models.CharField(max_length=4_000, blank=True)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "thread", "id"], name="collaboration_comment_thread"),
        ]


class CommentMention(TenantOwned):
    """A member whom a comment names."""

    comment = TenantForeignKey(Comment)
    member = TenantForeignKey(Membership)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "comment", "member"], name="collaboration_mention_once"
            ),
        ]


class ThreadFollower(TenantOwned):
    """A member who is told of what is said in a thread: its people, unless they are muted."""

    thread = TenantForeignKey(CommentThread)
    member = TenantForeignKey(Membership)
    is_muted = models.BooleanField(default=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "thread", "member"], name="collaboration_follower_once"
            ),
        ]


class Notice(TenantOwned):
    """What one member is told, until it is read: of a thread, or of a page of the workspace.

    *page* is its address below the tenant's, *about* what it is called there. *digest_on* is the
    day whose one e-mail it waits for, until that has gone.
    """

    member = TenantForeignKey(Membership)
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in NoticeKind])
    comment = TenantForeignKey(Comment, null=True)
    thread = TenantForeignKey(CommentThread, null=True)
    page = models.CharField(max_length=300, blank=True, db_default="")
    about = models.CharField(max_length=200, blank=True, db_default="")
    by = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    digest_on = models.DateField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[k.value for k in NoticeKind]),
                name="collaboration_notice_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(thread__isnull=False) | ~Q(page=""),
                name="collaboration_notice_about_something",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "member", "-id"], name="collaboration_notice_member"),
            models.Index(
                fields=["tenant", "member"],
                condition=Q(read_at__isnull=True),
                name="collaboration_notice_unread",
            ),
        ]
