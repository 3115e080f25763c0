"""The entries of the sidebar; every app adds its own when it is ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin

from django.urls import reverse


class Group(StrEnum):
    """The headings of the sidebar, in their order."""

    METRICS = "Metrics"
    JOURNEYS = "Journeys"
    FEEDBACK = "Feedback"
    PEOPLE = "People"
    SETTINGS = "Settings"


@dataclass(frozen=True)
class Entry:
    """One page that the sidebar leads to.

    *url_name* takes the tenant's slug as its only argument. *right* is the right without which
    the entry is not shown. *letter* makes it a shortcut: `g`, then the letter. *rank* orders
    entries within their group. *also* are addresses of pages that belong to it and lie elsewhere,
    seen from its own: "../maps/". An entry *under* the key of another is a tab of that one's page,
    and not in the sidebar.
    """

    key: str
    label: str
    icon: str
    url_name: str
    group: Group
    right: str
    rank: int = 50
    letter: str = ""
    is_on_bottom_bar: bool = False
    also: tuple[str, ...] = ()
    under: str = ""


@dataclass(frozen=True)
class Link:
    """An entry with its address in one tenant.

    It is current on its pages, and where something under it is, it *holds* what is.
    """

    entry: Entry
    url: str
    is_current: bool
    holds: bool = False


class Navigation:
    """All entries, by key; one per process, filled when the apps are ready."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def register(self, *entries: Entry) -> None:
        """Add entries; raises ValueError when a key or a shortcut letter is taken already."""
        for entry in entries:
            letters = {other.letter for other in self._entries.values() if other.letter}
            if entry.key in self._entries or entry.letter in letters:
                message = f"navigation has an entry with key {entry.key} or letter {entry.letter}"
                raise ValueError(message)
            self._entries[entry.key] = entry

    def links(self, *, tenant_slug: str, path: str, may: Callable[[str], bool]) -> list[Link]:
        """Give the links of a tenant that *may* allows, by group and rank.

        *path* is the address being shown: the one entry with the longest address that it begins
        with is current.
        """
        allowed = [entry for entry in self._in_order() if may(entry.right)]
        urls = {entry.key: reverse(entry.url_name, args=[tenant_slug]) for entry in allowed}
        places = [(url, entry.key) for entry in allowed for url in _places(entry, urls[entry.key])]
        here = max(((len(url), key) for url, key in places if path.startswith(url)), default=None)
        current = here[1] if here else None
        above = self._entries[current].under if current else ""
        return [
            Link(entry, urls[entry.key], entry.key == current, holds=entry.key == above)
            for entry in allowed
        ]

    def _in_order(self) -> list[Entry]:
        groups = list(Group)
        return sorted(
            self._entries.values(),
            key=lambda entry: (groups.index(entry.group), entry.rank, entry.label),
        )


def _places(entry: Entry, url: str) -> list[str]:
    return [url, *(urljoin(url, other) for other in entry.also)]


def grouped(links: Iterable[Link]) -> list[tuple[Group, list[Link]]]:
    """Part *links* by group in the order they come, without those under others.

    Groups without a link are absent.
    """
    groups: dict[Group, list[Link]] = {}
    for link in links:
        if not link.entry.under:
            groups.setdefault(link.entry.group, []).append(link)
    return list(groups.items())


def tabs_at(links: Iterable[Link], path: str) -> list[Link]:
    """Give the tabs of the page at *path*: an entry and those under it, where one of them is it."""
    known = list(links)
    here = next((link for link in known if link.url == path), None)
    if here is None:
        return []
    root = here.entry.under or here.entry.key
    found = [link for link in known if root in {link.entry.key, link.entry.under}]
    return found if len(found) > 1 else []


navigation = Navigation()
