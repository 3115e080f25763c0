"""Who may do what: the table of roles and rights, and who deals in roles."""

from __future__ import annotations

import pytest

from cxm.tenants.rules import MEANINGS, RIGHT_MEANINGS, RIGHTS, Right, Role, may, may_give

# spec/feedback.md 13.1, as far as the rights exist: the roles that have each right.
EVERYBODY = set(Role)
STAFF = {Role.OWNER, Role.ADMIN}
MANAGERS = STAFF | {Role.MANAGER}
TABLE: dict[Right, set[Role]] = {
    Right.SEE_FIGURES: EVERYBODY - {Role.GUEST},
    Right.SEE_REGISTRIES: EVERYBODY - {Role.GUEST},
    Right.OPEN_JOURNEYS: EVERYBODY,
    Right.SEE_RESPONSES: EVERYBODY - {Role.GUEST},
    Right.SEE_JOBS: EVERYBODY - {Role.GUEST},
    Right.COMMENT: EVERYBODY - {Role.GUEST},
    Right.SEE_PERSONS: MANAGERS | {Role.AGENT},
    Right.SEE_CUSTOMERS: MANAGERS | {Role.ANALYST, Role.AGENT},
    Right.SERVE_CUSTOMERS: MANAGERS | {Role.AGENT},
    Right.EDIT_CUSTOMERS: MANAGERS,
    Right.EDIT_SEGMENTS: MANAGERS | {Role.ANALYST},
    Right.ERASE_PERSONS: STAFF,
    Right.MANAGE_SOURCES: STAFF,
    Right.SEND_EVENTS: STAFF,
    Right.SEE_JOURNEYS: EVERYBODY - {Role.GUEST},
    Right.EDIT_JOURNEYS: MANAGERS | {Role.ANALYST, Role.CONTRIBUTOR},
    Right.SEE_EXCERPTS: MANAGERS | {Role.ANALYST, Role.CONTRIBUTOR},
    Right.EXPORT_JOURNEYS: MANAGERS | {Role.ANALYST, Role.CONTRIBUTOR},
    Right.SHARE_JOURNEYS: MANAGERS,
    Right.PUBLISH_JOURNEYS: MANAGERS,
    Right.EDIT_REGISTRIES: MANAGERS | {Role.CONTRIBUTOR},
    Right.IMPORT_FEEDBACK: MANAGERS,
    Right.MANAGE_JOBS: MANAGERS,
    Right.SEE_PEOPLE: MANAGERS,
    Right.MANAGE_PEOPLE: STAFF,
    Right.MANAGE_TENANT: STAFF,
    Right.MANAGE_KEYS: STAFF,
    Right.SEE_AUDIT: STAFF,
}


@pytest.mark.parametrize("right", list(Right))
def test_a_right_belongs_to_its_roles_and_no_others(right: Right) -> None:
    assert {role for role in Role if may(role, right)} == TABLE[right]


def test_an_unknown_role_may_nothing() -> None:
    assert [right for right in Right if may("king", right)] == []


@pytest.mark.parametrize(
    ("giver", "given"),
    [
        (Role.OWNER, set(Role)),
        (Role.ADMIN, set(Role) - {Role.OWNER}),
        (Role.MANAGER, set()),
        (Role.VIEWER, set()),
    ],
)
def test_roles_are_handed_out_by(giver: Role, given: set[Role]) -> None:
    assert {role for role in Role if may_give(giver, role)} == given


def test_every_role_and_every_right_is_explained() -> None:
    assert (set(MEANINGS), set(RIGHTS)) == (set(Role), set(Role))
    assert set(RIGHT_MEANINGS) == set(Right)
