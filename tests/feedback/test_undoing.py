"""An import is taken back: everything is as before, and what others use stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.apps import apps

from analytics.models import ChurnSpan
from analytics.selectors.histograms import histogram
from analytics.services.churn_runs import count_churn
from cxm.customers.models import Customer
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import TenantOwned
from cxm.touchpoints.models import Channel, Touchpoint
from cxm.work.engine import drain, run_one
from cxm.work.models import Batch
from feedback.errors import ImportBusyError
from feedback.models import Import, Inbox, Survey, SurveyQuestion
from feedback.services import importing, undoing
from tests import make
from tests.analytics.churning import definition
from tests.feedback.import_files import (
    CLEAN,
    CONTENT,
    HEADS,
    begun,
    counts,
    current,
    loaded,
    many_rows,
    mapped,
    run,
    shop_mapping,
)

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media"), pytest.mark.slow]

# What an import leaves behind on purpose: its own story, and the ledger's.
STORY = {
    "work_job",
    "work_batch",
    "work_batchchange",
    "tenants_auditentry",
    "feedback_import",
    "feedback_inbox",
    "feedback_rejectedrow",
    "analytics_ratingdelta",
}


def rows_by_table(tenant: Tenant) -> dict[str, set[UUID]]:
    """Give the keys of every row of *tenant*, by table, the story of imports aside."""
    found = {}
    with tenant_bound(tenant.pk):
        for model in apps.get_models():
            table = model._meta.db_table
            if issubclass(model, TenantOwned) and table not in STORY:
                rows = model.objects.for_tenant(tenant)
                found[table] = set(rows.values_list("pk", flat=True))
    return found


def test_undo_restores_every_table_and_every_number() -> None:
    tenant = make.tenant()
    loaded(CLEAN, of=tenant)
    before = rows_by_table(tenant)
    other_survey = shop_mapping(survey={"key": "second"})
    imported = loaded(
        CONTENT + many_rows(30, first=50).partition("\n")[2], of=tenant, by=other_survey
    )
    assert rows_by_table(tenant) != before

    undone = run(imported, importing.start_undo)

    assert undone.state == Import.State.UNDONE
    assert rows_by_table(tenant) == before
    with tenant_bound(tenant.pk):
        nps = histogram(tenant=tenant, metric=make.metric(of=tenant))
        batch = undone.batch
        assert batch is not None
        assert batch.state == Batch.State.UNDONE
        states = Inbox.objects.for_tenant(tenant).filter(batch=batch)
        assert set(states.values_list("state", flat=True)) == {"undone"}
    assert (nps.counts[3], nps.counts[9], nps.n) == (1, 1, 2)


def test_undo_of_the_only_import_leaves_nothing() -> None:
    tenant = make.tenant()
    before = rows_by_table(tenant)

    run(loaded(CONTENT, of=tenant), importing.start_undo)

    assert rows_by_table(tenant) == before


def test_nobody_is_kept_for_what_is_counted_of_them() -> None:
    tenant = make.tenant()
    imported = loaded(CONTENT, of=tenant)
    churn = definition(of=tenant)
    with tenant_bound(tenant.pk):
        count_churn(definition=churn, now=make.NOW)
        assert ChurnSpan.objects.for_tenant(tenant).exists()

    run(imported, importing.start_undo)

    with tenant_bound(tenant.pk):
        assert not Customer.objects.for_tenant(tenant).exists()


def test_an_undone_file_loads_again_with_the_same_numbers() -> None:
    tenant = make.tenant()
    imported = loaded(CONTENT, of=tenant)
    first = counts(tenant)
    run(imported, importing.start_undo)

    with tenant_bound(tenant.pk):
        again = importing.repeat_import(imported=current(imported), by=None, now=make.NOW)
    done = run(again)

    assert done.report is not None
    assert (done.report["loaded"], counts(tenant)) == (3, first)


def test_what_a_later_import_uses_stays_and_is_named() -> None:
    tenant = make.tenant()
    imported = loaded(CLEAN, of=tenant)
    loaded(f"{HEADS}\nr9,c1,2026-10-03,9,5,\n", of=tenant)

    undone = run(imported, importing.start_undo)

    assert undone.report is not None
    assert undone.report["kept"] == {
        "surveys": ["Shop survey"],
        "touchpoints": ["Checkout"],
        "channels": ["Website"],
        "customers": ["1 customer"],
    }
    with tenant_bound(tenant.pk):
        assert Survey.objects.for_tenant(tenant).count() == 1
        assert SurveyQuestion.objects.for_tenant(tenant).count() == 3
        assert Customer.objects.for_tenant(tenant).count() == 1
    assert counts(tenant)["response"] == 1


def test_a_touchpoint_that_was_there_before_is_not_removed() -> None:
    tenant = make.tenant()
    make.touchpoint(of=tenant, key="checkout", title="Ours")

    run(loaded(CLEAN, of=tenant), importing.start_undo)

    with tenant_bound(tenant.pk):
        assert list(Touchpoint.objects.for_tenant(tenant).values_list("title", flat=True)) == [
            "Ours"
        ]
        assert not Channel.objects.for_tenant(tenant).exists()


def test_undo_works_in_chunks_and_can_be_stopped_and_taken_up_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tenant = make.tenant()
    monkeypatch.setattr(undoing, "ROWS_A_STEP", 10)
    imported = loaded(many_rows(35), of=tenant)
    begun(imported, importing.start_undo)
    run_one(tenant.pk)
    with tenant_bound(tenant.pk):
        importing.cancel_import(imported=current(imported), by=make.member(of=tenant), now=make.NOW)
    drain(tenant.pk)

    stopped = current(imported)
    assert (stopped.state, counts(tenant)["response"]) == (Import.State.CANCELLED, 25)
    with pytest.raises(ImportBusyError, match="undone in part"):
        begun(stopped, importing.start_load)
    undone = run(stopped, importing.start_undo)
    assert (undone.state, counts(tenant)["response"]) == (Import.State.UNDONE, 0)


def test_a_stopped_load_can_be_undone() -> None:
    tenant = make.tenant()
    before = rows_by_table(tenant)
    imported = loaded(CONTENT, of=tenant)
    with tenant_bound(tenant.pk):
        Import.objects.for_tenant(tenant).filter(pk=imported.pk).update(state="cancelled")

    run(imported, importing.start_undo)

    assert rows_by_table(tenant) == before


def test_a_file_that_is_not_loaded_cannot_be_undone() -> None:
    imported = mapped(CLEAN, of=make.tenant())

    with pytest.raises(ImportBusyError, match="uploaded"):
        begun(imported, importing.start_undo)
