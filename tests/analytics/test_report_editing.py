"""Reports that are changed after they were read: what was made stays what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.test import Client

from analytics.services.report_keeping import change_report
from analytics.services.report_runs import begin_due_runs
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain, run_one
from tests import make
from tests.analytics.boarding import board, tile
from tests.analytics.reading import NPS_EXAMPLE, load_scores
from tests.analytics.reporting import NPS, mails, report, runs, send, wanted

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]


@pytest.fixture
def ann(db: None, settings: Any) -> Membership:
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    member = make.member(of=make.tenant(), role=Role.ANALYST)
    load_scores(NPS_EXAMPLE, of=member.tenant)
    return member


@pytest.fixture
def page(ann: Membership) -> dict[str, str]:
    """A part that is a dashboard of ann's."""
    on = board(ann)
    tile(on, ann)
    return {"page": "dashboard", "dashboard": str(on.pk)}


def edited(member: Membership, pages: list[dict[str, str]]) -> None:
    with tenant_bound(member.tenant_id):
        made = runs(member.tenant)[0].report
        change_report(report=made, wanted=wanted([member.pk], pages=pages), by=member, now=make.NOW)


def test_a_mail_of_a_report_that_is_changed_meanwhile_is_sent(
    ann: Membership, page: dict[str, str]
) -> None:
    report(ann, of=ann.tenant)
    with tenant_bound(ann.tenant_id):
        begin_due_runs(tenant=ann.tenant, now=make.NOW)
    run_one(ann.tenant_id)
    edited(ann, [NPS, page])

    drain(ann.tenant_id)

    assert (len(mail.outbox), mails(ann.tenant)[0].state) == (1, "sent")


def test_what_was_sent_is_open_after_the_report_is_changed(
    ann: Membership, page: dict[str, str]
) -> None:
    made = report(ann, of=ann.tenant, pages=[NPS, page])
    send(ann.tenant)
    [run] = runs(ann.tenant)
    edited(ann, [NPS])
    client = Client()
    client.force_login(ann.user)
    start = f"/t/{ann.tenant.slug}/reports/{made.pk}/"

    assert client.get(f"{start}runs/{run.pk}/").status_code == 200
    assert f"{start}runs/{run.pk}/" in client.get(start).content.decode()
