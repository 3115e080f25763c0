"""What a file brings beside a map: channels, touchpoints, and items of the library."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxm.kernel.cxmap.planning import changed
from cxm.kernel.errors import DomainError
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request, Store
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.state import State
from cxm.kernel.operations.store import commit
from cxm.tenants.models import Membership
from cxm.touchpoints.models import Channel, Touchpoint
from cxm.touchpoints.rules.keys import free_key
from cxm.touchpoints.services import change_registered, create_channel, create_touchpoint
from journeys.models import Goal, Insight, Opportunity, Solution
from journeys.rules.cxmap_library import ITEM_KINDS, ItemKind, item_wanted
from journeys.rules.cxmap_shapes import LIBRARY_PROFILE
from journeys.services import library_stores as stores
from personas.rules.cxmap_import import Becomes, Choice, Part
from personas.rules.cxmap_plans import Step, steps
from personas.services.library_import import Asking
from personas.services.library_states import states_of
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cxm.kernel.cxmap.documents import Document
    from cxm.kernel.cxmap.planning import Wanted
    from journeys.models import Journey, JourneyMap

_MODELS: dict[str, tuple[Any, Store]] = {
    "insight": (Insight, stores.INSIGHTS),
    "goal": (Goal, stores.GOALS),
    "opportunity": (Opportunity, stores.OPPORTUNITIES),
    "solution": (Solution, stores.SOLUTIONS),
}
_CHANNEL_FIELDS = {"title": "Title", "medium": "Medium", "ownership": "Ownership"}
_TOUCHPOINT_FIELDS = {
    "title": "Title",
    "channel": "Channel",
    "interaction": "Interaction",
    "initiator": "Initiator",
    "description": "Description",
}
# What of a library item lies on steps: those of other journeys are no business of a file.
_AT_STEPS = ("lies-at", "makes")


@dataclass(frozen=True, slots=True)
class MapAsking(Asking):
    """Who takes a file with maps into which tenant, as `Asking`, and what for.

    *onto* is the map that the file is put on; *journey* the one that its map is added to,
    whatever key the file says. *number* is the one of a new map, where it is free. *may_register*
    is the right to add channels and touchpoints.
    """

    onto: JourneyMap | None = None
    journey: Journey | None = None
    number: int | None = None
    may_register: bool = True


@dataclass(slots=True)
class Desk:
    """A file on its way in: what is asked, and what has come of it so far.

    *ids* by key of everything that can be referred to, by what it is. *heads* say what was there
    before anything was written.
    """

    asking: MapAsking
    document: Document
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    @property
    def library(self) -> dict[str, Any]:
        """Give the library of the file."""
        found: dict[str, Any] = self.document.tree.get("library", {})
        return found

    @property
    def is_linking(self) -> bool:
        """Whether what is here already is used as it is, if nothing else is chosen."""
        return bool(self.document.tree.get("profile") != LIBRARY_PROFILE)

    def chosen(self, kind: str, key: str, *, is_here: bool) -> Choice:
        """Give what becomes of one part of the file."""
        told = self.asking.choices.get(f"{kind}.{key}", "")
        if told in set(Choice):
            return Choice(told)
        return Choice.LEAVE if is_here and self.is_linking else Choice.TAKE

    def try_to(self, path: str, store: Store, pk: UUID, asked: list[Asked]) -> bool:
        """Commit operations on one document; complain where they are refused."""
        asking = self.asking
        request = Request(asking.tenant, pk, actor_of(asking.by), asking.now, asking.source)
        try:
            # One item may be linked to more than people do at once.
            commit(store, request, asked, most=len(asked))
        except DomainError as error:
            self.document.complain(path, str(error))
            return False
        return True


def take_registries(desk: Desk) -> None:
    """Take channels and touchpoints in; what is here is changed only where that is chosen."""
    _registry(desk, "channel", Channel, _CHANNEL_FIELDS)
    _registry(desk, "touchpoint", Touchpoint, _TOUCHPOINT_FIELDS)


def take_items(desk: Desk) -> None:
    """Take insights, goals, opportunities and solutions in, each as a document of its own.

    All are made before any is filled, since they refer to each other.
    """
    works = [_ItemWork(desk, kind) for kind in ITEM_KINDS]
    for work in works:
        work.make()
    for work in works:
        work.fill()


def _registry(desk: Desk, kind: str, model: Any, fields: Mapping[str, str]) -> None:
    rows = {row.key: row for row in model.objects.for_tenant(desk.asking.tenant)}
    for number, item in enumerate(desk.library.get(f"{kind}s", ())):
        path, key = f"library.{kind}s[{number}]", item["key"]
        row = rows.get(key)
        choice = desk.chosen(kind, key, is_here=row is not None)
        part = Part(kind, key, item["title"], path, choice, Becomes.NEW, target_key=key)
        desk.parts.append(part)
        if row is not None:
            part.id = str(row.pk)
            desk.heads.append(f"{kind} {key} {[str(getattr(row, name)) for name in fields]}")
        if choice is Choice.COPY:
            words = f"A {kind} is known by one key: take it or leave it."
            desk.document.complain(path, words)
        elif choice is Choice.LEAVE:
            part.becomes = Becomes.LEFT_OUT if row is None else Becomes.LINKED
        else:
            _register(desk, part, row, _told(desk, item, fields))
        if part.id:
            desk.ids.setdefault(kind, {})[key] = part.id


def _told(desk: Desk, item: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    usual = {"medium": "other", "ownership": "owned", "interaction": "action"}
    usual |= {"initiator": "customer", "description": ""}
    told = {name: item.get(name, usual.get(name)) for name in fields}
    if "channel" in told:
        key = told.pop("channel")
        told["channel_id"] = desk.ids.get("channel", {}).get(key) if key else None
    return told


def _register(desk: Desk, part: Part, row: Any, told: dict[str, Any]) -> None:
    asking = desk.asking
    if row is None and not asking.may_register:
        words = "You may not add channels and touchpoints: ask somebody who may, or leave it out."
        desk.document.complain(part.path, words)
    elif row is None:
        make: Any = create_channel if part.kind == "channel" else create_touchpoint
        made = make(tenant=asking.tenant, by=asking.by, key=part.key, **told)
        part.id = str(made.pk)
    else:
        differs = {n: v for n, v in told.items() if str(getattr(row, n) or "") != str(v or "")}
        part.becomes = Becomes.CHANGED if differs else Becomes.SAME
        part.steps = [
            Step(_label(n), str(getattr(row, n) or ""), str(v)) for n, v in differs.items()
        ]
        if differs and asking.may_register:
            change_registered(row=row, by=asking.by, **differs)  # type: ignore[arg-type]  # the operator is nobody
        elif differs:
            words = "You may not change channels and touchpoints: leave it as it is here."
            desk.document.complain(part.path, words)


def _label(name: str) -> str:
    return (_CHANNEL_FIELDS | _TOUCHPOINT_FIELDS).get(name.removesuffix("_id"), name)


class _ItemWork:
    """The items of one kind."""

    def __init__(self, desk: Desk, kind: ItemKind) -> None:
        self.desk, self.kind = desk, kind
        self.model, self.store = _MODELS[kind.name]
        self.items: list[dict[str, Any]] = desk.library.get(kind.folder, [])
        self.open: list[tuple[Part, dict[str, Any]]] = []

    def make(self) -> None:
        """Decide what each becomes, and make what is new, bare."""
        rows = self.model.objects.for_tenant(self.desk.asking.tenant)
        wanted = [item["key"] for item in self.items]
        there = {row.key: row for row in rows.filter(key__in=wanted)}
        taken = set(rows.values_list("key", flat=True)) if self.items else set()
        ids = self.desk.ids.setdefault(self.kind.name, {})
        for number, item in enumerate(self.items):
            path = f"library.{self.kind.folder}[{number}]"
            part = self._part(item, path, there.get(item["key"]), taken)
            self.desk.parts.append(part)
            if part.becomes in {Becomes.NEW, Becomes.COPY} and not self._create(part):
                continue
            if part.id:
                ids[item["key"]] = part.id
            if part.choice is not Choice.LEAVE:
                self.open.append((part, item))

    def fill(self) -> None:
        """Give each what the file says, and tell what changed."""
        pks = [part.id for part, _ in self.open]
        states = states_of(self.store, self.desk.asking.tenant, pks, is_locked=True)  # type: ignore[arg-type]  # ids as text do
        by_id = {str(pk): (pk, state) for pk, state in states.items()}
        for part, item in self.open:
            pk, state = by_id[part.id]
            wanted = item_wanted(self.kind, item, part.path, self.desk.document, self.desk.ids)
            state = self._without_foreign(state, pk, wanted)
            asked = changed(self.kind.plan, state, pk, wanted, batch=new_id())
            if part.becomes is Becomes.SAME and asked:
                part.becomes = Becomes.CHANGED
                names = {pk: key for told in self.desk.ids.values() for key, pk in told.items()}
                part.steps = steps(asked, state, self.kind.shape, names)
            if asked and not self.desk.document.faults:
                self.desk.try_to(part.path, self.store, pk, asked)

    def _part(self, item: dict[str, Any], path: str, row: Any, taken: set[str]) -> Part:
        key, name = item["key"], self.kind.name
        choice = self.desk.chosen(name, key, is_here=row is not None)
        part = Part(name, key, item["title"], path, choice, Becomes.NEW, target_key=key)
        if row is not None:
            self.desk.heads.append(f"{name} {key} {row.head_seq}")
            self._check(part, row, item)
        if row is not None and choice is not Choice.COPY:
            is_used = choice is Choice.LEAVE
            part.id, part.becomes = str(row.pk), Becomes.LINKED if is_used else Becomes.SAME
        elif choice is Choice.LEAVE:
            part.becomes = Becomes.LEFT_OUT
        else:
            part.becomes = Becomes.NEW if row is None else Becomes.COPY
            part.target_key = free_key(key, taken)
            taken.add(part.target_key)
        return part

    def _check(self, part: Part, row: Any, item: dict[str, Any]) -> None:
        """Ask where something else has the key, and refuse to change what is archived."""
        is_told = part.field in self.desk.asking.choices
        if row.title != item["title"] and self.desk.is_linking and not is_told:
            words = (
                f"Here “{row.title}” has this key: choose whether to use that one (leave), to "
                "overwrite it (take), or to add another (copy)."
            )
            self.desk.document.complain(f"{part.path}.title", words)
        if row.archived_at is not None and part.choice is Choice.TAKE:
            words = f"“{row.title}” is archived here: restore it first, take a copy, or leave it."
            self.desk.document.complain(part.path, words)

    def _create(self, part: Part) -> bool:
        pk, by = new_id(), self.desk.asking.by
        values: dict[str, Any] = {"key": part.target_key, "title": part.name}
        values["owner"] = str(by.pk) if isinstance(by, Membership) else None
        asked = Asked(
            id=new_id(),
            batch=new_id(),
            op=Deed.CREATE,
            lineage=pk,
            kind=self.kind.name,
            value={"values": values},
        )
        part.id = str(pk)
        return self.desk.try_to(part.path, self.store, pk, [asked])

    def _without_foreign(self, state: State, pk: UUID, wanted: Wanted) -> State:
        """Leave out what lies at steps of other journeys, and alone figures of those."""
        here = set(self.desk.ids.get("binding", {}).values())
        bound = state[pk].values.get("binding")
        if bound and str(bound) not in here and wanted.values.get("binding") is None:
            wanted.values.pop("binding", None)
        known = set(self.desk.ids.get("step", {}).values())
        return State(
            one
            for one in state.values()
            if one.kind not in _AT_STEPS or str(one.values["step"]) in known
        )
