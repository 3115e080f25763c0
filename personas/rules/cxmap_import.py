"""What an import is about to do, document by document, and what may be chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from cxm.collaboration.rules.grading import BACKED
from personas.rules.kinds import PersonaStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxm.kernel.cxmap.faults import Fault
    from cxm.kernel.cxmap.planning import Wanted
    from personas.rules.cxmap_plans import Step


class Choice(StrEnum):
    """What becomes of something in the file: it is taken, taken as another one, or left out."""

    TAKE = "take"
    COPY = "copy"
    LEAVE = "leave"


class Becomes(StrEnum):
    """What something in the file is beside what is here."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    COPY = "copy"
    LEFT_OUT = "left out"
    LINKED = "used as it is here"


@dataclass(slots=True)
class Part:
    """One persona, stakeholder or map of the file; *name* is its title, *path* where it stands.

    *id* is the id of its row, empty while there is none; *target_key* the key that it has, or
    would have, here.
    """

    kind: str
    key: str
    name: str
    path: str
    choice: Choice
    becomes: Becomes
    steps: Sequence[Step] = ()
    id: str = ""
    target_key: str = ""

    @property
    def field(self) -> str:
        """Give what the choice about it is called in forms and by programs."""
        return f"{self.kind}.{self.key}"

    @property
    def is_here(self) -> bool:
        """Whether it is here before anything is written."""
        return self.becomes in {Becomes.CHANGED, Becomes.SAME, Becomes.LINKED}

    @property
    def can_be_copied(self) -> bool:
        """Whether it may be taken as another one: of what is here, all but stakeholders."""
        is_other = self.becomes is not Becomes.NEW or self.choice is Choice.COPY
        return self.kind != "stakeholder" and is_other

    @property
    def kind_words(self) -> str:
        """Give what people call its kind."""
        names = {"map": "stakeholder map", "journey-map": "map", "score_model": "model of scores"}
        return names.get(self.kind, self.kind)


@dataclass(slots=True)
class Preview:
    """What an import would do, or has done; with *faults* it does nothing.

    *seen* stands for what was looked at: the file, and what is here of the same keys.
    """

    parts: list[Part] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    seen: str = ""

    def count(self, becomes: Becomes) -> int:
        """Count the parts that become *becomes*."""
        return sum(part.becomes is becomes for part in self.parts)

    @property
    def counts(self) -> dict[str, int]:
        """Count the parts by what they become; what there is none of is absent."""
        return {one.value: n for one in Becomes if (n := self.count(one))}

    @property
    def does_something(self) -> bool:
        """Whether anything would be written."""
        return not self.faults and any(
            part.becomes in {Becomes.NEW, Becomes.CHANGED, Becomes.COPY} for part in self.parts
        )


def chosen(choices: Mapping[str, str], kind: str, key: str) -> Choice:
    """Give what was chosen for one part; what was not, or is no choice, is taken."""
    told = choices.get(f"{kind}.{key}", "")
    return Choice(told) if told in set(Choice) else Choice.TAKE


def can_be_validated(wanted: Wanted) -> bool:
    """Whether a new persona may call itself validated: half of it is graded by hand.

    A file brings no evidence, and without it nothing else backs a statement.
    """
    facts = [fact for section in wanted.parts for fact in section.parts]
    backed = sum(fact.values.get("grade_override") in BACKED for fact in facts)
    return bool(facts) and 2 * backed >= len(facts)


def made_modest(wanted: Wanted) -> bool:
    """Let a new persona that cannot be validated be researched; give whether it had to."""
    has_to = wanted.values.get("status") == PersonaStatus.VALIDATED and not can_be_validated(wanted)
    if has_to:
        wanted.values["status"] = PersonaStatus.RESEARCHED.value
    return has_to
