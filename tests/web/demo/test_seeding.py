"""The demo through its doors: loaded once, continued after a cut, left alone when complete."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from analytics.models import DriverRun
from analytics.selectors.alerts import alerts_of, rules_shown
from analytics.selectors.churn import counted_definitions
from analytics.selectors.repeat_customers import counted_purchases
from analytics.services.rollups import verify_rollups
from cxm.accounts.models import User
from cxm.customers.models import (
    Customer,
    CustomerMerge,
    EventName,
    Interaction,
    MergeProposal,
    Promise,
    Segment,
)
from cxm.embedded.sign_ins import DEMO_PASSWORD, DEMO_SIGN_INS
from cxm.tenants.binding import tenant_bound
from cxm.tenants.selectors import tenant_by_slug
from cxm.web.demo.answers import arrivals
from cxm.web.demo.brightline import BRIGHTLINE
from cxm.web.demo.harbour import HARBOUR
from cxm.web.demo.sample_file import ROWS, import_sample
from cxm.web.demo.seeding import SIZES, DemoNameTakenError, is_complete, seed_company
from cxm.web.management.commands import seed_demo
from cxm.web.selectors import workspaces_of
from cxm.web.services import open_tenant
from cxm.work.models import Batch
from feedback.models import (
    EventSource,
    Import,
    Rating,
    RejectedEvent,
    RejectedRow,
    Response,
    Survey,
    WriteKey,
)
from tests import make

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

# Committed as it goes, as the demo is: what is read between the steps is planned by what is there.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TINY_HARBOUR = replace(HARBOUR, surveys=HARBOUR.surveys[1:])
SILENT_HARBOUR = replace(TINY_HARBOUR, timeline=None)
TINY_BRIGHTLINE = replace(
    BRIGHTLINE,
    customers=3_000,
    surveys=tuple(one for one in BRIGHTLINE.surveys if one.key in {"outage-note", "accessibility"}),
)

[INVOICES] = (one for one in BRIGHTLINE.surveys if one.key == "invoice-check")


@pytest.fixture(autouse=True)
def _own_media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


class PowerCutError(Exception):
    """What stops a seeding half way."""


def counts(slug: str) -> tuple[int, int]:
    tenant = tenant_by_slug(slug)
    assert tenant is not None
    with tenant_bound(tenant.pk):
        ratings = Rating.objects.for_tenant(tenant).count()
        return Response.objects.for_tenant(tenant).count(), ratings


def test_company_arrives_whole_with_rollups_that_agree() -> None:
    tenant = seed_company(HARBOUR, size="small", seed=1, now=NOW)

    with tenant_bound(tenant.pk):
        checked = verify_rollups(tenant=tenant, now=NOW)
        purposes = set(Survey.objects.for_tenant(tenant).values_list("purpose", flat=True))
    responses, ratings = counts("harbour")
    assert is_complete(HARBOUR)
    assert checked.differences == 0
    assert checked.rows == ratings
    assert 100 < responses < ratings
    assert purposes == {"transactional", "intercept"}


def test_seeding_that_was_cut_off_is_seen_and_continued() -> None:
    stream = arrivals(TINY_HARBOUR, scale=SIZES["small"].scale, seed=1, now=NOW)
    whole = len({arrival.record.key for arrival in stream})

    def cut(loaded: int, _share: float) -> None:
        if loaded > whole / 2:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        seed_company(TINY_HARBOUR, size="small", seed=1, now=NOW, tell=cut)
    assert not is_complete(TINY_HARBOUR)
    assert whole / 2 < counts("harbour")[0] < whole
    later = datetime(2026, 11, 25, tzinfo=UTC)
    seed_company(TINY_HARBOUR, size="full", seed=9, now=later)

    assert is_complete(TINY_HARBOUR)
    assert counts("harbour")[0] == whole


def test_events_that_were_cut_off_are_continued() -> None:
    def cut(_loaded: int, share: float) -> None:
        if share > 0.7:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        seed_company(TINY_HARBOUR, size="small", seed=1, now=NOW, tell=cut)
    tenant = seed_company(TINY_HARBOUR, size="small", seed=1, now=NOW)

    with tenant_bound(tenant.pk):
        courses = Batch.objects.for_tenant(tenant).filter(counts__has_key="blocks")
        portions = courses.get().counts["portions"]
        visitors = Customer.objects.for_tenant(tenant).filter(kind="visitor").count()
        promises = Promise.objects.for_tenant(tenant).count()
    assert is_complete(TINY_HARBOUR)
    assert portions == 2
    assert visitors > 0
    assert promises > 0


def test_demo_made_before_there_were_events_gets_them() -> None:
    seed_company(SILENT_HARBOUR, size="small", seed=1, now=NOW)
    answers = counts("harbour")
    assert is_complete(SILENT_HARBOUR)
    assert not is_complete(TINY_HARBOUR)

    tenant = seed_company(TINY_HARBOUR, size="full", seed=9, now=NOW)

    with tenant_bound(tenant.pk):
        told = Interaction.objects.for_tenant(tenant).filter(source="events:order-system")
        stays = told.filter(name="guest_arrived", touchpoint__key="arrival").count()
    assert is_complete(TINY_HARBOUR)
    assert counts("harbour") == answers
    assert stays > 10


def test_event_sources_have_no_keys_and_show_refusals_of_three_kinds() -> None:
    tenant = seed_company(TINY_HARBOUR, size="small", seed=1, now=NOW)

    with tenant_bound(tenant.pk):
        titles = set(EventSource.objects.for_tenant(tenant).values_list("title", flat=True))
        refused = RejectedEvent.objects.for_tenant(tenant).values_list("code", flat=True)
        codes = set(refused)
        keys = WriteKey.objects.for_tenant(tenant).count()
    assert titles == {"Website and app", "Order system"}
    assert codes == {"bad_time", "no_customer", "no_name"}
    assert keys == 0


def test_desk_of_brightline_is_furnished() -> None:
    tenant = seed_company(TINY_BRIGHTLINE, size="small", seed=1, now=NOW)

    with tenant_bound(tenant.pk):
        sizes = dict(Segment.objects.for_tenant(tenant).values_list("key", "size"))
        proposals = list(
            MergeProposal.objects.for_tenant(tenant).values_list("reason", "first__phone")
        )
        promises = Promise.objects.for_tenant(tenant)
        states = {promise.kept_at is not None for promise in promises}
        overdue = promises.filter(kept_at=None, due_at__lt=NOW).count()
        makers = set(promises.values_list("made_by__user__email", flat=True))
        rules = set(CustomerMerge.objects.for_tenant(tenant).values_list("rule", flat=True))
        unmatched = EventName.objects.for_tenant(tenant).filter(unmatched__gt=0)
        homeless = set(unmatched.values_list("name", flat=True))
    assert set(sizes) == {"young-mobile", "families-on-fibre", "business", "at-risk"}
    assert all(size is not None for size in sizes.values())
    assert [reason for reason, _ in proposals] == ["phone"] * 8
    assert all(phone for _, phone in proposals)
    assert states == {True, False}
    assert overdue > 0
    assert makers == {DEMO_SIGN_INS["agent"]}
    assert rules == {"identify"}
    assert homeless <= {"speedtest_run", "coverage_map_opened", "friend_referred"}


def test_churn_of_brightline_is_counted_by_three_definitions() -> None:
    tenant = seed_company(TINY_BRIGHTLINE, size="small", seed=1, now=NOW)

    with tenant_bound(tenant.pk):
        found = counted_definitions(tenant)
        result = found[1].result
        assert result is not None
        contracts = result.contracts

    assert [one.definition.key for one in found] == [
        "contract-cancelled",
        "contract-ended",
        "silent-for-120-days",
    ]
    assert contracts is not None
    assert contracts.currencies == ["EUR", "CHF"]
    assert result.reasons is not None
    assert result.reasons.ends > 0
    for one in found:
        assert one.brief is not None
        assert one.brief.there > 0
    with tenant_bound(tenant.pk):
        assert found[0].result is not None
        assert found[0].result.reasons is not None
        # What the event says and what the contract says of one person are never at odds.
        said = {one.title for one in found[0].result.reasons.told}
        assert said - {""} <= {"Moved away", "Too expensive", "Outages", "Another provider"}
        assert len(said) > 1
        assert found[2].result is not None
        assert found[2].result.overlaps[0].title == "Contract cancelled"


@pytest.mark.slow
def test_brightline_asks_for_its_drivers() -> None:
    tenant = seed_company(TINY_BRIGHTLINE, size="small", seed=1, now=NOW)

    with tenant_bound(tenant.pk):
        runs = DriverRun.objects.for_tenant(tenant).exclude(at=None)
        asked = set(runs.values_list("question", flat=True))
    assert asked == {"outcome=nps", "outcome=nps&period=52w"}


def test_brightline_watches_a_level_that_rang_one_that_did_not_and_single_answers() -> None:
    asked = {"after-support", "after-contact", "outage-note"}
    surveys = tuple(one for one in BRIGHTLINE.surveys if one.key in asked)
    company = replace(TINY_BRIGHTLINE, surveys=surveys)
    tenant = seed_company(company, size="small", seed=1, now=NOW)

    with tenant_bound(tenant.pk):
        order = ["level", "answer", "volume"]
        shown = sorted(rules_shown(tenant), key=lambda one: order.index(one.rule.kind))
        fault, calls, worst, number = shown
        closed = alerts_of(tenant).filter(closed_at__isnull=False).count()

    assert {fault.rule.title, calls.rule.title} == {
        "Reporting a fault is easy",
        "Calls keep satisfying",
    }
    rang = {one.rule.title: one.rang for one in (fault, calls)}
    assert rang["Reporting a fault is easy"] > rang["Calls keep satisfying"] == 0
    assert closed <= 1
    assert worst.preview is not None
    assert worst.preview["count"] > 0
    assert number.preview is not None
    assert number.preview["answers"] > 100


def test_repeat_customers_of_harbour_are_counted() -> None:
    tenant = seed_company(TINY_HARBOUR, size="small", seed=1, now=NOW)

    with tenant_bound(tenant.pk):
        counted = counted_purchases(tenant)

    # A tenth of the company is too small for a model; the rate is told all the same.
    assert counted is not None
    assert counted.result is not None
    assert counted.result.buyers > counted.result.again > 0
    assert "a model needs at least 50" in counted.result.reason


def test_complete_company_stays_as_it_is() -> None:
    seed_company(TINY_HARBOUR, size="small", seed=1, now=NOW)
    before = counts("harbour")

    seed_company(TINY_HARBOUR, size="small", seed=2, now=NOW)

    assert counts("harbour") == before


def test_demo_has_its_sign_ins_and_the_manager_two_workspaces() -> None:
    seed_company(TINY_BRIGHTLINE, size="small", seed=1, now=NOW)
    seed_company(TINY_HARBOUR, size="small", seed=1, now=NOW)

    people = {person: User.objects.get(email=email) for person, email in DEMO_SIGN_INS.items()}
    assert all(user.check_password(DEMO_PASSWORD) for user in people.values())
    doors = {
        person: [(door.slug, door.role) for door in workspaces_of(user)]
        for person, user in people.items()
    }
    assert doors == {
        "manager": [("demo", "manager"), ("harbour", "manager")],
        "agent": [("demo", "agent")],
        "admin": [("demo", "owner")],
    }


def test_sample_file_is_imported_with_its_refusals() -> None:
    tenant = seed_company(TINY_BRIGHTLINE, size="small", seed=1, now=NOW)
    import_sample(tenant, now=NOW)

    with tenant_bound(tenant.pk):
        imported = Import.objects.for_tenant(tenant).get()
        reasons = RejectedRow.objects.for_tenant(tenant).filter(batch=imported.batch)
        lines = dict(reasons.order_by("line").values_list("line", "is_whole_row"))
    assert imported.state == Import.State.DONE
    assert imported.report
    assert imported.report["rows_read"] == ROWS
    assert imported.report["loaded"] == ROWS - 2
    assert lines == {52: True, 77: False, 160: False, 190: True}


def test_changed_response_is_refused_with_its_reason() -> None:
    tenant = seed_company(
        replace(BRIGHTLINE, surveys=(INVOICES,), timeline=None), size="small", seed=1, now=NOW
    )

    with tenant_bound(tenant.pk):
        survey = Batch.objects.for_tenant(tenant).get(counts__survey="invoice-check")
        refused = RejectedRow.objects.for_tenant(tenant).filter(batch=survey)
        codes = list(refused.values_list("code", flat=True))
    assert survey.state == Batch.State.DONE
    assert codes == ["conflict"] * survey.counts["conflicts"]
    assert codes


def test_command_says_that_the_demo_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed_demo, "COMPANIES", (TINY_HARBOUR,))
    out, err = StringIO(), StringIO()

    call_command("seed_demo", size="small", stdout=out, stderr=err)
    call_command("seed_demo", "--if-absent", stdout=out, stderr=err)

    assert out.getvalue() == "Harbour Hotels is ready: /t/harbour/\n"
    bars = [line.split()[2].strip("[]").count("#") for line in err.getvalue().splitlines()]
    assert bars == sorted(bars)
    assert bars[-1] == 32
    with pytest.raises(CommandError, match="there already"):
        call_command("seed_demo", stdout=out, stderr=err)


def test_tenant_of_somebody_else_is_left_alone() -> None:
    tenant = open_tenant(slug="harbour", name="Harbour Bank", now=NOW)
    make.member(of=tenant)

    with pytest.raises(DemoNameTakenError, match="Harbour Bank"):
        seed_company(TINY_HARBOUR, size="small", seed=1, now=NOW)

    assert counts("harbour") == (0, 0)
