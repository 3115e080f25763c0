"""Tables of figures as CSV."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import RIGHTS, Right, Role
from cxm.touchpoints.models import Touchpoint
from tests import make
from tests.analytics.reading import NPS_EXAMPLE, load_scores

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]


def export(
    client: Client, tenant: Tenant, query: str = "", role: Role = Role.ANALYST
) -> list[list[str]]:
    client.force_login(make.member(of=tenant, role=role).user)
    answer = client.get(f"/t/{tenant.slug}/metrics/nps/export.csv{query}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(answer.content.decode().splitlines()))


def test_a_file_says_what_it_is_about(client: Client) -> None:
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant)

    about = {line[0]: line[1] for line in export(client, tenant) if line[0].startswith("#")}

    assert about["# metric"] == "Net Promoter Score"
    assert (about["# from"], about["# to (inclusive)"]) == ("2026-08-24", "2026-11-22")
    assert (about["# answers"], about["# time zone"]) == ("51", "UTC")


def test_the_breakdown_holds_unrounded_figures(client: Client) -> None:
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant, touchpoint="checkout")

    *_, row = export(client, tenant)

    assert row[:2] == ["checkout", "Checkout"]
    assert [float(cell) for cell in row[2:5]] == pytest.approx(
        [50.9804, 29.2949, 67.0014], abs=5e-5
    )
    assert row[5] == "51"


def test_the_trend_has_a_line_a_week(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant)

    lines = export(client, tenant, "?table=trend&step=week")

    weeks = [line for line in lines if line[0].startswith("2026-")]
    assert [weeks[0][0], weeks[-1][0], len(weeks)] == ["2026-08-24", "2026-11-16", 13]
    assert (weeks[0][1], weeks[-1][1]) == ("", "100.0")


def test_the_distribution_counts_every_score(client: Client) -> None:
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant)

    lines = export(client, tenant, "?table=distribution")

    counts = {line[0]: line[1] for line in lines if line[0].isdecimal()}
    assert counts == {str(value): str(NPS_EXAMPLE.get(value, 0)) for value in range(11)}


def test_a_title_that_begins_a_formula_is_defused(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant, touchpoint="checkout")
    with tenant_bound(tenant.pk):
        Touchpoint.objects.for_tenant(tenant).update(title="=HYPERLINK(1)")

    *_, row = export(client, tenant)

    assert row[1] == "'=HYPERLINK(1)"


def test_a_hidden_cell_is_hidden_in_the_file(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RIGHTS, Role.VIEWER, frozenset({Right.SEE_FIGURES, Right.SEE_REGISTRIES}))
    tenant = make.tenant()
    load_scores({10: 60}, of=tenant, touchpoint="a")
    load_scores({10: 30}, of=tenant, touchpoint="b")
    load_scores({0: 3}, of=tenant, touchpoint="c")

    lines = export(client, tenant, role=Role.VIEWER)

    [small] = [line for line in lines if line[0] == "c"]
    assert small[2:7] == ["", "", "", "", ""]
    assert small[8].startswith("Fewer people answered")


def test_an_export_is_written_down(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant)

    export(client, tenant, "?table=trend")

    with tenant_bound(tenant.pk):
        entry = AuditEntry.objects.for_tenant(tenant).get(action="figures-exported")
        assert (entry.object_name, entry.changes["table"]) == ("Net Promoter Score", "trend")
