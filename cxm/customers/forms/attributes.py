"""Input about attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.customers.models import AttributeDef
from cxm.customers.rules.event_words import readable_name

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TITLE = 120


class AttributeForm(forms.Form):
    """What an attribute is; one that nobody has described is offered a guess."""

    title = forms.CharField(max_length=LONGEST_TITLE, help_text="What people call it.")
    type = forms.ChoiceField(
        choices=AttributeDef.Type.choices,
        help_text="What its values are. Those that are something else stay, and are marked.",
    )
    personal = forms.ChoiceField(
        label="How personal it is",
        choices=AttributeDef.Personal.choices,
        help_text="Personal ones are hidden from roles that may not see who somebody is. Special "
        "categories are health, faith, origin, politics and the like.",
    )

    def __init__(
        self,
        sent: Mapping[str, Any] | None = None,
        *,
        attribute: AttributeDef,
        likely_type: str = AttributeDef.Type.TEXT,
    ) -> None:
        is_new = attribute.type == AttributeDef.Type.UNMAPPED
        title = (
            readable_name(attribute.key) if attribute.title == attribute.key else attribute.title
        )
        offered = {
            "title": title[:LONGEST_TITLE],
            "type": likely_type if is_new else attribute.type,
            "personal": attribute.personal,
        }
        super().__init__(sent, initial=offered)
