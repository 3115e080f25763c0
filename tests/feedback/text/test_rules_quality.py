"""Precision and recall from labelled texts."""

from __future__ import annotations

import pytest

from feedback.rules.text.quality import Labels, quality_of


def test_below_thirty_labels_nothing_is_measured() -> None:
    assert quality_of(Labels(15, 15, 14, 0, hits=100, others=900)) is None


def test_precision_is_a_share_with_wilsons_interval() -> None:
    quality = quality_of(Labels(20, 18, 20, 0, hits=100, others=900))

    assert quality
    assert quality.precision
    shown = quality.precision
    # Wilson 1927 for 18 of 20: [69.90, 97.21] %.
    assert (shown.value, round(shown.low, 2), round(shown.high, 2), shown.n) == (
        90.0,
        69.9,
        97.21,
        20,
    )


def test_recall_scales_both_parts_up_to_all_texts() -> None:
    quality = quality_of(Labels(20, 18, 20, 2, hits=100, others=100))

    assert quality
    assert quality.recall
    # 90 right hits and 10 missed texts among all.
    assert quality.recall.value == pytest.approx(90.0)
    assert quality.recall.low < 90 < quality.recall.high


@pytest.mark.parametrize(
    ("labels", "has_precision", "has_recall"),
    [
        (Labels(0, 0, 30, 3, hits=0, others=500), False, True),
        (Labels(30, 30, 0, 0, hits=500, others=0), True, True),
        (Labels(30, 30, 0, 0, hits=500, others=9), True, False),
        (Labels(0, 0, 30, 0, hits=0, others=500), False, False),
    ],
)
def test_what_no_label_tells_is_left_open(
    labels: Labels, has_precision: bool, has_recall: bool
) -> None:
    quality = quality_of(labels)

    assert quality
    assert (quality.precision is not None, quality.recall is not None) == (
        has_precision,
        has_recall,
    )
