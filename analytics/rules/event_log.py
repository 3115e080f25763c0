"""An event log as a file: IEEE 1849-2016 (XES), and the same as rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

ROW_HEADS = ("case", "activity", "timestamp", "resource")
# What each event must say for the log to be read: with a value that stands for none.
_GLOBALS = (
    ("string", "concept:name", "__INVALID__"),
    ("date", "time:timestamp", "1970-01-01T00:00:00.000+00:00"),
    ("string", "org:resource", "__INVALID__"),
)
_EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
)
# Signs that XML 1.0 cannot hold, however they are written.
_FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))
_FORBIDDEN |= dict.fromkeys(range(0xD800, 0xE000))


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event: what happened (*name*), when (aware), and who did it; "" where nobody is told."""

    name: str
    at: datetime
    resource: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """One case by a name that tells nothing of who it is, with its events in order."""

    name: str
    events: Sequence[LogEvent]


def xes_of(title: str, traces: Sequence[Trace]) -> Iterator[str]:
    """Write a log as XES, piece by piece: extensions, globals, a classifier, then the traces.

    Source: IEEE Std 1849-2016, sections 4 and 5. Times are written to the millisecond in UTC.
    """
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield ('<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">\n')
    for name, prefix, uri in _EXTENSIONS:
        yield f'<extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n'
    yield f'<global scope="trace">{_attribute(*_GLOBALS[0])}</global>\n'
    yield f'<global scope="event">{"".join(_attribute(*one) for one in _GLOBALS)}</global>\n'
    yield '<classifier name="Activity" scope="event" keys="concept:name"/>\n'
    yield _attribute("string", "concept:name", title) + "\n"
    for trace in traces:
        yield f"<trace>{_attribute('string', 'concept:name', trace.name)}\n"
        yield from (_event(event) for event in trace.events)
        yield "</trace>\n"
    yield "</log>\n"


def rows_of(traces: Sequence[Trace]) -> Iterator[tuple[str, ...]]:
    """Give the same log as rows under ROW_HEADS, case by case."""
    for trace in traces:
        for event in trace.events:
            yield trace.name, event.name, _time(event.at), event.resource


def _event(event: LogEvent) -> str:
    told = (
        _attribute("string", "concept:name", event.name),
        _attribute("date", "time:timestamp", _time(event.at)),
        _attribute("string", "org:resource", event.resource),
    )
    return f"<event>{''.join(told)}</event>\n"


def _attribute(kind: str, key: str, value: str) -> str:
    return f'<{kind} key="{key}" value={quoteattr(value.translate(_FORBIDDEN), _ENTITIES)}/>'


# In an attribute these would be read as blanks.
_ENTITIES = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
