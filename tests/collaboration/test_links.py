"""Links for people outside, as they are kept: tokens, passwords, visits."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from cxm.collaboration.models import ShareLink, ShareVisit
from cxm.collaboration.rules.link_errors import LinkError
from cxm.collaboration.rules.links import MOST_COUNTED, Terms
from cxm.collaboration.services.links import (
    Tried,
    make_link,
    note_visit,
    revoke_link,
    try_password,
)
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

NOW = make.NOW
PASSWORD = "between us both"


@pytest.fixture
def bea() -> Membership:
    return make.member()


def made(by: Membership, **terms: Any) -> tuple[ShareLink, str]:
    told = {"kinds": ("text",), "expires_at": NOW + timedelta(days=90), **terms}
    with tenant_bound(by.tenant_id):
        return make_link(tenant=by.tenant, about=by, terms=Terms(**told), by=by, now=NOW)


def again(link: ShareLink) -> ShareLink:
    with tenant_bound(link.tenant_id):
        return ShareLink.objects.for_tenant(link.tenant_id).get(pk=link.pk)


def tried(link: ShareLink, password: str, at: datetime = NOW) -> Tried:
    with tenant_bound(link.tenant_id):
        return try_password(link=link, password=password, now=at)


def deeds(of: Membership) -> list[tuple[str, Any]]:
    with tenant_bound(of.tenant_id):
        entries = AuditEntry.objects.for_tenant(of.tenant).filter(action__startswith="share-link")
        return [(one.action, one.changes) for one in entries.order_by("at", "pk")]


@pytest.mark.django_db
def test_a_link_keeps_neither_its_token_nor_its_password(bea: Membership) -> None:
    link, token = made(bea, password=PASSWORD, label="  The   agency ")

    row = again(link)
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) == 43
    assert row.label == "The agency"
    told = repr(vars(row)) + repr(deeds(bea))
    assert token not in told
    assert PASSWORD not in told


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("terms", "field"),
    [
        pytest.param({"expires_at": NOW}, "expires_at", id="over"),
        pytest.param({"expires_at": NOW + timedelta(days=365, seconds=1)}, "expires_at", id="long"),
        pytest.param({"password": "7 signs"}, "password", id="short-password"),
        pytest.param({"password": "x" * 129}, "password", id="long-password"),
        pytest.param({"label": "x" * 121}, "label", id="long-label"),
    ],
)
def test_a_link_is_refused(bea: Membership, terms: dict[str, Any], field: str) -> None:
    with pytest.raises(LinkError) as refused:
        made(bea, **terms)

    assert refused.value.field == field
    assert deeds(bea) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "terms", [{"expires_at": NOW + timedelta(days=365)}, {"password": "8 signs!"}]
)
def test_a_link_may_go_to_the_edge(bea: Membership, terms: dict[str, Any]) -> None:
    link, _ = made(bea, **terms)

    assert again(link) == link


@pytest.mark.django_db
def test_a_link_is_revoked_once_and_written_down(bea: Membership) -> None:
    link, _ = made(bea, label="Agency", password=PASSWORD, freeze_seq=7)
    for moment in (NOW, NOW + timedelta(hours=1)):
        with tenant_bound(bea.tenant_id):
            revoke_link(link=link, about=bea, by=bea, now=moment)

    assert again(link).revoked_at == NOW
    assert deeds(bea) == [
        (
            "share-link-made",
            {
                "link": str(link.pk),
                "label": "Agency",
                "expires_at": (NOW + timedelta(days=90)).isoformat(),
                "shows": ["text"],
                "has_password": True,
                "frozen_at": 7,
            },
        ),
        ("share-link-revoked", {"link": str(link.pk), "label": "Agency"}),
    ]


@pytest.mark.django_db
def test_five_wrong_passwords_mean_to_wait_a_quarter_of_an_hour(bea: Membership) -> None:
    link, _ = made(bea, password=PASSWORD)
    wait = timedelta(minutes=15)

    assert [tried(link, f"wrong {n}") for n in range(5)] == [
        *(Tried(is_right=False, tries_left=left) for left in (4, 3, 2, 1)),
        Tried(is_right=False, wait=wait),
    ]
    soon = NOW + timedelta(minutes=14)
    assert tried(link, PASSWORD, soon) == Tried(is_right=False, wait=timedelta(minutes=1))
    assert again(link).wrong_tries == 5
    assert tried(link, "wrong", NOW + wait) == Tried(is_right=False, tries_left=4)
    assert tried(link, PASSWORD, NOW + wait) == Tried(is_right=True)
    assert (again(link).wrong_tries, again(link).locked_until) == (0, None)


@pytest.mark.django_db
def test_the_count_of_wrong_passwords_does_not_run_over(bea: Membership) -> None:
    link, _ = made(bea, password=PASSWORD)
    with tenant_bound(bea.tenant_id):
        ShareLink.objects.for_tenant(bea.tenant).update(wrong_tries=MOST_COUNTED)

    assert tried(link, "wrong").wait == timedelta(minutes=15)
    assert again(link).wrong_tries == MOST_COUNTED


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_passwords_tried_at_once_are_not_more_than_five() -> None:
    link, _ = made(make.member(), password=PASSWORD)
    start = threading.Barrier(12)

    def attempt(number: int) -> Tried:
        start.wait()
        try:
            return tried(link, f"wrong {number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(attempt, range(12)))

    assert sorted(one.tries_left for one in found) == [0] * 8 + [1, 2, 3, 4]
    assert again(link).wrong_tries == 5
    assert not tried(link, PASSWORD).is_right


@pytest.mark.django_db
def test_a_network_is_one_visit_an_hour(bea: Membership) -> None:
    link, _ = made(bea)
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    looks = [
        (noon, "203.0.113.1", "Firefox/145"),
        (noon + timedelta(minutes=59), "203.0.113.250", "curl/8"),
        (noon + timedelta(minutes=59), "203.0.114.1", "curl/8"),
        (noon + timedelta(minutes=60), "203.0.113.1", "Firefox/145"),
    ]
    for moment, address, agent in looks:
        with tenant_bound(bea.tenant_id):
            note_visit(link=link, address=address, agent=agent, now=moment)

    with tenant_bound(bea.tenant_id):
        visits = ShareVisit.objects.for_tenant(bea.tenant).order_by("at", "address_prefix")
        found = [(one.at, one.address_prefix, one.agent_family) for one in visits]
    assert found == [
        (noon, "203.0.113.0/24", "Firefox"),
        (noon + timedelta(minutes=59), "203.0.114.0/24", "Program"),
        (noon + timedelta(minutes=60), "203.0.113.0/24", "Firefox"),
    ]
    assert (again(link).hits, again(link).last_seen_at) == (4, noon + timedelta(minutes=60))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_looks_at_once_are_one_visit() -> None:
    link, _ = made(make.member())
    start = threading.Barrier(6)

    def look(_: int) -> None:
        start.wait()
        try:
            with tenant_bound(link.tenant_id):
                note_visit(link=link, address="203.0.113.1", agent="", now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(look, range(6)))

    with tenant_bound(link.tenant_id):
        assert ShareVisit.objects.for_tenant(link.tenant_id).count() == 1
    assert again(link).hits == 6
