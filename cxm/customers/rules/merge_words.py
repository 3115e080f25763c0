"""Merges in words: why two rows are one person, and what a merge or its undoing would move."""

from __future__ import annotations

from collections.abc import Sequence

_KINDS = {
    "anonymous": "browser id",
    "card": "card",
    "device": "device",
    "email": "e-mail address",
    "external": "customer number",
    "phone": "phone number",
    "social": "social account",
}


def why(rule: str, *, reason: str = "", kind: str = "", value: str = "") -> str:
    """Say why a merge was made.

    *rule* is alias, identify, person or api; *reason* is what somebody wrote; *kind* and *value*
    are the identifier that told a program, as the reader may see it.
    """
    told = f"{_KINDS.get(kind, kind)} {value}".strip()
    words = {
        "alias": f"A program said that {told} is the same person" if told else "A program said so",
        "identify": f"A visitor gave the {told}" if told else "A visitor signed in",
        "api": "Joined through the API",
        "person": "Joined by hand",
    }[rule]
    return f"{words}: “{reason}”" if reason else words


def counts_words(interactions: int, responses: int) -> str:
    """Count facts: "12 interactions, 3 of them responses"; "no interactions"."""
    if not interactions:
        return "no interactions"
    words = _counted(interactions, "interaction")
    if not responses:
        return words
    if responses == interactions:
        return _counted(responses, "response")
    return f"{words}, {responses:,} of them {'a response' if responses == 1 else 'responses'}"


def merge_words(
    absorbed: str, survivor: str, *, rows: int, interactions: int, responses: int
) -> str:
    """Say what a merge does; *rows* counts those of the absorbed person."""
    more = f" and {_counted(rows - 1, 'customer')} joined with them" if rows > 1 else ""
    return (
        f"{absorbed}{more} will be shown as {survivor}, with "
        f"{counts_words(interactions, responses)}. Everything stays on the record it was made "
        "on, so you can take them apart again at any time."
    )


def unmerge_words(
    leaving: Sequence[str], staying: Sequence[str], *, interactions: int, responses: int
) -> str:
    """Say what taking a merge back does; *leaving* and *staying* name the rows of each side."""
    return (
        f"{_listed(leaving)} will stand apart from {_listed(staying)} again, with "
        f"{counts_words(interactions, responses)} and the identifiers recorded there. "
        "Everything else stays as it is."
    )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _listed(names: Sequence[str], most: int = 3) -> str:
    """List names: "a", "a and b", "a, b, c and 4 others"."""
    shown, rest = list(names[:most]), len(names) - most
    if rest > 0:
        return f"{', '.join(shown)} and {_counted(rest, 'other')}"
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
