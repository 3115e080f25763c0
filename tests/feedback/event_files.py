"""Builders for the tests of files of events: a small order file, its mapping, parsed lines."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from feedback.adapters.event_file import parse_events
from feedback.adapters.event_mapping import EventMapping, read_mapping
from feedback.adapters.profile import TableProfile, profile_table
from feedback.adapters.records import LineEvents, Refusal
from feedback.adapters.table import Table
from tests.feedback.survey_files import BERLIN, NOW

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADS = "order,who,placed,shipped,total"
ORDERS = f"""{HEADS}
o1,ana,2026-10-01 10:00,2026-10-02 09:00,"19,90"
o2,ben,2026-10-03 10:00,,5
o3,ana,2026-10-05 10:00,2026-10-04 09:00,7
"""


def plain_orders(**changes: Any) -> dict[str, Any]:
    """Give the mapping of HEADS as JSON, with *changes* to its top fields."""
    plain: dict[str, Any] = {
        "version": 1,
        "line": "order",
        "source": {"key": "shop-orders"},
        "row_id": ["order"],
        "identities": [{"column": "who", "kind": "external", "namespace": "shop"}],
        "thread": {"column": "order"},
        "events": [
            {"at": {"column": "placed"}, "name": "order placed"},
            {
                "at": {"column": "shipped"},
                "name": "order shipped",
                "touchpoint": {"key": "shipping", "title": "Shipping"},
            },
        ],
        "amount": {"column": "total", "currency": "EUR"},
    }
    return plain | changes


def plain_customers(**changes: Any) -> dict[str, Any]:
    """Give the mapping of a file with the columns who, mail, plan and since as JSON."""
    plain: dict[str, Any] = {
        "version": 1,
        "line": "customer",
        "source": {"key": "crm"},
        "identities": [
            {"column": "who", "kind": "external", "namespace": "shop"},
            {"column": "mail", "kind": "email"},
        ],
        "attributes": [{"column": "mail", "key": "email"}, {"column": "plan"}],
        "at": {"column": "since"},
    }
    return plain | changes


def event_mapping(plain: dict[str, Any]) -> EventMapping:
    """Read *plain* as a mapping of events."""
    mapping = read_mapping(json.dumps(plain))
    assert isinstance(mapping, EventMapping)
    return mapping


def parsed_events(
    heads: str, rows: Iterable[list[str]], by: dict[str, Any]
) -> tuple[list[LineEvents], list[Refusal]]:
    """Parse rows given as lists of cells under *heads*; the first is on line 2."""
    table = Table(tuple(heads.split(",")), iter(list(enumerate(rows, start=2))))
    items = list(parse_events(table, event_mapping(by), zone=BERLIN, now=NOW))
    lines = [item for item in items if isinstance(item, LineEvents)]
    return lines, [item for item in items if isinstance(item, Refusal)]


def profiled(content: str) -> TableProfile:
    """Profile a small table that is written as CSV."""
    heads, *rows = csv.reader(content.splitlines())
    return profile_table(Table(tuple(heads), iter(list(enumerate(rows, start=2)))))
