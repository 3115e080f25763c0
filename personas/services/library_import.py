"""Taking a library file in: what it would do, and doing it, all or nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.customers.models import Segment
from cxm.kernel.cxmap.documents import Document, read_document
from cxm.kernel.cxmap.writing import written
from cxm.tenants.audit import record
from cxm.tenants.models import Tenant
from personas.errors import LibraryRefusedError, LibraryStaleError
from personas.rules.cxmap_import import Preview
from personas.rules.cxmap_reading import Names, own_keys
from personas.rules.cxmap_shapes import LIBRARY
from personas.services.library_documents import MAP_KIND, PERSONA_KIND, DocumentWork, Taker
from personas.services.library_register import RegisterWork

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from cxm.kernel.operations.records import Source
    from cxm.tenants.models import ApiKey, Membership


@dataclass(frozen=True, slots=True)
class Asking:
    """Who takes a file into which tenant, when and from where; *by* None is the operator.

    *choices* say of `persona.<key>`, `stakeholder.<key>` and `map.<key>` whether it is taken
    (`take`, if nothing is said), taken as another one (`copy`) or left out (`leave`).
    *may_bind* is the right to choose segments.
    """

    tenant: Tenant
    by: Membership | ApiKey | None
    now: datetime
    source: Source
    choices: Mapping[str, str] = field(default_factory=dict)
    may_bind: bool = True


def preview_library(*, asking: Asking, content: bytes) -> Preview:
    """Tell what taking *content* in would do, and everything that is wrong with it."""
    document = read_document(content, LIBRARY)
    with transaction.atomic():
        work = LibraryWork(asking, document)
        work.look()
        # What only the documents' own laws refuse is found by trying.
        work.try_out()
        return work.preview()


def apply_library(*, asking: Asking, content: bytes, seen: str = "") -> Preview:
    """Take *content* in: each document in one batch of operations, all of them or none.

    Gives what was done. Raises LibraryRefusedError with the preview where something is wrong,
    and LibraryStaleError where *seen* (of a preview) is not what is here any more.
    """
    document = read_document(content, LIBRARY)
    with transaction.atomic():
        work = LibraryWork(asking, document)
        work.look()
        found = work.preview()
        if found.faults:
            raise LibraryRefusedError(found)
        if seen and seen != found.seen:
            raise LibraryStaleError(found)
        work.write()
        found = work.preview()
        if found.faults:
            # Raised inside, so that what was written goes back.
            raise LibraryRefusedError(found)
        record(tenant=asking.tenant, action="library-imported", by=asking.by, changes=found.counts)
        return found


class LibraryWork:
    """The personas, stakeholders and stakeholder maps of one file on their way in.

    *is_kept* says of a path whether somebody else keeps the key of its writer's own there.
    """

    def __init__(
        self,
        asking: Asking,
        document: Document,
        is_kept: Callable[[str], bool] = lambda _path: False,
    ) -> None:
        self.asking, self.document, self.is_kept = asking, document, is_kept
        self.library: dict[str, Any] = document.tree.get("library", {})
        self.register = RegisterWork(asking, document, self._items("stakeholders"))
        taker = Taker(asking, document)
        self.personas = DocumentWork(taker, PERSONA_KIND, self._items("personas"))
        self.maps = DocumentWork(taker, MAP_KIND, self._items("stakeholder_maps"))

    def look(self) -> None:
        """Compare the file with what is here; nobody else makes a document meanwhile."""
        if self.document.faults:
            return
        tenant = self.asking.tenant
        Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
        paths = (path.removeprefix("$.") for path in own_keys(self.document.tree, "$"))
        for where in [path for path in paths if not self.is_kept(path)][:20]:
            self.document.remark(where, "Keys that begin with “x-” are read, but not kept here.")
        self.personas.find()
        self.register.look(self.personas.ids)
        segments = Segment.objects.for_tenant(tenant).filter(archived_at=None)
        names = Names(
            {key: str(pk) for key, pk in segments.values_list("key", "pk")},
            self.register.ids,
            self.asking.may_bind,
        )
        called = {pk: key for key, pk in (*names.segments.items(), *names.stakeholders.items())}
        self.personas.look(names, called)
        self.maps.find()
        self.maps.look(names, called)

    def try_out(self) -> None:
        """Do what would be done, and take it all back."""
        if self.document.faults:
            return
        with transaction.atomic():
            self.write()
            transaction.set_rollback(True)

    def write(self) -> None:
        """Do what the preview tells."""
        self.personas.write()
        self.register.write()
        self.maps.write()

    def preview(self) -> Preview:
        """Give what would be done, or was."""
        parts = [*self.personas.parts, *self.register.parts, *self.maps.parts]
        return Preview(
            parts, sorted(self.document.faults), sorted(self.document.notices), self._seen()
        )

    def _items(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.library.get(name, [])
        return [] if self.document.faults else found

    def _seen(self) -> str:
        told = [*self.personas.heads, *self.register.heads, *self.maps.heads]
        text = "" if self.document.faults else written(self.document.tree, LIBRARY)
        return hashlib.sha256("\n".join([text, *told]).encode()).hexdigest()
