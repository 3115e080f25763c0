"""The cache outlives its server."""

from __future__ import annotations

from cxm.kernel.cache import OutlivingCache

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
