"""Why a file is not taken in, in words for the person who sent it."""

from __future__ import annotations

from cxm.kernel.errors import DomainError


class FileRefusedError(DomainError):
    """A file is of a kind that is not taken, too large, or damaged."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


class FileTooBigError(FileRefusedError):
    """A file has more bytes than may be."""

    def __init__(self, most: int) -> None:
        super().__init__(f"The file is larger than {most // 1_000_000} MB. Send a smaller one.")


class TooManyPixelsError(FileRefusedError):
    """A picture is larger than may be drawn."""

    def __init__(self, most: int) -> None:
        words = f"The picture has more than {most // 1_000_000} million pixels. Make it smaller."
        super().__init__(words)


class DamagedPictureError(FileRefusedError):
    """A picture cannot be drawn to its end."""

    def __init__(self) -> None:
        super().__init__("The picture is damaged. Open it, save it again, and send the new one.")


class NotAPictureError(FileRefusedError):
    """A document came where a picture is wanted."""

    def __init__(self, words: str) -> None:
        super().__init__(f"This is a {words}. Choose a PNG, JPEG, WebP or GIF picture.")


class AltTooLongError(DomainError):
    """The words for a picture are longer than may be."""

    def __init__(self, longest: int) -> None:
        super().__init__(f"Say it in at most {longest} characters.", field="alt")
