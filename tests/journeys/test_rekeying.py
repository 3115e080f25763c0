"""An element is called by another key in files, on all maps of its journey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import ArchivedDocumentError
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right, Role
from journeys.errors import KeyKnownError, KeyRefusedError
from journeys.models import Lineage
from journeys.rules.kinds import LineageKind
from journeys.services.map_lineages import lineages_called, name_lineages
from journeys.services.rekeying import rekey
from tests import make
from tests.journeys.ahead import Told
from tests.journeys.test_api_futures import Program
from tests.journeys.test_map_live import client_of
from tests.journeys.test_map_page import colleague, url

if TYPE_CHECKING:
    from uuid import UUID

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def told(db: None) -> Told:
    return Told(make.member())


def lineage(told: Told, pk: UUID) -> Lineage:
    with tenant_bound(told.member.tenant_id):
        return Lineage.objects.for_tenant(told.member.tenant).get(pk=pk)


def renamed(told: Told, pk: UUID, key: str) -> Lineage:
    named, journey = lineage(told, pk), told.future.journey
    with tenant_bound(told.member.tenant_id):
        return rekey(lineage=named, journey=journey, key=key, by=told.member)


def keys(told: Told, pk: UUID) -> tuple[str, list[str]]:
    found = lineage(told, pk)
    return found.key, found.former_keys


def test_a_key_is_changed_and_the_old_one_kept(told: Told) -> None:
    renamed(told, told.pay, "pay-now")

    assert keys(told, told.pay) == ("pay-now", ["buy-1"])
    with tenant_bound(told.member.tenant_id):
        [entry] = AuditEntry.objects.for_tenant(told.member.tenant).filter(action="key-renamed")
    assert entry.changes == {"kind": "step", "before": "buy-1", "after": "pay-now"}


def test_naming_it_back_takes_it_back(told: Told) -> None:
    renamed(told, told.pay, "pay-now")
    renamed(told, told.pay, "buy-1")
    renamed(told, told.pay, "buy-1")

    assert keys(told, told.pay) == ("buy-1", ["pay-now"])


def test_a_file_with_a_former_key_finds_the_element(told: Told) -> None:
    renamed(told, told.pay, "pay-now")
    with tenant_bound(told.member.tenant_id):
        found = lineages_called(told.future.journey, [("step", "buy-1"), ("step", "pay-now")])

    assert set(found.values()) == {told.pay}


@pytest.mark.parametrize("key", ["buy-1", "pay-now", "pay-later"])
def test_a_key_that_another_has_or_had_is_refused(told: Told, key: str) -> None:
    renamed(told, told.pay, "pay-now")
    renamed(told, told.pay, "pay-later")

    with pytest.raises(KeyKnownError, match="Another step"):
        renamed(told, told.wait, key)
    assert keys(told, told.wait) == ("buy-2", [])


@pytest.mark.parametrize("key", ["", "Pay", "a--b", "-a", "a-", "é", "a b", "a" * 64])
def test_what_is_no_key_is_refused(told: Told, key: str) -> None:
    with pytest.raises(KeyRefusedError):
        renamed(told, told.pay, key)


def test_new_elements_take_no_former_key(told: Told) -> None:
    renamed(told, told.pay, "pay-now")

    drawn = told.add_step(told.future, "Buy 1")
    brought = new_id()
    with tenant_bound(told.member.tenant_id):
        name_lineages(told.future.journey, {brought: (LineageKind.STEP.value, "buy-1")})

    assert lineage(told, drawn).key == "buy-1-2"
    assert lineage(told, brought).key == "buy-1-3"


def test_a_key_of_one_kind_is_free_for_another(told: Told) -> None:
    assert renamed(told, told.lane, "buy-1").key == "buy-1"


def page(told: Told, pk: UUID) -> str:
    return url(told.member, told.future.pk, f"elements/{pk}/key/")


def test_the_key_is_changed_on_its_page(told: Told) -> None:
    client = client_of(told.member)

    panel = client.get(url(told.member, told.future.pk, f"panel/?of={told.pay}")).content.decode()
    answer = client.post(page(told, told.pay), {"key": "pay-now"})
    refused = client.post(page(told, told.pay), {"key": "buy-2"})

    assert "<code>buy-1</code>" in panel
    assert page(told, told.pay) in panel
    assert answer["Location"].endswith(f"?of={told.pay}")
    assert refused.status_code == 409
    assert "has this key, or had it before" in refused.content.decode()
    assert "buy-1" in client.get(page(told, told.pay)).content.decode()


def test_the_page_is_for_those_who_draw_the_map(told: Told) -> None:
    viewer = colleague(told.member, Role.VIEWER)
    stranger = make.member()

    assert client_of(viewer).post(page(told, told.pay), {"key": "x"}).status_code == 404
    assert client_of(stranger).post(page(told, told.pay), {"key": "x"}).status_code == 404
    assert client_of(told.member).get(page(told, new_id())).status_code == 404
    assert keys(told, told.pay) == ("buy-1", [])


def test_a_program_reads_and_changes_keys(told: Told) -> None:
    program = Program(told, Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS)
    address = program.url(f"elements/{told.pay}/key/")

    def put(key: str) -> Any:
        return client_of(told.member).put(
            address, {"key": key}, content_type="application/json", headers=program.headers
        )

    done, refused = put("pay-now"), put("buy-2")

    assert done.json() == {
        "id": str(told.pay), "kind": "step", "key": "pay-now", "former_keys": ["buy-1"],
    }  # fmt: skip
    assert refused.status_code == 409
    assert program.get(f"elements/{told.pay}/key/").json() == done.json()
    assert program.get(f"elements/{new_id()}/key/").status_code == 404


def test_an_archived_journey_rests(told: Told) -> None:
    told.future.journey.archived_at = make.NOW

    with pytest.raises(ArchivedDocumentError):
        renamed(told, told.pay, "pay-now")
