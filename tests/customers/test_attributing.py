"""Applying touchpoint rules to the past: exactly what a rule is for, and back again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from cxm.customers.models import EventName
from cxm.customers.services import attributing
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import Channel, Touchpoint
from cxm.touchpoints.services import change_rule, remove_rule
from cxm.work.models import Batch, BatchChange
from feedback.models import Rating
from tests import make
from tests.customers.applying import (
    a_mixed_past,
    apply_rules,
    everything,
    last_batch,
    places,
    undo_rules,
    unmatched,
)

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return make.tenant()


@pytest.fixture
def pay(tenant: Tenant) -> Touchpoint:
    return make.touchpoint(of=tenant, key="pay", title="Pay")


def test_events_that_came_before_get_the_touchpoint(tenant: Tenant, pay: Touchpoint) -> None:
    make.events("order_paid", "opened", of=tenant)
    rule = make.rule(to=pay)

    batch = apply_rules(tenant)

    assert places(tenant) == [
        ("order_paid", pay.pk, None, rule.pk),
        ("opened", None, None, None),
    ]
    assert batch.state == Batch.State.DONE
    assert batch.counts == {"looked_at": 2, "changed": 1}
    assert unmatched(tenant) == {("events:shop", "order_paid"): 0, ("events:shop", "opened"): 1}


def test_a_touchpoint_that_the_sender_named_stays(tenant: Tenant, pay: Touchpoint) -> None:
    other = make.touchpoint(of=tenant, key="other")
    make.events("order_paid", of=tenant, touchpoint="other")
    make.rule(to=pay)

    batch = apply_rules(tenant)

    assert places(tenant) == [("order_paid", other.pk, None, None)]
    assert batch.counts == {"looked_at": 0, "changed": 0}


def test_events_move_from_one_rule_to_another_and_to_none(tenant: Tenant, pay: Touchpoint) -> None:
    by = make.member(of=tenant)
    other = make.touchpoint(of=tenant)
    first, second = make.rule(to=pay), make.rule("opened", to=pay)
    make.events("order_paid", "opened", of=tenant)
    with tenant_bound(tenant.pk):
        change_rule(rule=first, by=by, touchpoint=other)
        change_rule(rule=second, by=by, is_enabled=False)

    apply_rules(tenant)

    assert places(tenant) == [
        ("order_paid", other.pk, None, first.pk),
        ("opened", None, None, None),
    ]
    assert unmatched(tenant)["events:shop", "opened"] == 1


def test_a_rule_that_nothing_comes_from_any_more_can_be_removed(
    tenant: Tenant, pay: Touchpoint
) -> None:
    by, rule = make.member(of=tenant), make.rule(to=pay)
    make.events("order_paid", of=tenant)
    with tenant_bound(tenant.pk):
        change_rule(rule=rule, by=by, is_enabled=False)
    batch = apply_rules(tenant)

    with tenant_bound(tenant.pk):
        remove_rule(rule=rule, by=by)
    undo_rules(batch)

    assert places(tenant) == [("order_paid", pay.pk, None, None)]


def test_only_the_days_asked_for_are_touched(tenant: Tenant, pay: Touchpoint) -> None:
    for day in (0, 1, 2, 3):
        make.events("order_paid", of=tenant, day=day)
    make.rule(to=pay)

    apply_rules(tenant, days=(2, 1))

    assert [place[1] for place in places(tenant)] == [None, pay.pk, pay.pk, None]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, None, "all events"),
        ("2026-11-01", None, "the days from 2026-11-01"),
        (None, "2026-11-01", "the days before 2026-11-01"),
        ("2026-11-01", "2026-11-03", "the days from 2026-11-01 to before 2026-11-03"),
    ],
)
def test_a_batch_says_which_days(
    tenant: Tenant, first: str | None, last: str | None, words: str
) -> None:
    with tenant_bound(tenant.pk):
        attributing.start_applying(
            tenant=tenant,
            start=date.fromisoformat(first) if first else None,
            end=date.fromisoformat(last) if last else None,
            by=None,
            now=make.NOW,
        )

    assert last_batch(tenant).title == f"Touchpoint rules applied to {words}"


def test_a_channel_that_is_neither_named_nor_given_stays(tenant: Tenant, pay: Touchpoint) -> None:
    """Such as one that a person chose, of a medium that has another channel first."""
    make.channel(of=tenant, key="first")
    second = make.channel(of=tenant, key="second")
    [event] = make.events("order_paid", of=tenant, channel="second")
    make.rule(to=pay, channel=make.channel(of=tenant))

    apply_rules(tenant)

    assert [place[2] for place in places(tenant)] == [second.pk]
    assert event.channel_id == second.pk


def test_counting_never_falls_below_nothing(tenant: Tenant, pay: Touchpoint) -> None:
    make.events("order_paid", "opened", of=tenant)
    with tenant_bound(tenant.pk):
        EventName.objects.for_tenant(tenant).filter(name="order_paid").update(unmatched=0)
        EventName.objects.for_tenant(tenant).filter(name="opened").delete()
    make.rule("", to=pay)

    apply_rules(tenant)

    assert unmatched(tenant) == {("events:shop", "order_paid"): 0}


def test_responses_notes_and_ratings_are_left_alone(tenant: Tenant, pay: Touchpoint) -> None:
    make.load(make.record(9, touchpoint="spot"), of=tenant)
    make.events("later", of=tenant, kind="note")
    with tenant_bound(tenant.pk):
        before = list(Rating.objects.for_tenant(tenant).values())
    make.rule("", to=pay)

    batch = apply_rules(tenant)

    with tenant_bound(tenant.pk):
        assert list(Rating.objects.for_tenant(tenant).values()) == before
    assert batch.counts["changed"] == 0


def test_added_late_a_rule_gives_what_it_would_have_given_from_the_start() -> None:
    def story(*, is_rule_first: bool) -> list[tuple[Any, ...]]:
        tenant = make.tenant()
        with tenant_bound(tenant.pk):
            web = Channel.objects.create(tenant=tenant, key="web", title="Web", medium="web")
            till = Channel.objects.create(tenant=tenant, key="till", title="Till", medium="store")
            rows = {web.pk: "web", till.pk: "till"}
            point = Touchpoint.objects.create(tenant=tenant, key="pay", title="Pay", channel=till)
        if is_rule_first:
            make.rule("order_*", to=point)
        make.events("order_paid", "opened", of=tenant, medium="web")
        make.events("order_sent", of=tenant, channel="web", props={"channel": "web"})
        make.events("order_lost", of=tenant)
        if not is_rule_first:
            make.rule("order_*", to=point)
            apply_rules(tenant)
        return [
            (name, touchpoint and "pay", rows.get(channel), bool(rule))
            for name, touchpoint, channel, rule in places(tenant)
        ]

    assert story(is_rule_first=False) == story(is_rule_first=True)
    assert story(is_rule_first=True) == [
        ("order_paid", "pay", "till", True),
        ("opened", None, "web", False),
        ("order_sent", "pay", "web", True),
        ("order_lost", "pay", "till", True),
    ]


@pytest.mark.parametrize("rows_a_step", [1, 2, 3, 5_000])
def test_undo_restores_everything_exactly(
    tenant: Tenant, pay: Touchpoint, monkeypatch: pytest.MonkeyPatch, rows_a_step: int
) -> None:
    monkeypatch.setattr(attributing, "ROWS_A_STEP", rows_a_step)
    a_mixed_past(tenant, pay)
    before = everything(tenant)

    batch = apply_rules(tenant)
    applied = everything(tenant)
    undone = undo_rules(batch)

    assert batch.counts == {"looked_at": 6, "changed": 5}
    assert applied != before
    assert everything(tenant) == before
    assert undone.state == Batch.State.UNDONE
    assert (undone.counts["put_back"], undone.counts["kept"]) == (5, 0)


def test_the_size_of_steps_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes, counts = [], []
    for rows_a_step in (1, 4, 5_000):
        monkeypatch.setattr(attributing, "ROWS_A_STEP", rows_a_step)
        tenant = make.tenant()
        a_mixed_past(tenant, make.touchpoint(of=tenant, key="pay"))
        apply_rules(tenant)
        outcomes.append([(p[0], bool(p[1]), bool(p[3])) for p in places(tenant)])
        counts.append(unmatched(tenant))

    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert counts[0] == counts[1] == counts[2]


def test_applying_twice_changes_nothing_the_second_time(tenant: Tenant, pay: Touchpoint) -> None:
    a_mixed_past(tenant, pay)
    apply_rules(tenant)
    once = everything(tenant)

    again = apply_rules(tenant)

    assert everything(tenant) == once
    assert again.counts == {"looked_at": 6, "changed": 0}


def test_undo_leaves_what_was_changed_again_since(tenant: Tenant, pay: Touchpoint) -> None:
    by = make.member(of=tenant)
    make.events("order_paid", "opened", of=tenant)
    make.rule(to=pay)
    second = make.rule("opened", to=pay)
    first_time = apply_rules(tenant)
    other = make.touchpoint(of=tenant)
    with tenant_bound(tenant.pk):
        change_rule(rule=second, by=by, touchpoint=other)
    apply_rules(tenant)

    undone = undo_rules(first_time)

    assert [place[1] for place in places(tenant)] == [None, other.pk]
    with tenant_bound(tenant.pk):
        counts = Batch.objects.for_tenant(tenant).get(pk=first_time.pk).counts
    assert (counts["put_back"], counts["kept"]) == (1, 1)
    assert unmatched(tenant) == {("events:shop", "order_paid"): 1, ("events:shop", "opened"): 0}
    assert undone.pk != first_time.pk


def test_names_that_are_counted_together_are_corrected_together(
    tenant: Tenant, pay: Touchpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventName, "MOST_NAMES", 1)
    make.events("opened", "rare_1", "rare_2", "other", of=tenant)
    counted = unmatched(tenant)
    make.rule("rare_*", to=pay)

    apply_rules(tenant)

    assert counted == {("events:shop", "opened"): 1, ("events:shop", ""): 3}
    assert unmatched(tenant) == {("events:shop", "opened"): 1, ("events:shop", ""): 1}


def test_a_chunk_keeps_its_history_in_one_row(tenant: Tenant, pay: Touchpoint) -> None:
    make.events(*["order_paid"] * 50, of=tenant)
    make.rule(to=pay)

    batch = apply_rules(tenant)

    with tenant_bound(tenant.pk):
        [kept] = BatchChange.objects.for_tenant(tenant).filter(batch=batch)
    [group] = kept.before or []
    assert len(group["ids"]) == 50


def test_another_tenant_is_not_touched(tenant: Tenant, pay: Touchpoint) -> None:
    other = make.tenant()
    make.events("order_paid", of=other)
    make.events("order_paid", of=tenant)
    make.rule(to=pay)
    before = everything(other)

    apply_rules(tenant)

    assert everything(other) == before
