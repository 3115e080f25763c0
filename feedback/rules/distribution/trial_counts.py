"""A replay counted: persons asked and not, reasons with the rule that decided, weeks."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from feedback.rules.distribution.replay import Decided


def counted(decisions: Iterable[Decided], zone: ZoneInfo) -> dict[str, Any]:
    """Count decisions, as JSON.

    {asked, not_asked: invitations; persons, nobody: people asked at least once, or never; often:
    people asked more than once; reasons: [[reason, rule, n]], the most frequent first; weeks:
    [[Monday, asked, not asked]], the oldest first, by when the message was due in *zone*}.
    """
    times: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    weeks: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for one in decisions:
        is_asked = one.reason is None
        times[one.wish.person] += is_asked
        weeks[_monday(one.wish.due_at, zone)][0 if is_asked else 1] += 1
        if one.reason is not None:
            reasons[one.reason.value, one.rule] += 1
    asked = sum(times.values())
    return {
        "asked": asked,
        "not_asked": sum(reasons.values()),
        "persons": sum(n > 0 for n in times.values()),
        "nobody": sum(n == 0 for n in times.values()),
        "often": sum(n > 1 for n in times.values()),
        "reasons": [
            [reason, rule, n]
            for (reason, rule), n in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        "weeks": [[week.isoformat(), *weeks[week]] for week in sorted(weeks)],
    }


def _monday(at: datetime, zone: ZoneInfo) -> date:
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())
