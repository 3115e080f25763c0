"""What is counted at the door of a survey: who was shown it, who answered, who was refused."""

from __future__ import annotations

from cxm.kernel.named import Named

_WORDS = {
    "shown": "Shown on other pages",
    "answered": "Answered on other pages",
    "fast": "too many pages a minute from one address",
    "program": "filled in a field that people do not see",
    "replayed": "a link for one answer, used again",
    "forged": "a signature that does not fit",
    "made_up": "a page that nobody was shown",
    "hasty": "a page sent sooner than anybody can read it",
}


class DoorCount(Named):
    """One thing that is counted."""

    SHOWN = "shown"
    ANSWERED = "answered"
    FAST = "fast"
    PROGRAM = "program"
    REPLAYED = "replayed"
    FORGED = "forged"
    MADE_UP = "made_up"
    HASTY = "hasty"

    @property
    def words(self) -> str:
        """Give what people read."""
        return _WORDS[self.value]


REFUSALS = (
    DoorCount.FAST,
    DoorCount.PROGRAM,
    DoorCount.REPLAYED,
    DoorCount.FORGED,
    DoorCount.MADE_UP,
    DoorCount.HASTY,
)
