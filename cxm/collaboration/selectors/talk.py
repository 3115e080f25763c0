"""What is said about one page: its threads by part, counted, filtered and paged."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.collaboration.rules.comments import Show, called
from cxm.collaboration.selectors.threads import ThreadShown, threads_among, threads_shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.collaboration.models import CommentThread
    from cxm.tenants.models import Membership, Tenant

AT_ONCE = 30


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page that a thread is about; *is_gone* where it is not there any more."""

    pk: UUID
    title: str
    is_gone: bool = False


class Subject(ABC):
    """What is commented on, as the app that owns it says: a persona, a map.

    *page* is its address within the tenant; *whole* and *part_word* are what people call it and
    one of its parts, as “persona” and “section”.
    """

    pk: UUID
    tenant: Tenant
    name: str
    page: str
    whole: str
    part_word: str

    @abstractmethod
    def links(self) -> QuerySet[Any, Any]:
        """Select the rows that join threads with this; each has `thread`."""

    @abstractmethod
    def parts(self) -> dict[UUID, Part]:
        """Give the parts that can be commented on now, in the order of the page. One query."""

    @abstractmethod
    def parts_of(self, threads: Sequence[UUID]) -> dict[UUID, Part]:
        """Give what *threads* are about, by thread; those about the whole are absent."""

    @abstractmethod
    def about(self, part: UUID) -> QuerySet[Any, Any]:
        """Select the rows of `links` for one part."""

    @abstractmethod
    def open_counts(self) -> dict[UUID | None, int]:
        """Count the open threads by part, None for those about the whole. One query."""

    @abstractmethod
    def joined(self, thread: CommentThread, part: UUID | None) -> Any:
        """Give the row, not stored yet, that joins a new thread with this or one of its parts."""

    @abstractmethod
    def readers(self) -> list[Membership]:
        """List the active members who may read this, by name, with their users. One query."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see of what is said.

    *part* narrows to one part; *thread* comes first, whatever else is shown; *start* is how many
    newer threads to leave out.
    """

    show: Show = Show.OPEN
    part: UUID | None = None
    thread: UUID | None = None
    start: int = 0


@dataclass(frozen=True, slots=True)
class Talked:
    """A thread and the part it is about; None is the whole."""

    thread: ThreadShown
    part: Part | None
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """What a panel of comments shows.

    *gone* are threads about parts that are not on the page any more. *newer* and *older* are
    where to go on, None at the ends. *names* are those whom one can mention.
    """

    subject: Subject
    wanted: Wanted
    parts: list[Part]
    threads: list[Talked]
    gone: list[Talked]
    counts: dict[Show, int]
    names: list[str]
    newer: int | None
    older: int | None

    @property
    def part(self) -> Part | None:
        """Give the part to which the panel is narrowed, if it is there."""
        return next((part for part in self.parts if part.pk == self.wanted.part), None)

    @property
    def is_empty(self) -> bool:
        """Whether no thread is shown."""
        return not self.threads and not self.gone


def talk_about(subject: Subject, wanted: Wanted, reader: Membership) -> Talk:
    """Gather what *reader* wants to see of what is said about *subject*. Some ten queries.

    A part or thread of *wanted* that is not there is passed over.
    """
    parts = subject.parts()
    rows = (subject.about(wanted.part) if wanted.part else subject.links()).values("thread")
    chosen = _chosen(subject, wanted, reader)
    found = threads_among(subject.tenant, rows, show=wanted.show, reader=reader)
    if chosen:
        found = found.exclude(pk=chosen.pk)
    cut = list(found[wanted.start : wanted.start + AT_ONCE + 1])
    shown = threads_shown([*([chosen] if chosen else []), *cut[:AT_ONCE]], reader)
    about = subject.parts_of([one.row.pk for one in shown])
    talked = [
        Talked(one, about.get(one.row.pk), is_chosen=one.row.pk == wanted.thread) for one in shown
    ]
    return Talk(
        subject=subject,
        wanted=wanted,
        parts=list(parts.values()),
        threads=[one for one in talked if not (one.part and one.part.is_gone)],
        gone=[one for one in talked if one.part and one.part.is_gone],
        counts={
            show: threads_among(subject.tenant, rows, show=show, reader=reader).count()
            for show in Show
        },
        names=_names(subject, reader),
        newer=max(wanted.start - AT_ONCE, 0) if wanted.start else None,
        older=wanted.start + AT_ONCE if len(cut) > AT_ONCE else None,
    )


def _chosen(subject: Subject, wanted: Wanted, reader: Membership) -> CommentThread | None:
    if wanted.thread is None:
        return None
    rows = subject.links().filter(thread=wanted.thread).values("thread")
    return threads_among(subject.tenant, rows, show=None, reader=reader).first()


def _names(subject: Subject, reader: Membership) -> list[str]:
    """List whom *reader* can mention, each name once."""
    names = {
        called(one.user.name, one.user.email) for one in subject.readers() if one.pk != reader.pk
    }
    return sorted(names, key=str.casefold)
