"""What can go wrong with files on their way in, in words for the person who sent them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from cxm.kernel.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMED_PROBLEMS = 3


class Pale(Protocol):
    """Two colours too close to each other, as `feedback.rules.theme_looks` finds them."""

    @property
    def field(self) -> str:
        """The colour to change."""

    @property
    def words(self) -> str:
        """What is on what."""

    @property
    def ratio(self) -> float:
        """Their contrast."""


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


class SecretUnusableError(FeedbackError):
    """A sender's secret cannot be what it signs with."""

    def __init__(self) -> None:
        words = "This cannot be a signing secret: copy it whole. It begins with whsec_."
        super().__init__(words, field="secret")


class SecretTwiceError(FeedbackError):
    """A sender's secret is there already."""

    def __init__(self) -> None:
        super().__init__("This secret is in use already.", field="secret")


class SecretsFullError(FeedbackError):
    """A webhook has as many secrets as it may."""

    def __init__(self, most: int) -> None:
        words = f"A webhook has at most {most} secrets. Remove one that is used no more."
        super().__init__(words, field="secret")


class NoWebhookError(FeedbackError):
    """What only webhooks have was asked of a source that our own clients send to."""

    def __init__(self) -> None:
        super().__init__("This source is no webhook: it has write keys instead.")


class KeylessSourceError(FeedbackError):
    """A write key was asked for a source that is a webhook."""

    def __init__(self) -> None:
        super().__init__("A webhook has no write keys: its sender signs with a secret.")


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


class DistributionError(FeedbackError):
    """A way of sending a survey cannot be as it was asked for; *field* says which part."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


class NotAskedError(FeedbackError):
    """The contact policy does not let somebody be asked now; *told* says by which rule."""

    status = 409

    def __init__(self, words: str, told: dict[str, Any]) -> None:
        self.words = f"Not asked: {words[:1].lower()}{words[1:]}."
        super().__init__(self.words, field="customer_id")
        self._told = told

    def more(self) -> dict[str, Any]:
        """Give the reason, the rule that decided, and what it counted."""
        return self._told


class AddressUnusableError(FeedbackError):
    """What was to be written to no more is neither an e-mail address nor a phone number."""

    def __init__(self) -> None:
        super().__init__(
            "This is no e-mail address and no phone number. Write it as ana@example.com or "
            "+49 30 901820.",
            field="address",
        )


class DelightedError(FeedbackError):
    """An account of Delighted cannot be fetched, and trying again would not help."""


class SurveyTitleError(FeedbackError):
    """A survey needs words to be called by."""

    def __init__(self, most: int) -> None:
        super().__init__(f"Give the survey a title of 1 to {most} characters.", field="title")


class SurveyNotReadyError(FeedbackError):
    """A survey cannot be asked as it is; *findings* say what is to be mended first."""

    def __init__(self, findings: Sequence[str]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(findings))


class SurveyClosedError(FeedbackError):
    """A survey takes no answers now, or these can no longer be changed."""

    def __init__(self) -> None:
        super().__init__("This survey takes no answers any more.")


class SurveyStandingError(FeedbackError):
    """A survey was to be paused, closed or opened from where it cannot be."""

    def __init__(self, standing: str) -> None:
        super().__init__(f"This cannot be done now: the survey is “{standing.lower()}”.")


class TrialsFullError(FeedbackError):
    """A survey was tried out more often than is kept."""

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} trials: throw them away on the preview page first.")


class PaleThemeError(FeedbackError):
    """Colours of a theme stand too close to each other to be read."""

    def __init__(self, pale: Sequence[Pale]) -> None:
        self.pale = tuple(pale)
        super().__init__(
            " ".join(words_of_pale(one) for one in self.pale), field=self.pale[0].field
        )


def words_of_pale(pale: Pale) -> str:
    """Say which colours are too close, by how much, and what is needed."""
    # Rounded down: 4.499 is not 4.5.
    ratio = int(pale.ratio * 100) / 100
    return f"{pale.words}: the contrast is {ratio:.2f}:1. Choose colours with at least 4.5:1."


class ThemeTitleTakenError(FeedbackError):
    """Two themes cannot have one title."""

    def __init__(self) -> None:
        super().__init__("Another theme has this title: choose a different one.", field="title")


class ThemeInDefaultError(FeedbackError):
    """The theme of the workspace was to be archived."""

    def __init__(self) -> None:
        super().__init__("Surveys look like this theme: choose another for the workspace first.")


class LogoTooHeavyError(FeedbackError):
    """A logo is too large for a public page, however small it was drawn."""

    def __init__(self, most: int) -> None:
        words = f"Even drawn small, the logo has more than {most // 1000} KB. Choose a simpler one."
        super().__init__(words, field="logo")


class TranslationFileError(FeedbackError):
    """A file of translations cannot be read; the words say what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


class ForgedIdentityError(FeedbackError):
    """A site named a person with a signature that does not fit, or too late."""

    def __init__(self) -> None:
        super().__init__("The signature does not fit this person, or its time is over.")


class ShownAlreadyError(FeedbackError):
    """A person was shown a survey in another tab a moment ago."""

    def __init__(self) -> None:
        super().__init__("It is not time to show this survey to this person.")


class AnonymitySetError(FeedbackError):
    """Who can be known behind answers was to change although people have answered."""

    def __init__(self) -> None:
        words = "People have answered already, and were promised this. Copy the survey instead."
        super().__init__(words, field="anonymity")


class LinkUsedError(FeedbackError):
    """A link for one answer was used before."""

    def __init__(self) -> None:
        super().__init__("This link was used: it takes one answer.")


class AnsweredAlreadyError(FeedbackError):
    """An answer without a name is in already; *token* is that of the way it came by."""

    def __init__(self, token: str) -> None:
        super().__init__("This answer is in already.")
        self.token = token


class TrialTooLargeError(FeedbackError):
    """More would be replayed, or read for it, than one trial may hold."""

    def __init__(self, most: int, what: str = "to decide about") -> None:
        super().__init__(
            f"There are more than {most:,} {what} in this time. Choose fewer days.",
            field="days",
        )
