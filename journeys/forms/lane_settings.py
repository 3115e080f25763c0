"""The settings of a lane as a form, made from what its kind can be set to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django import forms
from msgspec import inspect, structs

from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import RULES, kept_config

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LONG = 200
# Files carry these and they are kept, but no contacts are counted yet that they would show.
FILES_ONLY = frozenset({"show_hits", "show_measured"})


class LaneSettingsForm(forms.Form):
    """One field for each setting of a kind of lane, filled with what holds now.

    `config()` gives what differs from the usual settings, as it is kept.
    """

    def __init__(
        self, *args: Any, kind: LaneKind, config: Mapping[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._schema = RULES[kind].schema
        now = _plain(kept_config(kind, config))
        self._kept = {name: config[name] for name in FILES_ONLY & config.keys()}
        for one in structs.fields(self._schema):
            if one.name in FILES_ONLY:
                continue
            field = _field(inspect.type_info(one.type))
            field.label = one.name.replace("_", " ").capitalize()
            value = now.get(one.name)
            is_lines = isinstance(field, _LinesField)
            field.initial = "\n".join(value or ()) if is_lines else value
            self.fields[one.name] = field

    def config(self) -> dict[str, Any]:
        """Give the settings of a valid form, without those that are as usual."""
        usual = _plain(self._schema())
        told = {name: one for name, one in self.cleaned_data.items() if one is not None}
        changed = {name: value for name, value in told.items() if value != usual.get(name)}
        return {**self._kept, **changed}


class _LinesField(forms.CharField):
    """Words, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> Any:
        """Give the lines that hold something."""
        text = super().to_python(value) or ""
        return [line.strip() for line in text.splitlines() if line.strip()]


def _plain(config: Any) -> dict[str, Any]:
    """Give settings as they are kept: as JSON would hold them."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(config))
    return found


def _field(kind: inspect.Type) -> forms.Field:
    """Give a field for one setting; whether its value fits is for the schema to say."""
    field: forms.Field
    widget: forms.Widget
    match kind:
        case inspect.UnionType(types=types):
            inner = next(one for one in types if not isinstance(one, inspect.NoneType))
            choices = [("", "Any"), *_choices(inner)]
            field = forms.TypedChoiceField(choices=choices, required=False, empty_value=None)
        case inspect.LiteralType() | inspect.EnumType():
            field = forms.ChoiceField(choices=_choices(kind))
        case inspect.BoolType():
            field = forms.BooleanField(required=False)
        case inspect.IntType(ge=least, le=most):
            field = forms.IntegerField(required=False, min_value=least, max_value=most)
        case inspect.FloatType():
            field = forms.FloatField(required=False)
        case inspect.VarTupleType():
            field = _several(kind)
        case _:
            most = getattr(kind, "max_length", None)
            is_long = (most or 0) > _LONG
            widget = forms.Textarea(attrs={"rows": 3}) if is_long else forms.TextInput()
            field = forms.CharField(required=False, max_length=most, widget=widget)
    return field


def _several(kind: inspect.VarTupleType) -> forms.Field:
    """Give a field for several of what is offered, or for words of one's own."""
    choices = _choices(kind.item_type)
    if not choices:
        return _LinesField(required=False, help_text="One a line.")
    boxes = forms.CheckboxSelectMultiple()
    return forms.MultipleChoiceField(choices=choices, required=False, widget=boxes)


def _choices(kind: inspect.Type) -> list[tuple[str, str]]:
    if isinstance(kind, inspect.EnumType):
        found: Iterable[Any] = kind.cls
        return [(one.value, getattr(one, "words", one.value.capitalize())) for one in found]
    if isinstance(kind, inspect.LiteralType):
        return [(str(one), str(one).replace("_", " ").capitalize()) for one in kind.values]
    return []
