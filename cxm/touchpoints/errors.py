"""What can go wrong with channels and touchpoints, in words for the person who keeps them."""

from __future__ import annotations

from cxm.kernel.errors import DomainError


class RegistryError(DomainError):
    """Base of every anticipated failure about the registries."""


class KeyTakenError(RegistryError):
    """Another row of the registry has this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"“{key}” is taken: choose another key.", field="key")


class MergeIntoItselfError(RegistryError):
    """Merging needs two different rows, the target not merged itself."""

    def __init__(self) -> None:
        super().__init__("Choose another one that is not merged itself.", field="into")


class NotMergedError(RegistryError):
    """Only what was merged can be taken apart again."""

    def __init__(self) -> None:
        super().__init__("This one is not merged into another.")


class MergedError(RegistryError):
    """What is merged neither comes nor goes on its own."""

    def __init__(self) -> None:
        super().__init__("This one is merged into another: take it apart first.")


class RuleRefusedError(RegistryError):
    """A touchpoint rule asks for something that cannot be asked."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message, field=field)


class RuleInUseError(RegistryError):
    """A rule that events owe their touchpoint to stays, or nobody knew where it came from."""

    def __init__(self) -> None:
        super().__init__(
            "Events have their touchpoint from this rule. Turn it off and apply the rules to the "
            "past: then it can be removed."
        )
