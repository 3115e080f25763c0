"""What is said about one page: its threads by part, counted, filtered and paged."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from cxm.accounts.rules import NAMELESS
from cxm.collaboration.models import Comment
from cxm.collaboration.rules.comments import Show
from cxm.collaboration.selectors.threads import ThreadShown, threads_among, threads_shown
from cxm.tenants.models import Membership
from cxm.tenants.rules import Right, may
from cxm.tenants.selectors import members

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.collaboration.models import CommentThread
    from cxm.tenants.models import ApiKey, Tenant

AT_ONCE = 30


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page that a thread is about; *is_gone* where it is not there any more.

    *kind* is what it is, where a page has parts of several kinds, as “Step”.
    """

    pk: UUID
    title: str
    is_gone: bool = False
    kind: str = ""

    @property
    def words(self) -> str:
        """Give what it is and its title."""
        return f"{self.kind}: {self.title}" if self.kind else self.title


class Subject(ABC):
    """What is commented on, as the app that owns it says: a persona, a map.

    *page* is its address within the tenant; *whole* and *part_word* are what people call it and
    one of its parts, as “persona” and “section”. The names of its routes begin with *route*, as
    in `personas:persona-comments`; *beside* is the id of where its panel is shown. What *has_tabs*
    tells more of a part beside the page, and what is said about it is one tab of that.
    """

    pk: UUID
    tenant: Tenant
    name: str
    page: str
    whole: str
    part_word: str
    route: str
    beside: str = "panel"
    has_tabs: bool = False

    @abstractmethod
    def links(self) -> QuerySet[Any, Any]:
        """Select the rows that join threads with this; each has `thread`."""

    @abstractmethod
    def parts(self) -> dict[UUID, Part]:
        """Give the parts that one can choose to comment on, in the order of the page."""

    def part(self, pk: UUID) -> Part | None:
        """Give one part that can be commented on now, be it among those to choose or not."""
        return self.parts().get(pk)

    @abstractmethod
    def parts_of(self, threads: Sequence[UUID]) -> dict[UUID, Part]:
        """Give what *threads* are about, by thread; those about the whole are absent."""

    @abstractmethod
    def about(self, part: UUID) -> QuerySet[Any, Any]:
        """Select the rows of `links` for one part."""

    @abstractmethod
    def gone(self) -> QuerySet[Any, Any]:
        """Select the rows of `links` whose part is not on the page any more."""

    def earlier(self, reader: Membership | None) -> QuerySet[Any, Any] | None:  # noqa: ARG002 - of others
        """Select the rows that join threads with what this was begun from.

        None without that, and where *reader* (None is a key) may not read it.
        """
        return None

    def followers(self) -> set[UUID]:
        """Give the members who are told of all that is said about this."""
        return set()

    def may_comment(self, reader: Membership) -> bool:
        """Decide whether *reader*, who may read this, may write about it."""
        return may(reader.role, Right.COMMENT)

    @abstractmethod
    def open_counts(self) -> dict[UUID | None, int]:
        """Count the open threads by part, None for those about the whole. One query."""

    @abstractmethod
    def joined(self, thread: CommentThread, part: UUID | None) -> Any:
        """Give the row, not stored yet, that joins a new thread with this or one of its parts."""

    @abstractmethod
    def readers(self) -> list[Membership]:
        """List the active members who may read this, by name, with their users. One query."""

    def known_to_guests(self) -> set[UUID]:
        """Give the members whose names guests may learn: who wrote something here. One query."""
        said = Comment.objects.for_tenant(self.tenant).filter(
            thread__in=self.links().values("thread")
        )
        return set(said.exclude(author=None).values_list("author", flat=True))


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
    """A thread and the part it is about; None is the whole.

    One that *is_earlier* is about what this was begun from, and is answered there.
    """

    thread: ThreadShown
    part: Part | None
    is_chosen: bool = False
    is_earlier: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """What a panel of comments shows.

    *gone* are threads about parts that are not on the page any more. *newer* and *older* are
    where to go on, None at the ends. *names* are those whom one can mention. Of what cannot be
    asked for there is no count.
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
    parts = _parts(subject, wanted)
    chosen = _chosen(subject, wanted, reader)
    found = asked_threads(subject, wanted.show, reader, part=wanted.part)
    if chosen:
        found = found.exclude(pk=chosen.pk)
    cut = list(found[wanted.start : wanted.start + AT_ONCE + 1])
    shown = threads_shown([*([chosen] if chosen else []), *cut[:AT_ONCE]], reader)
    about = subject.parts_of([one.row.pk for one in shown])
    talked = [
        Talked(
            one,
            about.get(one.row.pk),
            is_chosen=one.row.pk == wanted.thread,
            is_earlier=wanted.show is Show.BASELINE and one.row != chosen,
        )
        for one in shown
    ]
    return Talk(
        subject=subject,
        wanted=wanted,
        parts=list(parts.values()),
        threads=[one for one in talked if not _is_gone(one)],
        gone=[one for one in talked if _is_gone(one)],
        counts=_counts(subject, wanted, reader),
        names=_names(subject, reader),
        newer=max(wanted.start - AT_ONCE, 0) if wanted.start else None,
        older=wanted.start + AT_ONCE if len(cut) > AT_ONCE else None,
    )


def to_name(
    subject: Subject, readers: Iterable[Membership], by: Membership | ApiKey
) -> dict[UUID, str]:
    """Give whom *by* can name, among the *readers* of *subject*: the names that they chose.

    Nobody is named who has no name of their own. Guests name only whom they know already; one
    query then.
    """
    names = {one.pk: name for one in readers if (name := one.user.get_full_name()) != NAMELESS}
    if not is_guest(by):
        return names
    known = subject.known_to_guests()
    return {pk: name for pk, name in names.items() if pk in known}


def is_guest(by: Membership | ApiKey) -> bool:
    """Whether *by* sees nothing of the workspace but what they were let into."""
    return isinstance(by, Membership) and not may(by.role, Right.SEE_JOURNEYS)


def people_of(tenant: Tenant) -> QuerySet[Membership]:
    """Select the members who can sign in, by name, with their users and the tenant."""
    people = members(tenant).filter(is_active=True, user__is_active=True)
    people = people.select_related("user", "tenant")
    return people.order_by("user__name", "user__email", "pk")


def counted(links: QuerySet[Any, Any], part: str) -> dict[UUID | None, int]:
    """Count the open threads of *links* by the column called *part*. One query."""
    rows = links.filter(thread__resolved_at=None).order_by()
    return dict(rows.values(part).annotate(n=Count("pk")).values_list(part, "n"))


def asked_threads(
    subject: Subject, show: Show | None, reader: Membership | None, *, part: UUID | None = None
) -> QuerySet[CommentThread]:
    """List the threads about *subject*, or one *part*, that *show* asks for, the newest first.

    None asks for all of its own. Of what was begun from nothing there is no BASELINE.
    """
    rows = subject.about(part) if part else subject.links()
    if show is Show.UNANCHORED:
        rows = subject.gone()
    elif show is Show.BASELINE:
        earlier = subject.earlier(reader)
        rows = rows.none() if earlier is None else earlier
    return threads_among(subject.tenant, rows.values("thread"), show=show, reader=reader)


def _parts(subject: Subject, wanted: Wanted) -> dict[UUID, Part]:
    """Give the parts to choose among, and the one that is looked at."""
    parts = subject.parts()
    looked_at = subject.part(wanted.part) if wanted.part and wanted.part not in parts else None
    return {**parts, looked_at.pk: looked_at} if looked_at else parts


def _counts(subject: Subject, wanted: Wanted, reader: Membership) -> dict[Show, int]:
    """Count what each tab shows; a tab that would hold nothing ever has no count."""
    there = [
        show for show in Show if show is not Show.BASELINE or subject.earlier(reader) is not None
    ]
    return {show: asked_threads(subject, show, reader, part=wanted.part).count() for show in there}


def _is_gone(one: Talked) -> bool:
    return one.part is not None and one.part.is_gone and not one.is_earlier


def _chosen(subject: Subject, wanted: Wanted, reader: Membership) -> CommentThread | None:
    if wanted.thread is None:
        return None
    rows = subject.links().filter(thread=wanted.thread).values("thread")
    return threads_among(subject.tenant, rows, show=None, reader=reader).first()


def _names(subject: Subject, reader: Membership) -> list[str]:
    """List whom *reader* can mention, each name once."""
    names = to_name(subject, subject.readers(), reader)
    names.pop(reader.pk, None)
    return sorted(set(names.values()), key=str.casefold)
