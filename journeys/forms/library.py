"""What people enter about items of the library as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.kernel.operations.records import RefusedError
from cxm.tenants.models import Membership, Tenant
from journeys.models import Insight
from journeys.rules.library import InsightKind, OpportunityStatus
from journeys.services.library import LONGEST_TITLE, MODELS

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from journeys.rules.library_sorts import Sort

LONGEST_TEXT = 4_000
KINDS = [("pain", "Pain"), *(one for one in InsightKind.choices() if one[0] != "pain")]


class ItemForm(forms.Form):
    """A new item: what it is called, and what it is about. Insights have a type."""

    title = forms.CharField(
        max_length=LONGEST_TITLE, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    kind = forms.ChoiceField(label="Type", choices=KINDS)
    text = forms.CharField(
        required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, sort: Sort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sort = sort
        self.fields["text"].label = sort.text_label
        if sort.name != "insight":
            del self.fields["kind"]

    def values(self) -> dict[str, str]:
        """Give the fields of a valid form as operations have them, the title aside."""
        told = self.cleaned_data
        kind = {"kind": told["kind"]} if "kind" in told else {}
        return {self._sort.text: told["text"], **kind}


class SeveralForm(forms.Form):
    """What to do with the items that are ticked: `deed` is status, owner or archive."""

    item: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(
        queryset=Insight.objects.none(),
        error_messages={
            "required": "Tick one or more first.",
            "invalid_choice": "One of the ticked ones is not here any more.",
            "invalid_pk_value": "One of the ticked ones is not here any more.",
        },
    )
    deed = forms.ChoiceField(
        choices=[("status", "Status"), ("owner", "Owner"), ("archive", "Archive")],
        error_messages={"required": "Say what to do.", "invalid_choice": "This cannot be done."},
    )
    status = forms.ChoiceField(required=False)
    owner: forms.ModelChoiceField[Membership] = forms.ModelChoiceField(
        queryset=Membership.objects.none(), required=False
    )

    def __init__(self, *args: Any, sort: Sort, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        items = MODELS[sort.name].objects.for_tenant(tenant).select_related("tenant")
        fields["item"].queryset = items.order_by("pk")
        fields["status"].choices = [("", ""), *sort.columns]
        members = Membership.objects.for_tenant(tenant).filter(is_active=True)
        fields["owner"].queryset = members.select_related("user")

    def clean(self) -> dict[str, Any]:
        """Ask for a status where one is to be set."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("deed") == "status" and not told.get("status"):
            self.add_error("status", "Choose the status first.")
        return told

    def fault(self) -> str:
        """Give the first reason why nothing was done."""
        return next((str(words[0]) for words in self.errors.values()), "")


class GoalMoveForm(forms.Form):
    """A card that goes from the lane of one goal to that of another; empty is no goal."""

    before = forms.UUIDField(required=False)
    after = forms.UUIDField(
        required=False, label="Goal", error_messages={"invalid": "Choose one of the goals."}
    )
    status = forms.ChoiceField(
        required=False,
        choices=OpportunityStatus.choices(),
        error_messages={"invalid_choice": "Choose one of the columns."},
    )

    def refused(self) -> RefusedError:
        """Give the first reason why nothing can be done."""
        name, words = next(iter(self.errors.items()))
        return RefusedError(str(words[0]), field=name)


class MergeForm(forms.Form):
    """The other insight, of those that are in use."""

    other: forms.ModelChoiceField[Insight] = forms.ModelChoiceField(
        queryset=Insight.objects.none(),
        label="Merge with",
        empty_label="Choose an insight",
        error_messages={"required": "Choose the other insight."},
    )

    def __init__(self, *args: Any, among: QuerySet[Insight], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["other"].queryset = among
