"""Input about channels and touchpoints."""

from __future__ import annotations

import csv
import io
import math
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from cxm.touchpoints.models import Channel, Medium, Touchpoint
from cxm.touchpoints.rules.conditions import LONGEST_VALUE, MOST_CONDITIONS, OP_WORDS, Op
from cxm.touchpoints.rules.keys import LONGEST_KEY
from cxm.touchpoints.rules.kinds import RULED_KINDS
from cxm.touchpoints.selectors import channel_choices, merge_targets, touchpoint_choices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.tenants.models import Tenant
    from cxm.touchpoints.models import TouchpointRule

LONGEST_TITLE = 120
MOST_AT_ONCE = 200
KEY_WORDS = (
    "Files and the API use it, and it stays the same for good. Leave it empty to have one made "
    "from the title."
)


class RegisteredForm(forms.Form):
    """What channels and touchpoints share: a title, and a key that is chosen once."""

    title = forms.CharField(max_length=LONGEST_TITLE)
    key = forms.SlugField(max_length=LONGEST_KEY, required=False, help_text=KEY_WORDS)

    def __init__(
        self, *args: Any, tenant: Tenant, row: Channel | Touchpoint | None = None, **kwargs: Any
    ) -> None:
        """Take *row* to change one: its values are filled in, its key is not asked."""
        super().__init__(*args, **kwargs)
        self.tenant = tenant
        if row is not None:
            del self.fields["key"]
            for name in self.fields:
                self.initial.setdefault(name, getattr(row, name))


class ChannelForm(RegisteredForm):
    """A channel."""

    medium = forms.ChoiceField(choices=Medium.choices, initial=Medium.OTHER)
    ownership = forms.ChoiceField(
        choices=Channel.Ownership.choices,
        initial=Channel.Ownership.OWNED,
        help_text="Owned: yours. Earned: what others say about you. Paid: what you buy.",
    )


