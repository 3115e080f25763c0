"""What is sent to somebody, and what every way of sending it does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


class AddressRefusedError(Exception):
    """Nobody has this address, for good; the message holds the receiver's words."""


class BadAddressError(Exception):
    """The address is none that a message can be sent to; nobody was asked about it."""


class NotSentError(Exception):
    """The message could not be sent now; another time it may."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person; *id* is the same each time it is sent.

    *html* is "" where a medium has plain text only. *headers* are added to those of the medium.
    """

    id: str
    to: str
    subject: str
    text: str
    html: str = ""
    sender: str = ""
    reply_to: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Sender(Protocol):
    """A way to send messages."""

    def send(self, message: Message) -> None:
        """Send *message*, or raise AddressRefusedError, BadAddressError or NotSentError."""
