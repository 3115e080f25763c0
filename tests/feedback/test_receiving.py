"""Files come in: kept or refused, looked into, given a mapping."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from cxm.tenants.binding import tenant_bound
from feedback.adapters.dialect import Choices
from feedback.errors import (
    FileTooLargeError,
    FileUnusableError,
    ImportBusyError,
    MappingRefusedError,
)
from feedback.services import importing
from feedback.services.receiving import change_dialect, look_into, suggest_from
from tests import make
from tests.feedback.import_files import (
    CLEAN,
    HEADS,
    current,
    mapped,
    received,
    shop_mapping,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def test_a_received_file_is_stored_under_its_tenant_with_its_fingerprint(media: Path) -> None:
    tenant = make.tenant()

    imported = received("a,b\n1,2\n", of=tenant, name="..\\..//etc/\x00shop.csv")

    path = media / str(tenant.pk) / "imports" / str(imported.pk)
    assert path.read_bytes() == b"a,b\n1,2\n"
    assert imported.file_name == "shop.csv"
    assert (imported.bytes, imported.sha256) == (8, sha256(b"a,b\n1,2\n").hexdigest())


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xd0\xcf\x11\xe0 old", "old_workbook"),
        (b"PK\x03\x04 not a workbook", "not_a_workbook"),
        (b"a,b\n", "no_rows"),
    ],
)
def test_a_file_that_is_no_table_is_refused_and_not_kept(
    content: bytes, code: str, media: Path
) -> None:
    with pytest.raises(FileUnusableError) as refused:
        received(content, of=make.tenant(), name="fine.csv")

    assert refused.value.code == code
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_a_file_over_the_limit_is_refused_and_not_kept(media: Path, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 1_000_000

    with pytest.raises(FileTooLargeError, match="larger than 1 MB"):
        received(b"x" * 1_000_001, of=make.tenant())

    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_looking_into_a_file_fills_in_columns_and_a_suggestion() -> None:
    imported = received(CLEAN, of=make.tenant(), looks=True)

    preview = imported.preview
    assert [column["name"] for column in preview["columns"]] == HEADS.split(",")
    assert preview["row_count"] == 2
    assert preview["suggestion"]["answered_at"]["column"] == "at"


def test_a_file_read_another_way_forgets_its_mapping() -> None:
    imported = mapped(CLEAN, of=make.tenant())

    with tenant_bound(imported.tenant_id):
        change_dialect(imported=imported, choices=Choices(delimiter=";"), by=None, now=make.NOW)

    assert current(imported).mapping is None
    assert imported.preview["heads"] == [HEADS]


def test_a_mapping_with_problems_is_refused_with_all_of_them() -> None:
    imported = received(CLEAN, of=make.tenant())
    bad = shop_mapping(
        survey={"key": "no key"}, response_id=["nr"], answered_at={"column": "at", "zone": "Mars"}
    )

    with tenant_bound(imported.tenant_id), pytest.raises(MappingRefusedError) as refused:
        importing.save_mapping(imported=imported, mapping=bad)

    fields = {problem.field for problem in refused.value.problems}
    assert fields == {"survey.key", "response_id[0]", "answered_at.zone"}


def test_a_file_that_is_being_checked_is_not_read_another_way_meanwhile() -> None:
    imported = mapped(CLEAN, of=make.tenant())
    with tenant_bound(imported.tenant_id):
        importing.start_check(imported=imported, by=None, now=make.NOW)

        with pytest.raises(ImportBusyError):
            change_dialect(imported=imported, choices=Choices(), by=None, now=make.NOW)
        with pytest.raises(ImportBusyError):
            suggest_from(imported=imported, mapping=shop_mapping())
        with pytest.raises(ImportBusyError):
            look_into(imported=imported, by=None, now=make.NOW)

    assert current(imported).mapping is not None
