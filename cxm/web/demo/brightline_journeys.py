"""The journeys of Brightline's customers: which maps were drawn, and what has become of them."""

from __future__ import annotations

from datetime import timedelta

from cxm.web.demo.company import LinePlan, TalkPlan
from cxm.web.demo.journey_plans import (
    JourneyMapPlan,
    LinkPlan,
    RealisationPlan,
    ReviewPlan,
    ViewPlan,
)
from journeys.rules.promises import Realisation


def _line(by: str, days: float, words: str) -> LinePlan:
    return LinePlan(by, timedelta(days=days), words)


_FIBRE = "I get fibre at home"
_ABOUT_TODAY = (
    TalkPlan(
        _FIBRE,
        "I choose when the technician comes",
        (
            _line(
                "admin",
                5.2,
                "We draw −1.4 here, and those who answer say that it is fine by now. Is the curve "
                "older than the evening times, @Robin Marsh?",
            ),
            _line(
                "manager",
                4.8,
                "It is: drawn in September, the times came in October. I leave it until the "
                "review, so that one sees what the change has brought.",
            ),
        ),
    ),
    TalkPlan(
        _FIBRE,
        "The first bill comes",
        (
            _line(
                "agent",
                1.1,
                "Every second call about a first bill is “why two months”. @Robin Marsh, could the "
                "bill say it before they ask?",
            ),
        ),
    ),
)
_ABOUT_FUTURE = (
    TalkPlan(
        _FIBRE,
        "I see when they are here",
        (
            _line(
                "admin",
                8.3,
                "The partner gives us the van’s place every five minutes. Enough for “half an hour "
                "before”?",
            ),
            _line("manager", 8.1, "Enough. We say “about”, and round up."),
        ),
        resolved_by="admin",
    ),
)

JOURNEYS = (
    JourneyMapPlan("pay-my-bill-1.yaml", made_days_ago=130, is_published=True),
    JourneyMapPlan(
        "get-fibre-1.yaml",
        made_days_ago=75,
        is_published=True,
        talks=_ABOUT_TODAY,
        link=LinkPlan("Field service partner", ("text", "emotion", "touchpoint", "insight"), 12),
        views=(ViewPlan("Pains of Sandra and Jonas", "types=pain"),),
    ),
    JourneyMapPlan(
        "get-fibre-2.yaml",
        made_days_ago=61,
        is_published=True,
        realised=(
            RealisationPlan("choose-visit", Realisation.LIVE, live_days=40),
            RealisationPlan("see-the-way", Realisation.BUILDING),
            RealisationPlan("stay-at-home", Realisation.PLANNED),
            RealisationPlan("first-bill", Realisation.PLANNED),
        ),
        talks=_ABOUT_FUTURE,
    ),
    JourneyMapPlan("line-is-down-1.yaml", made_days_ago=23),
    JourneyMapPlan(
        "pay-my-bill-2.yaml",
        made_days_ago=19,
        review=ReviewPlan(
            ("admin",),
            "Is 80 % by spring a promise that we can keep? And may the app explain a line "
            "before billing has checked the words?",
            days_ago=2,
        ),
    ),
)
