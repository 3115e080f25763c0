"""The dry run of touchpoint rules over the last events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.customers.models import Interaction
from cxm.customers.selectors import touchpoint_rules
from cxm.customers.selectors.touchpoint_rules import Trial, rule_trial
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.rules.matching import RuleSet
from cxm.touchpoints.selectors import match_rule, read_rules
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    made = make.tenant()
    with tenant_bound(made.pk):
        yield made


def _samples(trial: Trial) -> list[tuple[str, str, str, bool]]:
    return [(one.event.name, one.before, one.after, one.is_named) for one in trial.samples]


def test_a_dry_run_says_what_would_become_of_the_last_events(tenant: Tenant) -> None:
    pay = make.touchpoint(of=tenant, title="Pay")
    make.touchpoint(of=tenant, key="named", title="Named")
    make.events("order_paid", "opened", of=tenant)
    make.events("order_paid", of=tenant, touchpoint="named")
    rule, idle = make.rule(to=pay), make.rule("never", to=pay)
    make.events("order_paid", of=tenant)

    trial = rule_trial(tenant, read_rules(tenant))

    assert (trial.looked_at, trial.changed, trial.unplaced, trial.named) == (4, 1, 1, 1)
    assert trial.taken == {rule.pk: 2, idle.pk: 0}
    assert _samples(trial) == [
        ("order_paid", "", "Pay", False),
        ("order_paid", "Pay", "Pay", False),
        ("order_paid", "Named", "Named", True),
        ("opened", "", "", False),
    ]


def test_a_dry_run_changes_nothing(tenant: Tenant) -> None:
    make.events("order_paid", of=tenant)
    make.rule(to=make.touchpoint(of=tenant))
    before = list(Interaction.objects.for_tenant(tenant).values())

    rule_trial(tenant, read_rules(tenant))

    assert list(Interaction.objects.for_tenant(tenant).values()) == before


def test_a_dry_run_looks_at_the_last_events_alone(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(touchpoint_rules, "TRIED_EVENTS", 3)
    monkeypatch.setattr(touchpoint_rules, "SAMPLES", 2)
    make.events("a", "b", "c", "d", of=tenant)
    make.events("note", of=tenant, kind="note")

    trial = rule_trial(tenant, RuleSet([]))

    assert (trial.looked_at, trial.unplaced) == (3, 3)
    assert [one.event.name for one in trial.samples] == ["d", "c"]


def test_the_samples_of_one_rule_are_what_it_takes_or_loses(tenant: Tenant) -> None:
    old = make.touchpoint(of=tenant, title="Old")
    rule = make.rule("order_paid", to=old)
    make.events("order_paid", "opened", "lost", of=tenant)
    row = type(rule).objects.for_tenant(tenant).select_related("touchpoint").get(pk=rule.pk)
    row.event_name = "opened"
    draft = match_rule(row)

    trial = rule_trial(tenant, RuleSet([draft]), only=draft)

    assert _samples(trial) == [("opened", "", "Old", False), ("order_paid", "Old", "", False)]
