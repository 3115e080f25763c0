"""Looking for customers that may be one person, for people to decide about."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from cxm.customers.errors import DecidedAlreadyError
from cxm.customers.models import Customer, MergeProposal
from cxm.customers.rules.likeness import names_are_alike
from cxm.customers.selectors.proposals import reason_words
from cxm.customers.services import proposing_sql as sql
from cxm.customers.services.joining import merge_customers, take_turns
from cxm.kernel.effects import Again
from cxm.kernel.ids import new_id
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from cxm.work.models import Job
from cxm.work.services import advance_job, start_job

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.models import CustomerMerge
    from cxm.tenants.models import Membership, Tenant

    type Pair = tuple[UUID, UUID]

FIND = "customers.find-duplicates"
MOST_OPEN = 5_000
# What more people than this share tells nobody apart: a switchboard, a family name, "test".
MOST_SHARING = 20
MOST_GROUPS = 20_000

# In the order of the job: why two people may be one, the statement that groups them by it, and
# whether their names must be alike besides.
_LOOKS: tuple[tuple[str, str, bool], ...] = (
    ("email", sql.SAME_MAILBOX, False),
    ("phone", sql.SAME_PHONE, True),
    ("company", sql.SAME_COMPANY, False),
)


@transaction.atomic
def start_finding(*, tenant: Tenant, by: Membership | ApiKey, now: datetime) -> Job:
    """Begin to look for duplicates as a job; gives the one that is at it already, if there is."""
    running = Job.objects.for_tenant(tenant).filter(kind=FIND, state__in=Job.OPEN_STATES).first()
    if running:
        return running
    return start_job(
        tenant=tenant,
        kind=FIND,
        title="Looking for duplicate customers",
        by=None if isinstance(by, ApiKey) else by,
        now=now,
        total=len(_LOOKS),
        unit="looks",
    )


def find_step(*, job: Job, look: int, found: int, shared: int, now: datetime) -> Again | None:
    """Look for one kind of likeness and propose the pairs that nobody has decided about.

    At most 5,000 proposals are open at a time. *found* and *shared* count what the looks before
    proposed, and what they left out because more than 20 people share it.
    """
    tenant = job.tenant
    reason, statement, needs_alike_names = _LOOKS[look]
    groups, crowded = _groups(tenant, statement)
    pairs = _pairs(groups, needs_alike_names=needs_alike_names)
    found += _propose(tenant, reason, pairs, now=now)
    shared += crowded
    left_out = f"; {shared:,} shared by more than {MOST_SHARING} people left out" if shared else ""
    words = f"{found:,} pair{'' if found == 1 else 's'} proposed{left_out}"
    advance_job(job, now=now, done=look + 1, message=words)
    if look + 1 == len(_LOOKS):
        return None
    return Again({"look": look + 1, "found": found, "shared": shared})


@transaction.atomic
def merge_proposal(
    *,
    proposal: MergeProposal,
    by: Membership | ApiKey,
    now: datetime,
    survivor_id: UUID | None = None,
    is_confirmed: bool = False,
) -> CustomerMerge:
    """Make the two customers of *proposal* one; the second survives unless *survivor_id* says so.

    Raises DecidedAlreadyError, and what `merge_customers` raises.
    """
    held = _held_open(proposal)
    pair = {held.first_id: held.second_id, held.second_id: held.first_id}
    survivor = survivor_id if survivor_id in pair else held.second_id
    rows = Customer.objects.for_tenant(held.tenant_id).select_related("tenant")
    found = {row.pk: row for row in rows.filter(pk__in=pair)}
    reason = f"Proposed: {reason_words(held.reason)}"
    return merge_customers(
        survivor=found[survivor],
        absorbed=found[pair[survivor]],
        by=by,
        now=now,
        reason=reason,
        is_confirmed=is_confirmed,
    )


@transaction.atomic
def refuse_proposal(
    *, proposal: MergeProposal, by: Membership | ApiKey, now: datetime
) -> MergeProposal:
    """Remember that the two are not the same; they are not proposed again.

    Raises DecidedAlreadyError.
    """
    held = _held_open(proposal)
    held.state, held.decided_at = MergeProposal.State.REFUSED, now
    held.decided_by = None if isinstance(by, ApiKey) else by
    held.save(update_fields=["state", "decided_at", "decided_by"])
    record(tenant=held.tenant, action="merge-proposal-refused", by=by, about=held)
    return held


@transaction.atomic
def reopen_proposal(*, proposal: MergeProposal, by: Membership | ApiKey) -> MergeProposal:
    """Let people decide again about a pair that was refused; nothing happens to others."""
    rows = MergeProposal.objects.for_tenant(proposal.tenant_id)
    refused = rows.filter(pk=proposal.pk, state=MergeProposal.State.REFUSED)
    if refused.update(state=MergeProposal.State.OPEN, decided_at=None, decided_by=None):
        record(tenant=proposal.tenant, action="merge-proposal-reopened", by=by, about=proposal)
    return rows.select_related("tenant").get(pk=proposal.pk)


def _held_open(proposal: MergeProposal) -> MergeProposal:
    take_turns(proposal.tenant)
    rows = MergeProposal.objects.for_tenant(proposal.tenant_id).select_related("tenant")
    held = rows.select_for_update(of=("self",)).get(pk=proposal.pk)
    if held.state != MergeProposal.State.OPEN:
        raise DecidedAlreadyError
    return held


def _groups(tenant: Tenant, statement: str) -> tuple[list[list[tuple[UUID, str]]], int]:
    """Give the people that share something, as root and name; and how many groups were too big."""
    asked: dict[str, Any] = {"tenant": tenant.pk, "most": MOST_SHARING, "groups": MOST_GROUPS}
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        rows = cursor.fetchall()
    groups = [list(zip(roots, names, strict=True)) for roots, names in rows if roots]
    return groups, len(rows) - len(groups)


def _pairs(groups: Iterable[list[tuple[UUID, str]]], *, needs_alike_names: bool) -> Iterator[Pair]:
    for group in groups:
        for (one, name), (other, other_name) in combinations(group, 2):
            if not needs_alike_names or names_are_alike(name, other_name):
                yield min(one, other), max(one, other)


def _propose(tenant: Tenant, reason: str, pairs: Iterable[Pair], *, now: datetime) -> int:
    """Write down those of *pairs* that are new, as far as there is room; give how many."""
    asked = sorted(set(pairs))
    values: dict[str, Any] = {
        "tenant": tenant.pk,
        "reason": reason,
        "now": now,
        "ids": [new_id() for _ in asked],
        "firsts": [first for first, _ in asked],
        "seconds": [second for _, second in asked],
        "most": MOST_OPEN,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.PROPOSE, values)
        return int(cursor.rowcount)
