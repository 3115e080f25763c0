"""A mapping is suggested, and what is doubtful is left for a person to settle."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback.adapters.mapping import CustomerColumn, Mapping, from_json, to_json
from feedback.adapters.mapping_check import validate
from feedback.adapters.signs import readable, slug, unique_keys
from feedback.adapters.suggest import suggest_mapping
from feedback.adapters.table import open_table
from tests.feedback.survey_files import SCALES, shared_file, written


def _suggest(path: Path) -> Mapping:
    return suggest_mapping(path, file_name=path.name, scales=SCALES)


def _fields(path: Path, by: Mapping) -> set[str]:
    with open_table(path, by.dialect) as table:
        return {problem.field.partition("[")[0] for problem in validate(by, table.heads, SCALES)}


def _metrics(by: Mapping) -> dict[str, str]:
    return {score.column: score.metric for score in by.scores}


def _file(folder: Path, heads: str, *rows: str, times: int = 1) -> Path:
    return written(folder, "\n".join([heads, *rows * times]) + "\n", name="Shop survey 2026.csv")


def test_a_plain_file_is_mapped_whole(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "response_id,customer_id,email,submitted_at,NPS,csat_score,weight,language,Why?,city",
        "r-0000001,17,ana@example.org,2026-01-02 03:04,9,5,1.2,en,Everything went very well,Bern",
        "r-0000002,18,bob@example.org,2026-01-02 03:05,10,4,0.8,de,Nobody answered the phone,Bern",
        "r-0000003,19,eve@example.org,2026-01-02 03:06,3,3,1.0,en,It took far too long for me,Bonn",
    )

    by = _suggest(path)

    assert validate(by, by.hidden + tuple(_metrics(by)) + _used(by), SCALES) == []
    assert (by.survey.key, by.shape, by.response_id) == (
        "shop-survey-2026",
        "wide",
        ("response_id",),
    )
    assert _metrics(by) == {"NPS": "nps", "csat_score": "csat_5"}
    assert (by.answered_at.column, by.hidden) == ("submitted_at", ("city",))
    assert [comment.column for comment in by.comments] == ["Why?"]
    assert by.weight is not None
    assert by.language is not None
    assert by.customer is not None
    assert by.customer.columns == (
        CustomerColumn(column="customer_id", kind="external", namespace="shop-survey-2026"),
        CustomerColumn(column="email", kind="email"),
    )


def _used(by: Mapping) -> tuple[str, ...]:
    return (
        "response_id", "customer_id", "email", "submitted_at", "weight", "language", "Why?"
    )  # fmt: skip


def test_codes_beside_a_scale_are_listed_and_never_scores(tmp_path: Path) -> None:
    path = _file(
        tmp_path, "at,nps", "2026-01-02,9", "2026-01-02,11", "2026-01-02,7", "2026-01-02,9"
    )

    by = _suggest(path)

    assert [(u.column, u.value, u.count) for u in by.unsettled] == [("nps", "11", 1)]
    assert _fields(path, by) == {"unsettled"}


@pytest.mark.parametrize(
    ("head", "values", "metric"),
    [
        ("NPS", "0 5 9 10", "nps"),
        ("How likely are you to recommend us?", "7 9 10", "nps"),
        ("Recommend (1 to 10)", "1 7 9 10", "nps_1_10"),
        ("CES", "1 2 5", "ces_1"),
        ("effort", "1 4 7", "ces_2"),
        ("stars", "1 3 4 5", "stars"),
        ("rating", "2 3 4 5", "stars"),
        ("satisfaction", "1 2 3 4 5", "csat_5"),
        ("csat", "1 2 3", "csat_3"),
        ("satisfaction", "Satisfied|Very satisfied|Neutral", "csat_5"),
        ("age", "18 34 56", ""),
        ("visits", "1 2 3 4 5 60 70 80", ""),
    ],
)
def test_metrics_follow_heads_and_values(
    tmp_path: Path, head: str, values: str, metric: str
) -> None:
    cells = values.split("|") if "|" in values else values.split()
    path = _file(tmp_path, f"at,{head}", *[f"2026-01-02,{cell}" for cell in cells], times=5)

    assert _metrics(_suggest(path)) == ({head: metric} if metric else {})


def test_touchpoints_are_named_by_what_is_asked_about(tmp_path: Path) -> None:
    heads = (
        "How satisfied were you with the staff?",
        "How satisfied were you with the price of lunch?",
        "How satisfied are you with the price of lunch?",
    )
    rows = [f"2026-01-02,{n},{n},{n}" for n in range(1, 6)]
    path = _file(tmp_path, ",".join(("at", *heads)), *rows, times=5)

    names = [score.touchpoint for score in _suggest(path).scores]

    assert [(name.key, name.title) for name in names if name] == [
        ("staff", "Staff"),
        (slug(heads[1]), heads[1]),
        (slug(heads[2]), heads[2]),
    ]


def test_known_words_become_points_and_unknown_ones_are_asked(tmp_path: Path) -> None:
    rows = [
        "2026-01-02,very satisfied,Yum",
        "2026-01-02,dissatisfied,Meh",
        "2026-01-02,neutral,Ugh",
    ]
    path = _file(tmp_path, "at,satisfaction,How would you rate lunch?", *rows, times=4)

    by = _suggest(path)

    assert by.scores[0].labels == {"very satisfied": 5, "dissatisfied": 2, "neutral": 3}
    assert [u.value for u in by.unsettled] == ["Yum", "Meh", "Ugh"]


def test_an_ambiguous_date_order_is_asked(tmp_path: Path) -> None:
    path = _file(tmp_path, "date,nps", "01/02/2026,9", "03/04/2026,8")

    assert _fields(path, _suggest(path)) == {"answered_at.date_order"}


def test_a_long_file_is_recognised(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "response id,date,touchpoint,rating",
        "1,2026-01-02,Shop floor,5",
        "1,2026-01-02,Web,4",
        "2,2026-01-02,Web,3",
    )

    by = _suggest(path)

    [score] = by.scores
    assert (by.shape, by.response_id, score.touchpoint_column) == (
        "long", ("response id",), "touchpoint",
    )  # fmt: skip
    assert {value: point.key for value, point in score.touchpoints.items()} == {
        "Web": "web",
        "Shop floor": "shop-floor",
    }
    assert _fields(path, by) == set()


def test_a_suggestion_is_written_and_read_as_json(tmp_path: Path) -> None:
    by = _suggest(_file(tmp_path, "at,nps", "2026-01-02,9", "2026-01-02,NA"))

    assert from_json(to_json(by)) == by


def test_the_airport_file_has_its_ratings_found_and_its_codes_asked() -> None:
    by = _suggest(shared_file("sfo_2017/2017_SFO_Customer_Survey_20250817.csv"))

    metrics = _metrics(by)
    asked = {(item.column, item.value): item.count for item in by.unsettled}
    assert (by.response_id, metrics["NETPRO"], metrics["Q7ART"]) == (("RESPNUM",), "nps", "csat_5")
    assert (asked["NETPRO", "11"], asked["Q7ART", "6"], asked["Q7ART", "0"]) == (84, 445, 102)
    assert by.answered_at.column == ""


def test_repeated_review_ids_are_joined_with_the_order() -> None:
    by = _suggest(shared_file("olist_b/olist_order_reviews_dataset.csv"))

    assert by.response_id == ("review_id", "order_id")
    assert _metrics(by) == {"review_score": "stars"}
    assert by.answered_at.column == "review_answer_timestamp"


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("Q7_INFO_DOWN", "Info down"),
        ("CheckOutSpeed", "Check out speed"),
        ("How was it?", "How was it?"),
        ("Q7", "Q7"),
    ],
)
def test_titles_are_readable(head: str, title: str) -> None:
    assert readable(head) == title


def test_keys_are_short_plain_and_unique() -> None:
    long = "How would you rate the friendliness of the people in the shop on the first floor"

    assert slug("Où était-ce ?") == "ou-etait-ce"
    assert slug(f"{long} (lunch)") != slug(f"{long} (dinner)")
    assert len(slug(long)) <= 60
    assert slug("お店") == slug("お店") != slug("駅")
    assert unique_keys(["Score", "Score?", "score!"]) == {
        "Score": "score",
        "Score?": "score-2",
        "score!": "score-3",
    }


def test_only_one_question_about_the_whole_is_suggested_as_a_score(tmp_path: Path) -> None:
    heads = "id,Rate the opening (0-10),Would you recommend us? (0-10),Rate the end (0-10)"
    path = _file(tmp_path, heads, "r1,9,10,8", "r2,0,3,4", times=10)

    assert _metrics(_suggest(path)) == {"Would you recommend us? (0-10)": "nps"}
