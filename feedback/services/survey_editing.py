"""Changing drafts of surveys by more than one operation at once: each is one batch to undo."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed, RefusedError, UnknownElementError
from cxm.kernel.operations.state import is_there
from cxm.kernel.operations.store import commit, read_state
from cxm.touchpoints.rules.keys import free_key, suggested_key
from feedback.models import Survey
from feedback.rules.question_types import QuestionType, Stored
from feedback.rules.survey_shapes import LONGEST_ROW_KEY, SURVEY
from feedback.rules.survey_sketches import Sketch, begun, directed
from feedback.rules.survey_templates import template_called
from feedback.selectors.survey_choices import fitting_metrics
from feedback.services.survey_store import SURVEYS
from feedback.services.surveys_making import create_survey, draft_of
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.state import Element, State
    from cxm.metrics.models import Metric
    from cxm.tenants.models import ApiKey, Membership, Tenant
    from feedback.models import SurveyDraft

type By = Membership | ApiKey | None
MOST_LINES, LONGEST_LINE, _KEPT_OF_KEY = 100, 300, 30


@transaction.atomic
def begin_survey(
    *,
    tenant: Tenant,
    title: str,
    purpose: str,
    language: str,
    by: By,
    now: datetime,
    template: str = "",
) -> Survey:
    """Make a survey with the questions of the template of this key, if there is one.

    Raises SurveyTitleError.
    """
    survey = create_survey(
        tenant=tenant,
        title=title,
        by=by,
        now=now,
        purpose=Survey.Purpose(purpose),
        language=language,
    )
    chosen = template_called(template)
    if chosen:
        add_sketches(draft=draft_of(survey), sketches=chosen.questions, by=by, now=now)
    return survey


def add_question(
    *, draft: SurveyDraft, sort: QuestionType, by: By, now: datetime, after: UUID | None = None
) -> UUID:
    """Add a question of a type behind the question *after*, or at the end; give its id.

    Scored ones get the figure of the workspace that suits them best. Raises what the engine does.
    """
    metric = _best(draft, sort)
    is_more_better = metric is None or metric.direction == metric.Direction.HIGHER
    sketch = begun(sort, draft.language, is_more_better=is_more_better)
    return add_sketches(draft=draft, sketches=[sketch], by=by, now=now, after=after)[0]


def add_sketches(
    *,
    draft: SurveyDraft,
    sketches: Sequence[Sketch],
    by: By,
    now: datetime,
    after: UUID | None = None,
) -> list[UUID]:
    """Add questions with choices and rows in one batch, and give their ids in order."""
    request = Request(draft.tenant, draft.pk, actor_of(by), now)
    taken = _keys(read_state(SURVEYS, request), draft.pk, "question")
    batch, asked, made = new_id(), [], []
    for sketch in sketches:
        metric = _best(draft, sketch.type)
        is_more_better = metric is None or metric.direction == metric.Direction.HIGHER
        worded = directed(sketch, is_more_better=is_more_better)
        planted = list(_planted(worded, draft, batch, taken, metric))
        asked += planted
        made.append(planted[0].lineage)
    if after is not None and asked:
        asked[0].value["after"] = str(after)
    commit(SURVEYS, request, asked)
    return made


def copy_question(*, draft: SurveyDraft, question_id: UUID, by: By, now: datetime) -> UUID:
    """Put a copy behind a question, with choices, rows, translations and ways on; give its id.

    Raises UnknownElementError where there is no such question.
    """
    request = Request(draft.tenant, draft.pk, actor_of(by), now)
    state = read_state(SURVEYS, request)
    question = _found(state, question_id)
    key = free_key(str(question.values["key"])[:_KEPT_OF_KEY], _keys(state, draft.pk, "question"))
    asked = list(_copies(state, question, draft.pk, new_id()))
    asked[0].value["values"]["key"] = key
    asked[0].value["after"] = str(question_id)
    commit(SURVEYS, request, asked)
    return asked[0].lineage


def add_parts(*, draft: SurveyDraft, question_id: UUID, lines: str, by: By, now: datetime) -> int:
    """Add a choice, or a row of a table, for each of *lines* that says something; count them.

    Raises UnknownElementError where there is no such question, RefusedError for none or too many.
    """
    titles = [" ".join(line.split()) for line in lines.splitlines()]
    titles = [title for title in titles if title]
    if not 0 < len(titles) <= MOST_LINES:
        message = f"Write 1 to {MOST_LINES} lines, one for each."
        raise RefusedError(message, field="lines")
    if any(len(title) > LONGEST_LINE for title in titles):
        message = f"A line has up to {LONGEST_LINE} characters."
        raise RefusedError(message, field="lines")
    request = Request(draft.tenant, draft.pk, actor_of(by), now)
    state = read_state(SURVEYS, request)
    question = _found(state, question_id)
    kind = "row" if question.values["type"] == QuestionType.MATRIX.value else "choice"
    taken = _keys(state, question_id, kind)
    commit(SURVEYS, request, list(_parts(kind, titles, question_id, new_id(), taken)))
    return len(titles)


def set_rule(
    *, draft: SurveyDraft, question_id: UUID, show: dict[str, Any], by: By, now: datetime
) -> None:
    """Show a question only where *show* holds, a condition as it is stored; {} is always.

    Raises UnknownElementError where there is no such question, and RefusedError.
    """
    request = Request(draft.tenant, draft.pk, actor_of(by), now)
    _found(read_state(SURVEYS, request), question_id)
    pk = new_id()
    asked = Asked(id=pk, batch=pk, op=Deed.SET, lineage=question_id, field="show", value=show)
    commit(SURVEYS, request, [asked])


def add_way(
    *,
    draft: SurveyDraft,
    question_id: UUID,
    to: str,
    when: dict[str, Any],
    by: By,
    now: datetime,
) -> UUID:
    """Lead people from a question to another, or to an ending, where *when* holds; give its id.

    Raises UnknownElementError where there is no such question, and RefusedError.
    """
    request = Request(draft.tenant, draft.pk, actor_of(by), now)
    _found(read_state(SURVEYS, request), question_id)
    asked = _create("jump", {"to": to, "when": when}, question_id, new_id())
    commit(SURVEYS, request, [asked])
    return asked.lineage


def _best(draft: SurveyDraft, sort: QuestionType) -> Metric | None:
    """Give the figure that a new question gets: only scores have one before somebody says."""
    if sort.spec.stored not in (Stored.SCORE, Stored.SCORES):
        return None
    fitting = fitting_metrics(draft.tenant, sort)
    return fitting[0] if fitting else None


def _planted(
    sketch: Sketch, draft: SurveyDraft, batch: UUID, taken: set[str], metric: Metric | None
) -> Iterator[Asked]:
    """Give a question with its choices and rows, in this order."""
    key = free_key(sketch.key or sketch.type.value.replace("_", "-"), taken)
    taken.add(key)
    values: dict[str, Any] = {"key": key, "type": sketch.type.value, **sketch.words}
    values |= {"show": sketch.show} if sketch.show else {}
    values |= {"metric": str(metric.pk)} if metric else {}
    question = _create("question", values, draft.pk, batch)
    yield question
    yield from _parts("choice", sketch.choices, question.lineage, batch, set())
    yield from _parts("row", sketch.rows, question.lineage, batch, set())


def _parts(
    kind: str, titles: Sequence[str], question_id: UUID, batch: UUID, taken: set[str]
) -> Iterator[Asked]:
    for title in titles:
        key = free_key(suggested_key(title)[:_KEPT_OF_KEY].strip("-") or kind, taken)
        taken.add(key)
        yield _create(kind, {"key": key[:LONGEST_ROW_KEY], "title": title}, question_id, batch)


def _copies(state: State, element: Element, parent: UUID, batch: UUID) -> Iterator[Asked]:
    made = _create(element.kind, dict(element.values), parent, batch)
    yield made
    kinds = [kind for kind, shape in SURVEY.elements.items() if element.kind in shape.parents]
    for inside in chain.from_iterable(state.children(element.id, kind) for kind in kinds):
        yield from _copies(state, inside, made.lineage, batch)


def _create(kind: str, values: dict[str, Any], parent: UUID, batch: UUID) -> Asked:
    return Asked(
        id=new_id(),
        batch=batch,
        op=Deed.CREATE,
        lineage=new_id(),
        kind=kind,
        value={"values": values, "parent": str(parent)},
    )


def _found(state: State, question_id: UUID) -> Element:
    question = state.get(question_id)
    if question is None or question.kind != "question" or not is_there(state, question_id):
        raise UnknownElementError
    return question


def _keys(state: State, parent: UUID, kind: str) -> set[str]:
    return {str(one.values["key"]) for one in state.children(parent, kind)}
