"""What can go wrong with customers, in words for the people who serve them."""

from __future__ import annotations

from cxm.kernel.errors import DomainError


class CustomerError(DomainError):
    """Base of every anticipated failure about customers."""


class ErasedCustomerError(CustomerError):
    """Nothing can be written to somebody who was erased."""

    def __init__(self) -> None:
        super().__init__("This person was erased: nothing can be written to them any more.")


class EmptyTextError(CustomerError):
    """There is nothing to keep."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Write the {what}: it is empty.", field="text")


class TextTooLongError(CustomerError):
    """The text is longer than is kept."""

    def __init__(self, what: str, most: int) -> None:
        super().__init__(f"The {what} is too long: use at most {most:,} characters.", field="text")


class DueInThePastError(CustomerError):
    """A promise is due in the future."""

    def __init__(self) -> None:
        super().__init__("This moment has passed: choose one to come.", field="due_at")


class DueTooLateError(CustomerError):
    """Nobody can promise that far ahead."""

    def __init__(self, years: int) -> None:
        super().__init__(f"Choose a moment within the next {years} years.", field="due_at")


class PromiseClosedError(CustomerError):
    """Somebody closed it before."""

    def __init__(self) -> None:
        super().__init__("Somebody has closed this promise already: reload the page.")


class OriginRefusedError(CustomerError):
    """Not an address that a frame can stand on."""

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"“{origin}” is no address of a helpdesk: write it like https://acme.zendesk.com,"
            " without a path.",
            field="origins",
        )


class NoOriginError(CustomerError):
    """A panel without an address could be framed by nobody."""

    def __init__(self) -> None:
        super().__init__("Name at least one address of the helpdesk.", field="origins")


class TooManyOriginsError(CustomerError):
    """More addresses than one helpdesk has."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"Name at most {most} addresses; make another panel for more.", field="origins"
        )


class PanelRevokedError(CustomerError):
    """The panel was revoked; it gives out no links."""

    def __init__(self) -> None:
        super().__init__("This panel was revoked: make a new one.", field="panel")


class OriginNotOfPanelError(CustomerError):
    """The page asked for a link on an address that the panel does not have."""

    def __init__(self, origins: list[str]) -> None:
        super().__init__(
            f"Name one of the panel's addresses: {', '.join(origins)}.", field="origin"
        )


class OneAlreadyError(CustomerError):
    """Joining needs two different people."""

    def __init__(self) -> None:
        super().__init__("These two are one customer already: choose another one.", field="into")


class TwoNumbersError(CustomerError):
    """Both people have a customer number of one kind; a person must say that this is meant."""

    def __init__(self, namespaces: list[str]) -> None:
        kinds = ", ".join(namespace or "your own numbering" for namespace in namespaces)
        super().__init__(
            f"Both have a customer number of their own in {kinds}, so they may be two people. "
            "Confirm that they are one.",
            field="confirm",
        )


class ApartAlreadyError(CustomerError):
    """A merge is undone once."""

    def __init__(self) -> None:
        super().__init__("These two were taken apart already.")


class DecidedAlreadyError(CustomerError):
    """Somebody else was quicker with this proposal."""

    def __init__(self) -> None:
        super().__init__("Somebody has decided about this pair already.")


class ErasingAlreadyError(CustomerError):
    """One erasure of a person at a time."""

    def __init__(self) -> None:
        super().__init__("This person is being erased right now.")


class RulesBusyError(CustomerError):
    """Touchpoint rules are applied to the past by one job at a time."""

    def __init__(self) -> None:
        super().__init__("Rules are being applied or taken back just now: wait until that is done.")


class RulesChangedError(CustomerError):
    """A job applies the rules it began with, or none."""

    def __init__(self) -> None:
        super().__init__("The rules were changed meanwhile: apply them once more.")


class RulesNotAppliedError(CustomerError):
    """Only what was applied, and not taken back since, can be taken back."""

    def __init__(self) -> None:
        super().__init__("Nothing of this is left to take back: reload the page.")


class NoEventNamesError(CustomerError):
    """Nothing was chosen that a rule can be made of."""

    def __init__(self) -> None:
        super().__init__("Choose at least one event name.", field="names")
