"""Rounds of review: asked for, answered, taken back, and what they mean for publishing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.collaboration.models import Notice
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from journeys.errors import (
    InReviewError,
    NotApprovedError,
    NotNowError,
    ReviewError,
    UnsoundMapError,
)
from journeys.models import JourneyMap
from journeys.rules.reviews import Verdict
from journeys.services.maps import publish_map
from journeys.services.promoting import publish_again
from tests import make
from tests.journeys import charting
from tests.journeys.reviewing import Round, begun
from tests.journeys.sharing import change_journey, the_map

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Round:
    return begun()


def publish(made: Round, note: str = "") -> None:
    with tenant_bound(made.ana.tenant_id):
        publish_map(of=the_map(made.ana, made.map_id), by=made.bea, now=make.NOW, note=note)


def told(member: Membership) -> list[tuple[str, str]]:
    with tenant_bound(member.tenant_id):
        rows = Notice.objects.for_tenant(member.tenant).filter(member=member).order_by("pk")
        return list(rows.values_list("kind", "page"))


def test_a_review_rests_the_map_and_tells_who_is_asked(made: Round) -> None:
    head = the_map(made.ana, made.map_id).head_seq

    made.ask(made.bea, made.vic)

    assert the_map(made.ana, made.map_id).status == "in_review"
    assert made.requests() == [("open", head)]
    assert told(made.bea) == told(made.vic) == [("review", f"maps/{made.map_id}/review/")]
    assert told(made.ana) == []
    with pytest.raises(InReviewError):
        made.change()


def test_there_is_one_review_at_once(made: Round) -> None:
    made.ask()

    with pytest.raises(NotNowError, match="in review already"):
        made.ask()

    assert len(made.requests()) == 1


def test_asking_for_changes_makes_it_a_draft_again_and_tells_who_asked(made: Round) -> None:
    made.ask()

    made.say(Verdict.CHANGES, made.bea, "Say when the money comes")

    assert the_map(made.ana, made.map_id).status == "draft"
    assert made.requests()[0][0] == "changes"
    assert told(made.ana) == [("changes", f"maps/{made.map_id}/review/")]
    made.change()


def test_an_approval_is_told_and_leaves_the_review_open(made: Round) -> None:
    made.ask(made.bea, made.vic)

    made.say(Verdict.APPROVE, made.vic)

    assert made.requests()[0][0] == "open"
    assert sorted(made.votes()) == ["", "approve"]
    assert told(made.ana) == [("approved", f"maps/{made.map_id}/review/")]


def test_a_review_is_taken_back(made: Round) -> None:
    made.ask()
    made.withdraw()

    assert made.requests()[0][0] == "withdrawn"
    assert the_map(made.ana, made.map_id).status == "draft"
    with pytest.raises(NotNowError):
        made.withdraw()


@pytest.mark.parametrize(
    ("verdict", "note", "by", "field"),
    [
        (Verdict.CHANGES, " ", "bea", "note"),
        (Verdict.APPROVE, "x" * 2_001, "bea", "note"),
        (Verdict.APPROVE, "", "vic", ""),
        (Verdict.APPROVE, "", "ana", ""),
    ],
)
def test_a_verdict_that_cannot_be_is_refused(
    made: Round, verdict: Verdict, note: str, by: str, field: str
) -> None:
    made.ask()

    with pytest.raises(ReviewError) as refused:
        made.say(verdict, getattr(made, by), note)

    assert refused.value.field == field
    assert made.votes() == [""]


def test_only_people_who_may_read_the_map_are_asked(made: Round) -> None:
    outsider = make.member()
    guest = make.member(of=made.ana.tenant, role=Role.GUEST)
    agent = make.member(of=made.ana.tenant, role=Role.AGENT)
    change_journey(made.ana, made.map_id, visibility="viewable")

    for people in ([outsider], [guest], [agent], [made.ana], [made.bea, outsider]):
        with pytest.raises(ReviewError):
            made.ask(*people)

    assert made.requests() == []


def test_a_map_that_is_not_sound_is_not_reviewed(made: Round) -> None:
    change_journey(made.ana, made.map_id, owner=None)

    with pytest.raises(UnsoundMapError):
        made.ask()

    assert made.requests() == []


def test_publishing_needs_the_approvals_that_are_demanded(made: Round) -> None:
    made.demand(1)
    with pytest.raises(NotApprovedError, match="asks for an approval"):
        publish(made)
    made.ask()
    made.say(Verdict.APPROVE, made.bea)

    publish(made, "We begin with the letters")

    row = the_map(made.ana, made.map_id)
    assert (row.status, row.published_note) == ("published", "We begin with the letters")
    assert made.requests()[0][0] == "approved"


def test_approvals_fall_when_the_map_moves_on(made: Round) -> None:
    made.demand(1)
    made.ask()
    made.say(Verdict.APPROVE, made.bea)
    made.withdraw()
    made.change()

    with pytest.raises(NotApprovedError):
        publish(made)
    made.demand(1, falls=False)
    publish(made)

    assert the_map(made.ana, made.map_id).status == "published"


def test_who_drew_the_map_cannot_approve_it_alone(made: Round) -> None:
    made.demand(1)
    charting.do(made.bea, made.map_id, charting.put(made.card, "text", "Drawn by Bea, too"))
    made.ask()
    made.say(Verdict.APPROVE, made.bea)

    with pytest.raises(NotApprovedError, match="did not draw"):
        publish(made)
    made.withdraw()
    made.ask(made.vic)
    made.say(Verdict.APPROVE, made.vic)
    publish(made)

    assert the_map(made.ana, made.map_id).status == "published"


def test_what_held_before_holds_again_without_new_approvals(made: Round) -> None:
    publish(made)
    with tenant_bound(made.ana.tenant_id):
        rows = JourneyMap.objects.for_tenant(made.ana.tenant).filter(pk=made.map_id)
        rows.update(state="past", status="retired", valid_to=make.NOW.replace(year=2027))
    made.demand(3)

    with tenant_bound(made.ana.tenant_id):
        again = publish_again(of=the_map(made.ana, made.map_id), by=made.bea, now=make.NOW)

    assert the_map(made.ana, again.pk).status == "published"


def test_everything_stands_in_the_audit_list(made: Round) -> None:
    made.ask()
    made.say(Verdict.CHANGES, made.bea, "No")
    made.ask()
    made.withdraw()
    publish(made, "Because")

    with tenant_bound(made.ana.tenant_id):
        entries = AuditEntry.objects.for_tenant(made.ana.tenant).order_by("pk")
        entries = entries.filter(action__startswith="map-")
        actions = list(entries.values_list("action", "changes"))
    assert actions == [
        ("map-review-asked", {}),
        ("map-reviewed", {"verdict": "changes"}),
        ("map-review-asked", {}),
        ("map-review-withdrawn", {}),
        ("map-published", {"note": "Because"}),
    ]
