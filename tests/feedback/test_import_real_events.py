"""Real files of orders, accounts and cases from the shell: the counts of the independent keys."""

from __future__ import annotations

import csv
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command

from cxm.customers.models import Company, CompanyMember, Customer, Identity, Interaction
from cxm.tenants.binding import tenant_bound
from feedback.models import Rating, Response
from tests import make
from tests.feedback.survey_files import MAPPINGS, shared_file

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("media"),
    pytest.mark.slow,
    pytest.mark.data,
]

OLIST = "olist_b/olist_{}_dataset.csv"
SAAS = "ravenstack_iso/ravenstack_{}.csv"
PERMITS = "eventlogs/receipt.csv"


@pytest.fixture
def keys() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shared_file("answer_keys.json").read_text())
    return found


def table(name: str) -> list[dict[str, str]]:
    with shared_file(name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def imported(
    tenant: Tenant, file: str, mapping: str, capsys: pytest.CaptureFixture[str]
) -> dict[str, Any]:
    """Load a real file, and give what the command prints."""
    path, by = str(shared_file(file)), str(MAPPINGS / f"{mapping}.json")
    call_command("import_feedback", path, "--tenant", tenant.slug, "--mapping", by, "--json")
    report: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return report


def by_name(tenant: Tenant, **where: Any) -> Counter[str]:
    """Count interactions by name."""
    with tenant_bound(tenant.pk):
        rows = Interaction.objects.for_tenant(tenant).filter(**where)
        return Counter(rows.values_list("name", flat=True))


def test_the_marketplaces_orders_and_reviews_are_whole_timelines(
    keys: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    tenant, key = make.tenant(time_zone="America/Sao_Paulo"), keys["olist_b"]

    people = imported(tenant, OLIST.format("customers"), "olist_b_customers", capsys)
    orders = imported(tenant, OLIST.format("orders"), "olist_b_orders", capsys)
    reviews = imported(tenant, OLIST.format("order_reviews"), "olist_b", capsys)

    steps = key["steps_reached"]
    assert (people["loaded"], orders["loaded"], reviews["loaded"]) == (
        key["orders"],
        key["orders"],
        key["reviews"],
    )
    assert orders["events"] == {
        "order placed": steps["order_purchase_timestamp"],
        "order approved": steps["order_approved_at"],
        "order shipped": steps["order_delivered_carrier_date"],
        "order delivered": steps["order_delivered_customer_date"],
    }
    assert orders["flagged"] == {
        "order shipped before order approved": key["negative_step_pairs"][
            "carrier_before_approved"
        ],
        "order delivered before order shipped": key["negative_step_pairs"][
            "delivered_before_carrier"
        ],
    }
    assert (people["refused"], orders["refused"], reviews["refused"]) == ({}, {}, {})
    counted = by_name(tenant, kind="order_step")
    assert counted == Counter(orders["events"])
    with tenant_bound(tenant.pk):
        assert Customer.objects.for_tenant(tenant).count() == key["customers_unique"]
        answers = Interaction.objects.for_tenant(tenant).filter(kind="response")
        assert answers.filter(customer=None).count() == 0
        placed = Interaction.objects.for_tenant(tenant).filter(name="order placed")
        persons = dict(placed.values_list("thread_key", "customer"))
        responses = Response.objects.for_tenant(tenant).values_list("answers", "customer")
        reviewed = [persons[said["order_id"]] == person for said, person in responses]
    assert (len(persons), all(reviewed), len(reviewed)) == (key["orders"], True, key["reviews"])


def test_sent_twice_the_marketplace_is_unchanged(capsys: pytest.CaptureFixture[str]) -> None:
    tenant = make.tenant()
    files = [
        (OLIST.format("customers"), "olist_b_customers"),
        (OLIST.format("orders"), "olist_b_orders"),
    ]
    first = [imported(tenant, file, mapping, capsys)["loaded"] for file, mapping in files]
    steps = by_name(tenant)

    again = [imported(tenant, file, mapping, capsys) for file, mapping in files]

    assert [(one["loaded"], one["unchanged"]) for one in again] == [(0, n) for n in first]
    assert by_name(tenant) == steps


def test_the_accounts_have_subscriptions_usage_tickets_and_scores(
    keys: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    tenant, key = make.tenant(), keys["ravenstack"]
    subscriptions = table(SAAS.format("subscriptions"))
    tickets, usage = table(SAAS.format("support_tickets")), table(SAAS.format("feature_usage"))

    reports = {
        name: imported(tenant, SAAS.format(file), f"ravenstack_{name}", capsys)
        for name, file in (
            ("accounts", "accounts"),
            ("subscriptions", "subscriptions"),
            ("usage", "feature_usage"),
            ("tickets", "support_tickets"),
            ("csat", "support_tickets"),
            ("churn", "churn_events"),
        )
    }

    loaded = {name: (report["loaded"], report["refused"]) for name, report in reports.items()}
    assert loaded == {
        "accounts": (key["accounts"], {}),
        "subscriptions": (len(subscriptions), {}),
        "usage": (len(usage), {}),
        "tickets": (len(tickets), {}),
        "csat": (len(tickets), {}),
        "churn": (key["churn_events"], {}),
    }
    assert reports["subscriptions"]["events"] == {
        "subscription started": len(subscriptions),
        "subscription ended": key["subs_ended"],
    }
    assert reports["usage"]["events"] == Counter(row["feature_name"] for row in usage)
    assert reports["csat"]["ratings"] == {"csat_5": key["tickets_csat"]["n"]}
    churned = {row["account_id"] for row in table(SAAS.format("churn_events"))}
    with tenant_bound(tenant.pk):
        people = Customer.objects.for_tenant(tenant)
        companies = Company.objects.for_tenant(tenant)
        members = CompanyMember.objects.for_tenant(tenant)
        assert people.count() == companies.count() == members.count() == key["accounts"]
        flagged = companies.filter(**{"attributes__has churned": True}).count()
        facts = Interaction.objects.for_tenant(tenant)
        assert facts.filter(customer=None).count() == key["orphan_tickets"] == 0
        left = facts.filter(name="churned")
        returned = left.filter(**{"props__is reactivation": True}).count()
        assert left.values("customer").distinct().count() == len(churned)
        values = [*Rating.objects.for_tenant(tenant).values_list("value", flat=True)]
    assert (flagged, returned, len(churned)) == (
        key["churn_flag_accounts"],
        key["reactivations"],
        key["accounts_with_churn_event"],
    )
    assert round(sum(values) / len(values), 4) == key["tickets_csat"]["mean"]


def test_each_account_has_the_usage_of_its_own_subscriptions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tenant = make.tenant()
    owners = {
        row["subscription_id"]: row["account_id"] for row in table(SAAS.format("subscriptions"))
    }
    expected = Counter(
        owners[row["subscription_id"]] for row in table(SAAS.format("feature_usage"))
    )

    imported(tenant, SAAS.format("subscriptions"), "ravenstack_subscriptions", capsys)
    imported(tenant, SAAS.format("feature_usage"), "ravenstack_usage", capsys)

    with tenant_bound(tenant.pk):
        rows = Interaction.objects.for_tenant(tenant).filter(kind="event")
        identities = Identity.objects.for_tenant(tenant).filter(namespace="saas")
        accounts = dict(identities.values_list("customer", "value"))
        found = Counter(accounts[pk] for pk in rows.values_list("customer", flat=True))
        of_company = Counter(rows.values_list("company__external_id", flat=True))
    assert found == of_company == expected


def test_repeated_usage_ids_are_refused_with_their_reason_where_the_id_counts(
    keys: dict[str, Any], tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    tenant = make.tenant()
    plain = json.loads((MAPPINGS / "ravenstack_usage.json").read_text()) | {"row_id": ["usage_id"]}
    by = tmp_path / "by_id.json"
    by.write_text(json.dumps(plain))
    path = str(shared_file(SAAS.format("feature_usage")))

    call_command("import_feedback", path, "--tenant", tenant.slug, "--mapping", str(by), "--json")

    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert report["refused"] == {"conflict": keys["ravenstack"]["dup_usage_id"]}
    assert report["loaded"] + keys["ravenstack"]["dup_usage_id"] == report["rows_read"]


def test_the_permits_have_all_their_cases_and_events(capsys: pytest.CaptureFixture[str]) -> None:
    tenant = make.tenant(time_zone="Europe/Amsterdam")
    raw = table(PERMITS)

    report = imported(tenant, PERMITS, "receipt", capsys)

    assert (report["loaded"], report["refused"]) == (8_577, {})
    assert by_name(tenant) == Counter(row["concept:name"] for row in raw)
    with tenant_bound(tenant.pk):
        facts = Interaction.objects.for_tenant(tenant)
        assert facts.values("customer").distinct().count() == 1_434
        assert Counter(facts.values_list("thread_key", flat=True)) == Counter(
            row["case:concept:name"] for row in raw
        )
        assert Counter(facts.values_list("channel__title", flat=True))["Internet"] == 7_478
        assert not facts.filter(is_zone_assumed=True).exists()
