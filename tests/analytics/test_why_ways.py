"""The ways to part a change: two at once and by segments; and whether as many answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest

from analytics.selectors.why_ways import MOST_SEGMENTS
from cxm.customers.models import SegmentMember
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from cxm.work.engine import drain
from feedback.models import Invitation
from feedback.selectors.registry_names import read_names
from feedback.selectors.response_filter import read_filter
from feedback.selectors.response_rows import count_rows, rows_of
from tests import make
from tests.analytics.page_reading import signed_in, text_of
from tests.analytics.persona_world import people, segment
from tests.analytics.reading import load_scores
from tests.analytics.test_why import BEFORE, explained, record_of, why_url
from tests.feedback.drafting import asked_survey
from tests.feedback.elsewhere import invited

if TYPE_CHECKING:
    from django.test import Client

    from analytics.selectors.why import JudgedGroup
    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]


@pytest.fixture
def crossed(db: None) -> Tenant:
    """Delivery by phone falls from 100 to -100; nothing else moves, alone neither tells it all."""
    tenant = make.tenant()
    for day in (BEFORE, 0):
        load_scores({10: 20, 0: 10}, of=tenant, touchpoint="delivery", channel="web", day=day)
        load_scores({10: 20, 0: 10}, of=tenant, touchpoint="checkout", channel="phone", day=day)
        load_scores({8: 12}, of=tenant, touchpoint="checkout", channel=None, day=day)
        phone = {0: 40} if day == 0 else {10: 40}
        load_scores(phone, of=tenant, touchpoint="delivery", channel="phone", day=day)
    return tenant


@pytest.fixture
def segmented(db: None) -> Tenant:
    """Members of group a went from promoters to detractors; who is in none stayed as they were."""
    tenant = make.tenant()
    people(tenant, ["a"] * 30, value=0)
    load_scores({10: 30}, of=tenant, channel="web")
    members = [make.record(10, customer=f"c{at}-a", channel="web", day=BEFORE) for at in range(30)]
    make.load(*members, of=tenant)
    load_scores({10: 30}, of=tenant, channel="web", day=BEFORE)
    with tenant_bound(tenant.pk):
        segment(tenant, "a")
    drain(tenant.pk)
    return tenant


def rows_behind(tenant: Tenant, url: str) -> int:
    with tenant_bound(tenant.pk):
        asked = read_filter(parse_qs(url.partition("?")[2]), read_names(tenant))
        assert not asked.notes
        return count_rows(rows_of(tenant, asked))


def check_rows(tenant: Tenant, groups: list[JudgedGroup]) -> None:
    """Behind both figures of each group stand exactly their rows."""
    for one in groups:
        for side in (one.group.before, one.group.after):
            assert rows_behind(tenant, side.figure.rows_url) == side.figure.n


def test_two_at_once_find_the_pair_that_moved(crossed: Tenant) -> None:
    found = explained(crossed, by="touchpoint.channel").explained

    assert found
    assert found.chosen.dimension.way.key == "touchpoint.channel"
    assert [one.group.title for one in found.groups if one.inside.word.value == "down"] == [
        "Delivery × Phone"
    ]
    titles = {one.group.title: one.group.key for one in found.groups}
    assert titles["Checkout × Without a channel"] == "checkout+"
    check_rows(crossed, found.groups)


def test_parts_of_pairs_add_up(crossed: Tenant) -> None:
    found = explained(crossed, by="touchpoint.channel")

    assert found.explained
    assert found.difference
    total = sum(one.group.part.total for one in found.explained.groups)
    assert float(total) == pytest.approx(found.difference.value, abs=1e-9)


def test_two_at_once_come_after_one_and_only_where_they_part_finer(crossed: Tenant) -> None:
    found = explained(crossed).explained

    assert found
    keys = [one.dimension.way.key for one in found.dimensions]
    assert set(keys[:2]) == {"touchpoint", "channel"}
    assert keys[2:] == ["touchpoint.channel"]


def test_what_parts_nothing_is_left_out_of_ways_and_of_the_tests(crossed: Tenant) -> None:
    # There is one survey: by it, there would be one group, and two tests more of the same change.
    first, asked = explained(crossed, by="channel"), explained(crossed, by="survey")

    assert first.explained
    assert asked.explained
    assert "survey" not in [one.dimension.way.key for one in first.explained.dimensions]
    assert asked.explained.chosen.dimension.way.key == "survey"
    [sentence] = asked.explained.sentences
    assert "there is only one of the surveys" in sentence


def test_a_segment_parts_into_its_members_and_all_others(segmented: Tenant) -> None:
    found = explained(segmented, by="segment:group-a").explained

    assert found
    groups = {one.group.key: one for one in found.groups}
    assert groups["in"].group.title == "Members of Group a"
    sides = [(one.group.before.figure.n, one.group.after.figure.n) for one in groups.values()]
    assert sides == [(30, 30), (30, 30)]
    assert groups["in"].group.after.figure.value == -100
    assert groups["out"].group.after.figure.value == 100
    check_rows(segmented, found.groups)


def test_members_who_left_count_to_the_others(client: Client, segmented: Tenant) -> None:
    address = why_url(segmented, "?by=segment:group-a")
    signed_in(client, segmented)
    assert "Members of Group a" in text_of(client, address)

    with tenant_bound(segmented.pk):
        SegmentMember.objects.for_tenant(segmented).update(to_at=make.NOW)

    assert "Members of Group a" not in text_of(client, address)  # no markup of before is shown


def test_segments_are_for_those_who_see_answers_and_the_rest_see_none(segmented: Tenant) -> None:
    found = explained(segmented, by="segment:group-a", sees_rows=False).explained

    assert found
    assert {one.dimension.way.key for one in found.dimensions} <= {
        "touchpoint",
        "channel",
        "survey",
    }


def test_only_the_segments_with_the_most_answers_are_tried(segmented: Tenant) -> None:
    with tenant_bound(segmented.pk):
        for at in range(MOST_SEGMENTS + 2):
            rule = {"attr": "a", "op": "=", "value": "yes"}
            make.segment(of=segmented, title=f"Copy {at}", key=f"copy-{at:02}", rule=rule)
    drain(segmented.pk)

    found = explained(segmented, by="segment:group-a").explained

    assert found
    keys = [one.dimension.way.key for one in found.dimensions]
    assert sum(key.startswith("segment:") for key in keys) == MOST_SEGMENTS + 1
    assert found.chosen.dimension.way.key == "segment:group-a"


@pytest.mark.parametrize("by", ["day", "segment:none", "channel.touchpoint", "touchpoint."])
def test_the_api_refuses_other_ways(client: Client, segmented: Tenant, by: str) -> None:
    status, found = record_of(client, segmented, f"metric=nps&by={by}")

    assert status == 422
    assert "by" in str(found)


def test_the_api_keeps_segments_from_keys_that_see_no_answers(
    client: Client, segmented: Tenant
) -> None:
    asked = "metric=nps&by=segment:group-a"

    assert record_of(client, segmented, asked)[0] == 200
    assert record_of(client, segmented, asked, rights=[Right.SEE_FIGURES])[0] == 422


def test_page_offers_the_pairs_and_the_segments(client: Client, segmented: Tenant) -> None:
    page = text_of(signed_in(client, segmented), why_url(segmented))

    assert "Segment Group a" in page
    assert "Of segments the answers of those who are in them now." in page


def asked_in_both_periods(tenant: Tenant, *, before: int, now: int, waiting: int = 0) -> None:
    """Invite forty people in each period, of whom so many answered."""
    with tenant_bound(tenant.pk):
        member = make.member(of=tenant)
        survey = asked_survey(member)
        first, _ = invited(survey)
        Invitation.objects.for_tenant(tenant).update(due_at=make.NOW - timedelta(days=400))
        fields = {
            field.attname: getattr(first, field.attname)
            for field in Invitation._meta.concrete_fields
            if field.name != "id"
        }
        rows = []
        for days, answered in ((BEFORE, before), (1, now)):
            for at in range(40):
                state = "complete" if at < answered else "expired"
                if days == 1 and answered <= at < answered + waiting:
                    state = "sent"
                rows.append(
                    Invitation(
                        **{
                            **fields,
                            "natural_key": f"{days}-{at}",
                            "token_hash": f"{days:032}{at:032}",
                            "state": state,
                            "due_at": make.NOW - timedelta(days=days),
                        }
                    )
                )
        Invitation.objects.bulk_create(rows)
        survey.anonymity = "anonymous"  # used invitations count as answered
        survey.save(update_fields=["anonymity"])


def test_a_moved_response_rate_is_said(client: Client, crossed: Tenant) -> None:
    asked_in_both_periods(crossed, before=30, now=10)

    page = text_of(signed_in(client, crossed), why_url(crossed))

    assert "Fewer of those who were asked answered than before, by more than chance." in page
    assert "75.0% 30 of 40" in page
    assert "25.0% 10 of 40" in page
    assert "−50.0 (" in page


@pytest.mark.parametrize(
    ("now", "waiting", "words"), [(28, 0, "Can be chance"), (10, 20, "Many may still answer")]
)
def test_a_response_rate_that_cannot_be_told_apart_is_no_warning(
    client: Client, crossed: Tenant, now: int, waiting: int, words: str
) -> None:
    asked_in_both_periods(crossed, before=30, now=now, waiting=waiting)

    page = text_of(signed_in(client, crossed), why_url(crossed))

    assert words in page
    assert "Fewer of those who were asked" not in page
