"""What a comment may be, whom it names, and who is told of it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from cxm.collaboration.rules.comment_errors import EmptyCommentError, LongCommentError
from cxm.collaboration.rules.kinds import NoticeKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

LONGEST_BODY = 4_000


class Show(StrEnum):
    """Which threads somebody looks at."""

    OPEN = "open"
    MINE = "mine"
    RESOLVED = "resolved"
    UNANCHORED = "unanchored"
    BASELINE = "baseline"

    @property
    def words(self) -> str:
        """Give what people read."""
        return self.value.capitalize()


def clean_body(text: str) -> str:
    """Give *text* as it is kept: lines end with one sign, without space around the whole.

    Raises EmptyCommentError for nothing but space, and LongCommentError beyond 4,000 characters.
    """
    body = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not body:
        raise EmptyCommentError
    if len(body) > LONGEST_BODY:
        raise LongCommentError(len(body), LONGEST_BODY)
    return body


def named[Key](body: str, names: Mapping[Key, str]) -> dict[Key, str]:
    """Find who of *names* is named in *body* as `@Name`, whatever the case; by key.

    The longest name that fits counts, so that “@Ana Alves” is not “Ana”. Who shares a name is
    named together with the other. An “@” inside a word, as in an address, names nobody.
    """
    by_name: dict[str, list[Key]] = {}
    for key, name in names.items():
        by_name.setdefault(name.casefold(), []).append(key)
    if not by_name:
        return {}
    longest_first = sorted({*names.values()}, key=len, reverse=True)
    one_of = "|".join(re.escape(name) for name in longest_first)
    found = re.finditer(rf"(?<![\w@.])@({one_of})(?!\w)", body, re.IGNORECASE)
    keys = [key for match in found for key in by_name.get(match[1].casefold(), [])]
    return {key: names[key] for key in keys}


def told[Key](
    *,
    followers: Collection[Key],
    mentioned: Collection[Key],
    muted: Collection[Key],
    by: Key | None,
) -> dict[Key, NoticeKind]:
    """Decide who is told of a new comment, and why: who is named, and who follows the thread.

    Nobody is told of their own words, nor who has muted the thread.
    """
    kinds = dict.fromkeys(followers, NoticeKind.REPLY) | dict.fromkeys(
        mentioned, NoticeKind.MENTION
    )
    return {key: kind for key, kind in kinds.items() if key != by and key not in muted}
