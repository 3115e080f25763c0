"""What the people of a made-up company asked of its drivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.selectors.driver_question import stored_question
from analytics.selectors.figures import Viewer
from analytics.services.drivers import ask_once

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.tenants.models import Tenant


def ask_for_drivers(tenant: Tenant, queries: Sequence[str], *, now: datetime) -> None:
    """Have questions worked out as jobs, by their addresses; each once."""
    viewer = Viewer(tenant, sees_rows=True, now=now)
    for query in queries:
        question = stored_question(viewer, query)
        if question:
            ask_once(question=question, by=None, now=now)
