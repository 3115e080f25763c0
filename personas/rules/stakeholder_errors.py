"""What can go wrong with stakeholders and their maps, in words for people."""

from __future__ import annotations

from cxm.kernel.errors import DomainError


class StakeholderError(DomainError):
    """Base of every anticipated failure about the register and the maps."""


class NameTakenError(StakeholderError):
    """Another stakeholder on the register has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"“{name}” is on the register already. Take that entry, or add what tells them apart.",
            field="name",
        )


class NameNeededError(StakeholderError):
    """A stakeholder, or a map, needs a name."""

    def __init__(self, field: str, longest: int) -> None:
        super().__init__(f"Write 1 to {longest} characters.", field=field)


class ArchivedError(StakeholderError):
    """Who is archived is not put on maps, nor related to others."""

    def __init__(self, name: str, field: str = "stakeholder") -> None:
        super().__init__(f"“{name}” is archived: restore it on the register first.", field=field)


class OneEndError(StakeholderError):
    """A relation has two ends."""

    def __init__(self) -> None:
        super().__init__("A relation is between two different stakeholders.", field="end")


class NobodyChosenError(StakeholderError):
    """What is done with several at once needs at least one of them."""

    def __init__(self) -> None:
        super().__init__("Select at least one stakeholder in the table.", field="placement")


class NothingToChangeError(StakeholderError):
    """A change of several at once says what becomes of them."""

    def __init__(self) -> None:
        super().__init__("Choose what to change: a ring, a sector, an attitude or a number.")


class PlacedAlreadyError(StakeholderError):
    """A stakeholder stands on a map once."""

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}” is on this map already.", field="stakeholder")


class PersonaLinkedError(StakeholderError):
    """A stakeholder has one persona."""

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}” has a persona already.")


class TooManyError(StakeholderError):
    """A workspace, or a map, holds no more of these."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
