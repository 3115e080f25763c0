"""Tags of steps and cards: words of people's own, by which they are found and filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_TAGS, LONGEST_TAG = 20, 60
# Tags are written one after the other with this between, so that none holds one.
BETWEEN = ","


def clean_tags(texts: Iterable[str]) -> list[str]:
    """Give *texts* as the tags that are kept: each once, in the order of the alphabet.

    A text with commas or line ends is several tags. What differs in capitals alone is one tag, as
    it was written first. The same tags are thus the same list. Raises ValueError with words for
    people where one is too long, or there are too many.
    """
    found: dict[str, str] = {}
    for text in texts:
        for part in text.replace("\n", BETWEEN).split(BETWEEN):
            if tag := " ".join(part.split()):
                found.setdefault(tag.casefold(), tag)
    longest = max(map(len, found.values()), default=0)
    if longest > LONGEST_TAG:
        message = f"a tag has up to {LONGEST_TAG} signs; one of these has {longest}."
        raise ValueError(message)
    if len(found) > MOST_TAGS:
        message = f"up to {MOST_TAGS} tags fit; these are {len(found)}."
        raise ValueError(message)
    return [found[key] for key in sorted(found)]


def with_tags(there: Iterable[str], more: Iterable[str]) -> list[str]:
    """Give the tags *there* and *more*. Raises ValueError as `clean_tags` does."""
    return clean_tags([*there, *more])


def without_tags(there: Iterable[str], gone: Iterable[str]) -> list[str]:
    """Give the tags *there* without those *gone*, however these are capitalised."""
    away = {tag.casefold() for tag in clean_tags(gone)}
    return [tag for tag in there if tag.casefold() not in away]


def joined_tags(one: Iterable[str], other: Iterable[str]) -> list[str]:
    """Give the tags of two that become one: all of *one*, and of *other* as many as fit."""
    there = list(one)
    held = {tag.casefold() for tag in there}
    more = [tag for tag in other if tag.casefold() not in held]
    return clean_tags([*there, *more[: MOST_TAGS - len(there)]])


def tags_written(tags: Iterable[str]) -> str:
    """Write tags as one line that `clean_tags` reads."""
    return f"{BETWEEN} ".join(tags)
