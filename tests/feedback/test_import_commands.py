"""Imports from the shell: the real files give the figures of the independent answer keys."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from analytics.selectors.histograms import By, histograms
from cxm.metrics.figures import definition_of
from cxm.metrics.rules.statistic import estimate
from cxm.metrics.services import current_version
from cxm.tenants.binding import tenant_bound
from feedback.models import Response, Verbatim
from tests import make
from tests.feedback.import_files import CLEAN, CONTENT, HEADS, counts, plain_mapping
from tests.feedback.survey_files import MAPPINGS, shared_file

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]

SFO = "sfo_2017/2017_SFO_Customer_Survey_20250817.csv"
RETAIL = "nps_retail_fr/nps_redacted.csv"
OLIST = "olist_b/olist_order_reviews_dataset.csv"
ROWS = 80_000
PREPPIN = "preppin/case_040/data_case_040_inputs_input_02.csv"


@pytest.fixture
def keys() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shared_file("answer_keys.json").read_text())
    return found


def written(folder: Path, name: str, content: str) -> str:
    path = folder / name
    path.write_text(content)
    return str(path)


def imported(tenant: Tenant, file: object, mapping: object, *flags: str) -> None:
    call_command(
        "import_feedback", str(file), "--tenant", tenant.slug, "--mapping", str(mapping), *flags
    )


def last_object(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def estimated(tenant: Tenant, metric_key: str, by: By = By.ALL) -> dict[Any, dict[str, Any]]:
    """Give n, value and interval of a metric by group, plain and weighted."""
    with tenant_bound(tenant.pk):
        metric = make.metric(metric_key, of=tenant)
        found = histograms(tenant=tenant, metrics=[metric], by=by)[metric.pk]
        definition = definition_of(current_version(metric))
    figures = {}
    for group, histogram in found.items():
        plain = estimate(histogram, definition)
        weighted = estimate(histogram, definition, weighted=True) if histogram.weights else plain
        figures[group] = {
            "n": plain.n,
            "value": plain.value or 0.0,
            "interval": [round(plain.ci_low or 0, 3), round(plain.ci_high or 0, 3)],
            "weighted": round(weighted.value or 0, 4),
            "mean": round(histogram.mean() or 0, 4),
        }
    return figures


@pytest.mark.slow
@pytest.mark.data
def test_the_airport_gives_its_score_weighted_and_not(
    keys: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    tenant, key = make.tenant(), keys["sfo_2017"]

    imported(tenant, shared_file(SFO), MAPPINGS / "sfo_2017.json", "--json")

    report = last_object(capsys)
    nps = estimated(tenant, "nps")[None]
    assert (report["rows_read"], report["loaded"], report["refused"]) == (2831, 2831, {})
    assert report["ratings"]["nps"] == nps["n"] == key["n"]
    assert (round(nps["value"], 4), nps["weighted"]) == (key["nps"], key["weighted_nps"])
    assert nps["interval"] == key["adjwald95"]


@pytest.mark.slow
@pytest.mark.data
def test_the_airports_touchpoints_give_their_counts_and_means(keys: dict[str, Any]) -> None:
    tenant = make.tenant()

    imported(tenant, shared_file(SFO), MAPPINGS / "sfo_2017.json")

    figures = estimated(tenant, "csat_5", By.TOUCHPOINT).values()
    found = sorted((f["n"], f["mean"], round(f["value"], 3)) for f in figures)
    touchpoints = keys["sfo_2017"]["touchpoints"].values()
    assert found == sorted((t["n"], t["mean"], t["top2_pct"]) for t in touchpoints)


@pytest.mark.slow
@pytest.mark.data
def test_the_french_chain_gives_its_score_its_waves_and_its_texts(keys: dict[str, Any]) -> None:
    tenant, key = make.tenant(time_zone="Europe/Paris"), keys["nps_retail_fr"]

    imported(tenant, shared_file(RETAIL), MAPPINGS / "nps_retail_fr.json")

    nps = estimated(tenant, "nps")[None]
    waves = {
        f"{12 * (month.year - 2014) + month.month - 1}.0": (figure["n"], round(figure["value"], 4))
        for month, figure in estimated(tenant, "nps", By.MONTH).items()
    }
    assert (nps["n"], round(nps["value"], 4), nps["interval"]) == (
        key["all"]["n"],
        key["all"]["nps"],
        key["all"]["adjwald95"],
    )
    by_wave = {wave: (one["n"], one["nps"]) for wave, one in key["by_wave"].items()}
    assert {wave: waves[wave] for wave in by_wave} == by_wave
    with tenant_bound(tenant.pk):
        assert Verbatim.objects.for_tenant(tenant).count() == key["verbatims"]


@pytest.mark.slow
@pytest.mark.data
def test_the_marketplace_gives_its_reviews(keys: dict[str, Any]) -> None:
    tenant, key = make.tenant(), keys["olist_b"]

    imported(tenant, shared_file(OLIST), MAPPINGS / "olist_b.json")

    stars = estimated(tenant, "stars")[None]
    assert (stars["n"], stars["mean"]) == (key["all"]["n"], key["all"]["mean"])
    assert counts(tenant)["response"] == key["reviews"]


@pytest.mark.slow
@pytest.mark.data
def test_the_conference_gives_its_published_score(capsys: pytest.CaptureFixture[str]) -> None:
    tenant = make.tenant()

    imported(tenant, shared_file(PREPPIN), MAPPINGS / "preppin.json", "--json")

    nps = estimated(tenant, "nps")[None]
    assert last_object(capsys)["ratings"]["nps"] == nps["n"] == 39
    assert round(nps["value"], 1) == -35.9  # (8 promoters - 22 detractors) / 39


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "name"),
    [(SFO, "sfo_2017"), (RETAIL, "nps_retail_fr"), (OLIST, "olist_b"), (PREPPIN, "preppin")],
)
def test_a_real_file_sent_twice_is_unchanged(
    file: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tenant = make.tenant()
    imported(tenant, shared_file(file), MAPPINGS / f"{name}.json", "--json")
    first = last_object(capsys)

    imported(tenant, shared_file(file), MAPPINGS / f"{name}.json", "--json")

    again = last_object(capsys)
    assert (again["loaded"], again["unchanged"]) == (0, first["loaded"])
    assert (again["ratings"], counts(tenant)["response"]) == ({}, first["loaded"])


def test_a_dry_run_prints_the_same_object_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tenant = make.tenant()
    file = written(tmp_path, "shop.csv", CONTENT)
    mapping = written(tmp_path, "mapping.json", json.dumps(plain_mapping()))

    imported(tenant, file, mapping, "--dry-run", "--json")

    checked = last_object(capsys)
    assert counts(tenant)["response"] == 0
    imported(tenant, file, mapping, "--json")
    assert (
        last_object(capsys)
        == checked
        == {
            "rows_read": 5,
            "loaded": 3,
            "unchanged": 0,
            "refused": {"bad_time": 1, "conflict": 1, "off_scale": 1},
            "ratings": {"csat_5": 2, "nps": 2},
            "created": {
                "surveys": ["Shop survey"],
                "channels": ["Website"],
                "touchpoints": ["Checkout"],
            },
        }
    )


def test_without_json_the_report_is_told_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, "shop.csv", CONTENT)
    mapping = written(tmp_path, "mapping.json", json.dumps(plain_mapping()))

    imported(make.tenant(), file, mapping)

    told = capsys.readouterr()
    assert "5 rows read, 3 responses loaded, 0 were there already." in told.out
    assert "Refused, off_scale: 1" in told.out
    assert "Touchpoints made: Checkout" in told.out
    assert "rows read" in told.err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not JSON"),
        (json.dumps(plain_mapping(scores=[{"column": "nps"}])), "scores[0].metric: "),
        (json.dumps(plain_mapping(response_id=["nr"])), "response_id[0]: The file has no column"),
        (
            json.dumps(plain_mapping(unsettled=[{"column": "nps", "value": "11", "count": 84}])),
            "unsettled[0]: “11” stands 84 times",
        ),
    ],
    ids=["no-json", "no-metric", "no-column", "unsettled"],
)
def test_a_bad_mapping_is_refused_with_each_problem_and_its_field(
    content: str, words: str, tmp_path: Path
) -> None:
    file = written(tmp_path, "shop.csv", CLEAN)
    mapping = written(tmp_path, "mapping.json", content)

    with pytest.raises(CommandError) as refused:
        imported(make.tenant(), file, mapping)

    assert words in str(refused.value)
    assert refused.value.returncode == 1


def test_a_file_that_cannot_be_loaded_fails_in_words(tmp_path: Path) -> None:
    file = written(tmp_path, "shop.csv", f"{HEADS}\nr1,c1,03/04/2026,9,5,\n")
    mapping = written(tmp_path, "mapping.json", json.dumps(plain_mapping()))

    with pytest.raises(CommandError, match="can be read as day first or month first"):
        imported(make.tenant(), file, mapping)


@pytest.mark.parametrize("command", ["import_feedback", "suggest_mapping"])
def test_an_unknown_tenant_is_a_clear_error(command: str, tmp_path: Path) -> None:
    file = written(tmp_path, "shop.csv", CLEAN)
    more = ["--mapping", file] if command == "import_feedback" else []

    with pytest.raises(CommandError, match="There is no tenant “nobody”"):
        call_command(command, file, "--tenant", "nobody", *more)


def test_missing_files_are_clear_errors(tmp_path: Path) -> None:
    mapping = written(tmp_path, "mapping.json", json.dumps(plain_mapping()))
    tenant = make.tenant()

    with pytest.raises(CommandError, match=r"“gone\.csv” cannot be read"):
        imported(tenant, "gone.csv", mapping)
    with pytest.raises(CommandError, match=r"mapping “gone\.json” cannot be read"):
        imported(tenant, mapping, "gone.json")
    with pytest.raises(CommandError, match=r"There is no file “gone\.csv”"):
        call_command("suggest_mapping", "gone.csv")


def test_a_suggestion_is_json_alone_and_what_is_open_goes_to_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "\n".join(f"r{n},2026-10-{n % 28 + 1:02},{n % 11}" for n in range(40))
    file = written(tmp_path, "shop.csv", f"response_id,date,nps\n{rows}\nr99,2026-10-01,99\n")

    call_command("suggest_mapping", file)

    told = capsys.readouterr()
    mapping = json.loads(told.out)
    assert [score["metric"] for score in mapping["scores"]] == ["nps"]
    assert mapping["unsettled"] == [{"column": "nps", "value": "99", "count": 1}]
    assert "To decide: unsettled[0]" in told.err


def test_a_suggestion_for_what_a_line_is_said_to_be_loads_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tenant = make.tenant()
    rows = "\n".join(f"o{n},c{n},2026-10-{n:02} 10:00,2026-10-{n:02} 15:00" for n in range(1, 20))
    file = written(tmp_path, "orders.csv", f"order_id,customer_id,ordered,delivered\n{rows}\n")

    call_command("suggest_mapping", file, "--line", "order", "--tenant", tenant.slug)

    told = capsys.readouterr()
    mapping = json.loads(told.out)
    assert (mapping["line"], mapping["row_id"]) == ("order", ["order_id"])
    assert [event["at"]["column"] for event in mapping["events"]] == ["ordered", "delivered"]
    assert told.err == ""
    imported(tenant, file, written(tmp_path, "mapping.json", told.out), "--json")
    assert last_object(capsys)["loaded"] == 19


def test_a_line_that_the_file_cannot_hold_is_a_clear_error(tmp_path: Path) -> None:
    file = written(tmp_path, "people.csv", "name,town\nAna,Bern\nBen,Basel\n")

    with pytest.raises(CommandError, match="No column of this file holds times"):
        call_command("suggest_mapping", file, "--line", "order")


def test_a_suggestion_knows_the_tenants_metrics(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tenant = make.tenant()
    with tenant_bound(tenant.pk):
        metric = make.metric(of=tenant)
        metric.archived_at = make.NOW
        metric.save(update_fields=["archived_at"])
    rows = "\n".join(f"2026-10-{n % 28 + 1:02},{n % 11}" for n in range(40))
    file = written(tmp_path, "shop.csv", f"date,nps\n{rows}\n")

    call_command("suggest_mapping", file, "--tenant", tenant.slug)

    assert json.loads(capsys.readouterr().out).get("scores", []) == []


@pytest.mark.slow
def test_a_large_file_keeps_the_process_small(tmp_path: Path) -> None:
    """Ten megabytes through the reader that both steps use add little to the process."""
    path = tmp_path / "large.csv"
    text = "x" * 90
    with path.open("w") as stream:
        stream.write(HEADS + "\n")
        for n in range(ROWS):
            stream.write(f"r{n},c{n % 900},2026-10-{n % 28 + 1:02},{n % 13},{n % 5 + 1},{text}\n")
    script = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo
import django
django.setup()
from feedback.adapters.mapping import from_json
from feedback.adapters.scales import MetricScale
from feedback.services.file_reading import ChunkReader
reader = ChunkReader(
    Path(sys.argv[1]), from_json(sys.argv[2]),
    {"nps": MetricScale(0, 10), "csat_5": MetricScale(1, 5)},
    zone=ZoneInfo("UTC"), now=datetime(2026, 11, 20, tzinfo=UTC), keeps_rows=True,
)
def peak():
    # The highest since this program began; ru_maxrss remembers the process that started it.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])
before = peak()
rows = 0
while True:
    chunk = reader.read()
    rows += chunk.rows
    if chunk.is_last:
        break
print(rows, before // 1024, peak() // 1024)
"""
    run = subprocess.run(  # noqa: S603 our own script
        [sys.executable, "-c", script, str(path), json.dumps(plain_mapping())],
        capture_output=True,
        text=True,
        check=True,
    )

    rows, before, after = map(int, run.stdout.split())
    assert rows == ROWS
    assert after < 300
    assert after - before < 120


def test_nothing_of_a_response_is_lost_between_shell_and_page(tmp_path: Path) -> None:
    tenant = make.tenant()
    file = written(tmp_path, "shop.csv", CLEAN)
    mapping = written(tmp_path, "mapping.json", json.dumps(plain_mapping(hidden=["card"])))

    with pytest.raises(CommandError, match="card"):
        imported(
            tenant,
            file,
            written(tmp_path, "bad.json", json.dumps(plain_mapping(hidden=["x card"]))),
        )
    imported(tenant, file, mapping)

    with tenant_bound(tenant.pk):
        answers = Response.objects.for_tenant(tenant).order_by("answered_at")
        assert list(answers.values_list("answers", flat=True)) == [
            {"card": "c1"},
            {"card": "c2", "checkout": "6"},
        ]
