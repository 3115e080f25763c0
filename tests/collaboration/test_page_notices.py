"""Notices about a page itself: who is told, what they read, and what they are mailed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.test import Client

from cxm.collaboration.models import Notice
from cxm.collaboration.rules.kinds import NoticeKind
from cxm.collaboration.services.notices import tell_of_page
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from journeys.models import Journey
from tests import make
from tests.collaboration.commenting import SITE, named, told
from tests.journeys import charting
from tests.personas.test_api_comments import Api

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea() -> Membership:
    return named(make.member(), "Bea Berg")


@pytest.fixture
def carl(bea: Membership) -> Membership:
    return named(make.member(of=bea.tenant, role=Role.VIEWER), "Carl Cole")


def review(by: Membership, journey: UUID, *to: Membership) -> int:
    with tenant_bound(by.tenant_id):
        return tell_of_page(
            tenant=by.tenant,
            kind=NoticeKind.REVIEW,
            page=f"journeys/{journey}/",
            about="I send back shoes",
            to=[one.pk for one in to],
            by=by,
            now=make.NOW,
            site=SITE,
        )


def hide(by: Membership) -> None:
    with tenant_bound(by.tenant_id):
        Journey.objects.for_tenant(by.tenant).update(visibility="hidden")


def test_all_are_told_but_who_did_it(bea: Membership, carl: Membership) -> None:
    count = review(bea, charting.journey(bea), bea, carl)

    assert count == 1
    assert (told(bea), told(carl)) == ([], [("review", False)])


def test_who_cannot_open_the_page_or_sign_in_is_not_told(bea: Membership, carl: Membership) -> None:
    guest = make.member(of=bea.tenant, role=Role.GUEST)
    with tenant_bound(carl.tenant_id):
        carl.is_active = False
        carl.save(update_fields=["is_active"])

    assert review(bea, charting.journey(bea), carl, guest) == 0


def test_a_notice_leads_to_its_page_and_is_read_then(bea: Membership, carl: Membership) -> None:
    journey = charting.journey(bea)
    review(bea, journey, carl)
    client = Client()
    client.force_login(carl.user)
    with tenant_bound(carl.tenant_id):
        notice = Notice.objects.for_tenant(carl.tenant).get()

    listed = client.get(f"/t/{carl.tenant.slug}/notices/").content.decode()
    opened = client.get(f"/t/{carl.tenant.slug}/notices/{notice.pk}/")

    assert "asks you to review" in listed
    assert "I send back shoes" in listed
    assert opened["Location"] == f"/t/{carl.tenant.slug}/journeys/{journey}/"
    assert told(carl) == [("review", True)]


def test_a_notice_of_a_page_that_was_closed_says_nothing(bea: Membership, carl: Membership) -> None:
    review(bea, charting.journey(bea), carl)
    hide(bea)
    client = Client()
    client.force_login(carl.user)
    with tenant_bound(carl.tenant_id):
        notice = Notice.objects.for_tenant(carl.tenant).get()

    listed = client.get(f"/t/{carl.tenant.slug}/notices/").content.decode()
    [program] = Api(carl)("get", "notices/").json()["results"]

    assert "I send back shoes" not in listed
    assert (program["about"], program["page"], program["thread"]) == ("", "", None)
    assert client.get(f"/t/{carl.tenant.slug}/notices/{notice.pk}/").status_code == 404


@pytest.mark.parametrize("is_hidden", [False, True])
def test_a_mail_goes_to_who_may_still_open_the_page(
    bea: Membership, carl: Membership, *, is_hidden: bool
) -> None:
    review(bea, charting.journey(bea), carl)
    if is_hidden:
        hide(bea)

    drain(bea.tenant_id)

    assert [sent.subject for sent in mail.outbox] == (
        [] if is_hidden else ["Bea Berg asks you to review “I send back shoes”"]
    )
