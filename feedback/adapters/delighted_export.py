"""What is known of files of answers from Delighted: one row an answer, under its own field names.

Delighted did not document the heads of its export. The names here are those of its interface for
programs (delighted.com/docs/api: `survey_type`, `score`, `comment`, `permalink`, `created_at`), in
any case and with blanks or underscores, and the same with "person" or "response" before them. A
file counts as Delighted's when links to answers there stand in its permalinks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import structs

from feedback.adapters import signs
from feedback.adapters.mapping import Comment, CustomerColumn, CustomerSource, Score, TimeSource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from feedback.adapters.mapping import Mapping
    from feedback.adapters.profile import ColumnProfile

_HOST = "delighted.com"
_NAMESPACE = "delighted"
_NPS = "nps"
_LINK = ("permalink", "response permalink")
_TYPE = ("survey type", "response survey type")
_SCORE = ("score", "response score")
_COMMENT = ("comment", "response comment")
_ID = ("id", "response id", "survey response id")
_ANSWERED = ("created at", "response created at", "responded at", "response time")
_PERSON = ("person", "person id")
_EMAIL = ("email", "person email", "email address")
_PHONE = ("phone number", "person phone number", "phone")
# What is taken from the file's own fields, or is not an answer: a link, notes of the team.
_OWN = (_LINK, _SCORE, _COMMENT, _ID, _ANSWERED, ("notes", "response notes"))


def is_delighted(columns: Sequence[ColumnProfile]) -> bool:
    """Say whether the columns are those of a file of answers from Delighted."""
    link = _column(columns, _LINK)
    if link is None or _column(columns, _SCORE) is None:
        return False
    links = [text for text in link.counts if text]
    return bool(links) and all(_is_there(text) for text in links)


def with_delighted(
    mapping: Mapping, columns: Sequence[ColumnProfile], metrics: Collection[str]
) -> Mapping:
    """Put what Delighted's columns are into a suggested *mapping*.

    A score is suggested where all answers are to the one question whose scale is known, that of
    NPS; points of other kinds of survey mean what the survey says, which a person has to tell.
    """
    score, ids = _column(columns, _SCORE), _column(columns, _ID) or _column(columns, _LINK)
    answered, comment = _column(columns, _ANSWERED), _column(columns, _COMMENT)
    own = {column.name for names in _OWN if (column := _column(columns, names))}
    people = tuple(_people(columns))
    scores = [one for one in mapping.scores if one.column not in own]
    if score is not None and _NPS in metrics and _only_type(columns) == _NPS:
        scores.insert(0, Score(column=score.name, question="score", title="Score", metric=_NPS))
    comments = [one for one in mapping.comments if one.column not in own]
    if comment is not None:
        comments.insert(0, Comment(column=comment.name, question="comment", title="Comment"))
    used = own | {one.column for one in people} | {one.column for one in comments}
    used |= {one.column for one in scores}
    return structs.replace(
        mapping,
        response_id=(ids.name,) if ids else mapping.response_id,
        answered_at=_time(answered) if answered else mapping.answered_at,
        customer=CustomerSource(columns=people) if people else mapping.customer,
        scores=tuple(scores),
        comments=tuple(comments),
        hidden=tuple(column.name for column in columns if column.filled and column.name not in used)
        + _kept_score(score, scores),
        unsettled=tuple(one for one in mapping.unsettled if one.column not in own),
    )


def _column(columns: Sequence[ColumnProfile], names: Sequence[str]) -> ColumnProfile | None:
    """Find the column under the first of *names* that a filled one has."""
    by_words = {signs.words(column.name): column for column in columns if column.filled}
    return next((by_words[name] for name in names if name in by_words), None)


def _is_there(link: str) -> bool:
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:  # such as a bracket that is never closed
        return False
    return host == _HOST or host.endswith(f".{_HOST}")


def _only_type(columns: Sequence[ColumnProfile]) -> str:
    """Give the kind of survey that all answers are to, "" where there are several or none."""
    column = _column(columns, _TYPE)
    kinds = {text.strip().lower() for text in column.counts if text} if column else set()
    return kinds.pop() if len(kinds) == 1 else ""


def _time(column: ColumnProfile) -> TimeSource:
    is_counted = column.kind in {"integer", "id"}
    return TimeSource(column=column.name, format="unix" if is_counted else "")


def _people(columns: Sequence[ColumnProfile]) -> Iterator[CustomerColumn]:
    """Give the columns that say who answered: Delighted's number of the person, then addresses."""
    if person := _column(columns, _PERSON):
        yield CustomerColumn(column=person.name, kind="external", namespace=_NAMESPACE)
    if email := _column(columns, _EMAIL):
        yield CustomerColumn(column=email.name, kind="email")
    if phone := _column(columns, _PHONE):
        yield CustomerColumn(column=phone.name, kind="phone")


def _kept_score(column: ColumnProfile | None, scores: Sequence[Score]) -> tuple[str, ...]:
    """Keep the points as they are where nobody knows yet what they mean."""
    is_said = column is None or any(one.column == column.name for one in scores)
    return () if column is None or is_said else (column.name,)
