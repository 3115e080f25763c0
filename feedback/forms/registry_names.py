"""From the titles that people type to the touchpoints and channels that a mapping names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import structs

from feedback.adapters import signs
from feedback.adapters.mapping import ChannelSource, TouchpointName
from feedback.adapters.mapping import Named as Name

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Known:
    """What the wizard knows beside the choices: the file's columns and the tenant's registries.

    *values* holds what is in each column, with numbers of rows; *touchpoints* and *channels*
    map titles, in lower case, to keys.
    """

    titles: dict[str, str]
    values: dict[str, dict[str, int]]
    touchpoints: dict[str, str]
    channels: dict[str, str]

    def touchpoint(
        self, title: str, channel: str, before: TouchpointName | None
    ) -> TouchpointName | None:
        """Name a touchpoint, of a channel where one is given; None without a title."""
        if not title:
            return None
        named_channel = self.channel(channel, before.channel if before else None)
        if before is not None and title in {before.title, before.key}:
            return structs.replace(before, channel=named_channel)
        key = self.touchpoints.get(title.casefold()) or signs.slug(title)
        return TouchpointName(key=key, title=title, channel=named_channel)

    def channel(self, title: str, before: Name | None) -> Name | None:
        """Name a channel; None without a title. One that is called as *before* stays that one."""
        if not title:
            return None
        if before is not None and title in {before.title, before.key}:
            return before
        return self._named(title)

    def channel_source(
        self, title: str, columns: Iterable[str], before: ChannelSource | None
    ) -> ChannelSource | None:
        """Say which channel it was: by the first of *columns*, else *title* for all."""
        column = next(iter(columns), "")
        if not column:
            channel = self.channel(title, before.channel if before else None)
            return ChannelSource(channel=channel) if channel else None
        if before is not None and before.column == column:
            return before
        named = {text: self._named(text) for text in self.values[column]}
        return ChannelSource(column=column, channels=named)

    def _named(self, title: str) -> Name:
        key = self.channels.get(title.casefold()) or signs.slug(title)
        return Name(key=key, title=title)


def title_of(named: Name | TouchpointName | None) -> str:
    """Give what people read of a registry entry, "" for none."""
    return (named.title or named.key) if named else ""
