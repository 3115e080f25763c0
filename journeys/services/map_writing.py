"""Writing maps as a whole: many operations at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.operations.documents import open_document, save_document
from cxm.kernel.operations.references import check_references

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.operations.documents import Request, Store
    from cxm.kernel.operations.records import Asked


@transaction.atomic
def commit_all(store: Store, request: Request, asked: Sequence[Asked]) -> int:
    """Do *asked* operations, however many, all or none; give the number of the last one.

    They must be new: this is for what the program itself has put together, not for what is sent.
    The laws look once, at the end. Raises RefusedError, GoneError and ArchivedDocumentError.
    """
    opened = open_document(store, request)
    opened.check_not_archived()
    judge = opened.judge
    for one in asked:
        judge.take(one)
    check_references(store.references, request.tenant, store.shape, judge.operations, judge.state)
    save_document(store, request, opened)
    return judge.head
