"""Trying a change on the past: a rule of the contact policy, or a distribution not started yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from cxm.tenants.models import Tenant
from cxm.work.models import Job
from cxm.work.services import advance_job, start_job
from feedback.models import PolicyTrial
from feedback.rules.distribution.policy import PolicyRule
from feedback.rules.distribution.replay import replay
from feedback.rules.distribution.rule_words import rule_words
from feedback.rules.distribution.trial_counts import counted
from feedback.rules.distribution.words import RuleKind
from feedback.services.distribution.history import planned_wishes, read_history, wishes_of
from feedback.services.distribution.persons import read_rules

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Membership
    from feedback.models import ContactRule, Distribution

TRY = "feedback.try-policy"
NEW_RULE = "new"


def try_rule(
    *,
    tenant: Tenant,
    kind: RuleKind,
    values: dict[str, Any],
    typed: dict[str, str],
    replaced: ContactRule | None,
    days: int,
    by: Membership,
    now: datetime,
) -> PolicyTrial:
    """Begin to try a rule on the last *days*; *values* as `save_rule` takes them.

    *typed* are the fields of its form, so that it can be saved from the result. While the same
    is being tried, gives that trial.
    """
    rule = {"kind": kind.value, **values}
    return _begin(
        PolicyTrial(tenant=tenant, days=days, replaced=replaced, rule=rule, typed=typed),
        title=f"{kind.words}, tried on {days} days",
        by=by,
        now=now,
    )


def try_distribution(
    *, distribution: Distribution, days: int, by: Membership, now: datetime
) -> PolicyTrial:
    """Begin to try what *distribution* would have done in the last *days*; it asks nobody.

    While the same is being tried, gives that trial.
    """
    return _begin(
        PolicyTrial(tenant=distribution.tenant, days=days, distribution=distribution),
        title=f"{distribution.title}, tried on {days} days"[:200],
        by=by,
        now=now,
    )


def run_trial(*, job: Job, trial_id: UUID, now: datetime) -> None:
    """Replay the time before a trial as things are, and with the change, and keep both counts.

    Raises TrialTooLargeError.
    """
    rows = PolicyTrial.objects.for_tenant(job.tenant_id)
    trial = rows.select_related("tenant", "distribution__survey", "distribution__tenant").get(
        pk=trial_id
    )
    tenant, zone = trial.tenant, ZoneInfo(trial.tenant.time_zone)
    span = (trial.created_at - timedelta(days=trial.days), trial.created_at)
    present = read_rules(tenant)
    changed = _changed(present, trial)
    planned = planned_wishes(tenant, span)
    own = wishes_of(trial.distribution, span) if trial.distribution else []
    rules = [*present, *changed]
    history = read_history(tenant=tenant, wishes=[*planned, *own], rules=rules, span=span)
    before = replay(replace(history, wishes=planned), present)
    after = replay(history, changed)
    tried = {one.invitation for one in own}
    of_own = [one for one in after if one.wish.invitation in tried]
    trial.result = {
        "now": counted(before, zone),
        "then": counted(after, zone),
        "own": counted(of_own, zone) if trial.distribution else None,
        "rules": {rule.id: rule_words(rule.kind, rule.params) for rule in rules},
    }
    trial.save(update_fields=["result"])
    advance_job(job, now=now, done=len(after), total=len(after), message="Done.")


@transaction.atomic
def _begin(trial: PolicyTrial, *, title: str, by: Membership, now: datetime) -> PolicyTrial:
    # Whoever presses twice waits here for the first, and finds it.
    Tenant.objects.select_for_update(no_key=True).get(pk=trial.tenant_id)
    if there := _waiting(trial):
        return there
    trial.by, trial.created_at = by, now
    trial.job = start_job(
        tenant=trial.tenant,
        kind=TRY,
        title=title,
        by=by,
        now=now,
        unit="decisions",
        policy_trial_id=str(trial.pk),
    )
    trial.save()
    trial.job.result_url = reverse("feedback:policy-trial", args=[trial.tenant.slug, trial.pk])
    trial.job.save(update_fields=["result_url"])
    return trial


def _waiting(trial: PolicyTrial) -> PolicyTrial | None:
    """Find one that tries the same and is not over."""
    rows = PolicyTrial.objects.for_tenant(trial.tenant_id).select_related("tenant")
    same = rows.filter(
        days=trial.days,
        distribution=trial.distribution_id,
        replaced=trial.replaced_id,
        rule=trial.rule,
        job__state__in=Job.OPEN_STATES,
        job__cancel_asked_at__isnull=True,
    )
    return same.order_by("pk").first()


def _changed(present: list[PolicyRule], trial: PolicyTrial) -> list[PolicyRule]:
    """Give the policy with the rule that is tried, in its place."""
    if not trial.rule:
        return present
    told = trial.rule
    rule = PolicyRule(
        NEW_RULE, RuleKind(told["kind"]), told["params"], told["medium"], told["purpose"]
    )
    old = str(trial.replaced_id)
    if any(one.id == old for one in present):
        return [rule if one.id == old else one for one in present]
    return [*present, rule]
