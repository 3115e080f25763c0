"""What those who keep touchpoints, but may not see persons, learn from trying rules: no person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from cxm.customers.selectors.touchpoint_rules import Trial, shown_trial
from cxm.kernel.ids import new_id
from cxm.tenants.rules import Role
from tests import make
from tests.customers.applying import apply_rules

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
ONE, OTHER = new_id(), new_id()


@pytest.mark.parametrize(
    ("trial", "shown"),
    [
        pytest.param(
            Trial(100, unplaced=60, named=0, changed=40, taken={ONE: 40, OTHER: 0}),
            (100, 60, 0, 40, {ONE: 40, OTHER: 0}),
            id="nothing small",
        ),
        pytest.param(
            Trial(100, unplaced=60, named=9, changed=40, taken={ONE: 1, OTHER: 30}),
            (100, 60, None, None, {ONE: None, OTHER: 30}),
            id="the next smallest hides a small one",
        ),
        pytest.param(
            Trial(100, unplaced=99, named=0, changed=1, taken={ONE: 1}),
            (100, None, 0, None, {ONE: None}),
            id="the rest would give it away",
        ),
        pytest.param(
            Trial(100, unplaced=100, named=0, changed=3, taken={ONE: 0}),
            (100, 100, 0, None, {ONE: 0}),
            id="few would change",
        ),
        pytest.param(
            Trial(1, unplaced=0, named=0, changed=1, taken={ONE: 1}),
            (None, 0, 0, None, {ONE: None}),
            id="hardly any events",
        ),
    ],
)
def test_small_counts_are_hidden_with_what_gives_them_away(
    trial: Trial, shown: tuple[object, ...]
) -> None:
    veiled = shown_trial(trial, sees_persons=False)

    counts = (veiled.looked_at, veiled.unplaced, veiled.named, veiled.changed, veiled.taken)
    assert counts == shown
    assert veiled.samples == []


def test_who_sees_persons_sees_every_count() -> None:
    trial = Trial(3, unplaced=2, named=0, changed=1, taken={ONE: 1})

    shown = shown_trial(trial, sees_persons=True)

    assert (shown.unplaced, shown.changed, shown.taken) == (2, 1, {ONE: 1})


def _page(of: Tenant, role: Role, name: str, **sent: str) -> str:
    client = Client()
    client.force_login(make.member(of=of, role=role).user)
    url = reverse(name, args=[of.slug])
    answer = client.post(url, sent) if sent else client.get(url)
    return answer.content.decode()


def _feeling(point: object) -> dict[str, str]:
    """Ask in a draft for one e-mail address."""
    return {
        "touchpoint": str(point),
        "event_name": "order_paid",
        "deed": "try",
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
        "conditions-0-path": "email",
        "conditions-0-op": "eq",
        "conditions-0-value": "maya@lindt.example",
    }


@pytest.mark.parametrize(("role", "sees"), [(Role.CONTRIBUTOR, False), (Role.MANAGER, True)])
def test_a_draft_does_not_tell_a_contributor_who_did_it(*, role: Role, sees: bool) -> None:
    tenant = make.tenant()
    point = make.touchpoint(of=tenant, title="Pay")
    make.events("order_paid", of=tenant, props={"email": "maya@lindt.example"})
    make.events(*["order_paid"] * 9, of=tenant, props={"email": "other@x.example"})

    page = _page(tenant, role, "touchpoints:rule-add", **_feeling(point.pk))

    assert ("Hidden" in page, "Events of the dry run" in page) == (not sees, sees)


@pytest.mark.parametrize(("role", "sees"), [(Role.CONTRIBUTOR, False), (Role.MANAGER, True)])
def test_neither_the_dry_run_nor_the_past_tells_small_counts(*, role: Role, sees: bool) -> None:
    tenant = make.tenant()
    make.events("order_paid", *["opened"] * 9, of=tenant)
    make.rule(to=make.touchpoint(of=tenant))

    trial = _page(tenant, role, "customers:rule-trial")
    apply_rules(tenant)
    past = _page(tenant, role, "customers:rule-past")

    assert ["Hidden" in page for page in (trial, past)] == [not sees] * 2
    assert ("Events of the dry run" in trial) == sees
