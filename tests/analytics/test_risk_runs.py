"""Counting risks: what was known when, what is learned, kept and refused, and how it is kept."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from analytics.models import RiskRun, RiskScore
from analytics.rules.risk_inputs import INPUTS
from analytics.selectors.risk_rows import known_at
from analytics.services.churn_runs import count_churn
from cxm.customers.models import Contract, Customer, Interaction
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Tenant
from feedback.models import Rating, Response
from tests import make
from tests.analytics.churning import definition
from tests.analytics.contracting import take_in
from tests.analytics.purchasing import loaded
from tests.analytics.risking import CALLED, JOINED, LEFT, event, leavers, risk_of, run_of, story
from tests.feedback.survey_files import shared_file

if TYPE_CHECKING:
    from analytics.models import ChurnDefinition

pytestmark = pytest.mark.django_db
CUT = make.NOW - timedelta(days=90)


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


def began(tenant: Tenant, days: int) -> None:
    """Let the workspace have begun so many days before make.NOW."""
    at = make.NOW - timedelta(days=days)
    with tenant_bound(tenant.pk):
        Tenant.objects.filter(pk=tenant.pk).update(created_at=at)
        tenant.refresh_from_db()


def known(definition: ChurnDefinition, cut: datetime = CUT) -> list[dict[str, float]]:
    """Read what was known of everybody at *cut*; NaN is None."""
    with tenant_bound(definition.tenant_id):
        definition.tenant.refresh_from_db()
        found = known_at(definition, cut, settled=make.NOW, seed=1)
    keys = [one.key for one in INPUTS]
    return [dict(zip(keys, row, strict=True)) for row in found.values]


def test_contacts_and_silence_are_those_before_the_cut(acme: Tenant) -> None:
    told = [event(CALLED, "ana", ago, kind="call") for ago in (80, 95, 100, 130, 200)]
    loaded([event(JOINED, "ana", 300), *told, event("used", "ana", 97)], of=acme, now=make.NOW)

    [ana] = known(leavers(acme))

    assert (ana["contacts_30"], ana["contacts_90"], ana["uses_30"]) == (2, 1, 1)
    assert ana["days_silent"] == pytest.approx(5)
    assert ana["tenure"] == pytest.approx(210)
    assert np.isnan(ana["last_rating"])
    assert np.isnan(ana["low_ratings_90"])


def test_what_was_recorded_after_the_cut_is_not_known(acme: Tenant) -> None:
    calls = [event(CALLED, "ana", ago, kind="call") for ago in (95, 100)]
    loaded([event(JOINED, "ana", 300), *calls], of=acme, now=make.NOW)
    made = leavers(acme)
    with tenant_bound(acme.pk):
        rows = Interaction.objects.for_tenant(acme).filter(name=CALLED)
        early = rows.order_by("occurred_at")[0]
        rows.filter(pk=early.pk).update(received_at=early.occurred_at)

    as_history = known(made)
    began(acme, 200)
    live = known(made)

    # All of it happened before the workspace began; later only what was written down by then.
    assert as_history[0]["contacts_30"] == 2
    assert live[0]["contacts_30"] == 1
    assert live[0]["days_silent"] == pytest.approx(10)


def test_a_rating_counts_from_when_it_was_recorded(acme: Tenant) -> None:
    loaded([event(JOINED, "ana", 300)], of=acme, now=make.NOW)
    rated = make.rating(2, of=acme, day=100)
    made = leavers(acme)
    with tenant_bound(acme.pk):
        ana = Customer.objects.for_tenant(acme).get()
        Response.objects.for_tenant(acme).update(customer=ana)

    as_history = known(made)
    began(acme, 200)
    late = known(made)
    with tenant_bound(acme.pk):
        Rating.objects.for_tenant(acme).update(recorded_at=rated.answered_at)
    live = known(made)

    assert as_history[0]["last_rating"] == live[0]["last_rating"] == pytest.approx(0.2)
    assert as_history[0]["low_ratings_90"] == live[0]["low_ratings_90"] == 1
    assert live[0]["days_since_rating"] == pytest.approx(10)
    assert np.isnan(late[0]["last_rating"])


def contract(who: str, start: int, end: int | None, amount: str) -> dict[str, Any]:
    """One contract of *who*, from so many days before make.NOW."""
    today = make.NOW.date()
    return {
        "external_id": f"{who}-{start}",
        "customer": who,
        "plan": "Basic",
        "started_on": str(today - timedelta(days=start)),
        "ended_on": "" if end is None else str(today - timedelta(days=end)),
        "amount_per_month": amount,
        "currency": "EUR",
    }


def test_the_end_of_a_contract_counts_where_it_was_written_down(acme: Tenant) -> None:
    loaded([event(JOINED, "ana", 400)], of=acme, now=make.NOW)
    take_in(contract("ana", 400, 181, "20"), contract("ana", 180, 60, "30"), of=acme)
    made = definition("contract", of=acme, title="Contract", grace_days=0)
    run_of(made)
    with tenant_bound(acme.pk):
        count_churn(definition=made, now=make.NOW)

    unknown = known(made)
    with tenant_bound(acme.pk):
        Contract.objects.for_tenant(acme).update(changed_at=CUT)
    told = known(made)

    assert unknown[0]["amount"] == 30
    assert unknown[0]["price_change"] == pytest.approx(0.5)
    assert np.isnan(unknown[0]["days_to_end"])
    assert told[0]["days_to_end"] == 30


def test_a_planted_story_is_offered_with_its_reasons(acme: Tenant) -> None:
    story(600, of=acme)

    result = risk_of(leavers(acme))

    assert result.reason == ""
    assert [one.days for one in result.trials] == [30, 60, 90]
    calls = {one.key: one for one in result.weights}["contacts_30"]
    assert calls.odds_low > 1
    with tenant_bound(acme.pk):
        rows = RiskScore.objects.for_tenant(acme)
        assert rows.count() == result.people
        assert all(one.within_30 <= one.within_60 <= one.within_90 for one in rows)
        top = rows.order_by("-within_90", "pk")[0]
    assert top.reasons[0]["key"] == "contacts_30"
    assert top.reasons[0]["points"] > 5


def test_a_story_without_a_cause_is_refused(acme: Tenant) -> None:
    story(600, of=acme, anger=0.0)

    result = risk_of(leavers(acme))

    assert result.trials
    assert result.reason.startswith("It is not better than")
    with tenant_bound(acme.pk):
        assert not RiskScore.objects.for_tenant(acme).exists()


def test_one_run_a_day_is_kept_and_another_seed_of_data_is_another_hash(acme: Tenant) -> None:
    loaded([event(JOINED, "ana", 300), event(LEFT, "ana", 10)], of=acme, now=make.NOW)
    made = leavers(acme)
    for ago in (timedelta(days=95), timedelta(days=2), timedelta(hours=3), timedelta(0)):
        run_of(made, make.NOW - ago)

    with tenant_bound(acme.pk):
        runs = RiskRun.objects.for_tenant(acme).order_by("at")
        assert [one.at for one in runs] == [make.NOW - timedelta(days=2), make.NOW]
        assert {len(one.data_hash) for one in runs} == {64}
        assert runs[1].cut_at == CUT


def test_a_workspace_without_customers_is_refused(acme: Tenant) -> None:
    result = risk_of(leavers(acme))

    assert (result.people, result.rows) == (0, 0)
    assert "Too few losses to learn from: 0 before 22 Aug 2026" in result.reason


def test_chances_grow_in_the_database_too(acme: Tenant) -> None:
    loaded([event(JOINED, "ana", 300)], of=acme, now=make.NOW)
    run = run_of(leavers(acme))
    with tenant_bound(acme.pk):
        ana = Customer.objects.for_tenant(acme).get()
        chances = {"within_30": 0.5, "within_60": 0.4, "within_90": 0.6, "coverage": 1.0}
        broken = pytest.raises(IntegrityError, match="chances_grow")
        with broken, transaction.atomic():
            RiskScore.objects.create(
                tenant=acme,
                definition=run.definition,
                run=run,
                customer=ana,
                reasons=[],
                **chances,
            )


def _lines(name: str) -> list[dict[str, str]]:
    with shared_file(f"ravenstack_iso/ravenstack_{name}.csv").open() as file:
        return list(csv.DictReader(file))


def _told(name: str, who: str, day: str, *, kind: str = "event", key: str = "") -> EventRecord:
    at = datetime.fromisoformat(f"{day[:10]}T12:00:00+00:00")
    refs = (Ref("external", "", who),)
    key = key or f"{name} {who} {day}"
    return EventRecord(Call.TRACK, 0, key, at, refs, name=name, kind=kind)


@pytest.mark.slow
@pytest.mark.data
def test_ravenstack_is_trained_before_a_day_and_judged_after_it(acme: Tenant) -> None:
    signed = [_told(JOINED, one["account_id"], one["signup_date"]) for one in _lines("accounts")]
    ends = {(one["account_id"], one["churn_date"]) for one in _lines("churn_events")}
    tickets = [
        _told("ticket", one["account_id"], one["submitted_at"], kind="case", key=one["ticket_id"])
        for one in _lines("support_tickets")
    ]
    left = [_told(LEFT, *one) for one in sorted(ends)]
    loaded([*signed, *left, *tickets], of=acme, now=make.NOW)
    made = definition("event", of=acme, title="Churn", ends=[LEFT], starts=[], grace_days=0)
    end = datetime.fromisoformat("2025-01-01T00:00:00+00:00")
    with tenant_bound(acme.pk):
        count_churn(definition=made, now=end)

    result = risk_of(made, end)

    # Its churn is drawn by chance: a model that offered itself here would be wrong.
    assert result.cut_on == date(2024, 10, 3)
    assert result.trial is not None
    assert result.trial.lost >= 20
    assert result.reason
