"""Imports as long work: asked twice, stopped, killed, broken off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps

from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain, run_one
from cxm.work.models import Job, Outbox
from feedback.errors import (
    ImportBusyError,
    MappingFixedError,
    NotMappedError,
)
from feedback.models import Import
from feedback.services import file_reading, importing
from tests import make
from tests.feedback.import_files import (
    CLEAN,
    begun,
    counts,
    current,
    loaded,
    many_rows,
    mapped,
    received,
    run,
    shop_mapping,
)

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def test_load_asked_twice_happens_once() -> None:
    tenant = make.tenant()
    imported = mapped(CLEAN, of=tenant)
    begun(imported, importing.start_load)

    with pytest.raises(ImportBusyError):
        begun(imported, importing.start_load)

    drain(tenant.pk)
    with tenant_bound(tenant.pk):
        assert Job.objects.for_tenant(tenant).count() == 1
    assert counts(tenant)["response"] == 2


def test_a_loaded_file_cannot_be_loaded_checked_or_mapped_again() -> None:
    imported = loaded(of=make.tenant())

    for start, error in (
        (importing.start_load, ImportBusyError),
        (importing.start_check, MappingFixedError),
    ):
        with pytest.raises(error):
            begun(imported, start)
    with tenant_bound(imported.tenant_id), pytest.raises(MappingFixedError):
        importing.save_mapping(imported=imported, mapping=shop_mapping())


def test_a_file_without_a_mapping_is_not_loaded() -> None:
    imported = received(of=make.tenant())

    with pytest.raises(NotMappedError):
        begun(imported, importing.start_load)


@pytest.mark.usefixtures("small_chunks")
def test_another_worker_goes_on_where_one_was_killed() -> None:
    tenant = make.tenant()
    imported = mapped(many_rows(35), of=tenant)
    begun(imported, importing.start_load)

    while run_one(tenant.pk):
        file_reading.open_readers.forget()

    done = current(imported)
    assert done.report is not None
    assert (done.report["rows_read"], done.report["loaded"]) == (35, 35)
    assert counts(tenant)["response"] == 35


@pytest.mark.usefixtures("small_chunks")
def test_the_way_back_to_a_late_chunk_is_gone_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else work of others waits for minutes, while a long file is read anew after a restart."""
    tenant = make.tenant()
    imported = mapped(many_rows(55), of=tenant)
    begun(imported, importing.start_load)
    for _ in range(4):
        _load_on(tenant)
    file_reading.open_readers.forget()
    monkeypatch.setattr(file_reading, "LONGEST_SKIP", 0.0)
    said, chunks = [], []

    while _load_on(tenant):
        with tenant_bound(tenant.pk):
            said.append(Job.objects.for_tenant(tenant).get().message)
            chunks.append(current(imported).progress["chunk"])

    assert [words.split(":")[0] for words in said[:3]] == ["Reading on to where it stopped"] * 3
    assert "10 rows" in said[0]
    assert "30 rows" in said[2]
    assert chunks[:4] == [4, 4, 4, 5]
    assert counts(tenant)["response"] == 55


@pytest.mark.usefixtures("small_chunks")
def test_a_step_that_is_rolled_back_is_done_again_from_its_own_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tenant = make.tenant()
    imported = mapped(many_rows(25), of=tenant)
    begun(imported, importing.start_load)
    run_one(tenant.pk)
    real = file_reading.OpenReaders.put
    monkeypatch.setattr(file_reading.OpenReaders, "put", _put_and_break(real))

    run_one(tenant.pk)
    monkeypatch.setattr(file_reading.OpenReaders, "put", real)
    _make_due(tenant)
    drain(tenant.pk)

    done = current(imported)
    assert done.report is not None
    assert (done.report["loaded"], done.report["unchanged"]) == (25, 0)
    assert counts(tenant)["response"] == 25


@pytest.mark.slow
@pytest.mark.usefixtures("small_chunks")
def test_a_stopped_load_keeps_what_is_in_and_can_go_on() -> None:
    tenant = make.tenant()
    imported = mapped(many_rows(35), of=tenant)
    begun(imported, importing.start_load)
    run_one(tenant.pk)
    with tenant_bound(tenant.pk):
        importing.cancel_import(imported=current(imported), by=make.member(of=tenant), now=make.NOW)
    drain(tenant.pk)

    stopped = current(imported)
    assert stopped.state == Import.State.CANCELLED
    assert stopped.report is not None
    assert stopped.report["loaded"] == counts(tenant)["response"] == 10
    done = run(stopped)
    assert done.report is not None
    assert (done.state, done.report["loaded"], done.report["unchanged"]) == ("done", 35, 0)


def test_a_load_stopped_before_its_first_rows_can_be_mapped_again() -> None:
    tenant = make.tenant()
    imported = mapped(CLEAN, of=tenant)
    begun(imported, importing.start_load)
    with tenant_bound(tenant.pk):
        importing.cancel_import(imported=current(imported), by=make.member(of=tenant), now=make.NOW)
    drain(tenant.pk)

    stopped = current(imported)

    assert (stopped.state, stopped.batch_id) == (Import.State.UPLOADED, None)
    with tenant_bound(tenant.pk):
        importing.save_mapping(imported=stopped, mapping=shop_mapping(comments=[]))


def test_a_file_that_vanished_fails_in_words(media: Path) -> None:
    tenant = make.tenant()
    imported = mapped(CLEAN, of=tenant)
    begun(imported, importing.start_load)
    (media / imported.file_path).unlink()

    drain(tenant.pk)

    failed = current(imported)
    assert failed.state == Import.State.FAILED
    assert failed.error == "The uploaded file is no longer here. Upload it again."
    assert failed.job is not None
    assert failed.job.state == Job.State.FAILED


def _put_and_break(real: Any) -> Any:
    def put(readers: Any, key: Any, reader: Any) -> None:
        real(readers, key, reader)
        raise ConnectionError("the worker lost its database")

    return put


def _make_due(tenant: Tenant) -> None:
    """Let the lease of failed work run out."""
    outbox = apps.get_model("work", "Outbox")
    with tenant_bound(tenant.pk):
        outbox.objects.for_tenant(tenant).update(due_at=make.NOW)


def _load_on(tenant: Tenant) -> bool:
    """Take the next step of loading; what reads the texts that came has its own turn."""
    with tenant_bound(tenant.pk):
        Outbox.objects.for_tenant(tenant).exclude(task=importing.LOAD).delete()
    return run_one(tenant.pk)
