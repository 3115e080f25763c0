"""What was answered to each question of a survey, within one filter, each number with its rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count
from django.urls import reverse

from cxm.metrics.figures import Scope, figure_of
from cxm.metrics.rules.histogram import Histogram
from feedback.models import Rating, SurveyQuestion, SurveyVersion, Verbatim
from feedback.rules.question_results import (
    Asking,
    Look,
    Numbers,
    RankRow,
    ShareRow,
    Tally,
    askings,
    rank_rows,
    share_rows,
    without_na,
)
from feedback.rules.questionnaires import read_questionnaire
from feedback.selectors.registry_names import Kind
from feedback.selectors.response_filter import Standing
from feedback.selectors.response_rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.customers.selectors.persons import Reader
    from cxm.metrics.figures import Figure
    from feedback.models import Survey
    from feedback.selectors.registry_names import Measure
    from feedback.selectors.response_filter import Asked, ResponseFilter

# The newest responses are read; more take longer than people wait for a page.
MOST_READ = 100_000
MOST_TALLIED = 60
MOST_VERSIONS = 10
# What was said to questions that are neither scores nor texts: one row for each answer.
_SAID = """
WITH chosen (id) AS MATERIALIZED ({rows}), said AS (
    SELECT r.id, a.key AS question, v.value, v.place
    FROM chosen
    JOIN feedback_response r ON r.tenant_id = %s AND r.id = chosen.id
    CROSS JOIN LATERAL jsonb_each(r.answers) a
    CROSS JOIN LATERAL jsonb_array_elements(
        CASE jsonb_typeof(a.value) WHEN 'array' THEN a.value ELSE jsonb_build_array(a.value) END
    ) WITH ORDINALITY AS v (value, place)
    WHERE a.key = ANY(%s) AND jsonb_typeof(v.value) <> 'null'
)
"""
_TALLIES = """
SELECT question, told, n, place, spread, came_first FROM (
    SELECT question, coalesce(value ->> 'key', value #>> '{}') AS told, count(DISTINCT id) AS n,
        avg(place)::float8 AS place, coalesce(stddev_samp(place), 0)::float8 AS spread,
        count(*) FILTER (WHERE place = 1) AS came_first,
        row_number() OVER (
            PARTITION BY question
            ORDER BY count(DISTINCT id) DESC, coalesce(value ->> 'key', value #>> '{}')
        ) AS nth
    FROM said GROUP BY question, coalesce(value ->> 'key', value #>> '{}')
) tallied WHERE nth <= %s ORDER BY question, nth
"""
_BASES = """
SELECT question, count(DISTINCT id), count(number), avg(number), coalesce(stddev_samp(number), 0),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY number), min(number), max(number)
FROM (
    SELECT id, question,
        CASE jsonb_typeof(value) WHEN 'number' THEN (value #>> '{}')::float8 END AS number
    FROM said
) numbered GROUP BY question
"""


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What was answered to one question: *n* responses, *na* more for which it does not apply.

    Which of the others is filled depends on *look*; *within* is what the survey was filtered by.
    """

    key: str
    text: str
    look: Look
    type_words: str
    n: int
    within: ResponseFilter
    na: int = 0
    unit: str = ""
    figure: Figure | None = None
    measure: Measure | None = None
    shares: Sequence[ShareRow] = ()
    ranks: Sequence[RankRow] = ()
    numbers: Numbers | None = None

    @property
    def query(self) -> str:
        """Select the responses that answered it."""
        return self._query(self.key)

    def query_of(self, value: str) -> str:
        """Select the responses that gave one answer."""
        return self._query(f"{self.key}:{value}")

    def _query(self, answer: str) -> str:
        said = self.within.said
        return replace(self.within, said=replace(said, answers=(*said.answers, answer))).query()


@dataclass(frozen=True, slots=True)
class SurveyResults:
    """All questions of a survey; *total* responses were read, the newest where *is_cut*."""

    survey: Survey
    asked: Asked
    total: int
    is_cut: bool
    results: list[QuestionResult]


def results_asked(survey: Survey, asked: Asked) -> Asked:
    """Hold a filter to the responses in the numbers of one survey."""
    keys = {**asked.filter.keys, Kind.SURVEY: (survey.key,)}
    without = tuple(kind for kind in asked.filter.without if kind is not Kind.SURVEY)
    held_to = replace(
        asked.filter,
        metric="",
        keys=keys,
        without=without,
        standing=Standing.COUNTED,
        is_weighted=False,
    )
    return replace(asked, filter=held_to)


def survey_results(
    reader: Reader, survey: Survey, asked: Asked, *, now: datetime, only: str = ""
) -> SurveyResults:
    """Count what was answered, within `results_asked`, to the question *only* or to all.

    Eight queries.
    """
    rows = rows_of(reader.tenant, asked)
    total = rows.order_by()[: MOST_READ + 1].count()
    is_cut = total > MOST_READ
    read = rows[:MOST_READ] if is_cut else rows.order_by()
    counting = _Counting(reader, survey, asked, read.values("pk"), now, only)
    return SurveyResults(survey, asked, min(total, MOST_READ), is_cut, list(counting.results()))


class _Counting:
    """The counts of one page, each read once."""

    def __init__(  # noqa: PLR0917 - what every count needs
        self,
        reader: Reader,
        survey: Survey,
        asked: Asked,
        read: QuerySet[Any],
        now: datetime,
        only: str,
    ) -> None:
        self.reader, self.survey, self.asked, self.read, self.now = reader, survey, asked, read, now
        self.listed = reverse("feedback:response-list", args=[reader.tenant.slug])
        self.askings = askings(read_questionnaire(one) for one in _documents(survey))
        questions = SurveyQuestion.objects.for_tenant(reader.tenant).filter(survey=survey)
        chosen = questions.filter(key=only) if only else questions
        self.questions = list(chosen.order_by("ord", "key", "pk"))
        self.scores = self._scores()
        self.texts = self._texts()
        self.tallies, self.bases = self._said()

    def results(self) -> Iterator[QuestionResult]:
        for question in self.questions:
            asking = self._asking(question.key)
            if question.kind == SurveyQuestion.Kind.SCORE:
                yield from self._scored(question, asking)
            elif question.kind == SurveyQuestion.Kind.TEXT:
                yield self._result(question, Look.TEXTS, asking, self.texts.get(question.key, 0))
            else:
                yield self._told(question, asking)

    def _asking(self, key: str) -> Asking:
        # The rows of a table stand under its key.
        return self.askings.get(key) or self.askings.get(key.partition(".")[0]) or Asking()

    def _scored(self, question: SurveyQuestion, asking: Asking) -> Iterator[QuestionResult]:
        """Tell a score by each figure that it was given for: another scale is another series."""
        _, _, na = without_na(asking, self.tallies.get(question.key, []), 0)
        counted = self.scores.get(question.key)
        if not counted:
            yield self._result(question, Look.COUNT, asking, 0, na=na)
            return
        for metric_id, values in counted.items():
            measure = self.asked.names.measures[metric_id]
            result = self._result(question, Look.SCORES, asking, sum(values.values()), na=na)
            scale = Asking(titles={str(value): str(value) for value in measure.values})
            told = [Tally(str(value), n) for value, n in values.items()]
            yield replace(
                result,
                measure=measure,
                figure=self._figure(measure, values, result.query),
                shares=share_rows(scale, told, result.n, tells_few=True),
            )

    def _figure(self, measure: Measure, values: dict[int, int], query: str) -> Figure:
        metric, chosen = measure.metric, self.asked.filter
        scope = Scope(
            filter=query,
            start_on=chosen.first_on,
            end_on=chosen.last_on,
            time_zone=self.reader.tenant.time_zone,
            as_of=self.now,
            rows_url=f"{self.listed}?{query}",
        )
        answers = [value for value, n in values.items() for _ in range(n)]
        histogram = Histogram.of(answers, first=metric.scale_offset, step=metric.scale_step)
        return figure_of(metric, measure.version, histogram, scope)

    def _told(self, question: SurveyQuestion, asking: Asking) -> QuestionResult:
        tallies, base = self.tallies.get(question.key, []), self.bases.get(question.key)
        tallies, n, na = without_na(asking, tallies, base.n if base else 0)
        result = self._result(question, asking.look, asking, n, na=na)
        match asking.look:
            case Look.SHARES:
                few = self.reader.sees_persons
                return replace(result, shares=share_rows(asking, tallies, n, tells_few=few))
            case Look.RANKS:
                return replace(result, ranks=rank_rows(asking, tallies, n))
            case Look.NUMBER:
                return replace(result, numbers=base.numbers if base else None)
            case _:
                return result

    def _result(
        self, question: SurveyQuestion, look: Look, asking: Asking, n: int, *, na: int = 0
    ) -> QuestionResult:
        return QuestionResult(
            key=question.key,
            text=question.text,
            look=look,
            type_words=asking.type.words if asking.type else question.get_kind_display(),
            n=n,
            within=self.asked.filter,
            na=na,
            unit=asking.unit,
        )

    def _mine(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(response__in=self.read)

    def _scores(self) -> dict[str, dict[UUID, dict[int, int]]]:
        rows = self._mine(Rating.objects.for_tenant(self.reader.tenant).counted())
        rows = rows.filter(question_key__in=[one.key for one in self.questions])
        counted: dict[str, dict[UUID, dict[int, int]]] = defaultdict(dict)
        found = rows.values_list("question_key", "metric", "value").annotate(n=Count("pk"))
        for key, metric, value, n in found.order_by("question_key", "metric", "value"):
            counted[key].setdefault(metric, {})[value] = n
        return counted

    def _texts(self) -> dict[str, int]:
        rows = self._mine(Verbatim.objects.for_tenant(self.reader.tenant))
        rows = rows.filter(question_key__in=[one.key for one in self.questions])
        found = rows.values_list("question_key").annotate(n=Count("response", distinct=True))
        return dict(found.order_by())

    def _said(self) -> tuple[dict[str, list[Tally]], dict[str, _Base]]:
        keys = [one.key for one in self.questions if one.kind != SurveyQuestion.Kind.TEXT]
        tallies: dict[str, list[Tally]] = defaultdict(list)
        rows, values = self.read.query.sql_with_params()
        said = _SAID.replace("{rows}", rows)
        mine: list[Any] = [*values, self.reader.tenant.pk, keys]
        with connection.cursor() as cursor:
            cursor.execute(said + _TALLIES, [*mine, MOST_TALLIED])
            for question, *row in cursor.fetchall():
                tallies[question].append(Tally(*row))
            cursor.execute(said + _BASES, mine)
            bases = {
                question: _Base(n, Numbers(*numbers) if numbers[0] else None)
                for question, n, *numbers in cursor.fetchall()
            }
        return tallies, bases


@dataclass(frozen=True, slots=True)
class _Base:
    n: int
    numbers: Numbers | None


def _documents(survey: Survey) -> list[dict[str, Any]]:
    """Load what the newest versions ask, the newest first."""
    rows = SurveyVersion.objects.for_tenant(survey.tenant_id).filter(survey=survey)
    return list(rows.order_by("-number").values_list("document", flat=True)[:MOST_VERSIONS])
