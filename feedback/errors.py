"""What can go wrong with files on their way in, in words for the person who sent them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from cxm.kernel.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMED_PROBLEMS = 3


class Problem(Protocol):
    """Something to put right, as `feedback.adapters.mapping_check.MappingProblem` says it."""

    @property
    def field(self) -> str:
        """The path of what is wrong, such as `scores[2].metric`."""

    @property
    def message(self) -> str:
        """What to do, for people."""


class FeedbackError(DomainError):
    """Base of every anticipated failure about feedback."""


class FileUnusableError(FeedbackError):
    """The file as a whole cannot be read; *code* is one documented word (docs/import.md)."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message, field="file")
        self.code = code


class FileTooLargeError(FileUnusableError):
    """More bytes came than an import may have."""

    def __init__(self, limit: int) -> None:
        words = f"The file is larger than {limit // 1_000_000:,} MB. Cut it into several files."
        super().__init__(words, code="too_large")


class MappingRefusedError(FeedbackError):
    """A mapping cannot be used; *problems* lists all that must be put right, each at its field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        named = "; ".join(f"{p.field}: {p.message}" for p in self.problems[:NAMED_PROBLEMS])
        rest = len(self.problems) - NAMED_PROBLEMS
        more = f" There are {rest} more such problems." if rest > 0 else ""
        super().__init__(named + more, field=self.problems[0].field)


class NotMappedError(FeedbackError):
    """A file was to be loaded before anybody said what its columns mean."""

    def __init__(self) -> None:
        super().__init__("Say first what the columns of this file mean.", field="mapping")


class ImportBusyError(FeedbackError):
    """The file is at another step than the one that was asked for."""

    def __init__(self, standing: str) -> None:
        super().__init__(f"This cannot be done now: the file is “{standing.lower()}”.")


class MappingFixedError(FeedbackError):
    """Part of the file is in already: its mapping must stay what it was."""

    def __init__(self) -> None:
        super().__init__(
            "Part of this file is loaded, so its mapping cannot change. Undo the import first."
        )


class LineUnfitError(FeedbackError):
    """A line of the file cannot be what it was said to be."""

    def __init__(self) -> None:
        super().__init__(
            "No column of this file holds times, so its lines cannot be things that happened. "
            "Choose another kind, or read the file another way.",
            field="line",
        )


class FileGoneError(FeedbackError):
    """The uploaded file is no longer in storage."""

    def __init__(self) -> None:
        super().__init__("The uploaded file is no longer here. Upload it again.", field="file")


class RecipeNameTakenError(FeedbackError):
    """Another recipe has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a recipe “{name}” already: choose another name.", field="name")


class NothingToHoldError(FeedbackError):
    """Every score that was to be held back is out of the numbers already."""

    def __init__(self) -> None:
        super().__init__("None of these scores is in the numbers: there is nothing to hold back.")


class NothingToReleaseError(FeedbackError):
    """No score that was to be released is held back."""

    def __init__(self) -> None:
        super().__init__("None of these scores is held back, so there is nothing to release.")


class ResponseDeletedError(FeedbackError):
    """The response is deleted: only restoring it makes sense."""

    def __init__(self) -> None:
        super().__init__("This response is deleted. Restore it first.")


class ResponseNotDeletedError(FeedbackError):
    """The response was to be restored, but it is there."""

    def __init__(self) -> None:
        super().__init__("This response is not deleted, so there is nothing to restore.")


class SourceNameTakenError(FeedbackError):
    """Somebody made an event source of the same name at the same moment."""

    def __init__(self, title: str) -> None:
        super().__init__(f"There is a source “{title}” already: look at the list.", field="title")


class SourceArchivedError(FeedbackError):
    """An archived source takes nothing in, so it gets no keys and no events."""

    def __init__(self) -> None:
        super().__init__("This source is archived. Restore it first.")


class WriteKeyOverError(FeedbackError):
    """The write key was revoked or has run out: it can be neither replaced nor revoked."""

    def __init__(self) -> None:
        super().__init__("This key does not work any more. Make a new one instead.")


class SourceUnknownError(FeedbackError):
    """Events name a source that the workspace does not have."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"There is no event source “{key[:50]}”. Leave `source` out, or make it in the "
            "settings.",
            field="source",
        )


class NothingWrittenError(FeedbackError):
    """An answer is no evidence without words, or after it was deleted."""

    def __init__(self) -> None:
        super().__init__("Nothing is written there any more, so there is nothing to cite.")


class BodyGoneError(FeedbackError):
    """A stored body was removed by retention or an erasure, so it cannot be read again."""

    def __init__(self) -> None:
        super().__init__("This body is not kept any more, so it cannot be read again.")
