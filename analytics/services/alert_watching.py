"""Looking whether anything rings: by workers, after answers came or went, and every hour."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from analytics.models import Alert, AlertRule
from analytics.rules.alert_wording import answer_title, level_title, many_title, volume_title
from analytics.rules.alerts import AlertKind, Epoch, epoch_of
from analytics.selectors.alert_answers import Watched, business_day, watched_rule
from analytics.services.alert_telling import tell_of_alert
from analytics.services.alert_volumes import day_counts, last_judged, unusual_days
from analytics.services.alert_waking import wake_worse
from cxm.work.models import Outbox
from cxm.work.services import later
from feedback.selectors.registry_names import read_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from analytics.selectors.alert_answers import AnswerSeen
    from cxm.tenants.models import Tenant

WATCH = "analytics.watch-alerts"
SETTLES = timedelta(days=7)
"""So long after its last day an epoch is still watched, for answers that come late."""
MOST_AN_HOUR = 10


def promise_watch(*, tenant: Tenant, now: datetime) -> bool:
    """Have workers look soon, where any rule is on and no look is promised already."""
    if not AlertRule.objects.for_tenant(tenant).filter(since_on__isnull=False).exists():
        return False
    waiting = Outbox.objects.for_tenant(tenant).filter(task=WATCH, attempts=0)
    if waiting.filter(state=Outbox.State.WAITING).exists():
        return False
    later(WATCH, tenant=tenant, now=now)
    return True


@transaction.atomic
def watch_rules(*, tenant: Tenant, now: datetime) -> int:
    """Look at every rule that is on; give how many alerts were raised.

    Whoever looks holds the rules, so that two workers take turns and the second finds what the
    first has raised; a worker that is killed has raised and told nothing.
    """
    rows = AlertRule.objects.for_tenant(tenant).filter(since_on__isnull=False)
    held = rows.select_related("tenant", "metric").select_for_update(of=("self",), no_key=True)
    rules = list(held.order_by("pk"))
    if not rules:
        return 0
    names = read_names(tenant)
    return sum(_watch(watched_rule(rule, names=names), now) for rule in rules)


def _watch(watched: Watched, now: datetime) -> int:
    rule = watched.rule
    rule.watched_at = now
    if fault := watched.fault():
        rule.standing, raised = {"fault": fault}, 0
    elif rule.kind == AlertKind.LEVEL:
        raised = _watch_level(watched, now)
    elif rule.kind == AlertKind.VOLUME:
        raised = _watch_volume(watched, now)
    else:
        raised = _watch_answers(watched, now)
    rule.save(update_fields=["watched_at", "standing"])
    return raised


def _watch_level(watched: Watched, now: datetime) -> int:
    rule, today = watched.rule, business_day(watched.tenant, now)
    rule.standing = None
    since = rule.since_on
    if since is None:
        return 0
    current, raised = epoch_of(today, since=since), 0
    for epoch in _open_epochs(today, since):
        answers = watched.answers(epoch.start_on, epoch.last_on)
        course = watched.course(answers)
        if epoch == current and course.now:
            rule.standing = watched.figure(epoch, today, course.now)
            wake_worse(
                rule=rule,
                version=watched.version.number,
                episode=_episode(epoch),
                figure=rule.standing,
                now=now,
            )
        if course.rang:
            figure, rang_on = watched.rung(epoch, answers, course.rang)
            raised += _raise(watched, _episode(epoch), figure, rang_on, now)
    _correct(watched, today, now)
    return raised


def _open_epochs(today: date, since: date) -> list[Epoch]:
    """Give the epoch of today, and the one before while late answers may still come."""
    before = epoch_of(today - SETTLES, since=since)
    found = [before, epoch_of(today, since=since)]
    return list(dict.fromkeys(one for one in found if one is not None))


def _episode(epoch: Epoch) -> str:
    return epoch.start_on.isoformat()


def _raise(
    watched: Watched, episode: str, figure: dict[str, Any], rang_on: date, now: datetime
) -> int:
    rule = watched.rule
    if rule.kind == AlertKind.LEVEL:
        title = level_title(rule.title, figure)
    elif rule.kind == AlertKind.VOLUME:
        title = volume_title(rule.title, figure)
    else:
        title = answer_title(rule.title, figure["value"])
    fields = {
        "tenant": rule.tenant,
        "version": watched.version.number,
        "title": title,
        "figure": figure,
        "rang_on": rang_on,
        "noticed_at": now,
    }
    rows = Alert.objects.for_tenant(rule.tenant_id)
    alert, is_new = rows.get_or_create(rule=rule, episode=episode, defaults=fields)
    if is_new:
        tell_of_alert(alert, now=now)
    return int(is_new)


def _correct(watched: Watched, today: date, now: datetime) -> None:
    """Say of alerts whose epoch is open still what answers that changed make of them.

    Where the metric means something else by now, or a place is gone, nothing can be said.
    """
    rows = Alert.objects.for_tenant(watched.tenant).filter(rule=watched.rule)
    for alert in rows.filter(noticed_at__gte=now - timedelta(days=100)).order_by("pk"):
        start = date.fromisoformat(alert.episode)
        epoch = epoch_of(start, since=start)
        if epoch is None or today >= epoch.end_on + SETTLES:
            continue
        as_then = _as_then(watched, alert)
        meant = as_then.measure.version.number
        if as_then.fault() or alert.figure["definition_version"] != meant:
            continue
        answers = as_then.answers(epoch.start_on, epoch.last_on)
        rang = as_then.course(answers).rang
        figure = as_then.rung(epoch, answers, rang)[0] if rang else None
        _mark(alert, _standing(alert.figure, figure), now)


def _as_then(watched: Watched, alert: Alert) -> Watched:
    """Give the rule with the condition by which *alert* rang."""
    if alert.version == watched.version.number:
        return watched
    return watched_rule(watched.rule, version=alert.version, names=watched.names)


def _standing(then: Mapping[str, Any], found: Mapping[str, Any] | None) -> Alert.Standing:
    if found is None:
        return Alert.Standing.GONE
    keys = ("value", "n", "to", "low", "high")
    same = all(then[key] == found[key] for key in keys)
    return Alert.Standing.SAME if same else Alert.Standing.MOVED


def _mark(alert: Alert, standing: Alert.Standing, now: datetime) -> None:
    if alert.standing != standing:
        alert.standing, alert.corrected_at = standing, now
        alert.save(update_fields=["standing", "corrected_at"])


def _watch_volume(watched: Watched, now: datetime) -> int:
    """Ring for each day of the last week that brought surely fewer or more answers than usual.

    Days before the rule was on ring nothing. What comes in later corrects what rang.
    """
    rule = watched.rule
    rule.standing = None
    last_on = last_judged(watched, now)
    if rule.since_on is None or last_on < rule.since_on:
        return 0
    first_on = max(rule.since_on, last_on - SETTLES + timedelta(days=1))
    counts = day_counts(watched, first_on, last_on)
    ringing = dict(unusual_days(watched, counts, first_on, last_on))
    raised = sum(_raise(watched, f"day:{day}", one, day, now) for day, one in ringing.items())
    rows = Alert.objects.for_tenant(watched.tenant).filter(rule=rule, rang_on__gte=first_on)
    for alert in rows.filter(version=watched.version.number).order_by("pk"):
        is_there = alert.rang_on in ringing
        _mark(alert, Alert.Standing.SAME if is_there else Alert.Standing.GONE, now)
    return raised


def _watch_answers(watched: Watched, now: datetime) -> int:
    """Ring for each answer since the rule is on; beyond ten an hour one alert stands for all.

    Answers that came more than a week after they were given, as from a file, ring nothing.
    """
    rule, today = watched.rule, business_day(watched.tenant, now)
    rule.standing = None
    if rule.switched_at is None:
        return 0
    ringing = _ringing(watched, today)
    fresh = [one for one in ringing if one.received_at >= rule.switched_at]
    rows = Alert.objects.for_tenant(rule.tenant_id).filter(rule=rule)
    known = list(rows.filter(noticed_at__gte=now - SETTLES - timedelta(days=1)).order_by("pk"))
    told = {response for alert in known for response in alert.figure["responses"]}
    hour = now.replace(minute=0, second=0, microsecond=0)
    room = MOST_AN_HOUR - sum(
        alert.noticed_at >= hour for alert in known if alert.episode.startswith("answer:")
    )
    new = list({one.response_id: one for one in fresh if str(one.response_id) not in told}.values())
    _correct_answers(watched, known, today, now)
    for one in new[: max(room, 0)]:
        figure = _answer_figure(watched, one.value, [one])
        _raise(watched, f"answer:{one.response_id}", figure, one.day, now)
    rest = new[max(room, 0) :]
    if rest:
        _raise_many(watched, rest, hour, now)
    return min(len(new), max(room, 0)) + bool(rest)


def _ringing(watched: Watched, today: date) -> list[AnswerSeen]:
    """Give the answers of the last week that ring by themselves."""
    week = watched.answers(today - SETTLES, today)
    return [one for one in week if watched.condition.is_rung_by(one.value)]


def _raise_many(
    watched: Watched, answers: Sequence[AnswerSeen], hour: datetime, now: datetime
) -> None:
    """Let one alert stand for the rest of an hour; it grows until somebody takes note of it."""
    rule, episode = watched.rule, f"hour:{hour.isoformat()}"
    there = Alert.objects.for_tenant(rule.tenant_id).filter(rule=rule)
    of_hour = list(there.filter(episode__startswith=episode).order_by("pk"))
    figure = _answer_figure(watched, None, answers)
    alert = of_hour[-1] if of_hour else None
    if alert and alert.acknowledged_at is None and alert.version == watched.version.number:
        alert.figure = _grown(watched, alert.figure, figure)
        alert.title = many_title(rule.title, alert.figure["n"])
        alert.rang_on = max(alert.rang_on, answers[-1].day)
        alert.save(update_fields=["figure", "title", "rang_on"])
        return
    alert = Alert.objects.create(
        tenant=rule.tenant,
        rule=rule,
        episode=f"{episode}:{len(of_hour) + 1}" if of_hour else episode,
        version=watched.version.number,
        title=many_title(rule.title, figure["n"]),
        figure=figure,
        rang_on=answers[-1].day,
        noticed_at=now,
    )
    tell_of_alert(alert, now=now)


def _grown(watched: Watched, then: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Put the answers of two figures together, with the days of both."""
    first, last = min(then["from"], more["from"]), max(then["to"], more["to"])
    responses = [*then["responses"], *more["responses"]]
    return {
        **more,
        "n": len(responses),
        "responses": responses,
        "from": first,
        "to": last,
        "filter": watched.query(date.fromisoformat(first), date.fromisoformat(last)),
    }


def _answer_figure(
    watched: Watched, value: int | None, answers: Sequence[AnswerSeen]
) -> dict[str, Any]:
    days = [one.day for one in answers]
    first, last = min(days), max(days)
    return {
        **watched.meaning(),
        "value": value,
        "n": len(answers),
        "responses": [str(one.response_id) for one in answers],
        "from": first.isoformat(),
        "to": last.isoformat(),
        "filter": watched.query(first, last),
    }


def _correct_answers(watched: Watched, known: Sequence[Alert], today: date, now: datetime) -> None:
    """Say of single answers that rang whether they would still, each by its own condition."""
    recent = [alert for alert in known if alert.rang_on > today - SETTLES]
    ringing: dict[int, set[str]] = {}
    for alert in recent:
        if alert.version not in ringing:
            as_then = _as_then(watched, alert)
            if as_then.fault():
                continue
            ringing[alert.version] = {str(one.response_id) for one in _ringing(as_then, today)}
        is_there = bool(ringing[alert.version] & set(alert.figure["responses"]))
        _mark(alert, Alert.Standing.SAME if is_there else Alert.Standing.GONE, now)
