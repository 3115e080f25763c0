"""Imports from accounts of Delighted: the list, and what came of one, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models

from feedback.models import DelightedImport
from feedback.rules.delighted_account import BOUNCES, PEOPLE, RESPONSES, UNSUBSCRIBES

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant

_TITLES = {
    PEOPLE: "People",
    RESPONSES: "Answers",
    UNSUBSCRIBES: "Unsubscribed",
    BOUNCES: "Mail came back",
}


@dataclass(frozen=True, slots=True)
class PartTaken:
    """What came of a part of an account: new here, here already, kept out, agreed again here."""

    title: str
    loaded: int
    unchanged: int
    refused: int
    back: int

    @property
    def read(self) -> int:
        """Give how many records were read."""
        return self.loaded + self.unchanged + self.refused + self.back


def delighted_imports(tenant: Tenant) -> QuerySet[DelightedImport]:
    """List imports from Delighted, the newest first, with their source, job and who asked."""
    rows = DelightedImport.objects.for_tenant(tenant).select_related(
        "tenant", "event_source", "job", "by__user"
    )
    return rows.order_by("-created_at", "-pk").fetch_mode(models.FETCH_RAISE)


def parts_taken(row: DelightedImport) -> list[PartTaken]:
    """Give what came of each part that was begun, in the order in which they are fetched."""
    return [
        PartTaken(title, **row.counts[part])
        for part, title in _TITLES.items()
        if part in row.counts
    ]
