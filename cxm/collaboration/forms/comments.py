"""Forms of comments, whatever they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from cxm.collaboration.rules.comment_errors import PartGoneError
from cxm.collaboration.rules.comments import LONGEST_BODY

if TYPE_CHECKING:
    from cxm.collaboration.selectors.talk import Subject


class BodyField(forms.CharField):
    """The words of a comment; a line break counts as one character, as in the browser."""

    def __init__(self, **options: Any) -> None:
        words = {
            "required": "Write something first.",
            "max_length": f"A comment holds {LONGEST_BODY:,} characters: shorten it, or write two.",
        }
        super().__init__(max_length=LONGEST_BODY, error_messages=words, **options)

    def to_python(self, value: Any) -> Any:
        """Read line breaks as one sign."""
        read = super().to_python(value)
        return read.replace("\r\n", "\n") if isinstance(read, str) else read


class CommentForm(forms.Form):
    """The words of a reply, or of a comment that is changed."""

    body = BodyField()


class ThreadForm(CommentForm):
    """The words of a new thread, and the part of the page that it is about (none: the whole)."""

    about = forms.CharField(required=False)

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._subject = subject

    def clean_about(self) -> UUID | None:
        """Give the part, which must be on the page."""
        told: str = self.cleaned_data["about"]
        if not told:
            return None
        try:
            pk = UUID(told)
        except ValueError:
            pk = None
        if pk is None or self._subject.part(pk) is None:
            gone = PartGoneError(self._subject.part_word, self._subject.whole)
            raise forms.ValidationError(str(gone), code="invalid_choice")
        return pk
