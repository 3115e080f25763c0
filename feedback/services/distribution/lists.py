"""Lists of people that a distribution asks: kept as they were brought, looked at, then asked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.customers.models import Identity
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.loading_events import load_events
from cxm.kernel.effects import Again
from cxm.tenants.audit import record
from cxm.tenants.models import Membership
from cxm.work.services import later
from feedback.errors import DistributionError
from feedback.models import AskList, AskListRow, Distribution
from feedback.rules.distribution.list_rows import list_key, refs_of
from feedback.rules.distribution.words import Audience, DistributionState, ListState
from feedback.services.distribution.persons import roots_of
from feedback.services.distribution.planning import MOST_AT_ONCE, Candidate, plan
from feedback.services.distribution.running import ASK_LIST, promise_sending

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import ApiKey, Tenant
    from cxm.tenants.querysets import TenantQuerySet
    from feedback.rules.distribution.list_rows import Listed

FORGET_LIST = "feedback.forget-list"
# Who was brought and not asked is forgotten after so long.
KEPT = timedelta(days=30)
SOURCE = "list"
GONE = "Erased: this person is not asked."
_ROWS_A_STATEMENT = 2_000
_VALUES_A_QUERY = 5_000


@transaction.atomic
def keep_list(
    *,
    distribution: Distribution,
    title: str,
    people: Sequence[Listed],
    by: Membership | ApiKey | None,
    now: datetime,
) -> AskList:
    """Keep *people* as a draft that asks nobody yet, those with a fault, too.

    It is forgotten after 30 days unless somebody has them asked. Raises DistributionError.
    """
    if distribution.audience != Audience.LIST:
        message = "This way of sending asks no list: choose “list” as who is asked."
        raise DistributionError("audience", message)
    row = AskList.objects.create(
        tenant=distribution.tenant,
        distribution=distribution,
        title=title[:200],
        by=by if isinstance(by, Membership) else None,
        created_at=now,
    )
    known = known_among(distribution.tenant, (ref for one in people for ref in one.refs))
    AskListRow.objects.bulk_create(
        (
            AskListRow(
                tenant=distribution.tenant,
                ask_list=row,
                number=one.number,
                told={"values": dict(one.values), "facts": dict(one.facts)},
                fault=one.fault[:200],
                is_known=not known.isdisjoint(one.refs),
            )
            for one in people
        ),
        batch_size=_ROWS_A_STATEMENT,
    )
    later(FORGET_LIST, tenant=row.tenant_id, now=now + KEPT, list_id=str(row.pk))
    _note("asking-list-brought", row, by, len(people))
    return row


@transaction.atomic
def ask_list(*, ask_list: AskList, by: Membership | ApiKey | None, now: datetime) -> None:
    """Have the people of a draft asked, as soon as its distribution asks; nothing happens twice.

    Raises DistributionError where there is nobody to ask, and where the distribution has ended.
    """
    row = _locked(ask_list)
    if row.state != ListState.DRAFT:
        return
    good = _rows(row).filter(fault="").count()
    if not good:
        raise DistributionError("rows", "There is nobody in this list who can be asked.")
    if row.distribution.state == DistributionState.ENDED:
        message = f"“{row.distribution}” has ended: start it again first."
        raise DistributionError("distribution", message)
    row.state = ListState.ASKING
    row.save(update_fields=["state"])
    if row.distribution.state == DistributionState.ACTIVE:
        later(ASK_LIST, tenant=row.tenant_id, now=now, list_id=str(row.pk))
    _note("asking-list-confirmed", row, by, good)


@transaction.atomic
def drop_list(*, ask_list: AskList, by: Membership | ApiKey | None) -> None:
    """Throw a draft away, with all its rows. Raises DistributionError once people are asked."""
    row = _locked(ask_list)
    if row.state != ListState.DRAFT:
        raise DistributionError("state", "Its people are being asked, or were: the list stays.")
    rows = _rows(row)
    _note("asking-list-dropped", row, by, rows.count())
    rows.delete()
    row.delete()


def ask_stretch(*, tenant_id: UUID, now: datetime, list_id: str) -> Again | None:
    """Find or make the next people of a list, and plan for them; at the end send what is due.

    Nothing happens while the distribution does not ask: starting it goes on with its lists.
    """
    lists = AskList.objects.for_tenant(tenant_id).select_related(
        "distribution__survey", "distribution__tenant"
    )
    row = lists.filter(pk=list_id, state=ListState.ASKING).first()
    if row is None or row.distribution.state != DistributionState.ACTIVE:
        return None
    waiting = _rows(row).filter(fault="", customer=None).order_by("number")
    stretch = list(waiting.select_for_update()[:MOST_AT_ONCE])
    _resolve(row, stretch, now)
    _plan(row, stretch, now)
    if len(stretch) == MOST_AT_ONCE:
        return Again({"list_id": list_id})
    row.state, row.settled_at = ListState.DONE, now
    row.save(update_fields=["state", "settled_at"])
    promise_sending(tenant_id, now)
    return None


@transaction.atomic
def forget_list(*, tenant_id: UUID, list_id: str) -> None:
    """Forget a draft that nobody has asked for, or who of a list was never asked."""
    row = AskList.objects.for_tenant(tenant_id).filter(pk=list_id).first()
    if row is None:
        return
    if row.state == ListState.DRAFT:
        _rows(row).delete()
        row.delete()
        return
    _rows(row).filter(customer=None).update(told={})


def known_among(tenant: Tenant, refs: Iterable[Ref]) -> set[Ref]:
    """Give those of *refs* that somebody is known by. One query for 5,000 of them."""
    wanted, found = sorted(set(refs)), set()
    rows = Identity.objects.for_tenant(tenant).filter(customer__root__erased_at=None)
    for start in range(0, len(wanted), _VALUES_A_QUERY):
        part = {ref.value for ref in wanted[start : start + _VALUES_A_QUERY]}
        names = rows.filter(value__in=part).values_list("kind", "namespace", "value")
        found |= {Ref(*name) for name in names}
    return found & set(wanted)


def _resolve(row: AskList, stretch: Sequence[AskListRow], now: datetime) -> None:
    """Find or make who is named, and take out of the rows what named them."""
    records = [
        EventRecord(
            Call.IDENTIFY,
            position=place,
            key=f"list:{one.pk}",
            occurred_at=now,
            refs=refs_of(one.told["values"])[0],
            traits={
                name: value
                for name, value in one.told["values"].items()
                if name in ("name", "email", "phone")
            },
        )
        for place, one in enumerate(stretch)
    ]
    if not records:
        return
    found = load_events(tenant=row.distribution.tenant, source=SOURCE, records=records, now=now)
    for place, one in enumerate(stretch):
        one.customer_id = found.customers.get(place)
        language = one.told["values"].get("language", "")
        one.told = {"values": {"language": language}, "facts": one.told["facts"]}
        if one.customer_id is None:
            one.told, one.fault = {}, GONE
    _rows(row).bulk_update(stretch, ["customer", "told", "fault"])


def _plan(row: AskList, stretch: Sequence[AskListRow], now: datetime) -> None:
    people = [(one, one.customer_id) for one in stretch if one.customer_id]
    roots = roots_of(row.distribution.tenant, {customer_id for _, customer_id in people})
    candidates = [
        Candidate(
            customer_id=customer_id,
            natural_key=list_key(row.pk, roots[customer_id]),
            # Nothing happened that could be waited after.
            at=now - timedelta(minutes=row.distribution.delay_minutes),
            context={"about": row.title, "properties": one.told["facts"]},
            language=one.told["values"]["language"][:12],
        )
        for one, customer_id in people
    ]
    plan(distribution=row.distribution, candidates=candidates, now=now)


def _rows(row: AskList) -> TenantQuerySet[AskListRow]:
    rows: TenantQuerySet[AskListRow] = AskListRow.objects.for_tenant(row.tenant_id)
    return rows.filter(ask_list=row)


def _locked(ask_list: AskList) -> AskList:
    rows = AskList.objects.for_tenant(ask_list.tenant_id).select_related("distribution")
    return rows.select_for_update(of=("self",)).get(pk=ask_list.pk)


def _note(action: str, row: AskList, by: Membership | ApiKey | None, people: int) -> None:
    changes = {"list": row.title, "people": people}
    record(tenant=row.tenant, action=action, by=by, about=row.distribution, changes=changes)
