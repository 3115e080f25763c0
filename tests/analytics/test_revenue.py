"""Monthly revenue by contracts: bridges that add up, and rows that are the numbers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.rules.churn_moves import Move
from analytics.rules.revenue_bridge import revenue_month
from analytics.rules.revenue_moves import Paid, RevenueMonth, RevenueMove, read_revenue_month
from analytics.selectors.churn import spans_behind
from analytics.selectors.revenue import holders_behind
from cxm.customers.models import Contract
from cxm.customers.services.contracts import remove_contract
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.analytics.churning import definition, result_of
from tests.analytics.contracting import row, take_in

if TYPE_CHECKING:
    from typing import Any

    from analytics.models import ChurnDefinition
    from analytics.rules.churn_shapes import Contracts
    from cxm.tenants.models import Tenant

FIRST = date(2026, 1, 1)


def revenue_of(found: ChurnDefinition) -> Contracts:
    """Count, and give what contracts tell."""
    contracts = result_of(found).contracts
    assert contracts is not None
    return contracts


def by_contract(of: Tenant) -> ChurnDefinition:
    return definition("contract", of=of, grace_days=0)


def bridge(month: RevenueMonth) -> dict[str, str]:
    """Give the numbers of a bridge that are not 0."""
    return {move.value: str(month.amount(move)) for move in RevenueMove if month.amount(move)}


def amount(value: str) -> dict[str, str]:
    return {"amount_per_month": value}


# Golden: specification of metrics, 7.2: GRR 95.0, NRR 103.0, gross revenue churn 5.0.
def test_the_golden_bridge_gives_its_retention() -> None:
    paid = [
        (Paid(Decimal(4_000), Decimal(0), is_known=True), 1),
        (Paid(Decimal(6_000), Decimal(5_000), is_known=True), 1),
        (Paid(Decimal(80_000), Decimal(88_000), is_known=True), 1),
        (Paid(Decimal(5_000), Decimal(5_000), is_known=True), 2),
        (Paid(Decimal(0), Decimal(3_000), is_known=False), 1),
        (Paid(Decimal(0), Decimal(2_000), is_known=True), 1),
    ]

    month = revenue_month("2026-03-01", "EUR", paid, is_over=True)

    assert bridge(month) == {
        "opening": "100000.00",
        "churned": "4000.00",
        "contraction": "1000.00",
        "expansion": "8000.00",
        "new": "3000.00",
        "back": "2000.00",
        "closing": "108000.00",
    }
    assert (month.gross, month.net) == (95.0, 103.0)
    assert read_revenue_month(month.as_json()) == month


@pytest.mark.django_db
def test_each_movement_stands_in_its_month_and_currency() -> None:
    acme = make.tenant()
    take_in(
        row("stays", "2025-12-15", **amount("100.10")),
        row("grows", "2025-12-01", "2026-02-10", **amount("50")),
        row("grows", "2026-02-11", **amount("80.05")),
        row("shrinks", "2025-12-01", "2026-02-14", **amount("70")),
        row("shrinks", "2026-02-15", **amount("20")),
        row("leaves", "2025-12-01", "2026-01-31", **amount("10")),
        row("leaves", "2026-04-01", **amount("12")),
        row("comes", "2026-02-28", **amount("5")),
        row("francs", "2026-02-01", currency="CHF", **amount("999")),
        row("free", "2026-01-01", **amount("0")),
        of=acme,
    )

    contracts = revenue_of(by_contract(acme))

    months = {(one.day, one.currency): one for one in contracts.revenue}
    assert contracts.currencies == ["EUR", "CHF"]
    assert bridge(months["2026-02-01", "CHF"]) == {"new": "999.00", "closing": "999.00"}
    assert bridge(months["2026-02-01", "EUR"]) == {
        "opening": "230.10",
        "churned": "10.00",
        "contraction": "50.00",
        "expansion": "30.05",
        "new": "5.00",
        "closing": "205.15",
    }
    assert bridge(months["2026-04-01", "EUR"])["back"] == "12.00"
    assert months["2026-02-01", "EUR"].holders["opening"] == 4


@pytest.mark.django_db
def test_corrected_and_removed_contracts_change_the_bridge() -> None:
    acme = make.tenant()
    wrong, extra = row("ana", "2026-01-10"), row("ana", "2026-01-10")
    take_in(wrong, extra, of=acme)
    found = by_contract(acme)
    before = revenue_of(found).revenue[0]

    ann = make.member(of=acme)
    take_in({**wrong, **amount("30")}, of=acme)
    with tenant_bound(acme.pk):
        rows = Contract.objects.for_tenant(acme).select_related("tenant")
        remove_contract(contract=rows.get(external_id=extra["external_id"]), by=ann)
    after = revenue_of(found).revenue[0]

    assert (bridge(before)["closing"], bridge(after)["closing"]) == ("200.00", "30.00")


SENT = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 300),
        st.none() | st.integers(0, 120),
        st.decimals(0, 1_000, places=2),
        st.sampled_from(["EUR", "CHF"]),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.django_db
@pytest.mark.slow
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sent=SENT)
def test_every_number_of_every_month_is_the_sum_of_its_rows(
    sent: list[tuple[int, int, int | None, Decimal, str]],
) -> None:
    acme = make.tenant()
    rows = [
        row(
            f"customer {who}",
            str(FIRST + timedelta(start)),
            "" if length is None else str(FIRST + timedelta(start + length)),
            currency=currency,
            **amount(str(paid)),
        )
        for who, start, length, paid, currency in sent
    ]
    take_in(*rows, of=acme)
    found = by_contract(acme)

    result = result_of(found)
    contracts, reasons = result.contracts, result.reasons
    assert contracts is not None
    assert reasons is not None

    before: dict[str, Decimal] = {}
    for month in contracts.revenue:
        told = {move: month.amount(move) for move in RevenueMove}
        moved = told[RevenueMove.EXPANSION] + told[RevenueMove.NEW] + told[RevenueMove.BACK]
        lost = told[RevenueMove.CHURNED] + told[RevenueMove.CONTRACTION]
        assert told[RevenueMove.OPENING] - lost + moved == told[RevenueMove.CLOSING]
        assert told[RevenueMove.OPENING] == before.get(month.currency, told[RevenueMove.OPENING])
        before[month.currency] = told[RevenueMove.CLOSING]
        _assert_rows(found, month)
        assert told[RevenueMove.CLOSING] == _by_hand(rows, month)
    with tenant_bound(acme.pk):
        left = spans_behind(found, Move.LEFT, None, make.NOW)
        counts = {one.title: left.filter(reason=one.title).count() for one in reasons.told}
    assert counts == {one.title: one.n for one in reasons.told}


def _assert_rows(found: ChurnDefinition, month: RevenueMonth) -> None:
    for move in RevenueMove:
        with tenant_bound(found.tenant_id):
            holders = holders_behind(found, month, move, make.NOW)
        assert sum((one.amount for one in holders), Decimal(0)) == month.amount(move)
        assert len(holders) == month.count(move)


def _by_hand(rows: list[dict[str, Any]], month: RevenueMonth) -> Decimal:
    """Add up what runs on the last day of a month, straight from what was sent."""
    first = date.fromisoformat(month.day)
    following = (first + timedelta(31)).replace(day=1)
    last = str(following - timedelta(1) if month.is_over else make.NOW.date())
    return sum(
        (
            Decimal(one["amount_per_month"])
            for one in rows
            if one["currency"] == month.currency
            and one["started_on"] <= last
            and (not one["ended_on"] or one["ended_on"] >= last)
        ),
        Decimal(0),
    )
