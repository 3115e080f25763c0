"""Reading documents from their tables: all of one, or no more of it than is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from django.db import connection
from django.db.models import Q

from cxm.kernel.operations.state import Element

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.rows import Table
    from cxm.kernel.operations.shapes import DocumentShape


class Kept(Protocol):
    """Where a document lies, as far as reading it needs that."""

    @property
    def shape(self) -> DocumentShape:
        """Give what it is made of."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """Give the tables by kind of element, the root's first."""

    @property
    def log(self) -> Any:
        """Give the table of operations."""


@dataclass(frozen=True, slots=True)
class Row:
    """What of a row is no part of its element: the *pk*, and since when it is deleted."""

    pk: UUID
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Looked:
    """What a first look at a document told: kinds by id, which operations were done, counts."""

    kinds: dict[UUID, str]
    done: set[UUID]
    counts: dict[str, dict[UUID, int]]


@dataclass(slots=True)
class Shelf:
    """The rows of one document, read by kind, by id, or by what they lie in or refer to.

    *rows* remembers of each element that was read what is no part of it.
    """

    store: Kept
    tenant: Any
    document: UUID
    rows: dict[UUID, Row] = field(default_factory=dict)

    def whole(self, kind: str) -> Iterator[Element]:
        """Read all elements of *kind*, deleted ones, too. One query."""
        return self._read(kind, Q())

    def named(self, kind: str, lineages: Collection[UUID]) -> Iterator[Element]:
        """Read those of *kind* with these ids. One query."""
        return self._read(kind, Q(**{f"{self.store.tables[kind].key}__in": lineages}))

    def lying_in(self, kind: str, parents: Collection[UUID]) -> Iterator[Element]:
        """Read those of *kind* that lie in *parents*, deleted ones, too. One query."""
        table = self.store.tables[kind]
        which = Q(**{f"{table.parent or table.stream}__in": parents})
        if table.parent and self.document in parents:
            which |= Q(**{f"{table.parent}__isnull": True})
        return self._read(kind, which)

    def holding(
        self, kind: str, names: Sequence[str], lineages: Collection[UUID]
    ) -> Iterator[Element]:
        """Read those of *kind* of which a field of *names* holds one of these ids. One query."""
        table = self.store.tables[kind]
        asked = [Q(**{f"{table.column(name)}__in": lineages}) for name in names]
        return self._read(kind, reduce(or_, asked))

    def look(
        self, lineages: Collection[UUID], done: Collection[UUID], counted: Collection[str]
    ) -> Looked:
        """Find of which kind elements are, which operations were done, and count in one query.

        Of the kinds *counted* it is told how many that are not deleted lie in which element.
        """
        given = {"tenant": self.tenant.pk, "of": self.document}
        given |= {"ids": list(lineages), "done": list(done)}
        looked = Looked({}, set(), {kind: {} for kind in counted})
        with connection.cursor() as cursor:
            cursor.execute(_look(self.store, counted), given)
            for what, kind, pk, count in cursor.fetchall():
                if what == "kind":
                    looked.kinds[pk] = kind
                elif what == "done":
                    looked.done.add(pk)
                else:
                    looked.counts[kind][pk] = count
        return looked

    def _read(self, kind: str, which: Q) -> Iterator[Element]:
        table, shape = self.store.tables[kind], self.store.shape.element(kind)
        rows = table.model.objects.for_tenant(self.tenant)
        rows = rows.filter(which, **{table.stream: self.document})
        is_root = not shape.parents
        place = ("pk", "pk") if is_root else (table.parent or table.stream, "ord")
        names = [one.name for one in shape.fields]
        columns = [table.column(name) for name in names]
        told = rows.values_list("pk", table.key, "deleted_at", "field_revs", *place, *columns)
        for pk, lineage, deleted_at, revs, parent, order, *values in told:
            self.rows[lineage] = Row(pk, deleted_at)
            yield Element(
                lineage,
                kind,
                dict(zip(names, msgspec.to_builtins(values), strict=True)),
                None if is_root else parent or self.document,
                "" if is_root else order,
                deleted_at is not None,
                revs,
            )


def _look(store: Kept, counted: Collection[str]) -> str:
    """Give the statement of a first look; names in it are those of our own tables."""
    parts = [
        f"SELECT 'kind', '{kind}', {_column(table, table.key)}, 0::bigint "  # noqa: S608 - constants
        f"FROM {table.model._meta.db_table} WHERE tenant_id = %(tenant)s "
        f"AND {_column(table, table.stream)} = %(of)s "
        f"AND {_column(table, table.key)} = ANY(%(ids)s::uuid[])"
        for kind, table in store.tables.items()
    ]
    parts += [
        f"SELECT 'count', '{kind}', {_column(table, table.parent or table.stream)}, count(*) "  # noqa: S608 - constants
        f"FROM {table.model._meta.db_table} WHERE tenant_id = %(tenant)s "
        f"AND {_column(table, table.stream)} = %(of)s AND deleted_at IS NULL GROUP BY 3"
        for kind, table in store.tables.items()
        if kind in counted
    ]
    log = store.log._meta.db_table
    parts.append(
        f"SELECT 'done', '', id, 0 FROM {log} "  # noqa: S608 - constants
        "WHERE tenant_id = %(tenant)s AND id = ANY(%(done)s::uuid[])"
    )
    return " UNION ALL ".join(parts)


def _column(table: Table, name: str) -> str:
    field_ = table.model._meta.pk if name == "pk" else table.model._meta.get_field(name)
    return f'"{field_.column}"'
