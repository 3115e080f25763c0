"""What the wizard's page of columns shows of each."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from msgspec import structs

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.services import importing
from tests import make
from tests.feedback.import_files import HEADS, received, shop_mapping

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def test_a_word_that_was_given_a_score_stands_behind_the_numbers() -> None:
    content = f"{HEADS}\nr1,c1,2026-10-01,9,very,\nr2,c2,2026-10-01,9,4,\nr3,c3,2026-10-02,3,5,\n"
    imported = received(content, of=make.tenant(), looks=True)
    mapping = shop_mapping()
    scores = [
        structs.replace(score, labels={"very": 5}) if score.column == "checkout" else score
        for score in mapping.scores
    ]
    with tenant_bound(imported.tenant_id):
        importing.save_mapping(
            imported=imported, mapping=structs.replace(mapping, scores=tuple(scores))
        )

    client = Client()
    client.force_login(make.member(of=imported.tenant, role=Role.MANAGER).user)
    address = reverse("feedback:import-columns", args=[imported.tenant.slug, imported.pk])

    answer = client.get(address)

    [card] = [card for card in answer.context["form"].cards() if card.column["name"] == "checkout"]
    shown = [value.text for value in (*card.strange, *card.plain)]
    assert sorted(shown) == ["4", "5", "very"]
