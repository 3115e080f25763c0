"""What people call themselves: in every workspace, on the audit list, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.accounts.models import User
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry, Membership
from cxm.tenants.rules import Role
from cxm.tenants.services import add_member
from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _say(user: User, name: str) -> Any:
    return _client(user).post(reverse("tenants:own-name"), {"name": name}, follow=True)


def _entries(tenant: Tenant) -> list[tuple[Any, list[str]]]:
    with tenant_bound(tenant.pk):
        rows = AuditEntry.objects.for_tenant(tenant).filter(action="member-renamed")
        return [(row.actor_id, row.change_words()) for row in rows.order_by("at", "pk")]


def _named(name: str) -> User:
    user = make.user()
    user.name = name
    user.save(update_fields=["name"])
    return user


def _member(user: User) -> Membership:
    tenant = make.tenant()
    with tenant_bound(tenant.pk):
        return add_member(tenant=tenant, user=user, role=Role.VIEWER, by=None)


@pytest.mark.parametrize("role", [Role.OWNER, Role.VIEWER, Role.GUEST])
def test_a_person_of_any_role_changes_what_they_are_called(role: Role) -> None:
    member = make.member(role=role)

    answer = _say(member.user, "  Ana   Alves ")

    member.user.refresh_from_db()
    assert member.user.name == "Ana Alves"
    assert "Others read “Ana Alves” from now on." in answer.content.decode()
    assert 'value="Ana Alves"' in answer.content.decode()


def test_every_workspace_of_the_person_has_it_on_its_audit_list_and_no_other() -> None:
    user = _named("Ana")
    ours, theirs = _member(user), _member(user)
    foreign = make.member()

    _say(user, "Ana Alves")

    said = ["name: Ana, then Ana Alves"]
    assert _entries(ours.tenant) == [(ours.pk, said)]
    assert _entries(theirs.tenant) == [(theirs.pk, said)]
    assert _entries(foreign.tenant) == []


def test_a_workspace_that_the_person_was_taken_out_of_is_not_told() -> None:
    user = _named("Ana")
    left = _member(user)
    with tenant_bound(left.tenant_id):
        Membership.objects.for_tenant(left.tenant_id).filter(pk=left.pk).update(is_active=False)

    _say(user, "Ana Alves")

    user.refresh_from_db()
    assert (user.name, _entries(left.tenant)) == ("Ana Alves", [])


def test_the_same_name_twice_is_written_down_once() -> None:
    member = make.member()

    _say(member.user, "Ana Alves")
    _say(User.objects.get(pk=member.user.pk), "Ana Alves")

    assert len(_entries(member.tenant)) == 1


def test_who_takes_the_name_away_is_called_a_member() -> None:
    member = _member(_named("Ana"))

    answer = _say(member.user, " ")

    assert "Others read “A member” from now on." in answer.content.decode()
    assert _entries(member.tenant) == [(member.pk, ["name: Ana, then nothing"])]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("ana@x.example", "Leave the e-mail address out", id="an-address"),
        pytest.param("Ana <ana@x.example>", "Leave the e-mail address out", id="one-behind-a-name"),
        pytest.param("A" * 201, "at most 200 characters", id="too-long"),
        pytest.param("A" * 100_000, "at most 200 characters", id="far-too-long"),
        pytest.param("Ana\0", "Null characters are not allowed.", id="nul"),
    ],
)
def test_what_is_no_name_is_refused_in_words(name: str, words: str) -> None:
    member = _member(_named("Ana"))

    answer = _say(member.user, name)

    member.user.refresh_from_db()
    assert (answer.status_code, member.user.name) == (422, "Ana")
    assert words in answer.content.decode()
    assert _entries(member.tenant) == []


def test_a_name_of_markup_is_shown_as_text() -> None:
    answer = _say(make.member().user, '<script>x</script>"&')

    assert "<script>x" not in answer.content.decode()
    assert "“&lt;script&gt;x&lt;/script&gt;&quot;&amp;”" in answer.content.decode()


def test_who_has_not_signed_in_is_asked_to() -> None:
    user = _named("Ana")

    answer = Client().post(reverse("tenants:own-name"), {"name": "Eve"})

    user.refresh_from_db()
    assert answer["Location"] == "/accounts/login/?next=/you/name/"
    assert user.name == "Ana"


def test_a_form_without_its_token_changes_nothing() -> None:
    user = _named("Ana")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    answer = client.post(reverse("tenants:own-name"), {"name": "Eve"})

    user.refresh_from_db()
    assert (answer.status_code, user.name) == (403, "Ana")


def test_the_menu_of_the_person_leads_there() -> None:
    member = make.member()

    shown = _client(member.user).get(f"/t/{member.tenant.slug}/journeys/").content.decode()

    assert shown.count('href="/you/name/"') == 2
