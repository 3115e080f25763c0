"""Merges, archiving and restoring of the same touchpoints at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import Touchpoint
from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROUNDS = 8
DONE, REFUSED = 302, 422


def _post_at_once(client: Client, posts: list[tuple[str, dict[str, str]]]) -> set[int]:
    start = threading.Barrier(len(posts))

    def post(address: str, sent: dict[str, str]) -> int:
        start.wait()
        try:
            return client.post(address, sent).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(posts)) as pool:
        return set(pool.map(post, *zip(*posts, strict=True)))


def _odd_ones(tenant: Tenant) -> list[str]:
    """List what is merged and yet on the lists, or merged into what is merged itself."""
    with tenant_bound(tenant.pk):
        merged = Touchpoint.objects.for_tenant(tenant).filter(merged_into__isnull=False)
        rows = merged.select_related("merged_into")
        return [r.title for r in rows if not r.archived_at or r.merged_into.merged_into_id]


def test_merges_in_a_circle_block_nobody_and_leave_no_chain() -> None:
    member = make.member()
    client = Client(raise_request_exception=False)
    client.force_login(member.user)
    answers = set()

    for number in range(ROUNDS):
        a, b, c = (
            f"/t/{member.tenant.slug}/touchpoints/{row.pk}/"
            for row in (
                make.touchpoint(of=member.tenant, title=f"{name}{number}") for name in "ABC"
            )
        )
        into_a, into_b, into_c = ({"into": address.split("/")[-2]} for address in (a, b, c))
        answers |= _post_at_once(
            client,
            [
                (f"{a}merge/", into_b),
                (f"{b}merge/", into_a),
                (f"{c}merge/", into_b),
                (f"{b}merge/", into_c),
                (f"{a}archive/", {}),
                (f"{a}restore/", {}),
            ],
        )

    assert answers <= {DONE, REFUSED}
    assert _odd_ones(member.tenant) == []
