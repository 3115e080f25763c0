"""The metrics that every new tenant gets, with texts for people who never met them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BuiltinMetric:
    """A metric and its first version; sets hold values of the scale."""

    key: str
    title: str
    kind: str
    scale: tuple[int, int]
    favourable: tuple[int, ...]
    unfavourable: tuple[int, ...]
    statistic: str
    description: str
    caution: str
    unit: str = ""
    decimals: int = 0
    direction: str = "higher"
    offset: int = 0


BUILTIN_METRICS = (
    BuiltinMetric(
        "nps",
        "Net Promoter Score",
        "nps",
        (0, 10),
        (9, 10),
        (0, 1, 2, 3, 4, 5, 6),
        "net",
        "Percent who answer 9 or 10 to “how likely are you to recommend us?”, minus percent who "
        "answer 0 to 6. It runs from −100 to 100.",
        "It moves when the mix of people asked moves, and small groups swing by dozens of points.",
    ),
    BuiltinMetric(
        "nps_1_10",
        "Net Promoter Score, 1 to 10",
        "nps",
        (1, 10),
        (9, 10),
        (1, 2, 3, 4, 5, 6),
        "net",
        "The Net Promoter Score asked on a scale from 1 to 10 instead of 0 to 10.",
        "Not comparable with scores from the usual scale: keep the two apart.",
    ),
    BuiltinMetric(
        "csat_5",
        "Satisfaction",
        "csat",
        (1, 5),
        (4, 5),
        (1, 2),
        "share",
        "Percent who are satisfied or very satisfied (4 or 5 on a scale from 1 to 5).",
        "It cannot tell the merely satisfied from the delighted; look at the distribution.",
        unit="%",
        decimals=1,
    ),
    BuiltinMetric(
        "csat_3",
        "Satisfaction, 3 points",
        "csat",
        (1, 3),
        (3,),
        (1,),
        "share",
        "Percent who choose the best of three faces.",
        "Three points hide how strong a feeling is.",
        unit="%",
        decimals=1,
    ),
    BuiltinMetric(
        "csat_2",
        "Satisfaction, thumbs",
        "csat",
        (1, 2),
        (2,),
        (1,),
        "share",
        "Percent who choose thumbs up.",
        "People in the middle must pick a side.",
        unit="%",
        decimals=1,
    ),
    BuiltinMetric(
        "ces_2",
        "Ease",
        "ces",
        (1, 7),
        (5, 6, 7),
        (1, 2, 3),
        "share",
        "Percent who agree that it was easy (5 to 7 on a scale from 1 to 7).",
        "It speaks of one task, not of the relationship.",
        unit="%",
        decimals=1,
    ),
    BuiltinMetric(
        "ces_1",
        "Effort",
        "ces",
        (1, 5),
        (1, 2),
        (4, 5),
        "share",
        "Percent who needed little effort (1 or 2 on a scale from 1, very little, to 5, very "
        "much).",
        "Some tools print this scale the other way round: check which end was good.",
        unit="%",
        decimals=1,
        direction="lower",
    ),
    BuiltinMetric(
        "stars",
        "Stars",
        "rating",
        (1, 5),
        (4, 5),
        (1, 2),
        "mean",
        "Mean of one to five stars.",
        "A mean of 3 can be all threes, or half ones and half fives: look at the distribution.",
        unit="of 5",
        decimals=2,
    ),
)
