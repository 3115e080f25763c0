"""Which form asks about the columns: that of answers, or that of all other lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback.adapters.event_mapping import EventMapping
from feedback.forms.choices import choices_in
from feedback.forms.columns import ColumnsForm
from feedback.forms.event_choices import event_choices_in
from feedback.forms.event_columns import EventColumnsForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feedback.adapters.event_mapping import FileMapping
    from feedback.forms.offered import Offered

type AnyColumnsForm = ColumnsForm | EventColumnsForm


def columns_form(
    mapping: FileMapping,
    preview: Mapping[str, Any],
    offered: Offered,
    sent: Mapping[str, Any] | None = None,
) -> AnyColumnsForm:
    """Make the form of the columns in *preview* as *mapping* says, or as was *sent*."""
    columns, heads = preview["columns"], preview["heads"]
    if isinstance(mapping, EventMapping):
        whole, choices = event_choices_in(mapping, heads)
        return EventColumnsForm(
            sent, base=mapping, columns=columns, choices=choices, whole=whole, offered=offered
        )
    of_answers, answers = choices_in(mapping, heads)
    return ColumnsForm(
        sent, base=mapping, columns=columns, choices=answers, whole=of_answers, offered=offered
    )
