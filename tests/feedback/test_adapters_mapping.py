"""A mapping is exchanged as JSON, and what is wrong with it is named."""

from __future__ import annotations

import json
from datetime import date

import msgspec
import pytest

from feedback.adapters.dialect import Dialect
from feedback.adapters.errors import MappingError
from feedback.adapters.mapping import (
    ChannelSource,
    Comment,
    CustomerColumn,
    CustomerSource,
    Mapping,
    Named,
    Score,
    TimeSource,
    TouchpointName,
    Unsettled,
    WeightSource,
    from_json,
    names_in,
    to_json,
)
from feedback.adapters.mapping_check import validate
from tests.feedback.survey_files import SCALES, mapping, saved_mapping

HEADS = ("id", "at", "score", "why", "w")
WEB = Named(key="web", title="Web")


@pytest.mark.parametrize("name", ["sfo_2017", "nps_retail_fr", "olist_b", "preppin"])
def test_json_of_a_mapping_reads_back_the_same(name: str) -> None:
    by = saved_mapping(name)

    assert from_json(to_json(by)) == by
    assert to_json(from_json(to_json(by))) == to_json(by)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scroes": []}, "mapping: object contains unknown field `scroes`"),
        ({"version": 2}, "version: this program reads version 1 only"),
        ({"shape": "broad"}, "shape: invalid enum value 'broad'"),
        ({"survey": {"key": 7}}, "survey.key: expected `str`, got `int`"),
        ({"scores": [{"column": "a", "metrik": "nps"}]}, r"scores\[0\]: object contains unknown"),
        ({"scores": [{"column": "a", "labels": {"x": "5"}}]}, r"scores\[0\].labels\[...\]: expect"),
        ({"dialect": {"delimeter": ";"}}, "dialect: object contains unknown field `delimeter`"),
    ],
)
def test_a_mapping_that_is_not_understood_names_the_field(
    change: dict[str, object], message: str
) -> None:
    content = {"version": 1, "survey": {"key": "shop"}} | change

    with pytest.raises(MappingError, match=message):
        from_json(json.dumps(content))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", "[1]"])
def test_what_is_no_mapping_is_refused(content: bytes | str) -> None:
    with pytest.raises(MappingError):
        from_json(content)


def test_the_shortest_way_to_write_steps_is_enough() -> None:
    by = from_json(
        '{"version": 1, "survey": {"key": "s"}, "answered_at": '
        '{"column": "INTDATE", "start": "2017-05-01", "step_days": 1}}'
    )

    assert by.answered_at == TimeSource(column="INTDATE", start=date(2017, 5, 1), step_days=1)


def test_a_complete_mapping_has_no_problems() -> None:
    by = mapping(
        response_id=("id",),
        comments=(Comment(column="why", question="why"),),
        weight=WeightSource(column="w"),
        customer=CustomerSource(
            columns=(CustomerColumn(column="id", kind="external", namespace="crm"),)
        ),
    )

    assert validate(by, HEADS, SCALES) == []


def _score(**fields: object) -> Mapping:
    given = {"column": "score", "question": "q", "metric": "nps"} | fields
    return mapping(score=Score(**given))  # type: ignore[arg-type]


