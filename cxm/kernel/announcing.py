"""Telling other systems what happened: apps say which kinds there are, and when one happens.

Nobody who announces knows who listens: whatever keeps webhooks names itself when it is ready.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

type Content = Callable[[], dict[str, Any]]
type Listener = Callable[["News"], None]


@dataclass(frozen=True, slots=True)
class NewsKind:
    """A kind of news, such as "response.created": what it is called, and under which heading."""

    name: str
    title: str
    group: str


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened to the object *about* at *at*.

    *content* gives what is told of it, as JSON has it; it is called only when somebody wants to
    know. Whom it is about stands under `customer`, with an `id`: erasing them erases it. *path* is
    the page that shows the object, below the tenant's ("responses/…/"), or "".
    """

    kind: str
    tenant_id: UUID
    about: UUID
    at: datetime
    content: Content
    path: str = ""


@dataclass(slots=True)
class Newsroom:
    """The kinds of news, and who listens; one per process, filled when the apps are ready."""

    kinds: dict[str, NewsKind] = field(default_factory=dict)
    listeners: list[Listener] = field(default_factory=list)

    def offer(self, *kinds: NewsKind) -> None:
        """Say that news of *kinds* may come. Raises ValueError for a name that is taken."""
        for kind in kinds:
            if self.kinds.get(kind.name, kind) != kind:
                message = f"news of the kind {kind.name} are offered already"
                raise ValueError(message)
            self.kinds[kind.name] = kind

    def tell(self, listener: Listener) -> None:
        """Let *listener* hear all news, in the transaction of what happened."""
        self.listeners.append(listener)


newsroom = Newsroom()


def announce(news: News) -> None:
    """Tell whoever listens, in the transaction at hand: what is rolled back was never said.

    Raises LookupError for a kind that was never offered.
    """
    if news.kind not in newsroom.kinds:
        message = f"no app offers news of the kind {news.kind}"
        raise LookupError(message)
    for listener in newsroom.listeners:
        listener(news)
