"""Scores follow the level they are drawn for."""

from __future__ import annotations

from random import Random

import pytest

from cxm.web.demo.scores import is_blame, is_praise, score


@pytest.mark.parametrize("level", [15.0, 60.0, 91.0])
@pytest.mark.parametrize(
    ("metric", "favourable"),
    [("csat_5", {4, 5}), ("csat_3", {3}), ("ces_2", {5, 6, 7}), ("stars", {4, 5})],
)
def test_share_of_favourable_scores_is_the_level(
    metric: str, favourable: set[int], level: float
) -> None:
    dice = Random(1)  # noqa: S311 - no secret

    scores = [score(metric, level, dice.gauss()) for _ in range(4_000)]

    share = 100 * sum(one in favourable for one in scores) / len(scores)
    assert share == pytest.approx(level, abs=3)


@pytest.mark.parametrize("level", [-40.0, 0.0, 39.0])
def test_net_promoter_score_is_the_level(level: float) -> None:
    dice = Random(1)  # noqa: S311 - no secret

    scores = [score("nps", level, dice.gauss()) for _ in range(4_000)]

    promoters, detractors = (sum(one >= 9 for one in scores), sum(one <= 6 for one in scores))
    assert 100 * (promoters - detractors) / len(scores) == pytest.approx(level, abs=5)
    assert set(scores) == set(range(11))


def test_better_moods_never_give_worse_scores() -> None:
    scores = [score("csat_5", 70, latent / 10) for latent in range(-40, 41)]

    assert scores == sorted(scores)
    assert (scores[0], scores[-1]) == (1, 5)


@pytest.mark.parametrize(
    ("metric", "value", "praise", "blame"),
    [
        ("nps", 9, True, False),
        ("nps", 7, False, False),
        ("nps", 6, False, True),
        ("csat_5", 4, True, False),
        ("csat_5", 3, False, False),
        ("csat_5", 2, False, True),
        ("ces_2", 4, False, False),
    ],
)
def test_tone_of_a_score(metric: str, value: int, praise: bool, blame: bool) -> None:
    assert (is_praise(metric, value), is_blame(metric, value)) == (praise, blame)


def test_unknown_metric_is_an_error() -> None:
    with pytest.raises(KeyError):
        score("mood", 50, 0)
