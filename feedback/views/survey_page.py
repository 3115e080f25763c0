"""The builder's page: what it shows, whoever asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.csp import CSP, build_policy

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.state import as_id
from cxm.kernel.operations.store import read_state, undo_steps
from feedback.forms.question_controls import (
    YES_OR_NO,
    Referred,
    controls_of,
    row_controls,
    words_of,
)
from feedback.forms.survey_rules import OPS, Line, Looked, lines_of, looked_at
from feedback.models import SurveyDraft
from feedback.rules.condition_words import told
from feedback.rules.conditions import read_condition
from feedback.rules.languages import NAMES
from feedback.rules.questionnaires import Questionnaire
from feedback.rules.survey_checks import Finding, Level, nameless_findings
from feedback.rules.survey_words import PageLayout
from feedback.selectors.survey_builder import (
    QuestionLine,
    parts_of,
    question_lines,
    types_offered,
)
from feedback.selectors.survey_choices import (
    attribute_choices,
    channel_choices,
    metric_choices,
    touchpoint_choices,
)
from feedback.services.survey_store import SURVEYS
from feedback.services.surveys_making import findings_of, read_draft
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.http import HttpResponse

    from cxm.kernel.operations.state import Element, State
    from cxm.kernel.panels import FormPanel
    from cxm.tenants.access import TenantRequest
    from feedback.models import Survey

BUILD = "feedback/survey_build.html"
WHOLE = "survey"
# What pages may that show the draft in a frame.
FRAMING = cast("dict[str, Collection[str] | str]", {**settings.SECURE_CSP, "frame-src": [CSP.SELF]})
ENDINGS = [("end", "The end of the survey"), ("screen_out", "The end, for people it is not about")]


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft as it is at the moment: its row, its elements, what it asks and what is found."""

    draft: SurveyDraft
    state: State
    questionnaire: Questionnaire
    findings: list[Finding]
    lines: list[QuestionLine]
    attributes: list[tuple[str, str, str]]

    def before(self, line: QuestionLine, *, itself: bool = False) -> list[Looked]:
        """List what rules of a question can look at: what is asked before it, or with it."""
        known = self.questionnaire.questions[: line.number - (0 if itself else 1)]
        return looked_at(self.questionnaire, known, self.attributes)


def found_draft(request: TenantRequest, survey_id: UUID) -> SurveyDraft:
    """Find the draft of a survey of ours that is not archived. Raises Http404."""
    rows = SurveyDraft.objects.for_tenant(request.tenant).filter(survey__archived_at=None)
    rows = rows.select_related("tenant", "survey__tenant", "survey__head")
    return get_object_or_404(rows, survey_id=survey_id)


def opened(request: TenantRequest, draft: SurveyDraft) -> Opened:
    """Read a draft and check it."""
    asking = Request(request.tenant, draft.pk, actor_of(request.membership), now())
    state = read_state(SURVEYS, asking)
    questionnaire = read_draft(draft.survey, state)
    findings = findings_of(questionnaire, request.tenant)
    findings += nameless_findings(questionnaire, draft.survey.anonymity)
    lines = question_lines(state, draft.pk, findings)
    attributes = attribute_choices(request.tenant)
    return Opened(draft, state, questionnaire, findings, lines, attributes)


def build_url(survey: Survey, question: object = None) -> str:
    """Give the address of the builder, with a question or "survey" open in it."""
    address = reverse("feedback:survey-edit", args=[survey.tenant.slug, survey.pk])
    return f"{address}?question={question}" if question else address


def trial_url(survey: Survey, trial_id: UUID) -> str:
    """Give the address at which the draft of *survey* is tried, for one trial."""
    return reverse("feedback:survey-trial", args=[survey.tenant.slug, survey.pk, trial_id])


def public_url(request: TenantRequest, survey: Survey) -> str:
    """Give the address at which everybody can answer; "" for a survey that imports fill."""
    if not survey.public_id:
        return ""
    args = [request.tenant.slug, survey.public_id]
    return request.build_absolute_uri(reverse("survey-answer", args=args))


