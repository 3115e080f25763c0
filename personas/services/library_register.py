"""Stakeholders of a library file: they are rows of the register, not documents with operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.kernel.ids import new_id
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from personas.models import Stakeholder
from personas.rules.cxmap_import import Becomes, Choice, Part, chosen
from personas.rules.cxmap_plans import Step
from personas.services.stakeholders import MOST_STAKEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxm.kernel.cxmap.documents import Document
    from personas.services.library_import import Asking

_LABELS = {
    "name": "Name",
    "kind": "Kind",
    "icon": "Icon",
    "description": "Description",
    "persona_id": "Persona",
}


class RegisterWork:
    """What a file says of stakeholders, beside the register."""

    def __init__(self, asking: Asking, document: Document, items: Sequence[dict[str, Any]]) -> None:
        self.asking, self.document, self.items = asking, document, items
        self.parts: list[Part] = []
        self.heads: list[str] = []
        # Ids by key of everybody whom maps of the file may place.
        self.ids: dict[str, str] = {}
        self._rows: dict[str, Stakeholder] = {}
        self._values: dict[str, dict[str, Any]] = {}

    def look(self, personas: Mapping[str, str]) -> None:
        """Compare with the register; *personas* are ids by key."""
        rows = list(Stakeholder.objects.for_tenant(self.asking.tenant))
        self._rows = {row.key: row for row in rows}
        self.ids = {row.key: str(row.pk) for row in rows if row.archived_at is None}
        names = {row.name.casefold(): row.key for row in rows}
        for number, item in enumerate(self.items):
            path = f"library.stakeholders[{number}]"
            self.parts.append(self._part(item, path, personas))
            self._check_name(item, names, path)
        made = [part for part in self.parts if part.becomes is Becomes.NEW]
        if len(rows) + len(made) > MOST_STAKEHOLDERS:
            words = f"The register holds up to {MOST_STAKEHOLDERS:,} stakeholders."
            self.document.complain("library.stakeholders", words)

    def write(self) -> None:
        """Make and change rows of the register."""
        for part in self.parts:
            if part.becomes is Becomes.NEW:
                self._make(part)
            elif part.becomes is Becomes.CHANGED:
                self._change(part)

    def _part(self, item: dict[str, Any], path: str, personas: Mapping[str, str]) -> Part:
        key = item["key"]
        choice = chosen(self.asking.choices, "stakeholder", key)
        part = Part("stakeholder", key, item["name"], path, choice, Becomes.NEW, target_key=key)
        row = self._rows.get(key)
        if choice is Choice.COPY:
            words = "A stakeholder is known by one name: take it or leave it out."
            self.document.complain(path, words)
        if choice is Choice.LEAVE:
            part.becomes = Becomes.LEFT_OUT
            return part
        values = self._told(item, path, personas, row)
        self._values[key] = values
        if row is None:
            part.id = self.ids.setdefault(key, str(new_id()))
            return part
        part.id = str(row.pk)
        self.heads.append(f"{key} {[str(getattr(row, name)) for name in _LABELS]}")
        part.steps = _steps(row, values, personas)
        part.becomes = Becomes.CHANGED if part.steps else Becomes.SAME
        if row.archived_at is not None:
            words = f"“{row.name}” is archived here: restore it first, or leave it out."
            self.document.complain(path, words)
        return part

    def _told(
        self, item: dict[str, Any], path: str, personas: Mapping[str, str], row: Stakeholder | None
    ) -> dict[str, Any]:
        name = " ".join(item["name"].split())
        if not name:
            self.document.complain(f"{path}.name", "Write something; it cannot be empty.")
        persona = item.get("persona")
        if persona is not None and persona not in personas:
            words = f"There is no persona “{persona}”, neither in this file nor here: left out."
            self.document.remark(f"{path}.persona", words)
            linked = str(row.persona_id) if row and row.persona_id else None
        else:
            linked = personas[persona] if persona else None
        return {
            "name": name,
            "kind": item["kind"],
            "icon": item.get("icon", ""),
            "description": item.get("description", "").strip(),
            "persona_id": linked,
        }

    def _check_name(self, item: dict[str, Any], names: dict[str, str], path: str) -> None:
        name, key = " ".join(item["name"].split()).casefold(), item["key"]
        other = names.get(name, key)
        if other != key and key in self._values:
            words = f"“{item['name']}” is there already, with the key “{other}”: use that key."
            self.document.complain(f"{path}.name", words)
        names[name] = key

    def _make(self, part: Part) -> None:
        by = self.asking.by
        made = Stakeholder.objects.create(
            pk=part.id,
            tenant=self.asking.tenant,
            key=part.key,
            created_at=self.asking.now,
            by=None if isinstance(by, ApiKey) else by,
            **self._values[part.key],
        )
        record(tenant=self.asking.tenant, action="stakeholder-added", by=by, about=made)

    def _change(self, part: Part) -> None:
        row, values = self._rows[part.key], self._values[part.key]
        rows = Stakeholder.objects.for_tenant(self.asking.tenant)
        rows.filter(pk=row.pk).update(**values)
        record(
            tenant=self.asking.tenant,
            action="stakeholder-changed",
            by=self.asking.by,
            about=row,
            changes={step.words: step.after for step in part.steps},
        )


def _steps(row: Stakeholder, values: Mapping[str, Any], personas: Mapping[str, str]) -> list[Step]:
    keys = {pk: key for key, pk in personas.items()}
    found = []
    for name, label in _LABELS.items():
        before, after = str(getattr(row, name) or ""), str(values[name] or "")
        if before != after:
            found.append(Step(label, keys.get(before, before), keys.get(after, after)))
    return found
