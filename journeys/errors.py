"""What can go wrong with journeys and their maps, in words for people."""

from __future__ import annotations

from typing import Any

from cxm.kernel.errors import DomainError


class JourneyError(DomainError):
    """Base of every anticipated failure about journeys."""


class TitleNeededError(JourneyError):
    """A journey, or a map, needs a title."""

    def __init__(self, field: str, longest: int) -> None:
        super().__init__(f"Write 1 to {longest} characters.", field=field)


class TooManyError(JourneyError):
    """A workspace, or a journey, holds no more."""


class ReadOnlyMapError(JourneyError):
    """A map that is published, in review, retired or locked is not changed."""

    status = 403

    def __init__(self, words: str) -> None:
        super().__init__(f"This map is {words}: open a draft of it, and change that.")


class CircleError(JourneyError):
    """A journey cannot lie in itself, however far around."""

    status = 409

    def __init__(self, titles: list[str], field: str) -> None:
        super().__init__(f"This would be a circle: {' > '.join(titles)}.", field=field)


class LoopError(JourneyError):
    """What refers to others of its kind never leads back to itself."""

    status = 409

    def __init__(self, words: str) -> None:
        super().__init__(f"This would make a loop of {words}.", field="value")


class BindingError(JourneyError):
    """A figure cannot be bound to a step like this."""


class TargetError(JourneyError):
    """A value cannot be promised like this."""


class NotNowError(JourneyError):
    """A map does not become that from what it is."""

    status = 409


class UnsoundMapError(JourneyError):
    """What is found on a map keeps it from being published; *found* is what, in words."""

    status = 409

    def __init__(self, found: list[str]) -> None:
        more = f" There {'is' if len(found) == 2 else 'are'} {len(found) - 1} more."  # noqa: PLR2004
        words = found[0] + (more if len(found) > 1 else "")
        super().__init__(f"This map cannot be published yet. {words}")
        self.found = found

    def more(self) -> dict[str, Any]:
        """Tell everything that was found."""
        return {"findings": self.found}


class OpenConflictsError(JourneyError):
    """Two maps changed the same, and nobody has chosen yet; *keys* are what to answer."""

    status = 409

    def __init__(self, keys: list[str]) -> None:
        words = "one place" if len(keys) == 1 else f"{len(keys)} places"
        super().__init__(
            f"Both maps changed {words} since. Choose for each which one holds.", field="answers"
        )
        self.keys = keys

    def more(self) -> dict[str, Any]:
        """Tell which conflicts are to be answered."""
        return {"conflicts": self.keys}


class RestrictedError(JourneyError):
    """Files of a restricted journey are for those who may edit it."""

    status = 403

    def __init__(self) -> None:
        super().__init__("This journey is restricted: files of it are for those who may edit it.")


class NotOutsideError(JourneyError):
    """The maps of a journey are not for people outside."""

    status = 403


class NotOnMapError(JourneyError):
    """A link was to show personas that are not on the map."""

    def __init__(self) -> None:
        super().__init__("Name personas that are on the map.", field="personas")


class MarkError(JourneyError):
    """A template has no part with this path that could be marked so."""

    def __init__(self, field: str, path: str) -> None:
        told = path[:80]
        super().__init__(f"“{told}” is no part of this template that can be {field}.", field=field)


class InReviewError(JourneyError):
    """A map that others look at is not changed under their eyes."""

    status = 403

    def __init__(self) -> None:
        super().__init__("This map is in review: take it back from review, and change it then.")


class ReviewError(JourneyError):
    """A review cannot be asked for, or answered, like this."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message, field=field)


class NotApprovedError(JourneyError):
    """A map lacks approvals that its workspace asks for before it is published."""

    status = 409


class PairError(JourneyError):
    """Two elements cannot be the same one; *title* names the one that was to be paired."""

    def __init__(self, title: str) -> None:
        what = f"“{title}”" if title else "Each stage, step and lane"
        super().__init__(
            f"{what}: choose one of the same kind, and each of them once.", field="pairs"
        )


class ScoreError(JourneyError):
    """A value cannot be given to an input like this; *field* is value, lo, hi or reason."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


class GrantError(JourneyError):
    """Somebody cannot be let into a journey like this; *field* is role, email or expires_on."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


class SplitError(JourneyError):
    """A step is not split, or joined with another, like this."""


class PasteError(JourneyError):
    """A table is not pasted like this; what would happen is to be looked at again."""


class LostError(JourneyError):
    """What a map referred to then is out of use, or gone, by now; *reasons* say what."""

    status = 409

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(f"Not all of it can come back. {reasons[0]}", field="leave_lost")
        self.reasons = reasons

    def more(self) -> dict[str, Any]:
        """Tell everything that is lost."""
        return {"lost": self.reasons}


class LockedPartError(JourneyError):
    """A part that the template of a map has locked stays as the template has it."""

    def __init__(self, words: str, template: str, *, is_field: bool) -> None:
        stays = "stays as it is" if is_field else "stays, with its title"
        super().__init__(f"The {words} is locked by the template “{template}”: it {stays}.")


class KeyRefusedError(JourneyError):
    """An element cannot be called by this key: it is none."""

    def __init__(self, words: str) -> None:
        super().__init__(words, field="key")


class KeyKnownError(KeyRefusedError):
    """Another element of the journey has this key, or had it before."""

    status = 409

    def __init__(self, kind: str) -> None:
        super().__init__(f"Another {kind} of this journey has this key, or had it before.")


class GoneForGoodError(JourneyError):
    """What was deleted long ago is removed, so that nothing can bring it back."""

    status = 410

    def __init__(self) -> None:
        super().__init__("This was deleted more than 90 days ago and is gone for good.")


class NothingToTakeOutError(JourneyError):
    """Of this field nothing can be taken out of the history."""
