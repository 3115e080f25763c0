"""Event logs as XES: written by the rules of the standard, and read back as they were."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from analytics.rules.event_log import ROW_HEADS, LogEvent, Trace, rows_of, xes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

LOGS = Path(__file__).parents[3] / "shared" / "data" / "eventlogs"
NS = "{http://www.xes-standard.org/}"
MORNING = datetime(2026, 11, 20, 8, 30, 0, 123_000, tzinfo=timezone(timedelta(hours=1)))
SMALL = [
    Trace(
        "case-1",
        [LogEvent("order", MORNING, "customer"), LogEvent("parcel", MORNING, "system")],
    ),
    Trace("case-2", [LogEvent("<&\"'> \n\tü", MORNING + timedelta(days=1), "agent")]),
]


def written(traces: Sequence[Trace], title: str = "Returns") -> Element:
    root: Element = fromstring("".join(xes_of(title, traces)))
    return root


def told(element: Element, key: str) -> str:
    """Give the value of an attribute of a log, trace or event; "" without it."""
    found = (one for one in element if one.get("key") == key)
    return next((one.get("value", "") for one in found), "")


def read(root: Element) -> list[Trace]:
    """Read a log of any version: the name of each case, its events in order, with time and who."""
    return [
        Trace(
            told(trace, "concept:name"),
            [
                LogEvent(
                    told(event, "concept:name"),
                    datetime.fromisoformat(told(event, "time:timestamp")),
                    told(event, "org:resource"),
                )
                for event in trace
                if event.tag.removeprefix(NS) == "event"
            ],
        )
        for trace in root
        if trace.tag.removeprefix(NS) == "trace"
    ]


def test_a_log_is_read_back_as_it_was() -> None:
    assert read(written(SMALL)) == SMALL


def test_a_log_of_nothing_is_a_log() -> None:
    assert read(written([])) == []


def test_signs_that_xml_cannot_hold_are_left_out() -> None:
    [trace] = read(written([Trace("a\x00b", [LogEvent("c\x1b\ud800d\ufffe", MORNING)])]))

    assert (trace.name, trace.events[0].name) == ("ab", "cd")


# The order and the parts that the schema of IEEE 1849-2016 demands.
def test_a_log_keeps_the_rules_of_its_schema() -> None:
    root = written(SMALL)
    order = ("extension", "global", "classifier", "string", "trace")
    places = [order.index(one.tag.removeprefix(NS)) for one in root]
    extensions = {one.get("prefix") for one in root if one.tag == f"{NS}extension"}
    globals_ = {
        one.get("scope"): {inner.get("key") for inner in one}
        for one in root
        if one.tag == f"{NS}global"
    }
    [classifier] = [one for one in root if one.tag == f"{NS}classifier"]
    keys = {one.get("key") or "" for one in root.iter() if one.get("key")}

    assert root.tag == f"{NS}log"
    assert root.get("xes.version") == "1849-2016"
    assert root.get("xes.features") is not None
    assert places == sorted(places)
    assert {key.partition(":")[0] for key in keys} <= extensions
    assert globals_["event"] >= {classifier.get("keys")}
    for trace in root.iter(f"{NS}trace"):
        assert {one.get("key") for one in trace if one.get("key")} >= globals_["trace"]
        kinds = [one.tag == f"{NS}event" for one in trace]
        assert kinds == sorted(kinds), "attributes come before events"
        for event in trace.iter(f"{NS}event"):
            assert {one.get("key") for one in event} >= globals_["event"]


def test_times_are_written_in_utc_to_the_millisecond() -> None:
    text = "".join(xes_of("Returns", SMALL[:1]))

    assert 'key="time:timestamp" value="2026-11-20T07:30:00.123+00:00"' in text


def test_rows_say_the_same() -> None:
    first = MORNING.astimezone(UTC).isoformat(timespec="milliseconds")

    assert ROW_HEADS == ("case", "activity", "timestamp", "resource")
    assert next(rows_of(SMALL)) == ("case-1", "order", first, "customer")
    assert len(list(rows_of(SMALL))) == 3


@pytest.mark.slow
@pytest.mark.parametrize("name", ["roadtraffic100traces.xes", "06_bpic2013_closed.xes.gz"])
def test_a_public_log_keeps_its_traces_events_order_and_times(name: str) -> None:
    path = LOGS / name
    if not path.exists():
        pytest.skip(f"{name} lies beside the project, not in it")
    content = path.read_bytes()
    given = read(fromstring(gzip.decompress(content) if name.endswith(".gz") else content))

    again = read(written(given))

    assert len(given) > 50
    assert again == given
