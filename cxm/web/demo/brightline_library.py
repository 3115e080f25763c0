"""What Brightline's insights rest on, and how its opportunities are scored."""

from __future__ import annotations

from cxm.collaboration.rules.kinds import EvidenceKind
from cxm.web.demo.company import EvidencePlan
from cxm.web.demo.journey_plans import LibraryPlan, QuotedPlan, ScorePlan

_E = EvidenceKind
_HOMES = "Home visits in Kiel and Plön"
_TICKETS = "Tickets tagged “missed visit”"

LIBRARY = LibraryPlan(
    observed=(
        EvidencePlan(
            "a-day-off-for-a-visit",
            _E.INTERVIEW,
            _HOMES,
            "Five of eight had taken a day off for the visit, one of them without pay.",
            70,
            8,
        ),
        EvidencePlan(
            "a-day-off-for-a-visit",
            _E.TICKET,
            _TICKETS,
            "Can he come after four? I teach until half past three.",
            33,
            16,
        ),
        EvidencePlan(
            "a-day-off-for-a-visit",
            _E.INTERVIEW,
            "Calls after visits with an evening time",
            "Nobody of twelve had to ask for a day off any more.",
            20,
            12,
            is_against=True,
        ),
        EvidencePlan(
            "nobody-came-nobody-called",
            _E.TICKET,
            _TICKETS,
            "Nobody rang and nobody called. I stayed at home for nothing, again.",
            60,
            21,
        ),
        EvidencePlan(
            "first-bill-two-months",
            _E.INTERVIEW,
            _HOMES,
            "Three of eight took the first bill for a mistake.",
            70,
            8,
        ),
        EvidencePlan(
            "told-it-three-times",
            _E.TICKET,
            "Cases with three contacts and more",
            "Please read what I have told your colleague before you ask me.",
            20,
            27,
        ),
    ),
    quoted=(
        QuotedPlan("nobody-came-nobody-called", "home-visit", "nobody called", 3),
        QuotedPlan("technicians-are-liked", "home-visit", "shoes off", 2),
        QuotedPlan("technicians-are-liked", "home-visit", "on time, polite", 1),
        QuotedPlan("new-layout-cost-trust", "invoice-check", "since the new layout", 3),
        QuotedPlan("nobody-says-until-when", "outage-note", "said two hours", 3),
        QuotedPlan("nobody-says-until-when", "outage-note", "another time", 2),
        QuotedPlan("told-it-three-times", "after-contact", "explain everything again", 3),
    ),
    scores=(
        ScorePlan("know-when-they-come", 80, 14),
        ScorePlan("first-bill-one-can-read", 60, 9),
        ScorePlan("every-house-number", 90, 3),
        ScorePlan("say-until-when", 70, 4),
        ScorePlan("one-case-one-story", 50, 20),
        ScorePlan("ask-where-the-line-stands", 40, 7),
    ),
)
