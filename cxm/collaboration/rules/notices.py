"""What a notice says, on its page and by mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from cxm.collaboration.rules.kinds import NoticeKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

# Before people begin to work, in the zone of their workspace.
DIGEST_AT = time(7)
MOST_LINES = 50

_DEEDS = {
    NoticeKind.MENTION: "mentioned you in a comment on",
    NoticeKind.REPLY: "commented on",
    NoticeKind.RESOLVED: "resolved a thread on",
    NoticeKind.REOPENED: "reopened a thread on",
    NoticeKind.PUBLISHED: "published",
    NoticeKind.REVIEW: "asks you to review",
    NoticeKind.APPROVED: "approved",
    NoticeKind.CHANGES: "asks for changes to",
    NoticeKind.STOPPED: "could not deliver to",
    NoticeKind.ALERT: "raised the alert",
    NoticeKind.UNSENT: "could not send the report",
    NoticeKind.ASSIGNED: "made you the owner of",
    NoticeKind.AWAKE: "reminds you of the snoozed alert",
    NoticeKind.JUDGED: "wrote the verdict on the goal",
}
_OF_A_THREAD = (
    "You get this because you take part in the thread, were named in it or follow what it is "
    "about. Mute the thread there, or"
)
_OF_A_PAGE = "You get this because you follow it, or because you were asked or have asked. You can"
_OF_WEBHOOKS = "You get this because you look after webhooks. You can"
_OF_ALERTS = "You get this because the rule of this alert names you. You can"
_OF_OWNERS = "You get this because it is yours. You can"
_OF_GOALS = "You get this because you answer for the goal. You can"
_OF_SNOOZES = "You get this because the alert is yours, or its rule names you. You can"
_OF_REPORTS = "You get this because the report is yours. You can"
_OF_PAGES = {
    NoticeKind.STOPPED: _OF_WEBHOOKS,
    NoticeKind.ALERT: _OF_ALERTS,
    NoticeKind.UNSENT: _OF_REPORTS,
    NoticeKind.ASSIGNED: _OF_OWNERS,
    NoticeKind.AWAKE: _OF_SNOOZES,
    NoticeKind.JUDGED: _OF_GOALS,
}
# Who wrote with an API key has no name of their own.
PROGRAM = "An API key"
_PRODUCT = "Wayfare"


@dataclass(frozen=True, slots=True)
class Digest:
    """The one e-mail of a day: its local date, and when it goes."""

    on: date
    due_at: datetime


def next_digest(at: datetime, zone: ZoneInfo) -> Digest:
    """Give the digest that takes what was told *at* that moment: the next at seven, local time."""
    on = at.astimezone(zone).date()
    due_at = datetime.combine(on, DIGEST_AT, zone).astimezone(UTC)
    if due_at <= at:
        on += timedelta(days=1)
        due_at = datetime.combine(on, DIGEST_AT, zone).astimezone(UTC)
    return Digest(on, due_at)


def deed(kind: str) -> str:
    """Say what somebody did, as in “Ana Alves *commented on* Needs”."""
    return _DEEDS[NoticeKind(kind)]


def nobody(kind: str) -> str:
    """Say who did something that no member did: a program, or the product by itself."""
    return _PRODUCT if kind in _OF_PAGES else PROGRAM


def mail_subject(kind: str, *, by: str, about: str) -> str:
    """Give the subject of a mail, in one line."""
    return " ".join(f"{by} {deed(kind)} “{about}”".split())


def mail_text(
    kind: str,
    *,
    by: str,
    about: str,
    workspace: str,
    url: str,
    settings_url: str,
    is_of_a_thread: bool = True,
) -> str:
    """Give the text of a mail. What was said stays in the product: only a link leads to it."""
    of_a_page = _OF_PAGES.get(NoticeKind(kind), _OF_A_PAGE)
    why = _OF_A_THREAD if is_of_a_thread else of_a_page
    return (
        f"{by} {deed(kind)} “{about}” in {workspace}.\n\n"
        f"Read it: {url}\n\n"
        f"{why} turn these mails off: {settings_url}\n"
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One notice in a digest: what somebody did, and where it is read."""

    said: str
    url: str


def line_of(kind: str, *, by: str, about: str, url: str) -> Line:
    """Give what a digest says of one notice."""
    return Line(mail_subject(kind, by=by, about=about), url)


def digest_subject(count: int, workspace: str) -> str:
    """Give the subject of a digest of *count* notices."""
    return f"{count:,} {'notice' if count == 1 else 'notices'} from {workspace}"


def digest_text(lines: Sequence[Line], *, workspace: str, url: str) -> str:
    """Give the text of a digest, the oldest first; *url* lists the notices and stops the mails.

    After `MOST_LINES` it says how many more there are.
    """
    told = "\n\n".join(f"{line.said}\n{line.url}" for line in lines[:MOST_LINES])
    more = len(lines) - MOST_LINES
    rest = f"And {more:,} more: {url}\n\n" if more > 0 else ""
    return (
        f"What you were told in {workspace} and have not read:\n\n"
        f"{told}\n\n{rest}"
        f"You get this once a day, because you chose so. Change it: {url}\n"
    )
