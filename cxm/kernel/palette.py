"""What the command palette can find; every app adds a source when it is ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

MOST_FROM_ONE_SOURCE = 6


@dataclass(frozen=True)
class Hit:
    """One thing to go to: its name, its address, what kind it is and a line that tells it apart."""

    label: str
    url: str
    kind: str
    icon: str
    hint: str = ""


type Source = Callable[[HttpRequest, str], Sequence[Hit]]


class Palette:
    """The sources of the palette; one per process, filled when the apps are ready."""

    def __init__(self) -> None:
        self._sources: list[Source] = []

    def register(self, source: Source) -> None:
        """Ask *source* at every search; it gets the tenant's request and the stripped query.

        A source shows only what the request's member may see, best first.
        """
        self._sources.append(source)

    def hits(self, request: HttpRequest, query: str) -> list[Hit]:
        """Ask all sources in the order they registered, at most a few hits from each."""
        text = query.strip()
        return [
            hit for source in self._sources for hit in source(request, text)[:MOST_FROM_ONE_SOURCE]
        ]


palette = Palette()
