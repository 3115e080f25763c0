"""The published cohort of a CD shop, from its file over the timeline to the stored parameters."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

from analytics.models import RepeatCustomer
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.analytics.purchasing import defined, fitted
from tests.feedback.survey_files import MAPPINGS, shared_file

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

    from cxm.tenants.models import Tenant

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.data,
]
# Fader, Hardie, Lee, Marketing Science 24, 2005; to its three decimals.
PUBLISHED = (0.243, 4.414, 0.793, 2.426)
CUT = datetime(1997, 9, 30, 12, tzinfo=UTC)
END = datetime(1998, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]) -> Tenant:
    settings.MEDIA_ROOT = tmp_path
    tenant = make.tenant()
    lines = shared_file("cdnow/CDNOW_sample.txt").read_text(encoding="ascii").splitlines()
    rows = ["line,customer,bought_on,discs,dollars"]
    for number, (_, customer, on, discs, dollars) in enumerate(line.split() for line in lines):
        day = datetime.strptime(on, "%Y%m%d").replace(tzinfo=UTC).date()
        rows.append(f"{number},{customer},{day},{discs},{dollars}")
    file = tmp_path / "orders.csv"
    file.write_text("\n".join(rows), encoding="ascii")
    by = str(MAPPINGS / "cdnow.json")
    call_command("import_feedback", str(file), "--tenant", tenant.slug, "--mapping", by, "--json")
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (report["loaded"], report["refused"]) == (6919, {})
    defined(tenant, names=["order paid"])
    return tenant


def test_the_published_parameters_are_stored(shop: Tenant) -> None:
    early = fitted(shop, CUT).fit
    late = fitted(shop, END)

    # At the end of the file the published half of it is what the trial was fitted on.
    assert late.holdout is not None
    assert date.fromisoformat(late.holdout.cut) == CUT.date()
    for fit in (early, late.holdout.fit):
        assert fit is not None
        assert (fit.r, fit.alpha, fit.a, fit.b) == pytest.approx(PUBLISHED, abs=5e-4)
        assert fit.log_likelihood == pytest.approx(-9582.4, abs=0.05)
        assert fit.customers == 2357
    assert (late.reason, late.value_reason, late.currency) == ("", "", "USD")


def test_the_published_spend_and_customers_are_stored(shop: Tenant) -> None:
    result = fitted(shop, CUT)

    spend = result.spend
    assert spend is not None
    assert (spend.p, spend.q, spend.v) == pytest.approx((6.2488, 3.7446, 15.4478), abs=1e-3)
    assert spend.log_likelihood == pytest.approx(-4055.9232, abs=1e-3)
    assert spend.customers == 946
    assert spend.correlation == pytest.approx(0.113884, abs=5e-7)
    with tenant_bound(shop.pk):
        rows = RepeatCustomer.objects.for_tenant(shop)
        first = rows.get(repeats=2, last_weeks=213 / 7, age_weeks=272 / 7, mean_spend=22.35)
        assert (rows.count(), rows.filter(repeats=0).count()) == (2357, 1411)
    # The golden is of weeks to two decimals.
    assert first.alive == pytest.approx(0.72660910, abs=5e-4)
    assert first.value == pytest.approx(36.292028, abs=0.02)
