"""The four real survey files give the counts of the independent answer keys."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from feedback.adapters.dialect import find_dialect
from feedback.adapters.mapping import Mapping
from feedback.adapters.mapping_check import validate
from feedback.adapters.records import Refusal, ResponseRecord
from feedback.adapters.table import open_table
from feedback.adapters.times import read_time
from tests.feedback.survey_files import SCALES, parsed_file, saved_mapping, shared_file

pytestmark = [pytest.mark.data, pytest.mark.slow]

SFO = "sfo_2017/2017_SFO_Customer_Survey_20250817.csv"
RETAIL = "nps_retail_fr/nps_redacted.csv"
OLIST = "olist_b/olist_order_reviews_dataset.csv"
PREPPIN = "preppin/case_040/data_case_040_inputs_input_02.csv"


@pytest.fixture(scope="module")
def keys() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shared_file("answer_keys.json").read_text())
    return found


@pytest.fixture(scope="module")
def sfo() -> tuple[list[ResponseRecord], list[Refusal]]:
    return parsed_file(shared_file(SFO), saved_mapping("sfo_2017"))


@pytest.fixture(scope="module")
def retail() -> tuple[list[ResponseRecord], list[Refusal]]:
    return parsed_file(shared_file(RETAIL), saved_mapping("nps_retail_fr"))


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _values(responses: Iterable[ResponseRecord], question: str) -> list[int]:
    return [r.value for response in responses for r in response.ratings if r.question == question]


def _net(values: list[int]) -> dict[str, int]:
    return {
        "n": len(values),
        "promoters": sum(value >= 9 for value in values),
        "passives": sum(value in {7, 8} for value in values),
        "detractors": sum(value <= 6 for value in values),
    }


def _net_of_key(key: dict[str, Any]) -> dict[str, int]:
    return {name: key[name] for name in ("n", "promoters", "passives", "detractors")}


@pytest.mark.parametrize(
    ("name", "file"),
    [("sfo_2017", SFO), ("nps_retail_fr", RETAIL), ("olist_b", OLIST), ("preppin", PREPPIN)],
)
def test_the_saved_mappings_fit_their_files(name: str, file: str) -> None:
    by: Mapping = saved_mapping(name)
    path: Path = shared_file(file)

    with open_table(path, by.dialect) as table:
        problems = validate(by, table.heads, SCALES)

    assert problems == []
    assert find_dialect(path).dialect == by.dialect


def test_airport_scores_leave_the_code_11_out(
    sfo: tuple[list[ResponseRecord], list[Refusal]], keys: dict[str, Any]
) -> None:
    responses, refusals = sfo

    values = _values(responses, "netpro")

    assert _net(values) == _net_of_key(keys["sfo_2017"])
    assert (len(responses), refusals) == (keys["sfo_2017"]["rows"], [])


def test_airport_weights_give_the_weighted_score(
    sfo: tuple[list[ResponseRecord], list[Refusal]], keys: dict[str, Any]
) -> None:
    net, total = Decimal(0), Decimal(0)

    for response in sfo[0]:
        weight = response.weight or Decimal(0)
        for value in _values([response], "netpro"):
            total += weight
            net += weight * ((value >= 9) - (value <= 6))

    assert round(float(100 * net / total), 4) == keys["sfo_2017"]["weighted_nps"]


def test_airport_touchpoints_have_their_counts_and_means(
    sfo: tuple[list[ResponseRecord], list[Refusal]], keys: dict[str, Any]
) -> None:
    responses, _ = sfo
    found = {}

    for score in saved_mapping("sfo_2017").scores[1:]:
        values = _values(responses, score.question)
        unused = sum(response.answers.get(score.question) == "6" for response in responses)
        found[score.column] = {
            "n": len(values),
            "mean": round(sum(values) / len(values), 4),
            "top2_pct": round(100 * sum(value >= 4 for value in values) / len(values), 3),
            "not_used_6": unused,
            "blank": len(responses) - len(values) - unused,
        }

    assert found == keys["sfo_2017"]["touchpoints"]


def test_undeclared_codes_of_the_airport_are_refused_and_never_promoters(
    keys: dict[str, Any],
) -> None:
    by = saved_mapping("sfo_2017")
    bare = msgspec.structs.replace(by.scores[0], blank=())
    by = msgspec.structs.replace(by, scores=(bare,))

    responses, refusals = parsed_file(shared_file(SFO), by)

    assert Counter(refusal.code for refusal in refusals) == {
        "off_scale": keys["sfo_2017"]["sentinel_11"]
    }
    assert _net(_values(responses, "netpro")) == _net_of_key(keys["sfo_2017"])


def test_retail_scores_count_as_the_key_says(
    retail: tuple[list[ResponseRecord], list[Refusal]], keys: dict[str, Any]
) -> None:
    responses, refusals = retail

    values = _values(responses, "nps")

    assert _net(values) == _net_of_key(keys["nps_retail_fr"]["all"])
    assert len(responses) - len(values) == keys["nps_retail_fr"]["missing_nps"]
    assert refusals == []


def test_each_retail_wave_counts_as_the_key_says(
    retail: tuple[list[ResponseRecord], list[Refusal]], keys: dict[str, Any]
) -> None:
    waves: dict[str, list[int]] = {}
    for response in retail[0]:
        at = response.answered_at
        wave = f"{12 * (at.year - 2014) + at.month - 1}.0"
        waves.setdefault(wave, []).extend(_values([response], "nps"))

    key = keys["nps_retail_fr"]["by_wave"]

    assert {wave: _net(waves[wave]) for wave in key} == {w: _net_of_key(key[w]) for w in key}


def test_retail_verbatims_are_all_there_and_readable(
    retail: tuple[list[ResponseRecord], list[Refusal]], keys: dict[str, Any]
) -> None:
    texts = [response.comments["explication"] for response in retail[0] if response.comments]

    assert len(texts) == keys["nps_retail_fr"]["verbatims"]
    assert sum("é" in text for text in texts) > 1_500
    assert not [text for text in texts if re.search("\\w\u201a|\u201a\\w|\ufffd", text)]


def test_reviews_with_one_id_for_several_orders_all_load(keys: dict[str, Any]) -> None:
    responses, refusals = parsed_file(shared_file(OLIST), saved_mapping("olist_b"))

    values = _values(responses, "review")

    assert (len(values), refusals) == (keys["olist_b"]["reviews"], [])
    assert round(sum(values) / len(values), 4) == keys["olist_b"]["all"]["mean"]
    assert len({response.key for response in responses}) == 8_225


def test_the_conference_scores_equal_the_published_answer() -> None:
    shared = shared_file("preppin/case_040/src_evaluate_gt_case_040_output_01.csv")
    [published] = _table(shared)

    responses, refusals = parsed_file(shared_file(PREPPIN), saved_mapping("preppin"))

    net = _net(_values(responses, "sudzilla"))
    assert refusals == []
    assert (net["n"], net["promoters"], net["detractors"]) == (
        int(published["Total Respondents"]),
        int(published["Promoter"]),
        int(published["Detractor"]),
    )


def test_the_conference_food_labels_equal_the_published_scores() -> None:
    shared = shared_file("preppin/case_040/src_evaluate_gt_case_040_output_02.csv")
    published = {
        read_time(row["Timestamp"], "mdy"): float(row["Food Rating Score"])
        for row in _table(shared)
    }

    responses, _ = parsed_file(shared_file(PREPPIN), saved_mapping("preppin"))

    ours = {}
    for response in responses:
        values = [r.value for r in response.ratings if r.question.startswith("food-")]
        at = response.answered_at.replace(tzinfo=None, microsecond=0)
        ours[at] = sum(values) / len(values)
    assert {at: ours[at] for at in published} == pytest.approx(published)
