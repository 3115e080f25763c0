"""What can go wrong with comments, in words for who writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterable


class CommentError(DomainError):
    """Base of every anticipated failure about comments."""


class EmptyCommentError(CommentError):
    """There is nothing in it."""

    def __init__(self) -> None:
        super().__init__("Write something first.", field="body")


class LongCommentError(CommentError):
    """It does not fit."""

    def __init__(self, length: int, most: int) -> None:
        super().__init__(
            f"This has {length:,} characters, and a comment holds {most:,}: shorten it, or write "
            "two.",
            field="body",
        )


class OutOfSightError(CommentError):
    """Somebody is named who would be told of a page that they cannot open."""

    def __init__(self, names: Iterable[str]) -> None:
        people = sorted(set(names))
        who = " and ".join(people)
        do = "do" if len(people) > 1 else "does"
        super().__init__(
            f"{who} {do} not see this page. Take the “@” away, or ask an admin to let them in.",
            field="body",
        )


class NotYoursError(CommentError):
    """Only who wrote a comment changes it."""

    status = 403

    def __init__(self) -> None:
        super().__init__("Only the one who wrote a comment can change or delete it.")


class DeletedCommentError(CommentError):
    """What was deleted is not written again."""

    def __init__(self) -> None:
        super().__init__("This comment was deleted. Write a new one.", field="body")


class PartGoneError(CommentError):
    """What is commented on is not on the page."""

    def __init__(self, part: str, whole: str) -> None:
        super().__init__(
            f"This {part} is not on the page any more. Choose another one, or the whole {whole}.",
            field="about",
        )
