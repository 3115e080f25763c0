"""The words that comments, evidence and links choose from."""

from __future__ import annotations

from enum import StrEnum


class EvidenceKind(StrEnum):
    """Where something was observed."""

    SURVEY_ANSWER = "survey_answer"
    TICKET = "ticket"
    EVENT_QUERY = "event_query"
    METRIC = "metric"
    INTERVIEW = "interview"
    QUOTE = "quote"
    FILE = "file"
    URL = "url"

    @property
    def words(self) -> str:
        """Give what people read."""
        return _KIND_WORDS.get(self.value, self.value.replace("_", " ").capitalize())

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give (name, words) of all, in order."""
        return [(one.value, one.words) for one in cls]


_KIND_WORDS = {"url": "Web page", "event_query": "Count of events", "metric": "Figure"}


class Polarity(StrEnum):
    """Whether what was observed speaks for a statement or against it."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"

    @property
    def words(self) -> str:
        """Give what people read."""
        return self.value.capitalize()

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give (name, words) of all, in order."""
        return [(one.value, one.words) for one in cls]


class Grade(StrEnum):
    """How well a statement is backed."""

    ASSUMPTION = "assumption"
    SOME = "some"
    STRONG = "strong"
    CONTRADICTED = "contradicted"

    @property
    def words(self) -> str:
        """Give what people read."""
        return _GRADE_WORDS[self.value]


_GRADE_WORDS = {
    "assumption": "Assumption",
    "some": "Some evidence",
    "strong": "Strong evidence",
    "contradicted": "Contradicted",
}


class NoticeKind(StrEnum):
    """Why somebody is told."""

    MENTION = "mention"
    REPLY = "reply"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    PUBLISHED = "published"
    REVIEW = "review"
    APPROVED = "approved"
    CHANGES = "changes"
    STOPPED = "stopped"
    ALERT = "alert"
    UNSENT = "unsent"
    ASSIGNED = "assigned"
    AWAKE = "awake"
    JUDGED = "judged"
