"""Input about dashboards and their tiles, with the fields that each kind of tile asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from django import forms

from analytics.forms.figures import LABELS
from analytics.models import ChurnDefinition
from analytics.rules.periods import CUSTOM, DEFAULT_PERIOD, PERIOD_LABELS, Compare
from analytics.rules.tiles import BREAKDOWNS, LONGEST_NOTE, LONGEST_TITLE, STEPS, Sharing, TileKind
from analytics.selectors.filters import read_filter
from analytics.selectors.names import FILTERED, measures, read_names
from analytics.services.dashboards import READERS
from cxm.tenants.rules import Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from analytics.models import Dashboard, Tile
    from cxm.kernel.errors import DomainError
    from cxm.tenants.models import Tenant

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_COMPARES = {
    Compare.PREVIOUS: "The time just before",
    Compare.YEAR: "The same time a year before",
    Compare.NOTHING: "Nothing",
}


class _Refusable(forms.Form):
    """A form that shows at its field what a service refused."""

    def refuse(self, error: DomainError) -> None:
        """Show *error* at its field, or above all where it names none."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


class DashboardForm(_Refusable):
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


class TileForm(_Refusable):
    """A tile of one kind: its title, what it asks, of which answers, and its width."""

    title = forms.CharField(
        max_length=LONGEST_TITLE,
        required=False,
        label="Title",
        help_text="Left empty, it is named after what it shows.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, tenant: Tenant, kind: TileKind, **kwargs: Any) -> None:
        """Offer what a tile of *kind* can ask in *tenant*."""
        super().__init__(*args, **kwargs)
        self.kind = kind
        makers: dict[str, Callable[[], None]] = {
            "metric": lambda: self._add_metric(tenant),
            "by": self._add_by,
            "step": self._add_step,
            "definition": lambda: self._add_definition(tenant),
            "text": self._add_text,
            "filter": lambda: self._add_filter(tenant),
        }
        for name in kind.fields:
            makers[name]()
        self.fields["width"] = forms.TypedChoiceField(
            label="How wide?",
            coerce=int,
            choices=[(1, "A third"), (2, "Two thirds"), (3, "The whole width")],
        )

    @classmethod
    def initial_of(cls, tile: Tile, today: date) -> dict[str, Any]:
        """Give what the form shows of a tile."""
        query = dict(tile.query)
        own = query.pop("filter", None)
        shown = {**query, "title": tile.title, "width": tile.width, "answers": "board"}
        if own is None:
            return shown
        chosen = read_filter(parse_qs(own), today=today).filter
        period = chosen.period
        is_custom = period.name == CUSTOM
        return {
            **shown,
            "answers": "own",
            "period": period.name,
            "from": period.start_on if is_custom else None,
            "to": period.last_on if is_custom else None,
            "compare": chosen.compare.value,
            "weighted": chosen.is_weighted,
            **{by.value: list(chosen.keys(by)) for by in FILTERED},
        }

    def query(self) -> dict[str, Any]:
        """Give what the tile asks, as the services take it."""
        parts: dict[str, Any] = {
            name: self.cleaned_data[name] for name in self.kind.fields if name != "filter"
        }
        if "answers" in self.fields and self.cleaned_data["answers"] == "own":
            parts["filter"] = self._own_filter()
        return parts

    def refuse(self, error: DomainError) -> None:
        """Show *error* at its field; what is wrong with the filter at who answers."""
        if error.field == "filter":
            self.add_error("answers", str(error))
        else:
            super().refuse(error)

    def clean(self) -> dict[str, Any]:
        """Refuse chosen days without any, or that end before they begin."""
        told = self.cleaned_data
        first, last = told.get("from"), told.get("to")
        if told.get("answers") == "own" and told.get("period") == CUSTOM and not (first or last):
            self.add_error("from", "Choose the first day, the last one, or both.")
        if first and last and last < first:
            self.add_error("to", "The last day comes after the first one.")
        return told

    def _own_filter(self) -> str:
        told = self.cleaned_data
        pairs = [(by.value, key) for by in FILTERED for key in told.get(by.value, [])]
        if told["period"] == CUSTOM:
            pairs += [(name, told[name].isoformat()) for name in ("from", "to") if told[name]]
        else:
            pairs.append(("period", told["period"]))
        if told["compare"] != Compare.PREVIOUS:
            pairs.append(("compare", told["compare"]))
        if told["weighted"]:
            pairs.append(("weighted", "1"))
        return urlencode(sorted(pairs))

    def _add_metric(self, tenant: Tenant) -> None:
        choices = [(one.metric.key, one.metric.title) for one in measures(tenant)]
        self.fields["metric"] = forms.ChoiceField(label="Which metric?", choices=choices)

    def _add_by(self) -> None:
        choices = [(name, name.capitalize()) for name in BREAKDOWNS]
        self.fields["by"] = forms.ChoiceField(label="One row for each", choices=choices)

    def _add_step(self) -> None:
        choices = [("", "What fits the period"), *((name, name.capitalize()) for name in STEPS)]
        self.fields["step"] = forms.ChoiceField(
            label="One point for each", required=False, choices=choices
        )

    def _add_definition(self, tenant: Tenant) -> None:
        rows = ChurnDefinition.objects.for_tenant(tenant).filter(archived_at=None)
        choices = rows.order_by("-is_headline", "title", "pk").values_list("key", "title")
        self.fields["definition"] = forms.ChoiceField(
            label="Whose churn?",
            choices=list(choices),
            help_text="A definition of churn says who counts as a customer, and when one has left.",
        )

    def _add_text(self) -> None:
        self.fields["text"] = forms.CharField(
            label="Note",
            max_length=LONGEST_NOTE,
            widget=forms.Textarea(attrs={"rows": 6}),
            help_text="A little Markdown is understood: **bold**, *italic*, lists, links.",
        )

    def _add_filter(self, tenant: Tenant) -> None:
        add = self.fields
        add["answers"] = forms.ChoiceField(
            label="Which answers?",
            choices=[("board", "Those of the dashboard's filter"), ("own", "Those chosen below")],
            initial="board",
            widget=forms.RadioSelect,
        )
        add["period"] = forms.ChoiceField(
            label="Period",
            choices=[*PERIOD_LABELS.items(), (CUSTOM, "Chosen days")],
            initial=DEFAULT_PERIOD,
        )
        add["from"] = forms.DateField(label="First day", required=False, widget=_DAY)
        add["to"] = forms.DateField(label="Last day", required=False, widget=_DAY)
        add["compare"] = forms.ChoiceField(
            label="Compared with", choices=[(one.value, told) for one, told in _COMPARES.items()]
        )
        names = read_names(tenant)
        for by in FILTERED:
            options = [(one.key, one.title) for one in names.options(by)]
            if options:
                add[by.value] = forms.MultipleChoiceField(
                    label=f"Only these {LABELS[by.value].lower()}",
                    required=False,
                    choices=options,
                    widget=forms.SelectMultiple(attrs={"size": min(len(options), 5)}),
                )
        add["weighted"] = forms.BooleanField(label="Use the weights of the survey", required=False)
