"""Models of scores that a file brings: made, changed where that is chosen, or used as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.kernel.errors import DomainError
from cxm.touchpoints.rules.keys import free_key
from journeys.models import ScoreModel
from journeys.rules.cxmap_scores import scoring_in
from journeys.rules.scoring import Scoring, read_scoring
from journeys.services.score_models import change_model, ensure_models, make_model
from personas.rules.cxmap_import import Becomes, Choice, Part
from personas.rules.cxmap_plans import Step

if TYPE_CHECKING:
    from journeys.services.map_library_in import Desk

FOLDER, KIND = "score_models", "score_model"
_FIELDS = {"title": "Title", "x": "Across", "y": "Up", "size": "Size"}


def take_score_models(desk: Desk) -> None:
    """Take the models of a file in; what is here is changed only where that is chosen.

    A workspace without models gets the usual ones first.
    """
    items = desk.library.get(FOLDER, [])
    if not items:
        return
    ensure_models(tenant=desk.asking.tenant, now=desk.asking.now)
    rows = {one.key: one for one in ScoreModel.objects.for_tenant(desk.asking.tenant)}
    taken = set(rows)
    for number, item in enumerate(items):
        path, row = f"library.{FOLDER}[{number}]", rows.get(item["key"])
        choice = desk.chosen(KIND, item["key"], is_here=row is not None)
        key = free_key(item["key"], taken) if choice is Choice.COPY else item["key"]
        taken.add(key)
        part = Part(KIND, item["key"], item["title"], path, choice, Becomes.NEW, target_key=key)
        desk.parts.append(part)
        if row is not None:
            part.id = str(row.pk)
            desk.heads.append(f"{KIND} {row.key} {_told(row)} {row.archived_at is None}")
        _take(desk, part, row, item)


def _take(desk: Desk, part: Part, row: ScoreModel | None, item: dict[str, Any]) -> None:
    if part.choice is Choice.LEAVE:
        part.becomes = Becomes.LEFT_OUT if row is None else Becomes.LINKED
        return
    if row is None or part.choice is Choice.COPY:
        part.becomes = Becomes.NEW if row is None else Becomes.COPY
    else:
        part.steps = _steps(row, item)
        part.becomes = Becomes.CHANGED if part.steps else Becomes.SAME
    if part.becomes is Becomes.SAME:
        return
    if not desk.asking.may_register:
        words = "You may not make or change models of scores: leave it as it is here."
        desk.document.complain(part.path, words)
        return
    try:
        _write(desk, part, row, item)
    except DomainError as error:
        where = f"{part.path}.{error.field}" if error.field else part.path
        desk.document.complain(where, str(error))


def _write(desk: Desk, part: Part, row: ScoreModel | None, item: dict[str, Any]) -> None:
    asking = desk.asking
    told = {"title": item["title"], "scoring": scoring_in(item), "by": asking.by, "now": asking.now}
    told |= {"x": item["x"], "y": item["y"], "size": item.get("size", "")}
    if part.becomes is Becomes.CHANGED and row is not None:
        if row.subject != item["subject"]:
            words = "Here this model scores something else: take a copy, or leave it."
            desk.document.complain(f"{part.path}.subject", words)
            return
        change_model(model=row, **told)
        return
    made = make_model(tenant=asking.tenant, key=part.target_key, subject=item["subject"], **told)
    part.id = str(made.pk)


def _steps(row: ScoreModel, item: dict[str, Any]) -> list[Step]:
    """Tell what a model here would become, field by field; nothing where it is the same."""
    pairs = [(words, getattr(row, name), item.get(name, "")) for name, words in _FIELDS.items()]
    pairs.append(("Subject", row.subject, item["subject"]))
    before, after = read_scoring(row.inputs, row.formulas), scoring_in(item)
    if before != after:
        pairs.append(("Inputs", _inputs(before), _inputs(after)))
        pairs.append(("Scores", _scores(before), _scores(after)))
    return [Step(words, old, new) for words, old, new in pairs if old != new or words == "Inputs"]


def _inputs(scoring: Scoring) -> str:
    return "; ".join(
        f"{one.key}: {one.label}, {one.range_words}"
        + (f", from {one.source}" if one.source else "")
        + (", less is better" if one.is_cost else "")
        for one in scoring.inputs
    )


def _scores(scoring: Scoring) -> str:
    return "; ".join(f"{one.key}: {one.label} = {one.text}" for one in scoring.formulas)


def _told(row: ScoreModel) -> list[Any]:
    names = ("title", "subject", "inputs", "formulas", "x", "y", "size")
    return [getattr(row, name) for name in names]
