"""Failures about webhooks, in words for people."""

from __future__ import annotations

from cxm.integrations.rules.kinds import MOST_WEBHOOKS
from cxm.kernel.errors import DomainError


class UrlRefusedError(DomainError):
    """Nothing may be sent to an address."""

    def __init__(self, why: str) -> None:
        super().__init__(why, field="url")


class KindsRefusedError(DomainError):
    """Kinds of events that are unknown, none, or cannot be sent in the form asked for."""

    def __init__(self, words: str) -> None:
        super().__init__(words, field="kinds")


class TooManyWebhooksError(DomainError):
    """A workspace has as many webhooks as it may."""

    def __init__(self) -> None:
        super().__init__(f"A workspace has at most {MOST_WEBHOOKS} webhooks. Remove one first.")


class DeliveryGoneError(DomainError):
    """There is nothing to send again."""

    def __init__(self) -> None:
        super().__init__("Nothing fits: no event of that time was kept for this webhook.")
