"""Comments on personas and maps, as people use them: with and without scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.kernel.operations.records import Deed
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from personas.models import StakeholderMap
from tests import make
from tests.collaboration.commenting import begun, comments_of, named, of_map, of_persona, said
from tests.personas import mapping
from tests.personas.editing import asked, do, persona, section

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(member: Membership, name: str, *args: object) -> str:
    return reverse(f"personas:{name}", args=[member.tenant.slug, *args])


def text(answer: Any) -> str:
    return str(answer.content.decode())


def bodies(answer: Any) -> list[str]:
    """List what is said in a panel, in its order, without marks."""
    found = re.findall(r'<div class="comment-body">(.*?)</div>', text(answer), re.DOTALL)
    return [re.sub(r"<[^>]+>", "", one).strip() for one in found]


def test_a_thread_is_begun_and_answered_without_scripts(bea: Membership, ana: Membership) -> None:
    uma = persona(bea, "Uma")

    begin = client_of(bea).post(url(bea, "persona-thread-open", uma), {"body": "Who **says** so?"})
    thread = begin["Location"].partition("#thread-")[2]
    client_of(ana).post(url(ana, "persona-thread-reply", uma, thread), {"body": "Nine interviews."})

    assert begin["Location"] == (
        f"{url(bea, 'persona-page', uma)}?comments=open&thread={thread}#thread-{thread}"
    )
    shown = client_of(bea).get(begin["Location"])
    assert bodies(shown) == ["Who says so?", "Nine interviews."]
    assert "<strong>says</strong>" in text(shown)


def test_the_panel_comes_alone_for_htmx_with_the_counts_anew(bea: Membership) -> None:
    uma = persona(bea, "Uma")
    needs = section(bea, uma)

    answer = client_of(bea).post(
        url(bea, "persona-thread-open", uma) + "?comments=open",
        {"body": "All of them?", "about": needs},
        headers=HTMX,
    )

    assert answer.status_code == 200
    assert "<html" not in text(answer)
    assert bodies(answer) == ["All of them?"]
    assert re.findall(r'id="comments-of-([\w-]+)"', text(answer)) == ["all", str(needs)]
    assert text(answer).count('hx-swap-oob="true"') == 2
    assert "Comments on Needs: 1 open" in text(answer)


@pytest.mark.parametrize(
    "address", ["http://[", "http://testserver/[?x=1", "http://testserver//[x"]
)
def test_a_page_whose_address_is_none_has_a_panel(bea: Membership, address: str) -> None:
    heads = {**HTMX, "HX-Current-URL": address}

    answer = client_of(bea).get(url(bea, "persona-comments", persona(bea)), headers=heads)

    assert answer.status_code == 200


def test_the_panel_without_htmx_is_the_page_with_it(bea: Membership) -> None:
    uma = persona(bea)

    answer = client_of(bea).get(url(bea, "persona-comments", uma) + "?thread=x")

    assert answer["Location"] == f"{url(bea, 'persona-page', uma)}?thread=x&comments=open"


def test_open_mine_and_resolved_part_the_threads(bea: Membership, ana: Membership) -> None:
    uma = persona(bea)
    subject = of_persona(bea, uma)
    mine, _, settled = (begun(by, subject, body) for by, body in (
        (bea, "Of Bea"), (ana, "Of Ana"), (ana, "Settled"),
    ))  # fmt: skip
    client = client_of(bea)
    client.post(url(bea, "persona-thread-resolve", uma, settled.pk))

    page = url(bea, "persona-page", uma)
    shown = {
        show: bodies(client.get(f"{page}?comments={show}"))
        for show in ("open", "mine", "resolved", "x")
    }

    assert shown == {
        "open": ["Of Ana", "Of Bea"],
        "mine": ["Of Bea"],
        "resolved": ["Settled"],
        "x": ["Of Ana", "Of Bea"],
    }
    client.post(url(bea, "persona-thread-resolve", uma, mine.pk))
    client.post(url(bea, "persona-thread-reopen", uma, settled.pk))
    assert bodies(client.get(f"{page}?comments=open")) == ["Settled", "Of Ana"]
    assert bodies(client.get(f"{page}?comments=mine")) == ["Of Bea"]


def test_a_panel_is_narrowed_to_one_section(bea: Membership) -> None:
    uma = persona(bea)
    needs, pains = section(bea, uma), section(bea, uma, "pains", "Pains")
    subject = of_persona(bea, uma)
    for part, body in ((None, "Whole"), (needs, "Of needs"), (pains, "Of pains")):
        begun(bea, subject, body, part)

    shown = client_of(bea).get(url(bea, "persona-page", uma) + f"?comments=open&about={needs}")

    assert bodies(shown) == ["Of needs"]
    assert f'<option value="{needs}" selected>' in text(shown)


def test_a_thread_about_a_deleted_section_stands_under_what_is_gone(bea: Membership) -> None:
    uma = persona(bea)
    needs = section(bea, uma)
    begun(bea, of_persona(bea, uma), "Kept", needs)
    do(bea, uma, asked(Deed.DELETE, needs))

    shown = text(client_of(bea).get(url(bea, "persona-page", uma) + "?comments=open"))

    assert shown.index("No longer on the page") < shown.index("Kept")
    do(bea, uma, asked(Deed.RESTORE, needs))
    again = text(client_of(bea).get(url(bea, "persona-page", uma) + "?comments=open"))
    assert "No longer on the page" not in again
    assert "Kept" in again


def test_who_was_taken_off_a_map_keeps_the_thread_about_them(bea: Membership) -> None:
    drawn = mapping.map_of(bea)
    courier = mapping.placed(bea, drawn)
    begun(bea, of_map(drawn), "Who pays them?", courier.stakeholder_id)
    mapping.do(bea, drawn, asked(Deed.DELETE, courier.pk))

    shown = text(client_of(bea).get(url(bea, "map-page", drawn.pk) + "?comments=open"))

    assert shown.index("No longer on the page") < shown.index("Who pays them?")


def test_a_stakeholder_has_a_button_of_their_own(bea: Membership) -> None:
    drawn = mapping.map_of(bea)
    courier = mapping.placed(bea, drawn)
    begun(bea, of_map(drawn), "Who pays them?", courier.stakeholder_id)
    begun(bea, of_map(drawn), "On the whole")

    shown = text(client_of(bea).get(url(bea, "map-page", drawn.pk) + f"?chosen={courier.pk}"))

    assert "Comments on Courier: 1 open" in shown
    assert '<span class="comments-count">2<span class="sr"> open</span>' in shown


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(" \n ", "Write something first.", id="empty"),
        pytest.param("x" * 4_001, "A comment holds 4,000 characters", id="long"),
        pytest.param(
            "Ask @Gil Gast about it", "Gil Gast does not see this page.", id="out-of-sight"
        ),
    ],
)
def test_what_cannot_be_said_is_refused_and_kept(
    bea: Membership, headers: dict[str, str], body: str, words: str
) -> None:
    named(make.member(of=bea.tenant, role=Role.GUEST), "Gil Gast")
    uma = persona(bea)
    needs = section(bea, uma)
    url_new = url(bea, "persona-thread-open", uma) + "?comments=open"

    answer = client_of(bea).post(url_new, {"body": body, "about": needs}, headers=headers)

    assert answer.status_code == 422
    assert words in text(answer)
    assert f"{body}</textarea>" in text(answer)
    assert f'<option value="{needs}" selected>' in text(answer)
    assert bodies(client_of(bea).get(url(bea, "persona-page", uma) + "?comments=open")) == []


def test_a_refused_answer_and_a_refused_change_stay_in_their_own_forms(bea: Membership) -> None:
    uma = persona(bea)
    subject = of_persona(bea, uma)
    thread = begun(bea, subject)
    [comment] = comments_of(thread)
    client, body = client_of(bea), "y" * 4_001

    for at in (
        url(bea, "persona-thread-reply", uma, thread.pk),
        url(bea, "persona-comment-edit", uma, comment.pk),
    ):
        answer = client.post(at + "?comments=open", {"body": body}, headers=HTMX)
        [form] = re.findall(rf'<form[^>]+action="{at}[^>]+>(.*?)</form>', text(answer), re.DOTALL)
        assert (answer.status_code, body in form) == (422, True)
        assert text(answer).count(body) == 1


def test_a_section_that_went_meanwhile_is_refused_with_words(bea: Membership) -> None:
    uma = persona(bea)
    needs = section(bea, uma)
    do(bea, uma, asked(Deed.DELETE, needs))

    answer = client_of(bea).post(
        url(bea, "persona-thread-open", uma), {"body": "Kept", "about": needs}
    )

    assert answer.status_code == 422
    assert "This section is not on the page any more." in text(answer)
    assert "Kept</textarea>" in text(answer)


def test_own_comments_are_changed_and_deleted_in_their_place(
    bea: Membership, ana: Membership
) -> None:
    uma = persona(bea)
    subject = of_persona(bea, uma)
    thread = begun(bea, subject, "First")
    second = said(ana, subject, thread, "Secnd")
    said(bea, subject, thread, "Third")
    client, page = client_of(ana), url(ana, "persona-page", uma) + "?comments=open"

    client.post(url(ana, "persona-comment-edit", uma, second.pk), {"body": "Second\r\nline"})
    assert bodies(client.get(page)) == ["First", "Second\nline", "Third"]
    client.post(url(ana, "persona-comment-delete", uma, second.pk))

    shown = text(client.get(page))
    first, gone, third = (shown.index(w) for w in ("First", "This comment was deleted", "Third"))
    assert first < gone < third


def test_nobody_changes_what_others_said(bea: Membership, ana: Membership) -> None:
    uma = persona(bea)
    thread = begun(bea, of_persona(bea, uma), "Mine")
    [comment] = comments_of(thread)

    found = [
        client_of(ana).post(url(ana, f"persona-comment-{deed}", uma, comment.pk), {"body": "x"})
        for deed in ("edit", "delete")
    ]

    assert [answer.status_code for answer in found] == [404, 404]
    assert [one.body for one in comments_of(thread)] == ["Mine"]


def test_a_thread_is_found_only_under_what_it_is_about(bea: Membership) -> None:
    uma, other = persona(bea), persona(bea, "Other")
    thread = begun(bea, of_persona(bea, uma))
    deeds = ("reply", "resolve", "reopen", "follow", "mute")

    found = {
        client_of(bea)
        .post(url(bea, f"persona-thread-{deed}", other, thread.pk), {"body": "x"})
        .status_code
        for deed in deeds
    }

    assert found == {404}


def test_viewers_comment_and_guests_find_nothing(bea: Membership) -> None:
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    guest = make.member(of=bea.tenant, role=Role.GUEST)
    uma = persona(bea)
    new = url(bea, "persona-thread-open", uma)

    answers = [client_of(who).post(new, {"body": "Hm?"}).status_code for who in (viewer, guest)]

    assert answers == [302, 404]
    assert client_of(guest).get(url(bea, "persona-comments", uma)).status_code == 404


def test_comments_on_a_hidden_map_are_its_owners(bea: Membership, ana: Membership) -> None:
    drawn = mapping.map_of(bea)
    thread = begun(ana, of_map(drawn), "Seen while open")
    with tenant_bound(bea.tenant_id):
        StakeholderMap.objects.for_tenant(bea.tenant).update(visibility="hidden", owner=bea)
    panel = url(bea, "map-comments", drawn.pk)
    reply = url(bea, "map-thread-reply", drawn.pk, thread.pk)

    found = {
        who.pk: (
            client_of(who).get(panel, headers=HTMX).status_code,
            client_of(who).post(reply, {"body": "Still here"}).status_code,
        )
        for who in (bea, ana)
    }

    assert found == {bea.pk: (200, 302), ana.pk: (404, 404)}


def test_another_tenants_comments_are_not_found(bea: Membership) -> None:
    stranger = make.member()
    theirs, own = persona(stranger), persona(bea)
    thread = begun(stranger, of_persona(stranger, theirs))
    [comment] = comments_of(thread)
    client = client_of(bea)

    found = [
        client.get(url(bea, "persona-comments", theirs)),
        client.post(url(bea, "persona-thread-open", theirs), {}),
        client.post(url(bea, "persona-thread-reply", own, thread.pk), {}),
        client.post(url(bea, "persona-comment-edit", own, comment.pk), {}),
    ]

    assert [answer.status_code for answer in found] == [404] * 4


def test_markup_in_a_comment_is_words(bea: Membership) -> None:
    uma = persona(bea)
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    begun(bea, of_persona(bea, uma), evil)

    shown = text(client_of(bea).get(url(bea, "persona-page", uma) + "?comments=open"))

    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert 'href="javascript' not in shown


def test_an_address_with_nonsense_shows_the_open_threads(bea: Membership) -> None:
    uma = persona(bea)
    begun(bea, of_persona(bea, uma), "Here")
    page = url(bea, "persona-page", uma)

    shown = client_of(bea).get(f"{page}?comments=%00&about=' OR 1&thread=zz&from=-3")

    assert (shown.status_code, bodies(shown)) == (200, ["Here"])


def test_the_panel_asks_as_often_for_three_threads_as_for_one(
    bea: Membership,
    ana: Membership,
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    uma = persona(bea)
    needs, subject = section(bea, uma), of_persona(bea, uma)
    client, panel = client_of(bea), url(bea, "persona-comments", uma) + "?comments=open"
    for threads in (1, 3):
        while len(bodies(client.get(panel, headers=HTMX))) < 2 * threads:
            thread = begun(ana, subject, "Really?", needs)
            said(bea, subject, thread)
        with django_assert_num_queries(20):
            client.get(panel, headers=HTMX)


def test_many_threads_come_thirty_at_a_time_and_the_chosen_one_first(bea: Membership) -> None:
    uma = persona(bea)
    subject = of_persona(bea, uma)
    first = begun(bea, subject, "Number 0")
    for number in range(1, 33):
        begun(bea, subject, f"Number {number}")
    client, page = client_of(bea), url(bea, "persona-page", uma) + "?comments=open"

    newest, older = bodies(client.get(page)), bodies(client.get(f"{page}&from=30"))
    chosen = bodies(client.get(f"{page}&thread={first.pk}"))

    assert newest == [f"Number {n}" for n in range(32, 2, -1)]
    assert older == ["Number 2", "Number 1", "Number 0"]
    assert chosen[:2] == ["Number 0", "Number 32"]


def test_a_chosen_thread_stands_first_and_once_whatever_its_state(bea: Membership) -> None:
    uma = persona(bea)
    subject = of_persona(bea, uma)
    settled, chosen, _ = (begun(bea, subject, body) for body in ("Settled", "Chosen", "Newest"))
    client, page = client_of(bea), url(bea, "persona-page", uma) + "?comments=open"
    client.post(url(bea, "persona-thread-resolve", uma, settled.pk))

    shown = [bodies(client.get(f"{page}&thread={one.pk}")) for one in (chosen, settled)]

    assert shown == [["Chosen", "Newest"], ["Settled", "Newest", "Chosen"]]
