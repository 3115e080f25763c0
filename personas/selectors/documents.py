"""Who may change a persona or a stakeholder map, and who may see what was done to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from personas.models import StakeholderMap
from personas.rules.map_access import Sight, sight

if TYPE_CHECKING:
    from cxm.tenants.models import Membership


def may_change(document: Any, reader: Membership | None) -> bool:
    """Whether somebody with the right to edit may change *document*; None is a program."""
    return _sight(document, reader, may_edit=True) >= Sight.CHANGE


def may_read_log(document: Any, reader: Membership | None, *, may_edit: bool) -> bool:
    """Whether *reader* may see what was done to *document*, and how it was.

    The log of a map says what is thought of people, which is for those alone who may edit.
    """
    is_map = isinstance(document, StakeholderMap)
    found = _sight(document, reader, may_edit=may_edit)
    return found >= Sight.CONTENT and (may_edit or not is_map)


def _sight(document: Any, reader: Membership | None, *, may_edit: bool) -> Sight:
    if not isinstance(document, StakeholderMap):
        return Sight.CHANGE if may_edit else Sight.CONTENT
    is_owner = reader is not None and document.owner_id == reader.pk
    return sight(document.visibility, is_owner=is_owner, may_edit=may_edit)
