"""Who is on a map right now, and where: a hint that is forgotten, never a lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.cache import cache

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership

# Who was not heard of for so long is gone; more than this many are not told.
SECONDS = 20
MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class Present:
    """The *others* on a map as JSON: `id`, `name`, `at`, `is_typing`.

    *mark* tells one list from another.
    """

    others: list[dict[str, Any]]
    mark: str


def seen(
    *,
    tenant_id: UUID,
    map_id: UUID,
    member: Membership,
    at: str,
    is_typing: bool,
    is_hidden: bool,
    now: datetime,
) -> Present:
    """Note that *member* is on a map, and tell who else is.

    *at* is the lineage where they are, or those of a lane and a step; "" for nowhere. Who
    *is_hidden* is told of the others and not told to them. Where the cache is away nobody is
    there. Two people who come at one moment may miss each other until they are heard of again.
    """
    key = f"map-present:{tenant_id}:{map_id}"
    moment = now.timestamp()
    known: dict[str, Any] = cache.get(key) or {}
    there = {pk: one for pk, one in known.items() if moment - one["seen"] < SECONDS}
    there.pop(str(member.pk), None)
    others = [{"id": pk, **{n: one[n] for n in _TOLD}} for pk, one in sorted(there.items())]
    if not is_hidden:
        there[str(member.pk)] = {
            "name": member.user.get_full_name(),
            "at": _place(at),
            "is_typing": is_typing,
            "seen": moment,
        }
    if there or known:
        cache.set(key, there, SECONDS)
    mark = "|".join(f"{one['id']}@{one['at']}{'!' * one['is_typing']}" for one in others)
    return Present(others[:MOST_TOLD], mark)


def _place(text: str) -> str:
    """Give a lineage, or those of a lane and a step; whatever else was sent is nowhere."""
    try:
        return " ".join(str(UUID(part)) for part in text.split(" ", 1)) if text else ""
    except ValueError:
        return ""


_TOLD = ("name", "at", "is_typing")
