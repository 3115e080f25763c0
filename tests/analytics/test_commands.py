"""show_metric, verify_rollups, rebuild_rollups."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from analytics.models import RatingDay, RollupCheck
from analytics.services.rollups import fold_ledger
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.analytics.reading import NPS_EXAMPLE, load_scores

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]


def run(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def shown(tenant: Tenant, *arguments: str, metric: str = "nps") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        run("show_metric", "--tenant", tenant.slug, "--metric", metric, "--json", *arguments)
    )
    return found


def test_show_metric_prints_everything_a_figure_carries() -> None:
    tenant = make.tenant(time_zone="Europe/Berlin")
    load_scores(NPS_EXAMPLE, of=tenant)

    [record] = shown(tenant)

    assert record.pop("value") == pytest.approx(50.9804, abs=5e-5)
    assert record.pop("ci_low") == pytest.approx(29.2949, abs=5e-5)
    assert record.pop("ci_high") == pytest.approx(67.0014, abs=5e-5)
    assert record.pop("definition").startswith("Percent who answer 9 or 10")
    assert record == {
        "metric": "nps",
        "group": None,
        "title": "Net Promoter Score",
        "n": 51,
        "n_eff": None,
        "method": "adjusted Wald",
        "unit": "",
        "definition_version": 1,
        "filter": "metric=nps",
        "period": {"from": None, "to": None, "start": None, "end": None},
        "time_zone": "Europe/Berlin",
        "as_of": "2026-11-20T12:00:00+00:00",
        "suppressed": None,
        "restated": False,
        "weighted": False,
        "rows": f"/t/{tenant.slug}/responses/?metric=nps",
        "histogram": {str(value): NPS_EXAMPLE.get(value, 0) for value in range(11)},
        "counts": {"promoters": 32, "passives": 13, "detractors": 6},
    }


def test_show_metric_takes_inclusive_days() -> None:
    tenant = make.tenant()
    make.load(make.record(10, day=0), make.record(0, day=1), make.record(0, day=2), of=tenant)

    [record] = shown(tenant, "--from", "2026-11-19", "--to", "2026-11-20")

    assert (record["n"], record["value"]) == (2, 0.0)
    assert record["period"] == {
        "from": "2026-11-19",
        "to": "2026-11-20",
        "start": "2026-11-19",
        "end": "2026-11-21",
    }


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("touchpoint", ["checkout", None]),
        ("channel", ["web", None]),
        ("survey", ["survey"]),
        ("week", ["2026-11-09", "2026-11-16"]),
        ("month", ["2026-11-01"]),
    ],
)
def test_show_metric_names_groups_by_key_or_first_day(by: str, groups: list[str | None]) -> None:
    tenant = make.tenant()
    make.load(
        make.record(10, touchpoint="checkout", channel="web"), make.record(0, day=7), of=tenant
    )

    assert [record["group"] for record in shown(tenant, "--by", by)] == groups


def test_show_metric_without_answers_says_null() -> None:
    [record] = shown(make.tenant(), metric="csat_5")

    assert (record["value"], record["n"], record["ci_low"]) == (None, 0, None)
    assert "counts" not in record


def test_show_metric_prints_a_table_for_people() -> None:
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant, touchpoint="checkout")

    table = run("show_metric", "--tenant", tenant.slug, "--metric", "nps", "--by", "touchpoint")

    assert table.splitlines()[-1].split() == [
        "checkout", "51.0", "29.3", "to", "67.0", "51", "adjusted", "Wald",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--metric", "nope"], "--metric: there is no metric “nope”. There are nps, nps_1_10,"),
        (["--metric", "nps", "--from", "x"], "--from: “x” is not a date such as 2026-11-21."),
        (
            ["--metric", "nps", "--from", "2026-02-01", "--to", "2026-01-01"],
            "--to: the period ends before it begins.",
        ),
        (["--metric", "nps", "--touchpoint", "x"], "There is no touchpoint “x”: it was left out."),
    ],
)
def test_show_metric_says_what_to_correct(arguments: list[str], words: str) -> None:
    tenant = make.tenant()

    with pytest.raises(CommandError) as caught:
        run("show_metric", "--tenant", tenant.slug, *arguments)

    assert str(caught.value).startswith(words)


@pytest.mark.parametrize("command", ["verify_rollups", "rebuild_rollups"])
def test_an_unknown_tenant_is_said(command: str) -> None:
    with pytest.raises(CommandError, match="--tenant: there is no tenant “nobody”"):
        run(command, "--tenant", "nobody")


def test_verify_rollups_finds_equal_day_rows() -> None:
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant)

    found = json.loads(run("verify_rollups", "--tenant", tenant.slug, "--json"))

    assert found == [{"tenant": tenant.slug, "rows": 51, "differences": 0, "details": []}]
    with tenant_bound(tenant.pk):
        assert RollupCheck.objects.for_tenant(tenant).get().rows == 51


def test_verify_rollups_fails_on_a_difference_and_rebuild_rollups_mends_it() -> None:
    tenant = make.tenant()
    load_scores({10: 5}, of=tenant)
    _spoil(tenant)

    with pytest.raises(CommandError, match=f"Day rows differ for {tenant.slug}") as caught:
        run("verify_rollups", "--tenant", tenant.slug)
    rebuilt = run("rebuild_rollups", "--tenant", tenant.slug)

    assert caught.value.returncode == 1
    assert rebuilt == f"{tenant.slug}: 1 day rows rebuilt.\n"
    assert "equal, 5 answers recounted" in run("verify_rollups", "--tenant", tenant.slug)


def _spoil(tenant: Tenant) -> None:
    with tenant_bound(tenant.pk):
        fold_ledger(tenant=tenant)
        RatingDay.objects.for_tenant(tenant).update(c10=4, c9=1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_verify_rollups_checks_all_tenants_with_the_owners_credentials() -> None:
    slugs = sorted(make.tenant().slug for _ in range(2))
    connection.close()

    found = json.loads(run("verify_rollups", "--json"))

    assert [record["tenant"] for record in found] == slugs
