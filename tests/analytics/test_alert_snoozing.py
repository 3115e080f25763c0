"""Alerts with an owner, and alerts that wait: for their day, or until the level is surely worse."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from analytics.errors import AlertOwnerError
from analytics.models import Alert
from analytics.rules.alert_states import AlertState, SnoozeError, is_worse, snooze_until
from analytics.selectors.alerts import alerts_of, state_counts
from analytics.services.alert_waking import snooze_alert, wake_alert, wake_due
from analytics.services.alerts import acknowledge_alert, assign_alert, close_alert
from cxm.collaboration.models import Notice
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from tests import make
from tests.analytics.alerting import LONG_AGO, alerts, answers, rule, watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cxm.tenants.models import Membership, Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
MIXED = [*[0] * 30, *[10] * 10]
TODAY = make.NOW.date()


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


@pytest.fixture
def ann(acme: Tenant) -> Membership:
    return make.member(of=acme, role=Role.ANALYST)


def rang(of: Tenant, *, to: Any = ()) -> Alert:
    """An alert about an NPS of -50, from forty answers."""
    rule(of=of, to=to, now=LONG_AGO)
    answers(MIXED, of=of, day=1)
    watch(of)
    return alerts(of)[-1]


def snooze(alert: Alert, by: Membership, *, reason: str = "Being mended.", **when: Any) -> bool:
    with tenant_bound(alert.tenant_id):
        return snooze_alert(
            alert=alert, reason=reason, by=by, now=make.NOW, **(when or {"days": 7})
        )


def wake(tenant: Tenant, now: datetime) -> int:
    with tenant_bound(tenant.pk):
        return wake_due(tenant=tenant, now=now)


def notices(of: Membership, kind: str) -> int:
    with tenant_bound(of.tenant_id):
        return Notice.objects.for_tenant(of.tenant_id).filter(member=of, kind=kind).count()


def audits(of: Tenant, action: str) -> int:
    with tenant_bound(of.pk):
        return AuditEntry.objects.for_tenant(of).filter(action=action).count()


def posted(member: Membership, path: str, **data: object) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.post(f"/t/{member.tenant.slug}/alerts/{path}", data)


def test_an_alert_goes_through_all_its_states_and_each_is_counted(ann: Membership) -> None:
    acme = ann.tenant
    alert, seen = rang(acme), []
    steps: list[Callable[[], bool]] = [
        lambda: True,
        lambda: snooze(alert, ann),
        lambda: wake_alert(alert=alerts(acme)[0], by=ann, now=make.NOW),
        lambda: snooze(alert, ann),
        lambda: acknowledge_alert(alert=alert, by=ann, now=make.NOW),
        lambda: close_alert(alert=alert, by=ann, now=make.NOW),
    ]
    for step in steps:
        with tenant_bound(acme.pk):
            assert step()
            seen.append(alerts(acme)[0].state)
            assert state_counts(acme) == {AlertState(seen[-1]): 1}
            assert alerts_of(acme, state=AlertState(seen[-1])).count() == 1

    assert seen == ["open", "snoozed", "open", "snoozed", "acknowledged", "closed"]


def test_a_snooze_sent_twice_counts_once_and_another_day_counts_again(ann: Membership) -> None:
    alert = rang(ann.tenant)

    assert [snooze(alert, ann), snooze(alert, ann), snooze(alert, ann, days=8)] == [
        True,
        False,
        True,
    ]
    assert audits(ann.tenant, "alert-snoozed") == 2
    assert alerts(ann.tenant)[0].snoozed_until == TODAY + timedelta(days=8)


def test_what_somebody_has_taken_note_of_waits_for_nothing(ann: Membership) -> None:
    alert = rang(ann.tenant)
    with tenant_bound(ann.tenant_id):
        acknowledge_alert(alert=alert, by=ann, now=make.NOW)

    assert snooze(alert, ann) is False
    assert alerts(ann.tenant)[0].state == "acknowledged"
    with tenant_bound(ann.tenant_id):
        assert wake_alert(alert=alert, by=ann, now=make.NOW) is False


def test_its_day_wakes_it_once_and_reminds_owner_and_listeners(
    acme: Tenant, ann: Membership
) -> None:
    ben = make.member(of=acme, role=Role.ANALYST)
    alert = rang(acme, to=[ben])
    with tenant_bound(acme.pk):
        assign_alert(alert=alert, owner_id=ann.pk, by=ben, now=make.NOW)
    snooze(alert, ben, days=2)

    early = wake(acme, make.NOW + timedelta(days=1))
    due = [wake(acme, make.NOW + timedelta(days=2, hours=hour)) for hour in (0, 1)]

    assert (early, due) == (0, [1, 0])
    assert alerts(acme)[0].state == "open"
    assert [notices(one, "awake") for one in (ann, ben)] == [1, 1]


def test_a_level_that_is_surely_worse_wakes_it_and_one_that_is_not_lets_it_wait(
    ann: Membership,
) -> None:
    alert = rang(ann.tenant, to=[ann])
    snooze(alert, ann, days=30)

    answers(MIXED, of=ann.tenant)
    watch(ann.tenant)
    same = alerts(ann.tenant)[0].state
    answers([0] * 900, of=ann.tenant)
    watch(ann.tenant)
    watch(ann.tenant)

    assert (same, alerts(ann.tenant)[0].state) == ("snoozed", "open")
    assert notices(ann, "awake") == 1
    assert audits(ann.tenant, "alert-woken") == 1


def test_the_next_epoch_rings_for_itself_while_the_first_still_waits(ann: Membership) -> None:
    alert = rang(ann.tenant)
    snooze(alert, ann, days=90)
    january = make.NOW.replace(year=2027, month=1, day=20)
    make.load(
        *(
            make.record(0, answered_at=january - timedelta(days=1, minutes=place))
            for place in range(40)
        ),
        of=ann.tenant,
    )

    assert watch(ann.tenant, january) == 1
    assert [one.state for one in alerts(ann.tenant)] == ["snoozed", "open"]


def test_an_owner_is_told_once_and_not_of_what_they_did_themselves(ann: Membership) -> None:
    alert, ben = rang(ann.tenant), make.member(of=ann.tenant, role=Role.AGENT)
    with tenant_bound(ann.tenant_id):
        taken = [
            assign_alert(alert=alerts(ann.tenant)[0], owner_id=one, by=ann, now=make.NOW)
            for one in (ben.pk, ben.pk, ann.pk, None, None)
        ]

    assert taken == [True, False, True, True, False]
    assert [notices(one, "assigned") for one in (ben, ann)] == [1, 0]
    assert audits(ann.tenant, "alert-assigned") == 3
    assert alert.owner_id is None


def test_nobody_from_elsewhere_and_no_guest_owns_an_alert(ann: Membership) -> None:
    alert, tenant = rang(ann.tenant), ann.tenant
    outsider = make.member(of=make.tenant(), role=Role.ANALYST)
    guest = make.member(of=tenant, role=Role.GUEST)

    for one in (outsider, guest):
        with tenant_bound(tenant.pk), pytest.raises(AlertOwnerError):
            assign_alert(alert=alert, owner_id=one.pk, by=ann, now=make.NOW)


@pytest.mark.parametrize(
    ("when", "field"),
    [
        ({}, "until"),
        ({"until": TODAY + timedelta(days=1), "days": 1}, "until"),
        ({"until": TODAY}, "until"),
        ({"until": TODAY + timedelta(days=366)}, "until"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
    ],
    ids=["neither", "both", "today", "after a year", "no day", "over a year"],
)
def test_a_snooze_ends_tomorrow_or_later_within_a_year(when: dict[str, Any], field: str) -> None:
    told = {"until": None, "days": None, **when}

    with pytest.raises(SnoozeError) as refused:
        snooze_until(TODAY, **told)

    assert refused.value.field == field
    assert snooze_until(TODAY, until=None, days=365) == TODAY + timedelta(days=365)


@pytest.mark.parametrize(
    ("value", "low", "high", "worse"),
    [(-50.0, -80.0, -51.0, True), (-50.0, -80.0, -50.0, False), (-50.0, -40.0, 0.0, False)],
)
def test_worse_is_when_all_of_the_limits_lie_beyond(
    value: float, low: float, high: float, *, worse: bool
) -> None:
    below = {"value": -50.0, "target": 0.0}
    above = {"value": 50.0, "target": 0.0}

    assert is_worse(value, rang=below, found={"low": low, "high": high}) is worse
    assert is_worse(-value, rang=above, found={"low": -high, "high": -low}) is worse


def test_the_page_assigns_snoozes_and_wakes_and_says_what_is_wrong(ann: Membership) -> None:
    path = f"{rang(ann.tenant).pk}/"

    bad = posted(ann, f"{path}snooze/", days="until", until="2020-01-01", reason="Typed text")
    unsaid = posted(ann, f"{path}snooze/", days="7", reason="")
    nobody = posted(ann, f"{path}assign/", owner="x")
    posted(ann, f"{path}assign/", owner=str(ann.pk))
    posted(ann, f"{path}snooze/", days="7", reason="Being mended.")
    client = Client()
    client.force_login(ann.user)
    start = f"/t/{ann.tenant.slug}/alerts/"
    shown, waiting, still = (
        client.get(start + one).content.decode() for one in (path, "?show=snoozed", "")
    )
    posted(ann, f"{path}wake/")

    assert [one.status_code for one in (bad, unsaid, nobody)] == [422] * 3
    assert "from tomorrow on" in str(bad.context["snooze_form"].errors["until"])
    assert "Typed text" in bad.content.decode()
    assert "reason" in unsaid.context["snooze_form"].errors
    assert "Snoozed until 27 Nov 2026" in shown
    assert "“Being mended.”" in waiting
    assert f"{ann.user.get_full_name()} sees to it" in waiting
    assert "Being mended." not in still
    assert alerts(ann.tenant)[0].state == "open"


@pytest.mark.parametrize("deed", ["assign/", "snooze/", "wake/"])
def test_alerts_of_others_are_not_found(ann: Membership, deed: str) -> None:
    other = rang(make.tenant())

    assert posted(ann, f"{other.pk}/{deed}", days="7", reason="x").status_code == 404


def test_the_api_assigns_snoozes_and_wakes(client: Client, ann: Membership) -> None:
    alert = rang(ann.tenant)
    _, secret = make.api_key(of=ann.tenant)
    start = f"/api/v1/alerts/{alert.pk}/"
    headers = {"Authorization": f"Bearer {secret}"}

    def post(path: str, body: dict[str, object]) -> Any:
        return client.post(start + path, body, content_type="application/json", headers=headers)

    owned = post("assign/", {"owner": str(ann.pk)}).json()
    asleep = post("snooze/", {"until": "2026-12-01", "reason": "Known."}).json()
    listed = client.get("/api/v1/alerts/?state=snoozed", headers=headers).json()["results"]
    still = client.get("/api/v1/alerts/?open=true", headers=headers).json()["results"]
    refused = post("snooze/", {"days": 400, "reason": "Known."})
    stranger = post("assign/", {"owner": str(make.member(of=make.tenant()).pk)})
    awake = client.delete(f"{start}snooze/", headers=headers).json()

    assert (owned["owner"], owned["state"]) == (str(ann.pk), "open")
    assert (asleep["state"], asleep["snoozed_until"]) == ("snoozed", "2026-12-01")
    assert ([one["id"] for one in listed], still) == ([str(alert.pk)], [])
    assert (refused.status_code, stranger.status_code) == (422, 422)
    assert (awake["state"], awake["snoozed_until"]) == ("open", None)
    assert date.fromisoformat(asleep["rang_on"]) <= TODAY
