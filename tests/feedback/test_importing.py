"""Files come in, are mapped, checked, loaded: what is written, and what happens twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

from analytics.selectors.histograms import histogram
from analytics.services.rollups import verify_rollups
from cxm.tenants.binding import tenant_bound
from feedback.models import Import, Inbox, Rating, RejectedRow, Response, SurveyQuestion
from feedback.services import file_reading, importing
from feedback.services.row_log import unpacked
from tests import make
from tests.feedback.import_files import (
    CLEAN,
    CONTENT,
    HEADS,
    counts,
    loaded,
    many_rows,
    mapped,
    run,
    shop_mapping,
)

if TYPE_CHECKING:
    pass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def test_loading_writes_what_the_rows_say() -> None:
    tenant = make.tenant()

    imported = loaded(CONTENT, of=tenant)

    assert imported.state == Import.State.DONE
    assert imported.report == {
        "rows_read": 5,
        "loaded": 3,
        "unchanged": 0,
        "refused": {"bad_time": 1, "conflict": 1, "off_scale": 1},
        "rows_refused": 2,
        "ratings": {"csat_5": 2, "nps": 2},
        "listed": 3,
        "created": {
            "surveys": ["Shop survey"],
            "channels": ["Website"],
            "touchpoints": ["Checkout"],
        },
    }
    assert counts(tenant) == {"response": 3, "rating": 4, "verbatim": 2, "customer": 2}


def test_loading_names_the_questions_of_the_mapping() -> None:
    tenant = make.tenant()

    loaded(of=tenant)

    with tenant_bound(tenant.pk):
        questions = SurveyQuestion.objects.for_tenant(tenant).order_by("ord")
        found = list(questions.values_list("key", "kind", "metric__key", "touchpoint__key"))
    assert found == [
        ("nps", "score", "nps", None),
        ("checkout", "score", "csat_5", "checkout"),
        ("why", "text", None, None),
    ]


def test_a_long_file_names_its_questions_by_touchpoint() -> None:
    tenant = make.tenant()
    score = {
        "column": "score",
        "metric": "csat_5",
        "touchpoint_column": "area",
        "touchpoints": {"Till": {"key": "till"}, "Web": {"key": "web-shop"}},
    }
    by = shop_mapping(
        shape="long", response_id=["visit"], customer=None, scores=[score], comments=[]
    )

    loaded(
        "visit,at,area,score\nv1,2026-10-01,Till,5\nv2,2026-10-01,Web,2\nv1,2026-10-01,Web,3\n",
        of=tenant,
        by=by,
    )

    with tenant_bound(tenant.pk):
        keys = set(SurveyQuestion.objects.for_tenant(tenant).values_list("key", flat=True))
        rated = set(Rating.objects.for_tenant(tenant).values_list("question_key", "value"))
    assert keys == {"csat_5:till", "csat_5:web-shop"}
    assert rated == {("csat_5:till", 5), ("csat_5:web-shop", 3), ("csat_5:web-shop", 2)}


@pytest.mark.usefixtures("small_chunks")
def test_the_inbox_holds_every_row_and_its_counts_add_up() -> None:
    tenant = make.tenant()

    loaded(CONTENT + many_rows(20, first=100).partition("\n")[2], of=tenant)

    with tenant_bound(tenant.pk):
        chunks = list(Inbox.objects.for_tenant(tenant).order_by("delivery_key"))
    rows = [row for chunk in chunks for row in unpacked(bytes(chunk.body))]
    assert [line for line, _ in rows] == list(range(2, 27))
    assert rows[0] == (2, ["r1", "c1", "2026-10-01", "9", "5", "Quick"])
    assert [chunk.counts for chunk in chunks] == [
        {"items": 10, "loaded": 8, "unchanged": 0, "rejected": 2},
        {"items": 10, "loaded": 10, "unchanged": 0, "rejected": 0},
        {"items": 5, "loaded": 5, "unchanged": 0, "rejected": 0},
    ]
    assert [chunk.state for chunk in chunks] == ["partly", "parsed", "parsed"]


def test_refused_rows_are_kept_with_line_reason_and_cells() -> None:
    tenant = make.tenant()

    loaded(CONTENT, of=tenant)

    with tenant_bound(tenant.pk):
        rows = RejectedRow.objects.for_tenant(tenant).order_by("line")
        found = list(rows.values_list("line", "code", "column", "is_whole_row", "raw"))
    assert found == [
        (4, "off_scale", "nps", False, ["r3", "c1", "2026-10-02", "44", "4", "Fine"]),
        (5, "bad_time", "at", True, ["r4", "c3", "", "8", "4", ""]),
        (6, "conflict", "", True, ["r1", "c9", "2026-10-09", "1", "1", "Other"]),
    ]


@pytest.mark.usefixtures("small_chunks")
def test_only_so_many_refusals_are_listed_and_all_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tenant = make.tenant()
    monkeypatch.setattr(file_reading, "LISTED_REFUSALS", 12)
    monkeypatch.setattr("feedback.services.refusing.LISTED_REFUSALS", 12)
    rows = "\n".join(f"r{n},c1,,9,5," for n in range(25))

    imported = loaded(f"{HEADS}\n{rows}\n", of=tenant)

    with tenant_bound(tenant.pk):
        listed = RejectedRow.objects.for_tenant(tenant).count()
    assert imported.report is not None
    assert (listed, imported.report["refused"]) == (12, {"bad_time": 25})


def test_the_dry_run_says_what_loading_would_do_and_writes_nothing() -> None:
    tenant = make.tenant()
    before = counts(tenant)

    imported = run(mapped(CONTENT, of=tenant), importing.start_check)

    report = imported.check_report
    assert imported.state == Import.State.CHECKED
    assert report is not None
    assert counts(tenant) == before
    assert report["created"] == {
        "surveys": ["Shop survey"],
        "channels": ["Website"],
        "touchpoints": ["Checkout"],
    }
    done = run(imported)
    assert done.report is not None
    same = ("rows_read", "loaded", "unchanged", "refused", "rows_refused", "ratings", "created")
    assert {key: report[key] for key in same} == {key: done.report[key] for key in same}


def test_the_dry_run_gives_figures_samples_and_refusals() -> None:
    imported = run(mapped(CONTENT, of=make.tenant()), importing.start_check)

    report = imported.check_report
    assert report is not None
    [nps, csat] = report["figures"]
    assert (nps["metric"], nps["plain"]["n"], nps["plain"]["value"]) == ("nps", 2, 0.0)
    assert nps["plain"]["ci_low"] < 0 < nps["plain"]["ci_high"]
    assert (csat["plain"]["n"], csat["plain"]["value"], csat["weighted"]) == (2, 100.0, None)
    assert [(one["line"], one["customer"]) for one in report["samples"]] == [
        (2, "c1"),
        (3, "c2"),
        (4, "c1"),
    ]
    assert [(one["line"], one["code"]) for one in report["refusals"]] == [
        (4, "off_scale"),
        (5, "bad_time"),
        (6, "conflict"),
    ]


def test_the_dry_run_knows_what_is_there_already() -> None:
    tenant = make.tenant()
    loaded(CLEAN, of=tenant)

    changed = CLEAN.replace("r2,c2,2026-10-02,3", "r2,c2,2026-10-02,4") + "r3,c1,2026-10-03,8,1,\n"
    imported = run(mapped(changed, of=tenant), importing.start_check)

    report = imported.check_report
    assert report is not None
    found = {key: report[key] for key in ("loaded", "unchanged", "refused", "created")}
    assert found == {
        "loaded": 1,
        "unchanged": 1,
        "refused": {"conflict": 1},
        "created": {"surveys": [], "channels": [], "touchpoints": []},
    }


def test_the_same_file_twice_changes_nothing() -> None:
    tenant = make.tenant()
    loaded(CONTENT, of=tenant)
    before = counts(tenant)

    again = loaded(CONTENT, of=tenant)

    assert again.report is not None
    assert (again.report["loaded"], again.report["unchanged"]) == (0, 3)
    assert counts(tenant) == before


def test_another_content_under_a_known_id_is_refused_as_a_conflict() -> None:
    tenant = make.tenant()
    loaded(CLEAN, of=tenant)

    again = loaded(CLEAN.replace(",9,5,Quick", ",1,5,Quick"), of=tenant)

    assert again.report is not None
    assert (again.report["unchanged"], again.report["refused"]) == (1, {"conflict": 1})
    with tenant_bound(tenant.pk):
        [refused] = RejectedRow.objects.for_tenant(tenant)
        assert histogram(tenant=tenant, metric=make.metric(of=tenant)).counts[9] == 1
    assert (refused.line, refused.raw[3]) == (2, "1")


def test_two_tenants_load_the_same_ids_apart() -> None:
    one, other = make.tenant(), make.tenant()

    loaded(CLEAN, of=one)
    second = loaded(CLEAN, of=other)

    assert second.report is not None
    assert second.report["loaded"] == 2
    assert (
        counts(one)
        == counts(other)
        == {
            "response": 2,
            "rating": 3,
            "verbatim": 1,
            "customer": 2,
        }
    )


def test_dates_that_read_two_ways_are_asked_and_never_guessed() -> None:
    tenant = make.tenant()
    content = f"{HEADS}\nr1,c1,03/04/2026,9,5,\nr2,c1,05/06/2026,9,5,\n"

    failed = run(mapped(content, of=tenant))

    assert failed.state == Import.State.FAILED
    assert failed.error.startswith("answered_at.date_order: Dates in “at” can be read as day first")
    assert counts(tenant)["response"] == 0


def test_the_order_of_day_and_month_is_decided_by_the_whole_column() -> None:
    tenant = make.tenant()
    content = f"{HEADS}\nr1,c1,03/04/2026,9,5,\nr2,c1,13/06/2026,9,5,\n"

    loaded(content, of=tenant)

    with tenant_bound(tenant.pk):
        days = Response.objects.for_tenant(tenant).order_by("day").values_list("day", flat=True)
        assert [day.isoformat() for day in days] == ["2026-04-03", "2026-06-13"]


def test_ids_beyond_what_spreadsheets_can_count_stay_text() -> None:
    tenant = make.tenant()
    content = f"{HEADS}\n00900719925474099312345,0017,2026-10-01,9,5,\n"

    loaded(content, of=tenant)

    with tenant_bound(tenant.pk), connection.cursor() as cursor:
        cursor.execute("SELECT key FROM customers_ingestkey WHERE tenant_id = %s", [tenant.pk])
        assert cursor.fetchall() == [("00900719925474099312345",)]
        cursor.execute("SELECT value FROM customers_identity WHERE tenant_id = %s", [tenant.pk])
        assert cursor.fetchall() == [("0017",)]


def test_a_cell_too_long_for_its_column_is_refused_and_its_neighbours_load() -> None:
    tenant = make.tenant()
    content = f"{HEADS}\nr1,{'9' * 400},2026-10-01,9,5,\nr2,c2,2026-10-01,9,5,\n"

    imported = loaded(content, of=tenant)

    assert imported.report is not None
    assert (imported.report["loaded"], imported.report["refused"]) == (2, {"bad_customer": 1})
    assert counts(tenant)["customer"] == 1


@pytest.mark.slow
@pytest.mark.usefixtures("small_chunks")
def test_rollups_equal_a_recount_after_loading_and_undoing() -> None:
    tenant = make.tenant()
    imported = loaded(many_rows(25), of=tenant)
    with tenant_bound(tenant.pk):
        first = verify_rollups(tenant=tenant, now=make.NOW)

    run(imported, importing.start_undo)

    with tenant_bound(tenant.pk):
        second = verify_rollups(tenant=tenant, now=make.NOW)
    assert (first.rows, first.differences) == (50, 0)
    assert (second.rows, second.differences) == (0, 0)
