"""The two kinds of documents of this app that the editing routes serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.collaboration.views.kinds import Kind
from cxm.tenants.rules import Right
from personas.selectors.documents import may_change, may_read_log
from personas.services.stores import MAPS, PERSONAS

if TYPE_CHECKING:
    from cxm.tenants.access import TenantRequest


def _may_change(document: Any, request: TenantRequest) -> bool:
    return request.may(Right.EDIT_JOURNEYS) and may_change(document, request.membership)


def _may_read_log(document: Any, request: TenantRequest) -> bool:
    if not request.may(Right.SEE_JOURNEYS):
        return False
    may_edit = request.may(Right.EDIT_JOURNEYS)
    return may_read_log(document, request.membership, may_edit=may_edit)


PERSONA = Kind("persona", "personas", PERSONAS, "persona-page", _may_change, _may_read_log)
MAP = Kind("map", "personas", MAPS, "map-page", _may_change, _may_read_log)
