"""Making one insight of two that say the same."""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import MOST_AT_ONCE, Asked, Deed, Source
from cxm.kernel.operations.store import commit
from cxm.tenants.audit import record
from journeys.errors import NotNowError
from journeys.models import (
    Card,
    EvidenceLink,
    Insight,
    InsightLink,
    InsightPersona,
    JourneyMap,
    LibraryThread,
    OpportunityInsight,
)
from journeys.rules.kinds import MapStatus
from journeys.services.library import archive_item, linked
from journeys.services.library_stores import INSIGHTS, OPPORTUNITIES
from journeys.services.stores import MAPS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.documents import Store
    from cxm.tenants.models import ApiKey, Membership, Tenant


@transaction.atomic
def merge_insights(
    *,
    kept: Insight,
    other: Insight,
    by: Membership | ApiKey,
    now: datetime,
    source: Source = Source.UI,
) -> Insight:
    """Merge *other* into *kept*, and give that as it is then.

    It gains the text where it has none, and the personas, insights beneath, evidence and comments
    that it has not. Opportunities, insights that rest on the other and cards of drafts show the
    kept one; published maps keep what they were published with. The other one is archived and
    says where it went. Doing it twice is doing it once. Raises NotNowError, RefusedError and
    LoopError.
    """
    tenant = kept.tenant
    if other.pk == kept.pk:
        message = "An insight cannot be merged with itself. Choose another one."
        raise NotNowError(message, field="other")
    locked = Insight.objects.for_tenant(tenant).select_for_update(of=("self",))
    rows = {
        row.pk: row
        for row in locked.select_related("tenant").order_by("pk").filter(pk__in=[kept.pk, other.pk])
    }
    kept, other = rows[kept.pk], rows[other.pk]
    if other.merged_into_id == kept.pk and other.archived_at is not None:
        return kept
    for one in (kept, other):
        if one.archived_at is not None:
            message = f"“{one.title}” is archived. Restore it first, then merge."
            raise NotNowError(message, field="other")
    work = _Merge(kept, other, by, now, source)
    work.gain()
    moved = work.move()
    archive_item(item=other, by=by, now=now, source=source)
    Insight.objects.for_tenant(tenant).filter(pk=other.pk).update(merged_into=kept)
    told = {"into": kept.title, "key": kept.key, **moved}
    record(tenant=tenant, action="insight-merged", by=by, about=other, changes=told)
    return Insight.objects.for_tenant(tenant).select_related("tenant").get(pk=kept.pk)


class _Merge:
    """The steps of one merge."""

    def __init__(
        self, kept: Insight, other: Insight, by: Membership | ApiKey, now: datetime, source: Source
    ) -> None:
        self.kept, self.other = kept, other
        self.by, self.now, self.source = by, now, source
        self.tenant: Tenant = kept.tenant
        self.batch = new_id()

    def gain(self) -> None:
        """Give the kept one what it has not: text, weight, personas, insights beneath."""
        asked = [
            self._put(self.kept.pk, name, getattr(self.other, name))
            for name in ("body", "impact", "weight")
            if getattr(self.kept, name) in ("", None)
            and getattr(self.other, name) not in ("", None)
        ]
        for model, kind, name in (
            (InsightPersona, "about", "persona_id"),
            (InsightLink, "basis", "fact_id"),
        ):
            there = {self.kept.pk, *self._told(model, self.kept, name)}
            asked += [
                linked(INSIGHTS, self.kept.pk, kind, pk, self.batch)
                for pk in self._told(model, self.other, name)
                if pk not in there
            ]
        self._commit(INSIGHTS, self.kept.pk, asked)

    def move(self) -> dict[str, int]:
        """Let what points to the other one point to the kept one; count what moved."""
        return {
            "opportunities": self._links(OPPORTUNITIES, OpportunityInsight, "opportunity_id"),
            "insights": self._links(INSIGHTS, InsightLink, "insight_id"),
            "cards": self._cards(),
            "evidence": self._evidence(),
            "threads": LibraryThread.objects.for_tenant(self.tenant)
            .filter(insight=self.other)
            .update(insight=self.kept),
        }

    def _links(self, store: Store, model: Any, parent: str) -> int:
        """Link each item that links to the other one to the kept one instead."""
        name, kind = ("fact", "basis") if model is InsightLink else ("insight", "answers")
        rows = model.objects.for_tenant(self.tenant).filter(deleted_at=None)
        owners = rows.filter(**{name: self.kept}).values_list(parent, flat=True)
        there = {self.kept.pk, *owners}
        in_use = {f"{parent.removesuffix('_id')}__archived_at": None}
        moved = rows.filter(**{name: self.other}, **in_use)
        for row in sorted(moved, key=lambda one: getattr(one, parent)):
            item = getattr(row, parent)
            asked = [Asked(id=new_id(), batch=self.batch, op=Deed.DELETE, lineage=row.pk)]
            if item not in there:
                asked.append(linked(store, item, kind, self.kept.pk, self.batch))
            self._commit(store, item, asked)
        return len(moved)

    def _cards(self) -> int:
        """Let cards of drafts show the kept one."""
        cards = Card.objects.for_tenant(self.tenant).filter(insight=self.other, deleted_at=None)
        drafts = JourneyMap.objects.for_tenant(self.tenant).filter(
            status=MapStatus.DRAFT, is_locked=False, archived_at=None, journey__archived_at=None
        )
        count = 0
        open_ones = drafts.filter(deleted_at=None, pk__in=cards.values("map")).order_by("pk")
        for map_id in list(open_ones.values_list("pk", flat=True)):
            shown = list(cards.filter(map=map_id).values_list("lineage", flat=True))
            for some in batched(shown, MOST_AT_ONCE):
                asked = [self._put(pk, "insight", str(self.kept.pk)) for pk in some]
                self._commit(MAPS, map_id, asked)
            count += len(shown)
        return count

    def _evidence(self) -> int:
        rows = EvidenceLink.objects.for_tenant(self.tenant)
        there = rows.filter(insight=self.kept).values_list("evidence", flat=True)
        rows.filter(insight=self.other, evidence__in=list(there)).delete()
        return int(rows.filter(insight=self.other).update(insight=self.kept))

    def _told(self, model: Any, of: Insight, name: str) -> list[UUID]:
        """List what *of* links to and is in use, in order."""
        rows = model.objects.for_tenant(self.tenant).filter(insight=of, deleted_at=None)
        rows = rows.filter(**{f"{name.removesuffix('_id')}__archived_at": None}).order_by(
            "ord", "pk"
        )
        return list(rows.values_list(name, flat=True))

    def _put(self, lineage: UUID, name: str, value: Any) -> Asked:
        return Asked(
            id=new_id(), batch=self.batch, op=Deed.SET, lineage=lineage, field=name, value=value
        )

    def _commit(self, store: Store, document: UUID, asked: Iterable[Asked]) -> None:
        told = list(asked)
        if told:
            request = Request(self.tenant, document, actor_of(self.by), self.now, self.source)
            commit(store, request, told)
