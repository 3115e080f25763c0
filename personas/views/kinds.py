"""The two kinds of documents that the editing routes serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from personas.services.stores import MAPS, PERSONAS

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.kernel.operations.documents import Store


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: where it lies, and the name of its page.

    Its editing routes are called after *name*, as `personas:persona-change`.
    """

    name: str
    store: Store
    page: str

    def address(self, slug: str, document_id: UUID) -> str:
        """Give the address of a document's page."""
        return reverse(self.page, args=[slug, document_id])


PERSONA = Kind("persona", PERSONAS, "personas:persona-page")
MAP = Kind("map", MAPS, "personas:map-page")
