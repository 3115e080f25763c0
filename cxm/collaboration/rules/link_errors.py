"""What can go wrong with links for people outside, in words for whoever makes one."""

from __future__ import annotations

from cxm.kernel.errors import DomainError


class LinkError(DomainError):
    """Base of every anticipated failure about links."""


class LinkEndsInThePastError(LinkError):
    """A link would be over before anybody opens it."""

    def __init__(self) -> None:
        super().__init__("Choose an end in the future.", field="expires_at")


class LinkTooLongError(LinkError):
    """A link would work for longer than a year."""

    def __init__(self, days: int) -> None:
        super().__init__(f"A link works for at most {days} days.", field="expires_at")


class LinkPasswordError(LinkError):
    """The password of a link is too easy to try out, or too long to be hashed."""

    def __init__(self, shortest: int, longest: int) -> None:
        super().__init__(f"Use a password of {shortest} to {longest} characters.", field="password")


class LinkLabelError(LinkError):
    """The name of a link is too long."""

    def __init__(self, longest: int) -> None:
        super().__init__(f"Use at most {longest} characters.", field="label")


class LinkKindsError(LinkError):
    """A link would show nothing, or something that is not shown to people outside."""

    def __init__(self, known: str) -> None:
        super().__init__(f"Choose what the link shows, one or more of: {known}.", field="kinds")


class LinkMomentError(LinkError):
    """There is no such moment to freeze."""

    def __init__(self, head: int) -> None:
        words = f"Choose a moment from 1 to {head}." if head else "This cannot be frozen."
        super().__init__(words, field="freeze_seq")


class TooManyLinksError(LinkError):
    """Something is shown by as many links as may be."""

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} links already. Revoke one that nobody needs.")


class ArchivedSharedError(LinkError):
    """What is archived is not shown to people outside."""

    status = 409

    def __init__(self) -> None:
        super().__init__("This is archived, and its links show nothing: restore it first.")
