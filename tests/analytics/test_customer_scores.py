"""One customer's scores beside everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analytics.selectors.customer_scores import ScoreLine, customer_scores, scores_json
from cxm.customers.models import Customer, SegmentMember
from cxm.customers.selectors.subjects import Looking, Subject, read_subject
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role, may
from tests import make
from tests.customers import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """A tenant that the test is bound to."""
    made = make.tenant()
    with tenant_bound(made.pk):
        yield made


def subject_of(tenant: Tenant, role: Role = Role.AGENT) -> Subject:
    """Look at the only customer of a tenant."""
    looking = Looking(tenant, lambda right: may(role, right), make.NOW)
    subject = read_subject(looking, Customer.objects.for_tenant(tenant).get().pk)
    assert subject is not None
    return subject


def lines_of(tenant: Tenant, *own: int, everybody: list[int], metric: str = "nps") -> ScoreLine:
    """Let one customer and others score delivery; give the one line."""
    mine = [
        make.record(value, metric=metric, touchpoint="delivery", customer="C-1", day=day)
        for day, value in enumerate(own)
    ]
    others = [make.record(value, metric=metric, touchpoint="delivery") for value in everybody]
    make.load(*mine, *others, of=tenant)
    [line] = customer_scores(subject_of(tenant))
    return line


def test_own_scores_stand_beside_the_mean_of_everybody(tenant: Tenant) -> None:
    line = lines_of(tenant, 2, 4, everybody=[9] * 20)

    assert (line.touchpoint, line.n, line.mean, line.last) == ("Delivery", 2, 3.0, 2)
    assert line.everybody.n == 22
    assert line.everybody.value == pytest.approx(186 / 22)
    assert (line.everybody.ci_low or 0) < (line.everybody.value or 0)
    assert line.own_place == 30.0


@pytest.mark.parametrize(
    ("metric", "own", "everybody", "words"),
    [
        pytest.param("nps", 0, [9, 10] * 10, "worse than the mean", id="below"),
        pytest.param("nps", 10, [2, 3] * 10, "better than the mean", id="above"),
        pytest.param("nps", 5, [0, 10] * 10, "about the mean", id="inside-the-interval"),
        pytest.param("nps", 0, [9] * 8, "", id="too-few-to-tell"),
        pytest.param("ces_1", 5, [1, 2] * 10, "worse than the mean", id="low-is-good"),
        pytest.param("ces_1", 1, [4, 5] * 10, "better than the mean", id="lower-is-better"),
    ],
)
def test_the_verdict_follows_the_interval_and_the_direction(
    tenant: Tenant, metric: str, own: int, everybody: list[int], words: str
) -> None:
    assert lines_of(tenant, own, everybody=everybody, metric=metric).verdict_words == words


def test_what_hurts_most_comes_first(tenant: Tenant) -> None:
    make.load(
        make.record(9, touchpoint="checkout", customer="C-1"),
        make.record(1, touchpoint="delivery", customer="C-1"),
        make.record(5, touchpoint="support", customer="C-1"),
        *[
            make.record(8, touchpoint=place)
            for place in ("checkout", "delivery", "support")
            for _ in range(15)
        ],
        of=tenant,
    )

    lines = customer_scores(subject_of(tenant))

    assert [line.touchpoint for line in lines] == ["Delivery", "Support", "Checkout"]
    assert [row["touchpoint"] for row in scores_json(lines)] == ["Delivery", "Support", "Checkout"]


def test_scores_without_a_touchpoint_are_about_the_whole(tenant: Tenant) -> None:
    make.load(make.record(9, customer="C-1"), of=tenant)

    [line] = customer_scores(subject_of(tenant))

    assert line.touchpoint == "As a whole"


def test_those_who_may_not_read_answers_see_no_scores(tenant: Tenant) -> None:
    make.load(make.record(9, customer="C-1"), of=tenant)

    assert customer_scores(subject_of(tenant, Role.GUEST)) == []


@pytest.mark.parametrize(
    ("is_pinned", "size", "others", "n"),
    [
        pytest.param(True, 2, "Wholesale", 2, id="their-pinned-segment"),
        pytest.param(False, 2, "Everybody", 12, id="not-pinned"),
        pytest.param(True, 20_001, "Everybody", 12, id="too-large-to-count-at-once"),
    ],
)
def test_a_customer_is_compared_with_their_pinned_segment(
    tenant: Tenant, is_pinned: bool, size: int, others: str, n: int
) -> None:
    make.load(
        make.record(1, customer="C-1", touchpoint="delivery"),
        make.record(4, customer="C-2", touchpoint="delivery"),
        *[make.record(9, touchpoint="delivery") for _ in range(10)],
        of=tenant,
    )
    mine, theirs = Customer.objects.for_tenant(tenant).order_by("pk")
    segment = served.in_segment(mine, "Wholesale")
    segment.is_pinned, segment.size = is_pinned, size
    segment.save(update_fields=["is_pinned", "size"])
    SegmentMember.objects.create(tenant=tenant, segment=segment, customer=theirs, from_at=make.NOW)
    looking = Looking(tenant, lambda right: may(Role.AGENT, right), make.NOW)
    subject = read_subject(looking, mine.pk)
    assert subject is not None

    [line] = customer_scores(subject)

    assert (line.others, line.everybody.n) == (others, n)
    assert ("segment=" in line.everybody.rows_url) is (others == "Wholesale")
