"""Refused rows go out as a file, are corrected, and come in again."""

from __future__ import annotations

import csv
import io

import pytest

from cxm.kernel.formulas import defused
from feedback.models import Import
from feedback.services.replaying import refused_rows_csv
from tests import make
from tests.feedback.import_files import CONTENT, HEADS, counts, loaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def refused_file(imported: Import) -> str:
    assert imported.batch_id
    rows = refused_rows_csv(
        tenant_id=imported.tenant_id,
        batch_id=imported.batch_id,
        heads=imported.preview["heads"],
    )
    return "".join(rows)


def test_refused_rows_come_in_the_files_own_columns_with_the_reason() -> None:
    imported = loaded(CONTENT, of=make.tenant())

    rows = list(csv.reader(io.StringIO(refused_file(imported).removeprefix("\ufeff"))))

    assert rows[0] == ["Wayfare: line", "Wayfare: why it was refused", *HEADS.split(",")]
    assert rows[1] == ["5", "Line 5, at: is empty.", "r4", "c3", "", "8", "4", ""]
    assert [row[0] for row in rows] == ["Wayfare: line", "5", "6"]


def test_corrected_rows_load_and_what_is_in_stays_unchanged() -> None:
    tenant = make.tenant()
    imported = loaded(CONTENT, of=tenant)
    corrected = refused_file(imported).replace("r4,c3,,8", "r4,c3,2026-10-05,8")

    again = loaded(corrected, of=tenant)

    assert again.report is not None
    assert (again.report["loaded"], again.report["refused"]) == (1, {"conflict": 1})
    assert counts(tenant)["response"] == 4


def test_many_refused_rows_stream_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.services.replaying.ROWS_AT_ONCE", 3)
    rows = "\n".join(f"r{n},c1,,9,5," for n in range(10))
    imported = loaded(f"{HEADS}\n{rows}\n", of=make.tenant())

    lines = [row.split(",")[0] for row in refused_file(imported).splitlines()[1:]]

    assert lines == [str(n) for n in range(2, 12)]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-", "'-"),
        ("\tx", "'\tx"),
        ("-5", "-5"),
        ("+3,5", "+3,5"),
        ("plain = text", "plain = text"),
        ("", ""),
    ],
)
def test_text_that_a_spreadsheet_would_run_is_defused(cell: str, written: str) -> None:
    assert defused(cell) == written
