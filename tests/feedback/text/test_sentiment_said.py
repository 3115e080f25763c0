"""How a text sounds, said by a person: it stays, counts, and can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from feedback.models import Verbatim
from feedback.services import text_reading
from tests import make
from tests.feedback.text import topics

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
NICE = "Friendly and helpful staff, I am very happy with it."


@pytest.fixture
def member(db: None) -> Membership:
    member = make.member()
    topics.wrote(member.tenant, NICE)
    read(member)
    return member


def read(member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        Verbatim.objects.for_tenant(member.tenant).update(engine_version=0)
        text_reading.read_stretch(tenant_id=member.tenant_id, now=make.NOW)


def say(member: Membership, label: str) -> int:
    [text] = topics.all_texts(member.tenant)
    client = Client()
    client.force_login(member.user)
    url = reverse("feedback:text-sentiment", args=[member.tenant.slug, text.pk])
    return client.post(url, {"sentiment": label}).status_code


def sounds(member: Membership) -> tuple[float | None, str]:
    [text] = topics.all_texts(member.tenant)
    return text.sentiment, text.sentiment_label


def test_what_a_person_says_stays_when_the_text_is_read_again(member: Membership) -> None:
    before = sounds(member)

    assert say(member, "negative") == 302
    read(member)

    assert before[1] == "positive"
    assert sounds(member) == (-1.0, "negative")
    with tenant_bound(member.tenant_id):
        rows = AuditEntry.objects.for_tenant(member.tenant).filter(action="text-sentiment-said")
        assert rows.get().changes == {"sentiment": "negative"}


def test_it_is_found_by_itself_again_when_it_is_taken_back(member: Membership) -> None:
    before = sounds(member)
    say(member, "negative")

    say(member, "")

    assert sounds(member) == before


def test_the_filter_finds_what_was_said(member: Membership) -> None:
    say(member, "negative")
    client = Client()
    client.force_login(member.user)
    page = reverse("feedback:response-list", args=[member.tenant.slug])

    found = [
        client.get(f"{page}?sentiment={one}").content.decode() for one in ("negative", "positive")
    ]

    assert ["Friendly and helpful" in one for one in found] == [True, False]


@pytest.mark.parametrize("label", ["angry", "POSITIVE", "positive "])
def test_other_words_are_refused(member: Membership, label: str) -> None:
    before = sounds(member)

    assert say(member, label) == 422
    assert sounds(member) == before


def test_viewers_and_strangers_say_nothing(member: Membership) -> None:
    [text] = topics.all_texts(member.tenant)
    url = reverse("feedback:text-sentiment", args=[member.tenant.slug, text.pk])
    others = [
        make.member(of=member.tenant, role=Role.VIEWER),
        make.member(of=make.tenant(name="Other"), role=Role.OWNER),
    ]
    for other in others:
        client = Client()
        client.force_login(other.user)
        assert client.post(url, {"sentiment": "negative"}).status_code == 404
    assert sounds(member)[1] == "positive"
