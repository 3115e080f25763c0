"""When reports are due, what they may hold, and pictures made ready for paper."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from analytics.rules.report_rhythm import Pace, Rhythm, fault_of, next_due
from analytics.rules.reports import (
    PageKind,
    ReportError,
    ReportPage,
    digest_of,
    left_out_words,
    read_page,
    read_pages,
    read_report_title,
)
from cxm.kernel.charts import TrendPoint, axis, trend
from cxm.kernel.drawing.on_paper import on_paper

DAILY = Rhythm(Pace.DAILY, 7)


@pytest.mark.parametrize(
    ("rhythm", "zone", "after", "due"),
    [
        # 20 November 2026 is a Friday.
        (DAILY, "UTC", "2026-11-20T06:59", "2026-11-20T07:00"),
        (DAILY, "UTC", "2026-11-20T07:00", "2026-11-21T07:00"),
        (DAILY, "Asia/Tokyo", "2026-11-20T21:59", "2026-11-20T22:00"),
        (Rhythm(Pace.WEEKLY, 7, 0), "UTC", "2026-11-20T12:00", "2026-11-23T07:00"),
        (Rhythm(Pace.WEEKLY, 7, 4), "UTC", "2026-11-20T12:00", "2026-11-27T07:00"),
        (Rhythm(Pace.MONTHLY, 0, 1), "Europe/Berlin", "2026-11-20T12:00", "2026-11-30T23:00"),
        (Rhythm(Pace.MONTHLY, 7, 28), "UTC", "2027-02-01T00:00", "2027-02-28T07:00"),
        # Summer time ended in Berlin on 25 October 2026: 07:00 is 05:00 UTC before, 06:00 after.
        (DAILY, "Europe/Berlin", "2026-10-24T04:59", "2026-10-24T05:00"),
        (DAILY, "Europe/Berlin", "2026-10-24T05:00", "2026-10-25T06:00"),
        # 02:00 came twice that night, at 00:00 and at 01:00 UTC: the first counts, once.
        (Rhythm(Pace.DAILY, 2), "Europe/Berlin", "2026-10-24T22:00", "2026-10-25T00:00"),
        (Rhythm(Pace.DAILY, 2), "Europe/Berlin", "2026-10-25T00:00", "2026-10-26T01:00"),
        # 02:00 did not come on 29 March 2026: it is 03:00 by the clock then, 01:00 UTC.
        (Rhythm(Pace.DAILY, 2), "Europe/Berlin", "2026-03-28T12:00", "2026-03-29T01:00"),
    ],
)
def test_a_report_is_due_by_the_clock_on_the_wall(
    rhythm: Rhythm, zone: str, after: str, due: str
) -> None:
    at = datetime.fromisoformat(after).replace(tzinfo=UTC)

    found = next_due(rhythm, after=at, zone=ZoneInfo(zone))

    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [
        (DAILY, "every day at 07:00"),
        (Rhythm(Pace.WEEKLY, 18, 6), "every Sunday at 18:00"),
        (Rhythm(Pace.MONTHLY, 0, 28), "every month on day 28 at 00:00"),
    ],
)
def test_a_rhythm_says_itself(rhythm: Rhythm, words: str) -> None:
    assert rhythm.words == words


@pytest.mark.parametrize(
    ("pace", "hour", "day", "field"),
    [
        ("hourly", 7, 0, "pace"),
        ("daily", 24, 0, "hour"),
        ("weekly", 7, 7, "day"),
        ("monthly", 7, 0, "day"),
        ("monthly", 7, 29, "day"),
    ],
)
def test_what_is_no_rhythm_names_the_field(pace: str, hour: int, day: int, field: str) -> None:
    fault = fault_of(pace, hour, day)

    assert fault is not None
    assert fault[0] == field
    assert fault_of("daily", 7, 99) is None


def test_pages_are_read_and_written_back_the_same() -> None:
    told = [
        {"page": "overview", "query": "period=28d"},
        {"page": "metric", "metric": "nps"},
        {"page": "churn"},
        {"page": "dashboard", "dashboard": "0190163d-8694-739b-aea5-966c26f8ad90"},
    ]

    pages = read_pages(told)

    assert pages[1] == ReportPage(PageKind.METRIC, "nps")
    assert [page.as_json() for page in pages] == told
    assert [read_page(one) for one in told] == pages


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ("overview", "Choose at least one page"),
        ([], "Choose at least one page"),
        ([{"page": "overview"}] * 13, "at most 12 pages"),
        (["overview"], "as an object"),
        ([{"page": "strategy"}], "is one of"),
        ([{"page": 3}], "is one of"),
        ([{"page": "metric"}], "Choose a metric"),
        ([{"page": "metric", "metric": 5}], "as text"),
        ([{"page": "overview", "metric": "nps"}], "does not take “metric”"),
        ([{"page": "alerts", "query": "period=28d"}], "does not take “query”"),
        ([{"page": "overview", "query": "x" * 1001}], "at most 1,000"),
        ([{"page": "dashboard", "dashboard": "mine"}], "the id of a dashboard"),
    ],
)
def test_pages_that_cannot_be_kept_say_why(pages: object, words: str) -> None:
    with pytest.raises(ReportError, match=words) as caught:
        read_pages(pages)

    assert caught.value.field == "pages"


@pytest.mark.parametrize("title", ["", " \0 ", "x" * 121])
def test_a_title_has_words(title: str) -> None:
    with pytest.raises(ReportError, match="1 to 120"):
        read_report_title(title)


def test_a_digest_knows_what_was_said_from_when_it_was_said() -> None:
    section = {"title": "NPS", "sentences": ["It is 3."], "url": "/a", "about": [["Days", "x"]]}

    assert digest_of([section]) == digest_of([{**section, "url": "/b", "about": []}])
    assert digest_of([section]) != digest_of([{**section, "sentences": ["It is 4."]}])


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, ""),
        (1, "1 page is left out: not for your role."),
        (2, "2 pages are left out: not for your role."),
    ],
)
def test_pages_that_are_left_out_are_counted(count: int, words: str) -> None:
    assert left_out_words(count) == words


def test_a_line_keeps_its_places_on_paper() -> None:
    points = [TrendPoint("1", 0.0, -5.0, 5.0, 20), TrendPoint("2", 10.0, 5.0, 15.0, 5)]
    drawn = trend(points, scale=axis([0, 10]), label="“NPS” over time", goal=5.0)

    svg = on_paper(str(drawn), width=200, height=50).decode()

    # Two points stand in the middles of two halves: at 50 and 150 of 200, at the ends of 50.
    assert 'd="M50.00 50.00L150.00 0.00"' in svg
    assert 'xmlns="http://www.w3.org/2000/svg" width="200" height="50"' in svg
    assert 'x2="200.00"' in svg
    assert 'class="' not in svg.replace('class="trend-picture"', "")


def test_a_picture_without_a_size_is_no_picture() -> None:
    with pytest.raises(ValueError, match="no size"):
        on_paper("<svg></svg>", width=10, height=10)


def test_titles_lose_what_is_no_text() -> None:
    assert read_report_title("  One\x07 \x1b two\n ") == "One two"
