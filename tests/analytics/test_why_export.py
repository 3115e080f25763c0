"""The groups of an explained change as a file."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from tests import make
from tests.analytics.page_reading import signed_in
from tests.analytics.reading import load_scores

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
BEFORE = 100
"""Days ago: within the 13 weeks before the last 13."""


def export_url(tenant: Tenant, query: str = "", key: str = "nps") -> str:
    return f"/t/{tenant.slug}/metrics/{key}/why/export.csv{query}"


def read(client: Client, url: str) -> tuple[dict[str, list[str]], list[dict[str, str]]]:
    """Give what the file says about itself, by its first cell, and its table."""
    answer = client.get(url)
    assert answer.status_code == 200
    lines = list(csv.reader(answer.content.decode().splitlines()))
    about: dict[str, list[str]] = {}
    for line in lines:
        if line[0].startswith("# "):
            about.setdefault(line[0][2:], []).append(line[1])
    heads, *rows = [line for line in lines if not line[0].startswith("# ")] or [[]]
    return about, [dict(zip(heads, row, strict=True)) for row in rows]


@pytest.fixture
def shifted(db: None) -> Tenant:
    """Web stands at 60 and app at -20 in both periods; app grows from a fifth to three fifths."""
    tenant = make.tenant()
    load_scores({10: 112, 8: 32, 0: 16}, of=tenant, channel="web", day=BEFORE)
    load_scores({10: 12, 8: 8, 0: 20}, of=tenant, channel="app", day=BEFORE)
    load_scores({10: 56, 8: 16, 0: 8}, of=tenant, channel="web")
    load_scores({10: 36, 8: 24, 0: 60}, of=tenant, channel="app")
    return tenant


def test_the_file_has_the_groups_whose_parts_add_up(client: Client, shifted: Tenant) -> None:
    about, rows = read(signed_in(client, shifted), export_url(shifted, "?by=channel"))

    by_key = {row["channel"]: row for row in rows}
    app, web = by_key["app"], by_key["web"]
    assert sum(float(row["part of the change"]) for row in rows) == pytest.approx(-32)
    assert sum(float(row["by its answers"]) for row in rows) == pytest.approx(0)
    assert float(app["percent of answers before"]) == 20
    assert float(app["percent of answers now"]) == 60
    assert (app["n before"], app["n now"]) == ("40", "120")
    assert (web["n before"], web["n now"]) == ("160", "80")
    assert (float(app["value before"]), float(web["value now"])) == (-20, 60)
    assert about["metric"] == ["Net Promoter Score"]
    assert about["in words"][0].startswith("−32.0 in all: −32.0 because more of the answers")
    assert about["compared to (inclusive)"] < about["from"]


def test_where_nothing_can_be_told_the_file_says_why(client: Client, shifted: Tenant) -> None:
    about, rows = read(signed_in(client, shifted), export_url(shifted, "?compare=none"))

    assert rows == []
    assert about["reason"] == [
        "Choose a period with a first and a last day, and something to compare it with."
    ]


def test_taking_the_file_is_written_down(client: Client, shifted: Tenant) -> None:
    signed_in(client, shifted).get(export_url(shifted))

    with tenant_bound(shifted.pk):
        entry = AuditEntry.objects.for_tenant(shifted).get(action="figures-exported")
    assert entry.changes["table"] == "why"


def test_strangers_and_unknown_metrics_find_nothing(client: Client, shifted: Tenant) -> None:
    signed_in(client, make.tenant(name="Other"))

    assert client.get(export_url(shifted)).status_code == 404
    assert signed_in(client, shifted).get(export_url(shifted, key="nothing")).status_code == 404
