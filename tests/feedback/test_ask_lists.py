"""Asking the people of a list: each once, by the contact policy, however often it is begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.customers.models import Identity
from cxm.customers.services.erasing import start_erasing
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from feedback.errors import DistributionError
from feedback.models import AskList, AskListRow, Invitation
from feedback.rules.distribution.list_rows import read_people
from feedback.rules.distribution.words import DistributionState
from feedback.selectors.ask_lists import ListCounts, counts_of
from feedback.services.distribution import lists
from feedback.services.distribution.running import start, stop
from tests import make
from tests.feedback import outreach
from tests.feedback.drafting import asked_survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Membership
    from feedback.models import Distribution, Survey

pytestmark = pytest.mark.django_db
HEADS = ["email", "name", "language", "order"]
ANA = ["ana@example.com", "Ana Reis", "pt", "A-1"]
BO = ["bo@example.com", "Bo Lind", "", "A-2"]


@pytest.fixture
def member() -> Iterator[Membership]:
    manager = make.member(of=make.tenant(), role=Role.ADMIN)
    with tenant_bound(manager.tenant_id):
        yield manager


@pytest.fixture
def survey(member: Membership) -> Survey:
    return asked_survey(member)


@pytest.fixture
def by_list(member: Membership, survey: Survey) -> Distribution:
    return outreach.distribution(survey, by=member, title="By list", audience="list")


def bring(row: Distribution, by: Membership, *people: list[str]) -> AskList:
    read = read_people([HEADS, *people])
    return lists.keep_list(distribution=row, title="May.csv", people=read, by=by, now=make.NOW)


def told(row: AskList) -> list[tuple[str, str, str]]:
    found = Invitation.objects.for_tenant(row.tenant_id).order_by("customer__email")
    return [(one.customer.email, one.state, one.reason) for one in found]


def test_everybody_of_a_list_is_asked_in_their_language(
    by_list: Distribution, member: Membership
) -> None:
    outreach.delivered(member.tenant, "bo@example.com")
    row = bring(by_list, member, ANA, BO, ["no address", "", "", ""])
    assert counts_of(row) == ListCounts(rows=3, faulty=1, known=1, settled=0)

    lists.ask_list(ask_list=row, by=member, now=make.NOW)
    drain(member.tenant_id, without={"feedback.send-invitations", "feedback.forget-list"})

    assert told(row) == [("ana@example.com", "queued", ""), ("bo@example.com", "queued", "")]
    ana = Invitation.objects.for_tenant(member.tenant).get(customer__email="ana@example.com")
    assert (ana.language, ana.context["properties"]) == ("pt", {"order": "A-1"})
    row.refresh_from_db()
    assert (row.state, counts_of(row).settled) == ("done", 2)
    kept = AskListRow.objects.for_tenant(member.tenant).get(number=2)
    assert kept.told == {"values": {"language": "pt"}, "facts": {"order": "A-1"}}


def test_the_contact_policy_is_asked_about_each(by_list: Distribution, member: Membership) -> None:
    outreach.rule("employees", of=member.tenant, domains=["example.org"])
    row = bring(by_list, member, ANA, ["us@example.org", "", "", ""])

    lists.ask_list(ask_list=row, by=member, now=make.NOW)
    lists.ask_stretch(tenant_id=member.tenant_id, now=make.NOW, list_id=str(row.pk))

    assert told(row) == [
        ("ana@example.com", "queued", ""),
        ("us@example.org", "suppressed", "employee"),
    ]


def test_nobody_is_asked_twice_however_often_it_is_begun(
    by_list: Distribution, member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_AT_ONCE", 1)
    row = bring(by_list, member, ANA, BO)
    for _ in range(2):
        lists.ask_list(ask_list=row, by=member, now=make.NOW)
    tenant_id, list_id = member.tenant_id, str(row.pk)

    again = [
        lists.ask_stretch(tenant_id=tenant_id, now=make.NOW, list_id=list_id) for _ in range(4)
    ]

    assert [bool(one) for one in again] == [True, True, False, False]
    assert len(told(row)) == 2


def test_a_draft_asks_nobody_and_a_pause_holds_a_list(
    by_list: Distribution, member: Membership
) -> None:
    row = bring(by_list, member, ANA)
    drain(member.tenant_id)
    assert told(row) == []
    stop(distribution=by_list, to=DistributionState.PAUSED, by=member, now=make.NOW)

    lists.ask_list(ask_list=row, by=member, now=make.NOW)
    drain(member.tenant_id)
    before = told(row)
    start(distribution=by_list, by=member, now=make.NOW)
    drain(member.tenant_id, without={"feedback.send-invitations"})

    assert before == []
    assert [state for _, state, _ in told(row)] == ["queued"]


def test_what_cannot_be_asked_is_refused_by_name(
    by_list: Distribution, survey: Survey, member: Membership
) -> None:
    empty = bring(by_list, member, ["nobody", "", "", ""])
    with pytest.raises(DistributionError, match="nobody in this list"):
        lists.ask_list(ask_list=empty, by=member, now=make.NOW)
    good = bring(by_list, member, ANA)
    stop(distribution=by_list, to=DistributionState.ENDED, by=member, now=make.NOW)
    with pytest.raises(DistributionError, match="has ended"):
        lists.ask_list(ask_list=good, by=member, now=make.NOW)
    other = outreach.distribution(survey, by=member, title="By event")
    with pytest.raises(DistributionError, match="asks no list"):
        bring(other, member, ANA)


def test_only_a_draft_is_thrown_away(by_list: Distribution, member: Membership) -> None:
    draft, asked = bring(by_list, member, ANA), bring(by_list, member, BO)
    lists.ask_list(ask_list=asked, by=member, now=make.NOW)

    lists.drop_list(ask_list=draft, by=member)

    with pytest.raises(DistributionError, match="the list stays"):
        lists.drop_list(ask_list=asked, by=member)
    assert list(AskList.objects.for_tenant(member.tenant)) == [asked]
    assert AskListRow.objects.for_tenant(member.tenant).count() == 1


def test_what_nobody_asked_is_forgotten_after_thirty_days(
    by_list: Distribution, member: Membership
) -> None:
    draft = bring(by_list, member, ANA)
    asked = bring(by_list, member, BO, ["nobody", "Nobody", "", ""])
    lists.ask_list(ask_list=asked, by=member, now=make.NOW)
    lists.ask_stretch(tenant_id=member.tenant_id, now=make.NOW, list_id=str(asked.pk))

    for one in (draft, asked):
        lists.forget_list(tenant_id=member.tenant_id, list_id=str(one.pk))

    assert not AskList.objects.for_tenant(member.tenant).filter(pk=draft.pk).exists()
    rows = AskListRow.objects.for_tenant(member.tenant).filter(ask_list=asked)
    assert [one.told for one in rows.order_by("number")] == [
        {"values": {"language": ""}, "facts": {"order": "A-2"}},
        {},
    ]


def test_an_erased_person_is_in_no_list(by_list: Distribution, member: Membership) -> None:
    outreach.delivered(member.tenant, "ana@example.com")
    row = bring(by_list, member, ANA, BO)
    known = Identity.objects.for_tenant(member.tenant).select_related("customer__tenant")
    ana = known.get(value="ana@example.com").customer
    start_erasing(customer=ana, by=member, now=make.NOW)
    drain(member.tenant_id, without={"feedback.forget-list"})
    later = bring(by_list, member, ANA)

    for one in (row, later):
        lists.ask_list(ask_list=one, by=member, now=make.NOW)
        lists.ask_stretch(tenant_id=member.tenant_id, now=make.NOW, list_id=str(one.pk))

    assert [email for email, _, _ in told(row)] == ["bo@example.com"]
    rows = AskListRow.objects.for_tenant(member.tenant).order_by("ask_list", "number")
    assert [one.fault for one in rows] == ["[erased]", "", lists.GONE]
