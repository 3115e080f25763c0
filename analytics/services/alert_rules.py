"""Every write to rules of alerts: made, changed, switched, archived, tried on the past."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from analytics.errors import AlertArchivedError, AlertPlaceError, TooManyAlertRulesError
from analytics.models import AlertListener, AlertRule, AlertRuleVersion
from analytics.rules.alerts import PLACES, AlertKind, epoch_of, read_condition
from analytics.selectors.alert_answers import business_day, target_bounds
from analytics.selectors.histograms import By
from analytics.selectors.names import measures, read_names
from analytics.services.turns import take_turns
from cxm.metrics.models import MetricVersion
from cxm.tenants.audit import record
from cxm.tenants.models import Membership
from cxm.work.models import Job, Outbox
from cxm.work.services import start_job

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from analytics.rules.alerts import Condition
    from analytics.selectors.names import Measure
    from cxm.metrics.models import Metric
    from cxm.tenants.models import ApiKey, Tenant

PREVIEW = "analytics.preview-alert"
MOST_RULES = 50
_DAY = timedelta(days=1)


@transaction.atomic
def create_alert_rule(
    *,
    tenant: Tenant,
    title: str,
    kind: str,
    metric: Metric,
    config: Mapping[str, Any],
    listeners: Iterable[UUID],
    by: Membership | ApiKey | None,
    now: datetime,
    site: str = "",
) -> AlertRule:
    """Make a rule, switched off, and have it tried on the last year.

    *listeners* are ids of members who are told; others are left out. *site* begins the links in
    mails. Raises AlertRuleError, AlertPlaceError and TooManyAlertRulesError.
    """
    take_turns("alert-rules", tenant.pk)
    if live_alert_rules(tenant).count() >= MOST_RULES:
        raise TooManyAlertRulesError(MOST_RULES)
    measure = measure_of(metric)
    condition = _condition(tenant, kind, measure, config)
    made = AlertRule.objects.create(
        tenant=tenant, title=title, kind=kind, metric=metric, site=site, created_at=now
    )
    _add_version(made, condition, measure, by, now)
    _listen(made, listeners)
    record(tenant=tenant, action="alert-rule-created", by=by, about=made)
    _preview(made, by=by, now=now)
    return made


@transaction.atomic
def change_alert_rule(
    *,
    rule: AlertRule,
    title: str | None = None,
    config: Mapping[str, Any] | None = None,
    listeners: Iterable[UUID] | None = None,
    by: Membership | ApiKey,
    now: datetime,
) -> AlertRule:
    """Give a rule another title, other listeners, and a new version where its condition is another.

    None leaves what is there. A new condition counts from tomorrow on: its target must stand
    before its answers come; so does the same one for a level whose metric means something else by
    now. Raises AlertRuleError, AlertPlaceError and AlertArchivedError.
    """
    locked = _locked(rule)
    changes: dict[str, Any] = {}
    if title is not None and title != locked.title:
        changes["title"] = [locked.title, title]
        locked.title = title
    if config is not None and (moved := _change_condition(locked, config, by, now)):
        changes["condition"] = moved
    if listeners is not None and _listen(locked, listeners):
        changes["listeners"] = True
    if changes:
        locked.save()
        record(
            tenant=locked.tenant, action="alert-rule-changed", by=by, about=locked, changes=changes
        )
    if "condition" in changes:
        _preview(locked, by=by, now=now)
    return locked


@transaction.atomic
def switch_alert_rule(
    *, rule: AlertRule, is_on: bool, by: Membership | ApiKey | None, now: datetime
) -> AlertRule:
    """Have a rule watched, a level from tomorrow's answers on, or watched no more."""
    locked = _locked(rule)
    if locked.is_on is is_on:
        return locked
    if is_on:
        _begin(locked, now)
    else:
        _end(locked)
    locked.save(update_fields=["since_on", "switched_at", "standing"])
    action = "alert-rule-switched-on" if is_on else "alert-rule-switched-off"
    record(tenant=locked.tenant, action=action, by=by, about=locked)
    return locked


@transaction.atomic
def archive_alert_rule(*, rule: AlertRule, by: Membership | ApiKey, now: datetime) -> None:
    """Take a rule off the list for good; what rang stays in the log."""
    locked = _locked(rule)
    _end(locked)
    locked.archived_at = now
    locked.save(update_fields=["since_on", "switched_at", "standing", "archived_at"])
    record(tenant=locked.tenant, action="alert-rule-archived", by=by, about=locked)


def preview_again(*, rule: AlertRule, by: Membership, now: datetime) -> Job | None:
    """Have a rule tried on the last year once more; None while it waits for that already."""
    return _preview(rule, by=by, now=now)


