"""What is read of a tenant's people, and which tables refer to a model."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.tenants import selectors
from cxm.tenants.binding import tenant_bound
from cxm.tenants.fields import references_to
from cxm.tenants.models import Membership, Tenant
from cxm.tenants.rules import Role
from cxm.tenants.selectors import likely_tenant_ids, member_choices
from cxm.work.models import Job, Outbox
from tests import make


@pytest.mark.django_db
def test_who_sees_the_members_chooses_among_those_who_are_there() -> None:
    reader = make.member(role=Role.ADMIN, email="reader@example.com")
    other = make.member(of=reader.tenant, email="other@example.com")
    gone = make.member(of=reader.tenant, email="gone@example.com")
    with tenant_bound(reader.tenant_id):
        Membership.objects.for_tenant(reader.tenant).filter(pk=gone.pk).update(is_active=False)
        gone.refresh_from_db()

        offered = dict(member_choices(None, reader))
        with_owner = dict(member_choices(gone, reader))

    assert offered[""] == "Nobody"
    assert set(offered) == {"", str(reader.pk), str(other.pk)}
    assert set(with_owner) == {"", str(reader.pk), str(other.pk), str(gone.pk)}


@pytest.mark.django_db
def test_who_does_not_see_the_members_finds_themselves_and_reads_no_address() -> None:
    reader = make.member(role=Role.CONTRIBUTOR, email="reader@example.com")
    owner = make.member(of=reader.tenant, email="owner@example.com")
    with tenant_bound(reader.tenant_id):
        alone = member_choices(None, reader)
        offered = member_choices(owner, reader)

    assert [key for key, _ in alone] == ["", str(reader.pk)]
    assert {key for key, _ in offered} == {"", str(reader.pk), str(owner.pk)}
    assert not any("@" in name for _, name in offered)


def test_references_to_a_model_are_found_over_all_apps() -> None:
    found = {(field.model, field.name) for field in references_to(Membership)}

    assert (Job, "by") in found
    assert not any(model is Outbox for model, _ in found)


@pytest.mark.django_db
def test_a_slug_is_remembered_and_looked_up_again_when_it_leads_elsewhere() -> None:
    first, second = make.tenant(), make.tenant()

    assert [*likely_tenant_ids(first.slug)] == [first.pk]
    with CaptureQueriesContext(connection) as asked:
        assert next(likely_tenant_ids(first.slug)) == first.pk
    assert len(asked) == 0
    # Nobody renames a workspace; if it were done, the remembered one is tried and found wanting.
    slug = first.slug
    for tenant, name in ((first, "gone"), (second, slug)):
        with tenant_bound(tenant.pk):
            Tenant.objects.filter(pk=tenant.pk).update(slug=name)

    assert [*likely_tenant_ids(slug)] == [first.pk, second.pk]
    assert [*likely_tenant_ids(slug)] == [second.pk]
    assert [*likely_tenant_ids("nobody")] == []


@pytest.mark.django_db
def test_only_so_many_slugs_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "MOST_REMEMBERED", 2)
    slugs = [make.tenant().slug for _ in range(3)]
    for slug in slugs:
        assert len([*likely_tenant_ids(slug)]) == 1

    asked = []
    for slug in reversed(slugs):
        with CaptureQueriesContext(connection) as queries:
            next(likely_tenant_ids(slug))
        asked.append(len(queries))

    assert asked == [0, 0, 1]
