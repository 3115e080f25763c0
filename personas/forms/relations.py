"""Input about relations that hold everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from personas.models import Stakeholder
from personas.rules.kinds import RELATION_KINDS, Direction

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant
    from personas.models import CommonRelation

DIRECTIONS = [(Direction.ONE.value, "One way"), (Direction.BOTH.value, "Both ways")]
STRENGTHS = [("1", "1, weak"), ("2", "2, usual"), ("3", "3, strong")]
KINDS = [(kind, kind.capitalize()) for kind in RELATION_KINDS]
_FIELDS = ("kind", "direction", "strength", "title", "note")


class CommonRelationForm(forms.Form):
    """A relation that holds on every map where both ends stand."""

    start = forms.ModelChoiceField(
        Stakeholder.objects.none(), label="From", empty_label="Choose one"
    )
    end = forms.ModelChoiceField(Stakeholder.objects.none(), label="To", empty_label="Choose one")
    kind = forms.ChoiceField(choices=KINDS, label="What passes")
    direction = forms.ChoiceField(choices=DIRECTIONS)
    strength = forms.TypedChoiceField(choices=STRENGTHS, coerce=int, initial="2")
    title = forms.CharField(max_length=120, required=False, label="Words on the line")
    note = forms.CharField(
        max_length=2_000,
        required=False,
        widget=forms.Textarea,
        help_text="What one should know; only editors read it.",
    )

    def __init__(
        self, *args: Any, tenant: Tenant, row: CommonRelation | None = None, **kwargs: Any
    ) -> None:
        """Take *row* to change one."""
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        there = Stakeholder.objects.for_tenant(tenant).filter(archived_at=None)
        for name in ("start", "end"):
            fields[name].queryset = there.order_by("name", "pk")
        if row is not None:
            told = {name: getattr(row, name) for name in _FIELDS}
            self.initial = {"start": row.start_id, "end": row.end_id, **told, **self.initial}
