"""Input about definitions of churn: one form for each kind of rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from analytics.rules.churn import (
    FEWEST_DAYS,
    LEAST_MARGIN,
    LONGEST_PROPERTY,
    MOST_DAYS,
    MOST_DISCOUNT,
    MOST_GRACE_DAYS,
    MOST_MONTHS,
    WORTH,
    ChurnKind,
    ContractEnd,
)
from cxm.customers.models import EventName
from cxm.customers.selectors.contracts import plans_of

if TYPE_CHECKING:
    from analytics.rules.churn import ChurnRule
    from cxm.kernel.errors import DomainError
    from cxm.tenants.models import Tenant

MOST_OFFERED = 24
OTHERS = "_others"
ONE_A_LINE = "One name a line, exactly as they are sent."


class ChurnRuleForm(forms.Form):
    """A definition of churn: its title, and the rule that forms of each kind add."""

    title = forms.CharField(
        max_length=120,
        label="What do you call it?",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    # The lists of event names that the rule has, and what they are called.
    lists: ClassVar[dict[str, str]] = {}
    others: ClassVar[str] = "Other events"
    # The field that counts days.
    number: ClassVar[str]
    required_lists: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        """Offer the names that *tenant* knows, and those chosen already."""
        super().__init__(*args, **kwargs)
        offered = self.offered(tenant)
        for field, label in self.lists.items():
            chosen = [one for one in self.initial.get(field, []) if one not in offered]
            self.fields[field] = forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=[(one, one) for one in (*chosen, *offered)],
                widget=forms.CheckboxSelectMultiple,
            )
            self.fields[field + OTHERS] = forms.CharField(
                label=self.others,
                required=False,
                max_length=10_000,
                help_text=ONE_A_LINE,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def offered(self, tenant: Tenant) -> list[str]:
        """Give the names to choose from: of events, those that come most."""
        names = EventName.objects.for_tenant(tenant).exclude(name="")
        seen = names.order_by("-seen", "name", "pk").values_list("name", flat=True)
        # One name may come from several sources.
        return list(dict.fromkeys(seen[: 2 * MOST_OFFERED]))[:MOST_OFFERED]

    def clean(self) -> dict[str, Any]:
        """Ask for a name where the rule needs one."""
        cleaned = super().clean() or {}
        for field in self.required_lists:
            if field not in self.errors and not self.names(field):
                self.add_error(field, "Choose at least one event, or write its name below.")
        return cleaned

    def names(self, field: str) -> list[str]:
        """Give the event names of one list, as chosen and as written."""
        written = self.cleaned_data.get(field + OTHERS, "").splitlines()
        return [*self.cleaned_data.get(field, []), *(one for one in written if one.strip())]

    def config(self) -> dict[str, Any]:
        """Give the rule as the service wants it."""
        lists = {field: self.names(field) for field in self.lists}
        return {self.number: self.cleaned_data[self.number], **lists}

    @classmethod
    def initial_of(cls, title: str, rule: ChurnRule) -> dict[str, Any]:
        """Give what the form shows of a rule."""
        return {"title": title, **rule.as_json()}

    def refuse(self, error: DomainError) -> None:
        """Show at its field what the service refused."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


class InactivityForm(ChurnRuleForm):
    """Gone after so many days of silence."""

    number = "days"
    days = forms.IntegerField(
        label="After how many days of silence is somebody gone?",
        min_value=FEWEST_DAYS,
        max_value=MOST_DAYS,
        initial=90,
    )
    lists: ClassVar[dict[str, str]] = {"names": "What breaks the silence?"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["names"].help_text = "Nothing chosen: whatever a customer does."


class CancellationForm(ChurnRuleForm):
    """Gone at an event."""

    number = "grace_days"
    lists: ClassVar[dict[str, str]] = {
        "ends": "Which events end it?",
        "starts": "Which events make somebody a customer?",
    }
    required_lists: ClassVar[frozenset[str]] = frozenset({"ends"})
    grace_days = forms.IntegerField(
        label="Days after the end in which nothing brings them back",
        min_value=0,
        max_value=MOST_GRACE_DAYS,
        initial=0,
        help_text="For last bills and returned equipment. What you chose above always does.",
    )
    reason = forms.CharField(
        label="Which property of the event that ends it says why?",
        required=False,
        max_length=LONGEST_PROPERTY,
        help_text="Its name as it is sent, such as reason. Empty: nothing is told of reasons.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = (
        *("title", "ends", f"ends{OTHERS}", "reason"),
        *("starts", f"starts{OTHERS}", "grace_days"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)
        self.fields["starts"].help_text = "Nothing chosen: the first thing they do."

    def config(self) -> dict[str, Any]:
        """Give the rule as the service wants it."""
        return {**super().config(), "reason": self.cleaned_data["reason"]}


class ContractEndForm(ChurnRuleForm):
    """Gone when a contract ends."""

    number = "grace_days"
    lists: ClassVar[dict[str, str]] = {"plans": "Which plans make a customer?"}
    others = "Other plans"
    grace_days = forms.IntegerField(
        label="Days after the end in which a new contract still follows",
        min_value=0,
        max_value=MOST_GRACE_DAYS,
        initial=0,
        help_text="Until they have passed, somebody without a contract counts as there.",
    )

    horizon_months = forms.IntegerField(
        label="What is a new holder worth: in how many months?",
        min_value=1,
        max_value=MOST_MONTHS,
        initial=ContractEnd().horizon_months,
        required=False,
    )
    discount_percent = forms.FloatField(
        label="Discount, in percent a month",
        min_value=0,
        max_value=MOST_DISCOUNT,
        initial=ContractEnd().discount_percent,
        required=False,
    )
    margin_percent = forms.FloatField(
        label="Margin, in percent of what is paid",
        min_value=LEAST_MARGIN,
        max_value=100,
        initial=ContractEnd().margin_percent,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(("title", "plans", f"plans{OTHERS}", "grace_days", *WORTH))
        self.fields["plans"].help_text = "Nothing chosen: every plan."

    def config(self) -> dict[str, Any]:
        """Give the rule as the service wants it; what was left empty is as usual."""
        told = {name: self.cleaned_data[name] for name in WORTH}
        given = {name: value for name, value in told.items() if value is not None}
        return {**super().config(), **given}

    @classmethod
    def initial_of(cls, title: str, rule: ChurnRule) -> dict[str, Any]:
        """Give what the form shows of a rule."""
        worth = {name: getattr(rule, name) for name in WORTH}
        return {**super().initial_of(title, rule), **worth}

    def offered(self, tenant: Tenant) -> list[str]:
        """Give the plans of the contracts that are known."""
        return plans_of(tenant)


FORMS: dict[ChurnKind, type[ChurnRuleForm]] = {
    ChurnKind.INACTIVITY: InactivityForm,
    ChurnKind.EVENT: CancellationForm,
    ChurnKind.CONTRACT: ContractEndForm,
}
