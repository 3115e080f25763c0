"""The words that webhooks and their deliveries choose from."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

# The kind of the event that the test button sends.
PING = "ping"
MOST_WEBHOOKS = 20


class Form(StrEnum):
    """In which shape events are sent."""

    STANDARD = "standard"
    DELIGHTED = "delighted"

    @property
    def words(self) -> str:
        """Give what people read."""
        return {"standard": "Standard Webhooks", "delighted": "As Delighted sent them"}[self.value]


class WebhookState(StrEnum):
    """Whether events are sent."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class Reason(StrEnum):
    """Why a webhook is not active."""

    NONE = ""
    PERSON = "person"
    FAILING = "failing"
    GONE = "gone"

    @property
    def words(self) -> str:
        """Give what people read."""
        return {
            "": "",
            "person": "Somebody paused it.",
            "failing": "The receiver has taken nothing for five days.",
            "gone": "The receiver answered 410: it wants nothing more.",
        }[self.value]


class DeliveryState(StrEnum):
    """What became of an event on its way to one receiver."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"

    @property
    def words(self) -> str:
        """Give what people read."""
        return {"waiting": "Waiting", "delivered": "Delivered", "dead": "Given up"}[self.value]


class Grace(StrEnum):
    """How long the old secret still signs when another replaces it."""

    NOW = "now"
    DAY = "day"
    WEEK = "week"

    @property
    def lasts(self) -> timedelta:
        """Give the time."""
        return {"now": timedelta(0), "day": timedelta(days=1), "week": timedelta(days=7)}[
            self.value
        ]

    @property
    def words(self) -> str:
        """Give what people read."""
        return {"now": "At once", "day": "After 1 day", "week": "After 7 days"}[self.value]
