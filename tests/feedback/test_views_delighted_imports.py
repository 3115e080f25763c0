"""The pages that bring an account of Delighted over: looked at, begun, done, and refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from feedback.models import DelightedImport
from tests import make
from tests.feedback.delighted_accounts import Account, account_served, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ASKED = {"key": "KEY123", "title": "Shop of Delighted"}


@pytest.fixture
def member(db: None) -> Membership:
    return make.member(of=make.tenant(), role=Role.ADMIN)


@pytest.fixture
def hand(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def account(settings: Any) -> Iterator[Account]:
    with account_served(settings, people=[], survey_responses=[answer(1, 9)]) as served:
        yield served


def _url(member: Membership, name: str, *args: Any) -> str:
    return reverse(f"feedback:{name}", args=[member.tenant.slug, *args])


def _looked(hand: Client, member: Membership, **more: str) -> DelightedImport:
    hand.post(_url(member, "delighted-imports"), {**ASKED, **more})
    with tenant_bound(member.tenant_id):
        return DelightedImport.objects.for_tenant(member.tenant).latest("created_at")


def _text(answered: Any) -> str:
    return " ".join(answered.content.decode().split())


def test_an_account_is_looked_at_first_then_brought_over(
    hand: Client, member: Membership, account: Account
) -> None:
    row = _looked(hand, member)
    first = _text(hand.get(_url(member, "delighted-import", row.pk)))
    assert "<dt>Net Promoter Score there</dt><dd>50</dd>" in first
    assert "19 Apr 2024 to 19 Apr 2024" in first
    assert "Kept until all is there" in first

    hand.post(_url(member, "delighted-import-start", row.pk))
    running = _text(hand.get(_url(member, "delighted-import", row.pk)))
    drain(member.tenant_id)

    done = _text(hand.get(_url(member, "delighted-import", row.pk)))
    assert "Fetching the account" in running
    assert "Fetching the account" not in done
    taken = '<th scope="row">Answers</th> <td data-label="Read" class="num">1</td>'
    assert f'{taken} <td data-label="New here" class="num">1</td>' in done
    assert "<dt>Key</dt><dd>Forgotten</dd>" in done
    listed = _text(hand.get(_url(member, "delighted-imports")))
    assert "Brought over</span>" in listed
    assert "KEY123" not in first + running + done + listed
    with tenant_bound(member.tenant_id):
        rows = AuditEntry.objects.for_tenant(member.tenant).filter(action__startswith="delighted")
        actions = set(rows.values_list("action", flat=True))
    assert actions == {"delighted-key-kept", "delighted-import-started"}


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"key": "", "title": "Shop"}, {"key": ["This field is required."]}),
        ({"key": "K", "title": ""}, {"title": ["Say what it is called."]}),
        (
            {"key": "K", "title": "S", "since": "2026-03-02", "until": "2026-03-01"},
            {"until": ["Choose a day that is not before the first one."]},
        ),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_asked(
    hand: Client,
    member: Membership,
    account: Account,
    sent: dict[str, str],
    errors: dict[str, list[str]],
) -> None:
    answered = hand.post(_url(member, "delighted-imports"), sent)

    assert answered.status_code == 422
    assert answered.context["form"].errors == errors
    assert account.asked == []


def test_a_key_that_is_refused_is_named_and_the_rest_stays(
    hand: Client, member: Membership, account: Account
) -> None:
    account.instead["metrics"] = [(401, {}, b"{}")]

    answered = hand.post(_url(member, "delighted-imports"), {**ASKED, "since": "2026-03-02"})

    assert answered.status_code == 422
    [said] = answered.context["form"].errors["key"]
    assert said.startswith("Delighted does not take this key.")
    text = answered.content.decode()
    assert 'value="Shop of Delighted"' in text
    assert 'value="2026-03-02"' in text
    assert "KEY123" not in text


def test_the_period_is_days_of_the_workspace(
    hand: Client, member: Membership, account: Account
) -> None:
    row = _looked(hand, member, since="2026-03-01", until="2026-03-31")

    assert account.asked[0] == ("metrics", {"since": "1772323200", "until": "1775001600"})
    shown = _text(hand.get(_url(member, "delighted-import", row.pk)))
    assert "from 1 Mar 2026 to 31 Mar 2026" in shown


def test_a_forgotten_key_cannot_fetch(hand: Client, member: Membership, account: Account) -> None:
    row = _looked(hand, member)
    hand.post(_url(member, "delighted-import-forget", row.pk))

    answered = hand.post(_url(member, "delighted-import-start", row.pk))

    assert answered.status_code == 422
    assert "The account’s key is forgotten. Enter it again." in answered.content.decode()


def test_one_source_takes_an_account_again(
    hand: Client, member: Membership, account: Account
) -> None:
    row = _looked(hand, member)

    again = _looked(hand, member, source=str(row.event_source_id), title="")

    assert again.pk != row.pk
    assert again.event_source_id == row.event_source_id


def test_a_manager_may_not_bring_accounts_over(member: Membership) -> None:
    client = Client()
    client.force_login(make.member(of=member.tenant, role=Role.MANAGER).user)

    assert client.get(_url(member, "delighted-imports")).status_code == 404
    assert client.post(_url(member, "delighted-imports"), ASKED).status_code == 404


def test_an_account_of_another_workspace_is_not_found(
    hand: Client, member: Membership, account: Account
) -> None:
    row = _looked(hand, member)
    other = make.member(of=make.tenant(), role=Role.ADMIN)
    client = Client()
    client.force_login(other.user)

    for name in ("delighted-import-start", "delighted-import-forget"):
        assert client.post(_url(other, name, row.pk)).status_code == 404
    assert client.get(_url(other, "delighted-import", row.pk)).status_code == 404


def test_the_list_takes_as_many_queries_with_three_as_with_one(
    hand: Client, member: Membership, account: Account, django_assert_num_queries: Any
) -> None:
    row = _looked(hand, member)
    url = _url(member, "delighted-imports")
    hand.get(url)
    with django_assert_num_queries(11):
        hand.get(url)
    for _ in range(2):
        _looked(hand, member, source=str(row.event_source_id))

    with django_assert_num_queries(11):
        hand.get(url)
