"""What the rows of tenants say about themselves."""

from __future__ import annotations

from typing import Any

import pytest

from cxm.tenants.models import ApiKey, AuditEntry, Invitation, Tenant


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (Tenant(slug="acme"), "acme"),
        (Invitation(email="ann@example.com", role="viewer"), "ann@example.com as viewer"),
        (ApiKey(name="Export"), "Export"),
        (AuditEntry(action="key-created", object_name="Export"), "key-created Export"),
    ],
    ids=["tenant", "invitation", "key", "audit-entry"],
)
def test_a_row_names_itself(row: Any, name: str) -> None:
    assert str(row) == name


def test_a_deed_is_said_in_words() -> None:
    assert AuditEntry(action="member-changed").action_words() == "Member changed"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, []),
        ({"name": ["Old", "New"]}, ["name: Old, then New"]),
        ({"channel": ["", "Web"]}, ["channel: nothing, then Web"]),
        ({"owner": [None, "Ann"]}, ["owner: nothing, then Ann"]),
        ({"role": "viewer"}, ["role: viewer"]),
        ({"rights": ["see_audit", "comment"]}, ["rights: see audit, comment"]),
        (
            {
                "before": {"role": "viewer", "is_active": True},
                "after": {"role": "viewer", "is_active": False},
            },
            ["is active: yes, then no"],
        ),
        ({"counts": {"a": 1}}, ["counts: {'a': 1}"]),
    ],
    ids=["none", "pair", "from-blank", "from-null", "word", "list", "both-sides", "nested"],
)
def test_changes_are_said_in_words(changes: dict[str, Any], words: list[str]) -> None:
    assert AuditEntry(changes=changes).change_words() == words
