"""A document of which no more is read than somebody asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.state import Element, State, as_id

if TYPE_CHECKING:
    from collections.abc import Collection, ItemsView, Iterable, Iterator, Sequence, ValuesView
    from uuid import UUID

    from cxm.kernel.operations.reading import Shelf
    from cxm.kernel.operations.records import Asked

_GROWS = frozenset({Deed.CREATE, Deed.RESTORE})
_PLACES = frozenset({Deed.CREATE, Deed.MOVE})


class PartialState(State):
    """A state that reads from its *shelf* what it does not hold yet, and answers as a whole one.

    A kind of element is read as a whole when the first of it is asked for; of crowded kinds, those
    that are named, lie in what is named, or refer to it. What was read or made already is never
    read again, whatever was done to it since. Whoever walks over all elements reads all of them.
    """

    def __init__(self, shelf: Shelf, root: Element) -> None:
        super().__init__([root])
        self._shelf = shelf
        tables = shelf.store.tables
        self._crowded = frozenset(kind for kind, table in tables.items() if table.is_crowded)
        self._whole = {root.kind}
        # Of which kind elements are that were looked for, and which crowds were read whole.
        self._kinds: dict[UUID, str] = {}
        self._looked: set[UUID] = set()
        self._opened: set[tuple[UUID, str]] = set()
        self._counts: dict[str, dict[UUID, int]] = {}

    def look(self, asked: Sequence[Asked]) -> bool:
        """Read what *asked* operations name, and where they put it; say if any was done before.

        For speed alone, and only before anything is done: else each is read by itself.
        """
        lineages = {pk for one in asked for pk in (one.lineage, _id_in(one, "parent")) if pk}
        siblings = {pk for one in asked if (pk := _id_in(one, "after"))}
        done = {one.id for one in asked} | {one.base_id for one in asked if one.base_id}
        counted = self._crowded if any(one.op in _GROWS for one in asked) else frozenset[str]()
        looked = self._shelf.look(lineages | siblings, done, counted)
        self._looked |= lineages | siblings
        self._kinds |= looked.kinds
        self._counts |= looked.counts
        self.read(lineages)
        places: dict[str, set[UUID]] = {}
        for one in asked:
            for kind, parent in self._place_of(one):
                places.setdefault(kind, set()).add(parent)
        for kind, parents in places.items():
            self._read_inside(kind, parents)
        return bool(looked.done)

    def read(self, lineages: Iterable[UUID]) -> None:
        """Read these elements, where they are there: a query for each kind, and one to look."""
        missing = [pk for pk in lineages if pk not in self._elements]
        new = [pk for pk in missing if pk not in self._looked and pk not in self._kinds]
        if new:
            self._looked.update(new)
            self._kinds |= self._shelf.look(new, (), ()).kinds
        by_kind: dict[str, list[UUID]] = {}
        for pk in missing:
            if pk in self._kinds:
                by_kind.setdefault(self._kinds[pk], []).append(pk)
        for kind, ids in by_kind.items():
            if kind not in self._crowded:
                self._read_kind(kind)
            elif kind not in self._whole:
                self._take_in(self._shelf.named(kind, ids))

    def __getitem__(self, lineage: UUID) -> Element:
        found = self.get(lineage)
        if found is None:
            raise KeyError(lineage)
        return found

    def __iter__(self) -> Iterator[UUID]:
        self._read_all()
        return super().__iter__()

    def __len__(self) -> int:
        self._read_all()
        return super().__len__()

    def get(  # type: ignore[override]  # nobody gives a default of another type
        self, lineage: UUID, default: Element | None = None
    ) -> Element | None:
        """Give the element with this id, deleted or not; None where there is none."""
        if lineage not in self._elements:
            self.read([lineage])
        return super().get(lineage, default)

    def values(self) -> ValuesView[Element]:
        """Give all elements, deleted ones, too."""
        self._read_all()
        return super().values()

    def items(self) -> ItemsView[UUID, Element]:
        """Give all elements with their ids."""
        self._read_all()
        return super().items()

    def add(self, element: Element) -> None:
        """Put a new element in, which no other state may change."""
        # In a new one nothing lies that would have to be read.
        self._opened.update((element.id, kind) for kind in self._crowded)
        super().add(element)

    def children(self, parent: UUID | None, kind: str) -> Sequence[Element]:
        """List the elements of *kind* in *parent*, in order, without deleted ones."""
        if parent is not None:
            self._read_inside(kind, [parent])
        return super().children(parent, kind)

    def children_in(self, parents: Iterable[UUID], kind: str) -> list[Element]:
        """List the elements of *kind* in all of *parents*, without deleted ones."""
        parents = list(parents)
        self._read_inside(kind, parents)
        return super().children_in(parents, kind)

    def count(self, parent: UUID | None, kind: str) -> int:
        """Count the elements of *kind* in *parent*, without deleted ones."""
        if kind in self._counts and parent is not None:
            return self._counts[kind].get(parent, 0)
        return super().count(parent, kind)

    def of_kind(self, kind: str) -> list[Element]:
        """List all elements of *kind*, deleted ones, too."""
        self._read_kind(kind)
        return super().of_kind(kind)

    def holding(self, kind: str, names: Sequence[str], ids: Collection[UUID]) -> list[Element]:
        """List the elements of *kind* of which a field of *names* holds one of *ids*."""
        if kind not in self._crowded:
            self._read_kind(kind)
        elif kind not in self._whole:
            self._take_in(self._shelf.holding(kind, names, ids))
        return super().holding(kind, names, ids)

    def inside(self, lineages: Iterable[UUID]) -> set[UUID]:
        """Give *lineages* and whatever lies in them, at any depth, deleted or not."""
        found = set(lineages)
        self.read(found)
        shape = self._shelf.store.shape
        for kind in self._shelf.store.tables:
            outer = shape.element(kind).parents
            parents = [pk for pk in found if pk in self._elements and self[pk].kind in outer]
            if parents:
                self._read_inside(kind, parents)
                found = super().inside(found)
        return found

    def _place_of(self, asked: Asked) -> Iterator[tuple[str, UUID]]:
        """Give the crowd that an operation puts an element into, if it does."""
        element = self._elements.get(asked.lineage)
        kind = element.kind if element else asked.kind
        if asked.op not in _PLACES or kind not in self._crowded:
            return
        parent = _id_in(asked, "parent") or (element.parent if element else None)
        if parent in self._elements:
            yield kind, parent

    def _read_all(self) -> None:
        for kind in self._shelf.store.tables:
            self._read_kind(kind)

    def _read_kind(self, kind: str) -> None:
        if kind not in self._whole:
            self._whole.add(kind)
            self._take_in(self._shelf.whole(kind))

    def _read_inside(self, kind: str, parents: Collection[UUID]) -> None:
        if kind not in self._crowded:
            self._read_kind(kind)
        elif kind not in self._whole:
            new = {pk for pk in parents if (pk, kind) not in self._opened}
            self._opened.update((pk, kind) for pk in new)
            if new:
                self._take_in(self._shelf.lying_in(kind, new))

    def _take_in(self, elements: Iterable[Element]) -> None:
        """Put in what was read; of what is here already, this is how it is."""
        new = [element for element in elements if element.id not in self._elements]
        self._add_all(new)
        for element in new:
            outer = self._shelf.store.shape.element(element.kind).parents
            if element.parent is not None and len(outer) == 1:
                self._kinds.setdefault(element.parent, outer[0])

    def _lay(self, element: Element) -> None:
        super()._lay(element)
        self._recount(element, 1)

    def _lift(self, element: Element) -> None:
        super()._lift(element)
        self._recount(element, -1)

    def _recount(self, element: Element, more: int) -> None:
        counts = self._counts.get(element.kind)
        if counts is not None and element.parent is not None and not element.is_deleted:
            counts[element.parent] = counts.get(element.parent, 0) + more


def _id_in(asked: Asked, name: str) -> UUID | None:
    """Give the id that an operation names, if it is one at all."""
    try:
        return as_id(asked.value.get(name)) if isinstance(asked.value, dict) else None
    except ValueError:
        return None
