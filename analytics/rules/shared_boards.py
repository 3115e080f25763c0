"""Which tiles of a dashboard people outside may see, and what is said instead of the others."""

from __future__ import annotations

from analytics.rules.tiles import TileKind

SHOWN = (
    TileKind.FIGURE,
    TileKind.TREND,
    TileKind.BARS,
    TileKind.TABLE,
    TileKind.DISTRIBUTION,
)
KINDS = tuple((kind.value, kind.label) for kind in SHOWN)
NOT_CHOSEN = "This link does not show it."
_WORDS = {
    TileKind.TEXTS: "Comments are words of persons: no link shows them.",
    TileKind.TOPICS: "What customers write about stays inside: no link shows it.",
    TileKind.CHURN: "Who left is counted by customer: no link shows it.",
    TileKind.COHORTS: "Who stayed is counted by customer: no link shows it.",
    TileKind.SURVIVAL: "Who stayed is counted by customer: no link shows it.",
    TileKind.ONWARD: "Who left is counted by customer: no link shows it.",
    TileKind.REASONS: "Reasons for leaving stay inside: no link shows them.",
    TileKind.WHY: "Why a figure changed stays inside: no link shows it.",
    TileKind.REVENUE: "Revenue stays inside: no link shows it.",
    TileKind.RISK: "Risks of customers stay inside: no link shows them.",
    TileKind.REPEAT: "Who bought again is counted by customer: no link shows it.",
    TileKind.DRIVERS: "Drivers are worked out for readers of answers: no link shows them.",
    TileKind.GOALS: "Goals stay inside: no link shows them.",
    TileKind.RESPONSE_RATE: "Whom you asked stays inside: no link shows it.",
    TileKind.ALERTS: "Alerts stay inside: no link shows them.",
    TileKind.NOTE: "Notes are free text and may name persons: no link shows them.",
}


def why_hidden(kind: TileKind, chosen: list[str]) -> str:
    """Say why a link that shows the *chosen* kinds does not show a tile; "" where it does."""
    if kind not in SHOWN:
        return _WORDS[kind]
    return "" if kind.value in chosen else NOT_CHOSEN
