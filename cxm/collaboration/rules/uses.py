"""Where something of this room is used: the apps above say so, each for what it holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Use:
    """One place: *title* says what stands there, *where* in what, *url* leads to it."""

    title: str
    where: str
    url: str


type Source = Callable[[Any, Collection[UUID]], Mapping[UUID, list[Use]]]


class Uses:
    """The sources of uses; one per process, filled when the apps are ready."""

    def __init__(self) -> None:
        self._sources: list[Source] = []

    def register(self, source: Source) -> None:
        """Ask *source* from now on: given a tenant and ids, it lists the uses of each, in order."""
        self._sources.append(source)

    def of(self, tenant: Any, ids: Collection[UUID]) -> dict[UUID, list[Use]]:
        """List the uses of each of *ids*; those without any are absent. A query or two a source."""
        found: dict[UUID, list[Use]] = defaultdict(list)
        for source in self._sources if ids else ():
            for pk, uses in source(tenant, ids).items():
                found[pk] += uses
        return dict(found)


evidence_uses = Uses()
evidence_origins = Uses()
