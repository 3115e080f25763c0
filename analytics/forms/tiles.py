"""Input about a tile of a dashboard: its title, what it asks, of which answers, and its width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from django import forms

from analytics.forms.dashboards import Refusable
from analytics.forms.tile_fields import asking_for
from analytics.rules.drivers import CHURN
from analytics.rules.periods import CUSTOM, Compare
from analytics.rules.tiles import LONGEST_TITLE
from analytics.selectors.filters import read_filter
from analytics.selectors.names import FILTERED

if TYPE_CHECKING:
    from datetime import date

    from analytics.models import Tile
    from analytics.rules.tile_kinds import TileKind
    from cxm.kernel.errors import DomainError
    from cxm.tenants.models import Tenant


class TileForm(Refusable):
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
        for name in kind.fields:
            self.fields.update(asking_for(name, kind, tenant))
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
        if "question" in query:
            shown["asked"] = f"{query['survey']}:{query['question']}"
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
        told = self.cleaned_data
        named = [name for name in self.kind.fields if name not in {"filter", "survey", "question"}]
        parts: dict[str, Any] = {name: told[name] for name in named}
        if "asked" in told:
            parts["survey"], _, parts["question"] = told["asked"].partition(":")
        if not parts.get("outcome", "any"):
            return {}
        if "outcome" in parts:
            # Each outcome has a part of its own; that of the other one was shown, not meant.
            del parts["at" if parts["outcome"].startswith(CHURN) else "within"]
        if "period" in told and told.get("answers", "own") == "own":
            parts["filter"] = self._own_filter()
        return parts

    def refuse(self, error: DomainError) -> None:
        """Show *error* at its field; what is wrong with the filter at who answers."""
        stands_for = {"filter": "answers", "survey": "asked", "question": "asked"}
        field = stands_for.get(error.field or "", error.field)
        self.add_error(field if field in self.fields else None, str(error))

    def clean(self) -> dict[str, Any]:
        """Refuse chosen days without any, or that end before they begin."""
        told = self.cleaned_data
        first, last = told.get("from"), told.get("to")
        is_own = told.get("answers", "own") == "own"
        if is_own and told.get("period") == CUSTOM and not (first or last):
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
        if told.get("compare", Compare.PREVIOUS) != Compare.PREVIOUS:
            pairs.append(("compare", told["compare"]))
        if told.get("weighted"):
            pairs.append(("weighted", "1"))
        return urlencode(sorted(pairs))
