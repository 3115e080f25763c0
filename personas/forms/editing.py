"""Plain forms that ask for operations, so that editors work without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.undoing import Choice

if TYPE_CHECKING:
    from django.http import QueryDict

_ASKED = (Deed.CREATE, Deed.DELETE, Deed.RESTORE, Deed.SET, Deed.MOVE)
_NUMBERS = frozenset(
    {
        *("ring", "sector", "x", "y", "power", "interest", "attitude", "strength"),
        *("review_every_days", "face", "hair", "skin"),
        # How far a trait leans.
        "value",
    }
)
_TRUTHS = frozenset({"is_decorative"})
_DEEPEST = 5
_NOTHING_WHEN_EMPTY = _NUMBERS | {"owner", "segment", "reviewed_on", "archived_at"}


class ChangeForm(forms.Form):
    """One operation: `op`, `lineage`, `kind`, `field`, `base_rev`, `value`, `parent`, `after`.

    A new element's fields are `value.NAME`; parts of a field are `value.NAME.PART`, items of a list
    `value.NAME.0`, where those that are empty are left out. Left out, `after` is the end of the
    list; empty it is the beginning.
    """

    id = forms.UUIDField(required=False)
    op = forms.ChoiceField(choices=[(deed.value, deed.value) for deed in _ASKED])
    lineage = forms.UUIDField(required=False)
    kind = forms.CharField(required=False, max_length=40)
    field = forms.CharField(required=False, max_length=60)
    base_rev = forms.IntegerField(required=False, min_value=0)
    base_id = forms.UUIDField(required=False)
    parent = forms.UUIDField(required=False)
    after = forms.UUIDField(required=False)

    def asked(self) -> Asked:
        """Give the operation of a valid form."""
        told = self.cleaned_data
        pk = told["id"] or new_id()
        return Asked(
            id=pk,
            batch=pk,
            op=Deed(told["op"]),
            lineage=told["lineage"] or new_id(),
            kind=told["kind"],
            field=told["field"],
            value=self._value(),
            base_rev=told["base_rev"],
            base_id=told["base_id"],
        )

    def typed(self) -> list[tuple[str, str]]:
        """List what was sent, by the names of the controls, to be sent again."""
        kept = []
        for name, texts in cast("QueryDict", self.data).lists():
            if name not in {"csrfmiddlewaretoken", "id", "next"}:
                kept += [(name, text) for text in texts]
        return kept

    def _value(self) -> Any:
        told = self.cleaned_data
        if told["op"] == Deed.SET:
            parts = _nested(self._parts(f"value.{told['field']}."))
            return parts or _read(told["field"], self.data.get("value", ""))
        if told["op"] not in {Deed.CREATE, Deed.MOVE}:
            return None
        value: dict[str, Any] = {}
        if told["op"] == Deed.CREATE:
            value["values"] = _nested(self._parts("value."))
        if told["parent"] or "parent" in self.data:
            value["parent"] = str(told["parent"]) if told["parent"] else None
        if "after" in self.data:
            value["after"] = str(told["after"]) if told["after"] else None
        return value

    def _parts(self, start: str) -> dict[str, str]:
        return {
            name.removeprefix(start): self.data[name]
            for name in self.data
            if name.startswith(start)
        }


class UndoForm(forms.Form):
    """What to do where others changed the same, and the batch that this undo is."""

    batch = forms.UUIDField(required=False)
    choice = forms.ChoiceField(required=False, choices=[(one.value, one.value) for one in Choice])


class RestoreForm(forms.Form):
    """The operation after which it was as it shall be again; and what to do about what is lost."""

    until = forms.IntegerField(min_value=1)
    choice = forms.ChoiceField(required=False, choices=[(one.value, one.value) for one in Choice])


def _nested(parts: dict[str, str]) -> Any:
    """Make `{"traits.0.low": "calm"}` into `{"traits": [{"low": "calm"}]}`."""
    found: dict[str, Any] = {}
    for path, text in parts.items():
        # Whatever is deeper keeps its dots, and so is the name of nothing.
        *way, last = path.split(".", _DEEPEST)
        place = found
        for step in way:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                return parts
        place[last] = _read(last, text)
    return _with_lists(found)


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    kept = {name: _with_lists(part) for name, part in value.items()}
    if not kept or not all(name.isdecimal() and len(name) <= 4 for name in kept):  # noqa: PLR2004
        return kept
    items = [kept[name] for name in sorted(kept, key=int)]
    return [item for item in items if _is_filled(item)]


def _is_filled(item: Any) -> bool:
    """Whether anything was typed into an item of a list; a slider stands somewhere anyway."""
    if isinstance(item, dict):
        return any(part for part in item.values() if isinstance(part, str | list))
    return item not in {"", None} if isinstance(item, str) else item is not None


def _read(name: str, text: str) -> Any:
    """Give what a control's text means: a number, yes or no, or None for some when empty."""
    if name in _NOTHING_WHEN_EMPTY and not text:
        return None
    if name in _TRUTHS:
        return text.lower() in {"true", "on"}
    if name not in _NUMBERS:
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    is_whole = number.is_integer() and name not in {"x", "y", "power", "interest"}
    return int(number) if is_whole else number