class TouchpointForm(RegisteredForm):
    """A touchpoint."""

    channel = forms.ModelChoiceField(
        Channel.objects.none(), required=False, empty_label="No channel", blank=True
    )
    interaction = forms.ChoiceField(
        label="What happens",
        choices=Touchpoint.Kind.choices,
        initial=Touchpoint.Kind.ACTION,
        help_text="Communication: something is said. Action: something is done.",
    )
    initiator = forms.ChoiceField(
        label="Who begins",
        choices=Touchpoint.Initiator.choices,
        initial=Touchpoint.Initiator.CUSTOMER,
    )
    description = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What the customer meets here, in a sentence.",
    )

    def __init__(self, *args: Any, row: Touchpoint | None = None, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        also = row.channel if row else None
        self.fields["channel"].queryset = channel_choices(self.tenant, also=also)  # type: ignore[attr-defined]  # a ModelChoiceField


class TouchpointTitlesForm(forms.Form):
    """Many touchpoints at once, one title a line; cleaned to a list without repetitions."""

    titles = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=f"One title a line, at most {MOST_AT_ONCE}. What is there already is left alone.",
    )
    channel = forms.ModelChoiceField(
        Channel.objects.none(), required=False, empty_label="No channel", blank=True
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = channel_choices(tenant)  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean_titles(self) -> list[str]:
        """Give the titles in the order they were written, each in its first spelling."""
        spellings: dict[str, str] = {}
        for line in self.cleaned_data["titles"].splitlines():
            title = " ".join(line.split())
            spellings.setdefault(title.casefold(), title)
        titles = [title for title in spellings.values() if title]
        if len(titles) > MOST_AT_ONCE:
            message = f"These are {len(titles)} titles: add at most {MOST_AT_ONCE} at once."
            raise ValidationError(message)
        for title in titles:
            if len(title) > LONGEST_TITLE:
                message = f"“{title[:40]}…” is longer than {LONGEST_TITLE} characters."
                raise ValidationError(message)
        return titles


class MergeForm(forms.Form):
    """What to merge a channel or touchpoint into: first chosen, then confirmed unseen."""

    into = forms.ModelChoiceField(
        Channel.objects.none(), label="Merge into", empty_label="Choose one"
    )

    def __init__(self, *args: Any, row: Channel | Touchpoint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = merge_targets(row)  # type: ignore[attr-defined]  # a ModelChoiceField

    def hide_choice(self) -> None:
        """Ask no more: what was chosen is what will be merged into."""
        self.fields["into"].widget = forms.HiddenInput()


# In the form, whether a property is there are two tests without a value.
PRESENT, ABSENT = "present", "absent"
EMPTY_ROWS = 3


class ConditionForm(forms.Form):
    """One row of a rule's conditions; a row without property and value is left out."""

    path = forms.CharField(label="Property", required=False, max_length=LONGEST_VALUE)
    op = forms.ChoiceField(
        label="Test",
        required=False,
        choices=[*OP_WORDS.items(), (PRESENT, "is there"), (ABSENT, "is not there")],
    )
    value = forms.CharField(label="Value", required=False, max_length=LONGEST_VALUE * 10)

    def clean(self) -> dict[str, Any]:
        """Refuse half a condition, at the half that is missing."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        path, value = values.get("path"), values.get("value")
        has_value = values.get("op") not in {PRESENT, ABSENT}
        if value and not path and "path" not in self.errors:
            self.add_error("path", "Name the property that is tested.")
        if path and has_value and not value and "value" not in self.errors:
            self.add_error("value", "Say what to compare with.")
        return values

    def condition(self) -> dict[str, Any] | None:
        """Give the condition as it is stored; None for an empty row."""
        path, op = self.cleaned_data.get("path"), self.cleaned_data.get("op") or Op.EQ
        if not path:
            return None
        if op in {PRESENT, ABSENT}:
            return {"path": path, "op": Op.EXISTS.value, "value": op == PRESENT}
        return {"path": path, "op": str(op), "value": _meant(str(op), self.cleaned_data["value"])}


class _ConditionRows(forms.BaseFormSet):  # type: ignore[type-arg]  # no generic when it runs
    def add_fields(self, form: ConditionForm, index: int | None) -> None:
        super().add_fields(form, index)
        # Several rows bear the same labels: screen readers hear which one it is.
        number = 1 if index is None else index + 1
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label} of condition {number}"
            if isinstance(field, forms.CharField):
                field.widget.attrs["placeholder"] = str(field.label)


ConditionFormSet = forms.formset_factory(
    ConditionForm,
    formset=_ConditionRows,
    extra=EMPTY_ROWS,
    max_num=MOST_CONDITIONS,
    validate_max=True,
)


class RuleForm(forms.Form):
    """A touchpoint rule; its conditions are the rows of `conditions`."""

    event_name = forms.CharField(
        label="Event name",
        required=False,
        max_length=200,
        help_text="Exactly as it is sent; end it with * for all that begin so. Empty: any event.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "event-names"}),
    )
    interaction_kind = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "Any kind"), *RULED_KINDS.items()]
    )
    source = forms.CharField(
        required=False,
        max_length=60,
        help_text="Such as events:shop. Empty: any source.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    touchpoint = forms.ModelChoiceField(Touchpoint.objects.none(), empty_label="Choose one")
    channel = forms.ModelChoiceField(
        Channel.objects.none(),
        required=False,
        empty_label="The touchpoint’s own",
        blank=True,
    )
    first_on = forms.DateField(
        label="First day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Empty: since ever.",
    )
    last_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Empty: for good.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        tenant: Tenant,
        rule: TouchpointRule | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """Take *rule* (with touchpoint and channel) to change one; *initial* fills a new one."""
        self._zone = ZoneInfo(tenant.time_zone)
        self._rule = rule
        super().__init__(data, initial={**(initial or {}), **self._stored()})
        rows = [as_typed(stored) for stored in rule.conditions] if rule else []
        self.conditions = ConditionFormSet(data, prefix="conditions", initial=rows)
        touchpoint, channel = self.fields["touchpoint"], self.fields["channel"]
        touchpoint.queryset = touchpoint_choices(tenant, also=rule.touchpoint if rule else None)  # type: ignore[attr-defined]  # a ModelChoiceField
        channel.queryset = channel_choices(tenant, also=rule.channel if rule else None)  # type: ignore[attr-defined]  # a ModelChoiceField

    def is_valid(self) -> bool:
        """Whether all fields, and all conditions, are fine."""
        are_fine = self.conditions.is_valid() if self.is_bound else False
        return super().is_valid() and are_fine

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = values.get("first_on"), values.get("last_on")
        if last == date.max:
            self.add_error("last_on", "Choose an earlier day, or none for a rule without end.")
        if first and last and last < first:
            self.add_error("last_on", "Choose the first day or a later one.")
        return values

    def values(self) -> dict[str, Any]:
        """Give the fields of the rule, as services take them; the form is valid."""
        values = dict(self.cleaned_data)
        first, last = values.pop("first_on"), values.pop("last_on")
        conditions = [row.condition() for row in self.conditions.forms]
        return values | {
            "conditions": [condition for condition in conditions if condition],
            "valid_from": self._moment("valid_from", "first_on", first),
            "valid_to": self._moment("valid_to", "last_on", last and last + timedelta(days=1)),
        }

    def _moment(self, name: str, field: str, day: date | None) -> datetime | None:
        """Give the beginning of *day*, or the stored moment where nobody changed the day."""
        if self._rule and field not in self.changed_data:
            moment: datetime | None = getattr(self._rule, name)
            return moment
        return datetime.combine(day, time.min, tzinfo=self._zone) if day else None

    def _stored(self) -> dict[str, Any]:
        rule = self._rule
        if rule is None:
            return {}
        names = ("event_name", "interaction_kind", "source", "touchpoint", "channel")
        last = rule.valid_to and rule.valid_to - timedelta(microseconds=1)
        return {name: getattr(rule, name) for name in names} | {
            "first_on": rule.valid_from and rule.valid_from.astimezone(self._zone).date(),
            "last_on": last and last.astimezone(self._zone).date(),
        }


def as_typed(stored: dict[str, Any]) -> dict[str, Any]:
    """Give a stored condition as its row would have been filled in."""
    value, op = stored["value"], stored["op"]
    if op == Op.EXISTS:
        return {"path": stored["path"], "op": PRESENT if value else ABSENT}
    values = value if isinstance(value, list) else [value]
    words = [str(one).lower() if isinstance(one, bool) else str(one) for one in values]
    if op == Op.IN:
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(words)
        words = [line.getvalue()]
    return {"path": stored["path"], "op": op, "value": words[0]}


def _meant(op: str, text: str) -> Any:
    """Read what was typed: a list for “is one of”, a number where sizes are compared."""
    if op == Op.IN:
        cells = next(csv.reader([text], skipinitialspace=True))
        return [cell.strip() for cell in cells if cell.strip()]
    if op in {Op.GT, Op.LT}:
        return _number(text)
    return text


def _number(text: str) -> float | str:
    """Read a number; whole ones keep all their digits. Anything else stays the text it is."""
    for read in (int, float):
        try:
            number = read(text)
        except ValueError:
            continue
        return number if math.isfinite(number) else text
    return text
