"""A filter is its address: read, normalised, and never a cause of failure."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.rules.periods import PERIOD_LABELS, Compare, custom_period, named_period
from analytics.selectors.filters import Filter, for_guest, read_filter

TODAY = date(2026, 11, 21)


def test_without_a_query_it_is_the_last_13_weeks() -> None:
    asked = read_filter({}, today=TODAY)

    assert asked.filter == Filter(named_period("13w", TODAY))
    assert (asked.filter.query(), asked.ignored, asked.has_period) == ("", (), False)


def test_a_query_is_written_in_one_order_without_defaults() -> None:
    query = parse_qs("survey=b&survey=a&period=13w&compare=previous&channel=web&weighted=1")

    asked = read_filter(query, today=TODAY)

    assert asked.filter.query() == "channel=web&survey=a&survey=b&weighted=1"


def test_days_are_inclusive_in_the_address_and_half_open_inside() -> None:
    query = {"from": ["2026-01-01"], "to": ["2026-01-31"]}

    asked = read_filter(query, today=TODAY)

    assert asked.filter.period == custom_period(date(2026, 1, 1), date(2026, 1, 31))
    assert asked.filter.period.end_on == date(2026, 2, 1)
    assert asked.filter.query() == "from=2026-01-01&to=2026-01-31"


def test_rows_are_selected_by_dates_whatever_the_period_is_called() -> None:
    chosen = Filter(named_period("13w", TODAY), touchpoints=("checkout",))

    query = chosen.rows_query("nps")

    assert query == "from=2026-08-24&metric=nps&to=2026-11-22&touchpoint=checkout"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"period": ["2w"]}, "“2w” is not a period: it was left out."),
        ({"from": ["soon"]}, "“soon” is not a date such as 2026-11-21: it was left out."),
        ({"to": ["9999-12-31"]}, "“9999-12-31” is not a date such as 2026-11-21: it was left out."),
        ({"compare": ["us"]}, "“us” is nothing to compare with: it was left out."),
        ({"colour": ["red"]}, "“colour” is not a filter: it was left out."),
        (
            {"from": ["2026-02-01"], "to": ["2026-01-01"]},
            "The period ends before it begins: the dates were left out.",
        ),
    ],
)
def test_what_cannot_be_understood_is_said_and_left_out(
    query: dict[str, list[str]], sentence: str
) -> None:
    asked = read_filter(query, today=TODAY)

    assert asked.ignored == (sentence,)
    assert asked.filter == Filter(named_period("13w", TODAY))


texts = st.lists(st.text(max_size=30), max_size=3)
keys = st.sampled_from(["period", "from", "to", "compare", "weighted", "touchpoint", "survey", "x"])


@given(st.dictionaries(keys, texts))
def test_no_query_fails(query: dict[str, list[str]]) -> None:
    asked = read_filter(query, today=TODAY)

    again = read_filter(parse_qs(asked.filter.query()), today=TODAY)
    assert again.filter == asked.filter


chosen_keys = st.lists(st.text("abc-9", min_size=1), max_size=3, unique=True).map(
    lambda found: tuple(sorted(found))
)
periods = st.one_of(
    st.sampled_from(list(PERIOD_LABELS)).map(lambda name: named_period(name, TODAY)),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)).map(lambda on: custom_period(on, on)),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)).map(lambda on: custom_period(on, None)),
)
filters = st.builds(
    Filter, periods, st.sampled_from(Compare), chosen_keys, chosen_keys, chosen_keys, st.booleans()
)


@given(filters)
def test_a_filter_survives_its_address(chosen: Filter) -> None:
    asked = read_filter(parse_qs(chosen.query()), today=TODAY)

    assert (asked.filter, asked.ignored) == (chosen, ())


@pytest.mark.parametrize(
    "query",
    [
        {"touchpoint": ["checkout"]},
        {"from": ["2026-11-20"], "to": ["2026-11-20"]},
        {"period": ["7d"]},
        {"weighted": ["1"]},
    ],
)
def test_a_guest_cannot_cut_out_a_few_answers(query: dict[str, list[str]]) -> None:
    asked = for_guest(read_filter(query, today=TODAY), today=TODAY)

    assert asked.filter == Filter(named_period("13w", TODAY))
    assert len(asked.ignored) == 1


@pytest.mark.parametrize("name", ["13w", "52w", "all"])
def test_a_guest_chooses_among_nested_periods(name: str) -> None:
    asked = for_guest(read_filter({"period": [name]}, today=TODAY), today=TODAY)

    assert asked.filter == Filter(named_period(name, TODAY))
    assert asked.ignored == ()
