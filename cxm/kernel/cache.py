"""A cache that outlives its server: what cannot be kept there is kept in this process."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

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


for _name in METHODS:
    setattr(OutlivingCache, _name, _outliving(_name))
