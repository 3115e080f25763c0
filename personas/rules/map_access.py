"""Who may do what with a stakeholder map, by its visibility: one decision function."""

from __future__ import annotations

from enum import IntEnum

from personas.rules.kinds import Visibility


class Sight(IntEnum):
    """How much of a map somebody gets: each holds what stands before it."""

    NOTHING = 0
    TITLE = 1
    CONTENT = 2
    CHANGE = 3


_OTHERS = {
    Visibility.HIDDEN: Sight.NOTHING,
    Visibility.LISTED: Sight.TITLE,
    Visibility.VIEWABLE: Sight.CONTENT,
    Visibility.EDITABLE: Sight.CHANGE,
}
VISIBILITY_WORDS = {
    Visibility.HIDDEN: "Hidden: only its owner finds it",
    Visibility.LISTED: "Listed: others see its title and its owner",
    Visibility.VIEWABLE: "Viewable: others read it, its owner changes it",
    Visibility.EDITABLE: "Editable: everybody who may edit changes it",
}


def sight(visibility: str, *, is_owner: bool, may_edit: bool) -> Sight:
    """Decide what a reader gets of a map; *may_edit* is the right to edit journeys.

    Nobody changes a map without that right, its owner included.
    """
    found = Sight.CHANGE if is_owner else _OTHERS[Visibility(visibility)]
    return found if may_edit else min(found, Sight.CONTENT)
