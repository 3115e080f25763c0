"""Builders for the tests of survey files: small files, mappings and scales."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedback.adapters.dialect import Dialect
from feedback.adapters.mapping import Mapping, Named, Score, TimeSource, from_json
from feedback.adapters.records import Refusal, ResponseRecord
from feedback.adapters.scales import MetricScale
from feedback.adapters.survey_file import parse
from feedback.adapters.table import Table, open_table

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
MAPPINGS = Path(__file__).parent / "mappings"
SHARED = Path(__file__).parents[2].parent / "shared" / "data"
SCALES = {
    "nps": MetricScale(0, 10),
    "nps_1_10": MetricScale(1, 10),
    "csat_5": MetricScale(1, 5),
    "csat_3": MetricScale(1, 3),
    "csat_2": MetricScale(0, 1),
    "ces_1": MetricScale(1, 5),
    "ces_2": MetricScale(1, 7),
    "stars": MetricScale(1, 5),
}


def shared_file(name: str) -> Path:
    """Give a file of the shared data, or skip the test where the data is not there."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"../shared/data/{name} is not on this machine")
    return path


def written(folder: Path, content: str | bytes, name: str = "answers.csv") -> Path:
    """Write *content* (text as UTF-8, line ends as they are) to a file and give its path."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def mapping(
    *,
    score: Score | None = None,
    answered_at: TimeSource | None = None,
    **fields: object,
) -> Mapping:
    """Make a mapping of one score column on NPS, answered at the times in column "at"."""
    return Mapping(
        version=1,
        survey=Named(key="shop"),
        scores=(score or Score(column="score", question="nps", metric="nps"),),
        answered_at=answered_at or TimeSource(column="at"),
        **fields,  # type: ignore[arg-type]
    )


def parsed(
    heads: Iterable[str], rows: Iterable[list[str]], by: Mapping
) -> list[ResponseRecord | Refusal]:
    """Parse rows given as lists of cells; the first is on line 2."""
    table = Table(tuple(heads), iter(list(enumerate(rows, start=2))))
    return list(parse(table, by, SCALES, zone=BERLIN, now=NOW))


def parsed_file(path: Path, by: Mapping) -> tuple[list[ResponseRecord], list[Refusal]]:
    """Parse a file with the dialect of its mapping into responses and refusals."""
    with open_table(path, by.dialect) as table:
        items = list(parse(table, by, SCALES, zone=BERLIN, now=NOW))
    responses = [item for item in items if isinstance(item, ResponseRecord)]
    return responses, [item for item in items if isinstance(item, Refusal)]


def saved_mapping(name: str) -> Mapping:
    """Read one of the mapping files beside the tests."""
    return from_json((MAPPINGS / f"{name}.json").read_bytes())


def rows_of(path: Path, dialect: Dialect) -> tuple[tuple[str, ...], list[list[str]]]:
    """Read heads and cells of a file that has no refusals."""
    with open_table(path, dialect) as table:
        items = list(table.rows)
    return table.heads, [item[1] for item in items if not isinstance(item, Refusal)]
