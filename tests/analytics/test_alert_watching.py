"""What rings, once an epoch; who is told; late, corrected and removed answers."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from analytics.models import Alert
from analytics.services.alert_replaying import preview_rule
from analytics.services.alert_watching import WATCH, promise_watch, watch_rules
from analytics.services.alerts import acknowledge_alert, close_alert
from analytics.tasks import fold
from cxm.collaboration.models import Notice
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Mails, Role
from cxm.work.engine import drain
from cxm.work.models import Outbox
from feedback.models import Rating
from tests import make
from tests.analytics.alerting import again, alerts, answers, rule, watch
from tests.integrations import hooking

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
LOW = [0] * 30


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


def test_a_level_below_its_target_rings_once_with_its_evidence(acme: Tenant) -> None:
    rule(of=acme, title="NPS")
    answers(LOW, of=acme, day=3)

    raised = [watch(acme), watch(acme)]
    [alert] = alerts(acme)

    assert raised == [1, 0]
    figure = alert.figure
    assert figure["high"] < 0
    assert (figure["value"], figure["target"], figure["metric"]) == (-100, 0, "nps")
    assert figure["n"] >= 10
    assert figure["filter"] == "from=2026-10-01&metric=nps&to=2026-11-17"
    assert alert.rang_on == date(2026, 11, 17)
    assert alert.title.startswith("NPS: −100.0, between −100.0 and −")
    assert alert.title.endswith(f"from {figure['n']} answers since 1 Oct 2026")


def test_nothing_rings_before_ten_answers_nor_on_the_other_side(acme: Tenant) -> None:
    rule(of=acme, title="few")
    answers([0] * 9, of=acme)
    first = watch(acme)
    rule(of=acme, title="above", side="above", target=99)
    answers(LOW, of=acme, survey="more")

    assert (first, watch(acme)) == (0, 1)
    assert [one.rule.title for one in alerts(acme)] == ["few"]


def test_single_places_are_watched_alone(acme: Tenant) -> None:
    make.touchpoint(of=acme, key="desk")
    answers(LOW, of=acme, touchpoint="till")
    rule(of=acme, touchpoint=["desk"])

    before = watch(acme)
    answers(LOW, of=acme, touchpoint="desk", survey="second")

    assert (before, watch(acme)) == (0, 1)
    assert "touchpoint=desk" in alerts(acme)[0].figure["filter"]


def test_answers_of_before_the_rule_was_on_never_count(acme: Tenant) -> None:
    made = rule(of=acme, now=make.NOW)
    answers(LOW, of=acme)

    assert watch(acme) == 0
    assert again(made).since_on == date(2026, 11, 21)


def test_an_acknowledged_level_begins_anew_tomorrow(acme: Tenant) -> None:
    made = rule(of=acme)
    answers(LOW, of=acme)
    watch(acme)
    [alert] = alerts(acme)
    ann = make.member(of=acme)
    with tenant_bound(acme.pk):
        taken = [acknowledge_alert(alert=alert, by=ann, now=make.NOW) for _ in range(2)]
        closed = [close_alert(alert=alert, note="Fixed.", by=ann, now=make.NOW) for _ in range(2)]
    later = make.NOW + timedelta(days=2)
    make.load(*(make.record(0, answered_at=later) for _ in range(30)), of=acme, source="file:later")

    assert (taken, closed) == ([True, False], [True, False])
    assert again(made).since_on == date(2026, 11, 21)
    assert [watch(acme), watch(acme, later)] == [0, 1]
    assert [one.episode for one in alerts(acme)] == ["2026-10-01", "2026-11-21"]


def test_each_quarter_is_an_epoch_and_the_last_is_watched_a_week_longer(acme: Tenant) -> None:
    rule(of=acme)
    answers(LOW, of=acme, day=60)

    assert watch(acme) == 0
    assert watch(acme, make.NOW - timedelta(days=48)) == 1
    assert alerts(acme)[0].episode == "2026-07-24"


def test_removed_answers_mark_what_rang_and_never_take_it_back(acme: Tenant) -> None:
    rule(of=acme)
    answers(LOW, of=acme)
    watch(acme)
    with tenant_bound(acme.pk):
        rows = Rating.objects.for_tenant(acme)
        gone = list(rows.order_by("pk").values_list("pk", flat=True)[:25])
        rows.filter(pk__in=gone).update(state="deleted", ended_at=make.NOW)
    watch(acme)
    [after] = alerts(acme)
    with tenant_bound(acme.pk):
        rows.filter(pk__in=gone).update(state="counted", ended_at=None)

    assert (after.standing, after.corrected_at) == (Alert.Standing.GONE, make.NOW)
    assert watch(acme) == 0
    assert alerts(acme)[0].standing == Alert.Standing.SAME


def test_a_corrected_answer_moves_what_rang(acme: Tenant) -> None:
    rule(of=acme)
    answers(LOW, of=acme)
    watch(acme)
    with tenant_bound(acme.pk):
        first = Rating.objects.for_tenant(acme).order_by("answered_at")[0]
        Rating.objects.for_tenant(acme).filter(pk=first.pk).update(value=10)

    watch(acme)

    assert [one.standing for one in alerts(acme)] == [Alert.Standing.MOVED]


def test_an_episode_rings_once_whatever_a_worker_does(acme: Tenant) -> None:
    rule(of=acme)
    answers(LOW, of=acme)
    watch(acme)
    [alert] = alerts(acme)

    alert.pk = None
    with (
        tenant_bound(acme.pk),
        pytest.raises(IntegrityError, match="analytics_alert_once_an_episode"),
        transaction.atomic(),
    ):
        Alert.objects.create(
            tenant=acme,
            rule=alert.rule,
            version=1,
            episode=alert.episode,
            title="twice",
            figure={},
            rang_on=alert.rang_on,
            noticed_at=make.NOW,
        )


def test_a_worker_that_is_killed_has_raised_and_told_nothing(acme: Tenant) -> None:
    rule(of=acme, to=[make.member(of=acme)])
    answers(LOW, of=acme)

    def killed() -> None:
        with tenant_bound(acme.pk), transaction.atomic():
            watch_rules(tenant=acme, now=make.NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    nothing = alerts(acme)

    assert (nothing, watch(acme)) == ([], 1)
    with tenant_bound(acme.pk):
        assert Notice.objects.for_tenant(acme).count() == 1


def test_listeners_get_a_notice_and_a_mail_and_webhooks_an_event(acme: Tenant) -> None:
    ann = make.member(of=acme, role=Role.ANALYST, email="ann@example.com")
    ann.mails = Mails.AT_ONCE
    with tenant_bound(acme.pk):
        ann.save(update_fields=["mails"])
    hooking.webhook(ann, "https://crm.example/in", kinds=["alert.raised"])
    rule(of=acme, to=[ann])
    answers(LOW, of=acme)
    mail.outbox.clear()

    for _ in range(2):
        watch(acme)
    drain(acme.pk)

    [alert] = alerts(acme)
    with tenant_bound(acme.pk):
        [notice] = Notice.objects.for_tenant(acme)
    [delivery] = hooking.deliveries(acme)
    [told] = mail.outbox
    assert (notice.member_id, notice.kind, notice.page) == (ann.pk, "alert", f"alerts/{alert.pk}/")
    assert notice.about == alert.title
    assert told.to == ["ann@example.com"]
    assert f"Wayfare raised the alert “{alert.title}”" in told.body
    assert delivery.event.kind == "alert.raised"
    assert delivery.event.content["figure"]["n"] == alert.figure["n"]


def test_a_fold_promises_one_look_and_none_where_nothing_is_on(acme: Tenant) -> None:
    idle = make.tenant()
    for tenant in (acme, idle):
        answers([9], of=tenant)
    rule(of=acme)

    fold()

    with tenant_bound(acme.pk):
        looks = Outbox.objects.for_tenant(acme).filter(task=WATCH).count()
        repeated = promise_watch(tenant=acme, now=make.NOW)
    with tenant_bound(idle.pk):
        none = Outbox.objects.for_tenant(idle).filter(task=WATCH).count()
    assert (looks, repeated, none) == (1, False, 0)


def test_single_answers_ring_at_once_and_once(acme: Tenant) -> None:
    rule(of=acme, kind="answer", target=2, title="Bad answer")
    answers([9, 2, 0, 3], of=acme)

    assert [watch(acme), watch(acme)] == [2, 0]
    assert [one.title for one in alerts(acme)] == [
        "Bad answer: an answer of 2",
        "Bad answer: an answer of 0",
    ]


def test_more_than_ten_answers_in_an_hour_are_one_alert(acme: Tenant) -> None:
    ann = make.member(of=acme)
    rule(of=acme, kind="answer", target=2, to=[ann])
    answers([0] * 14, of=acme)
    first = watch(acme)
    answers([1] * 3, of=acme, survey="more")
    second = watch(acme)

    many = alerts(acme)[-1]
    with tenant_bound(acme.pk):
        notices = Notice.objects.for_tenant(acme).count()
    assert (first, len(alerts(acme)), notices) == (11, 11, 11)
    assert second == 1
    assert many.title == "Watched: 7 more answers in one hour"


def test_an_answer_that_was_held_back_is_marked(acme: Tenant) -> None:
    rule(of=acme, kind="answer", target=2)
    answers([0], of=acme)
    watch(acme)
    with tenant_bound(acme.pk):
        Rating.objects.for_tenant(acme).update(state="quarantined")

    watch(acme)

    assert [one.standing for one in alerts(acme)] == [Alert.Standing.GONE]


def test_old_answers_from_a_file_ring_nothing_one_by_one(acme: Tenant) -> None:
    rule(of=acme, kind="answer", target=2)
    answers([0] * 5, of=acme, day=9)

    assert watch(acme) == 0


def test_a_rule_whose_place_is_gone_says_so_and_watches_nothing_else(acme: Tenant) -> None:
    point = make.touchpoint(of=acme, key="desk")
    made = rule(of=acme, touchpoint=["desk"])
    answers(LOW, of=acme)
    with tenant_bound(acme.pk):
        type(point).objects.for_tenant(acme).filter(pk=point.pk).update(key="other")

    assert watch(acme) == 0
    standing = again(made).standing or {}
    assert "“desk” is not the key of a touchpoint" in standing["fault"]


@pytest.mark.parametrize("seed", range(6))
def test_the_replay_of_a_quarter_rings_where_live_watching_rang(acme: Tenant, seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - made-up answers
    made = rule(of=acme, target=30)
    for day in range(40, 0, -4):
        at = make.NOW - timedelta(days=day)
        scores = [dice.choice((0, 3, 6, 7, 8, 9, 10)) for _ in range(dice.randint(0, 9))]
        answers(scores, of=acme, day=day)
        watch(acme, at)

    with tenant_bound(acme.pk):
        replayed = preview_rule(rule=again(made), now=make.NOW)

    live = [(one.rang_on.isoformat(), one.figure) for one in alerts(acme)]
    assert [(one["on"], one["figure"]) for one in replayed["rings"]] == live
