"""How good a topic's rule is: precision and recall from texts that people labelled."""

from __future__ import annotations

from dataclasses import dataclass

from cxm.metrics.rules.intervals import wilson

FEWEST_LABELS = 30


@dataclass(frozen=True, slots=True)
class Share:
    """A share in percent with its 95 % interval, and the number of labels it rests on."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Labels:
    """What people said of texts drawn at random from the rule's hits, and from all other texts.

    *hits_right* of *hits_labelled* hits are about the topic, *missed* of *others_labelled* others
    are. *hits* and *others* are how many texts there are of each.
    """

    hits_labelled: int
    hits_right: int
    others_labelled: int
    missed: int
    hits: int
    others: int

    @property
    def count(self) -> int:
        """How many texts were labelled."""
        return self.hits_labelled + self.others_labelled


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision: how many hits are right. Recall: how many of the topic's texts are hits.

    Either is None where no labelled text tells.
    """

    precision: Share | None
    recall: Share | None


def quality_of(labels: Labels) -> Quality | None:
    """Estimate precision and recall; None below 30 labels: not measured yet.

    Precision is a plain share with Wilson's interval (E. B. Wilson 1927, JASA 22). Recall is
    right hits / (right hits + missed texts), both scaled up to all texts; its limits put together
    the unfavourable ends of both shares' Wilson intervals, so they are rather too wide than too
    narrow.
    """
    if labels.count < FEWEST_LABELS:
        return None
    precision = _share(labels.hits_right, labels.hits_labelled)
    missing = _share(labels.missed, labels.others_labelled)
    return Quality(precision, _recall(labels, precision, missing))


def _share(count: int, n: int) -> Share | None:
    if not n:
        return None
    interval = wilson(count / n, n)
    return Share(100 * count / n, interval.low, interval.high, n)


def _recall(labels: Labels, precision: Share | None, missing: Share | None) -> Share | None:
    if missing is None and labels.others:
        return None
    no_share = Share(0.0, 0.0, 0.0, 0)
    right, wrong = precision or no_share, missing or no_share
    if labels.hits and precision is None:
        return None

    def recall(of_hits: float, of_others: float) -> float | None:
        found, lost = of_hits * labels.hits, of_others * labels.others
        return 100 * found / (found + lost) if found + lost else None

    value = recall(right.value, wrong.value)
    if value is None:
        return None
    low, high = recall(right.low, wrong.high), recall(right.high, wrong.low)
    n = labels.hits_right + labels.missed
    return Share(value, low if low is not None else 0.0, high if high is not None else 100.0, n)
