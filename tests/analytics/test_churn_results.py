"""What a count of churn finds: months, curves, cohorts, groups; the same as what its links list."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.models import ChurnRun
from analytics.rules.churn_moves import Move
from analytics.selectors.churn import spans_behind
from analytics.services.churn_definitions import change_churn_definition
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.loading_events import load_events
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.analytics.churning import counted, definition, did, result_of

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


def test_months_tell_the_lost_from_the_new_and_the_returned(acme: Tenant) -> None:
    # make.NOW is 20 November: 1 November is 19 days ago, 1 October 50, 1 September 80.
    did("stays", "bought", 100, 85, 70, 55, 40, 25, 10, of=acme)
    did("lost", "bought", 90, of=acme)  # gone 60 days ago, in September
    did("new", "bought", 45, 20, of=acme)  # since October
    did("back", "bought", 120, 30, of=acme)  # gone in August, here again since October
    did("brief", "bought", 100, 78, 46, of=acme)  # away for two days of October: it stayed

    months = {one.day: one for one in counted(definition(of=acme, days=30)).months}

    september, october = months["2026-09-01"], months["2026-10-01"]
    assert (september.start, september.lost, september.won, september.back) == (3, 1, 0, 0)
    assert (october.start, october.lost, october.won, october.back) == (2, 0, 1, 1)
    assert (october.end, months["2026-11-01"].start) == (4, 4)
    assert [one.is_over for one in months.values()].count(False) == 1
    assert not months["2026-11-01"].is_over


DAYS = st.lists(st.integers(0, 200), min_size=1, max_size=6)


@settings(
    deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(people=st.lists(DAYS, min_size=1, max_size=4), silence=st.integers(5, 60))
def test_every_number_of_a_month_opens_to_just_its_customers(
    people: list[list[int]], silence: int
) -> None:
    acme = make.tenant()
    for number, days in enumerate(people):
        did(f"person {number}", "bought", *days, of=acme)
    found = definition(of=acme, days=silence)
    result = counted(found)

    with tenant_bound(acme.pk):
        found.refresh_from_db()
        for month in result.months:
            for move in (Move.START, Move.LOST, Move.WON, Move.BACK, Move.END):
                rows = spans_behind(found, move, month, make.NOW)
                listed = list(rows.values_list("customer", flat=True))
                assert len(listed) == len(set(listed)) == getattr(month, move.value)
        for move, n in ((Move.THERE, result.there), (Move.GONE, result.gone)):
            assert spans_behind(found, move, None, make.NOW).count() == n
    assert result.there + result.gone == len(people)
    for before, after in zip(result.months, result.months[1:], strict=False):
        assert before.end == after.start
        assert before.start - before.lost + before.won + before.back == before.end


def test_cohorts_count_who_was_there_in_each_month_after(acme: Tenant) -> None:
    did("short", "bought", 100, of=acme)  # 12 August; gone 11 September
    did("long", "bought", 99, 75, 50, 25, of=acme)  # here until now
    did("away", "bought", 98, 20, of=acme)  # gone 13 September, here again since 31 October

    for number in range(2):
        did(f"left {number}", "bought", 97, of=acme)  # gone 14 September
    did("alone", "bought", 70, of=acme)

    august, september = result_of(definition(of=acme, days=30)).cohorts

    assert (august.day, august.n, august.there, august.done) == ("2026-08-01", 5, (5, 5, 2, 2), 3)
    assert (september.n, september.there) == (1, ())


def test_what_happens_at_midnight_belongs_to_the_month_that_begins(acme: Tenant) -> None:
    # make.NOW is noon: half a day before it is midnight; 1 October is 50 days ago.
    midnight = make.NOW - timedelta(days=50, hours=12)
    with tenant_bound(acme.pk):
        rows = [
            EventRecord(
                Call.TRACK,
                position=place,
                key=f"midnight-{place}",
                occurred_at=at,
                name=name,
                refs=(Ref("external", "", who),),
            )
            for place, (who, name, at) in enumerate(
                [
                    ("new", "signed", midnight),
                    ("lost", "signed", midnight - timedelta(days=60)),
                    ("lost", "left", midnight),
                ]
            )
        ]
        load_events(tenant=acme, source="events:shop", records=rows, now=make.NOW)
    found = definition("event", of=acme, ends=["left"], starts=["signed"])

    months = {one.day: one for one in counted(found).months}

    september, october = months["2026-09-01"], months["2026-10-01"]
    assert (september.won, september.lost, september.end) == (0, 0, 1)
    assert (october.start, october.won, october.lost, october.end) == (1, 1, 1, 1)


def test_the_curve_counts_days_from_the_first_deed_on(acme: Tenant) -> None:
    did("gone", "bought", 100, of=acme)
    did("here", "bought", 10, of=acme)

    overall = result_of(definition(of=acme, days=30)).overall

    assert overall is not None
    assert (overall.n, overall.gone, overall.horizon) == (2, 1, 30)
    assert [(one.day, one.at_risk, one.survival) for one in overall.steps] == [(30, 1, 0.0)]
    assert overall.mean == pytest.approx(30)


def test_groups_are_those_of_the_first_channel_and_tested_against_the_others(acme: Tenant) -> None:
    for name in ("web", "shop"):
        make.channel(of=acme, key=name, title=name.title())
    for number in range(12):
        did(f"web {number}", "bought", 150 - number, of=acme, channel="web")
        did(f"shop {number}", "bought", 150 - number, 130, 110, 90, of=acme, channel="shop")
    did("web 0", "bought", 1, of=acme, channel="shop")

    result = result_of(definition(of=acme, days=30))

    channels = result.groups["channel"]
    assert [(one.title, one.curve.n, one.curve.median) for one in channels.curves] == [
        ("Shop", 12, 84),
        ("Web", 12, 30),
    ]
    assert channels.degrees == 1
    assert channels.p is not None
    assert channels.p < 0.001
    shop, web = channels.curves
    assert shop.chi_squared == pytest.approx(channels.chi_squared)
    assert web.chi_squared == pytest.approx(channels.chi_squared)


def test_definitions_tell_how_far_they_agree(acme: Tenant) -> None:
    did("silent", "signed", 100, of=acme)
    did("both", "signed", 100, of=acme)
    did("both", "left", 50, of=acme)
    did("active", "signed", 100, of=acme)
    did("active", "left", 20, of=acme)
    silence = definition(of=acme, days=30, names=["signed", "left"], title="Silence")
    event = definition("event", of=acme, ends=["left"], title="Left")
    counted(silence)

    [overlap] = result_of(event).overlaps

    assert (overlap.title, overlap.both, overlap.only_this, overlap.only_other) == (
        "Silence",
        1,
        1,
        1,
    )


def test_a_changed_rule_is_a_new_version_and_counts_all_history(acme: Tenant) -> None:
    member = make.member(of=acme)
    did("ana", "bought", 40, of=acme)
    found = definition(of=acme, days=30)
    before = counted(found)

    with tenant_bound(acme.pk):
        change_churn_definition(
            definition=found, title="Churn", config={"days": 60}, by=member, now=make.NOW
        )
    after = counted(found, make.NOW + timedelta(minutes=1))

    assert (before.there, before.gone) == (0, 1)
    assert (after.there, after.gone) == (1, 0)
    assert found.version == 2


def test_nobody_at_all_is_no_error(acme: Tenant) -> None:
    found = definition(of=acme)
    brief, result = counted(found), result_of(found)

    assert (brief.there, brief.months, result.cohorts, result.overall) == (0, (), (), None)


def test_one_run_a_day_is_kept_and_old_ones_go(acme: Tenant) -> None:
    found = definition(of=acme)
    for ago in (timedelta(days=95), timedelta(days=2), timedelta(hours=3), timedelta(0)):
        counted(found, make.NOW - ago)

    with tenant_bound(acme.pk):
        kept = ChurnRun.objects.for_tenant(acme).order_by("at").values_list("at", flat=True)
        assert list(kept) == [make.NOW - timedelta(days=2), make.NOW]


def golden_of_late_entry(acme: Tenant) -> None:
    """Metrics 7, golden C: entry 0 0 2 3 5, exit 4 6 7 5 9, churned 1 0 1 1 1.

    Somebody who is nobody's customer cancels first, 50 days ago: since then anybody can be seen.
    """
    did("lone", "cancelled", 50, of=acme)
    for who, first, last in (("a", 40, 36), ("c", 53, 46), ("d", 54, 49), ("e", 56, 47)):
        did(who, "bought", first, of=acme)
        did(who, "cancelled", last, of=acme)
    did("b", "bought", 6, of=acme)


def test_who_came_before_anybody_could_be_seen_leaving_enters_late(acme: Tenant) -> None:
    golden_of_late_entry(acme)

    late = result_of(definition("event", of=acme, ends=["cancelled"])).overall
    whole = result_of(
        definition("event", of=acme, title="Whole", ends=["cancelled"], starts=["bought"])
    ).overall

    assert late
    assert [(one.day, one.at_risk, one.survival) for one in late.steps if one.gone] == [
        (4, 4, 0.75),
        (5, 3, pytest.approx(0.5)),
        (7, 2, pytest.approx(0.25)),
        (9, 1, 0.0),
    ]
    # Where it is known when somebody begins, everybody was watched from then on.
    assert whole
    steps = [round(one.survival, 6) for one in whole.steps if one.gone]
    assert steps == [0.8, 0.6, 0.3, 0.0]


def test_no_month_is_told_in_which_nobody_could_be_seen_leaving(acme: Tenant) -> None:
    did("ana", "bought", 300, of=acme)
    golden_of_late_entry(acme)

    late = counted(definition("event", of=acme, ends=["cancelled"]))
    silent = counted(definition(of=acme, title="Silent"))

    # make.NOW is 20 November; the first cancellation came on 1 October, in the middle of a day.
    assert late.watched == "2026-10-01"
    assert [one.day for one in late.months] == ["2026-11-01"]
    assert silent.watched == ""
    assert silent.months[0].day == "2026-01-01"
