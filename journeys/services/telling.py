"""Differences between maps as files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cxm.kernel.made_files import MadeFile, made_file
from cxm.tenants.audit import record
from journeys.rules.change_words import markdown
from journeys.services.comparing import Moment, compare

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership


def export_changes(left: Moment, right: Moment, *, by: Membership, now: datetime) -> MadeFile:
    """Write what differs between two maps as Markdown; that it was taken out is written down.

    Raises NotNowError.
    """
    found = compare(left, right, reader=by, now=now)
    row = right.map
    title = f"{moment_title(left)} → {moment_title(right)}"
    text = markdown(found.changes, replace(found.names, is_markdown=True), title=title)
    changes = {"against": left.map.number, "format": "md"}
    record(tenant=row.tenant, action="map-diff-exported", by=by, about=row, changes=changes)
    return made_file(f"{row.name}, changes", "md", text.encode())


def moment_title(moment: Moment) -> str:
    """Say which map, and which moment of it."""
    then = "" if moment.seq is None else f", as of operation {moment.seq}"
    return f"Map {moment.map.number}, {moment.map.name}{then}"
