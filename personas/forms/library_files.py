"""What people choose for a library file, and the file they bring."""

from __future__ import annotations

from uuid import UUID

from django import forms

from cxm.collaboration.forms.imports import ImportForm
from personas.rules.cxmap_import import Choice


class ExportForm(forms.Form):
    """Which personas and maps are taken out, whether the register is, and in which format."""

    persona = forms.CharField(required=False)
    map = forms.CharField(required=False)
    register = forms.BooleanField(required=False)
    everything = forms.BooleanField(required=False)
    format = forms.ChoiceField(choices=[("yaml", "YAML"), ("json", "JSON")], required=False)

    def ids(self, name: str) -> list[UUID]:
        """Give the ids chosen as *name*, also many; raises ValueError for what is none."""
        values: list[str] = self.data.getlist(name) if hasattr(self.data, "getlist") else []
        return [UUID(value) for value in values if value]


class LibraryImportForm(ImportForm):
    """A library file, or its text; then what is to become of what is in it."""

    known = frozenset(Choice)
