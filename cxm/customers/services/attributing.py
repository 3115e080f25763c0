"""Applying the touchpoint rules to interactions of the past, and taking that back.

Both go in steps of a job, a chunk a transaction. A batch keeps, for every chunk, which rows had
what before and got what instead: a group of ids for each pair of places, so that a million
changed rows are some hundred rows of history. Ratings are never touched.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from cxm.customers.errors import RulesBusyError, RulesChangedError, RulesNotAppliedError
from cxm.customers.models import EventName, Interaction
from cxm.customers.selectors.touchpoint_rules import BATCH_KIND, IS_RULED
from cxm.customers.services.placing import Place
from cxm.customers.services.placing_again import place_of, read_past_places
from cxm.metrics.rules.small_cells import is_too_small
from cxm.tenants.audit import record
from cxm.tenants.models import Membership, Tenant
from cxm.touchpoints.models import Touchpoint, TouchpointRule
from cxm.touchpoints.selectors import read_rules
from cxm.work.models import Batch, BatchChange, Job
from cxm.work.services import advance_job, start_job

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from django.db.models import QuerySet

    from cxm.tenants.models import ApiKey
    from cxm.touchpoints.rules.matching import RuleSet

APPLY, UNDO = "touchpoints.apply_rules", "touchpoints.undo_rules"
ROWS_A_STEP = 5_000
PLACE_COLUMNS = ("touchpoint_id", "channel_id", "touchpoint_rule_id")

type NameKey = tuple[str, str, str]
type Move = tuple[Place, Place]


@transaction.atomic
def start_applying(
    *,
    tenant: Tenant,
    start: date | None,
    end: date | None,
    by: Membership | ApiKey | None,
    now: datetime,
) -> Job:
    """Begin to apply the rules to all interactions of the days [start, end), None being open.

    Raises RulesBusyError while rules are applied or taken back already.
    """
    _require_idle(tenant)
    words = _period_words(start, end)
    batch = Batch.objects.create(
        tenant=tenant,
        kind=BATCH_KIND,
        title=f"Touchpoint rules applied to {words}",
        by=by if isinstance(by, Membership) else None,
        started_at=now,
        counts={"looked_at": 0, "changed": 0},
    )
    record(tenant=tenant, action="touchpointrules-applied", by=by, about=batch)
    return _started(
        batch,
        APPLY,
        by=by,
        now=now,
        start=start.isoformat() if start else None,
        end=end.isoformat() if end else None,
        rules=_fingerprint(read_rules(tenant)),
    )


@transaction.atomic
def start_undoing(*, batch: Batch, by: Membership | ApiKey | None, now: datetime) -> Job:
    """Begin to put back what applying the rules changed.

    Raises RulesBusyError while rules are applied or taken back, RulesNotAppliedError where
    nothing of *batch* stands any more.
    """
    _require_idle(batch.tenant)
    standing = Batch.objects.for_tenant(batch.tenant_id).filter(
        pk=batch.pk, kind=BATCH_KIND, state=Batch.State.DONE
    )
    if not standing.update(state=Batch.State.UNDOING, finished_at=None):
        raise RulesNotAppliedError
    record(tenant=batch.tenant, action="touchpointrules-taken-back", by=by, about=batch)
    return _started(batch, UNDO, by=by, now=now, total=batch.counts["changed"])


def apply_chunk(
    *,
    job: Job,
    batch: Batch,
    start: date | None,
    end: date | None,
    after: UUID | None,
    rules: str,
    now: datetime,
) -> UUID | None:
    """Apply the rules to the next 5,000 interactions beyond id *after*; None when none is left.

    Gives the id of the last one looked at. Rows are walked by id, which is the order of their
    arrival and what the table is kept by. *rules* is the fingerprint that the job began with:
    raises RulesChangedError when it is another by now.
    """
    ruleset = read_rules(batch.tenant)
    if _fingerprint(ruleset) != rules:
        raise RulesChangedError
    wanted = _of_days(batch.tenant, start, end)
    if after is None:
        advance_job(job, now=now, total=wanted.count())
    places = read_past_places(batch.tenant, ruleset)
    rows = _locked(wanted.filter(pk__gt=after) if after else wanted)[:ROWS_A_STEP]
    found = [(row, place_of(row), places.of(row)) for row in rows]
    moves = {row: (before, now_at) for row, before, now_at in found if before != now_at}
    _keep(batch, moves)
    for (_, place), moved in _grouped(moves).items():
        _put(batch, moved, place)
    _correct_names(batch.tenant, moves)
    batch.counts["looked_at"] += len(found)
    batch.counts["changed"] += len(moves)
    batch.save(update_fields=["counts"])
    message = f"{_rough(batch.counts['changed'])} changed"
    advance_job(job, now=now, done=job.done + len(found), message=message)
    return found[-1][0].pk if len(found) == ROWS_A_STEP else None


def finish_applying(*, batch: Batch, now: datetime) -> None:
    """Close *batch*, whether its job is done, was stopped or failed: what it did can be undone."""
    batch.state, batch.finished_at = Batch.State.DONE, now
    batch.save(update_fields=["state", "finished_at"])


def undo_chunk(*, job: Job, batch: Batch, after: UUID | None, now: datetime) -> UUID | None:
    """Put back the next chunk of what *batch* changed, the one beyond id *after* of its history.

    Gives the id of the chunk, or None when none is left. An interaction that has got another
    place since keeps it, and is counted in `counts["kept"]`.
    """
    chunks = BatchChange.objects.for_tenant(batch.tenant_id).filter(batch=batch).order_by("pk")
    chunk = (chunks.filter(pk__gt=after) if after else chunks).first()
    if chunk is None:
        return None
    wanted, put_back = 0, 0
    for group in chunk.before or []:
        wanted += len(group["ids"])
        put_back += _put_back(batch, group)
    counts = batch.counts
    counts["put_back"] = counts.get("put_back", 0) + put_back
    counts["kept"] = counts.get("kept", 0) + wanted - put_back
    batch.save(update_fields=["counts"])
    message = f"{_rough(counts['put_back'])} put back"
    advance_job(job, now=now, done=job.done + wanted, message=message)
    return chunk.pk


def finish_undoing(*, batch: Batch, is_whole: bool, now: datetime) -> None:
    """Close *batch* as undone, or as still standing where its undo was stopped or failed."""
    batch.state = Batch.State.UNDONE if is_whole else Batch.State.DONE
    if not is_whole:  # the next undo begins anew, and finds what was put back already
        batch.counts = {key: batch.counts[key] for key in ("looked_at", "changed")}
    batch.finished_at = now
    batch.save(update_fields=["state", "finished_at", "counts"])


def _require_idle(tenant: Tenant) -> None:
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    jobs = Job.objects.for_tenant(tenant).filter(kind__in=(APPLY, UNDO), state__in=Job.OPEN_STATES)
    if jobs.exists():
        raise RulesBusyError


def _started(
    batch: Batch, kind: str, *, by: Membership | ApiKey | None, now: datetime, **arguments: Any
) -> Job:
    title = batch.title if kind == APPLY else f"Undo: {batch.title}"
    job = start_job(
        tenant=batch.tenant,
        kind=kind,
        title=title[:200],
        by=by if isinstance(by, Membership) else None,
        now=now,
        unit="events",
        batch_id=str(batch.pk),
        **arguments,
    )
    job.result_url = reverse("customers:rule-past", args=[batch.tenant.slug])
    job.save(update_fields=["result_url"])
    return job


def _rough(count: int) -> str:
    """Say a count to everybody who sees the job: a small one could tell about single people."""
    return "a few" if is_too_small(count) else f"{count:,}"


def _fingerprint(rules: RuleSet) -> str:
    return hashlib.sha256(repr(rules.rules).encode()).hexdigest()


def _period_words(start: date | None, end: date | None) -> str:
    if start and end:
        return f"the days from {start} to before {end}"
    if start:
        return f"the days from {start}"
    return f"the days before {end}" if end else "all events"


def _of_days(tenant: Tenant, start: date | None, end: date | None) -> QuerySet[Interaction]:
    rows = Interaction.objects.for_tenant(tenant).filter(IS_RULED)
    if start:
        rows = rows.filter(day__gte=start)
    return rows.filter(day__lt=end) if end else rows


def _locked(rows: QuerySet[Interaction]) -> QuerySet[Interaction]:
    needed = ("source", "kind", "name", "props", "occurred_at", *PLACE_COLUMNS)
    return rows.only("tenant_id", *needed).order_by("pk").select_for_update(no_key=True)


def _grouped(moves: Mapping[Interaction, Move]) -> dict[Move, list[UUID]]:
    groups: dict[Move, list[UUID]] = defaultdict(list)
    for row, move in moves.items():
        groups[move].append(row.pk)
    return groups


def _keep(batch: Batch, moves: Mapping[Interaction, Move]) -> None:
    """Write down what a chunk changes: ids by what they had and got."""
    if not moves:
        return
    groups = [
        {"before": _plain(before), "after": _plain(after), "ids": [str(pk) for pk in ids]}
        for (before, after), ids in _grouped(moves).items()
    ]
    BatchChange.objects.create(
        tenant=batch.tenant,
        batch=batch,
        table=Interaction._meta.db_table,
        row_id=next(iter(moves)).pk,
        before=groups,
    )


def _put(batch: Batch, ids: Iterable[UUID], place: Place) -> None:
    rows = Interaction.objects.for_tenant(batch.tenant_id).filter(pk__in=list(ids))
    rows.update(**_columns(place))


def _put_back(batch: Batch, group: dict[str, Any]) -> int:
    """Put back the rows of *group* that nobody has moved since; gives their number."""
    after, before = _read(group["after"]), _existing(batch.tenant, _read(group["before"]))
    standing = {
        f"{name}__isnull" if value is None else name: True if value is None else value
        for name, value in _columns(after).items()
    }
    rows = Interaction.objects.for_tenant(batch.tenant_id).filter(pk__in=group["ids"], **standing)
    moves = dict.fromkeys(_locked(rows), (after, before))
    _put(batch, (row.pk for row in moves), before)
    _correct_names(batch.tenant, moves)
    return len(moves)


def _existing(tenant: Tenant, place: Place) -> Place:
    """Leave out what of *place* was removed since."""
    points = Touchpoint.objects.for_tenant(tenant).filter(pk__in=[place.touchpoint])
    rules = TouchpointRule.objects.for_tenant(tenant).filter(pk__in=[place.rule])
    return Place(
        touchpoint=place.touchpoint if place.touchpoint and points.exists() else None,
        channel=place.channel,
        rule=place.rule if place.rule and rules.exists() else None,
    )


def _correct_names(tenant: Tenant, moves: Mapping[Interaction, Move]) -> None:
    """Count events without a touchpoint anew, by name; rare names are counted together."""
    more: Counter[NameKey] = Counter()
    for row, (before, after) in moves.items():
        change = (after.touchpoint is None) - (before.touchpoint is None)
        if change:
            more[row.kind, row.name, row.source] += change
    if not more:
        return
    names = {name for _, name, _ in more} | {""}
    # In the order in which loading locks them.
    rows = EventName.objects.for_tenant(tenant).filter(name__in=names).select_for_update()
    known = {
        (row.kind, row.name, row.source): row for row in rows.order_by("kind", "name", "source")
    }
    for (kind, name, source), change in more.items():
        counted = known.get((kind, name, source)) or known.get((kind, "", source))
        if counted:
            counted.unmatched = max(counted.unmatched + change, 0)
    EventName.objects.for_tenant(tenant).bulk_update(known.values(), ["unmatched"])


def _columns(place: Place) -> dict[str, UUID | None]:
    return dict(zip(PLACE_COLUMNS, (place.touchpoint, place.channel, place.rule), strict=True))


def _plain(place: Place) -> list[str | None]:
    return [str(one) if one else None for one in (place.touchpoint, place.channel, place.rule)]


def _read(kept: list[str | None]) -> Place:
    return Place(*(UUID(one) if one else None for one in kept))
