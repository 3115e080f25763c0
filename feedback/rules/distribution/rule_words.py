"""A rule of the contact policy as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback.rules.distribution.words import RuleKind

if TYPE_CHECKING:
    from collections.abc import Mapping


def rule_words(kind: RuleKind, params: Mapping[str, Any]) -> str:
    """Say what a rule asks."""
    if kind is RuleKind.CAP:
        who = "A company" if params.get("per") == "company" else "A person"
        return f"{who} gets at most {params['times']} invitations in {params['days']} days."
    if kind is RuleKind.EMPLOYEES:
        return f"Nobody with an address at {', '.join(params['domains'])} is asked."
    return _SAID[kind].format(**params)


_SAID = {
    RuleKind.CONSENT: "Only who has agreed to surveys is asked.",
    RuleKind.AGE: "Only who is at least {years} years old by “{attribute}” is asked.",
    RuleKind.TEST: "Nobody whose “{attribute}” is “{value}” is asked.",
    RuleKind.QUIET_PERIOD: "After an invitation or an answer, {days} days of quiet.",
    RuleKind.HOURS: "Nothing is sent from {from} to {to} where the customer lives.",
    RuleKind.RATE: "At most {per_minute} messages a minute.",
}
