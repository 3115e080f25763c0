"""Three definitions of churn on one company's real files: each finds its own count."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.loading_events import load_events
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.analytics.churning import counted, definition, result_of
from tests.analytics.contracting import take_in
from tests.feedback.survey_files import shared_file

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LAST_DAY = "2024-12-31"


def lines(name: str) -> list[dict[str, str]]:
    with shared_file(f"ravenstack_iso/ravenstack_{name}.csv").open() as file:
        return list(csv.DictReader(file))


def event(name: str, who: str, day: str, hour: int) -> EventRecord:
    at = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)
    refs = (Ref.folded("external", who),)
    return EventRecord(Call.TRACK, 0, f"{name} {who} {at}", at, refs, name=name)


def load(of: Tenant, records: list[EventRecord]) -> None:
    with tenant_bound(of.pk):
        load_events(tenant=of, source="crm", records=records, now=make.NOW)


def contract(line: dict[str, str]) -> dict[str, Any]:
    return {
        "external_id": line["subscription_id"],
        "customer": line["account_id"],
        "plan": line["plan_tier"],
        "started_on": line["start_date"],
        "ended_on": line["end_date"],
        "amount_per_month": line["mrr_amount"],
        "currency": "USD",
    }


def test_flag_event_and_ended_contract_give_the_counts_of_the_answer_key() -> None:
    key = json.loads(shared_file("answer_keys.json").read_text())["ravenstack"]
    acme, accounts = make.tenant(), lines("accounts")
    ends = {(one["account_id"], one["churn_date"]) for one in lines("churn_events")}
    load(acme, [event("signed up", one["account_id"], one["signup_date"], 0) for one in accounts])
    load(acme, [event("churned", who, day, 12) for who, day in sorted(ends)])
    # A flag has no day of its own: it holds on the day of the file.
    flagged = [one["account_id"] for one in accounts if one["churn_flag"] == "True"]
    load(acme, [event("flagged", who, LAST_DAY, 23) for who in flagged])
    rows = list(map(contract, lines("subscriptions")))
    taken = take_in(*rows, of=acme)

    starts = {"starts": ["signed up"], "grace_days": 0}
    by_flag = definition("event", of=acme, title="Flag", ends=["flagged"], **starts)
    by_event = definition("event", of=acme, title="Event", ends=["churned"], **starts)
    by_contract = definition("contract", of=acme, title="Contract", grace_days=0)

    assert (len(accounts), taken.made, taken.refused) == (key["accounts"], 5_000, ())
    assert counted(by_flag).gone == key["churn_flag_accounts"]
    assert counted(by_event).gone == key["accounts_with_churn_event"]
    contracts = result_of(by_contract).contracts
    assert contracts is not None
    assert (contracts.begun, contracts.ended) == (5_000, key["subs_ended"])
    assert take_in(*rows, of=acme).same == 5_000
