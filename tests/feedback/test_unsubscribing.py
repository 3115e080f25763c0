"""Who unsubscribes by a program is out everywhere, once, and other systems are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.customers.models import Consent, Suppression
from cxm.integrations.models import WebhookEvent
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.rules.delighted import read_person
from feedback.services.delighted import add_person, unsubscribe
from feedback.services.delighted_projects import make_project
from feedback.services.news import UNSUBSCRIBED
from tests import make
from tests.feedback.drafting import asked_survey
from tests.integrations.hooking import webhook
from tests.make import NOW

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from feedback.models import DelightedProject

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    member = make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)
    webhook(member, kinds=[UNSUBSCRIBED])
    return member


@pytest.fixture
def project(member: Membership) -> DelightedProject:
    with tenant_bound(member.tenant_id):
        return make_project(survey=asked_survey(member), by=member, now=NOW)[0]


def test_every_address_of_the_person_is_barred_once_and_it_is_told(
    member: Membership, project: DelightedProject
) -> None:
    with tenant_bound(member.tenant_id):
        told = {"email": "ana@example.com", "phone_number": "+4930901820", "send": "false"}
        ana, _ = add_person(project=project, asked=read_person(told), now=NOW)
        for _ in range(2):
            unsubscribe(project, "ana@example.com", now=NOW)

        barred = Suppression.objects.for_tenant(member.tenant).values_list("kind", "reason")
        assert sorted(barred) == [("email", "unsubscribed"), ("phone", "unsubscribed")]
        assert Consent.objects.for_tenant(member.tenant).filter(customer=ana).count() == 1
        [news] = WebhookEvent.objects.for_tenant(member.tenant)
        assert (news.kind, news.content["customer"]["email"]) == (UNSUBSCRIBED, "ana@example.com")


def test_of_an_address_nobody_is_known_by_only_that_is_barred(
    member: Membership, project: DelightedProject
) -> None:
    with tenant_bound(member.tenant_id):
        unsubscribe(project, "who@example.com", now=NOW)

        [barred] = Suppression.objects.for_tenant(member.tenant)
        assert (barred.kind, barred.reason) == ("email", "unsubscribed")
        assert not WebhookEvent.objects.for_tenant(member.tenant).exists()
