"""The scores that lanes of opportunities and solutions show beside their cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeys.rules.kinds import LaneKind
from journeys.selectors.scores import SUBJECTS, models_of, scores_of, span_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from journeys.models import JourneyMap
    from journeys.selectors.grid_rows import LaneRow
    from journeys.selectors.lane_items import Ground
    from journeys.selectors.scores import ItemScores

_SCORED = frozenset(LaneKind(subject) for subject in SUBJECTS)


def shows_scores(lane: LaneRow) -> bool:
    """Whether a lane shows scores: such a lane hangs on more than the map."""
    return LaneKind(lane.kind) in _SCORED and bool(lane.config.get("show_scores"))


def read_scores(row: JourneyMap, ground: Ground, lanes: Sequence[LaneRow]) -> None:
    """Read into *ground* the scores that *lanes* ask for, by item and key.

    Where several models have such a key the usual model of the subject comes first. No query
    where no lane asks; else one, and one for each model with a key that is asked for.
    """
    wanted = [lane for lane in lanes if shows_scores(lane)]
    if not wanted:
        return
    for model in models_of(row.tenant):
        keys = {
            key
            for lane in wanted
            if lane.kind == model.subject
            for key in lane.config["show_scores"]
        }
        ids = [pk for kind, pk in ground.names if kind == model.subject]
        known = {one["key"] for one in (*model.inputs, *model.formulas)}
        if not ids or not keys & known:
            continue
        for pk, scored in scores_of(model, ids).items():
            told = ground.scores.setdefault(pk, {})
            for key, words in _words(scored, keys & known):
                told.setdefault(key, words)


def scores_shown(keys: Iterable[str], told: dict[str, str]) -> str:
    """Join the scores of an item as its lane orders them; "" where it has none."""
    return " · ".join(told[key] for key in keys if key in told)


def _words(scored: ItemScores, keys: set[str]) -> Iterable[tuple[str, str]]:
    """Give the scores with their labels; what cannot be told is left out."""
    labels = {one.key: one.label for one in scored.scoring.inputs}
    labels |= {one.key: one.label for one in scored.scoring.formulas}
    for key in keys:
        if words := span_words(scored.worth(key).span):
            yield key, f"{labels[key]} {words}"


__all__ = ["read_scores", "scores_shown", "shows_scores"]
