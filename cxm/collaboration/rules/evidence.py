"""What a piece of evidence may say, and which kinds people write down themselves."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

from cxm.collaboration.rules.kinds import EvidenceKind

LONGEST_EXCERPT, LONGEST_SOURCE, LONGEST_URL = 2_000, 200, 1_000
MOST_SUBJECTS = 1_000_000
FIRST_DAY = date(1970, 1, 1)
# Answers and figures are cited where they stand, with their own day and number.
WRITTEN = (
    EvidenceKind.INTERVIEW,
    EvidenceKind.QUOTE,
    EvidenceKind.TICKET,
    EvidenceKind.URL,
    EvidenceKind.FILE,
)


def url_fault(url: str) -> str:
    """Say what is wrong with the address of a web page; "" for nothing."""
    words = "Begin the address with http:// or https://, and leave no spaces in it."
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return words
    return "" if is_web and not re.search(r"[\s\x00-\x1f\\]", url) else words


def day_fault(day: date, today: date) -> str:
    """Say what is wrong with the day on which something was observed; "" for nothing."""
    if day > today:
        return "This day is still to come: give the day on which it was observed."
    if day < FIRST_DAY:
        return "Give a day after 1969."
    return ""
