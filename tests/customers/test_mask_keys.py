"""Hashes of hidden identifiers: nobody can find the identifier by trying."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from cxm.customers.rules.identity_words import masked_identifier
from cxm.customers.selectors.persons import mask_key
from cxm.tenants.rules import Role
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["customer-list", "customer-page", "customer-identities"])
def test_an_id_is_hidden_by_a_hash_that_the_tenant_alone_does_not_give(page: str) -> None:
    by = make.member()
    one = people.person("Maya Lindt", of=by.tenant, number="C-1")
    analyst = make.member(of=by.tenant, role=Role.ANALYST)
    client = Client()
    client.force_login(analyst.user)
    asked = [] if page == "customer-list" else [one.pk]

    url = reverse(f"customers:{page}", args=[by.tenant.slug, *asked])
    shown = client.get(url, follow=True).content.decode()

    guessed = masked_identifier("external", "C-1", key=by.tenant.pk.bytes)
    assert guessed not in shown
    assert masked_identifier("external", "C-1", key=mask_key(by.tenant)) in shown


def test_the_key_of_hashes_is_of_one_tenant_and_of_one_installation(
    settings: Settings,
) -> None:
    one, other = make.tenant(), make.tenant()
    before = mask_key(one)

    settings.SECRET_KEY = "another key"

    assert len({before, mask_key(one), mask_key(other)}) == 3