def builder(
    request: TenantRequest,
    draft: SurveyDraft,
    *,
    question_id: UUID | None = None,
    problem: str = "",
    panel: FormPanel | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the builder with the question *question_id*, else the one that the address names.

    *problem* says what could not be done, and *panel* stands beside it.
    """
    read = opened(request, draft)
    survey = draft.survey
    line = _chosen(request, read, question_id)
    steps = Request(request.tenant, draft.pk, actor_of(request.membership), now())
    context: dict[str, Any] = {
        "survey": survey,
        "draft": draft,
        "root": read.state[draft.pk],
        "lines": read.lines,
        "whole": [one for one in read.findings if not one.key],
        "errors": sum(one.level is Level.ERROR for one in read.findings),
        "line": line,
        "groups": types_offered(),
        "here": build_url(survey, line.element.id if line else WHOLE),
        "build_url": build_url(survey),
        "frame_url": _frame_url(survey, line),
        "change_url": _change_url(draft),
        "steps": undo_steps(SURVEYS, steps),
        "layouts": PageLayout.choices(),
        "languages": list(NAMES.items()),
        "yes_or_no": YES_OR_NO,
        "problem": problem,
        "panel": panel,
        **(_detail(request, read, line) if line else {}),
    }
    part = "survey-panel" if panel else None
    answer = page(request, BUILD, context, part=part, status=status)
    answer[str(CSP.HEADER_ENFORCE)] = build_policy(FRAMING)
    return answer


def _frame_url(survey: Survey, line: QuestionLine | None) -> str:
    """Give what stands in the frame beside the builder: the page with the question that is open."""
    asked = f"?at={line.element.values['key']}" if line else ""
    return f"{trial_url(survey, new_id())}{asked}"


def _chosen(request: TenantRequest, read: Opened, question_id: UUID | None) -> QuestionLine | None:
    wanted = str(question_id or request.GET.get("question", ""))
    found = next((one for one in read.lines if str(one.element.id) == wanted), None)
    if found or wanted == WHOLE or not read.lines:
        return found
    return read.lines[0]


def _detail(request: TenantRequest, read: Opened, line: QuestionLine) -> dict[str, Any]:
    """Give what is shown of one question."""
    element, values = line.element, line.element.values
    parts = parts_of(read.state, element.id, "row" if _is_table(line) else "choice")
    referred = _referred(request, line, [element, *(one.row for one in parts)])
    layout = PageLayout(str(read.state[read.draft.pk].values["layout"]))
    known = read.before(line)
    known_here = read.before(line, itself=True)
    rule = read_condition(values["show"] or {})
    return {
        "words": words_of(line.type),
        "controls": controls_of(line.type, layout, referred),
        "parts": parts,
        "row_controls": row_controls(referred) if _is_table(line) else [],
        "has_pictures": line.type.value == "picture",
        "has_parts": line.type.spec.has_choices or _is_table(line),
        "part_name": "row" if _is_table(line) else "choice",
        "piped": _piped(read, line),
        "known": known,
        "known_here": known_here,
        "rule": _rule_lines(rule, known),
        "rule_words": _said(rule, known),
        "ways": [
            (
                place,
                _said(read_condition(place.row.values["when"] or {}), known_here),
                _goal(read, place.row.values["to"]),
            )
            for place in parts_of(read.state, element.id, "jump")
        ],
        "goals": [
            (one.element.values["key"], f"{one.number}. {one.name}")
            for one in read.lines[line.number :]
        ]
        + ENDINGS,
        "ops": OPS,
    }


def _referred(request: TenantRequest, line: QuestionLine, named: Sequence[Element]) -> Referred:
    """List what can be chosen from the registries, with what the question and its rows *named*."""
    if not line.type.spec.kinds:
        return Referred([], [], [])
    metrics, touchpoints, channels = (
        [chosen for one in named if (chosen := as_id(one.values.get(column)))]
        for column in ("metric", "touchpoint", "channel")
    )
    return Referred(
        metric_choices(request.tenant, line.type, metrics),
        touchpoint_choices(request.tenant, touchpoints),
        channel_choices(request.tenant, channels),
    )


def _piped(read: Opened, line: QuestionLine) -> list[tuple[str, str]]:
    """List what texts of a question can show: what is asked before it, and hidden values."""
    return [
        (one.key, read.lines[place].name)
        for place, one in enumerate(read.questionnaire.questions)
        if place < line.number - 1 or one.type.value == "hidden"
    ]


def _is_table(line: QuestionLine) -> bool:
    return line.type.value == "matrix"


def _said(condition: Any, known: list[Looked]) -> str:
    names = {one.name: one.words for one in known}
    return told(condition, names, {one.name: one.values for one in known})


def _rule_lines(condition: Any, known: list[Looked]) -> tuple[str, list[Line]] | None:
    """Give the lines of a rule and an empty one to fill in; None for one that is nested."""
    found = lines_of(condition, known)
    return (found[0], [*found[1], Line()]) if found else None


def _goal(read: Opened, to: Any) -> str:
    for key, words in ENDINGS:
        if to == key:
            return words
    return next((one.name for one in read.lines if one.element.values["key"] == to), str(to))


def _change_url(draft: SurveyDraft) -> str:
    return reverse("feedback:survey-draft-change", args=[draft.tenant.slug, draft.pk])
