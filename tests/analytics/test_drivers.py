"""Drivers worked out from answers: who enters, what is refused, and what is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from analytics.models import DriverRun
from analytics.services.driver_runs import work_out_drivers
from analytics.services.drivers import PATIENCE, ask_drivers
from analytics.tasks import RENEW_ONE, renew, renew_one
from cxm.customers.models import Customer
from cxm.customers.services.joining import merge_customers
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from cxm.work.models import Job, Outbox
from tests import make
from tests.analytics.churning import counted, definition
from tests.analytics.driving import ALL, came, crowd, question_of, titled, told, worked_out

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


def test_what_was_planted_leads_and_the_rest_can_be_chance(acme: Tenant) -> None:
    make.load(*crowd(), of=acme)

    found = worked_out(acme)

    shares = {titled(acme, one.source): one for one in found.inputs}
    assert max(shares, key=lambda key: shares[key].share) == "delivery"
    assert sum(one.share for one in found.inputs) == pytest.approx(found.explained)
    assert shares["delivery"].slope_interval.low > 0
    assert shares["shop"].slope_interval.low < 0 < shares["shop"].slope_interval.high
    assert (found.asked, found.reason, found.left_out) == (200, "", ())


def test_answers_of_one_person_are_averaged_and_joined_people_are_one(acme: Tenant) -> None:
    make.load(*crowd(120), told("c-0", 0, {"delivery": 1}, day=3), of=acme)
    by = make.member(of=acme)
    before = worked_out(acme)
    with tenant_bound(acme.pk):
        first, second = Customer.objects.for_tenant(acme).order_by("pk")[:2]
        merge_customers(survivor=first, absorbed=second, by=by, now=make.NOW, is_confirmed=True)

    after = worked_out(acme)

    assert (before.asked, after.asked) == (120, 119)


def test_only_answers_of_the_period_count(acme: Tenant) -> None:
    make.load(*crowd(120), *crowd(30, seed=2, day=400), of=acme)

    assert worked_out(acme, "outcome=nps").asked == 120


def test_few_people_are_refused_with_how_many_more(acme: Tenant) -> None:
    make.load(*crowd(62), of=acme)

    found = worked_out(acme)

    assert found.reason == "62 people gave the outcome; 100 are needed, 38 more."
    assert found.inputs == ()


def test_nobody_is_refused_with_what_to_do(acme: Tenant) -> None:
    assert "Choose the touchpoint that stands for the whole" in worked_out(acme).reason


def test_touchpoints_of_other_people_are_left_out_by_name(acme: Tenant) -> None:
    others = [told(f"o-{n}", n % 11, {"returns": n % 5 + 1}) for n in range(40)]
    both = [told(f"c-{n}", None, {"returns": 3 + n % 2}, day=2) for n in range(5)]
    make.load(*crowd(120, missing=0.0), *others, *both, of=acme)

    found = worked_out(acme)

    [left] = found.left_out
    assert titled(acme, left.source) == "returns"
    assert (left.n, left.needed) == (5, 14)
    assert len(found.inputs) == 4


def test_a_touchpoint_can_stand_for_the_whole(acme: Tenant) -> None:
    make.load(*crowd(120), of=acme)

    found = worked_out(acme, "outcome=csat_5&at=delivery&period=all")

    assert "delivery" not in {titled(acme, one.source) for one in found.inputs}
    assert found.reason == ""


def test_the_filter_chooses_inputs_and_people(acme: Tenant) -> None:
    make.load(*crowd(130), of=acme)

    found = worked_out(acme, f"{ALL}&touchpoint=delivery&touchpoint=support")

    assert {titled(acme, one.source) for one in found.inputs} == {"delivery", "support"}


def test_leaving_is_an_outcome(acme: Tenant) -> None:
    churn = definition(of=acme, title="Gone", days=30)
    people = crowd(150, day=120)
    make.load(*people, of=acme)
    # Who would recommend comes back until the end; others were last seen before the period ended.
    came(
        {
            record.customer.value: (125, 100, 80, 60, 40, 20, 2)
            if record.ratings[-1].value >= 7 or not number % 5
            else (125, 100)
            for number, record in enumerate(people)
            if record.customer
        },
        of=acme,
    )
    counted(churn)
    first, last = (make.NOW.date() - timedelta(days=days) for days in (150, 60))

    found = worked_out(acme, f"outcome=churn:{churn.key}&within=90&from={first}&to={last}")

    # The ninety days after the period are not over, so it is moved back until they are.
    assert (found.until, found.end_on) == ("2026-11-20", "2026-08-22")
    assert found.start_on == (first - timedelta(days=31)).isoformat()
    assert 0.1 < found.outcome_mean < 0.9
    slopes = {titled(acme, one.source): one.slope_interval for one in found.inputs}
    assert slopes["delivery"].high < 0


def test_churn_that_nothing_counted_is_refused(acme: Tenant) -> None:
    make.load(*crowd(20), of=acme)
    churn = definition(of=acme)

    found = worked_out(acme, f"outcome=churn:{churn.key}")

    assert "not counted" in found.reason


def test_a_question_is_one_row_and_waits_once(acme: Tenant) -> None:
    with tenant_bound(acme.pk):
        question = question_of(acme)
        first = ask_drivers(question=question, by=None, now=make.NOW)
        second = ask_drivers(question=question, by=None, now=make.NOW + timedelta(minutes=1))
        late = ask_drivers(question=question, by=None, now=make.NOW + 2 * PATIENCE)

        assert [bool(one) for one in (first, second, late)] == [True, False, True]
        assert DriverRun.objects.for_tenant(acme).count() == 1
        assert Job.objects.for_tenant(acme).count() == 2


def test_nothing_is_worked_out_anew_while_no_answer_changed(acme: Tenant) -> None:
    make.load(*crowd(120), of=acme)
    worked_out(acme)
    with tenant_bound(acme.pk):
        run = DriverRun.objects.for_tenant(acme).select_related("tenant").get()
        run.result = {**(run.result or {}), "seed": 7}
        run.save()

        later = make.NOW + timedelta(hours=1)
        again = work_out_drivers(run=run, now=later)
        assert (again.at, (again.result or {})["seed"]) == (later, 7)

    make.load(told("new", 3, {"delivery": 2}), of=acme)
    assert worked_out(acme).seed != 7


def test_questions_that_nobody_asks_any_more_are_forgotten(acme: Tenant) -> None:
    with tenant_bound(acme.pk):
        ask_drivers(question=question_of(acme), by=None, now=make.NOW - timedelta(days=181))
        ask_drivers(question=question_of(acme, "outcome=nps"), by=None, now=make.NOW)

        assert DriverRun.objects.for_tenant(acme).get().question == "outcome=nps"


def test_questions_asked_lately_are_worked_out_anew_by_the_clock(acme: Tenant) -> None:
    make.load(*crowd(120), of=acme)
    worked_out(acme)
    make.load(told("new", 3, {"delivery": 2}), of=acme)
    old, fresh = {"asked_at": make.NOW - timedelta(days=31)}, {"asked_at": make.NOW}
    day = make.NOW + timedelta(days=1)
    read: list[tuple[object, object]] = []
    for asked, moment in ((old, day), (fresh, make.NOW + timedelta(hours=1)), (fresh, day)):
        with tenant_bound(acme.pk):
            DriverRun.objects.for_tenant(acme).update(**asked)
            renew(tenant_id=acme.pk, now=moment)
            for promise in Outbox.objects.for_tenant(acme).filter(task=RENEW_ONE):
                renew_one(tenant_id=acme.pk, now=moment, **promise.arguments)
                promise.delete()
            run = DriverRun.objects.for_tenant(acme).get()
            read.append((run.at, (run.result or {})["asked"]))

    assert read == [(make.NOW, 120), (make.NOW, 120), (day, 121)]


def test_the_worker_says_what_it_found(acme: Tenant) -> None:
    make.load(*crowd(120), of=acme)
    with tenant_bound(acme.pk):
        ask_drivers(question=question_of(acme), by=None, now=make.NOW)
    drain(acme.pk)

    with tenant_bound(acme.pk):
        assert "from 120 people" in Job.objects.for_tenant(acme).get().message


def test_reading_takes_few_queries(acme: Tenant) -> None:
    make.load(*crowd(120), of=acme)

    with tenant_bound(acme.pk), CaptureQueriesContext(connection) as found:
        question_of(acme)
    assert len(found) == 3


def test_a_result_stands_exactly_where_there_is_a_moment(acme: Tenant) -> None:
    with tenant_bound(acme.pk):
        run = ask_drivers(question=question_of(acme), by=None, now=make.NOW)
        assert run is not None
        with pytest.raises(IntegrityError, match="has_a_result"), transaction.atomic():
            DriverRun.objects.for_tenant(acme).filter(pk=run.pk).update(at=make.NOW)
