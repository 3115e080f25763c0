"""What people enter about a workspace as a whole."""

from __future__ import annotations

from typing import Any

from django import forms

from cxm.kernel.zones import zone_names


class WorkspaceForm(forms.Form):
    """The name of a workspace and the zone its days are told in."""

    name = forms.CharField(max_length=200, help_text="What people read in the corner of each page.")
    time_zone = forms.ChoiceField(
        label="Time zone",
        help_text="Decides on which day an answer counts. A change moves all days, past ones too.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")) for zone in zone_names()]  # type: ignore[attr-defined]
