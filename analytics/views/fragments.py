"""Markup that is kept for as long as nothing it shows can have changed."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils.safestring import SafeString
from redis.exceptions import RedisError

from analytics.selectors.freshness import figures_sequence
from analytics.selectors.histograms import By

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.selectors.figures import Viewer
    from cxm.tenants.access import TenantRequest

logger = logging.getLogger(__name__)
KEPT_SECONDS = 3600


def kept(
    request: TenantRequest,
    viewer: Viewer,
    make: Callable[[str], SafeString],
    *,
    shows_segments: bool = False,
    also: object = None,
) -> SafeString:
    """Give the markup that *make* returns for this address, from the cache where it still holds.

    It holds for the tenant's sequence, its business day, the viewer's role, the whole query and
    what *also* decides, as far as that is another in its `repr`;
    *make* is called with the sequence. Without a cache everything works, only slower. One query
    on a hit. Who is in a segment changes without the sequence: markup that *shows_segments*, or is
    asked about some, is not kept.
    """
    sequence = figures_sequence(viewer.tenant)
    if shows_segments or By.SEGMENT.value in request.GET:
        return make(sequence)
    query = sorted((name, tuple(values)) for name, values in request.GET.lists())
    role = request.membership.role
    parts = (viewer.tenant.pk, sequence, viewer.today, role, request.path, query, also)
    key = f"fragment:{hashlib.blake2b(repr(parts).encode(), digest_size=20).hexdigest()}"
    try:
        found = cache.get(key)
    except (RedisError, OSError) as error:
        logger.warning("the cache is out of order: %s", error)
        return make(sequence)
    if found is not None:
        return SafeString(found)
    made = make(sequence)
    cache.set(key, str(made), KEPT_SECONDS)
    return made
