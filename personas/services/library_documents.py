"""Personas and stakeholder maps of a library file, as batches of operations."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.cxmap.planning import Plan, Wanted, changed, created
from cxm.kernel.errors import DomainError
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request, Store
from cxm.kernel.operations.records import MOST_AT_ONCE, Asked
from cxm.kernel.operations.store import commit
from cxm.tenants.models import Membership
from cxm.touchpoints.rules.keys import free_key
from personas.models import Persona, StakeholderMap
from personas.rules.cxmap_import import Becomes, Choice, Part, chosen, made_modest
from personas.rules.cxmap_plans import MAP_PLAN, PERSONA_PLAN, comparable, steps
from personas.rules.cxmap_reading import Names, map_wanted, persona_wanted
from personas.selectors.documents import may_change
from personas.services.library_states import states_of
from personas.services.maps import MOST_MAPS
from personas.services.personas import MOST_PERSONAS, actor_of
from personas.services.stores import MAPS, PERSONAS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cxm.kernel.cxmap.documents import Document
    from cxm.kernel.operations.state import State
    from personas.services.library_import import Asking


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document in a file: where it lies, and how an item of a file is read."""

    name: str
    model: Any
    store: Store
    plan: Plan
    read: Callable[[Mapping[str, Any], str, Document, Names], Wanted]
    folder: str
    title: str
    most: int
    too_many: str


PERSONA_KIND = DocumentKind(
    name="persona",
    model=Persona,
    store=PERSONAS,
    plan=PERSONA_PLAN,
    read=persona_wanted,
    folder="library.personas",
    title="name",
    most=MOST_PERSONAS,
    too_many=f"A workspace holds up to {MOST_PERSONAS:,} personas.",
)
MAP_KIND = DocumentKind(
    name="map",
    model=StakeholderMap,
    store=MAPS,
    plan=MAP_PLAN,
    read=map_wanted,
    folder="library.stakeholder_maps",
    title="title",
    most=MOST_MAPS,
    too_many=f"A workspace holds up to {MOST_MAPS:,} stakeholder maps.",
)


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes which file in."""

    asking: Asking
    document: Document


class DocumentWork:
    """What a file says of documents of one kind, beside those that are here."""

    def __init__(self, taker: Taker, kind: DocumentKind, items: Sequence[dict[str, Any]]) -> None:
        self.asking, self.document, self.kind, self.items = (
            taker.asking,
            taker.document,
            kind,
            items,
        )
        self.parts: list[Part] = []
        self.heads: list[str] = []
        # Ids by key, of what is here and what the file brings.
        self.ids: dict[str, str] = {}
        self._rows: dict[str, Any] = {}
        self._asked: list[tuple[Part, list[Asked]]] = []

    def find(self) -> None:
        """Find what is here, and decide what each item becomes; no content is compared yet."""
        rows = self.kind.model.objects.for_tenant(self.asking.tenant)
        keys = {item["key"] for item in self.items}
        self._rows = {row.key: row for row in rows.filter(key__in=keys)}
        taken = set(rows.values_list("key", flat=True))
        self.ids = {key: str(pk) for key, pk in rows.values_list("key", "pk")}
        for number, item in enumerate(self.items):
            self.parts.append(self._part(item, f"{self.kind.folder}[{number}]", taken))
        if len(taken) > self.kind.most:
            self.document.complain(self.kind.folder, self.kind.too_many)

    def look(self, names: Names, called: Mapping[str, str]) -> None:
        """Compare the contents, and plan what leads from one to the other.

        *called* are keys by id, to say what values refer to.
        """
        wanted_ids = [row.pk for row in self._rows.values()]
        states = states_of(self.kind.store, self.asking.tenant, wanted_ids, is_locked=True)
        for part, item in zip(self.parts, self.items, strict=True):
            if part.becomes is Becomes.LEFT_OUT:
                continue
            wanted = self.kind.read(item, part.path, self.document, names)
            row = self._rows.get(part.key)
            if row is not None and part.becomes is not Becomes.COPY:
                self._look_at(part, row, wanted, states[row.pk], called)
            else:
                self._plan_new(part, wanted)

    def write(self) -> None:
        """Do what was planned, a batch a document; what is refused becomes a fault."""
        for part, asked in self._asked:
            asking = self.asking
            request = Request(
                asking.tenant, _id(part), actor_of(asking.by), asking.now, asking.source
            )
            try:
                for some in batched(asked, MOST_AT_ONCE):
                    commit(self.kind.store, request, some)
            except DomainError as error:
                self.document.complain(part.path, str(error))

    def _part(self, item: dict[str, Any], path: str, taken: set[str]) -> Part:
        key, kind = item["key"], self.kind
        choice = chosen(self.asking.choices, kind.name, key)
        part = Part(kind.name, key, item[kind.title], path, choice, Becomes.NEW, target_key=key)
        row = self._rows.get(key)
        if choice is Choice.LEAVE:
            part.becomes = Becomes.LEFT_OUT
        elif row is not None and choice is not Choice.COPY:
            part.id = str(row.pk)
        else:
            part.becomes = Becomes.NEW if row is None else Becomes.COPY
            part.target_key = free_key(key, taken)
            part.id = str(new_id())
            taken.add(part.target_key)
            self.ids.setdefault(part.target_key, part.id)
        return part

    def _look_at(
        self, part: Part, row: Any, wanted: Wanted, state: State, called: Mapping[str, str]
    ) -> None:
        self.heads.append(f"{self.kind.name} {row.key} {row.head_seq}")
        self._check_open(part, row)
        if self.document.faults:
            return
        state = comparable(state, wanted)
        asked = changed(self.kind.plan, state, row.pk, wanted, batch=new_id())
        part.steps = steps(asked, state, self.kind.plan.shape, called)
        part.becomes = Becomes.CHANGED if asked else Becomes.SAME
        if asked:
            self._asked.append((part, asked))

    def _check_open(self, part: Part, row: Any) -> None:
        by = self.asking.by
        if row.archived_at is not None:
            words = f"“{row}” is archived here: restore it first, import a copy, or leave it out."
            self.document.complain(part.path, words)
        reader = by if isinstance(by, Membership) else None
        if by is not None and not may_change(row, reader):
            words = "The map with this key is not yours to change: import a copy, or leave it out."
            self.document.complain(part.path, words)

    def _plan_new(self, part: Part, wanted: Wanted) -> None:
        if made_modest(wanted):
            words = "Files bring no evidence: it comes in as researched, not validated."
            self.document.remark(f"{part.path}.status", words)
        if self.document.faults:
            return
        wanted.values["key"] = part.target_key
        if isinstance(self.asking.by, Membership):
            wanted.values["owner"] = str(self.asking.by.pk)
        self._asked.append((part, created(self.kind.plan, _id(part), wanted, batch=new_id())))


def _id(part: Part) -> UUID:
    return UUID(part.id)
