"""Which columns hold scores, of which metric, and which of their values are no scores."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import structs

from feedback.adapters import signs
from feedback.adapters.mapping import Score, TouchpointName, Unsettled
from feedback.adapters.profile import ColumnProfile
from feedback.adapters.scales import MetricScale
from feedback.adapters.score_cells import ScoreCells
from feedback.adapters.touchpoint_titles import touchpoint_title

MOST_UNSETTLED = 50
_MOST_VALUES = 40
_ON_SCALE = 0.25  # of rows; half an airport never parks there, and the column is still a rating
_NAMED_ON_SCALE = 0.5
_POSITIONS = 0.6  # of a scale that must occur before a column without a telling head is a rating
_FAMILY = 4  # columns such as Q7ART, Q7FOOD, ... that share a scale
_WHOLE = re.compile(r"[0-9]{1,3}(?:[.,]0+)?")


def suggest_scores(
    columns: Sequence[ColumnProfile], scales: dict[str, MetricScale], keys: dict[str, str]
) -> tuple[Score, ...]:
    """Suggest a score for each column whose head and values speak for one, in file order.

    *keys* gives each column its question key.
    """
    families = Counter(
        family for column in columns if _is_rating(column) and (family := _family(column))
    )
    scores = []
    for column in columns:
        labels = _labels(column)
        if labels or _is_rated_in_words(column):
            metric = "csat_5"
        else:
            metric = _metric(column, is_family=families[_family(column)] >= _FAMILY)
        if metric in scales:
            scores.append(_score(column, metric, labels, keys[column.name]))
    return tuple(_with_names_of_their_own(_with_one_of_the_whole(scores)))


def _with_names_of_their_own(scores: Sequence[Score]) -> list[Score]:
    """Name touchpoints by their whole questions where the short names are the same.

    Two questions about one thing, such as its price and its taste, are not one score.
    """
    times = Counter(score.touchpoint.key for score in scores if score.touchpoint)
    return [
        structs.replace(score, touchpoint=_name(signs.readable(score.title)))
        if score.touchpoint and times[score.touchpoint.key] > 1
        else score
        for score in scores
    ]


def _with_one_of_the_whole(scores: Sequence[Score]) -> list[Score]:
    """Keep one score about the company as a whole: pooled, several would be one wrong number.

    The one that asks about recommending goes before the first; a person can add the others.
    """
    of_the_whole = [score for score in scores if score.metric.startswith("nps")]
    if len(of_the_whole) < 2:  # noqa: PLR2004 - one cannot be pooled
        return list(scores)
    named = [s for s in of_the_whole if signs.RECOMMEND.search(signs.words(s.title))]
    kept = (named or of_the_whole)[0]
    return [score for score in scores if score is kept or score not in of_the_whole]


def suggest_long_score(
    columns: Sequence[ColumnProfile], scales: dict[str, MetricScale]
) -> Score | None:
    """Suggest the one score of a long file: a value column beside a touchpoint or a question."""
    value = _named(columns, signs.VALUE, kind="integer")
    touchpoint = _named(columns, signs.TOUCHPOINT, kind="text")
    question = _named(columns, signs.QUESTION, kind="text")
    if value is None or (touchpoint is None and question is None):
        return None
    metric = _metric(value, is_family=True)
    if metric not in scales:
        return None
    return Score(
        column=value.name,
        metric=metric,
        question_column=question.name if question else "",
        touchpoint_column=touchpoint.name if touchpoint else "",
        touchpoints=_touchpoints(touchpoint) if touchpoint else {},
    )


def unsettled_in(
    scores: Iterable[Score], columns: Iterable[ColumnProfile], scales: dict[str, MetricScale]
) -> tuple[Unsettled, ...]:
    """List the values of scored columns that are no scores: a person must say what they mean.

    Scores whose metric is in a column of its own, is not in *scales*, or whose column is not among
    *columns* are passed by; `validate` and the dry run say what is the matter with them.
    """
    by_name = {column.name: column for column in columns}
    found = []
    for score in scores:
        if score.metric not in scales or score.column not in by_name:
            continue
        cells = ScoreCells(score, scales[score.metric])
        strange = [
            Unsettled(column=score.column, value=value, count=count)
            for value, count in by_name[score.column].counts.items()
            if cells.read(value).code
        ]
        found += strange[:MOST_UNSETTLED]
    return tuple(found)


def _score(column: ColumnProfile, metric: str, labels: dict[str, int], key: str) -> Score:
    is_relational = metric.startswith("nps")  # such a question is about the whole company
    return Score(
        column=column.name,
        question=key,
        title=column.title,
        metric=metric,
        touchpoint=None if is_relational else _name(touchpoint_title(signs.readable(column.title))),
        labels=labels,
    )


def _name(title: str) -> TouchpointName:
    return TouchpointName(key=signs.slug(title), title=title)


def _metric(column: ColumnProfile, *, is_family: bool) -> str:
    """Name the metric that head and values speak for, "" for none."""
    says = f"{signs.words(column.name)} {signs.words(column.title)}"
    if signs.NPS.search(says) and _share(column, 0, 10) >= _NAMED_ON_SCALE:
        return "nps_1_10" if signs.ONE_TO_TEN.search(says) else "nps"
    if signs.EFFORT.search(says) and _share(column, 1, 7) >= _NAMED_ON_SCALE:
        return "ces_1" if _share(column, 1, 5) == 1 else "ces_2"
    is_named = signs.STARS.search(says) or signs.SATISFACTION.search(says)
    if not (is_named or is_family) or not _is_rating(column):
        return ""
    if signs.STARS.search(says):
        return "stars"
    return "csat_3" if _share(column, 1, 3) == 1 else "csat_5"


def _is_rating(column: ColumnProfile) -> bool:
    """Tell a column of ratings from 1 to 5 (or 3), with perhaps a code or two beside them."""
    values = _whole(column)
    on_scale = {value for value in values if 1 <= value <= 5}  # noqa: PLR2004 the usual scale
    beside = len(values) - len(on_scale)
    is_three = _share(column, 1, 3) == 1 and len(on_scale) == 3  # noqa: PLR2004 a three-point scale
    is_five = len(on_scale) >= _POSITIONS * 5 and 5 in on_scale  # noqa: PLR2004 the usual scale
    return (is_three or is_five) and beside <= 2 and _share(column, 1, 5) >= _ON_SCALE  # noqa: PLR2004 blank and "not used"


def _whole(column: ColumnProfile) -> Counter[int]:
    """Count the whole numbers of a column with few values; none of a column with many."""
    if column.is_capped or len(column.counts) > _MOST_VALUES:
        return Counter()
    whole: Counter[int] = Counter()
    for text, count in column.counts.items():
        if _WHOLE.fullmatch(text):
            whole[int(re.split("[.,]", text)[0])] += count
    return whole


def _share(column: ColumnProfile, first: int, last: int) -> float:
    on_scale = sum(n for value, n in _whole(column).items() if first <= value <= last)
    return on_scale / max(column.filled, 1)


def _family(column: ColumnProfile) -> str:
    match = signs.FAMILY.match(column.name)
    return match[1] if match else ""


def _labels(column: ColumnProfile) -> dict[str, int]:
    """Give the points of a column of words, where all its words belong to one known scale."""
    if column.kind != "text" or column.is_capped or not column.counts:
        return {}
    texts = {text: text.strip().casefold() for text in column.counts}
    for scale in signs.LABEL_SCALES:
        if len(texts) > 1 and set(texts.values()) <= set(scale):
            return {text: scale.index(plain) + 1 for text, plain in texts.items()}
    return {}


def _is_rated_in_words(column: ColumnProfile) -> bool:
    """Tell a question for a rating that was answered in a few words of its own, points unknown."""
    says = f"{signs.words(column.name)} {signs.words(column.title)}"
    is_asked = signs.SATISFACTION.search(says) and column.kind == "text" and not column.is_capped
    return bool(is_asked) and 3 <= len(column.counts) <= 7 < column.filled  # noqa: PLR2004 a scale in words


def _named(
    columns: Sequence[ColumnProfile], sign: re.Pattern[str], kind: str
) -> ColumnProfile | None:
    """Find the one column of *kind* whose short head is such a word; None for several."""
    found = [
        column
        for column in columns
        if column.kind == kind and sign.fullmatch(signs.words(column.name))
    ]
    return found[0] if len(found) == 1 else None


def _touchpoints(column: ColumnProfile) -> dict[str, TouchpointName]:
    return {
        value: TouchpointName(key=signs.slug(value), title=value)
        for value in ([] if column.is_capped else column.counts)
    }
