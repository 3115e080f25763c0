"""The routes of scores: models, what an item is scored, and matrices."""

from __future__ import annotations

from django.urls import URLPattern, path

from journeys.rules.library_sorts import OPPORTUNITY, SOLUTION
from journeys.views import item_scores, score_matrix, score_models

_ONE = "scores/<uuid:score_model_id>"


def score_paths() -> list[URLPattern]:
    """Give the routes of models, and of the scores and matrices of both sorts that have some."""
    found = [
        path("scores/", score_models.score_model_list, name="score-model-list"),
        path("scores/new/", score_models.score_model_create, name="score-model-create"),
        path("scores/check/", score_models.score_formula_check, name="score-formula-check"),
        path("scores/compute/", score_models.scores_compute, name="scores-compute"),
        path(f"{_ONE}/", score_models.score_model_page, name="score-model-page"),
        path(f"{_ONE}/archive/", score_models.score_model_archive, name="score-model-archive"),
        path(f"{_ONE}/default/", score_models.score_model_default, name="score-model-default"),
        path(f"{_ONE}/restore/", score_models.score_model_restore, name="score-model-restore"),
    ]
    for sort in (OPPORTUNITY, SOLUTION):
        name, folder, told = sort.name, sort.plural.lower(), {"sort": sort}
        found += [
            path(f"{folder}/matrix/", score_matrix.item_matrix, told, name=f"{name}-matrix"),
            path(
                f"{folder}/matrix/place/",
                score_matrix.item_place,
                told,
                name=f"{name}-matrix-place",
            ),
            path(
                f"{folder}/<uuid:item_id>/scores/",
                item_scores.item_scores,
                told,
                name=f"{name}-scores",
            ),
        ]
    return found
