"""Event sources and their write keys: what people can do about them, and what they cannot."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.errors import UnknownZoneError
from cxm.tenants.models import AuditEntry
from cxm.tenants.services import token_hash
from feedback.errors import SourceArchivedError, SourceNameTakenError, WriteKeyOverError
from feedback.models import EventSource, WriteKey
from feedback.rules.write_keys import Grace
from feedback.services import event_sources as services
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db

YEAR = timedelta(days=365)


@dataclass
class Shop:
    """A member within their tenant, and a source with its first key."""

    member: Membership
    source: EventSource
    key: WriteKey
    text: str
    moment: Any = field(default_factory=now)

    def create(self, title: str = "Shop", **fields: Any) -> tuple[EventSource, WriteKey, str]:
        return services.create_source(
            tenant=self.member.tenant, title=title, by=self.member, now=self.moment, **fields
        )

    def deeds(self) -> list[tuple[str, dict[str, Any]]]:
        entries = AuditEntry.objects.for_tenant(self.member.tenant).order_by("at", "pk")
        about = entries.filter(object_id=self.source.pk)
        return list(about.values_list("action", "changes"))

    def rotate(self, grace: Grace, key: WriteKey | None = None) -> tuple[WriteKey, str]:
        return services.rotate_key(
            key=key or self.key, grace=grace, by=self.member, now=self.moment
        )

    def opens(self, text: str) -> bool:
        """Ask the door whether a key lets events in."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT event_source_id FROM door_write_key(%s)", [token_hash(text)])
            return [row[0] for row in cursor.fetchall()] == [self.source.pk]


@pytest.fixture
def shop() -> Iterator[Shop]:
    member = make.member()
    with tenant_bound(member.tenant_id):
        source, key, text = services.create_source(
            tenant=member.tenant, title="Web shop", by=member, now=now()
        )
        yield Shop(member, source, key, text)


def test_a_source_is_made_with_a_key_of_which_only_the_hash_is_kept(shop: Shop) -> None:
    stored = WriteKey.objects.for_tenant(shop.member.tenant).get()

    assert re.fullmatch(r"wf_[A-Za-z0-9_-]{32}", shop.text)
    assert (stored.key_hash, stored.hint) == (token_hash(shop.text), shop.text[:8])
    assert (shop.source.key, shop.source.created_by, stored.created_by) == (
        "web-shop",
        shop.member,
        shop.member,
    )
    assert shop.opens(shop.text)
    assert shop.deeds() == [("event-source-created", {})]


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("Web shop", ["web-shop-2", "web-shop-3"]),
        ("大阪", ["source", "source-2"]),
        ("x" * 120, ["x" * 45, "x" * 45 + "-2"]),
    ],
    ids=["taken", "no-letters-of-ascii", "long"],
)
def test_a_source_gets_a_key_of_its_own(shop: Shop, title: str, keys: list[str]) -> None:
    assert [shop.create(title)[0].key for _ in keys] == keys


