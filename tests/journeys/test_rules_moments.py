"""The moments that a slider stops at, and moments as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from cxm.kernel.operations.records import Actor
from journeys.rules.moments import Stop, chosen_stops, moment_asked, place_of

ANA, BEN = (Actor("member", UUID(int=number)) for number in (1, 2))
START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def stops(*told: tuple[float, Actor]) -> list[Stop]:
    """Make stops so many hours after the start, numbered from 1."""
    return [
        Stop(seq, START + timedelta(hours=hours), who) for seq, (hours, who) in enumerate(told, 1)
    ]


def chosen(found: list[Stop], most: int, *decided: int) -> list[int]:
    return [one.seq for one in chosen_stops(found, decided, lambda at: at.date(), most)]


@pytest.mark.parametrize(
    ("hours", "most", "decided", "kept"),
    [
        pytest.param([0, 0.1, 0.2], 3, (), [1, 2, 3], id="few: all"),
        pytest.param([0, 0.1, 0.2, 2, 2.1], 4, (), [1, 3, 5], id="how each sitting ended"),
        pytest.param([0, 0.1, 0.2, 2, 2.1], 4, (2,), [1, 2, 3, 5], id="and what was decided"),
        pytest.param([0, 2, 4, 24, 26, 50], 4, (), [1, 3, 5, 6], id="how each day ended"),
        pytest.param([24 * n for n in range(7)], 3, (), [1, 4, 7], id="at even distances"),
        pytest.param([24 * n for n in range(7)], 3, (6,), [1, 4, 6, 7], id="with what was decided"),
        pytest.param([], 3, (), [], id="none"),
    ],
)
def test_as_many_moments_are_chosen_as_a_slider_holds(
    hours: list[float], most: int, decided: tuple[int, ...], kept: list[int]
) -> None:
    assert chosen(stops(*((one, ANA) for one in hours)), most, *decided) == kept


def test_somebody_else_begins_another_sitting() -> None:
    assert chosen(stops((0, ANA), (0.1, ANA), (0.2, BEN), (0.3, BEN)), 3) == [1, 2, 4]


@pytest.mark.parametrize(("seq", "place"), [(0, 0), (1, 0), (2, 1), (3, 2), (9, 2)])
def test_the_place_of_a_moment_is_that_of_the_last_stop_before(seq: int, place: int) -> None:
    assert place_of(stops((0, ANA), (1, ANA), (2, ANA)), seq) == place


@pytest.mark.parametrize(
    ("text", "moment"),
    [("", None), ("  ", None), ("137", 137), (" 7 ", 7), ("2026-11-12", date(2026, 11, 12))],
)
def test_a_moment_is_a_number_or_a_day(text: str, moment: int | date | None) -> None:
    assert moment_asked(text) == moment


@pytest.mark.parametrize(
    "text", ["soon", "-1", "1.5", "2026-02-30", "9999-12-31", "0001-01-01", "٣", "9" * 10]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        moment_asked(text)
