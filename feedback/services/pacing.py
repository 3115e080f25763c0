"""How many requests with events a tenant may send a second."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cxm.kernel.cache import count_shared

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

REQUESTS_A_SECOND = 1_000
WAIT_SECONDS = 1
TOO_FAST = (
    f"More than {REQUESTS_A_SECOND:,} requests came within a second. Send this one again after "
    "the seconds that Retry-After tells, and put more events into one request."
)
_KEPT_SECONDS = 10


def is_too_fast(tenant_id: UUID, *, now: datetime) -> bool:
    """Count a request with events; say whether the tenant sent its 1,000 this second already.

    Every source and key of a tenant counts together, in the cache that all processes share.
    While that is away nobody is too fast: events are taken as long as they can be stored.
    """
    counted = count_shared(
        f"event-requests:{tenant_id}:{math.floor(now.timestamp())}", seconds=_KEPT_SECONDS
    )
    return counted is not None and counted > REQUESTS_A_SECOND
