"""What is measured along a journey map, for files and rules that no page's hole can fill."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

NO_SOURCE = "No metric source"
USUAL_DAYS = 28


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A figure as it may be told: *value* and its interval are None where there is none.

    *title* is the metric's name, *unit* and *decimals* say how to write it. *words* are the whole
    in words, such as "82.0 %, 143 answers, between 75 and 88", also when it is hidden or broken.
    *is_hollow* when it has fewer answers than were asked for. *gap* is how far what is drawn at a
    step lies beyond the interval, above 0 where the map believes better, None where nothing can be
    said. *url* lists the answers behind it, "" where none are told. *place* is where the value
    lies between the worst (-2) and the best (+2) that its scale allows, None where nobody asked.
    Days are half-open.
    """

    title: str
    value: float | None
    n: int
    low: float | None
    high: float | None
    unit: str
    decimals: int
    words: str
    is_hollow: bool = False
    change: str = ""
    start_on: date | None = None
    end_on: date | None = None
    gap: float | None = None
    url: str = ""
    place: float | None = None

    def record(self) -> dict[str, Any]:
        """Give the figure as JSON, as it is kept beside a promise."""
        return {
            "title": self.title,
            "value": self.value,
            "n": self.n,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
            "decimals": self.decimals,
            "start_on": self.start_on.isoformat() if self.start_on else None,
            "end_on": self.end_on.isoformat() if self.end_on else None,
        }


@dataclass(frozen=True, slots=True)
class PromiseStanding:
    """How a target stands: *words* is its verdict, *title* the name of its figure.

    *tone* is "good", "bad" or "". *is_reached* is None while nobody can say; *is_interim* before it
    is due, *is_overdue* when that has passed and it is not reached.
    """

    title: str
    words: str
    tone: str = ""
    is_reached: bool | None = None
    is_interim: bool = False
    is_overdue: bool = False


class MetricProvider(Protocol):
    """Tells what is measured, to a reader who may see the map."""

    def lane(
        self, *, journey_map: Any, lane_id: UUID, sees_answers: bool, now: datetime
    ) -> dict[UUID, tuple[MetricValue, ...]] | None:
        """Tell the figures of a computed lane by step, in the order of the map.

        None for a lane that shows no figures. *sees_answers* is whether the reader may read
        single answers.
        """

    def binding(
        self, *, journey_map: Any, binding: Any, sees_answers: bool, now: datetime
    ) -> MetricValue | None:
        """Tell the figure that is bound to a step as of *now*; None where there is none."""

    def promises(
        self, *, journey_map: Any, sees_answers: bool, now: datetime
    ) -> dict[UUID, PromiseStanding]:
        """Tell how each live target of a map stands as of *now*, by its id."""

    def pooled[K: Hashable](
        self,
        *,
        tenant: Any,
        places: Mapping[K, Collection[UUID]],
        metric_key: str,
        days: int,
        sees_answers: bool,
        now: datetime,
    ) -> dict[K, MetricValue]:
        """Tell the figure of each group of touchpoints, from their counts together.

        *places* holds the touchpoints of each group by its name; *days* is how many count, today
        included. Groups are absent for a metric that is not live. The number of queries does not
        grow with the groups.
        """


class MetricPort:
    """Where the app that measures says how to ask it; one per process."""

    def __init__(self) -> None:
        self._provider: MetricProvider | None = None

    def register(self, provider: MetricProvider) -> None:
        """Let *provider* tell the figures. Raises ValueError when somebody tells them already."""
        if self._provider is not None:
            message = "the figures of maps are told already"
            raise ValueError(message)
        self._provider = provider

    @property
    def is_there(self) -> bool:
        """Whether anybody measures; else say NO_SOURCE."""
        return self._provider is not None

    def lane(
        self, *, journey_map: Any, lane_id: UUID, sees_answers: bool, now: datetime
    ) -> dict[UUID, tuple[MetricValue, ...]] | None:
        """Ask for the figures of a lane, as MetricProvider does; None where nobody measures."""
        if self._provider is None:
            return None
        return self._provider.lane(
            journey_map=journey_map, lane_id=lane_id, sees_answers=sees_answers, now=now
        )

    def binding(
        self, *, journey_map: Any, binding: Any, sees_answers: bool, now: datetime
    ) -> MetricValue | None:
        """Ask for the figure of a binding, as MetricProvider does; None where nobody measures."""
        if self._provider is None:
            return None
        return self._provider.binding(
            journey_map=journey_map, binding=binding, sees_answers=sees_answers, now=now
        )

    def promises(
        self, *, journey_map: Any, sees_answers: bool, now: datetime
    ) -> dict[UUID, PromiseStanding]:
        """Ask how targets stand, as MetricProvider does; none where nobody measures."""
        if self._provider is None:
            return {}
        return self._provider.promises(journey_map=journey_map, sees_answers=sees_answers, now=now)

    def pooled[K: Hashable](
        self,
        *,
        tenant: Any,
        places: Mapping[K, Collection[UUID]],
        metric_key: str,
        sees_answers: bool,
        now: datetime,
        days: int = USUAL_DAYS,
    ) -> dict[K, MetricValue]:
        """Ask for the figures of groups, as MetricProvider does; none where nobody measures."""
        if self._provider is None:
            return {}
        return self._provider.pooled(
            tenant=tenant,
            places=places,
            metric_key=metric_key,
            days=days,
            sees_answers=sees_answers,
            now=now,
        )


metric_values = MetricPort()
