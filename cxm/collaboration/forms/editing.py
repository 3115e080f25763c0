"""Plain forms that ask for operations, so that editors work without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.typed import Typed
from cxm.kernel.operations.undoing import Choice

if TYPE_CHECKING:
    from django.http import QueryDict

    from cxm.kernel.operations.typed import Texts

_ASKED = (Deed.CREATE, Deed.DELETE, Deed.RESTORE, Deed.SET, Deed.MOVE)
_DEEPEST = 5


class ChangeForm(forms.Form):
    """One operation: `op`, `lineage`, `kind`, `field`, `base_rev`, `value`, `parent`, `after`.

    A new element's fields are `value.NAME`; parts of a field are `value.NAME.PART`, items of a list
    `value.NAME.0`, where those that are empty are left out. Left out, `after` is the end of the
    list; empty it is the beginning. What the texts mean, the engine reads by the types of the
    fields (`cxm.kernel.operations.typed`).
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
            return Typed(parts or self.data.get("value", ""))
        if told["op"] not in {Deed.CREATE, Deed.MOVE}:
            return None
        value: dict[str, Any] = {}
        if told["op"] == Deed.CREATE:
            typed = _nested(self._parts("value."))
            value["values"] = {name: Typed(part) for name, part in typed.items()}
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


def _nested(parts: dict[str, str]) -> dict[str, Texts]:
    """Make `{"traits.0.low": "calm"}` into `{"traits": {"0": {"low": "calm"}}}`."""
    found: dict[str, Texts] = {}
    for path, text in parts.items():
        # Whatever is deeper keeps its dots, and so is the name of nothing.
        *way, last = path.split(".", _DEEPEST)
        place = found
        for step in way:
            inner = place.setdefault(step, {})
            if isinstance(inner, str):
                # What is a text and has parts as well is neither: no field has such a name.
                return dict(parts)
            place = inner
        place[last] = text
    return found
