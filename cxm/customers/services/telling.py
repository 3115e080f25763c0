"""Writing what traits tell of customers: the newest is shown, everything is kept with its age."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from cxm.customers.rules.profile import Profile, is_key
from cxm.customers.rules.records import Call
from cxm.customers.services import event_sql as sql
from cxm.customers.services.resolving_events import as_jsonb
from cxm.kernel.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.rules.records import JSON, EventRecord

# Clients that make up a name for every value would fill the list of attributes.
MOST_DEFINITIONS = 1_000


@dataclass(frozen=True, slots=True)
class _Told:
    customer: UUID
    key: str
    value: JSON
    since: datetime
    is_current: bool


@dataclass(slots=True)
class Seen:
    """When each customer (a root) was first and last heard of, and what was told of whom."""

    first: dict[UUID, datetime] = field(default_factory=dict)
    last: dict[UUID, datetime] = field(default_factory=dict)
    traits: dict[UUID, list[tuple[datetime, dict[str, JSON]]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def note(self, root: UUID, record: EventRecord) -> None:
        """Take in that *record* is about the person *root*."""
        at = record.occurred_at
        self.first[root] = min(at, self.first.get(root, at))
        self.last[root] = max(at, self.last.get(root, at))
        if record.call is Call.IDENTIFY and record.traits:
            self.traits[root].append((at, record.traits))


def tell_customers(cursor: Any, seen: Seen, parameters: dict[str, Any]) -> None:
    """Write profiles, the history of attributes, and when people were seen.

    A value older than the one that is shown only goes into the history. The customers' rows are
    locked in the order of their ids.
    """
    if not seen.last:
        return
    ids = sorted(seen.last)
    moments = {"firsts": [seen.first[i] for i in ids], "lasts": [seen.last[i] for i in ids]}
    cursor.execute(sql.SEEN, {**parameters, **moments, "ids": ids, "told": sorted(seen.traits)})
    columns = [column.name for column in cursor.description]
    rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    profiles = {row.pop("id"): row for row in rows if row["id"] in seen.traits}
    if profiles:
        _tell(cursor, profiles, seen, parameters)


def _tell(
    cursor: Any, rows: dict[UUID, dict[str, Any]], seen: Seen, parameters: dict[str, Any]
) -> None:
    cursor.execute(sql.CURRENT_VALUES, {**parameters, "ids": list(rows)})
    current = {
        (pk, key): (msgspec.json.decode(value), since)
        for pk, key, value, since in cursor.fetchall()
    }
    history: list[_Told] = []
    profiles = {}
    for pk, row in rows.items():
        profile = Profile(attributes=msgspec.json.decode(row.pop("attributes")), columns=row)
        history += _news(pk, profile, seen, current)
        profile.name_from_parts()
        profiles[pk] = profile
    _write_history(cursor, history, parameters)
    _write_profiles(cursor, profiles, parameters)
    define(cursor, {told.key for told in history}, "customer", parameters)


def _news(
    pk: UUID, profile: Profile, seen: Seen, current: dict[tuple[UUID, str], tuple[JSON, datetime]]
) -> list[_Told]:
    """Take the traits told of one customer into *profile*; give the new rows of its history."""
    newest: dict[str, _Told] = {}
    history = []
    for at, traits in sorted(seen.traits[pk], key=lambda told: told[0]):
        for key, value in traits.items():
            before = current.get((pk, key))
            if not is_key(key) or (before and before[0] == value and before[1] <= at):
                continue
            if before and before[1] > at:
                history.append(_Told(pk, key, value, at, is_current=False))
                continue
            if key in newest:
                history.append(_Told(pk, key, newest[key].value, newest[key].since, False))  # noqa: FBT003
            newest[key] = _Told(pk, key, value, at, is_current=True)
            current[pk, key] = (value, at)
            profile.tell(key, value)
    return history + list(newest.values())


def _write_history(cursor: Any, history: list[_Told], parameters: dict[str, Any]) -> None:
    if not history:
        return
    now_current = [told for told in history if told.is_current]
    replaced = {
        "customers": [told.customer for told in now_current],
        "keys": [told.key for told in now_current],
    }
    cursor.execute(sql.REPLACE_VALUES, {**parameters, **replaced})
    values = {
        "ids": [new_id() for _ in history],
        "customers": [told.customer for told in history],
        "keys": [told.key for told in history],
        "values": [as_jsonb(told.value) for told in history],
        "since": [told.since for told in history],
        "current": [told.is_current for told in history],
    }
    cursor.execute(sql.NEW_VALUES, {**parameters, **values})


def _write_profiles(cursor: Any, profiles: dict[UUID, Profile], parameters: dict[str, Any]) -> None:
    shown = list(profiles.values())
    columns = {
        "ids": list(profiles),
        "names": [profile.columns["display_name"] for profile in shown],
        "emails": [profile.columns["email"] for profile in shown],
        "phones": [profile.columns["phone"] for profile in shown],
        "languages": [profile.columns["language"] for profile in shown],
        "zones": [profile.columns["time_zone"] for profile in shown],
        "attributes": [as_jsonb(profile.attributes) for profile in shown],
    }
    cursor.execute(sql.PROFILES, {**parameters, **columns})


def define(cursor: Any, keys: Iterable[str], scope: str, parameters: dict[str, Any]) -> None:
    """List *keys* as attributes that nobody has described yet, where they are new."""
    listed = sorted(keys)
    if listed:
        rows = {"ids": [new_id() for _ in listed], "keys": listed}
        limits = {"scope": scope, "most": MOST_DEFINITIONS}
        cursor.execute(sql.NEW_DEFINITIONS, {**parameters, **rows, **limits})
