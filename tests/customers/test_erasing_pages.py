"""The page on which a person is erased, and its receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.customers.models import Customer
from cxm.customers.services.receipts import is_genuine
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from cxm.work.models import Job
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db


def _url(of: Tenant, name: str, *args: object) -> str:
    return reverse(f"customers:{name}", args=[of.slug, *args])


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def test_an_erasure_says_what_goes_and_what_stays() -> None:
    by = make.member()
    [response] = make.load(make.record(3, customer="C-1", comment="Late"), of=by.tenant)

    shown = _client(by).get(_url(by.tenant, "customer-erase", response.customer_id))

    text = shown.content.decode()
    for line in ("1 identifier", "1 comment", "The scores of 1 response"):
        assert line in text, line


def test_a_person_is_erased_once_the_words_are_typed_and_a_receipt_is_there() -> None:
    by = make.member()
    one = people.person(of=by.tenant, email="maya@lindt.example")
    client, url = _client(by), _url(by.tenant, "customer-erase", one.pk)

    answer = client.post(url, {"confirmation": f"ERASE {one.pk.hex[-4:]} "})
    running = client.get(url).content.decode()
    drain(by.tenant_id)
    done = client.get(url).content.decode()

    assert answer["Location"] == url
    assert "This person is being erased." in running
    assert "maya@lindt.example" not in done
    receipt: Any = client.get(_receipt_url(done))
    assert receipt["Content-Disposition"].startswith('attachment; filename="erasure-')
    said = receipt.json()
    assert (said["customer"], said["identifiers_kept_out"]) == (str(one.pk), 1)
    assert is_genuine(said)


def _receipt_url(page: str) -> str:
    before, _, _ = page.partition("/receipt/")
    return f"{before[before.rindex('"') + 1 :]}/receipt/"


def test_a_receipt_that_was_changed_is_no_receipt() -> None:
    by = make.member()
    one = people.person(of=by.tenant, email="maya@lindt.example")
    client, url = _client(by), _url(by.tenant, "customer-erase", one.pk)
    client.post(url, {"confirmation": f"erase {one.pk.hex[-4:]}"})
    drain(by.tenant_id)
    receipt = client.get(_receipt_url(client.get(url).content.decode())).json()

    forged = {**receipt, "tables": {**receipt["tables"], "customers": 2}}

    assert (is_genuine(receipt), is_genuine(forged), is_genuine({})) == (True, False, False)


@pytest.mark.parametrize("typed", ["", "erase", "yes"])
def test_an_erasure_without_the_words_is_refused(typed: str) -> None:
    by = make.member()
    one = people.person(of=by.tenant, email="maya@lindt.example")

    answer = _client(by).post(_url(by.tenant, "customer-erase", one.pk), {"confirmation": typed})

    assert answer.status_code == 422
    assert f"Type “erase {one.pk.hex[-4:]}” to confirm." in answer.content.decode()
    with tenant_bound(by.tenant_id):
        assert Customer.objects.for_tenant(by.tenant).get(pk=one.pk).erased_at is None


def test_an_erasure_that_stopped_says_so() -> None:
    by = make.member()
    one = people.person(of=by.tenant, email="maya@lindt.example")
    client, url = _client(by), _url(by.tenant, "customer-erase", one.pk)
    client.post(url, {"confirmation": f"erase {one.pk.hex[-4:]}"})
    with tenant_bound(by.tenant_id):
        Job.objects.for_tenant(by.tenant).update(state=Job.State.FAILED)

    assert "An erasure began, but did not finish." in client.get(url).content.decode()
