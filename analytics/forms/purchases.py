"""Input about what counts as a purchase, and how customers are valued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from analytics.forms.churn import OTHERS, ChurnRuleForm
from analytics.rules.purchases import (
    KINDS,
    LONGEST_PATH,
    MOST_DISCOUNT,
    MOST_MONTHS,
    OWN_AMOUNT,
    PROPERTY,
    PurchaseRule,
)
from cxm.customers.models import Interaction

if TYPE_CHECKING:
    from cxm.kernel.errors import DomainError

_LABELS = dict(Interaction.Kind.choices)
OWN, INSIDE, NOWHERE = "own", "inside", "nowhere"


class PurchaseRuleForm(ChurnRuleForm):
    """The settings of repeat customers: events and kinds, the amount, horizon, discount, margin."""

    title = None  # type: ignore[assignment]  # there is one of them, which needs no name
    lists: ClassVar[dict[str, str]] = {"names": "Which events are purchases?"}
    kinds = forms.MultipleChoiceField(
        label="Only of these kinds",
        required=False,
        choices=[(kind, _LABELS[kind]) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple,
        help_text="Nothing chosen: of any kind. Without events, all of these kinds are purchases.",
    )
    amount_in = forms.ChoiceField(
        label="Where does the amount stand?",
        choices=[
            (OWN, "In the amount of the event"),
            (INSIDE, "In a property of the event"),
            (NOWHERE, "Nowhere: tell no value"),
        ],
        initial=OWN,
    )
    amount_path = forms.CharField(
        label="Name of that property",
        required=False,
        max_length=LONGEST_PATH,
        help_text="With dots where it lies inside another: order.total",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    horizon_months = forms.IntegerField(
        label="For how many months ahead?", min_value=1, max_value=MOST_MONTHS, initial=12
    )
    discount_percent = forms.FloatField(
        label="Discount a month, in percent", min_value=0, max_value=MOST_DISCOUNT, initial=1.0
    )
    margin_percent = forms.FloatField(
        label="Margin, in percent of the amount",
        min_value=0.1,
        max_value=100,
        initial=100.0,
        help_text="What remains of an amount. 100: value is revenue.",
    )
    field_order = (
        "names",
        f"names{OTHERS}",
        "kinds",
        "amount_in",
        "amount_path",
        "horizon_months",
        "discount_percent",
        "margin_percent",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Ask for the property where the amount stands in one."""
        cleaned = super().clean()
        if cleaned.get("amount_in") == INSIDE and not cleaned.get("amount_path"):
            self.add_error("amount_path", "Write the name of the property.")
        return cleaned

    def refuse(self, error: DomainError) -> None:
        """Show at its field what the service refused."""
        field = "amount_path" if error.field == "amount" else error.field
        self.add_error(field if field in self.fields else None, str(error))

    def config(self) -> dict[str, Any]:
        """Give the settings as the service wants them."""
        cleaned = self.cleaned_data
        own = {OWN: OWN_AMOUNT, NOWHERE: ""}
        return {
            "names": self.names("names"),
            "kinds": cleaned["kinds"],
            "amount": own.get(cleaned["amount_in"], f"{PROPERTY}{cleaned['amount_path']}"),
            "horizon_months": cleaned["horizon_months"],
            "discount_percent": cleaned["discount_percent"],
            "margin_percent": cleaned["margin_percent"],
        }

    @staticmethod
    def initial_from(rule: PurchaseRule) -> dict[str, Any]:
        """Give what the form shows of settings."""
        is_inside = bool(rule.property_path)
        return {
            **rule.as_json(),
            "amount_in": INSIDE if is_inside else OWN if rule.amount else NOWHERE,
            "amount_path": ".".join(rule.property_path),
        }
