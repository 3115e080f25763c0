"""What a new map begins with."""

from __future__ import annotations

from dataclasses import dataclass

from journeys.rules.kinds import LaneKind, Zone


@dataclass(frozen=True, slots=True)
class LanePlan:
    """A lane to begin with."""

    title: str
    kind: LaneKind = LaneKind.TEXT
    zone: Zone | None = None


@dataclass(frozen=True, slots=True)
class MapPlan:
    """A map to begin with: *stages* with the titles of their steps, and *lanes*."""

    key: str
    title: str
    words: str
    stages: tuple[tuple[str, tuple[str, ...]], ...]
    lanes: tuple[LanePlan, ...]


_TOLD = (
    LanePlan("Does"),
    LanePlan("Thinks"),
    LanePlan("Feels", LaneKind.EMOTION),
    LanePlan("Touchpoints", LaneKind.TOUCHPOINT),
    LanePlan("Pains"),
    LanePlan("Ideas"),
)
BLANK = MapPlan("blank", "Blank", "One stage with one step.", (("First", ("Begin",)),), ())
CUSTOMER = MapPlan(
    "customer",
    "Customer journey",
    "From becoming aware to coming back.",
    (
        ("Become aware", ("I notice that I need something", "I hear of you")),
        ("Choose", ("I compare", "I ask somebody")),
        ("Buy", ("I order", "I pay")),
        ("Use", ("I receive it", "I use it")),
        ("Stay", ("I get help", "I come back")),
    ),
    _TOLD,
)
BLUEPRINT = MapPlan(
    "blueprint",
    "Service blueprint",
    "What the customer does, and what happens before and behind the curtain.",
    (
        ("Arrive", ("I come in",)),
        ("Be served", ("I say what I need", "I get it")),
        ("Leave", ("I go",)),
    ),
    (
        LanePlan("Physical evidence", LaneKind.TEXT, Zone.EVIDENCE),
        LanePlan("Does", LaneKind.TEXT, Zone.CUSTOMER),
        LanePlan("Frontstage", LaneKind.TEXT, Zone.FRONTSTAGE),
        LanePlan("Backstage", LaneKind.TEXT, Zone.BACKSTAGE),
        LanePlan("Support systems", LaneKind.TEXT, Zone.SUPPORT),
    ),
)
SUPPORT = MapPlan(
    "support",
    "Support case",
    "Something does not work, until it does again.",
    (
        ("Notice", ("Something does not work", "I try it myself")),
        ("Ask", ("I find whom to ask", "I tell what happened")),
        ("Wait", ("I wait for an answer",)),
        ("Solve", ("I get an answer", "I try it")),
        ("Close", ("I am asked how it was",)),
    ),
    _TOLD,
)
PLANS = (BLANK, CUSTOMER, BLUEPRINT, SUPPORT)
BY_KEY = {plan.key: plan for plan in PLANS}
