"""Rules whose metric, condition or answers change while they are watched."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from analytics.models import Alert, AlertRule, AlertRuleVersion
from analytics.rules.alert_wording import MOST_TOLD, figure_told
from analytics.selectors.alert_answers import REDEFINED
from analytics.services.alert_replaying import preview_rule
from analytics.services.alert_rules import change_alert_rule, switch_alert_rule
from analytics.services.alerts import acknowledge_alert
from cxm.metrics.services import redefine_metric
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from cxm.work.models import Job
from feedback.models import Response
from tests import make
from tests.analytics.alerting import LONG_AGO, again, alerts, answers, rule, watch

if TYPE_CHECKING:
    from cxm.metrics.models import Metric
    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
LOW = [0] * 30


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


def redefine(metric: Metric, of: Tenant, *, favourable: tuple[int, ...], statistic: str) -> None:
    with tenant_bound(of.pk):
        redefine_metric(
            metric=metric,
            title=metric.title,
            favourable=favourable,
            unfavourable=(),
            statistic=statistic,
            description="Anew.",
            unit="",
            decimals=1,
            by=make.member(of=of),
            now=make.NOW,
        )


@pytest.mark.parametrize(
    ("target", "statistic"),
    [(-40, "mean"), (5, "share")],
    ids=["a target that cannot be any more", "a target of another meaning"],
)
def test_a_redefined_metric_stops_its_rules_and_no_others(
    acme: Tenant, target: int, statistic: str
) -> None:
    made = rule(of=acme, target=target, title="old")
    rule(of=acme, metric="csat_5", target=80, title="other")
    redefine(make.metric("nps", of=acme), acme, favourable=(9, 10), statistic=statistic)
    answers(LOW, of=acme)
    answers([1] * 30, of=acme, metric="csat_5", survey="second")

    assert watch(acme) == 1
    assert [one.rule.title for one in alerts(acme)] == ["other"]
    assert again(made).standing == {"fault": REDEFINED}


def test_a_target_that_is_set_anew_is_watched_again(acme: Tenant) -> None:
    made = rule(of=acme, target=50)
    redefine(make.metric("nps", of=acme), acme, favourable=(9, 10), statistic="share")
    ann = make.member(of=acme)
    with tenant_bound(acme.pk):
        for _ in range(2):
            change_alert_rule(
                rule=made, config={"side": "below", "target": 50}, by=ann, now=LONG_AGO
            )
    answers(LOW, of=acme)

    assert watch(acme) == 1
    assert again(made).version == 2


def test_what_rang_by_another_meaning_is_left_as_it_was(acme: Tenant) -> None:
    made = rule(of=acme, target=5)
    answers(LOW, of=acme)
    watch(acme)
    redefine(make.metric("nps", of=acme), acme, favourable=(0,), statistic="share")
    with tenant_bound(acme.pk):
        change_alert_rule(
            rule=made,
            config={"side": "below", "target": 5},
            by=make.member(of=acme),
            now=LONG_AGO,
        )

    watch(acme)

    assert [one.standing for one in alerts(acme)] == [Alert.Standing.SAME]


def test_what_rang_by_a_meaning_that_was_not_kept_is_left_as_it_was(acme: Tenant) -> None:
    made = rule(of=acme, target=5)
    with tenant_bound(acme.pk):
        AlertRuleVersion.objects.create(
            tenant=acme,
            rule=made,
            number=2,
            config={"side": "below", "target": 5.0},
            at=LONG_AGO,
        )
        AlertRule.objects.for_tenant(acme).update(version=2)
    answers(LOW, of=acme)
    watch(acme)
    redefine(make.metric("nps", of=acme), acme, favourable=(0,), statistic="share")

    watch(acme)

    assert [one.standing for one in alerts(acme)] == [Alert.Standing.SAME]


def test_a_metric_that_became_a_median_says_so_in_its_preview(acme: Tenant) -> None:
    made = rule(of=acme, target=5)
    redefine(make.metric("nps", of=acme), acme, favourable=(9, 10), statistic="median")
    drain(acme.pk)

    with tenant_bound(acme.pk):
        message = Job.objects.for_tenant(acme).get(kind="analytics.preview-alert").message
        fault = preview_rule(rule=again(made), now=make.NOW)["fault"]
    assert "median" in fault
    assert message == fault


def test_single_answers_are_judged_by_the_condition_they_rang_by(acme: Tenant) -> None:
    made = rule(of=acme, kind="answer", target=2)
    answers([2], of=acme)
    watch(acme)
    with tenant_bound(acme.pk):
        change_alert_rule(
            rule=made,
            config={"side": "below", "target": 0},
            by=make.member(of=acme),
            now=make.NOW,
        )

    assert watch(acme) == 0
    assert [one.standing for one in alerts(acme)] == [Alert.Standing.SAME]


def test_only_what_is_given_changes(acme: Tenant) -> None:
    made = rule(of=acme, target=5, title="Old")
    ann = make.member(of=acme)
    with tenant_bound(acme.pk):
        change_alert_rule(rule=made, config={"side": "above", "target": 7}, by=ann, now=make.NOW)
        change_alert_rule(rule=made, title="New", by=ann, now=make.NOW)

    kept = again(made)
    assert (kept.title, kept.version) == ("New", 2)


def test_an_old_answer_that_comes_late_is_inside_the_days_of_the_figure(acme: Tenant) -> None:
    made = rule(of=acme, target=0)
    answers([0] * 9, of=acme, day=2)
    answers([0] * 30, of=acme, day=8, survey="late")
    with tenant_bound(acme.pk):
        late = Response.objects.for_tenant(acme).filter(survey__key="late")
        late.update(received_at=make.NOW + timedelta(hours=1))
    watch(acme)

    with tenant_bound(acme.pk):
        [replayed] = preview_rule(rule=again(made), now=make.NOW)["rings"]
    [alert] = alerts(acme)
    assert alert.figure["to"] == "2026-11-18"
    assert alert.rang_on == date(2026, 11, 12)
    assert (replayed["on"], replayed["figure"]) == ("2026-11-12", alert.figure)


def test_the_alert_of_an_hour_keeps_the_days_of_all_its_answers(acme: Tenant) -> None:
    rule(of=acme, kind="answer", target=2)
    answers([0] * 14, of=acme, day=3)
    watch(acme)
    answers([1] * 3, of=acme, survey="more")
    watch(acme)

    figure = alerts(acme)[-1].figure
    assert (figure["n"], figure["from"], figure["to"]) == (7, "2026-11-17", "2026-11-20")
    assert figure["filter"] == "from=2026-11-17&metric=nps&to=2026-11-20"


def test_the_alert_of_an_hour_that_was_noted_grows_no_more(acme: Tenant) -> None:
    rule(of=acme, kind="answer", target=2)
    answers([0] * 14, of=acme)
    watch(acme)
    noted = alerts(acme)[-1]
    with tenant_bound(acme.pk):
        acknowledge_alert(alert=noted, by=make.member(of=acme), now=make.NOW)
    answers([1] * 3, of=acme, survey="more")

    assert watch(acme) == 1
    assert [one.figure["n"] for one in alerts(acme)[-2:]] == [4, 3]
    assert alerts(acme)[-1].episode == f"{noted.episode}:2"


def test_noting_an_alert_of_an_epoch_that_is_over_begins_nothing_anew(acme: Tenant) -> None:
    made = rule(of=acme)
    answers(LOW, of=acme, day=60)
    watch(acme, make.NOW - timedelta(days=48))
    [alert] = alerts(acme)
    since = again(made).since_on
    with tenant_bound(acme.pk):
        acknowledge_alert(alert=alert, by=make.member(of=acme), now=make.NOW)

    assert again(made).since_on == since


def test_a_rule_that_is_off_stays_off_when_its_alert_is_noted(acme: Tenant) -> None:
    made = rule(of=acme)
    answers(LOW, of=acme)
    watch(acme)
    ann = make.member(of=acme)
    with tenant_bound(acme.pk):
        switch_alert_rule(rule=made, is_on=False, by=ann, now=make.NOW)
        acknowledge_alert(alert=alerts(acme)[0], by=ann, now=make.NOW)

    assert again(made).since_on is None


def test_of_many_answers_the_first_hundred_are_told() -> None:
    told = figure_told({"n": 250, "responses": [str(one) for one in range(250)]})

    assert (told["n"], len(told["responses"]), MOST_TOLD) == (250, 100, 100)
