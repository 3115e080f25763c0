"""Who may do what with a journey and its maps: one decision for pages, API, links and exports."""

from __future__ import annotations

from dataclasses import dataclass

from cxm.kernel.named import Named
from cxm.tenants.rules import RIGHTS, Right, Role
from journeys.rules.kinds import MapState, MapStatus
from journeys.rules.reviews import GrantRole
from personas.rules.kinds import Visibility
from personas.rules.map_access import Sight


class Action(Named):
    """What somebody would do with a journey, or with one of its maps."""

    FIND = "find"
    READ = "read"
    COMMENT = "comment"
    EDIT = "edit"
    PUBLISH = "publish"
    SHARE = "share"
    LET_IN = "let_in"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to a journey, or to one of its maps.

    *rights* are those of the role, or of a program's key. Who *is_guest* has been let into single
    journeys and sees no other; who *sees_live_only* sees of each journey the map that holds now.
    *is_live* says whether that is the map in question; it is so of a journey as a whole.
    """

    rights: frozenset[Right]
    visibility: str
    is_owner: bool = False
    grant: GrantRole | None = None
    is_restricted: bool = False
    is_guest: bool = False
    sees_live_only: bool = False
    is_live: bool = True


_ALL = frozenset(Action)
_LOOK_IN = frozenset({Action.FIND, Action.READ})
_TALK = _LOOK_IN | {Action.COMMENT}
_BY_VISIBILITY = {
    Visibility.HIDDEN: frozenset[Action](),
    Visibility.LISTED: frozenset({Action.FIND}),
    Visibility.VIEWABLE: _TALK | {Action.SHARE, Action.EXPORT},
    Visibility.EDITABLE: _ALL,
}
_BY_GRANT = {
    None: frozenset[Action](),
    GrantRole.VIEWER: _LOOK_IN,
    GrantRole.COMMENTER: _TALK,
    GrantRole.CONTRIBUTOR: _TALK | {Action.EDIT, Action.EXPORT},
}
_NEEDED = {
    Action.FIND: Right.OPEN_JOURNEYS,
    Action.READ: Right.OPEN_JOURNEYS,
    Action.COMMENT: Right.COMMENT,
    Action.EDIT: Right.EDIT_JOURNEYS,
    Action.PUBLISH: Right.PUBLISH_JOURNEYS,
    Action.SHARE: Right.SHARE_JOURNEYS,
    Action.LET_IN: Right.SHARE_JOURNEYS,
    Action.EXPORT: Right.EXPORT_JOURNEYS,
}


def allowed(action: Action, standing: Standing) -> bool:
    """Decide whether somebody who stands so may do *action*; what is not listed is denied.

    A role is as far as anybody comes: the visibility of a journey, being its owner and grants say
    what of that is open in it. Only for guests a grant is all there is. The owner of a journey
    publishes it by the right to edit. Of a restricted journey nothing goes outside
    by a link, and only members whose role edits journeys take files out.
    """
    if standing.sees_live_only and not standing.is_live:
        return False
    if standing.is_restricted and not _may_go_out(action, standing):
        return False
    if standing.is_guest:
        return action in _BY_GRANT[standing.grant]
    is_own = standing.is_owner and action is Action.PUBLISH
    needed = Right.EDIT_JOURNEYS if is_own else _NEEDED[action]
    opened = _ALL if standing.is_owner else _BY_VISIBILITY[Visibility(standing.visibility)]
    return needed in standing.rights and action in opened | _BY_GRANT[standing.grant]


def sight_in(standing: Standing) -> Sight:
    """Say how much of a journey, or of the map in question, somebody gets who stands so."""
    for action, found in _SIGHTS:
        if allowed(action, standing):
            return found
    return Sight.NOTHING


_SIGHTS = (
    (Action.EDIT, Sight.CHANGE),
    (Action.READ, Sight.CONTENT),
    (Action.FIND, Sight.TITLE),
)


def _may_go_out(action: Action, standing: Standing) -> bool:
    """Whether *action* may be done with a journey that is restricted."""
    if action is Action.EXPORT:
        return Right.EDIT_JOURNEYS in standing.rights
    return action is not Action.SHARE


def may_get(role: str, grant: GrantRole) -> bool:
    """Whether a grant would let somebody with *role* do all that it says."""
    held = RIGHTS[Role(role)]
    return role == Role.GUEST or all(_NEEDED[action] in held for action in _BY_GRANT[grant])


def done_with(standing: Standing) -> str:
    """Say what somebody does who stands so: “finds, reads, comments”; "" for nothing."""
    return ", ".join(words for action, words in _DEEDS.items() if allowed(action, standing))


_DEEDS = {
    Action.FIND: "finds",
    Action.READ: "reads",
    Action.COMMENT: "comments",
    Action.EDIT: "changes",
    Action.PUBLISH: "publishes",
    Action.LET_IN: "lets others in",
    Action.SHARE: "makes links",
    Action.EXPORT: "takes files out",
}


def is_live(state: str, status: str, *, is_over: bool) -> bool:
    """Whether a map is the one that holds now."""
    return state == MapState.CURRENT and status == MapStatus.PUBLISHED and not is_over


def standing_as(
    role: str,
    visibility: str,
    *,
    is_owner: bool = False,
    grant: GrantRole | None = None,
    is_restricted: bool = False,
    is_live: bool = True,
) -> Standing:
    """Give how a member with *role* stands."""
    return Standing(
        rights=RIGHTS[Role(role)],
        visibility=visibility,
        is_owner=is_owner,
        grant=grant,
        is_restricted=is_restricted,
        is_guest=role == Role.GUEST,
        sees_live_only=role == Role.AGENT,
        is_live=is_live,
    )
