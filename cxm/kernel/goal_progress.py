"""How far goals are, for pages and programs below the app that measures."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from cxm.kernel.metric_values import MetricValue


@dataclass(frozen=True, slots=True)
class Measured:
    """What a goal is measured by: *touchpoints* where answers count, and *since* when it runs."""

    touchpoints: Collection[UUID]
    since: date


@dataclass(frozen=True, slots=True)
class Progress:
    """The figure of a goal before it was set, and as it is now.

    *before* is None where nothing was measured then. *share* is how much of the way is gone, 0 at
    the figure before and 1 at the target; None where there is no way to tell. *words* is the
    verdict, *evidence* what it stands on, *tone* "good", "bad" or "". *is_interim* before it is
    due, *is_overdue* when its day has passed and it is not reached.
    """

    now: MetricValue
    before: MetricValue | None = None
    share: float | None = None
    words: str = ""
    evidence: str = ""
    tone: str = ""
    is_interim: bool = False
    is_overdue: bool = False


class GoalProvider(Protocol):
    """Tells how far goals are."""

    def progress(
        self,
        *,
        tenant: Any,
        goals: Sequence[Any],
        measured: Mapping[UUID, Measured],
        sees_answers: bool,
        now: datetime,
    ) -> dict[UUID, Progress]:
        """Tell how far each of *goals* is that *measured* names, by its id.

        Goals come with their binding, its metric and its touchpoint. *sees_answers* is whether
        the reader may read single answers. The number of queries does not grow with the goals.
        """


class GoalPort:
    """Where the app that measures says how to ask it; one per process."""

    def __init__(self) -> None:
        self._provider: GoalProvider | None = None

    def register(self, provider: GoalProvider) -> None:
        """Let *provider* tell it. Raises ValueError when somebody does already."""
        if self._provider is not None:
            message = "the progress of goals is told already"
            raise ValueError(message)
        self._provider = provider

    def progress(
        self,
        *,
        tenant: Any,
        goals: Sequence[Any],
        measured: Mapping[UUID, Measured],
        sees_answers: bool,
        now: datetime,
    ) -> dict[UUID, Progress]:
        """Ask as GoalProvider does; nothing where nobody measures."""
        if self._provider is None or not measured:
            return {}
        return self._provider.progress(
            tenant=tenant, goals=goals, measured=measured, sees_answers=sees_answers, now=now
        )


goal_progress = GoalPort()
