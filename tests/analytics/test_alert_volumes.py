"""Days that brought surely fewer or more answers than usual."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from scipy.stats import t

from analytics.models import AlertRule
from analytics.rules.alert_volumes import usual_of, usual_on
from analytics.rules.alert_wording import usual_words
from analytics.rules.alerts import (
    DAY_CHANCE,
    AlertKind,
    AlertRuleError,
    Condition,
    Side,
    read_condition,
)
from analytics.services.alert_replaying import preview_rule
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from feedback.models import Rating
from tests import make
from tests.analytics.alerting import again, alerts, answers, thursdays, volume_rule, watch

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

# make.NOW is Friday 20 November 2026, 12:00 UTC: the day before is judged.
YESTERDAY = date(2026, 11, 19)
NOW = make.NOW


def test_limits_are_those_of_students_t_over_roots() -> None:
    # Twelve alike: the least spread, and scipy's quantile of t with eleven degrees.
    usual = usual_of([38] * 12, Side.BELOW)
    half = float(t.ppf(1 - 1 / 365, 11)) * 0.5 * math.sqrt(1 + 1 / 12)

    assert usual.low is not None
    assert usual.low == pytest.approx((math.sqrt(38.375) - half) ** 2 - 0.375, abs=1e-6)
    assert (usual.high, usual.mean, usual.weeks) == (None, 38, 12)
    assert usual.is_left_by(math.floor(usual.low))
    assert not usual.is_left_by(math.ceil(usual.low))


def test_either_side_is_wider_on_each() -> None:
    past = [20, 31, 25, 18, 40, 22, 27, 30, 19, 24, 26, 33]
    below, above, either = (usual_of(past, side) for side in Side)

    assert below.low is not None
    assert above.high is not None
    assert either.low is not None
    assert either.high is not None
    assert either.low < below.low
    assert either.high > above.high


@pytest.mark.parametrize("weeks", [6, 12])
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize(
    ("mean", "bursts"),
    [(4, 0.0), (4, 1.0), (30, 0.0), (30, 0.1), (30, 0.5), (400, 0.0), (400, 0.02), (400, 0.5)],
)
def test_it_rings_at_most_once_a_year_by_chance(
    side: Side, mean: float, bursts: float, weeks: int
) -> None:
    dice = np.random.default_rng(5)
    looks = 12_000
    means = dice.gamma(1 / bursts, mean * bursts, (looks, weeks + 1)) if bursts else mean
    counts = dice.poisson(means, (looks, weeks + 1)).tolist()

    rang = sum(usual_of(row[1:], side).is_left_by(row[0]) for row in counts)

    # 12,000 looks are 33 years.
    assert rang <= looks * DAY_CHANCE


def test_six_weeks_of_the_same_weekday_are_needed() -> None:
    counts = {YESTERDAY - timedelta(weeks=week): 20 for week in range(1, 6)}

    assert usual_on(YESTERDAY, counts, Side.BELOW) is None
    counts[YESTERDAY - timedelta(weeks=6)] = 20
    found = usual_on(YESTERDAY, counts, Side.BELOW)
    assert found
    assert (found.weeks, found.mean) == (6, 20)


def test_days_without_answers_count_since_the_first() -> None:
    counts = {YESTERDAY - timedelta(weeks=12): 8, YESTERDAY - timedelta(days=2): 8}

    found = usual_on(YESTERDAY, counts, Side.BELOW)

    assert found
    assert found.weeks == 12
    assert found.mean == pytest.approx(8 / 12)


def test_a_condition_has_a_side_and_no_target() -> None:
    found = read_condition("volume", {"side": "either", "touchpoint": ["a"]}, bounds=(1, 5))

    assert found == Condition(AlertKind.VOLUME, Side.EITHER, 0.0, {"touchpoint": ("a",)})
    assert found.as_json() == {"side": "either", "touchpoint": ["a"]}
    assert found.words("CSAT", 0) == "CSAT: fewer or more answers a day than usual"
    with pytest.raises(AlertRuleError) as refused:
        read_condition("volume", {"side": "below", "target": 3}, bounds=(1, 5))
    assert refused.value.field == "target"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(12.2, None, "at least 13"), (None, 40.9, "at most 40"), (0.0, 1200.0, "0 to 1,200")],
)
def test_what_is_usual_is_told_in_whole_answers(
    low: float | None, high: float | None, words: str
) -> None:
    assert usual_words({"low": low, "high": high}) == words


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


@pytest.mark.django_db
def test_a_day_with_hardly_any_answers_rings_once_with_its_evidence(acme: Tenant) -> None:
    volume_rule(acme)
    thursdays(acme)
    answers([9], of=acme, day=1)

    assert [watch(acme), watch(acme)] == [1, 0]
    [alert] = alerts(acme)
    figure = alert.figure
    assert (figure["n"], figure["value"], figure["usual"], figure["weeks"]) == (1, 1, 15, 12)
    assert (figure["high"], figure["target"]) == (None, None)
    assert figure["filter"] == "from=2026-11-19&metric=nps&to=2026-11-19"
    assert alert.title == f"Feed: 1 answer on 19 Nov 2026, usually {usual_words(figure)}"
    assert alert.rang_on == YESTERDAY


@pytest.mark.django_db
def test_a_day_is_judged_from_noon_of_the_next_on(acme: Tenant) -> None:
    volume_rule(acme)
    thursdays(acme)

    assert watch(acme, NOW - timedelta(minutes=1)) == 0
    assert watch(acme, NOW) == 1


@pytest.mark.django_db
def test_a_usual_day_and_the_other_side_ring_nothing(acme: Tenant) -> None:
    volume_rule(acme)
    thursdays(acme)
    answers([9] * 60, of=acme, day=1)

    assert watch(acme) == 0


@pytest.mark.django_db
def test_many_answers_ring_where_more_are_asked_for(acme: Tenant) -> None:
    volume_rule(acme, side="above")
    thursdays(acme)
    answers([9] * 60, of=acme, day=1)

    assert watch(acme) == 1
    assert alerts(acme)[0].figure["low"] is None


@pytest.mark.django_db
def test_days_before_the_rule_was_on_ring_nothing(acme: Tenant) -> None:
    made = volume_rule(acme)
    thursdays(acme)
    with tenant_bound(acme.pk):
        rows = AlertRule.objects.for_tenant(acme).filter(pk=made.pk)
        rows.update(since_on=YESTERDAY + timedelta(days=1))

    assert watch(acme) == 0


@pytest.mark.django_db
def test_what_comes_in_late_corrects_what_rang(acme: Tenant) -> None:
    volume_rule(acme)
    thursdays(acme)
    watch(acme)
    answers([9] * 15, of=acme, day=1)

    watch(acme, NOW + timedelta(hours=2))
    [alert] = alerts(acme)
    assert alert.standing == "gone"

    with tenant_bound(acme.pk):
        Rating.objects.for_tenant(acme).filter(day=YESTERDAY).delete()
    watch(acme, NOW + timedelta(hours=3))
    assert alerts(acme)[0].standing == ""


@pytest.mark.django_db
def test_it_is_tried_on_the_last_year(acme: Tenant) -> None:
    made = volume_rule(acme)
    thursdays(acme)

    with tenant_bound(acme.pk):
        found = preview_rule(rule=again(made), now=NOW)

    assert (found["count"], found["answers"]) == (1, 180)
    assert found["rings"][0]["on"] == "2026-11-19"


def text(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(f"analytics:{name}", args=args))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def ann(acme: Tenant) -> Membership:
    return make.member(of=acme, role=Role.MANAGER)


@pytest.mark.django_db
def test_the_pages_say_what_is_usual(acme: Tenant, ann: Membership) -> None:
    made = volume_rule(acme)
    thursdays(acme)
    watch(acme)
    with tenant_bound(acme.pk):
        preview_rule(rule=again(made), now=NOW)
    client = Client()
    client.force_login(ann.user)
    [alert] = alerts(acme)

    shown = text(client, "alert-page", acme.slug, alert.pk)
    assert "Answers on Thursday, 19 Nov 2026" in shown
    assert f"usually {usual_words(alert.figure)}" in shown
    assert "by 12 such weekdays before" in shown
    of_rule = text(client, "alert-rule-page", acme.slug, made.pk)
    assert "from noon of the day after" in of_rule
    assert "It would have rung 1 time" in of_rule
    assert "fewer answers a day than usual" in text(client, "alert-rule-list", acme.slug)


@pytest.mark.django_db
def test_it_is_made_and_changed_in_the_browser(acme: Tenant, ann: Membership) -> None:
    client = Client()
    client.force_login(ann.user)
    new = reverse("analytics:alert-rule-new", args=[acme.slug])
    form = client.get(f"{new}?kind=volume").content.decode()
    assert 'name="target"' not in form

    sent = {"title": "Feed", "metric": "nps", "side": "either"}
    assert client.post(f"{new}?kind=volume", sent).status_code == 302
    with tenant_bound(acme.pk):
        made = AlertRule.objects.for_tenant(acme).get()
    edit = reverse("analytics:alert-rule-edit", args=[acme.slug, made.pk])
    assert client.post(edit, {**sent, "side": "below"}).status_code == 302
    assert again(made).version == 2


@pytest.mark.django_db
def test_programs_make_it_too(acme: Tenant) -> None:
    _, key = make.api_key(of=acme, rights=tuple(Right))
    client = Client(headers={"X-Api-Key": key})
    body = {"title": "Feed", "kind": "volume", "metric": "nps", "condition": {"side": "below"}}
    at = "/api/v1/alert-rules/"

    made = client.post(at, body, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["words"].endswith("fewer answers a day than usual")
    wrong = {**body, "condition": {"side": "below", "target": 4}}
    assert client.post(at, wrong, content_type="application/json").status_code == 422
