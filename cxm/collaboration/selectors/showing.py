"""What links show: the apps above say it, each for the links that are its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cxm.collaboration.models import ShareLink


@dataclass(frozen=True, slots=True)
class Showing:
    """A page for people outside: its *template*, what that expects, and the pictures in it.

    The template extends `collaboration/shared_base.html` and gets besides: link (ShareLink with
    its tenant) and token (str). *pictures* are the ids of assets that the page asks for.
    """

    template: str
    context: Mapping[str, object] = field(default_factory=dict)
    pictures: frozenset[UUID] = frozenset()


# Gets the link and the query of the address; None where the link is not of this app.
type Shower = Callable[[ShareLink, Mapping[str, str]], Showing | None]

GONE = "collaboration/shared_gone.html"


class Showers:
    """Who knows what links show; one per process, filled when the apps are ready."""

    def __init__(self) -> None:
        self._showers: list[Shower] = []

    def register(self, shower: Shower) -> None:
        """Let *shower* say what its links show."""
        self._showers.append(shower)

    def show(self, link: ShareLink, query: Mapping[str, str]) -> Showing:
        """Give what *link* shows, looked at as *query* says.

        Something archived, or that nobody knows of any more, is the page that says it is gone.
        """
        found = (shower(link, query) for shower in self._showers)
        return next((showing for showing in found if showing), Showing(GONE))


showers = Showers()
