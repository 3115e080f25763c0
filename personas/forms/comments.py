"""Forms of comments on personas and stakeholder maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

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

    about = forms.TypedChoiceField(required=False, coerce=UUID, empty_value=None)

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(part.pk), part.title) for part in subject.parts().values()]
        about = self.fields["about"]
        assert isinstance(about, forms.TypedChoiceField)  # noqa: S101 - tells mypy
        about.choices = [("", "the whole"), *choices]
        about.error_messages["invalid_choice"] = (
            f"This {subject.part_word} is not on the page any more. Choose another one, or the "
            f"whole {subject.whole}."
        )
