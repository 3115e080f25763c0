"""A first mapping for a file nobody has described, from its heads and values.

It is a proposal for a person to correct. What could be read in two ways is listed in `unsettled`
or left to be asked, so that `validate` stops the load until a person has decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import structs

from feedback.adapters import signs
from feedback.adapters.delighted_export import is_delighted, with_delighted
from feedback.adapters.dialect import Dialect, find_dialect
from feedback.adapters.known_exports import known_export, with_known
from feedback.adapters.mapping import (
    VERSION,
    Comment,
    CustomerColumn,
    CustomerSource,
    LanguageSource,
    Mapping,
    Named,
    ThreadSource,
    TimeSource,
    WeightSource,
    columns_in,
)
from feedback.adapters.profile import ColumnProfile, TableProfile, profile_table
from feedback.adapters.scales import MetricScale
from feedback.adapters.suggest_scores import suggest_long_score, suggest_scores, unsettled_in
from feedback.adapters.survey_file import settle_date_order
from feedback.adapters.table import open_table
from feedback.adapters.times import EARLIEST

_COMMENT_LENGTH = 20
_MOST_ID_COLUMNS = 3
_YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
_ID_KINDS = ("id", "integer", "text")


def suggest_mapping(
    path: Path, *, file_name: str, scales: dict[str, MetricScale], dialect: Dialect | None = None
) -> Mapping:
    """Suggest a mapping of the file at *path*; *file_name* names the survey.

    Only metrics in *scales* are suggested. *dialect* is found when it is not given. What is known
    of exports of Qualtrics, SurveyMonkey and Delighted goes before what values look like. Reads the
    file three times at most, with constant memory. Raises FileRefusedError as `find_dialect` and
    `open_table` do.
    """
    dialect = dialect or find_dialect(path).dialect
    with open_table(path, dialect) as table:
        profile = profile_table(table)
    mapping = _from_profile(profile, file_name, scales, dialect)
    if known := known_export(path, dialect):
        mapping = with_known(mapping, known, profile.columns)
    elif is_delighted(profile.columns):
        mapping = with_delighted(mapping, profile.columns, scales)
    if not mapping.answered_at.column:
        return mapping
    with open_table(path, dialect) as table:
        return settle_date_order(table, mapping)


def with_thread(mapping: Mapping, heads: Iterable[str], threads: dict[str, str]) -> Mapping:
    """Join answers that name nobody by the number of their order, where a loaded file has it.

    *threads* gives, by the head of such a number, the key of the files that told whose it is.
    """
    for head in heads:
        if head in threads and not mapping.customer:
            return structs.replace(mapping, thread=ThreadSource(column=head, joins=threads[head]))
    return mapping


def _from_profile(
    profile: TableProfile, file_name: str, scales: dict[str, MetricScale], dialect: Dialect
) -> Mapping:
    keys = signs.unique_keys(column.name for column in profile.columns)
    stem = Path(file_name).stem or "survey"
    mapping = Mapping(
        version=VERSION,
        survey=Named(key=signs.slug(stem), title=signs.readable(stem)),
        dialect=dialect,
        answered_at=TimeSource(column=_time_column(profile.columns)),
        customer=_customer(profile.columns, signs.slug(stem)),
        weight=_weight(profile.columns),
        language=_language(profile.columns),
    )
    if long := suggest_long_score(profile.columns, scales):
        mapping = structs.replace(mapping, shape="long", scores=(long,))
        ids = _long_response_id(profile.columns)
    else:
        free = _not_in(mapping, profile.columns)
        mapping = structs.replace(mapping, scores=suggest_scores(free, scales, keys))
        ids = _response_id(profile)
    mapping = structs.replace(mapping, response_id=ids)
    mapping = structs.replace(mapping, comments=_comments(_not_in(mapping, profile.columns), keys))
    rest = [column.name for column in _not_in(mapping, profile.columns) if column.filled]
    unsettled = unsettled_in(mapping.scores, profile.columns, scales)
    return structs.replace(mapping, hidden=tuple(rest), unsettled=unsettled)


def _not_in(mapping: Mapping, columns: Iterable[ColumnProfile]) -> list[ColumnProfile]:
    taken = {column for _, column in columns_in(mapping)}
    return [column for column in columns if column.name not in taken]


def _says(column: ColumnProfile) -> str:
    return f"{signs.words(column.name)} {signs.words(column.title)}"


def _time_column(columns: Sequence[ColumnProfile]) -> str:
    """Choose the time that most likely says when people answered, "" when no column is times."""
    times = [c for c in columns if c.kind in {"date", "datetime"} and _has_recent_years(c)]
    for sign in signs.BEST_TIME:
        for column in times:
            if sign.search(_says(column)):
                return column.name
    return times[0].name if times else ""


def _has_recent_years(column: ColumnProfile) -> bool:
    """Leave out what a database writes for a time of day: 1899-12-30, 1900-01-01, 1970-01-01."""
    years = [int(year) for text, _ in column.samples for year in _YEAR.findall(text)]
    return not years or max(years) >= EARLIEST.year


def _customer(columns: Sequence[ColumnProfile], namespace: str) -> CustomerSource | None:
    sources = [
        CustomerColumn(column=column.name, kind="external", namespace=namespace)
        for column in columns
        if column.kind in _ID_KINDS
        and signs.PERSON.search(signs.words(column.name))
        and signs.words(column.name).endswith(("id", "number", "no", "key"))
    ]
    for kind in ("email", "phone"):
        sources += [CustomerColumn(column=c.name, kind=kind) for c in columns if c.kind == kind]
    return CustomerSource(columns=tuple(sources)) if sources else None


def _weight(columns: Sequence[ColumnProfile]) -> WeightSource | None:
    for column in columns:
        is_number = column.kind in {"integer", "number"} and (column.low or 0) > 0
        if is_number and signs.WEIGHT.fullmatch(signs.words(column.name)):
            return WeightSource(column=column.name)
    return None


def _language(columns: Sequence[ColumnProfile]) -> LanguageSource | None:
    for column in columns:
        if column.kind == "text" and signs.LANGUAGE.fullmatch(signs.words(column.name)):
            return LanguageSource(column=column.name)
    return None


def _response_id(profile: TableProfile) -> tuple[str, ...]:
    """Take the fewest id columns, at most three, that no two rows of the sample share."""
    places = {column.name: place for place, column in enumerate(profile.columns)}
    ids = [c for c in profile.columns if c.kind == "id" and not c.empty]
    ids.sort(key=lambda column: not signs.RESPONSE.search(signs.words(column.name)))
    for count in range(1, min(len(ids), _MOST_ID_COLUMNS) + 1):
        chosen = [column.name for column in ids[:count]]
        keys = {tuple(row[places[name]] for name in chosen) for row in profile.sample}
        if len(keys) == len(profile.sample):
            return tuple(chosen)
    return ()


def _long_response_id(columns: Sequence[ColumnProfile]) -> tuple[str, ...]:
    for column in columns:
        head = signs.words(column.name)
        if column.kind in _ID_KINDS and signs.RESPONSE.search(head) and head.endswith("id"):
            return (column.name,)
    return ()


def _comments(columns: Sequence[ColumnProfile], keys: dict[str, str]) -> tuple[Comment, ...]:
    return tuple(
        Comment(column=column.name, question=keys[column.name], title=column.title)
        for column in columns
        if column.kind == "text" and is_written(column)
    )


def is_written(column: ColumnProfile) -> bool:
    """Tell text that people wrote from codes and names, by its head or its average length."""
    texts = [text for text in column.counts if text]
    average = sum(map(len, texts)) / max(len(texts), 1)
    is_varied = len(texts) * 2 > min(column.filled, 20)
    named = signs.COMMENT.search(_says(column)) is not None
    return is_varied and (average > _COMMENT_LENGTH or (named and not column.name.endswith("id")))
