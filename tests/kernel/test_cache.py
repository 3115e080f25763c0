"""The cache outlives its server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.cache import OutlivingCache, count_shared
from cxm.kernel.ids import new_id

if TYPE_CHECKING:
    from pytest_django import Settings

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


def test_without_a_server_this_process_remembers() -> None:
    cache = OutlivingCache(NOBODY_LISTENS, {})

    cache.set("limit", 1)
    cache.incr("limit")

    assert cache.get("limit") == 2
    assert cache.get("other", "default") == "default"
    assert cache.has_key("limit") is True
    assert cache.get_many(["limit", "other"]) == {"limit": 2}


def test_without_a_server_a_key_is_added_once_and_deleted_once() -> None:
    cache = OutlivingCache(NOBODY_LISTENS, {})

    assert [cache.add("one", 1), cache.add("one", 2)] == [True, False]
    assert [cache.delete("one"), cache.delete("one")] == [True, False]


def test_what_all_processes_count_is_counted_by_the_server(settings: Settings) -> None:
    key = f"count-{new_id()}"
    one, other = (OutlivingCache(settings.REDIS_URL, {"KEY_PREFIX": "test"}) for _ in range(2))

    counted = [cache.count(key, seconds=5) for cache in (one, other, one)]

    assert counted == [1, 2, 3]
    assert 0 < one._cache.get_client(None).ttl(one.make_key(key)) <= 5


def test_without_a_server_nothing_is_counted_for_all(settings: Settings) -> None:
    backend = "cxm.kernel.cache.OutlivingCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": NOBODY_LISTENS}}

    assert count_shared("limit", seconds=5) is None
