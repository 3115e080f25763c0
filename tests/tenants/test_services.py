"""What people can do about members, invitations, keys and tenants, and what they cannot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cxm.accounts.models import User
from cxm.tenants import errors, services
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry, Invitation, Membership, Tenant
from cxm.tenants.rules import RIGHTS, Right, Role
from cxm.tenants.selectors import tenant_by_id, tenant_by_slug
from tests import make

pytestmark = pytest.mark.django_db


def _owner() -> Membership:
    return make.member(role=Role.OWNER)


def _invited(by: Membership, email: str = "ann@example.com") -> tuple[Invitation, str]:
    return services.invite(tenant=by.tenant, email=email, role=Role.ANALYST, by=by, now=make.NOW)


def _deeds(member: Membership) -> list[str]:
    entries = AuditEntry.objects.for_tenant(member.tenant_id).order_by("at", "pk")
    return list(entries.values_list("action", flat=True))


# Tenants


def test_a_short_name_belongs_to_one_tenant() -> None:
    taken = make.tenant()

    with pytest.raises(errors.SlugTakenError, match=taken.slug):
        services.create_tenant(slug=taken.slug, name="Other")


def test_a_short_name_taken_at_the_same_moment_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken = make.tenant()
    monkeypatch.setattr(services, "tenant_by_slug", lambda _: None)

    with pytest.raises(errors.SlugTakenError):
        services.create_tenant(slug=taken.slug, name="Other")


def test_a_time_zone_is_one_of_the_known_ones() -> None:
    with pytest.raises(errors.UnknownZoneError, match="Mars/Olympus"):
        services.create_tenant(slug="mars", name="Mars", time_zone="Mars/Olympus")


def test_a_tenant_is_found_by_its_short_name_or_its_id_and_else_not() -> None:
    tenant = make.tenant()

    assert tenant_by_slug(tenant.slug) == tenant_by_id(tenant.pk) == tenant
    assert tenant_by_slug("nobody") is None


def test_a_renamed_tenant_keeps_its_address() -> None:
    owner = _owner()

    with tenant_bound(owner.tenant_id):
        services.rename_tenant(tenant=owner.tenant, name="New", by=owner)
        found = Tenant.objects.get(pk=owner.tenant_id)
        entry = AuditEntry.objects.for_tenant(found).get(action="tenant-renamed")

    assert (found.name, found.slug) == ("New", owner.tenant.slug)
    assert entry.changes == {"name": ["Acme", "New"]}


# Members


def test_a_removed_member_who_is_added_again_comes_back_with_the_new_role() -> None:
    owner = _owner()
    with tenant_bound(owner.tenant_id):
        member = services.add_member(
            tenant=owner.tenant, user=make.user(), role=Role.VIEWER, by=owner
        )
        services.change_member(membership=member, role=Role.VIEWER, is_active=False, by=owner)

        again = services.add_member(
            tenant=owner.tenant, user=member.user, role=Role.ANALYST, by=owner
        )

    assert (again.pk, again.role, again.is_active) == (member.pk, "analyst", True)


@pytest.mark.parametrize(
    ("giver", "before", "after"),
    [
        pytest.param(Role.ADMIN, Role.VIEWER, Role.OWNER, id="an-admin-makes-no-owner"),
        pytest.param(Role.ADMIN, Role.OWNER, Role.VIEWER, id="an-admin-unmakes-no-owner"),
        pytest.param(Role.MANAGER, Role.VIEWER, Role.ANALYST, id="a-manager-gives-no-role"),
        pytest.param(Role.VIEWER, Role.VIEWER, Role.ADMIN, id="a-viewer-gives-no-role"),
    ],
)
def test_roles_are_given_by_those_who_may(giver: Role, before: Role, after: Role) -> None:
    owner = _owner()
    by = make.member(of=owner.tenant, role=giver)
    member = make.member(of=owner.tenant, role=before)

    with tenant_bound(owner.tenant_id), pytest.raises(errors.RoleNotYoursError):
        services.change_member(membership=member, role=after, is_active=True, by=by)


def test_an_admin_adds_no_owner() -> None:
    admin = make.member(role=Role.ADMIN)

    with tenant_bound(admin.tenant_id), pytest.raises(errors.RoleNotYoursError):
        services.add_member(tenant=admin.tenant, user=make.user(), role=Role.OWNER, by=admin)


@pytest.mark.parametrize(
    ("role", "is_active"), [(Role.ADMIN, True), (Role.OWNER, False)], ids=["demoted", "removed"]
)
def test_the_last_owner_stays(role: Role, is_active: bool) -> None:
    owner = _owner()

    with tenant_bound(owner.tenant_id), pytest.raises(errors.LastOwnerError):
        services.change_member(membership=owner, role=role, is_active=is_active, by=owner)


def test_one_of_two_owners_may_step_back() -> None:
    owner = _owner()
    make.member(of=owner.tenant, role=Role.OWNER)

    with tenant_bound(owner.tenant_id):
        services.change_member(membership=owner, role=Role.ADMIN, is_active=True, by=owner)
        owner.refresh_from_db()

    assert owner.role == "admin"


def test_a_key_with_the_right_deals_in_roles_as_an_admin() -> None:
    owner = _owner()
    key, _ = make.api_key(of=owner.tenant)
    viewer = make.member(of=owner.tenant, role=Role.VIEWER)

    with tenant_bound(owner.tenant_id):
        services.change_member(membership=viewer, role=Role.ANALYST, is_active=True, by=key)
        with pytest.raises(errors.RoleNotYoursError):
            services.change_member(membership=owner, role=Role.ADMIN, is_active=True, by=key)
        entry = AuditEntry.objects.for_tenant(owner.tenant).get(action="member-changed")

    assert (entry.api_key_id, entry.actor_id) == (key.pk, None)
    assert entry.change_words() == ["role: viewer, then analyst"]


# Invitations


def test_a_link_makes_its_person_a_member_once() -> None:
    owner = _owner()
    ann = make.user(email="ann@example.com")

    with tenant_bound(owner.tenant_id):
        invitation, _ = _invited(owner, email=" Ann@Example.com ")
        member = services.accept_invitation(invitation=invitation, user=ann, now=make.NOW)
        with pytest.raises(errors.InvitationOverError):
            services.accept_invitation(invitation=invitation, user=ann, now=make.NOW)
        deeds = _deeds(owner)

    assert (member.user, member.role) == (ann, "analyst")
    assert deeds[-2:] == ["member-invited", "invitation-accepted"]


def test_only_the_hash_of_a_link_is_kept() -> None:
    owner = _owner()

    with tenant_bound(owner.tenant_id):
        invitation, token = _invited(owner)

    assert invitation.token_hash == services.token_hash(token)
    assert len(token) >= 43


def test_a_link_is_for_its_own_person() -> None:
    owner, eve = _owner(), make.user(email="eve@example.com")

    with tenant_bound(owner.tenant_id):
        invitation, _ = _invited(owner)
        with pytest.raises(errors.InvitationForAnotherError, match=r"ann@example\.com"):
            services.accept_invitation(invitation=invitation, user=eve, now=make.NOW)


def test_a_link_runs_out() -> None:
    owner, ann = _owner(), make.user(email="ann@example.com")

    with tenant_bound(owner.tenant_id):
        invitation, _ = _invited(owner)
        with pytest.raises(errors.InvitationOverError):
            services.accept_invitation(
                invitation=invitation, user=ann, now=make.NOW + services.INVITATION_LASTS
            )


def test_a_withdrawn_link_is_worthless_and_cannot_be_withdrawn_twice() -> None:
    owner, ann = _owner(), make.user(email="ann@example.com")

    with tenant_bound(owner.tenant_id):
        invitation, _ = _invited(owner)
        services.withdraw_invitation(invitation=invitation, by=owner, now=make.NOW)
        with pytest.raises(errors.InvitationOverError):
            services.accept_invitation(invitation=invitation, user=ann, now=make.NOW)
        with pytest.raises(errors.InvitationOverError):
            services.withdraw_invitation(invitation=invitation, by=owner, now=make.NOW)


def test_a_second_link_for_the_same_address_withdraws_the_first() -> None:
    owner = _owner()

    with tenant_bound(owner.tenant_id):
        first, _ = _invited(owner)
        _invited(owner)
        first.refresh_from_db()

    assert first.withdrawn_at == make.NOW


def test_members_are_not_invited() -> None:
    owner = _owner()
    make.member(of=owner.tenant, email="ann@example.com")

    with tenant_bound(owner.tenant_id), pytest.raises(errors.AlreadyMemberError):
        _invited(owner)


def test_who_became_a_member_meanwhile_keeps_the_role_and_the_link() -> None:
    owner = _owner()
    with tenant_bound(owner.tenant_id):
        invitation, _ = _invited(owner)
    member = make.member(of=owner.tenant, role=Role.ADMIN, email="ann@example.com")

    with tenant_bound(owner.tenant_id):
        with pytest.raises(errors.AlreadyMemberError):
            services.accept_invitation(invitation=invitation, user=member.user, now=make.NOW)
        member.refresh_from_db()
        invitation.refresh_from_db()

    assert (member.role, invitation.accepted_at) == ("admin", None)


def test_an_admin_invites_no_owner() -> None:
    admin = make.member(role=Role.ADMIN)

    with tenant_bound(admin.tenant_id), pytest.raises(errors.RoleNotYoursError):
        services.invite(
            tenant=admin.tenant, email="a@example.com", role=Role.OWNER, by=admin, now=make.NOW
        )


def test_who_shares_journeys_invites_guests_and_nobody_else() -> None:
    manager = make.member(role=Role.MANAGER)
    told: dict[str, Any] = {"tenant": manager.tenant, "by": manager, "now": make.NOW}

    with tenant_bound(manager.tenant_id):
        guest, _ = services.invite(email="ann@example.com", role=Role.GUEST, **told)
        with pytest.raises(errors.RoleNotYoursError):
            services.invite(email="bob@example.com", role=Role.VIEWER, **told)

    assert guest.role == Role.GUEST


def test_who_shares_no_journeys_invites_no_guests() -> None:
    viewer = make.member(role=Role.VIEWER)

    with tenant_bound(viewer.tenant_id), pytest.raises(errors.RoleNotYoursError):
        services.invite(
            tenant=viewer.tenant, email="a@example.com", role=Role.GUEST, by=viewer, now=make.NOW
        )


def test_a_new_person_joins_with_an_account_of_their_own() -> None:
    owner = _owner()

    with tenant_bound(owner.tenant_id):
        invitation, _ = _invited(owner)
        member = services.join_as_new_person(
            invitation=invitation, name="Ann", password=make.PASSWORD, now=make.NOW
        )

    ann = User.objects.get(email="ann@example.com")
    assert (member.user, ann.name, ann.check_password(make.PASSWORD)) == (ann, "Ann", True)


def test_who_has_an_account_cannot_be_given_another_password_by_a_link() -> None:
    owner, ann = _owner(), make.user(email="ann@example.com")

    with tenant_bound(owner.tenant_id):
        invitation, _ = _invited(owner)
        with pytest.raises(errors.AccountExistsError, match="sign in"):
            services.join_as_new_person(
                invitation=invitation, name="Eve", password="another-password", now=make.NOW
            )

    ann.refresh_from_db()
    assert ann.check_password(make.PASSWORD)


# Keys


def test_a_key_holds_the_rights_it_was_given_and_no_secret() -> None:
    owner = _owner()

    with tenant_bound(owner.tenant_id):
        key, text = services.create_api_key(
            tenant=owner.tenant,
            name="Export",
            rights=[Right.SEE_FIGURES],
            by=owner,
            now=make.NOW,
            expires_at=make.NOW + timedelta(days=1),
        )

    _, public_id, secret = text.split("_", 2)
    assert (key.rights, key.public_id, key.created_by) == (["see_figures"], public_id, owner)
    assert key.secret_hash == services.token_hash(secret)
    assert key.right_words() == "Read figures"


def test_nobody_gives_a_key_rights_that_they_lack() -> None:
    owner = _owner()
    analyst = make.member(of=owner.tenant, role=Role.ANALYST)
    keyring, _ = make.api_key(of=owner.tenant, rights=[Right.MANAGE_KEYS])

    for by in (analyst, keyring):
        with tenant_bound(owner.tenant_id), pytest.raises(errors.RightsNotYoursError):
            services.create_api_key(
                tenant=owner.tenant, name="x", rights=[Right.MANAGE_PEOPLE], by=by, now=make.NOW
            )


def test_a_key_made_by_a_key_names_no_person() -> None:
    keyring, _ = make.api_key()

    with tenant_bound(keyring.tenant_id):
        key, _ = services.create_api_key(
            tenant=keyring.tenant, name="x", rights=[Right.COMMENT], by=keyring, now=make.NOW
        )

    assert key.created_by is None


def test_a_key_cannot_have_run_out_before_it_was_made() -> None:
    owner = _owner()

    with tenant_bound(owner.tenant_id), pytest.raises(errors.KeyEndsInThePastError):
        services.create_api_key(
            tenant=owner.tenant,
            name="x",
            rights=[],
            by=owner,
            now=make.NOW,
            expires_at=make.NOW,
        )


def test_revoking_twice_is_one_deed() -> None:
    owner = _owner()
    key, _ = make.api_key(of=owner.tenant)

    with tenant_bound(owner.tenant_id):
        services.revoke_api_key(key=key, by=owner, now=make.NOW)
        services.revoke_api_key(key=key, by=owner, now=make.NOW + timedelta(days=1))
        key.refresh_from_db()
        deeds = _deeds(owner)

    assert (key.revoked_at, deeds.count("key-revoked")) == (make.NOW, 1)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.OWNER])
def test_a_key_gives_no_role_with_rights_that_it_lacks(role: Role) -> None:
    tenant = make.tenant()
    key, _ = make.api_key(of=tenant, rights=[Right.MANAGE_PEOPLE, *RIGHTS[Role.VIEWER]])

    with tenant_bound(tenant.pk), pytest.raises(errors.RoleNotYoursError):
        services.invite(tenant=tenant, email="a@example.com", role=role, by=key, now=make.NOW)


def test_a_key_gives_a_role_whose_rights_it_has() -> None:
    tenant = make.tenant()
    key, _ = make.api_key(of=tenant, rights=[Right.MANAGE_PEOPLE, *RIGHTS[Role.VIEWER]])

    with tenant_bound(tenant.pk):
        invitation, _ = services.invite(
            tenant=tenant, email="a@example.com", role=Role.VIEWER, by=key, now=make.NOW
        )

    assert invitation.role == Role.VIEWER
