"""The queue's door: folding the ledger, checking it, rebuilding."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from uuid import UUID

from celery import shared_task
from django.db import connection

from analytics.models import AlertRule, ChurnDefinition, DriverRun
from analytics.selectors.purchase_rule import purchase_definition
from analytics.services.alert_replaying import preview_rule
from analytics.services.alert_rules import PREVIEW
from analytics.services.alert_waking import wake_due
from analytics.services.alert_watching import WATCH, promise_watch, watch_rules
from analytics.services.checking import CHECK, REBUILD
from analytics.services.churn_definitions import COUNT, live_definitions, waiting_counts
from analytics.services.drivers import WORK_OUT, due_for_renewal
from analytics.services.goals import write_goal_verdicts
from analytics.services.purchase_definitions import FIT
from analytics.services.report_keeping import DUE, PURGE
from analytics.services.report_mailing import fail_run, give_up_mail, give_up_run, mail_report
from analytics.services.report_runs import (
    MAIL,
    MAKE,
    MAKE_NOW,
    begin_due_runs,
    make_run,
    purge_files,
)
from analytics.services.risk_settings import COUNT_RISK
from analytics.services.rollups import fold_ledger, rebuild_rollups, verify_rollups
from analytics.services.schedules import (
    DECIDE,
    RECOUNT,
    REFIT,
    RENEW,
    RISK,
    VERIFY,
    schedule_missing,
)
from analytics.services.time_zone import REZONE, rezone_step, start_rezoning
from analytics.services.verdicts import write_due_verdicts
from cxm.kernel.clock import now as clock_now
from cxm.kernel.effects import effect
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Tenant
from cxm.work.jobs import job_step
from cxm.work.services import advance_job, later_for_each

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.kernel.effects import Again
    from cxm.work.models import Job

logger = logging.getLogger(__name__)
COUNT_ONE = "analytics.count-churn-quietly"
RISK_ONE = "analytics.count-risk-quietly"
RENEW_ONE = "analytics.renew-drivers-quietly"


@shared_task(name="analytics.fold")
def fold(**_from_newer_senders: object) -> int:
    """Fold the ledger of every tenant that has one; give how many were folded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id FROM analytics_unfolded()")
        tenant_ids = [row[0] for row in cursor.fetchall()]
    return sum(_fold_one(tenant_id) for tenant_id in tenant_ids)


def _fold_one(tenant_id: UUID) -> bool:
    with tenant_bound(tenant_id):
        tenant = Tenant.objects.get(pk=tenant_id)
        is_folded = fold_ledger(tenant=tenant)
        if is_folded:
            promise_watch(tenant=tenant, now=clock_now())
        return is_folded


