"""An edition of a report as files: tagged pages to print, and a workbook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings

from analytics.rules.reports import left_out_words
from analytics.selectors.report_shapes import ReportSection, section_of
from cxm.kernel.drawing.on_paper import on_paper
from cxm.kernel.typesetting.setting import typeset_pdf
from cxm.kernel.workbooks import Table, workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from analytics.models import Report, ReportEdition
    from cxm.kernel.workbooks import Cell

TEMPLATE = "analytics/report_sheet.typ"
# In background work only: a dashboard has up to 40 tiles, each with its table.
MOST_SIGNS = 2_000_000
_WIDE, _HIGH = 480.0, 110.0
_LONGEST_SHEET = 31
# What the names of sheets cannot hold.
_REFUSED = re.compile(r"[\[\]:*?/\\']")
FIGURE_HEADS = (
    "Part",
    "Figure",
    "Value",
    "Unit",
    "Low end of the 95% interval",
    "High end of the 95% interval",
    "Answers",
    "Method",
    "Change",
    "Days",
    "Definition",
    "Rows",
)


def sections_in(edition: ReportEdition) -> list[ReportSection]:
    """Read what an edition said."""
    return [section_of(one) for one in edition.sections]


def when_told(at: datetime, zone: str) -> str:
    """Write a moment by the workspace's clock: "23 Nov 2026, 07:00 (Europe/Lisbon)"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y, %H:%M} ({zone})"


def report_pdf(report: Report, edition: ReportEdition) -> bytes:
    """Set an edition of a report, which comes with its tenant. Raises TooLargeError."""
    sections = sections_in(edition)
    pictures = {
        _picture_name(place): on_paper(one.picture.svg, width=_WIDE, height=_HIGH)
        for place, one in enumerate(sections)
        if one.picture
    }
    as_of = when_told(edition.as_of, report.tenant.time_zone)
    told = {
        "title": report.title,
        "author": report.tenant.name,
        "lang": "en",
        "as_of": f"As of {as_of}",
        "left_out": left_out_words(edition.left_out),
        "sections": [_told(place, one) for place, one in enumerate(sections)],
        "footer": [report.tenant.name, report.title, *_shared_filter(sections), f"As of {as_of}"],
    }
    return typeset_pdf(TEMPLATE, told, at=edition.as_of, pictures=pictures, most_signs=MOST_SIGNS)


def _shared_filter(sections: Iterable[ReportSection]) -> list[str]:
    """Name the filter of all parts that have any, if it is one."""
    found = {words for one in sections for label, words in one.about if label == "Filter"}
    return [f"Filter: {words}" for words in found] if len(found) == 1 else []


def report_workbook(report: Report, edition: ReportEdition) -> bytes:
    """Write an edition as a workbook: what it is about, its figures, and each of its tables."""
    sections = sections_in(edition)
    tables = [
        Table("About", ("What", "Words"), _about(report, edition, sections)),
        Table("Figures", FIGURE_HEADS, _figure_rows(sections)),
    ]
    taken = {"about", "figures"}
    for one in sections:
        for table in one.tables:
            title = _sheet_title(f"{one.title}, {table.title}", taken)
            tables.append(Table(title, table.columns, table.rows))
    return workbook(tables)


def _told(place: int, one: ReportSection) -> dict[str, Any]:
    picture = None
    if one.picture:
        drawn = one.picture
        picture = {
            "file": _picture_name(place),
            "alt": drawn.alt,
            "low": drawn.low,
            "high": drawn.high,
            "first": drawn.first,
            "last": drawn.last,
        }
    return {
        "title": one.title,
        "sentences": list(one.sentences),
        "figures": [
            {
                "words": figure.words,
                "definition": f"{figure.definition} {figure.period}",
                "href": _whole(figure.url),
            }
            for figure in one.figures
        ],
        "tables": [
            {"title": table.title, "columns": table.columns, "rows": table.rows}
            for table in one.tables
        ],
        "picture": picture,
        "about": ". ".join(f"{label}: {words.rstrip('.')}" for label, words in one.about),
        "href": _whole(one.url),
    }


def _about(
    report: Report, edition: ReportEdition, sections: Sequence[ReportSection]
) -> list[tuple[Cell, ...]]:
    lines: list[tuple[Cell, ...]] = [
        ("Report", report.title),
        ("Workspace", report.tenant.name),
        ("As of", edition.as_of.isoformat()),
        ("Time zone", report.tenant.time_zone),
    ]
    if edition.left_out:
        lines.append(("Left out", left_out_words(edition.left_out)))
    for one in sections:
        lines.append(("Part", one.title))
        lines += [(label, words) for label, words in one.about]
        lines += [("Said", words) for words in one.sentences]
        lines.append(("Page", _whole(one.url)))
    return lines


def _figure_rows(sections: Iterable[ReportSection]) -> list[tuple[Cell, ...]]:
    return [
        (
            one.title,
            figure.title,
            figure.value,
            figure.unit,
            figure.low,
            figure.high,
            figure.n,
            figure.method,
            figure.change,
            figure.period,
            figure.definition,
            _whole(figure.url),
        )
        for one in sections
        for figure in one.figures
    ]


def _sheet_title(wanted: str, taken: set[str]) -> str:
    """Give a name that a sheet can have and none has yet; it is put into *taken*."""
    words = " ".join(_REFUSED.sub(" ", wanted).split()) or "Table"
    title, number = words[:_LONGEST_SHEET].strip(), 1
    while title.casefold() in taken:
        number += 1
        ending = f" {number}"
        title = words[: _LONGEST_SHEET - len(ending)].strip() + ending
    taken.add(title.casefold())
    return title


def _picture_name(place: int) -> str:
    return f"line-{place}.svg"


def _whole(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}" if path else ""
