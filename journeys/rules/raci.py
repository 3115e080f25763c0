"""Who has which part in which step: a RACI matrix, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeys.rules.kinds import StepRoleKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

MOST_RESPONSIBLE = 7
ORDER = (
    StepRoleKind.RESPONSIBLE,
    StepRoleKind.ACCOUNTABLE,
    StepRoleKind.CONSULTED,
    StepRoleKind.INFORMED,
)
# What a cell can hold; who does it may also answer for it.
CHOICES = (
    ("", "–"),
    ("R", "R: responsible"),
    ("A", "A: accountable"),
    ("RA", "R and A: both"),
    ("C", "C: consulted"),
    ("I", "I: informed"),
)
# What each step needs somebody for.
_NEEDED = {"A": "accountable", "R": "responsible"}


@dataclass(frozen=True, slots=True)
class RaciFinding:
    """Something that a matrix lacks: in *steps*, ids and titles in order, or of a *stakeholder*."""

    words: str
    steps: tuple[tuple[UUID, str], ...] = ()
    stakeholder: UUID | None = None


def letters(roles: Collection[str]) -> str:
    """Give the letters of a cell in the order R, A, C, I; other parts have none."""
    return "".join(role.value for role in ORDER if role.value in roles)


def raci_findings(
    steps: Sequence[tuple[UUID, str]],
    names: Mapping[UUID, str],
    roles: Mapping[tuple[UUID, UUID], Collection[str]],
) -> list[RaciFinding]:
    """Look a matrix over: each step needs an A and an R, and nobody is to have more than seven R.

    *steps* are ids and titles in order, *names* those of the stakeholders, *roles* the parts by
    step and stakeholder. Steps that lack the same are one finding; what more of them lack is first.
    """
    there: dict[UUID, set[str]] = {}
    for (step, _), told in roles.items():
        there.setdefault(step, set()).update(told)
    alike: dict[str, list[tuple[UUID, str]]] = {}
    for step, title in steps:
        lacking = [words for role, words in _NEEDED.items() if role not in there.get(step, ())]
        if lacking:
            alike.setdefault(f"Nobody is {' or '.join(lacking)}", []).append((step, title))
    grouped = sorted(alike.items(), key=lambda one: (-len(one[1]), one[0]))
    found = [RaciFinding(words, steps=tuple(some)) for words, some in grouped]
    counted = Counter(who for (_, who), told in roles.items() if "R" in told)
    for who, count in counted.items():
        if count > MOST_RESPONSIBLE:
            words = f"{names[who]} is responsible for {count} steps: more than {MOST_RESPONSIBLE}."
            found.append(RaciFinding(words, stakeholder=who))
    return found
