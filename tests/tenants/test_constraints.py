"""What the database holds about tenants, whatever the code says."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership
from cxm.tenants.rules import Role
from cxm.tenants.services import invite
from cxm.touchpoints.models import Touchpoint
from tests import make

pytestmark = pytest.mark.django_db


def _owner() -> Membership:
    return make.member(role=Role.OWNER)


def _refused(owner: Membership, statement: str, *values: Any) -> None:
    with tenant_bound(owner.tenant_id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tenants_auditentry SET action = 'x'",
        "DELETE FROM tenants_auditentry",
        "TRUNCATE tenants_auditentry",
    ],
)
def test_audit_entries_are_only_ever_added(statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        _refused(_owner(), statement)


def test_a_row_cannot_point_into_another_tenant() -> None:
    owner = _owner()
    theirs = make.channel(of=make.tenant())
    mine = make.touchpoint(of=owner.tenant)

    with pytest.raises(IntegrityError, match="touchpoints_touchpoint_channel_id"):
        _refused(
            owner,
            "UPDATE touchpoints_touchpoint SET channel_id = %s WHERE id = %s",
            theirs.pk,
            mine.pk,
        )


def test_a_row_cannot_be_written_for_another_tenant() -> None:
    owner, other = _owner(), make.tenant()

    with pytest.raises(DatabaseError, match="row-level security"):
        _refused(
            owner,
            "INSERT INTO touchpoints_touchpoint (id, tenant_id, key, title, interaction, "
            "initiator, description) VALUES (cxm_uuid7(), %s, 'a', 'A', 'action', 'customer', '')",
            other.pk,
        )
    with tenant_bound(other.pk):
        assert Touchpoint.objects.for_tenant(other).count() == 0


@pytest.mark.parametrize(
    ("constraint", "statement"),
    [
        (
            "tenants_membership_once_per_tenant",
            (
                "INSERT INTO tenants_membership (id, tenant_id, user_id, role, is_active) "
                "SELECT cxm_uuid7(), tenant_id, user_id, role, true FROM tenants_membership"
            ),
        ),
        (
            "tenants_membership_known_role",
            "UPDATE tenants_membership SET role = 'king'",
        ),
        (
            "tenants_invitation_ends_after_it_begins",
            "UPDATE tenants_invitation SET expires_at = created_at",
        ),
        (
            "tenants_invitation_one_token",
            (
                "INSERT INTO tenants_invitation (id, tenant_id, email, role, token_hash, "
                "created_at, expires_at) SELECT cxm_uuid7(), tenant_id, email, role, token_hash, "
                "created_at, expires_at FROM tenants_invitation"
            ),
        ),
        (
            "tenants_apikey_one_public_id",
            (
                "INSERT INTO tenants_apikey (id, tenant_id, name, public_id, secret_hash, rights, "
                "created_at) SELECT cxm_uuid7(), tenant_id, name, public_id, secret_hash, rights, "
                "created_at FROM tenants_apikey"
            ),
        ),
    ],
)
def test_the_database_holds(constraint: str, statement: str) -> None:
    owner = _owner()
    make.api_key(of=owner.tenant)
    with tenant_bound(owner.tenant_id):
        invite(
            tenant=owner.tenant,
            email="ann@example.com",
            role=Role.VIEWER,
            by=owner,
            now=make.NOW,
        )

    with pytest.raises(IntegrityError, match=constraint):
        _refused(owner, statement)
