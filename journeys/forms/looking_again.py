"""What is asked for when a map is looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

if TYPE_CHECKING:
    from collections.abc import Sequence


class HandOverForm(forms.Form):
    """Whom something is handed over to: one of *owners*, pairs of id and name; "" is nobody."""

    def __init__(self, *args: Any, owners: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = forms.ChoiceField(choices=owners, required=False)

    def clean_owner(self) -> UUID | None:
        """Give the id of the member; None for nobody."""
        chosen: str = self.cleaned_data["owner"]
        return UUID(chosen) if chosen else None


class HandOverStepsForm(HandOverForm):
    """Some of the *steps* of a map, those that were ticked, that are handed over."""

    def __init__(self, *args: Any, steps: Sequence[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(pk), str(pk)) for pk in dict.fromkeys(steps)]
        self.fields["steps"] = forms.MultipleChoiceField(choices=named)

    def clean_steps(self) -> list[UUID]:
        """Give the lineages of the steps, each once."""
        return [UUID(pk) for pk in dict.fromkeys(self.cleaned_data["steps"])]
