"""What a report holds: its pages, read and checked, and the words of its runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from analytics.rules.titles import one_line
from cxm.kernel.errors import DomainError

LONGEST_TITLE = 120
LONGEST_QUERY = 1_000
MOST_PAGES = 12
MOST_REPORTS = 200
MOST_RECIPIENTS = 200
FILES_KEPT = timedelta(days=90)
# What changes from run to run without anything having happened.
_OF_THE_MOMENT = frozenset({"url", "about", "picture", "as_of"})


class ReportError(DomainError):
    """A report that cannot be kept as asked; `field` names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


class PageKind(StrEnum):
    """Which page a part of a report stands for."""

    OVERVIEW = "overview"
    METRIC = "metric"
    WHY = "why"
    CHURN = "churn"
    ALERTS = "alerts"
    GOALS = "goals"
    DASHBOARD = "dashboard"

    @property
    def label(self) -> str:
        """Name it for people."""
        return _LABELS[self]

    @property
    def of(self) -> str:
        """Name what must be chosen with it; "" for nothing."""
        return _OF.get(self, "")

    @property
    def has_filter(self) -> bool:
        """Whether the page is asked with a period and a filter."""
        return self not in {PageKind.CHURN, PageKind.ALERTS, PageKind.GOALS}


_LABELS = {
    PageKind.OVERVIEW: "Overview",
    PageKind.METRIC: "Metric",
    PageKind.WHY: "Why it changed",
    PageKind.CHURN: "Churn",
    PageKind.ALERTS: "Open alerts",
    PageKind.GOALS: "Strategy",
    PageKind.DASHBOARD: "Dashboard",
}
_OF = {
    PageKind.METRIC: "metric",
    PageKind.WHY: "metric",
    PageKind.CHURN: "definition",
    PageKind.DASHBOARD: "dashboard",
}


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One part of a report: which page, of what (a key or an id), with which query."""

    kind: PageKind
    of: str = ""
    query: str = ""

    def as_json(self) -> dict[str, str]:
        """Give what is stored: only what is said."""
        told = {"page": self.kind.value, self.kind.of: self.of, "query": self.query}
        return {name: value for name, value in told.items() if name and value}


def read_pages(asked: object) -> list[ReportPage]:
    """Read the pages of a report from JSON; raises ReportError, which names the part.

    Whether the metric, the definition and the dashboard are there is not looked up.
    """
    if not isinstance(asked, Sequence) or isinstance(asked, str | bytes) or not asked:
        raise ReportError("pages", "Choose at least one page.")
    if len(asked) > MOST_PAGES:
        raise ReportError("pages", f"A report has at most {MOST_PAGES} pages: make two of it.")
    return [_page(one) for one in asked]


def read_page(told: Mapping[str, Any]) -> ReportPage:
    """Read a page that was stored."""
    kind = PageKind(told["page"])
    return ReportPage(kind, told.get(kind.of, ""), told.get("query", ""))


def read_report_title(asked: str) -> str:
    """Clean a title: spaces in one, no control characters; raises ReportError."""
    told = one_line(asked)
    if not 0 < len(told) <= LONGEST_TITLE:
        raise ReportError("title", f"Write 1 to {LONGEST_TITLE} characters.")
    return told


def digest_of(sections: Sequence[Mapping[str, Any]]) -> str:
    """Give a SHA-256 of what sections say, without what differs from run to run by itself."""
    told = [
        {name: value for name, value in one.items() if name not in _OF_THE_MOMENT}
        for one in sections
    ]
    kept = json.dumps(told, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(kept.encode()).hexdigest()


def left_out_words(count: int) -> str:
    """Say how many pages a reader's role does not open; empty for none."""
    if not count:
        return ""
    parts = "1 page is" if count == 1 else f"{count:,} pages are"
    return f"{parts} left out: not for your role."


def _page(asked: object) -> ReportPage:
    if not isinstance(asked, Mapping):
        raise ReportError("pages", "Write each page as an object with “page”.")
    kind = asked.get("page")
    if not isinstance(kind, str) or kind not in set(PageKind):
        raise ReportError("pages", f"“page” is one of: {', '.join(PageKind)}.")
    wanted = PageKind(kind)
    known = {"page", *([wanted.of] if wanted.of else []), *(["query"] * wanted.has_filter)}
    for name in asked:
        if name not in known:
            raise ReportError("pages", f"The page “{kind}” does not take “{name}”.")
    of = _text(asked.get(wanted.of, ""), 60) if wanted.of else ""
    if wanted.of and not of and wanted is not PageKind.CHURN:
        raise ReportError("pages", f"Choose a {wanted.of} for “{wanted.label}”.")
    if wanted is PageKind.DASHBOARD:
        _check_id(of)
    return ReportPage(wanted, of, _text(asked.get("query", ""), LONGEST_QUERY).removeprefix("?"))


def _check_id(text: str) -> None:
    try:
        UUID(text)
    except ValueError:
        raise ReportError("pages", "“dashboard” is the id of a dashboard.") from None


def _text(value: object, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ReportError("pages", f"Write keys and queries as text of at most {most:,} signs.")
    return value.replace("\0", "").strip()
