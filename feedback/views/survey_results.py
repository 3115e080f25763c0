"""The results of a survey: each question with what was answered, opening to the responses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from cxm.kernel import charts
from cxm.kernel.clock import now
from cxm.kernel.formulas import csv_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.audit import record
from cxm.tenants.rules import Right
from feedback.models import Survey
from feedback.selectors.answer_filter import VERSION
from feedback.selectors.answers_named import answers_named
from feedback.selectors.survey_results import results_asked, survey_results
from feedback.selectors.surveys import survey_versions
from feedback.views.asking import asked_of, reader_of
from feedback.views.response_filters import filter_bar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from feedback.rules.question_results import ShareRow
    from feedback.selectors.survey_results import QuestionResult, SurveyResults

_SCALE = charts.axis([0.0, 100.0], bounds=(0.0, 100.0))
_HEADS = (
    *("question", "text", "kind", "answers", "does not apply", "answer", "title", "responses"),
    *("value", "low", "high", "unit"),
)


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def survey_result_page(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Show what was answered to each question; the query filters as that of responses does."""
    survey = _survey(request, survey_id)
    found = _results(request, survey)
    listed = reverse("feedback:response-list", args=[request.tenant.slug])
    here = reverse("feedback:survey-results", args=[request.tenant.slug, survey.pk])
    query = found.asked.filter.query()
    context = {
        "survey": survey,
        "found": found,
        "bar": filter_bar(
            found.asked,
            path=here,
            fixed=frozenset({"survey", "state", "weighted", VERSION}),
            answers=answers_named(request.tenant, found.asked),
        ),
        "here": here,
        "cards": [_card(one, listed) for one in found.results],
        "versions": _versions(survey, found, here),
        "listed_url": f"{listed}?{query}",
        "export_url": f"{here}results.csv?{query}",
    }
    return render(request, "feedback/survey_results.html", context)


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def survey_result_export(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Give the results as CSV, one line for each answer; lines with `#` say what they are about."""
    survey = _survey(request, survey_id)
    found = _results(request, survey)
    query = found.asked.filter.query()
    record(
        tenant=request.tenant,
        action="survey-results-exported",
        by=request.membership,
        about=survey,
        changes={"filter": query},
    )
    about = (
        ("# survey", survey.title),
        ("# filter", query),
        ("# time zone", request.tenant.time_zone),
        ("# as of", now().isoformat()),
        ("# responses", found.total),
        _HEADS,
    )
    lines = (line for one in found.results for line in _lines(one))
    answer = HttpResponse(csv_text([*about, *lines]), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{survey.key}-results.csv"'
    return answer


def _survey(request: TenantRequest, survey_id: UUID) -> Survey:
    rows = Survey.objects.for_tenant(request.tenant).select_related("tenant")
    return get_object_or_404(rows, pk=survey_id)


def _results(request: TenantRequest, survey: Survey) -> SurveyResults:
    asked = results_asked(survey, asked_of(request))
    return survey_results(reader_of(request), survey, asked, now=now())


def _card(result: QuestionResult, listed: str) -> dict[str, object]:
    """Lay out one question: its rows with a bar each, and where each leads."""
    return {
        "result": result,
        "url": f"{listed}?{result.query}",
        "na_url": f"{listed}?{result.query_of('na')}",
        "bins": _bins(result, listed),
        "shares": [
            (row, _bar(row), f"{listed}?{result.query_of(row.value)}" if row.value else "")
            for row in result.shares
        ],
        "ranks": [(row, f"{listed}?{result.query_of(row.value)}") for row in result.ranks],
    }


def _bins(result: QuestionResult, listed: str) -> list[charts.Segment]:
    """Lay out how often each score was given; nothing for questions without one."""
    if result.measure is None:
        return []
    return [
        charts.Segment(
            row.title,
            row.n,
            result.measure.tone(int(row.value)),
            f"{listed}?{result.query_of(row.value)}",
        )
        for row in result.shares
    ]


def _bar(row: ShareRow) -> SafeString:
    share = row.share
    # The writer of SVG escapes every value.
    return SafeString(charts.whisker(share.value, share.ci_low, share.ci_high, scale=_SCALE))


def _versions(survey: Survey, found: SurveyResults, here: str) -> list[tuple[str, str, bool]]:
    """Offer each version by itself, where there are several: words, address, whether it is on."""
    numbers = [one.number for one in survey_versions(survey)]
    chosen = found.asked.filter.said.versions
    if len(numbers) < 2 and not chosen:  # noqa: PLR2004 - one version needs no choice
        return []
    others = [pair for pair in found.asked.filter.pairs() if pair[0] != VERSION]
    offered = [("All versions", others, not chosen)]
    offered += [
        (f"Version {one}", [*others, (VERSION, str(one))], chosen == (one,)) for one in numbers
    ]
    return [(words, f"{here}?{urlencode(pairs)}", is_on) for words, pairs, is_on in offered]


def _lines(result: QuestionResult) -> Iterator[list[object]]:
    head = [result.key, result.text, result.type_words, result.n, result.na]
    if result.figure:
        figure = result.figure
        limits = (figure.value, figure.ci_low, figure.ci_high, figure.unit)
        yield [*head, "", figure.title, figure.n, *limits]
    elif result.numbers:
        mean = result.numbers.estimate
        limits = (mean.value, mean.ci_low, mean.ci_high, result.unit)
        yield [*head, "", "mean", mean.n, *limits]
        yield [*head, "", "median", mean.n, result.numbers.median, None, None, result.unit]
    elif not result.shares and not result.ranks:
        yield [*head, "", "", result.n, None, None, None, ""]
    for row in result.shares:
        share = row.share
        yield [*head, row.value, row.title, row.n, share.value, share.ci_low, share.ci_high, "%"]
    for place in result.ranks:
        mean = place.place
        yield [*head, place.value, place.title, place.n, mean.value, mean.ci_low, mean.ci_high, ""]
