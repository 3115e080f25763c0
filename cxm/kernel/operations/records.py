"""What an editor asks for, what is written down of it, and why it may be refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from cxm.kernel.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.kernel.operations.shapes import JSON

MOST_AT_ONCE = 500
# What stands in the log where a text was that somebody took out for good.
TAKEN_OUT = "[taken out]"


class Deed(StrEnum):
    """What can be done to an element."""

    CREATE = "create"
    DELETE = "delete"
    RESTORE = "restore"
    SET = "set"
    MOVE = "move"
    REBALANCE = "rebalance"


class Source(StrEnum):
    """Where an operation came from."""

    UI = "ui"
    API = "api"
    IMPORT = "import"
    AUTOMATION = "automation"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, order=True)
class Actor:
    """Who did something: *kind* is `member` or `api_key`, *id* that of its row; no id is nobody."""

    kind: str = "system"
    id: UUID | None = None


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One operation as a client sends it.

    *id* and *batch* are the client's own UUIDs: one sent twice has one effect, and a batch is
    undone as one. *lineage* is the element. `create` takes *kind* and as *value* an object with
    `values`, `parent` and `after` (the sibling it follows; null is the beginning, left out is the
    end). `set` takes *field*, *value* and what the value was typed over: *base_rev*, the number
    of the operation that had set it, or *base_id*, an operation of one's own that was not
    answered yet. `move` takes `parent` and `after` as *value*.
    """

    id: UUID
    batch: UUID
    op: Deed
    lineage: UUID
    kind: str = ""
    field: str = ""
    value: Any = None
    base_rev: int | None = None
    base_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as it was done: the *seq*-th of its document.

    *before* and *after* are of the field, or `{"parent", "ord"}` for `move`; a `create` has in
    *after* what the element is made of, a `rebalance` the order strings by lineage.
    """

    seq: int
    id: UUID
    batch: UUID
    deed: Deed
    kind: str
    lineage: UUID
    field: str
    before: JSON
    after: JSON
    actor: Actor
    at: datetime
    source: Source
    undo_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Overridden:
    """What somebody else had set since, which the last writer has replaced."""

    lineage: UUID
    field: str
    theirs: JSON
    seq: int


class RefusedError(DomainError):
    """The operation cannot be done as it was asked; *field* names what must change."""


class UnknownElementError(DomainError):
    """There is no such element here for the one who asks."""

    status = 404

    def __init__(self) -> None:
        super().__init__("There is nothing here for you.")


class ReusedIdError(DomainError):
    """The id of an operation was used for something else before."""

    status = 409

    def __init__(self, operation_id: UUID) -> None:
        super().__init__(
            f"The operation {operation_id} was sent before with another content.", field="id"
        )


class GoneError(DomainError):
    """The element was deleted; *asked* can be done after *deleted* were restored.

    These are the element itself and what it lies in, as far as they are deleted, the outer first.
    """

    status = 410

    def __init__(self, asked: Asked, deleted: Sequence[UUID]) -> None:
        super().__init__("This was deleted meanwhile. Restore it with your text, or let it go.")
        self.asked = asked
        self.deleted = tuple(deleted)

    def more(self) -> dict[str, Any]:
        """Tell what has to be restored, in this order."""
        return {"restore": [str(pk) for pk in self.deleted]}


class ArchivedDocumentError(DomainError):
    """Nothing is changed in a document that is archived, until it is restored."""

    status = 409

    def __init__(self, label: str) -> None:
        super().__init__(f"This {label} is archived. Restore it first, then change it.")


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed: what both began from, and what each made of it.

    With a *reason* it is no other person's version that stands against mine: what mine refers to
    cannot be referred to again, and *mine* is None.
    """

    lineage: UUID
    field: str
    base: JSON
    theirs: JSON
    mine: JSON
    rev: int
    actor: Actor | None = None
    reason: str = ""

    def told(self) -> dict[str, JSON]:
        """Give both versions for JSON; *rev* is what one's own may be typed over then."""
        return {
            "lineage": str(self.lineage),
            "field": self.field,
            "base": self.base,
            "theirs": self.theirs,
            "mine": self.mine,
            "rev": self.rev,
            "reason": self.reason,
        }


class StaleError(DomainError):
    """Somebody else changed the same meanwhile; *clashes* show both versions. Nothing was done."""

    status = 409

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__("Somebody else changed this meanwhile. Choose a version, or join both.")
        self.clashes = tuple(clashes)

    def more(self) -> dict[str, Any]:
        """Tell both versions, without who wrote theirs."""
        return {"clashes": [clash.told() for clash in self.clashes]}
