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
    """Who is archived is not put on maps."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"“{name}” is archived: restore it on the register first.", field="stakeholder"
        )


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
