"""Deciding which customer each record is about, and which customers turn out to be one.

Pure: what the database knows goes in as `Owner` rows, what is to be written comes out in
`Resolver`. Two known customers are never made one here: that is proposed, and people decide.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxm.customers.rules.identifiers import is_known, is_shared, is_usable, strength

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from uuid import UUID

    from cxm.customers.rules.records import Ref

# A person with more identifiers than this is more likely a shared computer or a broken client.
MOST_IDENTITIES = 20


@dataclass(frozen=True, slots=True)
class Owner:
    """To whom an identifier belongs: the row it sits on, and what is known of the person.

    *root* is the row that the person is shown as; *namespaces* are those in which the person has
    an external id; *identities* counts all identifiers; *is_shared* says that this one was seen
    with several people.
    """

    customer: UUID
    root: UUID
    is_known: bool
    namespaces: frozenset[str] = frozenset()
    identities: int = 1
    is_shared: bool = False


@dataclass(slots=True)
class _Person:
    is_known: bool
    namespaces: set[str]
    identities: int


@dataclass(frozen=True, slots=True)
class Merge:
    """*absorbed* is the same person as *survivor*; both were roots. *rule* says how we know."""

    absorbed: UUID
    survivor: UUID
    rule: str
    by: Ref


@dataclass(slots=True)
class Resolver:
    """Resolves records one after the other, and collects what has to be written.

    *customers* are new rows, True for known people; *identities* are new identifiers with the
    row they sit on; *moved* are identifiers that turned out to be shared, with the new visitor
    each one now belongs to; *became_known* are visitors who gave a lasting identifier; *merges*
    are in order; *proposals* are pairs of roots with the identifier they both claim.
    """

    owners: Mapping[Ref, Owner]
    new_id: Callable[[], UUID]
    customers: dict[UUID, bool] = field(default_factory=dict)
    identities: dict[Ref, UUID] = field(default_factory=dict)
    moved: dict[Ref, UUID] = field(default_factory=dict)
    became_known: set[UUID] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)
    proposals: dict[tuple[UUID, UUID], Ref] = field(default_factory=dict)
    _people: dict[UUID, _Person] = field(default_factory=dict)
    _roots: dict[UUID, UUID] = field(default_factory=dict)
    _into: dict[UUID, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for owner in self.owners.values():
            self._roots[owner.customer] = owner.root
            self._people[owner.root] = _Person(
                owner.is_known, set(owner.namespaces), owner.identities
            )

    def resolve(self, refs: Iterable[Ref], *, rule: str = "identify") -> UUID | None:
        """Give the customer's row a record about *refs* belongs on; None when they name nobody.

        The strongest identifier that is known decides; weaker ones nobody has are added to the
        person; visitors that turn out to be the person are merged into them.
        """
        usable = sorted(
            {ref for ref in refs if is_usable(ref.kind, ref.value)},
            key=lambda ref: (strength(ref.kind), ref),
        )
        if not usable:
            return None
        row = self._leading_row(usable) or self._new_customer(usable)
        for ref in usable:
            row = self._join(ref, row, usable, rule)
        return row

    def alias(self, previous: Ref, refs: Iterable[Ref]) -> UUID | None:
        """Take *previous* for the same person as *refs*; gives the person's row."""
        row = self.resolve(refs)
        if row is None or not is_usable(previous.kind, previous.value):
            return row
        return self._join(previous, row, [previous], "alias")

    def has(self, ref: Ref) -> bool:
        """Whether somebody is known by *ref* by now."""
        return self._row(ref) is not None

    def final_roots(self) -> dict[UUID, UUID]:
        """Give, for each root that was absorbed, the root it ends up at."""
        return {absorbed: self._end(absorbed) for absorbed in self._into}

    def root(self, row: UUID) -> UUID:
        """Give the root that customer row *row* ends up at."""
        return self._end(self._roots.get(row, row))

    def _row(self, ref: Ref) -> UUID | None:
        if ref in self.moved:
            return self.moved[ref]
        if ref in self.identities:
            return self.identities[ref]
        owner = self.owners.get(ref)
        return owner.customer if owner else None

    def _leading_row(self, usable: list[Ref]) -> UUID | None:
        """Find the row of the strongest identifier whose owner the whole record can be about."""
        for ref in usable:
            row = self._row(ref)
            if row is not None and not self._contradicts(row, usable, ref):
                return row
        return None

    def _contradicts(self, row: UUID, usable: list[Ref], by: Ref) -> bool:
        """Whether the record has a stronger id of its own that the person of *row* cannot have.

        A new customer number beside an address that belongs to somebody with another number in
        the same namespace; or beside a shared mailbox or computer.
        """
        stronger = [ref for ref in usable if strength(ref.kind) < strength(by.kind)]
        if stronger and (is_shared(by.kind, by.value) or self._is_shared(by)):
            return True
        person = self._people[self.root(row)]
        return any(
            ref.kind == "external" and ref.namespace in person.namespaces for ref in stronger
        )

    def _is_shared(self, ref: Ref) -> bool:
        owner = self.owners.get(ref)
        return ref in self.moved or (owner is not None and owner.is_shared)

    def _new_customer(self, usable: list[Ref]) -> UUID:
        row = self.new_id()
        known = any(is_known(ref.kind) for ref in usable)
        self.customers[row] = known
        self._people[row] = _Person(known, set(), 0)
        return row

    def _join(self, ref: Ref, row: UUID, usable: list[Ref], rule: str) -> UUID:
        """Tie *ref* to the person of *row* if that is sound; gives the row to go on with."""
        root = self.root(row)
        theirs = self._row(ref)
        if theirs is None:
            self._add(ref, row, usable)
            return row
        other = self.root(theirs)
        if other == root or self._is_shared(ref) or is_shared(ref.kind, ref.value):
            return row
        person, them = self._people[root], self._people[other]
        if not them.is_known:
            return self._merge(other, root, row, rule, ref)
        if not person.is_known:
            return self._merge(root, other, theirs, rule, ref)
        if is_known(ref.kind) or rule == "alias":
            self.proposals.setdefault((min(root, other), max(root, other)), ref)
        else:
            self._part(ref)
        return row

    def _add(self, ref: Ref, row: UUID, usable: list[Ref]) -> None:
        root = self.root(row)
        person = self._people[root]
        if ref.kind == "external" and ref.namespace in person.namespaces:
            return
        if len(usable) > 1 and is_shared(ref.kind, ref.value):
            return
        if not is_known(ref.kind) and person.identities >= MOST_IDENTITIES:
            return
        self.identities[ref] = root
        person.identities += 1
        if ref.kind == "external":
            person.namespaces.add(ref.namespace)
        if is_known(ref.kind) and not person.is_known:
            person.is_known = True
            self._know(root)

    def _know(self, root: UUID) -> None:
        if root in self.customers:
            self.customers[root] = True
        else:
            self.became_known.add(root)

    def _merge(self, absorbed: UUID, survivor: UUID, row: UUID, rule: str, by: Ref) -> UUID:
        """Make *absorbed* part of *survivor*; gives *row*, which is the survivor's."""
        gone, stays = self._people[absorbed], self._people[survivor]
        stays.namespaces |= gone.namespaces
        stays.identities += gone.identities
        self._into[absorbed] = survivor
        self.merges.append(Merge(absorbed, survivor, rule, by))
        return row

    def _part(self, ref: Ref) -> None:
        """Give an identifier that two known people use a visitor of its own, from now on."""
        row = self.new_id()
        self.customers[row] = False
        self._people[row] = _Person(is_known=False, namespaces=set(), identities=1)
        self.moved[ref] = row
        self.identities.pop(ref, None)

    def _end(self, root: UUID) -> UUID:
        while root in self._into:
            root = self._into[root]
        return root
