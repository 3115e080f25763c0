"""Who may do what with a journey: the table of the specification, role by role."""

from __future__ import annotations

import itertools

import pytest

from cxm.tenants.rules import Right, Role
from journeys.rules.access import Action, Standing, allowed, is_live, sight_in, standing_as
from journeys.rules.reviews import GrantRole
from personas.rules.kinds import Visibility
from personas.rules.map_access import Sight

LETTERS = {
    "f": Action.FIND,
    "r": Action.READ,
    "c": Action.COMMENT,
    "e": Action.EDIT,
    "p": Action.PUBLISH,
    "s": Action.SHARE,
    "l": Action.LET_IN,
    "x": Action.EXPORT,
}
GRANTS = (None, GrantRole.VIEWER, GrantRole.COMMENTER, GrantRole.CONTRIBUTOR)
VISIBILITIES = (Visibility.HIDDEN, Visibility.LISTED, Visibility.VIEWABLE, Visibility.EDITABLE)
# spec/journeys.md 9, written out by hand: for each grant (none, viewer, commenter, contributor)
# what is allowed where the journey is hidden | listed | viewable | editable.
MANAGES = (
    "     | f     | frcsx  | frcepslx",
    "fr   | fr    | frcsx  | frcepslx",
    "frc  | frc   | frcsx  | frcepslx",
    "frcex| frcex | frcesx | frcepslx",
)
EDITS = (
    "     | f     | frcx  | frcex",
    "fr   | fr    | frcx  | frcex",
    "frc  | frc   | frcx  | frcex",
    "frcex| frcex | frcex | frcex",
)
READS = (
    "     | f     | frc  | frc",
    "fr   | fr    | frc  | frc",
    "frc  | frc   | frc  | frc",
    "frc  | frc   | frc  | frc",
)
IS_LET_IN = (
    "     |       |       |      ",
    "fr   | fr    | fr    | fr   ",
    "frc  | frc   | frc   | frc  ",
    "frcex| frcex | frcex | frcex",
)
TABLE = {
    Role.OWNER: MANAGES,
    Role.ADMIN: MANAGES,
    Role.MANAGER: MANAGES,
    Role.ANALYST: EDITS,
    Role.CONTRIBUTOR: EDITS,
    Role.AGENT: READS,
    Role.VIEWER: READS,
    Role.GUEST: IS_LET_IN,
}
# Of one's own journey, however visible it is, without a grant.
OWN = {
    Role.OWNER: "frcepslx",
    Role.ADMIN: "frcepslx",
    Role.MANAGER: "frcepslx",
    Role.ANALYST: "frcepx",
    Role.CONTRIBUTOR: "frcepx",
    Role.AGENT: "frc",
    Role.VIEWER: "frc",
    Role.GUEST: "",
}


def done_by(standing: Standing) -> set[Action]:
    return {action for action in Action if allowed(action, standing)}


def told(letters: str) -> set[Action]:
    return {LETTERS[letter] for letter in letters.strip()}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_does_what_visibility_and_grants_open(role: Role) -> None:
    for grant, line in zip(GRANTS, TABLE[role], strict=True):
        for visibility, letters in zip(VISIBILITIES, line.split("|"), strict=True):
            standing = standing_as(role, visibility, grant=grant)
            assert done_by(standing) == told(letters), (grant, visibility)


@pytest.mark.parametrize("role", list(Role))
def test_the_owner_does_with_a_journey_what_the_role_allows_and_publishes(role: Role) -> None:
    found = [done_by(standing_as(role, one, is_owner=True)) for one in VISIBILITIES]

    assert found == [told(OWN[role])] * 4


@pytest.mark.parametrize("role", list(Role))
def test_of_a_restricted_journey_nothing_goes_out_but_by_those_who_edit(role: Role) -> None:
    for grant, visibility in itertools.product(GRANTS, VISIBILITIES):
        usual = standing_as(role, visibility, grant=grant)
        kept = standing_as(role, visibility, grant=grant, is_restricted=True)
        out = {Action.SHARE, Action.EXPORT} if role is Role.GUEST else {Action.SHARE}
        assert done_by(kept) == done_by(usual) - out


def test_a_viewer_who_may_export_does_not_where_the_journey_is_restricted() -> None:
    rights = frozenset({Right.OPEN_JOURNEYS, Right.EXPORT_JOURNEYS})

    assert allowed(Action.EXPORT, Standing(rights, Visibility.VIEWABLE))
    assert not allowed(Action.EXPORT, Standing(rights, Visibility.VIEWABLE, is_restricted=True))


@pytest.mark.parametrize("role", list(Role))
def test_only_agents_are_kept_to_what_holds_now(role: Role) -> None:
    for grant, visibility in itertools.product(GRANTS, VISIBILITIES):
        shown = standing_as(role, visibility, grant=grant)
        draft = standing_as(role, visibility, grant=grant, is_live=False)
        assert done_by(draft) == (set() if role is Role.AGENT else done_by(shown))


def test_a_program_does_what_its_key_may_where_the_journey_is_open() -> None:
    rights = frozenset({Right.OPEN_JOURNEYS, Right.EDIT_JOURNEYS})
    found = [sight_in(Standing(rights, one)) for one in VISIBILITIES]

    assert found == [Sight.NOTHING, Sight.TITLE, Sight.CONTENT, Sight.CHANGE]
    assert done_by(Standing(frozenset(), Visibility.EDITABLE)) == set()


@pytest.mark.parametrize(
    ("state", "status", "is_over", "expected"),
    [
        ("current", "published", False, True),
        ("current", "published", True, False),
        ("current", "draft", False, False),
        ("current", "in_review", False, False),
        ("current", "retired", False, False),
        ("future", "published", False, False),
        ("ideal", "published", False, False),
        ("past", "retired", True, False),
    ],
)
def test_a_map_holds_now(state: str, status: str, is_over: bool, expected: bool) -> None:
    assert is_live(state, status, is_over=is_over) is expected
