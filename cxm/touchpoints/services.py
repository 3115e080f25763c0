"""Every write to channels and touchpoints."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.db.models.functions import Lower

from cxm.tenants.audit import record
from cxm.tenants.models import AuditEntry, Tenant
from cxm.touchpoints.errors import (
    KeyTakenError,
    MergedError,
    MergeIntoItselfError,
    NotMergedError,
    RuleInUseError,
    RuleRefusedError,
)
from cxm.touchpoints.models import Channel, Touchpoint, TouchpointAlias, TouchpointRule
from cxm.touchpoints.rules.conditions import MOST_CONDITIONS, condition_problem
from cxm.touchpoints.rules.keys import free_key, suggested_key
from cxm.touchpoints.rules.kinds import RULED_KINDS
from cxm.touchpoints.selectors import match_rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.tenants.models import ApiKey, Membership
    from cxm.touchpoints.rules.matching import MatchRule

    type Registered = Channel | Touchpoint

MOST_RULES = 1_000
_STEP = 10


def create_channel(*, tenant: Tenant, by: Membership | ApiKey | None, **fields: Any) -> Channel:
    """Make a channel from `key`, `title`, `medium`, `ownership`; raises KeyTakenError.

    Without a key it gets one made of its title.
    """
    channel = Channel(tenant=tenant, ord=Channel.objects.for_tenant(tenant).count(), **fields)
    return _create(channel, by=by)


def create_touchpoint(
    *, tenant: Tenant, by: Membership | ApiKey | None, **fields: Any
) -> Touchpoint:
    """Make a touchpoint; raises KeyTakenError.

    *fields* are `title`, `channel`, `interaction`, `initiator`, `description` and `key`; without
    a key it gets one made of its title.
    """
    return _create(Touchpoint(tenant=tenant, **fields), by=by)


@transaction.atomic
def add_touchpoints(
    *,
    tenant: Tenant,
    titles: Sequence[str],
    channel: Channel | None,
    by: Membership | ApiKey,
) -> list[Touchpoint]:
    """Make a touchpoint of each of *titles* that none has yet, whatever its case; give those made.

    Titles are clean: not empty, at most 120 characters.
    """
    known = list(Touchpoint.objects.for_tenant(tenant).values_list("key", "title"))
    keys, had = {key for key, _ in known}, {title.casefold() for _, title in known}
    made = []
    for title in titles:
        if title.casefold() in had:
            continue
        key = free_key(suggested_key(title) or "touchpoint", keys)
        made.append(Touchpoint(tenant=tenant, key=key, title=title, channel=channel))
        keys.add(key)
        had.add(title.casefold())
    Touchpoint.objects.bulk_create(made)
    record(
        tenant=tenant,
        action="touchpoints-added",
        by=by,
        changes={"titles": [touchpoint.title for touchpoint in made]},
    )
    return made


@transaction.atomic
def change_registered(*, row: Registered, by: Membership | ApiKey, **fields: Any) -> None:
    """Change what may be changed of a channel or touchpoint: anything but its key."""
    changes = {}
    for name, value in fields.items():
        before = getattr(row, name)
        if before != value:
            changes[name] = [str(before), str(value)]
            setattr(row, name, value)
    if changes:
        row.save(update_fields=list(changes))
        _record("changed", row, by, changes)


@transaction.atomic
def archive_registered(
    *, row: Registered, is_archived: bool, by: Membership | ApiKey, now: datetime
) -> None:
    """Take a channel or touchpoint off the lists, or bring it back; its facts stay.

    Raises MergedError.
    """
    archived_at = now if is_archived else None
    # The database decides: *row* may have been merged since it was read.
    alone = type(row).objects.for_tenant(row.tenant_id).filter(pk=row.pk, merged_into__isnull=True)
    if not alone.update(archived_at=archived_at):
        raise MergedError
    row.archived_at = archived_at
    _record("archived" if is_archived else "restored", row, by, {})


@transaction.atomic
def merge_registered(
    *, row: Registered, into: Registered, by: Membership | ApiKey, now: datetime
) -> None:
    """Let *row* be read as *into* from now on, in all numbers, past ones too.

    Facts keep the row they were recorded on. What was merged into *row* before follows. The
    key and title of a merged touchpoint become aliases of the target. Raises
    MergeIntoItselfError. `unmerge_registered` takes it back: the audit entry says what to put
    where.
    """
    rows = type(row).objects.for_tenant(row.tenant_id)
    _one_at_a_time(row.tenant_id)
    both = rows.select_for_update().filter(pk__in=[row.pk, into.pk]).order_by("pk")
    locked = {found.pk: found for found in both}
    target, archived_at = locked[into.pk], locked[row.pk].archived_at
    if target.pk == row.pk or target.merged_into_id or locked[row.pk].merged_into_id:
        raise MergeIntoItselfError
    followers = list(rows.filter(merged_into=row.pk).values_list("pk", flat=True))
    rows.filter(pk__in=followers).update(merged_into=target.pk)
    before = {
        "into": str(target),
        "archived_at": archived_at.isoformat() if archived_at else None,
        "followers": [str(pk) for pk in followers],
        "aliases": _add_aliases(row, target.pk) if isinstance(row, Touchpoint) else [],
    }
    row.merged_into_id, row.archived_at = target.pk, now
    row.save(update_fields=["merged_into", "archived_at"])
    _record("merged", row, by, before)


@transaction.atomic
def unmerge_registered(*, row: Registered, by: Membership | ApiKey) -> None:
    """Let a merged row stand for itself again, as it did before; raises NotMergedError.

    What had been merged into it comes along, and it is archived if it was.
    """
    rows = type(row).objects.for_tenant(row.tenant_id)
    _one_at_a_time(row.tenant_id)
    target_id = rows.select_for_update().values_list("merged_into", flat=True).get(pk=row.pk)
    if target_id is None:
        raise NotMergedError
    before = _last_merge(row)
    if isinstance(row, Touchpoint):
        aliases = TouchpointAlias.objects.for_tenant(row.tenant_id)
        aliases.filter(source="", name__in=before["aliases"]).delete()
    rows.filter(pk__in=before["followers"], merged_into=target_id).update(merged_into=row.pk)
    archived = before["archived_at"]
    row.merged_into_id, row.archived_at = (
        None,
        datetime.fromisoformat(archived) if archived else None,
    )
    row.save(update_fields=["merged_into", "archived_at"])
    _record("unmerged", row, by, {})


@transaction.atomic
def create_rule(
    *,
    tenant: Tenant,
    by: Membership | ApiKey | None,
    position: int | None = None,
    **fields: Any,
) -> TouchpointRule:
    """Make a touchpoint rule, tried at *position* from 0 among all, or last.

    *fields* are `touchpoint`, `channel`, `source`, `interaction_kind`, `event_name`,
    `conditions`, `valid_from`, `valid_to` and `is_enabled`. Raises RuleRefusedError, which names
    the field.
    """
    rule = TouchpointRule(tenant=tenant, **fields)
    _require_usable(rule)
    _one_at_a_time(tenant.pk)
    others = _rules_in_order(tenant.pk)
    if len(others) >= MOST_RULES:
        message = f"There are {MOST_RULES:,} rules already: remove one that is not needed."
        raise RuleRefusedError(message, "event_name")
    rule.priority = others[-1].priority + _STEP if others else _STEP
    rule.save(force_insert=True)
    if position is not None:
        _place(rule, position)
    _record_rule("created", rule, by, {"touchpoint": str(rule.touchpoint)})
    return rule


def drafted_rule(*, tenant: Tenant, rule: TouchpointRule | None, **fields: Any) -> MatchRule:
    """Give what a rule with *fields* would ask and give, on and in its place, unsaved.

    *rule* is the one to be changed; a new one would be the last. Raises RuleRefusedError.
    """
    last = TouchpointRule.objects.for_tenant(tenant).aggregate(last=Max("priority"))["last"]
    draft = TouchpointRule(tenant=tenant, priority=(last or 0) + _STEP, **fields)
    if rule:
        draft.pk, draft.priority = rule.pk, rule.priority
    _require_usable(draft)
    return match_rule(draft)


@transaction.atomic
def change_rule(*, rule: TouchpointRule, by: Membership | ApiKey, **fields: Any) -> None:
    """Change what a rule asks and gives, *fields* as in `create_rule`; raises RuleRefusedError.

    Events that came before keep their touchpoint until the rules are applied to the past.
    """
    changes = {}
    for name, value in fields.items():
        before = getattr(rule, name)
        if before != value:
            changes[name] = [str(before), str(value)]
            setattr(rule, name, value)
    _require_usable(rule)
    if changes:
        rule.save(update_fields=list(changes))
        _record_rule("changed", rule, by, changes)


@transaction.atomic
def move_rule(*, rule: TouchpointRule, position: int, by: Membership | ApiKey) -> None:
    """Let a rule be tried at *position* from 0 among all; beyond either end is the end."""
    _one_at_a_time(rule.tenant_id)
    if _place(rule, position):
        _record_rule("moved", rule, by, {"position": position})


@transaction.atomic
def step_rule(*, rule: TouchpointRule, by_steps: int, by: Membership | ApiKey) -> None:
    """Let a rule be tried earlier (*by_steps* below 0) or later than it is now."""
    _one_at_a_time(rule.tenant_id)
    order = [other.pk for other in _rules_in_order(rule.tenant_id)]
    position = max(order.index(rule.pk) + by_steps, 0) if rule.pk in order else 0
    if _place(rule, position):
        _record_rule("moved", rule, by, {"position": position})


@transaction.atomic
def remove_rule(*, rule: TouchpointRule, by: Membership | ApiKey) -> None:
    """Remove a rule for good; raises RuleInUseError while something has its touchpoint from it."""
    changes = {"id": str(rule.pk), "rule": str(rule), "touchpoint": str(rule.touchpoint)}
    try:
        with transaction.atomic():
            rule.delete()
    except IntegrityError as error:
        raise RuleInUseError from error
    record(tenant=rule.tenant, action="touchpointrule-removed", by=by, changes=changes)


def _require_usable(rule: TouchpointRule) -> None:
    """Raise RuleRefusedError for the first field that cannot be as it is."""
    if rule.interaction_kind and rule.interaction_kind not in RULED_KINDS:
        message = f"Choose one of {', '.join(RULED_KINDS)}, or none for all."
        raise RuleRefusedError(message, "interaction_kind")
    if rule.valid_from and rule.valid_to and rule.valid_from >= rule.valid_to:
        raise RuleRefusedError("Choose a moment after the first one.", "valid_to")
    if not isinstance(rule.conditions, list):
        raise RuleRefusedError("Give a list of conditions.", "conditions")
    if len(rule.conditions) > MOST_CONDITIONS:
        raise RuleRefusedError(f"Use at most {MOST_CONDITIONS} conditions.", "conditions")
    for number, condition in enumerate(rule.conditions, 1):
        if said := condition_problem(condition):
            raise RuleRefusedError(f"Condition {number}: {said}", "conditions")


def _rules_in_order(tenant_id: UUID) -> list[TouchpointRule]:
    rules = TouchpointRule.objects.for_tenant(tenant_id).only("tenant_id", "priority")
    return list(rules.order_by("priority", "pk"))


def _place(rule: TouchpointRule, position: int) -> bool:
    """Give all rules the priorities of an order with *rule* at *position*; says if that is new."""
    before = _rules_in_order(rule.tenant_id)
    after = [other for other in before if other.pk != rule.pk]
    after[position:position] = [other for other in before if other.pk == rule.pk]
    if [other.pk for other in before] == [other.pk for other in after]:
        return False
    for number, other in enumerate(after, 1):
        other.priority = number * _STEP
    TouchpointRule.objects.for_tenant(rule.tenant_id).bulk_update(after, ["priority"])
    return True


def _record_rule(
    deed: str, rule: TouchpointRule, by: Membership | ApiKey | None, changes: dict[str, Any]
) -> None:
    action = f"touchpointrule-{deed}"
    record(tenant=rule.tenant, action=action, by=by, about=rule, changes=changes)


def _one_at_a_time(tenant_id: UUID) -> None:
    """Wait until other merges, or moves of rules, of the tenant are over.

    A merge moves rows beside its own two, so that no order of locking them keeps two merges from
    blocking each other.
    """
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)


def _add_aliases(row: Touchpoint, target_id: UUID) -> list[str]:
    """Let the key and title of *row* lead to another; give the names that had no meaning yet."""
    names = {row.key.lower(): row.key, row.title.lower(): row.title}
    aliases = TouchpointAlias.objects.for_tenant(row.tenant_id)
    known = aliases.filter(source="").annotate(plain=Lower("name"))
    for name in known.filter(plain__in=names).values_list("plain", flat=True):
        names.pop(name)
    TouchpointAlias.objects.bulk_create(
        [
            TouchpointAlias(tenant_id=row.tenant_id, touchpoint_id=target_id, name=name)
            for name in names.values()
        ]
    )
    return list(names.values())


def _last_merge(row: Registered) -> dict[str, Any]:
    merges = AuditEntry.objects.for_tenant(row.tenant_id).filter(
        action=f"{row._meta.model_name}-merged", object_id=row.pk
    )
    changes: dict[str, Any] = merges.order_by("-at", "-pk").values_list("changes", flat=True)[0]
    return changes


def _create[R: (Channel, Touchpoint)](row: R, *, by: Membership | ApiKey | None) -> R:
    if not row.key:
        taken = type(row).objects.for_tenant(row.tenant_id).values_list("key", flat=True)
        row.key = free_key(suggested_key(row.title) or str(row._meta.model_name), set(taken))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _record("created", row, by, {})
    except IntegrityError as error:
        raise KeyTakenError(row.key) from error
    return row


def _record(
    deed: str, row: Registered, by: Membership | ApiKey | None, changes: dict[str, Any]
) -> None:
    action = f"{row._meta.model_name}-{deed}"
    record(tenant=row.tenant, action=action, by=by, about=row, changes=changes)
