"""The page of what one was told, the bell, and the way to what was said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.collaboration.models import Notice
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership
from cxm.tenants.rules import Mails, Role
from personas.models import StakeholderMap
from tests import make
from tests.collaboration.commenting import begun, named, of_map, of_persona, told
from tests.personas import mapping
from tests.personas.editing import persona

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from personas.selectors.subjects import PersonaSubject

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea() -> Membership:
    return named(make.member(), "Bea Berg")


@pytest.fixture
def ana(bea: Membership) -> Membership:
    return named(make.member(of=bea.tenant, role=Role.VIEWER), "Ana Alves")


@pytest.fixture
def uma(bea: Membership) -> PersonaSubject:
    return of_persona(bea, persona(bea, "Uma"))


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(member: Membership, name: str, *args: object) -> str:
    return reverse(f"collaboration:{name}", args=[member.tenant.slug, *args])


def text(answer: Any) -> str:
    return str(answer.content.decode())


def told_lines(answer: Any) -> list[str]:
    """List the notices shown, as words."""
    found = re.findall(r'<div class="notice-words">\s*<p>(.*?)</p>', text(answer), re.DOTALL)
    return [re.sub(r"<[^>]+>", "", one).strip() for one in found]


def notices_to(member: Membership) -> list[Notice]:
    with tenant_bound(member.tenant_id):
        return list(Notice.objects.for_tenant(member.tenant).filter(member=member).order_by("-pk"))


def test_the_page_lists_what_is_unread_and_all(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    for body in ("@Ana Alves, **first**", "@Ana Alves, second"):
        begun(bea, uma, body)
    client, page = client_of(ana), url(ana, "notice-list")
    client.post(url(ana, "notice-read", notices_to(ana)[0].pk))

    line = "Bea Berg mentioned you in a comment on Uma"
    assert told_lines(client.get(page)) == [f"Unread: {line}"]
    assert told_lines(client.get(f"{page}?show=all")) == [line, f"Unread: {line}"]
    assert "@Ana Alves, first" in text(client.get(page))


def test_opening_a_notice_goes_to_the_thread_and_reads_it(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    thread = begun(bea, uma, "@Ana Alves?")
    client, [notice] = client_of(ana), notices_to(ana)

    answer = client.get(url(ana, "notice-open", notice.pk))

    page = reverse("personas:persona-page", args=[ana.tenant.slug, uma.pk])
    assert answer["Location"] == f"{page}?comments=open&thread={thread.pk}#thread-{thread.pk}"
    assert told(ana) == [("mention", True)]
    assert "data-comments-focus" in text(client.get(answer["Location"]))


def test_the_bell_counts_what_is_unread(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    begun(bea, uma, "@Ana Alves?")
    client, page = client_of(ana), url(ana, "notice-list")

    before = text(client.get(page))
    client.post(url(ana, "notices-read"))

    assert 'aria-label="Notices: 1 unread"' in before
    assert 'aria-label="Notices: none unread"' in text(client.get(page))


def test_guests_have_a_bell_and_no_notices_but_their_own(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    begun(bea, uma, "@Ana Alves, between us")
    notice = notices_to(ana)[0]
    guest = client_of(make.member(of=bea.tenant, role=Role.GUEST))

    listed = guest.get(url(bea, "notice-list"))

    assert "Notices: none unread" in text(listed)
    assert "between us" not in text(listed)
    assert guest.get(url(bea, "notice-open", notice.pk)).status_code == 404


def test_a_page_that_was_closed_meanwhile_is_not_told_of(bea: Membership, ana: Membership) -> None:
    drawn = mapping.map_of(bea, "Secret map")
    begun(bea, of_map(drawn), "@Ana Alves, secret words")
    with tenant_bound(bea.tenant_id):
        StakeholderMap.objects.for_tenant(bea.tenant).update(visibility="hidden", owner=bea)
    client = client_of(ana)

    shown = text(client.get(url(ana, "notice-list")))

    assert "a page that is not open to you any more" in shown
    assert "ecret" not in shown
    assert client.get(url(ana, "notice-open", notices_to(ana)[0].pk)).status_code == 404


def test_notices_of_others_are_not_found(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    begun(bea, uma, "@Ana Alves?")
    [notice] = notices_to(ana)
    stranger = make.member()

    found = [
        client_of(who).post(url(who, "notice-read", notice.pk)).status_code
        for who in (bea, stranger)
    ]

    assert (found, told(ana)) == ([404, 404], [("mention", False)])


def test_mails_are_turned_off_and_on(ana: Membership) -> None:
    client, switch = client_of(ana), url(ana, "notice-mail")
    kept = []
    for wanted in ("never", "hourly", "daily", "at_once"):
        client.post(switch, {"mails": wanted})
        with tenant_bound(ana.tenant_id):
            kept.append(Membership.objects.for_tenant(ana.tenant).get(pk=ana.pk).mails)

    assert kept == [Mails.NEVER, Mails.NEVER, Mails.DAILY, Mails.AT_ONCE]


def test_an_empty_page_says_what_will_stand_there(ana: Membership) -> None:
    client, page = client_of(ana), url(ana, "notice-list")

    assert "You have read everything" in text(client.get(page))
    assert "Nobody has told you anything yet" in text(client.get(f"{page}?show=all"))


def test_the_page_asks_as_often_for_three_as_for_one(
    bea: Membership,
    ana: Membership,
    uma: PersonaSubject,
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    client, page = client_of(ana), url(ana, "notice-list")
    for notices in (1, 3):
        while len(notices_to(ana)) < notices:
            begun(bea, uma, "@Ana Alves?")
        client.get(page)
        with django_assert_num_queries(14):
            client.get(page)
