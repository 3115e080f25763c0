"""What a rule would have done in the last year, by the code that watches."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from analytics.models import AlertRule
from analytics.rules.alerts import AlertKind, epochs_until
from analytics.selectors.alert_answers import business_day, watched_rule
from analytics.services.alert_volumes import day_counts, last_judged, unusual_days

if TYPE_CHECKING:
    from datetime import date, datetime

    from analytics.selectors.alert_answers import Watched

YEAR = timedelta(days=365)
MOST_TOLD = 50


def preview_rule(*, rule: AlertRule, now: datetime) -> dict[str, Any]:
    """Try the condition in force on the answers of the last 365 days, and keep what came out.

    The rule comes with tenant and metric. `rings` lists when it would have rung, the oldest
    first, a level at most once in each quarter; of single answers the last 50. A rule that is
    changed meanwhile keeps nothing.
    """
    watched, today = watched_rule(rule), business_day(rule.tenant, now)
    since = today - YEAR
    found: dict[str, Any] = {"since": since.isoformat(), "until": today.isoformat()}
    if fault := watched.fault():
        found["fault"] = fault
    elif rule.kind == AlertKind.LEVEL:
        found |= replayed_level(watched, since, today)
    elif rule.kind == AlertKind.VOLUME:
        found |= _replayed_volume(watched, since, last_judged(watched, now))
    else:
        found |= _replayed_answers(watched, since, today)
    rows = AlertRule.objects.for_tenant(rule.tenant_id)
    rows.filter(pk=rule.pk, version=rule.version).update(preview=found, previewed_at=now)
    return found


def replayed_level(watched: Watched, since: date, today: date) -> dict[str, Any]:
    """Give the figures at which a level would have rung from *since* on, epoch by epoch."""
    rings, count = [], 0
    for epoch in epochs_until(today, since=since):
        answers = watched.answers(epoch.start_on, epoch.last_on)
        count += len(answers)
        rang = watched.course(answers).rang
        if rang:
            figure, on = watched.rung(epoch, answers, rang)
            rings.append({"on": on.isoformat(), "figure": figure})
    return {"rings": rings, "count": len(rings), "answers": count}


def _replayed_volume(watched: Watched, since: date, last_on: date) -> dict[str, Any]:
    counts = day_counts(watched, since, last_on)
    rang = list(unusual_days(watched, counts, since, last_on))
    told = [{"on": day.isoformat(), "figure": figure} for day, figure in rang[-MOST_TOLD:]]
    answers = sum(n for day, n in counts.items() if day >= since)
    return {"rings": told, "count": len(rang), "answers": answers}


def _replayed_answers(watched: Watched, since: date, today: date) -> dict[str, Any]:
    answers = watched.answers(since, today)
    rang = [one for one in answers if watched.condition.is_rung_by(one.value)]
    rang.sort(key=lambda one: one.day)
    told = [{"on": one.day.isoformat(), "value": one.value} for one in rang[-MOST_TOLD:]]
    return {"rings": told, "count": len(rang), "answers": len(answers)}
