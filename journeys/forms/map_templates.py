"""What a template is called, and what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from journeys.services.map_templates import LONGEST_PURPOSE
from journeys.services.maps import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journeys.rules.template_parts import Markable


class TemplateForm(forms.Form):
    """A map that is saved as a template."""

    title = forms.CharField(label="Title", max_length=LONGEST_NAME)
    purpose = forms.CharField(
        label="What it is for",
        max_length=LONGEST_PURPOSE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A sentence or two, for those who choose it.",
    )


class MarksForm(forms.Form):
    """Which parts of a template stay, and which are to be filled."""

    locked = forms.MultipleChoiceField(required=False)
    required = forms.MultipleChoiceField(required=False)

    def __init__(self, offered: Sequence[Markable], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, paths in (
            ("locked", [one.path for one in offered if one.can_be_locked]),
            ("required", [one.path for one in offered if one.can_be_required]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above
            field.choices = [(path, path) for path in paths]
            field.error_messages["invalid_choice"] = (
                "“%(value)s” is no part of this template: look at it again."
            )