def _time(**fields: object) -> Mapping:
    return mapping(answered_at=TimeSource(**fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("by", "field"),
    [
        (msgspec.structs.replace(mapping(), survey=Named(key="")), "survey.key"),
        (mapping(response_id=("nr",)), "response_id[0]"),
        (mapping(response_id=("",)), "response_id[0]"),
        (mapping(hidden=("colour",)), "hidden[0]"),
        (mapping(weight=WeightSource(column="wt")), "weight.column"),
        (mapping(channel=ChannelSource(column="via")), "channel.column"),
        (mapping(channel=ChannelSource(channel=Named(key=""))), "channel"),
        (mapping(comments=(Comment(column="", question="x"),)), "comments[0].column"),
        (mapping(comments=(Comment(column="why", question="nps"),)), "scores"),
        (mapping(comments=(Comment(column="why", question=""),)), "scores"),
        (mapping(unsettled=(Unsettled(column="score", value="11", count=3),)), "unsettled[0]"),
        (
            mapping(
                customer=CustomerSource(columns=(CustomerColumn(column="id", kind="external"),))
            ),
            "customer.columns[0].namespace",
        ),
        (
            mapping(
                customer=CustomerSource(
                    columns=(CustomerColumn(column="id", kind="email", namespace="crm"),)
                )
            ),
            "customer.columns[0].namespace",
        ),
        (mapping(dialect=Dialect(head_rows=4)), "dialect.head_rows"),
        (mapping(dialect=Dialect(skip_rows=-1)), "dialect.skip_rows"),
        (mapping(dialect=Dialect(encoding="klingon")), "dialect.encoding"),
        (_time(), "answered_at"),
        (_time(column="at", at="2026-01-01"), "answered_at.at"),
        (_time(at="soon"), "answered_at.at"),
        (_time(column="at", when_empty="never"), "answered_at.when_empty"),
        (_time(column="at", zone="Mars/Base"), "answered_at.zone"),
        (_time(column="at", zone="localtime"), "answered_at.zone"),
        (_time(column="at", date_order="ask"), "answered_at.date_order"),
        (_time(column="id", step_days=1), "answered_at.start"),
        (_time(column="id", start=date(2026, 1, 1)), "answered_at.step_days"),
        (_time(column="id", start=date(2026, 1, 1), step_days=-1), "answered_at.step_days"),
        (
            _time(column="id", start=date(2026, 1, 1), step_days=1, step_months=1),
            "answered_at.step_days",
        ),
        (_score(column="note"), "scores[0].column"),
        (_score(column=""), "scores[0].column"),
        (_score(question=""), "scores"),
        (_score(metric=""), "scores[0].metric"),
        (_score(metric="nps_7"), "scores[0].metric"),
        (_score(labels={"Yum!": 11}), "scores[0].labels"),
        (_score(blank=("NA",), not_applicable=("na ",)), "scores[0]"),
        (_score(touchpoint=TouchpointName(key="")), "scores"),
        (msgspec.structs.replace(mapping(), scores=()), "scores"),
        (
            msgspec.structs.replace(
                mapping(shape="long"),
                scores=tuple(Score(column="score", question=q, metric="nps") for q in ("a", "b")),
            ),
            "scores",
        ),
    ],
)
def test_a_problem_of_a_mapping_names_its_field(by: Mapping, field: str) -> None:
    problems = validate(by, HEADS, SCALES)

    assert [problem.field for problem in problems] == [field]


def test_the_registry_entries_of_a_mapping_are_listed_once() -> None:
    shop = TouchpointName(key="shop", channel=WEB)
    score = Score(column="score", question="q", metric="nps", touchpoint=shop)
    by = msgspec.structs.replace(
        mapping(channel=ChannelSource(channel=WEB)),
        scores=(score, msgspec.structs.replace(score, question="r", metric="csat_5")),
    )

    names = names_in(by)

    assert (names.touchpoints, names.channels, names.metrics) == (
        (shop,),
        (WEB,),
        ("nps", "csat_5"),
    )


def test_touchpoints_and_channels_named_by_cells_are_listed() -> None:
    shop, web = TouchpointName(key="shop"), TouchpointName(key="web")
    by = mapping(
        score=Score(
            column="score",
            metric_column="m",
            metrics={"Recommend": "nps"},
            touchpoint_column="where",
            touchpoints={"Shop": shop, "Web": web},
        ),
        channel=ChannelSource(column="via", channels={"W": WEB}),
    )

    names = names_in(by)

    assert (names.touchpoints, names.channels, names.metrics) == ((shop, web), (WEB,), ("nps",))


def test_a_dialect_goes_with_the_mapping() -> None:
    by = mapping(dialect=Dialect(delimiter=";", encoding="cp850", head_rows=2))

    assert from_json(to_json(by)).dialect == by.dialect
