"""Making items of the library, archiving them, and changing several; the rest are operations."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import (
    MOST_AT_ONCE,
    ArchivedDocumentError,
    Asked,
    Deed,
    RefusedError,
    Source,
)
from cxm.kernel.operations.store import commit
from cxm.tenants.models import ApiKey, Tenant
from cxm.touchpoints.rules.keys import free_key, suggested_key
from journeys.errors import TitleNeededError, TooManyError
from journeys.models import Goal, Insight, Opportunity, OpportunityGoal, Solution
from journeys.services.library_stores import GOALS, INSIGHTS, OPPORTUNITIES, SOLUTIONS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.documents import Store
    from cxm.kernel.operations.shapes import JSON
    from cxm.tenants.models import Membership
    from journeys.rules.library import InsightKind

type Item = Insight | Opportunity | Solution | Goal
type Links = Iterable[tuple[str, UUID]]
LONGEST_TITLE, MOST_TOGETHER = 300, 200
MODELS: Mapping[str, Any] = {
    "insight": Insight,
    "opportunity": Opportunity,
    "solution": Solution,
    "goal": Goal,
}
STORES: Mapping[str, Store] = {
    store.shape.root: store for store in (INSIGHTS, OPPORTUNITIES, SOLUTIONS, GOALS)
}


@transaction.atomic
def create_item(
    *,
    sort: str,
    tenant: Tenant,
    title: str,
    by: Membership | ApiKey | None,
    now: datetime,
    values: Mapping[str, JSON] | None = None,
    links: Links = (),
    source: Source = Source.UI,
) -> Any:
    """Make an item of *sort* (insight, opportunity, solution or goal) with links, in one batch.

    *values* are its other fields as operations have them; *links* pairs of the kind of link and
    what it leads to. Its key is made of the title, its owner is the member who makes it. Raises
    TitleNeededError, TooManyError and RefusedError.
    """
    told = " ".join(title.split())
    if not 0 < len(told) <= LONGEST_TITLE:
        raise TitleNeededError("title", LONGEST_TITLE)
    store, pk, batch = STORES[sort], new_id(), new_id()
    owner = str(by.pk) if by and not isinstance(by, ApiKey) else None
    root: dict[str, JSON] = {"owner": owner, **(values or {})}
    root |= {"key": _new_key(sort, tenant, told), "title": told}
    asked = [_create(batch, pk, sort, {"values": root})]
    asked += [linked(store, pk, kind, to, batch) for kind, to in dict.fromkeys(links)]
    if len(asked) > MOST_AT_ONCE:
        words = f"An item links to up to {MOST_AT_ONCE - 1} others at once."
        raise TooManyError(words)
    commit(store, Request(tenant, pk, actor_of(by), now, source), asked)
    return MODELS[sort].objects.for_tenant(tenant).select_related("tenant").get(pk=pk)


def create_insight(
    *,
    tenant: Tenant,
    title: str,
    kind: InsightKind,
    by: Membership | ApiKey | None,
    now: datetime,
    body: str = "",
    personas: Iterable[UUID] = (),
    source: Source = Source.UI,
) -> Insight:
    """Make an insight about *personas*; raises what `create_item` raises."""
    made: Insight = create_item(
        sort="insight",
        tenant=tenant,
        title=title,
        by=by,
        now=now,
        values={"kind": kind.value, "body": body},
        links=[("about", pk) for pk in personas],
        source=source,
    )
    return made


@transaction.atomic
def move_between_goals(
    *,
    item: Opportunity,
    before: UUID | None,
    after: UUID | None,
    status: str = "",
    by: Membership | ApiKey | None,
    now: datetime,
) -> None:
    """Let an opportunity serve the goal *after* instead of *before*, in one batch.

    None is no goal; other goals that it serves stay. *status* changes with it, where one is given.
    What is so already is left as it is. Raises UnknownElementError for a goal that is not there,
    RefusedError for one that is archived, and ArchivedDocumentError.
    """
    # Whoever else changes it ends first, so that a link is found as it is.
    Opportunity.objects.for_tenant(item.tenant_id).select_for_update(no_key=True).get(pk=item.pk)
    rows = OpportunityGoal.objects.for_tenant(item.tenant_id).order_by("pk")
    links = dict(rows.filter(opportunity=item, deleted_at=None).values_list("goal_id", "pk"))
    store, batch = STORES["opportunity"], new_id()
    asked: list[Asked] = []
    if before and before in links and before != after:
        asked.append(Asked(id=new_id(), batch=batch, op=Deed.DELETE, lineage=links[before]))
    if after and after not in links:
        _check_in_use(item, after)
        asked.append(linked(store, item.pk, "serves", after, batch))
    if status and status != item.status:
        asked.append(_put(batch, item.pk, "status", status))
    if asked:
        commit(store, _request(item, by, now, Source.UI), asked)


def archive_item(
    *, item: Item, by: Membership | ApiKey | None, now: datetime, source: Source = Source.UI
) -> None:
    """Take an item off the lists; it stays on maps and where it is linked."""
    if item.archived_at is None:
        # Somebody else may do it at the same moment.
        with suppress(ArchivedDocumentError):
            _set(item, _request(item, by, now, source), archived_at=now.isoformat())


@transaction.atomic
def restore_item(
    *, item: Item, by: Membership | ApiKey | None, now: datetime, source: Source = Source.UI
) -> None:
    """Bring an archived item back; an insight that was merged is one of its own again."""
    if item.archived_at is not None:
        _set(item, _request(item, by, now, source), archived_at=None)
        if isinstance(item, Insight):
            rows = Insight.objects.for_tenant(item.tenant_id)
            rows.filter(pk=item.pk).update(merged_into=None)


@transaction.atomic
def change_several(
    *, items: Sequence[Item], field: str, value: JSON, by: Membership, now: datetime
) -> None:
    """Set one field of up to 200 items, all or none; each is a step of its own history.

    Raises TooManyError, RefusedError and ArchivedDocumentError.
    """
    for item in _in_order(items):
        _set(item, _request(item, by, now, Source.UI), **{field: value})


@transaction.atomic
def archive_several(*, items: Sequence[Item], by: Membership, now: datetime) -> None:
    """Take up to 200 items off the lists. Raises TooManyError."""
    for item in _in_order(items):
        archive_item(item=item, by=by, now=now)


def linked(store: Store, item: UUID, kind: str, to: UUID, batch: UUID) -> Asked:
    """Give the operation that links an item to something else. Raises RefusedError."""
    shape = store.shape.elements.get(kind)
    if shape is None or kind == store.shape.root:
        message = "There are no such links."
        raise RefusedError(message, field="kind")
    name = shape.fields[0].name
    return _create(batch, new_id(), kind, {"values": {name: str(to)}, "parent": str(item)})


def sort_of(item: Item) -> str:
    """Name the sort of an item, as its model is called."""
    return str(item._meta.model_name)


def _check_in_use(item: Opportunity, goal: UUID) -> None:
    """Refuse to serve a goal anew that is archived: whoever moves a card sees goals in use."""
    rows = Goal.objects.for_tenant(item.tenant_id).filter(pk=goal, deleted_at=None)
    if rows.exclude(archived_at=None).exists():
        message = "This goal is archived. Choose another one."
        raise RefusedError(message, field="after")


def _in_order(items: Sequence[Item]) -> list[Item]:
    """Give *items* in the order in which everybody takes their locks."""
    if len(items) > MOST_TOGETHER:
        words = f"Choose up to {MOST_TOGETHER} at once."
        raise TooManyError(words)
    return sorted(items, key=lambda item: item.pk)


def _request(item: Item, by: Membership | ApiKey | None, now: datetime, source: Source) -> Request:
    return Request(item.tenant, item.pk, actor_of(by), now, source)


def _set(item: Item, request: Request, **values: JSON) -> None:
    batch = new_id()
    asked = [_put(batch, item.pk, name, value) for name, value in values.items()]
    commit(STORES[sort_of(item)], request, asked)


def _put(batch: UUID, item: UUID, name: str, value: JSON) -> Asked:
    return Asked(id=new_id(), batch=batch, op=Deed.SET, lineage=item, field=name, value=value)


def _create(batch: UUID, lineage: UUID, kind: str, value: dict[str, JSON]) -> Asked:
    return Asked(id=new_id(), batch=batch, op=Deed.CREATE, lineage=lineage, kind=kind, value=value)


def _new_key(sort: str, tenant: Tenant, title: str) -> str:
    """Find a key that no item of *sort* has; others that make one wait for this one."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    wanted = suggested_key(title) or sort
    rows = MODELS[sort].objects.for_tenant(tenant).filter(key__startswith=wanted[:50])
    return free_key(wanted, set(rows.values_list("key", flat=True)))