def held_rule(rule: AlertRule) -> AlertRule:
    """Load a rule, also one that is archived, with its tenant, and hold it until the end."""
    rows = AlertRule.objects.for_tenant(rule.tenant_id).select_related("tenant", "metric")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=rule.pk)


def restart_after(rule: AlertRule, episode: str, *, now: datetime) -> None:
    """Begin a new epoch tomorrow where *episode*, of which somebody took note, is today's.

    The rule is held. An epoch that is over has nothing to begin anew: the one that runs watches
    answers that nobody was told of.
    """
    today = business_day(rule.tenant, now)
    epoch = epoch_of(today, since=rule.since_on) if rule.since_on else None
    if epoch and epoch.start_on.isoformat() == episode:
        rule.since_on = today + _DAY
        rule.standing = None
        rule.save(update_fields=["since_on", "standing"])


def live_alert_rules(tenant: Tenant) -> Any:
    """Select the rules that are not archived."""
    return AlertRule.objects.for_tenant(tenant).filter(archived_at=None)


def measure_of(metric: Metric) -> Measure:
    """Read a metric with what it means now. One query."""
    [measure] = measures(metric.tenant, only=metric.key)
    return measure


def _change_condition(
    rule: AlertRule, config: Mapping[str, Any], by: Membership | ApiKey, now: datetime
) -> list[dict[str, Any]]:
    """Begin a version where the condition, or what its target is compared with, is another."""
    versions = AlertRuleVersion.objects.for_tenant(rule.tenant_id)
    current = versions.get(rule=rule, number=rule.version)
    measure = measure_of(rule.metric)
    condition = _condition(rule.tenant, rule.kind, measure, config)
    meant = (current.definition_version, measure.version.number)
    is_same_meaning = rule.kind != AlertKind.LEVEL or None in meant or meant[0] == meant[1]
    if condition.as_json() == current.config and is_same_meaning:
        return []
    rule.version += 1
    rule.preview = rule.previewed_at = rule.standing = None
    if rule.is_on:
        _begin(rule, now)
    _add_version(rule, condition, measure, by, now)
    return [current.config, condition.as_json()]


def _condition(tenant: Tenant, kind: str, measure: Measure, config: Mapping[str, Any]) -> Condition:
    condition = read_condition(kind, config, bounds=target_bounds(kind, measure))
    if kind == "level" and measure.version.statistic == MetricVersion.Statistic.MEDIAN:
        raise AlertPlaceError("metric", "A median cannot be watched: choose another metric.")
    names = read_names(tenant)
    for name in PLACES:
        _, unknown = names.known(By(name), condition.places.get(name, ()))
        if unknown:
            raise AlertPlaceError(name, f"There is no {name} “{unknown[0]}”.")
    return condition


def _begin(rule: AlertRule, now: datetime) -> None:
    rule.since_on, rule.switched_at = business_day(rule.tenant, now) + _DAY, now


def _end(rule: AlertRule) -> None:
    rule.since_on = rule.switched_at = rule.standing = None


def _listen(rule: AlertRule, listeners: Iterable[UUID]) -> bool:
    """Let just these members be told; tell whether anything changed."""
    members = Membership.objects.for_tenant(rule.tenant_id).filter(pk__in=set(listeners))
    wanted = set(members.values_list("pk", flat=True))
    rows = AlertListener.objects.for_tenant(rule.tenant_id).filter(rule=rule)
    there = set(rows.values_list("member_id", flat=True))
    rows.exclude(member_id__in=wanted).delete()
    AlertListener.objects.bulk_create(
        AlertListener(tenant=rule.tenant, rule=rule, member_id=pk) for pk in sorted(wanted - there)
    )
    return wanted != there


def _add_version(
    rule: AlertRule,
    condition: Condition,
    measure: Measure,
    by: Membership | ApiKey | None,
    now: datetime,
) -> None:
    AlertRuleVersion.objects.create(
        tenant=rule.tenant,
        rule=rule,
        number=rule.version,
        config=condition.as_json(),
        definition_version=measure.version.number,
        at=now,
        by=by if isinstance(by, Membership) else None,
    )


def _preview(rule: AlertRule, *, by: Membership | ApiKey | None, now: datetime) -> Job | None:
    waiting = Outbox.objects.for_tenant(rule.tenant_id).filter(task=PREVIEW, attempts=0)
    if waiting.filter(arguments__rule_id=str(rule.pk), state=Outbox.State.WAITING).exists():
        return None
    return start_job(
        tenant=rule.tenant,
        kind=PREVIEW,
        title=f"“{rule.title}” on the last year",
        by=by if isinstance(by, Membership) else None,
        now=now,
        rule_id=str(rule.pk),
    )


def _locked(rule: AlertRule) -> AlertRule:
    locked = held_rule(rule)
    if locked.archived_at:
        raise AlertArchivedError
    return locked
