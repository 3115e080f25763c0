"""Where the drafts of surveys lie, for the operation engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.collaboration.models import Asset
from cxm.kernel.operations.documents import Store
from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.references import Reference
from cxm.kernel.operations.rows import Table
from cxm.kernel.operations.state import is_there
from cxm.metrics.models import Metric
from cxm.touchpoints.models import Channel, Touchpoint
from feedback.models import (
    DraftChoice,
    DraftJump,
    DraftQuestion,
    DraftRow,
    DraftWording,
    Survey,
    SurveyDraft,
    SurveyDraftOp,
)
from feedback.rules.question_types import QuestionType
from feedback.rules.survey_shapes import SURVEY, TRANSLATED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.operations.documents import Request
    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import Element, State

_NOT_ARCHIVED = {"archived_at": None}
_IN_ROWS = ("metric", "touchpoint", "channel", "asset")


def _table(kind: str, model: Any, parent: str = "") -> Table:
    names = tuple(field.name for field in SURVEY.element(kind).fields)
    columns = {name: f"{name}_id" for name in names if name in _IN_ROWS}
    return Table(model, stream="draft_id", parent=parent, columns=columns, fields=names)


def _law(state: State, done: Sequence[Operation], _tenant: Any) -> None:
    """Refuse parts that their question cannot have, and texts that nothing is called by."""
    for operation in done:
        element = state.get(operation.lineage)
        if element is None or element.parent is None or not is_there(state, element.id):
            continue
        _check_part(element, state[element.parent])


def _check_part(element: Element, parent: Element) -> None:
    if element.kind == "choice" and not _type(parent).spec.has_choices:
        message = f"“{_type(parent).words}” has no choices."
        raise RefusedError(message, field="type")
    if element.kind == "row" and _type(parent) is not QuestionType.MATRIX:
        message = "Only a table of ratings has rows."
        raise RefusedError(message, field="type")
    if element.kind == "wording" and element.values["field"] not in TRANSLATED[parent.kind]:
        message = f"A {SURVEY.element(parent.kind).label} has no such text."
        raise RefusedError(message, field="field")


def _type(question: Element) -> QuestionType:
    return QuestionType(str(question.values["type"]))


def _name_survey(request: Request, _done: Sequence[Operation], _draft: SurveyDraft) -> None:
    """Call the survey what its draft is called, whoever or whatever changed that."""
    drafts = SurveyDraft.objects.for_tenant(request.tenant).filter(pk=request.document)
    title, survey = drafts.values_list("title", "survey_id").get()
    rows = Survey.objects.for_tenant(request.tenant).filter(pk=survey)
    rows.exclude(title=title).update(title=title)


SURVEYS = Store(
    shape=SURVEY,
    tables={
        "survey": Table(
            SurveyDraft,
            stream="id",
            columns={"survey": "survey_id"},
            fields=tuple(field.name for field in SURVEY.element("survey").fields),
        ),
        "question": _table("question", DraftQuestion),
        "choice": _table("choice", DraftChoice, "question"),
        "row": _table("row", DraftRow, "question"),
        "jump": _table("jump", DraftJump, "question"),
        "wording": _table("wording", DraftWording, "element"),
    },
    log=SurveyDraftOp,
    stream="draft",
    references={
        "survey": Reference(Survey, "survey"),
        "metric": Reference(Metric, "figure", _NOT_ARCHIVED),
        "touchpoint": Reference(Touchpoint, "touchpoint", _NOT_ARCHIVED),
        "channel": Reference(Channel, "channel", _NOT_ARCHIVED),
        "asset": Reference(Asset, "file"),
    },
    law=_law,
    afterwards=_name_survey,
)
