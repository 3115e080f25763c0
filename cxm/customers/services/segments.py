"""Every write to segments, and asking for a count of their members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from cxm.customers.models import Segment, SegmentVersion
from cxm.customers.rules.segment_errors import (
    SegmentArchivedError,
    SegmentKeyTakenError,
    SegmentUsedError,
)
from cxm.customers.rules.segment_reading import read_rule
from cxm.customers.rules.segment_rule import rule_json
from cxm.customers.selectors.segment_names import read_segment_names
from cxm.customers.selectors.segments import segments_made_with
from cxm.customers.services.segment_checking import check_rule
from cxm.customers.services.segment_schedules import schedule_refreshes
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey, Tenant
from cxm.tenants.rules import Right, may
from cxm.touchpoints.rules.keys import free_key, suggested_key
from cxm.work.services import start_job

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership
    from cxm.work.models import Job

REFRESH = "customers.refresh-segment"
# Words of the addresses, which no segment may have as its key.
TAKEN_WORDS = frozenset({"new", "preview"})


def create_segment(
    *,
    tenant: Tenant,
    title: str,
    rule: object,
    by: Membership | ApiKey | None,
    now: datetime,
    key: str = "",
    description: str = "",
    is_pinned: bool = False,
) -> Segment:
    """Make a segment of a *rule* as JSON has it, and begin to count its members.

    Without a *key* it gets one made of its title. Raises SegmentRuleError and
    SegmentKeyTakenError.
    """
    clean, titles = read_rule(rule), read_segment_names(tenant).titles
    check_rule(tenant=tenant, rule=clean, titles=titles, sees_persons=_sees_persons(by))
    try:
        with transaction.atomic():
            _one_change_at_a_time(tenant)
            segment = Segment.objects.create(
                tenant=tenant,
                key=key or _free_key(tenant, title),
                title=title,
                description=description,
                is_pinned=is_pinned,
                by=_member(by),
            )
            if key in TAKEN_WORDS:
                raise SegmentKeyTakenError(key)
            _add_version(segment, rule_json(clean), by, now)
            schedule_refreshes(tenant=tenant, now=now)
            record(tenant=tenant, action="segment-created", by=by, about=segment)
            ask_for_refresh(segment=segment, by=by, now=now)
    except IntegrityError as error:
        raise SegmentKeyTakenError(key) from error
    return segment


@transaction.atomic
def change_segment(
    *, segment: Segment, by: Membership | ApiKey | None, now: datetime, **changes: Any
) -> None:
    """Change `title`, `description`, `is_pinned` or `rule` (as JSON has it) of a segment.

    Another rule is a new version, whose members are counted at once; the same rule is none.
    Raises SegmentRuleError and SegmentArchivedError.
    """
    _locked(segment)
    _not_archived(segment)
    rule = changes.pop("rule", None)
    changed = _plain_changes(segment, changes)
    if rule is not None:
        clean = read_rule(rule)
        titles = read_segment_names(segment.tenant).titles
        written, before = rule_json(clean), _current(segment).rule
        check_rule(
            tenant=segment.tenant,
            rule=clean,
            titles=titles,
            key=segment.key,
            sees_persons=_sees_persons(by) or written == before,
        )
        if written != before:
            segment.version += 1
            _add_version(segment, written, by, now)
            changed |= {"version": [segment.version - 1, segment.version]}
            ask_for_refresh(segment=segment, by=by, now=now)
    if changed:
        segment.save(update_fields=list(changed))
        record(
            tenant=segment.tenant, action="segment-changed", by=by, about=segment, changes=changed
        )


@transaction.atomic
def archive_segment(*, segment: Segment, by: Membership | ApiKey | None, now: datetime) -> None:
    """Take a segment off the lists; its history stays. Raises SegmentUsedError.

    Nothing happens to one that is archived already.
    """
    _locked(segment)
    used_in = segments_made_with(segment.tenant, segment.key)
    if used_in:
        raise SegmentUsedError([str(one) for one in used_in])
    if segment.archived_at is None:
        segment.archived_at = now
        segment.save(update_fields=["archived_at"])
        record(tenant=segment.tenant, action="segment-archived", by=by, about=segment)


@transaction.atomic
def restore_segment(*, segment: Segment, by: Membership | ApiKey | None, now: datetime) -> None:
    """Bring an archived segment back and count its members. Raises SegmentRuleError.

    Its rule must still be usable: what it is made with may have gone meanwhile.
    """
    _locked(segment)
    if segment.archived_at is None:
        return
    clean = read_rule(_current(segment).rule)
    titles = read_segment_names(segment.tenant).titles
    check_rule(tenant=segment.tenant, rule=clean, titles=titles, key=segment.key)
    segment.archived_at = None
    segment.save(update_fields=["archived_at"])
    record(tenant=segment.tenant, action="segment-restored", by=by, about=segment)
    ask_for_refresh(segment=segment, by=by, now=now)


def ask_for_refresh(*, segment: Segment, by: Membership | ApiKey | None, now: datetime) -> Job:
    """Begin to count the members of a segment as a job; raises SegmentArchivedError."""
    _not_archived(segment)
    return start_job(
        tenant=segment.tenant,
        kind=REFRESH,
        title=f"Members of {segment}"[:200],
        by=_member(by),
        now=now,
        unit="customers",
        segment_id=str(segment.pk),
    )


def _not_archived(segment: Segment) -> None:
    if segment.archived_at is not None:
        raise SegmentArchivedError


def _locked(segment: Segment) -> None:
    """Let nobody else change a segment until the transaction ends, and read it anew."""
    _one_change_at_a_time(segment.tenant)
    tenant = segment.tenant
    segment.refresh_from_db(from_queryset=Segment.objects.for_tenant(tenant).select_for_update())
    segment.tenant = tenant


def _one_change_at_a_time(tenant: Tenant) -> None:
    """Two changes at once could make segments of each other, or archive what the other uses."""
    list(Tenant.objects.select_for_update(no_key=True).filter(pk=tenant.pk))


def _current(segment: Segment) -> SegmentVersion:
    versions = SegmentVersion.objects.for_tenant(segment.tenant_id)
    return versions.get(segment=segment, number=segment.version)


def _plain_changes(segment: Segment, changes: dict[str, Any]) -> dict[str, Any]:
    changed = {}
    for name, value in changes.items():
        before = getattr(segment, name)
        if before != value:
            changed[name] = [str(before), str(value)]
            setattr(segment, name, value)
    return changed


def _add_version(
    segment: Segment, rule: dict[str, Any], by: Membership | ApiKey | None, now: datetime
) -> None:
    SegmentVersion.objects.create(
        tenant=segment.tenant,
        segment=segment,
        number=segment.version,
        rule=rule,
        by=_member(by),
        at=now,
    )


def _sees_persons(by: Membership | ApiKey | None) -> bool:
    """Whether *by* may know who customers are; the product itself (None) may."""
    if by is None or isinstance(by, ApiKey):
        return by is None or Right.SEE_PERSONS in by.rights
    return may(by.role, Right.SEE_PERSONS)


def _member(by: Membership | ApiKey | None) -> Membership | None:
    return None if isinstance(by, ApiKey) else by


def _free_key(tenant: Tenant, title: str) -> str:
    taken = set(Segment.objects.for_tenant(tenant).values_list("key", flat=True)) | TAKEN_WORDS
    return free_key(suggested_key(title) or "segment", taken)
