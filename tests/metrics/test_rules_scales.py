"""Scales, CSAT variants, effort versions, and pooling across them."""

from __future__ import annotations

import pytest

from cxm.metrics.rules.effort import CES_2, ces_1
from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.scales import Direction, Scale, pooled, pooled_by_class
from cxm.metrics.rules.shares import (
    DEFAULT_SATISFACTION,
    SATISFACTION_VARIANTS,
    favourable_share,
)

EFFORT = Histogram((80, 210, 140, 110, 160, 180, 120, 0, 0, 0, 0), first=1)


@pytest.mark.parametrize(
    ("part", "rated", "share"),
    [(4, 5, 80), (24, 30, 80), (0, 3, 0), (3, 3, 100), (0, 0, None)],
)
def test_favourable_share(part: int, rated: int, share: float | None) -> None:
    assert favourable_share(part, rated) == share


@pytest.mark.parametrize(("part", "rated"), [(4, 3), (-1, 3)])
def test_a_share_is_part_of_its_whole(part: int, rated: int) -> None:
    with pytest.raises(ValueError, match="some of the rated"):
        favourable_share(part, rated)


def test_neutral_answers_stay_in_the_denominator() -> None:
    answers = Histogram.of([1, 3, 4, 5], first=1)

    assert answers.share(DEFAULT_SATISFACTION.favourable) == 50


@pytest.mark.parametrize(
    ("source", "scale", "favourable", "unfavourable", "decimals"),
    [
        ("chatwoot", (1, 5), {4, 5}, {1, 2}, 2),
        ("zendesk_2", (1, 2), {2}, {1}, 0),
        ("zendesk_3", (1, 3), {3}, {1, 2}, 0),
        ("zendesk_5", (1, 5), {4, 5}, {1, 2, 3}, 0),
        ("zendesk_legacy", (0, 1), {1}, {0}, 0),
    ],
)
def test_sources_count_satisfaction_their_own_way(
    source: str, scale: tuple[int, int], favourable: set[int], unfavourable: set[int], decimals: int
) -> None:
    variant = SATISFACTION_VARIANTS[source]

    assert variant.scale == Scale(*scale)
    assert variant.favourable == favourable
    assert variant.unfavourable == unfavourable
    assert variant.decimals == decimals


def test_the_words_of_the_legacy_source_are_on_its_scale() -> None:
    legacy = SATISFACTION_VARIANTS["zendesk_legacy"]

    assert dict(legacy.words)["good"] in legacy.favourable
    assert dict(legacy.words)["bad"] in legacy.unfavourable


def test_the_published_effort_example() -> None:
    # support.cys.group, article 3000095531: mean 4.08
    net = EFFORT.mean_of(
        {**dict.fromkeys(CES_2.net_favourable, 100), **dict.fromkeys(CES_2.net_unfavourable, -100)}
    )

    assert EFFORT.n == 1000
    assert EFFORT.mean() == 4.08
    assert EFFORT.share(CES_2.favourable) == 46
    assert net == -13


@pytest.mark.parametrize(
    ("direction", "good", "bad"),
    [(Direction.LOW_IS_GOOD, {1, 2}, {4, 5}), (Direction.HIGH_IS_GOOD, {4, 5}, {1, 2})],
)
def test_the_first_effort_scale_is_read_in_its_direction(
    direction: Direction, good: set[int], bad: set[int]
) -> None:
    version = ces_1(direction)

    assert version.favourable == version.net_favourable == good
    assert version.net_unfavourable == bad


def test_answers_on_one_scale_are_pooled() -> None:
    scale = Scale(1, 7)

    together = pooled([(scale, EFFORT), (scale, EFFORT)])

    assert together == EFFORT + EFFORT


def test_answers_of_opposite_direction_are_never_pooled() -> None:
    parts = [(Scale(1, 5, direction), Histogram.of([5], first=1)) for direction in Direction]

    with pytest.raises(ValueError, match="one direction"):
        pooled(parts)


def test_pooling_needs_answers() -> None:
    with pytest.raises(ValueError, match="one scale"):
        pooled([])
    with pytest.raises(ValueError, match="nothing to pool"):
        pooled_by_class([])


def test_different_scales_are_pooled_by_class() -> None:
    stars = (Histogram.of([1, 3, 5, 5], first=1), {4, 5}, {1, 2})
    faces = (Histogram.of([1, 2], first=1), {2}, {1})

    together = pooled_by_class([stars, faces, stars])

    assert together.histogram == Histogram.of([-1] * 3 + [0] * 2 + [1] * 5, first=-1)
    assert together.scales == 2


def test_a_value_has_one_class() -> None:
    with pytest.raises(ValueError, match="not both"):
        pooled_by_class([(Histogram.of([3], first=1), {3}, {3})])
