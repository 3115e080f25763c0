"""What can be wrong with the rule of a segment, in words that say what to do."""

from __future__ import annotations

from dataclasses import dataclass

from cxm.kernel.errors import DomainError

MOST_SAID = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: *place* points into the rule (`all[2].value`), empty for all of it.

    *words* say what to do.
    """

    place: str
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}" if self.place else self.words


class SegmentError(DomainError):
    """Base of every anticipated failure about segments."""


class SegmentRuleError(SegmentError):
    """The rule cannot be read, or names what does not exist; *faults* are in their order."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        more = len(faults) - MOST_SAID
        said = " ".join(str(fault) for fault in faults[:MOST_SAID])
        super().__init__(f"{said} And {more} more." if more > 0 else said, field="rule")


class SegmentKeyTakenError(SegmentError):
    """Another segment has this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"“{key}” is taken: choose another key.", field="key")


class SegmentUsedError(SegmentError):
    """What others are made of cannot go away."""

    def __init__(self, titles: list[str]) -> None:
        named = ", ".join(f"“{title}”" for title in titles)
        super().__init__(f"{named} is made with this segment: change that first.")


class SegmentArchivedError(SegmentError):
    """An archived segment is not changed or counted."""

    def __init__(self) -> None:
        super().__init__("This segment is archived: restore it first.")


class SegmentTooSlowError(SegmentError):
    """Counting took longer than anybody would wait for."""

    def __init__(self, seconds: int, *, place: str = "", slow: str = "") -> None:
        """Take the *place* of the slowest test (empty for a rule that is one), and its words."""
        self.place = place
        at = f" (at {place})" if place else ""
        named = f" The slowest test: {slow}{at}." if slow else ""
        super().__init__(
            f"Counting took longer than {seconds} seconds.{named} Narrow it or shorten its window "
            "to see a size at once; a saved segment is counted in the background.",
            field="rule",
        )
