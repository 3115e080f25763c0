"""Input about segments, their rules aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.touchpoints.rules.keys import LONGEST_KEY

if TYPE_CHECKING:
    from cxm.customers.models import Segment

KEY_WORDS = (
    "Filters and the API use it, and it stays the same for good. Leave it empty to have one made "
    "from the title."
)


class SegmentForm(forms.Form):
    """What a segment is called."""

    title = forms.CharField(max_length=120)
    key = forms.SlugField(max_length=LONGEST_KEY, required=False, help_text=KEY_WORDS)
    description = forms.CharField(
        max_length=500, required=False, help_text="Who these people are, and what it is for."
    )

    def __init__(self, *args: Any, segment: Segment | None = None, **kwargs: Any) -> None:
        """Take *segment* to change one: its values are filled in, its key is not asked."""
        super().__init__(*args, **kwargs)
        if segment is not None:
            del self.fields["key"]
            for name in self.fields:
                self.initial.setdefault(name, getattr(segment, name))
