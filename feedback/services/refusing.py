"""Writing down what was kept out of an import, row by row, with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback.adapters.records import Refusal, ResponseRecord
from feedback.adapters.response_rows import shortened
from feedback.models import RejectedRow
from feedback.services.file_reading import LISTED_REFUSALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cxm.work.models import Batch
    from feedback.models import Inbox

LONGEST_COLUMN = 300
LONGEST_MESSAGE = 500


def conflict_refusal(record: ResponseRecord, cells: Sequence[str] = ()) -> Refusal:
    """Refuse *record*, whose key was loaded before with other content; *cells* is its row."""
    words = (
        f"Line {record.line}: the response “{shortened(record.key)}” was loaded before with other "
        "content, which stays as it is."
    )
    return Refusal(record.line, "conflict", words, raw=tuple(cells))


def store_refusals(
    *, batch: Batch, inbox: Inbox | None, refusals: Sequence[Refusal], listed: int
) -> int:
    """Write *refusals* down, ten thousand a batch at most; *listed* are there already.

    Gives how many were written. Those beyond are counted by the caller, not listed.
    """
    taken = refusals[: max(LISTED_REFUSALS - listed, 0)]
    RejectedRow.objects.bulk_create(
        (_row(refusal, batch, inbox) for refusal in taken), batch_size=1_000
    )
    return len(taken)


def told(refusals: Iterable[Refusal]) -> list[dict[str, Any]]:
    """Give *refusals* as a report shows them."""
    return [
        {
            "line": refusal.line,
            "column": refusal.column,
            "code": refusal.code,
            "message": refusal.message,
            "is_whole_row": refusal.is_whole_row,
        }
        for refusal in refusals
    ]


def _row(refusal: Refusal, batch: Batch, inbox: Inbox | None) -> RejectedRow:
    return RejectedRow(
        tenant_id=batch.tenant_id,
        batch=batch,
        inbox=inbox,
        line=refusal.line,
        column=refusal.column[:LONGEST_COLUMN],
        code=refusal.code,
        message=shortened(refusal.message, LONGEST_MESSAGE),
        raw=list(refusal.raw),
        is_whole_row=refusal.is_whole_row,
    )
