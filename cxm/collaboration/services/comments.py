"""Everything people do with comments: write, answer, change, delete, resolve, follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.collaboration.models import Comment, CommentMention, CommentThread, ThreadFollower
from cxm.collaboration.rules.comment_errors import (
    DeletedCommentError,
    NotYoursError,
    PartGoneError,
)
from cxm.collaboration.rules.comments import clean_body
from cxm.collaboration.rules.kinds import NoticeKind
from cxm.collaboration.services.notices import (
    LONGEST_ABOUT,
    News,
    read_thread,
    tell_of_comment,
    tell_of_thread,
)
from cxm.tenants.models import ApiKey, Membership

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from cxm.collaboration.selectors.talk import Subject
    from cxm.collaboration.services.audience import Audience


@transaction.atomic
def open_thread(
    *,
    subject: Subject,
    part: UUID | None,
    body: str,
    by: Membership | ApiKey,
    audience: Audience,
    now: datetime,
) -> CommentThread:
    """Begin a thread about *subject*, or about one *part* of it, with its first comment.

    Raises CommentError; PartGoneError where the part is not on the page.
    """
    text = clean_body(body)
    about = subject.name
    if part is not None:
        found = subject.part(part)
        if found is None:
            raise PartGoneError(subject.part_word, subject.whole)
        about = f"{found.title} · {subject.name}"
    thread = CommentThread.objects.create(
        tenant=subject.tenant,
        page=subject.page,
        about=about[:LONGEST_ABOUT],
        created_at=now,
        by=_person(by),
    )
    subject.joined(thread, part).save(force_insert=True)
    _say(thread, text, by=by, audience=audience, now=now)
    return thread


@transaction.atomic
def reply(
    *,
    thread: CommentThread,
    body: str,
    by: Membership | ApiKey,
    audience: Audience,
    now: datetime,
) -> Comment:
    """Add a comment to a thread; a resolved one stays resolved. Raises CommentError."""
    return _say(thread, clean_body(body), by=by, audience=audience, now=now)


@transaction.atomic
def edit_comment(
    *,
    comment: Comment,
    body: str,
    by: Membership | ApiKey,
    audience: Audience,
    now: datetime,
) -> None:
    """Change the words of one's own comment; who is named anew is told.

    Raises CommentError: NotYoursError for another's, DeletedCommentError for a deleted one.
    """
    _own(comment, by)
    text = clean_body(body)
    mentioned = audience.named_in(text, by)
    changed = Comment.objects.for_tenant(comment.tenant_id).filter(pk=comment.pk, deleted_at=None)
    if not changed.update(body=text, edited_at=now):
        raise DeletedCommentError
    comment.body, comment.edited_at = text, now
    mentions = CommentMention.objects.for_tenant(comment.tenant_id).filter(comment=comment)
    before = set(mentions.values_list("member", flat=True))
    mentions.exclude(member__in=mentioned).delete()
    anew = mentioned - before
    _mention(comment, anew)
    news = News(comment.thread, by=_person(by), audience=audience, now=now)
    tell_of_comment(news, comment, followers=(), mentioned=anew)


@transaction.atomic
def delete_comment(*, comment: Comment, by: Membership | ApiKey, now: datetime) -> None:
    """Take the words of one's own comment away; it keeps its place in the thread.

    Nothing happens to one that is deleted already. Raises NotYoursError for another's.
    """
    _own(comment, by)
    rows = Comment.objects.for_tenant(comment.tenant_id).filter(pk=comment.pk, deleted_at=None)
    if rows.update(body="", deleted_at=now):
        comment.body, comment.deleted_at = "", now
        CommentMention.objects.for_tenant(comment.tenant_id).filter(comment=comment).delete()


@transaction.atomic
def resolve_thread(
    *, thread: CommentThread, by: Membership | ApiKey, audience: Audience, now: datetime
) -> None:
    """Say that a thread is settled; nothing happens to one that is resolved already."""
    rows = CommentThread.objects.for_tenant(thread.tenant_id).filter(pk=thread.pk)
    person = _person(by)
    if rows.filter(resolved_at=None).update(resolved_at=now, resolved_by=person):
        thread.resolved_at, thread.resolved_by = now, person
        tell_of_thread(News(thread, by=person, audience=audience, now=now), NoticeKind.RESOLVED)


@transaction.atomic
def reopen_thread(
    *, thread: CommentThread, by: Membership | ApiKey, audience: Audience, now: datetime
) -> None:
    """Say that a thread is not settled after all; nothing happens to an open one."""
    rows = CommentThread.objects.for_tenant(thread.tenant_id).filter(pk=thread.pk)
    if rows.exclude(resolved_at=None).update(resolved_at=None, resolved_by=None):
        thread.resolved_at, thread.resolved_by = None, None
        news = News(thread, by=_person(by), audience=audience, now=now)
        tell_of_thread(news, NoticeKind.REOPENED)


def follow_thread(*, thread: CommentThread, by: Membership, is_muted: bool) -> None:
    """Have *by* told of what is said in a thread from now on, or not any more."""
    ThreadFollower.objects.for_tenant(thread.tenant_id).update_or_create(
        thread=thread, member=by, defaults={"tenant_id": thread.tenant_id, "is_muted": is_muted}
    )


def _say(
    thread: CommentThread,
    body: str,
    *,
    by: Membership | ApiKey,
    audience: Audience,
    now: datetime,
) -> Comment:
    mentioned = audience.named_in(body, by)
    author = _person(by)
    comment = Comment.objects.create(
        tenant_id=thread.tenant_id, thread=thread, author=author, body=body, created_at=now
    )
    _mention(comment, mentioned)
    followers = {*_followers(thread), *audience.followers}
    tell_of_comment(
        News(thread, by=author, audience=audience, now=now),
        comment,
        followers=followers,
        mentioned=mentioned,
    )
    if author:
        _join(thread, {author.pk})
        # Who answers has read what there was.
        read_thread(thread=thread, member=author, now=now)
    return comment


def _mention(comment: Comment, members: Iterable[UUID]) -> None:
    """Note whom a comment names; they follow the thread, unless they have muted it."""
    named = sorted(members)
    CommentMention.objects.bulk_create(
        CommentMention(tenant_id=comment.tenant_id, comment=comment, member_id=pk) for pk in named
    )
    _join(comment.thread, named)


def _join(thread: CommentThread, members: Iterable[UUID]) -> None:
    # Who follows or has muted already keeps what was chosen.
    ThreadFollower.objects.bulk_create(
        (
            ThreadFollower(tenant_id=thread.tenant_id, thread=thread, member_id=pk)
            for pk in sorted(members)
        ),
        ignore_conflicts=True,
    )


def _followers(thread: CommentThread) -> list[UUID]:
    rows = ThreadFollower.objects.for_tenant(thread.tenant_id).filter(thread=thread)
    return list(rows.values_list("member", flat=True))


def _own(comment: Comment, by: Membership | ApiKey) -> None:
    if isinstance(by, ApiKey) or comment.author_id != by.pk:
        raise NotYoursError


def _person(by: Membership | ApiKey) -> Membership | None:
    return by if isinstance(by, Membership) else None
