"""What follows when somebody who was invited becomes a member: the apps above say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

type Welcome = Callable[[Any, Any, datetime], None]


class Newcomers:
    """What is done for new members; one per process, filled when the apps are ready."""

    def __init__(self) -> None:
        self._welcomes: list[Welcome] = []

    def register(self, welcome: Welcome) -> None:
        """Call *welcome* with the membership, the invitation and the moment, in its transaction."""
        self._welcomes.append(welcome)

    def welcome(self, membership: Any, invitation: Any, now: datetime) -> None:
        """Do for a new member what was promised with the invitation."""
        for one in self._welcomes:
            one(membership, invitation, now)


newcomers = Newcomers()
