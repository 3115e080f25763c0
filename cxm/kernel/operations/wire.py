"""Operations as clients send them, and what they are answered; the same for pages and API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from cxm.kernel.operations.records import (
    MOST_AT_ONCE,
    ArchivedDocumentError,
    Asked,
    GoneError,
    RefusedError,
    ReusedIdError,
    StaleError,
    UnknownElementError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.kernel.errors import DomainError
    from cxm.kernel.operations.records import Actor, Clash
    from cxm.kernel.operations.store import Outcome
    from cxm.kernel.operations.undoing import Undo

LONGEST_BODY = 1_000_000
_CODES: dict[type[DomainError], str] = {
    ArchivedDocumentError: "archived",
    StaleError: "stale",
    ReusedIdError: "id_reused",
    GoneError: "gone",
    UnknownElementError: "not_found",
}


class UnreadableError(Exception):
    """The body is not a list of operations; `str(error)` says why, *status* is what is answered."""

    status, code = 400, "unreadable"


class LongBodyError(UnreadableError):
    """The body is longer than what is read at once."""

    status, code = 413, "too_large"

    def __init__(self) -> None:
        super().__init__(
            f"The body is longer than {LONGEST_BODY:,} bytes: send it in several requests."
        )


def read_asked(body: bytes) -> list[Asked]:
    """Read a list of operations from JSON.

    Raises UnreadableError where it is no JSON, LongBodyError where it is too large, RefusedError
    where an operation is not as it should be; the field names the place, as `2.lineage`.
    """
    if len(body) > LONGEST_BODY:
        raise LongBodyError
    try:
        asked = msgspec.json.decode(body, type=list[Asked])
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        place = path.removesuffix("`").replace("[", ".").replace("]", "").lstrip(".")
        raise RefusedError(f"{reason.replace('`', '')}.", field=place) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"This is not JSON: {error}."
        raise UnreadableError(message) from error
    if not 0 < len(asked) <= MOST_AT_ONCE:
        message = f"Send 1 to {MOST_AT_ONCE} operations at once, not {len(asked)}."
        raise RefusedError(message)
    return asked


def said(error: DomainError, name_of: Callable[[Actor | None], str]) -> dict[str, Any]:
    """Give the JSON that says *error*: `code`, `message`, `field`, and both versions of a clash."""
    found: dict[str, Any] = {
        "code": _CODES.get(type(error), "refused"),
        "message": str(error),
        "field": error.field or None,
    }
    if isinstance(error, GoneError):
        found |= error.more()
    if isinstance(error, StaleError):
        found["clashes"] = [clash_told(clash, name_of) for clash in error.clashes]
    return found


def clash_told(clash: Clash, name_of: Callable[[Actor | None], str]) -> dict[str, Any]:
    """Give one clash as JSON, with the name of whoever wrote theirs."""
    return {**clash.told(), "by": name_of(clash.actor)}


def answered(outcome: Outcome) -> dict[str, Any]:
    """Give what a client is told of operations that were done."""
    return {
        "head": outcome.head,
        "done": [{"id": str(done.id), "seq": done.seq} for done in outcome.operations],
        "overridden": [
            {"lineage": str(o.lineage), "field": o.field, "theirs": o.theirs, "seq": o.seq}
            for o in outcome.overridden
        ],
    }


def undone(found: Undo | None, name_of: Callable[[Actor | None], str]) -> dict[str, Any]:
    """Give what a client is told of an undo: nothing left, what was done, or what to decide."""
    if found is None:
        return {"is_empty": True, "done": [], "clashes": []}
    is_asking = bool(found.clashes) and not found.operations
    return {
        "is_empty": False,
        "done": [{"id": str(done.id), "seq": done.seq} for done in found.operations],
        "clashes": [clash_told(c, name_of) for c in found.clashes] if is_asking else [],
    }
