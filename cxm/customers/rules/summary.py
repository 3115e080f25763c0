"""A person in five lines, made from rows by fixed templates: nothing is guessed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lately:
    """What happened within some days: how many interactions, and where most of them."""

    days: int
    count: int
    channels: tuple[str, ...]
    busiest: str


def who_line(label: str, *, companies: list[str], since: str, is_visitor: bool) -> str:
    """Say who it is: "Ann Berg of Acme, customer since March 2024."."""
    of = f" of {_listed(companies)}" if companies else ""
    kind = "visitor" if is_visitor else "customer"
    return f"{label}{of}, {kind} since {since}." if since else f"{label}{of}, {kind}."


def last_contact_line(title: str, *, channel: str, touchpoint: str, when: str) -> str:
    """Say what happened last: "Last contact 2 days ago: Order delivered (E-mail, Delivery)."."""
    where = ", ".join(part for part in (channel, touchpoint) if part and part != title)
    return f"Last contact {when}: {title}{f' ({where})' if where else ''}."


def promises_line(texts: list[tuple[str, str]]) -> str:
    """Say what was promised; *texts* are pairs of a promise and its time left, soonest first."""
    if not texts:
        return "No open promises."
    text, due = texts[0]
    more = f", and {len(texts) - 1} more" if len(texts) > 1 else ""
    word = "Promised" if more else "One open promise"
    return f"{word}: {text.rstrip('.')} ({due}){more}."


def lately_line(lately: Lately) -> str:
    """Say how lively it was: "14 interactions in the last 90 days over E-mail and App."."""
    if not lately.count:
        return f"Nothing happened in the last {lately.days} days."
    word = "interaction" if lately.count == 1 else "interactions"
    over = f" over {_listed(list(lately.channels))}" if lately.channels else ""
    most = f", most at {lately.busiest}" if lately.busiest else ""
    return f"{lately.count:,} {word} in the last {lately.days} days{over}{most}."


def _listed(names: list[str]) -> str:
    """Join names as people do: "A", "A and B", "A, B and C"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
