"""A cache that outlives its server: what cannot be kept there is kept in this process."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

METHODS = ("get", "set", "add", "delete", "incr", "touch", "has_key", "get_many", "set_many")


class OutlivingCache(RedisCache):
    """Redis or Valkey while it answers, else a cache of this process.

    Rate limits then count by process, which is stricter than not counting; nothing in the
    cache is ever the only copy of anything.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._here = LocMemCache("outliving", {"KEY_PREFIX": self.key_prefix})

    def count(self, key: str, *, seconds: int) -> int | None:
        """Count one more under *key*, forgotten after *seconds*; None while the server is away.

        One round trip, and never in this process alone.
        """
        name = self.make_and_validate_key(key)
        try:
            client: Any = self._cache.get_client(name, write=True)
            both = client.pipeline(transaction=False)
            counted, _ = both.incr(name).expire(name, seconds).execute()
        except RedisError as error:
            logger.warning("the cache does not answer: %s", error)
            return None
        return int(counted)


def _outliving(name: str) -> Callable[..., Any]:
    asked = getattr(RedisCache, name)

    def method(self: OutlivingCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return asked(self, *args, **kwargs)
        except RedisError as error:
            logger.warning("the cache does not answer: %s", error)
            return getattr(self._here, name)(*args, **kwargs)

    method.__name__ = name
    method.__doc__ = f"Do as `RedisCache.{name}`, in this process while the server is away."
    return method


def count_shared(key: str, *, seconds: int) -> int | None:
    """Count one more under *key* for all processes at once, forgotten after *seconds*.

    None while nothing is counted for all: whoever limits by it must let everybody pass then.
    """
    cache = caches["default"]
    if isinstance(cache, OutlivingCache):
        return cache.count(key, seconds=seconds)
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it was forgotten in between: then it begins anew
        cache.set(key, 1, timeout=seconds)
        return 1


for _name in METHODS:
    setattr(OutlivingCache, _name, _outliving(_name))
