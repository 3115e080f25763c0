"""Merging personas: what comes over, what moves, and what is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.collaboration.models import CommentThread, ShareLink
from cxm.kernel.ids import new_id
from cxm.kernel.operations.state import children
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right, Role
from personas.errors import CannotMergeError
from personas.models import (
    Persona,
    PersonaMatrix,
    PersonaPosition,
    PersonaShare,
    PersonaThread,
    Stakeholder,
)
from personas.services.matrices import create_matrix, place_persona
from personas.services.merging import look_at_merge, merge_personas
from personas.services.personas import archive_persona, unarchive_persona
from tests import make
from tests.personas import citing, mapping, shares
from tests.personas.editing import (
    assert_true_log,
    create,
    do,
    fact,
    persona,
    put,
    section,
    state_of,
    take_back,
)

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def loaded(member: Membership, pk: UUID) -> Persona:
    with tenant_bound(member.tenant_id):
        return Persona.objects.for_tenant(member.tenant).select_related("tenant").get(pk=pk)


def merged(member: Membership, kept: UUID, other: UUID) -> Persona:
    with tenant_bound(member.tenant_id):
        return merge_personas(
            kept=loaded(member, kept), other=loaded(member, other), by=member, now=make.NOW
        )


def said(member: Membership, pk: UUID) -> dict[str, list[str]]:
    """Tell the statements of a persona by the titles of their sections."""
    state = state_of(member, pk)
    live = [e for e in state.values() if not e.is_deleted]
    return {
        str(s.values["title"]): [
            str(e.values["text"])
            for e in sorted(live, key=lambda e: e.ord)
            if e.kind == "fact" and e.parent == s.id
        ]
        for s in sorted(live, key=lambda e: e.ord)
        if s.kind == "section"
    }


@pytest.fixture
def pair(bea: Membership) -> tuple[UUID, UUID]:
    """Two personas with some of the same: the first says “A quick answer”, both “Quiet”."""
    kept, other = persona(bea, "Uma"), persona(bea, "Una")
    mine, theirs = section(bea, kept), section(bea, other, title="  needs ")
    fact(bea, kept, mine, "A quick answer")
    fact(bea, kept, mine, "Quiet")
    fact(bea, other, theirs, "QUIET")
    fact(bea, other, theirs, "A map")
    fact(bea, other, section(bea, other, "pains", "Pains"), "Waiting")
    return kept, other


def test_the_kept_one_gains_what_it_did_not_say_and_nothing_twice(
    bea: Membership, pair: tuple[UUID, UUID]
) -> None:
    kept, other = pair
    do(bea, other, put(other, "tagline", "Always late"), put(other, "quote", "Well."))
    do(bea, kept, put(kept, "quote", "Hm."))

    done = merged(bea, kept, other)

    assert said(bea, kept) == {"Needs": ["A quick answer", "Quiet", "A map"], "Pains": ["Waiting"]}
    assert (done.name, done.tagline, done.quote) == ("Uma", "Always late", "Hm.")
    assert_true_log(bea, kept)


def test_the_other_one_is_archived_and_tells_where_it_went(
    bea: Membership, pair: tuple[UUID, UUID]
) -> None:
    kept, other = pair
    merged(bea, kept, other)

    gone = loaded(bea, other)
    page = client_of(bea).get(url("page", bea, other)).content.decode()

    assert gone.archived_at == make.NOW
    assert gone.merged_into_id == kept
    assert f'It was merged into <a href="{url("page", bea, kept)}">Uma</a>' in page
    with tenant_bound(bea.tenant_id):
        [entry] = AuditEntry.objects.for_tenant(bea.tenant).filter(action="persona-merged")
    assert (entry.object_id, entry.changes["into"]) == (other, "Uma")


def test_one_undo_takes_back_all_that_came_over(bea: Membership, pair: tuple[UUID, UUID]) -> None:
    kept, other = pair
    before = said(bea, kept)
    merged(bea, kept, other)

    take_back(bea, kept)

    assert said(bea, kept) == before
    assert loaded(bea, other).merged_into_id == kept


def test_merging_twice_is_merging_once(bea: Membership, pair: tuple[UUID, UUID]) -> None:
    kept, other = pair
    head = merged(bea, kept, other).head_seq

    assert merged(bea, kept, other).head_seq == head
    with tenant_bound(bea.tenant_id):
        entries = AuditEntry.objects.for_tenant(bea.tenant).filter(action="persona-merged")
        assert entries.count() == 1


def test_one_that_is_restored_is_one_of_its_own_again(
    bea: Membership, pair: tuple[UUID, UUID]
) -> None:
    kept, other = pair
    merged(bea, kept, other)

    with tenant_bound(bea.tenant_id):
        unarchive_persona(persona=loaded(bea, other), by=bea, now=make.NOW)

    assert loaded(bea, other).merged_into_id is None
    assert said(bea, other) == {"needs": ["QUIET", "A map"], "Pains": ["Waiting"]}


@pytest.mark.parametrize(
    ("mine", "theirs", "titles", "content"),
    [
        ({"text": "Same"}, {"text": "Same"}, ["About"], {"text": "Same"}),
        ({"text": ""}, {"text": "New"}, ["About"], {"text": "New"}),
        ({"text": "Mine"}, {"text": ""}, ["About"], {"text": "Mine"}),
        ({"text": "Mine"}, {"text": "New"}, ["About", "About (Una)"], {"text": "Mine"}),
    ],
    ids=["the same", "mine is empty", "theirs is empty", "both say something"],
)
def test_text_is_never_lost_and_never_doubled(
    mine: Any, theirs: Any, titles: list[str], content: Any, bea: Membership
) -> None:
    kept, other = persona(bea, "Uma"), persona(bea, "Una")
    for pk, told in ((kept, mine), (other, theirs)):
        values = {"kind": "text", "title": "About", "content": told}
        do(bea, pk, create(new_id(), "section", values, pk))

    merged(bea, kept, other)

    assert list(said(bea, kept)) == titles
    assert children(state_of(bea, kept), kept, "section")[0].values["content"] == content


@pytest.mark.parametrize(("count", "sections"), [(12, 1), (13, 2)])
def test_traits_are_joined_as_far_as_they_fit(count: int, sections: int, bea: Membership) -> None:
    kept, other = persona(bea, "Uma"), persona(bea, "Una")
    for pk, numbers in ((kept, range(8)), (other, range(6, count))):
        traits = [{"low": f"l{n}", "high": f"h{n}", "value": 10} for n in numbers]
        values = {"kind": "traits", "title": "Ways", "content": {"traits": traits}}
        do(bea, pk, create(new_id(), "section", values, pk))

    merged(bea, kept, other)

    found = [e.values["content"] for e in state_of(bea, kept).values() if e.kind == "section"]
    assert len(found) == sections
    told: Any = found[0]
    assert len(told["traits"]) == (12 if sections == 1 else 8)


def test_evidence_comes_over_with_its_statement_and_not_twice(bea: Membership) -> None:
    kept, other = persona(bea, "Uma"), persona(bea, "Una")
    mine, theirs = fact(bea, kept, section(bea, kept)), fact(bea, other, section(bea, other))
    both, only = citing.evidence(bea), citing.evidence(bea)
    for of, statement, row in ((kept, mine, both), (other, theirs, both), (other, theirs, only)):
        do(bea, of, create(new_id(), "citation", {"evidence": str(row.pk)}, statement))

    merged(bea, kept, other)

    cited = [
        e.values["evidence"]
        for e in state_of(bea, kept).values()
        if e.kind == "citation" and e.parent == mine
    ]
    assert sorted(map(str, cited)) == sorted([str(both.pk), str(only.pk)])


def test_what_points_to_the_other_one_moves(bea: Membership, pair: tuple[UUID, UUID]) -> None:
    kept, other = pair
    with tenant_bound(bea.tenant_id):
        tenant = bea.tenant
        who = mapping.stakeholder(bea)
        Stakeholder.objects.for_tenant(tenant).filter(pk=who.pk).update(persona=other)
        first, second = (_matrix(bea, title) for title in ("First", "Second"))
        place_persona(matrix=first, persona=loaded(bea, other), x=0.1, y=0.2)
        place_persona(matrix=second, persona=loaded(bea, other), x=0.3, y=0.4)
        place_persona(matrix=second, persona=loaded(bea, kept), x=0.9, y=0.9)
        about = next(e for e in state_of(bea, other).values() if e.values.get("kind") == "pains")
        threads = [_thread(bea, other, None), _thread(bea, other, about.id)]
    shares.link_to(bea, other)
    shares.link_to(bea, other, freeze_seq=1)
    with tenant_bound(bea.tenant_id):
        _, links = look_at_merge(kept=loaded(bea, kept), other=loaded(bea, other))
    assert (links.matrices, links.clashing, links.threads) == (["First"], ["Second"], 2)
    assert (links.links, links.frozen_links) == (1, 1)

    merged(bea, kept, other)

    with tenant_bound(bea.tenant_id):
        assert Stakeholder.objects.for_tenant(tenant).get(pk=who.pk).persona_id == kept
        places = PersonaPosition.objects.for_tenant(tenant).values_list("persona", "x")
        assert sorted(places, key=lambda one: one[1]) == [(kept, 0.1), (kept, 0.9)]
        rows = PersonaThread.objects.for_tenant(tenant).filter(thread__in=threads)
        pains = next(e for e in state_of(bea, kept).values() if e.values.get("kind") == "pains")
        assert {(row.persona_id, row.section_id) for row in rows} == {
            (kept, None),
            (kept, pains.id),
        }
        pages = CommentThread.objects.for_tenant(tenant).values_list("page", flat=True)
        assert set(pages) == {f"personas/{kept}/"}
        moved = PersonaShare.objects.for_tenant(tenant).values_list("persona", "link__freeze_seq")
        assert set(moved) == {(kept, None), (other, 1)}
        assert ShareLink.objects.for_tenant(tenant).filter(revoked_at=None).count() == 2


def test_nothing_is_merged_with_itself_or_with_what_is_archived(
    bea: Membership, pair: tuple[UUID, UUID]
) -> None:
    kept, other = pair
    with pytest.raises(CannotMergeError, match="with itself"):
        merged(bea, kept, kept)
    with tenant_bound(bea.tenant_id):
        archive_persona(persona=loaded(bea, other), by=bea, now=make.NOW)

    with pytest.raises(CannotMergeError, match="“Una” is archived"):
        merged(bea, kept, other)
    with pytest.raises(CannotMergeError, match="“Una” is archived"):
        merged(bea, other, kept)


def test_personas_of_two_workspaces_are_never_merged(bea: Membership) -> None:
    stranger = make.member()
    mine, theirs = loaded(bea, persona(bea)), loaded(stranger, persona(stranger))

    with tenant_bound(bea.tenant_id), pytest.raises(CannotMergeError, match="of one workspace"):
        merge_personas(kept=mine, other=theirs, by=bea, now=make.NOW)


def test_more_than_fits_is_refused_and_nothing_is_merged(bea: Membership) -> None:
    kept, other = persona(bea, "Uma"), persona(bea, "Una")
    for pk, name in ((kept, "mine"), (other, "theirs")):
        home = section(bea, pk)
        do(bea, pk, *(create(new_id(), "fact", {"text": f"{name} {n}"}, home) for n in range(60)))

    answer = client_of(bea).post(url("merge", bea, kept), {"other": other})

    assert answer.status_code == 422
    assert "No more than 100 of this kind" in answer.content.decode()
    assert len(said(bea, kept)["Needs"]) == 60
    assert loaded(bea, other).archived_at is None


# The page


def url(name: str, of: Membership, *args: object) -> str:
    return reverse(f"personas:persona-{name}", args=[of.tenant.slug, *args])


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def test_the_page_asks_shows_and_merges(bea: Membership, pair: tuple[UUID, UUID]) -> None:
    kept, other = pair
    client, address = client_of(bea), url("merge", bea, kept)

    asked = client.get(address).content.decode()
    shown = client.get(address, {"other": str(other)}).content.decode()
    answer = client.post(address, {"other": other}, follow=True)

    assert re.findall(r'<option value="([^"]+)">', asked) == [str(other)]
    assert "<li>A map</li>" in shown
    assert "<li>Waiting</li>" in shown
    assert "QUIET" not in shown
    assert answer.redirect_chain == [(url("page", bea, kept), 302)]
    assert "“Una” is merged into this persona, and archived." in answer.content.decode()


def test_the_second_of_two_clicks_finds_it_done(bea: Membership, pair: tuple[UUID, UUID]) -> None:
    kept, other = pair
    client, address = client_of(bea), url("merge", bea, kept)

    answers = [client.post(address, {"other": other}) for _ in range(2)]

    assert [one.status_code for one in answers] == [302, 302]
    assert said(bea, kept)["Needs"] == ["A quick answer", "Quiet", "A map"]


@pytest.mark.parametrize(
    ("other", "status", "words"),
    [
        ("", 422, "Choose the other persona."),
        ("nonsense", 404, ""),
        ("00000000-0000-7000-8000-000000000000", 404, ""),
        ("self", 422, "cannot be merged with itself"),
    ],
)
def test_the_page_refuses_what_is_no_other_persona(
    other: str, status: int, words: str, bea: Membership
) -> None:
    kept = persona(bea)
    told = str(kept) if other == "self" else other

    answer = client_of(bea).post(url("merge", bea, kept), {"other": told})

    assert answer.status_code == status
    assert words in answer.content.decode()


def test_viewers_and_strangers_do_not_merge(bea: Membership, pair: tuple[UUID, UUID]) -> None:
    kept, other = pair
    viewer, stranger = make.member(of=bea.tenant, role=Role.VIEWER), make.member()
    own = persona(stranger)

    tries = [
        client_of(viewer).post(url("merge", bea, kept), {"other": other}),
        client_of(stranger).post(url("merge", bea, kept), {"other": other}),
        client_of(stranger).post(url("merge", stranger, own), {"other": other}),
        client_of(stranger).get(url("merge", stranger, own), {"other": str(other)}),
    ]

    assert [one.status_code for one in tries] == [404] * 4
    assert loaded(bea, other).archived_at is None


def test_programs_merge_too(bea: Membership, pair: tuple[UUID, UUID]) -> None:
    kept, other = pair
    _, secret = make.api_key(of=bea.tenant, rights=[Right.EDIT_JOURNEYS])
    _, reading = make.api_key(of=bea.tenant, rights=[Right.SEE_JOURNEYS])
    foreign = persona(make.member())

    def post(key: str, body: dict[str, str], pk: UUID = kept) -> Any:
        address = f"/api/v1/personas/{pk}/merge/"
        headers = {"X-Api-Key": key}
        return Client().post(address, body, content_type="application/json", headers=headers)

    assert post(reading, {"other": str(other)}).status_code == 403
    assert post(secret, {"other": str(foreign)}).status_code == 404
    assert post(secret, {}, foreign).status_code == 404
    assert post(secret, {"other": "x"}).status_code == 422
    assert post(secret, {"other": str(kept)}).status_code == 422
    answer = post(secret, {"other": str(other)})
    assert (answer.status_code, answer.json()["id"]) == (200, str(kept))
    assert "A map" in said(bea, kept)["Needs"]


def _matrix(member: Membership, title: str) -> PersonaMatrix:
    names = {"title": title, "left": "l", "right": "r", "bottom": "b", "top": "t"}
    return create_matrix(tenant=member.tenant, names=names, by=member, now=make.NOW)


def _thread(member: Membership, about: UUID, part: UUID | None) -> UUID:
    tenant = member.tenant
    thread = CommentThread.objects.create(
        tenant=tenant, page=f"personas/{about}/", about="Una", created_at=make.NOW, by=member
    )
    PersonaThread.objects.create(tenant=tenant, thread=thread, persona_id=about, section_id=part)
    return thread.pk
