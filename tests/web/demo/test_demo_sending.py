"""What the demo has sent: by the real policy, answered unevenly, and never really."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.loading_events import load_events
from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Tenant
from cxm.tenants.rules import Role
from cxm.web.demo.brightline import BRIGHTLINE
from cxm.web.demo.company import NUMBERING
from cxm.web.demo.sending import send_surveys
from cxm.work.engine import drain
from cxm.work.models import Batch
from feedback.models import ContactRule, Distribution, Invitation, InvitationEvent, Rating
from feedback.selectors.distributions import cohorts_of, reasons_of, standings_of
from feedback.selectors.trying_out import DEMO
from feedback.services.distribution.running import ask
from tests import make
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CUSTOMERS, DAYS = 60, 84


@pytest.fixture
def tenant(db: None) -> Tenant:
    """Give a workspace of the demo whose customers got an invoice every 10 days or so."""
    member = make.member(email=DEMO_SIGN_INS["manager"], role=Role.MANAGER)
    with tenant_bound(member.tenant_id):
        Batch.objects.create(tenant=member.tenant, kind=DEMO, title="Demo", started_at=NOW)
        records = [
            EventRecord(
                Call.TRACK,
                position=place,
                key=f"{customer}-{day}",
                occurred_at=NOW - timedelta(days=day, hours=1),
                name="invoice_sent" if customer % 3 else "fault_solved",
                refs=(
                    Ref("external", NUMBERING, f"BL-{customer}"),
                    *((Ref("email", "", f"c{customer}@example.com"),) if customer % 7 else ()),
                ),
            )
            for place, (customer, day) in enumerate(
                (customer, day)
                for customer in range(CUSTOMERS)
                for day in range(customer % 10, DAYS, 10)
            )
        ]
        load_events(tenant=member.tenant, source="events:orders", records=records, now=NOW)
    return member.tenant


def test_the_demo_has_sent_surveys_by_the_contact_policy(tenant: Tenant) -> None:
    assert BRIGHTLINE.timeline is not None
    with tenant_bound(tenant.pk):
        send_surveys(tenant, BRIGHTLINE.timeline.sendings, now=NOW)

        rows = {one.title: one for one in Distribution.objects.for_tenant(tenant)}
        goes_on = rows["After the invoice"]
        rate = standings_of(tenant, [goes_on])[goes_on.pk].rate
        reasons = {reason.value for reason, _ in reasons_of(goes_on)}
        kinds = set(InvitationEvent.objects.for_tenant(tenant).values_list("kind", flat=True))
        assert {title: one.state for title, one in rows.items()} == {
            "After the invoice": "active",
            "After a fault was solved": "ended",
        }
        assert rate.value is not None
        assert 10 < rate.value < 50
        assert len({week.rate.value for week in cohorts_of(goes_on)}) > 3
        assert {"not_sampled", "quiet_period", "no_address"} <= reasons
        assert {"sent", "reminded"} <= kinds
        assert ContactRule.objects.for_tenant(tenant).count() == 3


def test_all_of_it_lies_in_the_past_and_hangs_together(tenant: Tenant) -> None:
    assert BRIGHTLINE.timeline is not None
    with tenant_bound(tenant.pk):
        send_surveys(tenant, BRIGHTLINE.timeline.sendings, now=NOW)

        rows = Invitation.objects.for_tenant(tenant)
        answered = rows.filter(answered_at__isnull=False)
        assert not rows.filter(state="queued").exists()
        for name in ("sent_at", "answered_at", "state_at"):
            assert not rows.filter(**{f"{name}__gt": NOW}).exists()
        assert not answered.filter(response=None).exists()
        assert answered.count() == Rating.objects.for_tenant(tenant).count() > 5
        wrong = [one.pk for one in answered.select_related("response") if _is_another(one)]
        assert wrong == []


def _is_another(one: Invitation) -> bool:
    assert one.response is not None
    return (one.response.customer_id, one.response.survey_id) != (one.customer_id, one.survey_id)


def test_the_demo_goes_on_by_itself_without_asking_anew_or_sending(tenant: Tenant) -> None:
    assert BRIGHTLINE.timeline is not None
    with tenant_bound(tenant.pk):
        send_surveys(tenant, BRIGHTLINE.timeline.sendings, now=NOW)
        planned = Invitation.objects.for_tenant(tenant).count()

        ask(tenant_id=tenant.pk, now=NOW + timedelta(minutes=1))

        assert Invitation.objects.for_tenant(tenant).count() == planned
    drain(tenant.pk)
    assert mail.outbox == []