@effect(WATCH)
def watch(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> None:
    """Look whether any alert rings or wakes: after answers came or went, and every hour."""
    tenant = Tenant.objects.get(pk=tenant_id)
    watch_rules(tenant=tenant, now=now)
    wake_due(tenant=tenant, now=now)


@job_step(PREVIEW)
def preview_alert(
    *, job: Job, now: datetime, rule_id: str, **_from_newer_senders: object
) -> Again | None:
    """Try a rule of an alert on the last year while somebody waits for it."""
    rules = AlertRule.objects.for_tenant(job.tenant_id).select_related("tenant", "metric")
    rule = rules.filter(pk=rule_id).first()
    if rule:
        found = preview_rule(rule=rule, now=now)
        done = found.get("answers", 0)
        times = found.get("count", 0)
        words = "once" if times == 1 else f"{times:,} times"
        message = found.get("fault") or f"It would have rung {words}."
        advance_job(job, now=now, done=done, total=done, message=message)
    return None


@effect(DUE)
def send_due_reports(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> None:
    """Begin the runs of reports whose moment has come."""
    begin_due_runs(tenant=Tenant.objects.get(pk=tenant_id), now=now)


def _run_given_up(tenant_id: UUID, arguments: dict[str, Any], error: str) -> None:
    give_up_run(tenant_id, arguments, error, now=clock_now())


def _mail_given_up(tenant_id: UUID, arguments: dict[str, Any], error: str) -> None:
    give_up_mail(tenant_id, arguments, error, now=clock_now())


@effect(MAKE, give_up=_run_given_up)
def make_report(
    *, tenant_id: UUID, now: datetime, run_id: str, **_from_newer_senders: object
) -> None:
    """Read a report that is due, and promise the mails."""
    make_run(run_id=run_id, tenant_id=tenant_id, now=now)


def _own_report_failed(
    *, job: Job, now: datetime, error: str, run_id: str, **_from_newer_senders: object
) -> None:
    fail_run(run_id=run_id, tenant_id=job.tenant_id, error=error, now=now)


def _own_report_stopped(
    *, job: Job, now: datetime, run_id: str, **_from_newer_senders: object
) -> None:
    fail_run(run_id=run_id, tenant_id=job.tenant_id, error="It was stopped.", now=now)


@job_step(MAKE_NOW, cancelled=_own_report_stopped, failed=_own_report_failed)
def make_report_now(
    *, job: Job, now: datetime, run_id: str, **_from_newer_senders: object
) -> Again | None:
    """Read a report for the one who waits for it."""
    mails = make_run(run_id=run_id, tenant_id=job.tenant_id, now=now)
    message = "It is on its way to you." if mails else "Nothing in it is for your role."
    advance_job(job, now=now, done=mails, total=mails, message=message)
    return None


@effect(MAIL, give_up=_mail_given_up)
def send_report_mail(
    *, tenant_id: UUID, now: datetime, mail_id: str, **_from_newer_senders: object
) -> None:
    """Send one mail of a report."""
    mail_report(tenant_id=tenant_id, mail_id=mail_id, now=now)


@effect(PURGE)
def purge_report_files(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> None:
    """Take away files of reports that are older than 90 days."""
    purge_files(tenant=Tenant.objects.get(pk=tenant_id), now=now)


@effect(VERIFY)
def verify(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> None:
    """Compare the rollups with the rows; a difference is logged and the rollups are rebuilt."""
    tenant = Tenant.objects.get(pk=tenant_id)
    found = verify_rollups(tenant=tenant, now=now)
    if found.differences:
        logger.error("rollups of %s differ in %s day rows", tenant, found.differences)
        rebuild_rollups(tenant=tenant, now=now)
    # Workspaces that are older than promises, or than the reading of texts, get both here.
    schedule_missing(tenant=tenant, now=now)


@effect(DECIDE)
def decide(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> None:
    """Write the verdicts on promises and goals that fell due."""
    tenant = Tenant.objects.get(pk=tenant_id)
    write_due_verdicts(tenant=tenant, now=now)
    write_goal_verdicts(tenant=tenant, now=now)


@effect(RECOUNT)
def recount(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> None:
    """Promise a count of churn by each definition, but for those that wait for one already."""
    tenant = Tenant.objects.get(pk=tenant_id)
    promised = waiting_counts(tenant, COUNT, COUNT_ONE)
    each = (
        {"definition_id": str(one.pk)}
        for one in live_definitions(tenant).order_by("pk")
        if str(one.pk) not in promised
    )
    later_for_each(COUNT_ONE, tenant=tenant, now=now, each=each)


@effect(COUNT_ONE)
def recount_one(
    *, tenant_id: UUID, now: datetime, definition_id: str, **_from_newer_senders: object
) -> None:
    """Count churn by one definition; nothing for one that is archived meanwhile."""
    rows = ChurnDefinition.objects.for_tenant(tenant_id).filter(archived_at=None)
    found = rows.select_related("tenant").filter(pk=definition_id).first()
    if found:
        _count_churn(found, now)


@job_step(COUNT)
def count(
    *, job: Job, now: datetime, definition_id: str, **_from_newer_senders: object
) -> Again | None:
    """Count churn by one definition while somebody waits for it."""
    rows = ChurnDefinition.objects.for_tenant(job.tenant_id).select_related("tenant")
    there, gone = _count_churn(rows.get(pk=definition_id), now)
    message = f"{there:,} customers are there, {gone:,} are gone."
    advance_job(job, now=now, done=there + gone, total=there + gone, message=message)
    each = [{"definition_id": definition_id}]
    later_for_each(RISK_ONE, tenant=job.tenant_id, now=now, each=each)
    return None


@effect(RISK)
def risk(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> None:
    """Promise a count of risks by each definition, but for those that wait for one already."""
    tenant = Tenant.objects.get(pk=tenant_id)
    promised = waiting_counts(tenant, COUNT_RISK, RISK_ONE)
    each = (
        {"definition_id": str(one.pk)}
        for one in live_definitions(tenant).order_by("pk")
        if str(one.pk) not in promised
    )
    later_for_each(RISK_ONE, tenant=tenant, now=now, each=each)


@effect(RISK_ONE)
def risk_one(
    *, tenant_id: UUID, now: datetime, definition_id: str, **_from_newer_senders: object
) -> None:
    """Count risks by one definition; nothing for one that is archived meanwhile."""
    _count_risk(tenant_id, definition_id, now)


@job_step(COUNT_RISK)
def count_risks(
    *, job: Job, now: datetime, definition_id: str, **_from_newer_senders: object
) -> Again | None:
    """Count risks by one definition while somebody waits for it."""
    people, reason = _count_risk(job.tenant_id, definition_id, now)
    message = f"Not offered. {reason}" if reason else f"{people:,} customers have a risk."
    advance_job(job, now=now, done=people, total=people, message=message)
    return None


def _count_risk(tenant_id: UUID, definition_id: str, now: datetime) -> tuple[int, str]:
    from analytics.services.risk_runs import count_risk  # noqa: PLC0415 - brings numpy along

    rows = ChurnDefinition.objects.for_tenant(tenant_id).filter(archived_at=None)
    definition = rows.select_related("tenant").filter(pk=definition_id).first()
    if definition is None:
        return 0, "The definition is archived."
    result = count_risk(definition=definition, now=now).result
    return result["people"], result["reason"]


def _count_churn(definition: ChurnDefinition, now: datetime) -> tuple[int, int]:
    from analytics.services.churn_runs import count_churn  # noqa: PLC0415 - brings numpy along

    brief = count_churn(definition=definition, now=now).brief
    return brief["there"], brief["gone"]


@effect(REFIT)
def refit(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> None:
    """Count and fit repeat purchases; nothing where nobody said what a purchase is."""
    _fit_purchases(Tenant.objects.get(pk=tenant_id), now)


@job_step(FIT)
def fit(*, job: Job, now: datetime, **_from_newer_senders: object) -> Again | None:
    """Count and fit repeat purchases while somebody waits for it."""
    buyers = _fit_purchases(job.tenant, now)
    advance_job(job, now=now, done=buyers, total=buyers, message=f"{buyers:,} customers bought.")
    return None


def _fit_purchases(tenant: Tenant, now: datetime) -> int:
    from analytics.services.purchase_runs import (  # noqa: PLC0415 - brings numpy along
        fit_repeat_purchases,
    )

    definition = purchase_definition(tenant)
    if definition is None:
        return 0
    buyers: int = fit_repeat_purchases(definition=definition, now=now).result["buyers"]
    return buyers


@job_step(WORK_OUT)
def work_out(
    *, job: Job, now: datetime, run_id: str, **_from_newer_senders: object
) -> Again | None:
    """Work out what goes with an outcome; nothing for a question that is forgotten meanwhile."""
    found = _work_out(job.tenant_id, run_id, now)
    if found is not None:
        people = found.get("people", 0)
        words = found.get("reason") or f"Worked out from {people:,} people."
        advance_job(job, now=now, done=people, total=people, message=words[:200])
    return None


@effect(RENEW)
def renew(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> None:
    """Promise that the answers to the questions asked lately are worked out anew."""
    tenant = Tenant.objects.get(pk=tenant_id)
    each = ({"run_id": str(one.pk)} for one in due_for_renewal(tenant=tenant, now=now))
    later_for_each(RENEW_ONE, tenant=tenant, now=now, each=each)


@effect(RENEW_ONE)
def renew_one(
    *, tenant_id: UUID, now: datetime, run_id: str, **_from_newer_senders: object
) -> None:
    """Work out one question anew; nothing for one that is forgotten meanwhile."""
    _work_out(tenant_id, run_id, now)


def _work_out(tenant_id: UUID, run_id: str, now: datetime) -> dict[str, Any] | None:
    from analytics.services.driver_runs import (  # noqa: PLC0415 - brings numpy along
        work_out_drivers,
    )

    rows = DriverRun.objects.for_tenant(tenant_id).select_related("tenant")
    run = rows.filter(pk=run_id).first()
    return (work_out_drivers(run=run, now=now).result or {}) if run else None


@job_step(REBUILD)
def rebuild(*, job: Job, now: datetime, **_from_newer_senders: object) -> Again | None:
    """Rebuild all day rows from the ratings."""
    rows = rebuild_rollups(tenant=job.tenant, now=now)
    advance_job(job, now=now, done=rows, total=rows, message=f"{rows:,} day rows rebuilt.")
    return None


@job_step(CHECK)
def check(*, job: Job, now: datetime, **_from_newer_senders: object) -> Again | None:
    """Compare the rollups with the rows, and say what was found."""
    found = verify_rollups(tenant=job.tenant, now=now)
    words = "all figures agree"
    if found.differences:
        words = f"{found.differences:,} day rows differ: rebuild the figures"
    message = f"{found.rows:,} answers recounted, {words}."
    advance_job(job, now=now, done=found.rows, total=found.rows, message=message)
    return None


def _back_to_the_zone_in_force(*, job: Job, now: datetime, **_position: object) -> None:
    zone = Tenant.objects.get(pk=job.tenant_id).time_zone
    start_rezoning(tenant=job.tenant, time_zone=zone, by=job.by, now=now)


@job_step(REZONE, cancelled=_back_to_the_zone_in_force)
def rezone(*, job: Job, now: datetime, time_zone: str, **position: Any) -> Again | None:
    """Tell the days of the next few thousand facts in *time_zone*; stopping takes it back."""
    return rezone_step(job=job, now=now, time_zone=time_zone, **position)
