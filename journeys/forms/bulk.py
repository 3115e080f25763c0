"""What is asked for about several journeys at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.kernel.queries import ids_among
from cxm.tenants.models import Membership
from journeys.services.tagging import LONGEST_TAG

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Tenant

DEEDS = (("owner", "Give to"), ("tag", "Tag"), ("copy", "Copy"), ("archive", "Archive"))


class BulkForm(forms.Form):
    """Which journeys, what to do with them, and what that needs besides."""

    deed = forms.ChoiceField(choices=DEEDS)
    owner = forms.ModelChoiceField(queryset=Membership.objects.none(), required=False)
    tag = forms.CharField(required=False, max_length=LONGEST_TAG)

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Membership.objects.for_tenant(tenant).filter(is_active=True)
        owner = self.fields["owner"]
        owner.queryset = rows.select_related("user")  # type: ignore[attr-defined]

    def ids(self) -> set[UUID]:
        """Give the ids of the journeys that were ticked; what is no id is none."""
        return set(ids_among(self.data.getlist("journey")))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for journeys, and for what the deed needs."""
        told = super().clean() or {}
        if not self.ids():
            raise forms.ValidationError("Tick the journeys first.")
        if told.get("deed") == "owner" and not told.get("owner"):
            self.add_error("owner", "Choose whom to give them to.")
        if told.get("deed") == "tag" and not told.get("tag", "").strip():
            self.add_error("tag", f"Write a tag of 1 to {LONGEST_TAG} characters.")
        return told

    def fault(self) -> str:
        """Give the first thing that is wrong, in words."""
        return next(str(told[0]) for told in self.errors.values())
