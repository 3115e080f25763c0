"""Trying changes on the past: the same decisions as the live path, differences, and limits."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.customers.models import Company, CompanyMember, Identity, SegmentMember
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.loading_events import load_events
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from cxm.work.models import Job
from feedback.models import ContactRule, Distribution, Invitation
from feedback.rules.distribution.replay import replay
from feedback.rules.distribution.words import InvitationState, Reason, RuleKind
from feedback.selectors.policy_trials import reasons_compared, totals_of, weeks_compared
from feedback.services.distribution import history as reading
from feedback.services.distribution.persons import read_rules
from feedback.services.distribution.running import ask, save_distribution, send_due
from feedback.services.distribution.suppressions import bar
from feedback.services.distribution.trials import try_distribution, try_rule
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.outreach import delivered, distribution, rule
from tests.make import NOW

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cxm.tenants.models import Membership, Tenant
    from feedback.models import PolicyTrial
    from feedback.rules.distribution.replay import Decided, Wish

PEOPLE = [f"{name}@example.com" for name in ("ana", "bo", "cy", "di", "eve")]
NEWCOMER = "fay@example.com"
HOUR = timedelta(hours=1)
DAYS = 8

type Fates = dict[tuple[str, str], tuple[str, str]]


@pytest.fixture
def member(db: None) -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_replay_decides_as_the_live_path_did(
    member: Membership, settings: Any, seed: int
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    chance = random.Random(seed)  # noqa: S311 - the same tests each time
    tenant = member.tenant
    with tenant_bound(tenant.pk):
        _policy(tenant, chance)
        ways = _ways(member, chance)
        _colleagues(tenant)
        until = _live(tenant, chance)
        lived = _lived(tenant)
        span, rules = (NOW, until + HOUR), read_rules(tenant)

        planned = reading.planned_wishes(tenant, span)
        again = _fates(replay(_read(tenant, planned, rules, span), rules))
        wished = [one for way in ways for one in reading.wishes_of(way, span)]
        never_lived = _fates(replay(_read(tenant, wished, rules, span), rules))

    assert {reason for reason, _ in lived.values()} > {"", "quiet_period", "cancelled"}
    assert again == lived
    assert never_lived == lived


def _tried(member: Membership, days: int, replaced: Any = None, span: int = 30) -> PolicyTrial:
    """Try a quiet period of *days* in a worker."""
    trial = try_rule(
        tenant=member.tenant,
        kind=RuleKind.QUIET_PERIOD,
        values={"medium": "", "purpose": "", "params": {"days": days}},
        typed={"days": str(days)},
        replaced=replaced,
        days=span,
        by=member,
        now=NOW + HOUR,
    )
    drain(member.tenant_id)
    trial.refresh_from_db()
    return trial


def _three_deliveries(member: Membership) -> None:
    """Plan two orders of one person and one of another."""
    distribution(asked_survey(member), by=member)
    for email, order in (("ana", "A-1"), ("ana", "A-2"), ("bo", "B-1")):
        delivered(member.tenant, f"{email}@example.com", order=order)
    ask(tenant_id=member.tenant_id, now=NOW)


def test_a_rule_that_is_tried_shows_the_difference_and_changes_nothing(
    member: Membership,
) -> None:
    with tenant_bound(member.tenant_id):
        held = rule("quiet_period", of=member.tenant, days=30)
        _three_deliveries(member)
        trial = _tried(member, 400, held)

        assert [(one.title, one.now, one.then, one.difference) for one in totals_of(trial)] == [
            ("People asked", 2, 2, "±0"),
            ("People never asked", 0, 0, "±0"),
            ("People asked more than once", 0, 0, "±0"),
            ("Invitations sent", 2, 2, "±0"),
            ("Invitations not sent", 1, 1, "±0"),
        ]
        assert [(one.detail, one.now, one.difference) for one in reasons_compared(trial)] == [
            ("After an invitation or an answer, 30 days of quiet.", 1, "−1"),
            ("After an invitation or an answer, 400 days of quiet.", 0, "+1"),
        ]
        assert [(one.asked_now, one.not_then) for one in weeks_compared(trial)] == [(2, 1)]
        assert ContactRule.objects.for_tenant(member.tenant).get() == held
        assert Invitation.objects.for_tenant(member.tenant).count() == 3


def test_a_new_rule_is_tried_behind_all_others(member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        _three_deliveries(member)
        trial = _tried(member, 7)

        sent = next(one for one in totals_of(trial) if one.title == "Invitations sent")
        assert (sent.now, sent.then, sent.difference) == (3, 2, "−1")


def test_a_distribution_that_never_began_is_tried_beside_the_others(member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        rule("quiet_period", of=member.tenant, days=30)
        _three_deliveries(member)
        delivered(member.tenant, "cy@example.com", order="C-1", day=3)
        row = Distribution.objects.for_tenant(member.tenant).get()
        other = save_distribution(
            survey=row.survey,
            distribution=None,
            values={"title": "Urgent", "medium": "email", "audience": "event"}
            | {"trigger": row.trigger, "priority": 1},
            by=member,
            now=NOW,
        )
        trial = try_distribution(distribution=other, days=30, by=member, now=NOW + HOUR)
        drain(member.tenant_id)
        trial.refresh_from_db()

    assert trial.result is not None
    own = trial.result["own"]
    # It comes first to Ana, Bo and Cy; the one that asks now comes too late to Ana and Bo.
    assert (own["persons"], own["asked"], own["not_asked"]) == (3, 3, 1)
    assert (trial.result["now"]["asked"], trial.result["then"]["asked"]) == (2, 3)


def test_a_segment_is_tried_with_its_members(member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        survey = asked_survey(member)
        segment = make.segment(of=member.tenant)
        who = delivered(member.tenant, "ana@example.com").customer
        # What counts the segment's members is done before one is put in by hand.
        drain(member.tenant_id)
        SegmentMember.objects.create(
            tenant=member.tenant, segment=segment, customer=who, from_at=NOW
        )
        values = {"title": "Pros", "medium": "email", "audience": "segment", "segment": segment}
        row = save_distribution(survey=survey, distribution=None, values=values, by=member, now=NOW)
        trial = try_distribution(distribution=row, days=30, by=member, now=NOW)
        drain(member.tenant_id)
        trial.refresh_from_db()

    assert trial.result is not None
    assert (trial.result["own"]["asked"], trial.result["now"]["asked"]) == (1, 0)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_too_much_for_one_trial_is_said_in_words(
    member: Membership, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(reading, "MOST_WISHES", most)
    with tenant_bound(member.tenant_id):
        _three_deliveries(member)
        trial = _tried(member, 7)
        job = Job.objects.for_tenant(member.tenant).get()

    said = f"There are more than {most} to decide about in this time. Choose fewer days."
    assert (trial.result is None, job.message == said) == (
        (True, True) if most < 3 else (False, False)
    )


def _untried(member: Membership) -> Distribution:
    """Have three deliveries, and a distribution for them that does not ask yet."""
    _three_deliveries(member)
    row = Distribution.objects.for_tenant(member.tenant).get()
    values = {"title": "Urgent", "medium": "email", "audience": "event", "trigger": row.trigger}
    return save_distribution(
        survey=row.survey, distribution=None, values=values, by=member, now=NOW
    )


@pytest.mark.parametrize("most", [2, 3])
def test_too_many_events_for_one_trial_are_said_in_words(
    member: Membership, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(reading, "MOST_EVENTS", most)
    with tenant_bound(member.tenant_id):
        trial = try_distribution(distribution=_untried(member), days=30, by=member, now=NOW + HOUR)
        drain(member.tenant_id)
        trial.refresh_from_db()
        job = Job.objects.for_tenant(member.tenant).get()

    said = "There are more than 2 events to look at in this time. Choose fewer days."
    assert (trial.result is None, job.message == said) == ((most == 2,) * 2)


def test_of_events_only_what_decides_is_read(member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        row = _untried(member)
        with CaptureQueriesContext(connection) as asked:
            found = reading.wishes_of(row, (NOW - HOUR, NOW + HOUR))

    of_events = [one["sql"] for one in asked if 'FROM "customers_interaction"' in one["sql"]]
    assert len(found) == 3
    assert [('."props"' in sql, '."text"' in sql) for sql in of_events] == [(True, False)]


def test_only_the_days_that_were_chosen_are_replayed(member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        _three_deliveries(member)
        Invitation.objects.for_tenant(member.tenant).filter(natural_key="B-1").update(
            created_at=NOW - timedelta(days=40)
        )

        assert (_sent(_tried(member, 7)), _sent(_tried(member, 7, span=90))) == (2, 3)


def _sent(trial: PolicyTrial) -> int:
    """Give how many invitations went out by the policy as it is."""
    assert trial.result is not None
    return int(trial.result["now"]["asked"])


def _policy(tenant: Tenant, chance: random.Random) -> None:
    rule("quiet_period", of=tenant, days=chance.choice([1, 2, 3]))
    rule("hours", of=tenant, **{"from": "20:00", "to": "08:00"})
    rule("cap", of=tenant, times=2, days=7, per="company")
    rule("cap", of=tenant, times=2, days=10, per="person")


def _ways(member: Membership, chance: random.Random) -> list[Distribution]:
    """Have two ways of one survey for the same events, drawn, at most some hours late."""
    survey = asked_survey(member)
    return [
        distribution(
            survey,
            by=member,
            title=title,
            priority=priority,
            share=share,
            delay_minutes=60 * chance.choice([0, 3, 30]),
            expires_hours=chance.choice([6, 48]),
            trigger={"kind": "event", "name": "delivered", "conditions": [], "unless": unless},
        )
        for title, priority, share, unless in (
            ("Usual", 100, 1, ["returned", "lost"]),
            ("Urgent", 10, 0.6, ["returned"]),
        )
    ]


def _colleagues(tenant: Tenant) -> None:
    """Have two people of one company, known before anything is delivered."""
    company = Company.objects.create(tenant=tenant, name="Pier", changed_at=NOW)
    for email in PEOPLE[:2]:
        _deliver(tenant, email, "known", NOW - HOUR, name="registered")
        known = Identity.objects.for_tenant(tenant).get(value=email)
        CompanyMember.objects.create(
            tenant=tenant, company=company, customer=known.customer, since=NOW
        )


def _live(tenant: Tenant, chance: random.Random) -> datetime:
    """Live some days: things are delivered, workers plan and send; give when all is over."""
    hours = sorted(chance.randrange(24 * DAYS) for _ in range(24))
    events = {NOW + hour * HOUR: chance.choice(PEOPLE) for hour in hours}
    barred_at = chance.choice(list(events))
    # Every third thing comes back some hours after it was brought.
    returns = {
        at + HOUR * chance.randrange(1, 6): (email, f"A-{at:%d%H}")
        for at, email in list(events.items())[::3]
    }
    # Whatever is drawn, this one is: brought at night to somebody new, back before the morning.
    night = NOW + 17 * HOUR
    events[night] = NEWCOMER
    returns[night + HOUR] = (NEWCOMER, f"A-{night:%d%H}")
    moment: datetime | None = min(events)
    last = NOW
    while moment:
        last = moment
        if moment in events:
            _deliver(tenant, events.pop(moment), f"A-{moment:%d%H}", moment)
        if moment in returns:
            _deliver(tenant, *returns.pop(moment), moment, "returned")
        if moment == barred_at:
            bar(tenant=tenant, kind="email", value=PEOPLE[4], reason=Reason.COMPLAINED, now=moment)
        ask(tenant_id=tenant.pk, now=moment)
        while send_due(tenant_id=tenant.pk, now=moment):
            pass
        waiting = Invitation.objects.for_tenant(tenant).filter(state=InvitationState.QUEUED)
        due = waiting.order_by("send_at").values_list("send_at", flat=True).first()
        moment = min([*events, *returns, *([due] if due else [])], default=None)
    return last


def _deliver(tenant: Tenant, email: str, order: str, at: datetime, name: str = "delivered") -> None:
    record = EventRecord(
        Call.TRACK,
        position=0,
        key=f"{name}-{order}-{email}",
        occurred_at=at,
        name=name,
        refs=(Ref("email", "", email),),
        thread_key=order,
    )
    load_events(tenant=tenant, source="events:shop", records=[record], now=at)


def _lived(tenant: Tenant) -> Fates:
    rows = Invitation.objects.for_tenant(tenant).values_list(
        "distribution", "natural_key", "reason", "rule"
    )
    return {
        (str(way), key): (reason, str(held) if reason and held is not None else "")
        for way, key, reason, held in rows
    }


def _fates(decisions: Iterable[Decided]) -> Fates:
    return {
        (one.wish.distribution, one.wish.natural_key): (str(one.reason or ""), one.rule)
        for one in decisions
    }


def _read(tenant: Tenant, wishes: list[Wish], rules: Any, span: Any) -> Any:
    return reading.read_history(tenant=tenant, wishes=wishes, rules=rules, span=span)
