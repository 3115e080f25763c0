"""Definitions of churn that several people change at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from analytics.models import ChurnDefinition
from analytics.services.churn_definitions import archive_churn_definition, lead_with
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make
from tests.analytics.churning import definition

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 8


def _archived(member: Membership, pk: UUID, *, is_archived: bool) -> None:
    try:
        with tenant_bound(member.tenant_id):
            found = ChurnDefinition.objects.for_tenant(member.tenant).get(pk=pk)
            archive_churn_definition(
                definition=found, is_archived=is_archived, by=member, now=make.NOW
            )
    finally:
        connection.close()


def _led(member: Membership, pk: UUID) -> None:
    try:
        with tenant_bound(member.tenant_id):
            found = ChurnDefinition.objects.for_tenant(member.tenant).get(pk=pk)
            lead_with(definition=found, by=member)
    finally:
        connection.close()


def test_archiving_and_bringing_back_all_at_once_leaves_one_leader() -> None:
    member = make.member(of=make.tenant(), role=Role.MANAGER)
    made = [definition(of=member.tenant, title=f"Silent {place}").pk for place in range(MANY)]

    for is_archived in (True, False):
        with ThreadPoolExecutor(MANY) as threads:
            for done in [
                threads.submit(_archived, member, pk, is_archived=is_archived) for pk in made
            ]:
                done.result()
        with tenant_bound(member.tenant_id):
            rows = ChurnDefinition.objects.for_tenant(member.tenant)
            assert rows.filter(archived_at=None).count() == (0 if is_archived else MANY)
            assert rows.filter(is_headline=True).count() == (0 if is_archived else 1)


def test_leading_and_archiving_at_once_leaves_one_leader() -> None:
    member = make.member(of=make.tenant(), role=Role.MANAGER)
    made = [definition(of=member.tenant, title=f"Silent {place}").pk for place in range(MANY)]

    with ThreadPoolExecutor(MANY) as threads:
        waiting = [threads.submit(_led, member, pk) for pk in made]
        waiting += [threads.submit(_archived, member, pk, is_archived=True) for pk in made[:4]]
        for done in waiting:
            done.result()

    with tenant_bound(member.tenant_id):
        rows = ChurnDefinition.objects.for_tenant(member.tenant)
        [leader] = rows.filter(is_headline=True)
        assert leader.archived_at is None
