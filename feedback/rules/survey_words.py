"""The words of surveys: how they are asked, by whom they may be known, and how far they are."""

from __future__ import annotations

from enum import StrEnum

from cxm.kernel.named import Named

_WORDS = {
    "named": "Named: answers stand beside the customer",
    "confidential": "Confidential: only who may see persons sees who answered",
    "anonymous": "Anonymous: nobody can find out who answered",
    "imported": "Filled by imports",
    "draft": "Draft",
    "live": "Open",
    "paused": "Paused",
    "closed": "Closed",
    "one": "One question a page",
    "pages": "Pages as marked in the list",
    "all": "All on one page",
    "verbatim": "What they say, in the texts",
    "plain": "A fact, with the answers only",
}


class _Worded(Named):
    @property
    def words(self) -> str:
        """Give what people read."""
        return _WORDS[self.value]


class Anonymity(_Worded):
    """Who can be known behind an answer, from least to most hidden."""

    NAMED = "named"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


class SurveyStatus(_Worded):
    """Whether a survey takes answers."""

    IMPORTED = "imported"
    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    CLOSED = "closed"


class PageLayout(_Worded):
    """How many questions stand on a page."""

    ONE = "one"
    PAGES = "pages"
    ALL = "all"


class TextRole(_Worded):
    """What a text that people write is for."""

    VERBATIM = "verbatim"
    PLAIN = "plain"


class Ending(StrEnum):
    """Where a jump may lead beside another question."""

    END = "end"
    SCREEN_OUT = "screen_out"
