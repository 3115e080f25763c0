"""Looking a map over on its page, and what that keeps from being published."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cxm.collaboration.rules.kinds import EvidenceKind
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.errors import UnsoundMapError
from journeys.models import Journey, JourneyMap, Lineage
from journeys.rules.lint import findings
from journeys.selectors.looking_over import facts_of
from journeys.services.maps import publish_map
from tests import make
from tests.journeys import charting, shelving
from tests.personas import citing

if TYPE_CHECKING:
    from uuid import UUID

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def url(member: Membership, pk: UUID) -> str:
    return f"/t/{member.tenant.slug}/maps/{pk}/check/"


def drawn(member: Membership, title: str = "Hand over") -> UUID:
    pk = charting.blank_map(member, charting.journey(member))
    charting.stage(member, pk, title)
    return pk


def published(member: Membership, pk: UUID) -> JourneyMap:
    with tenant_bound(member.tenant_id):
        row = JourneyMap.objects.for_tenant(member.tenant).get(pk=pk)
        publish_map(of=row, by=member, now=make.NOW)
    return row


def test_what_is_found_is_shown_with_the_way_to_it(client: Client) -> None:
    member = make.member()
    pk = drawn(member, "")
    client.force_login(member.user)

    text = client.get(url(member, pk)).content.decode()

    assert "A stage has no title." in text
    assert "happens at no touchpoint" in text
    assert "?of=" in text


def test_a_map_with_errors_is_not_published() -> None:
    member = make.member()
    pk = drawn(member, "")

    with pytest.raises(UnsoundMapError, match="A stage has no title") as refused:
        published(member, pk)

    assert refused.value.more() == {"findings": ["A stage has no title."]}


def test_nobody_publishes_for_a_journey_that_nobody_owns() -> None:
    member = make.member()
    pk = drawn(member)
    with tenant_bound(member.tenant_id):
        Journey.objects.for_tenant(member.tenant).update(owner=None)

    with pytest.raises(UnsoundMapError, match="no owner"):
        published(member, pk)


def test_a_sound_map_is_published_whatever_else_is_found() -> None:
    member = make.member()

    row = published(member, drawn(member))

    with tenant_bound(member.tenant_id):
        row.refresh_from_db()
    assert row.status == "published"


def test_nobody_else_finds_what_is_found(client: Client) -> None:
    member, stranger = make.member(), make.member(role=Role.OWNER)
    pk = drawn(member)
    client.force_login(stranger.user)

    assert client.get(url(member, pk)).status_code == 404
    assert client.get(url(stranger, pk)).status_code == 404


def test_looking_over_takes_no_more_queries_for_more_steps(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    member = make.member()
    pk = drawn(member)
    for _ in range(3):
        charting.stage(member, pk, steps=4)
    client.force_login(member.user)
    client.get(url(member, pk))

    with django_assert_max_num_queries(30):
        client.get(url(member, pk))


def test_what_nothing_backs_and_what_is_old_is_told() -> None:
    member = make.member()
    pk = charting.blank_map(member, charting.journey(member))
    [_, one, two, _] = charting.stage(member, pk, steps=3)
    _cite(member, one, kind=EvidenceKind.METRIC, subjects=900, days=400)
    charting.card(member, pk, charting.lane(member, pk, "file", "Files"), one)

    before = _found(member, pk)
    _cite(member, two, days=1, subjects=9)
    _cite(member, one, days=1, subjects=9)

    assert before == {("J10", None), ("J11", one)}
    assert _found(member, pk) == set()


def test_a_journey_that_was_never_reviewed_is_due_from_its_first_day() -> None:
    member = make.member()
    pk = drawn(member)
    with tenant_bound(member.tenant_id):
        made_on = make.NOW - timedelta(days=91)
        Journey.objects.for_tenant(member.tenant).update(review_every_days=90, created_at=made_on)

    assert "J22" in {code for code, _ in _found(member, pk, codes={"J22"})}


def _cite(member: Membership, step: UUID, **told: Any) -> None:
    with tenant_bound(member.tenant_id):
        lineage = Lineage.objects.for_tenant(member.tenant).get(pk=step)
    shelving.cite(member, lineage, citing.evidence(member, **told))


def _found(
    member: Membership, pk: UUID, codes: frozenset[str] | set[str] = frozenset({"J10", "J11"})
) -> set[tuple[str, UUID | None]]:
    state = charting.state_of(member, pk)
    with tenant_bound(member.tenant_id):
        rows = JourneyMap.objects.for_tenant(member.tenant).select_related("tenant", "journey")
        facts = facts_of(rows.get(pk=pk), state, today=make.NOW.date())
    return {(one.code, one.about) for one in findings(facts) if one.code in codes}
