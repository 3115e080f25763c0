"""What is beside a map: an element of it in tabs, or all that is said; and where people talk."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from cxm.collaboration.views.talk import comments_context, panel_of
from journeys.rules.look import look_asked
from journeys.selectors.map_elements import element_of
from journeys.selectors.subjects import JourneyMapSubject
from journeys.views.map_panel import panel_asked, panel_context, panel_on
from journeys.views.panel_tabs import COMMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cxm.collaboration.selectors.panel import Panel as CommentsPanel
    from cxm.tenants.access import TenantRequest
    from journeys.models import JourneyMap


def beside(
    request: TenantRequest, row: JourneyMap, comments: CommentsPanel | None = None
) -> dict[str, Any]:
    """Give what the templates of the page need for what is beside the map, and for marks on it.

    *comments* are those to show; else the address says what is there: `?comments=` what is said,
    `?of=` an element. What is said about an element is a tab of its panel.
    """
    subject = JourneyMapSubject(row)
    if comments is None and "comments" in request.GET:
        comments = panel_of(request, subject)
    talk = comments_context(request, subject, comments)
    return {
        **talk,
        "talk": json.dumps(talk_told(talk["comment_counts"])),
        **panel_context(request, row, _element_panel(request, row, comments)),
    }


def _element_panel(request: TenantRequest, row: JourneyMap, comments: CommentsPanel | None) -> Any:
    if comments is None:
        return panel_asked(request, row)
    part = comments.talk.wanted.part
    element = element_of(row, part) if part and comments.is_tab else None
    if element is None:
        return None
    told = {"comments_panel": comments}
    return panel_on(row, element, COMMENTS, look_asked(request.GET), told)


def talk_told(counts: Mapping[UUID | None, int] | Mapping[UUID, int]) -> dict[str, Any]:
    """Give the marks of a map as JSON: `threads`, how many are open by lineage.

    `talk` tells one state of it from another; it is empty where none is open.
    """
    threads = {str(pk): count for pk, count in counts.items() if pk is not None}
    if not threads:
        return {"threads": {}, "talk": ""}
    told = json.dumps(threads, sort_keys=True)
    return {"threads": threads, "talk": hashlib.blake2b(told.encode(), digest_size=8).hexdigest()}