def test_two_sources_made_at_once_do_not_share_a_key(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the other one had been committed after this one looked.
    monkeypatch.setattr(services, "free_key", lambda wanted, _taken: wanted)

    with pytest.raises(SourceNameTakenError, match="“Web shop” already"):
        shop.create("Web shop")

    assert EventSource.objects.for_tenant(shop.member.tenant).count() == 1


@pytest.mark.parametrize("zone", ["Mars/Olympus", "europe/berlin", "../etc/passwd"])
def test_a_zone_that_does_not_exist_is_refused(shop: Shop, zone: str) -> None:
    with pytest.raises(UnknownZoneError):
        shop.create(time_zone=zone)
    with pytest.raises(UnknownZoneError):
        services.change_source(source=shop.source, by=shop.member, time_zone=zone)


def test_a_change_keeps_the_key_and_is_written_down_once(shop: Shop) -> None:
    fields = {"title": "Shop", "time_zone": "Asia/Tokyo", "keeps_pages": True}

    for _ in range(2):
        services.change_source(source=shop.source, by=shop.member, **fields)

    stored = EventSource.objects.for_tenant(shop.member.tenant).get()
    assert (stored.key, stored.title, stored.time_zone, stored.keeps_pages) == (
        "web-shop",
        "Shop",
        "Asia/Tokyo",
        True,
    )
    assert shop.deeds()[1:] == [
        (
            "event-source-changed",
            {
                "title": ["Web shop", "Shop"],
                "time_zone": ["", "Asia/Tokyo"],
                "keeps_pages": [False, True],
            },
        )
    ]


def test_an_archived_source_takes_nothing_in_until_it_is_restored(shop: Shop) -> None:
    opened = []
    for is_archived in (True, True, False, False):
        services.archive_source(
            source=shop.source, is_archived=is_archived, by=shop.member, now=shop.moment
        )
        opened.append(shop.opens(shop.text))

    assert opened == [False, False, True, True]
    assert [action for action, _ in shop.deeds()[1:]] == [
        "event-source-archived",
        "event-source-restored",
    ]


def test_an_archived_source_gets_no_keys(shop: Shop) -> None:
    services.archive_source(source=shop.source, is_archived=True, by=shop.member, now=shop.moment)

    with pytest.raises(SourceArchivedError):
        services.create_key(source=shop.source, by=shop.member, now=shop.moment)
    with pytest.raises(SourceArchivedError):
        shop.rotate(Grace.DAY)

    assert WriteKey.objects.for_tenant(shop.member.tenant).get().expires_at is None


def test_several_keys_of_a_source_work_at_once(shop: Shop) -> None:
    key, text = services.create_key(source=shop.source, by=shop.member, now=shop.moment)

    assert (shop.opens(shop.text), shop.opens(text), text != shop.text) == (True, True, True)
    assert shop.deeds()[1:] == [("write-key-created", {"key": key.hint})]


@pytest.mark.parametrize(
    ("grace", "ends_in", "opens"),
    [
        (Grace.NONE, timedelta(0), False),
        (Grace.DAY, timedelta(days=1), True),
        (Grace.WEEK, timedelta(days=7), True),
    ],
)
def test_a_rotated_key_ends_after_its_grace(
    shop: Shop, grace: Grace, ends_in: timedelta, *, opens: bool
) -> None:
    made, text = shop.rotate(grace)

    old = WriteKey.objects.for_tenant(shop.member.tenant).get(pk=shop.key.pk)
    assert old.expires_at == shop.moment + ends_in
    assert (shop.opens(shop.text), shop.opens(text)) == (opens, True)
    assert shop.deeds()[1:] == [
        ("write-key-rotated", {"old": old.hint, "new": made.hint, "old_ends": grace.value})
    ]


@pytest.mark.parametrize(
    ("first", "second", "ends_in"),
    [(Grace.DAY, Grace.WEEK, 1), (Grace.WEEK, Grace.DAY, 1)],
    ids=["longer", "shorter"],
)
def test_rotating_again_never_lengthens_the_life_of_a_key(
    shop: Shop, first: Grace, second: Grace, ends_in: int
) -> None:
    shop.rotate(first)
    shop.rotate(second)

    old = WriteKey.objects.for_tenant(shop.member.tenant).get(pk=shop.key.pk)
    assert old.expires_at == shop.moment + timedelta(days=ends_in)


def test_a_revoked_key_is_worthless_at_once(shop: Shop) -> None:
    services.revoke_key(key=shop.key, by=shop.member, now=shop.moment)

    assert not shop.opens(shop.text)
    assert shop.deeds()[1:] == [("write-key-revoked", {"key": shop.key.hint})]


@pytest.mark.parametrize("end", [{"revoked_at": -YEAR}, {"expires_at": -YEAR}], ids=["r", "e"])
def test_a_key_that_is_over_can_be_neither_rotated_nor_revoked(
    shop: Shop, end: dict[str, timedelta]
) -> None:
    moments = {name: shop.moment + ago for name, ago in end.items()}
    WriteKey.objects.for_tenant(shop.member.tenant).update(**moments)

    with pytest.raises(WriteKeyOverError):
        shop.rotate(Grace.NONE)
    with pytest.raises(WriteKeyOverError):
        services.revoke_key(key=shop.key, by=shop.member, now=shop.moment)

    assert WriteKey.objects.for_tenant(shop.member.tenant).count() == 1
