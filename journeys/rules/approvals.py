"""Whether a map has the approvals that its workspace asks for before it is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeys.rules.reviews import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

MOST_NEEDED = 20


@dataclass(frozen=True, slots=True)
class Said:
    """What a reviewer said last of a map: as it was after operation *at_seq*."""

    reviewer: UUID
    verdict: Verdict
    at_seq: int


@dataclass(frozen=True, slots=True)
class Approvals:
    """Which approvals of a map hold, which have fallen, and who asks for changes as it is now.

    *needed* is how many the workspace asks for; *is_alone* when all that hold are of people who
    drew the map.
    """

    holding: tuple[UUID, ...]
    fallen: tuple[UUID, ...]
    objecting: tuple[UUID, ...]
    needed: int
    is_alone: bool

    @property
    def words(self) -> str:
        """Say why the map is not published yet; "" where it may be."""
        if not self.needed:
            return ""
        if self.objecting:
            who = "A reviewer asks" if len(self.objecting) == 1 else "Reviewers ask"
            return f"{who} for changes: make them, and ask for a review again."
        if len(self.holding) < self.needed:
            asked = "an approval" if self.needed == 1 else f"{self.needed} approvals"
            there = len(self.holding) or "none"
            verb = "holds" if len(self.holding) < 2 else "hold"  # noqa: PLR2004 - one or several
            return f"This workspace asks for {asked} before a map is published; {there} {verb}."
        if self.is_alone:
            return "Somebody who did not draw the map has to approve it, too."
        return ""


def approvals_of(
    said: Iterable[Said],
    *,
    authors: Collection[UUID],
    head_seq: int,
    needed: int,
    falls_when_changed: bool,
) -> Approvals:
    """Weigh what reviewers said of a map that has come to operation *head_seq*.

    *said* holds what each said last. An approval falls where the map has moved on since, if
    *falls_when_changed*; an objection to what was changed since is met. *authors* are who drew the
    map or asked for the review: they cannot approve it alone.
    """
    told = list(said)
    approving = [one for one in told if one.verdict is Verdict.APPROVE]
    holding = [one for one in approving if not falls_when_changed or one.at_seq == head_seq]
    ids = tuple(one.reviewer for one in holding)
    return Approvals(
        holding=ids,
        fallen=tuple(one.reviewer for one in approving if one not in holding),
        objecting=tuple(
            one.reviewer
            for one in told
            if one.verdict is Verdict.CHANGES and one.at_seq == head_seq
        ),
        needed=needed,
        is_alone=set(ids) <= set(authors),
    )


def moved_on(at_seq: int, head_seq: int) -> str:
    """Say how far a map has moved on since it was looked at; "" where it has not."""
    count = head_seq - at_seq
    if count <= 0:
        return ""
    return f"the map moved on by {'1 change' if count == 1 else f'{count} changes'} since"
