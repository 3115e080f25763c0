"""What a member was told, and how much of it is unread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE

from cxm.collaboration.models import Notice
from cxm.collaboration.rules.notices import deed, nobody
from cxm.collaboration.selectors.sights import sights
from cxm.kernel.rich_text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Membership

LONGEST_EXCERPT = 200


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """A notice as its page and the API tell it; out of sight, only that there was one."""

    row: Notice
    is_in_sight: bool

    @property
    def by(self) -> str:
        """Give who did it."""
        return self.row.by.user.get_full_name() if self.row.by else nobody(self.row.kind)

    @property
    def deed(self) -> str:
        """Say what they did."""
        return deed(self.row.kind)

    @property
    def about(self) -> str:
        """Give what it is about; "" out of sight."""
        return about_of(self.row) if self.is_in_sight else ""

    @property
    def page(self) -> str:
        """Give the address, below the tenant's, of where it was; "" out of sight."""
        thread = self.row.thread
        return (thread.page if thread else self.row.page) if self.is_in_sight else ""

    @property
    def excerpt(self) -> str:
        """Give the beginning of the comment, without its marks; "" where there is none to read."""
        comment = self.row.comment
        if comment is None or not self.is_in_sight:
            return ""
        words = " ".join(_ended(line) for line in plain(comment.body).split("\n")).strip(" ·")
        is_long = len(words) > LONGEST_EXCERPT
        return f"{words[:LONGEST_EXCERPT].rstrip()}…" if is_long else words


def unread_count(member: Membership) -> int:
    """Count the notices that *member* has not read. One query, by an index of the unread."""
    return Notice.objects.for_tenant(member.tenant_id).filter(member=member, read_at=None).count()


def notices_of(member: Membership, *, is_unread: bool = False) -> QuerySet[Notice]:
    """List what *member* was told, the newest first; with *is_unread*, only what is not read."""
    rows = Notice.objects.for_tenant(member.tenant_id).filter(member=member)
    if is_unread:
        rows = rows.filter(read_at=None)
    rows = rows.select_related("by__user", "comment", "thread")
    return rows.order_by("-pk").fetch_mode(FETCH_RAISE)


def notices_shown(notices: Sequence[Notice], member: Membership) -> list[NoticeShown]:
    """Tell which of *notices* may still be read, in the same order."""
    seen = seen_among(notices, member)
    return [NoticeShown(notice, notice.pk in seen) for notice in notices]


def seen_among(notices: Sequence[Notice], member: Membership) -> set[UUID]:
    """Give the ids of those of *notices* whose thread or page *member* may read now."""
    threads = sights.in_sight(member, [one.thread_id for one in notices if one.thread_id])
    pages = sights.pages_in_sight(member, [one.page for one in notices if not one.thread_id])
    return {
        one.pk
        for one in notices
        if (one.thread_id in threads if one.thread_id else one.page in pages)
    }


def about_of(notice: Notice) -> str:
    """Give what a notice, with its thread, is about, as it was called then."""
    return notice.thread.about if notice.thread else notice.about


def _ended(line: str) -> str:
    """Give *line* so that another can follow it in the same line."""
    words = " ".join(line.split())
    return f"{words} ·" if words[-1:].isalnum() else words
