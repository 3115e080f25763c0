"""Ways through a survey that tests begin: tokens of pages that were shown long ago."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from feedback.services.shown_pages import sealed_token

if TYPE_CHECKING:
    from feedback.models import Survey

SHOWN_AT = datetime(2026, 1, 1, tzinfo=UTC)


def way(survey: Survey, name: str = "somebody") -> str:
    """Give the token of the first page of *survey* as it was shown to *name*; always the same."""
    chance = hashlib.sha256(name.encode()).digest()[:10]
    return sealed_token(survey, SHOWN_AT, chance)
