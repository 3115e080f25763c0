"""What people write down beside figures: kinds, limits, and what cannot be kept."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from cxm.kernel.errors import DomainError

LONGEST_TITLE = 120
LONGEST_TEXT = 500
LONGEST_LINK = 500
LONGEST_KEY = 120
LONGEST_DAYS = 366
MOST_AHEAD = timedelta(days=366)
EARLIEST = date(1990, 1, 1)


class AnnotationKind(StrEnum):
    """What somebody wrote down."""

    RELEASE = "release"
    CAMPAIGN = "campaign"
    INCIDENT = "incident"
    NOTE = "note"

    @property
    def label(self) -> str:
        """What people read."""
        return self.value.capitalize()

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give the kinds with their words."""
        return [(kind.value, kind.label) for kind in cls]


class HappeningKind(StrEnum):
    """What Wayfare noticed by itself."""

    MAP = "Map published"
    SURVEY = "Survey published"
    POLICY = "Contact policy"
    IMPORT = "Import"
    METRIC = "Definition"


class AnnotationError(DomainError):
    """An annotation that cannot be kept; `field` names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


def check_days(day: date, last_on: date | None, today: date) -> None:
    """Refuse days that cannot be meant; raises AnnotationError."""
    if not EARLIEST <= day <= today + MOST_AHEAD:
        message = f"Choose a day from {EARLIEST.year} on, at most a year ahead."
        raise AnnotationError("day", message)
    if last_on is None:
        return
    if last_on < day:
        raise AnnotationError("last_on", "It ends before it begins: choose a later day.")
    if (last_on - day).days >= LONGEST_DAYS:
        raise AnnotationError("last_on", "It lasts at most a year: write its end down as another.")


def check_link(link: str) -> str:
    """Give a link to a page, or ""; raises AnnotationError for what browsers should not open."""
    told = link.strip()
    if not told:
        return ""
    try:
        parts = urlsplit(told)
        is_page = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_page = False
    if not is_page or len(told) > LONGEST_LINK:
        raise AnnotationError("link", "Use the address of a page, with https:// before it.")
    return told
