"""What other systems are told of the numbers: which kinds of news there are, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.kernel.announcing import News, NewsKind, announce

if TYPE_CHECKING:
    from analytics.models import TargetAssessment

VERDICT = "target.verdict"
KINDS = (NewsKind(VERDICT, "There is a verdict on a target", "Journeys"),)


def tell_of_verdict(row: TargetAssessment) -> None:
    """Tell the verdict on a target, which comes with its map and figure, when it is written."""
    announce(
        News(
            kind=VERDICT,
            tenant_id=row.tenant_id,
            about=row.target_id,
            at=row.decided_at,
            content=lambda: _said(row),
            path=f"maps/{row.target.map_id}/",
        )
    )


def _said(row: TargetAssessment) -> dict[str, Any]:
    target = row.target
    return {
        "verdict": row.verdict,
        "journey": {"id": str(target.map.journey_id)},
        "map": {"id": str(target.map_id), "name": target.map.name},
        "step": None if target.step_id is None else str(target.step_id),
        "metric": target.binding.metric.key,
        "due": row.due_on.isoformat(),
        "promised": {"value": row.promised, "direction": row.direction, "margin": row.margin},
        "before": {"value": row.value_before, "n": row.n_before},
        "since": {"value": row.value_now, "n": row.n_now},
        "difference": {"low": row.low, "high": row.high, "confidence": row.confidence},
    }
