"""Input about dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from analytics.rules.tiles import LONGEST_TITLE, Sharing
from analytics.services.dashboards import READERS
from cxm.tenants.rules import Role

if TYPE_CHECKING:
    from analytics.models import Dashboard
    from cxm.kernel.errors import DomainError


class Refusable(forms.Form):
    """A form that shows at its field what a service refused."""

    def refuse(self, error: DomainError) -> None:
        """Show *error* at its field, or above all where it names none."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


class DashboardForm(Refusable):
    """A dashboard: what it is called, who sees it, and where it stands in the list."""

    title = forms.CharField(
        max_length=LONGEST_TITLE,
        label="What do you call it?",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sharing = forms.ChoiceField(
        label="Who sees it?", choices=Sharing.choices(), widget=forms.RadioSelect
    )
    roles = forms.MultipleChoiceField(
        label="Which roles?",
        required=False,
        choices=[(role.value, role.value.capitalize()) for role in READERS],
        widget=forms.CheckboxSelectMultiple,
        help_text="Counts for “People of some roles”. Whoever builds dashboards sees it, too.",
    )
    position = forms.IntegerField(
        label="Place in the list",
        min_value=0,
        max_value=10_000,
        help_text="Smaller numbers come first; equal ones stand by title.",
    )

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        """Leave out sharing for those whose role keeps dashboards for itself."""
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["sharing"], self.fields["roles"]

    @classmethod
    def initial_of(cls, board: Dashboard) -> dict[str, Any]:
        """Give what the form shows of a dashboard."""
        return {
            "title": board.title,
            "sharing": board.sharing,
            "roles": board.roles,
            "position": board.position,
        }

    def values(self) -> dict[str, Any]:
        """Give what the services take."""
        told = self.cleaned_data
        found = {"title": told["title"], "position": told["position"]}
        if "sharing" in self.fields:
            found |= {"sharing": told["sharing"], "roles": [Role(one) for one in told["roles"]]}
        return found
