"""The file of responses: what its columns say."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from cxm.tenants.rules import Role
from tests import make
from tests.feedback.text.topics import topic, wrote

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


def exported(client: Client, tenant: Tenant, query: str = "") -> list[dict[str, str]]:
    """Read the rows of the file."""
    answer: Any = client.get(f"{reverse('feedback:response-export', args=[tenant.slug])}?{query}")
    lines = list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))
    return [dict(zip(lines[4], line, strict=True)) for line in lines[5:-1]]


@pytest.mark.parametrize("query", ["", "metric=nps"], ids=["responses", "ratings"])
def test_each_row_names_the_topics_of_its_texts(client: Client, query: str) -> None:
    member = make.member(role=Role.MANAGER)
    client.force_login(member.user)
    topic(member, "Waiting", "late")
    topic(member, "Staff", "friendly")
    wrote(member.tenant, "Late, but friendly", "Just late", "Fine")

    rows = exported(client, member.tenant, query)

    assert {row["comments"]: row["topics"] for row in rows} == {
        "Late, but friendly": "Staff; Waiting",
        "Just late": "Waiting",
        "Fine": "",
    }


def test_topics_of_others_are_not_named(client: Client) -> None:
    member, other = make.member(role=Role.MANAGER), make.member(role=Role.MANAGER)
    client.force_login(member.user)
    topic(other, "Waiting", "late")
    wrote(other.tenant, "Late")
    wrote(member.tenant, "Late")

    rows = exported(client, member.tenant)

    assert [(row["comments"], row["topics"]) for row in rows] == [("Late", "")]
