"""What files of events that are loaded already say: the same heads mostly mean the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback.adapters.event_mapping import EventMapping
from feedback.errors import MappingRefusedError
from feedback.models import Import
from feedback.services.preparing import readable_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Tenant

MOST_FILES = 50


def earlier_lines(tenant: Tenant) -> Iterator[EventMapping]:
    """Yield the mappings of the tenant's newest loaded files of events, newest first. One query."""
    rows = Import.objects.for_tenant(tenant).filter(state=Import.State.DONE)
    rows = rows.filter(mapping__has_key="line").order_by("-created_at", "-pk")
    for plain in rows.values_list("mapping", flat=True)[:MOST_FILES]:
        try:
            mapping = readable_mapping(plain)
        except MappingRefusedError:
            continue  # of a version that this program no longer reads
        if isinstance(mapping, EventMapping):
            yield mapping


def joinable_sources(tenant: Tenant) -> list[tuple[str, str]]:
    """List the kinds of files whose numbers say who a customer is: keys with titles. One query."""
    found: dict[str, str] = {}
    for mapping in earlier_lines(tenant):
        if mapping.thread and not mapping.thread.joins and mapping.identities:
            found.setdefault(mapping.source.key, mapping.source.title or mapping.source.key)
    return list(found.items())
