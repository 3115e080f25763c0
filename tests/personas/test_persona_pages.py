"""The library of personas, and the page of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from personas.models import Persona, PersonaFact
from personas.rules.kinds import SectionKind
from personas.rules.templates import TEMPLATES
from personas.services import personas as services
from tests import make
from tests.personas.editing import create, do, fact, put, section

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea() -> Membership:
    return make.member()


def url(name: str, of: Membership, *args: object) -> str:
    return reverse(f"personas:persona-{name}", args=[of.tenant.slug, *args])


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def made(by: Membership, name: str = "Busy Bea", template: str = "blank") -> Persona:
    with tenant_bound(by.tenant_id):
        return services.create_persona(
            tenant=by.tenant, name=name, by=by, now=make.NOW, template=TEMPLATES[template]
        )


def loaded(persona: Persona) -> Persona:
    with tenant_bound(persona.tenant_id):
        return Persona.objects.for_tenant(persona.tenant_id).get(pk=persona.pk)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def names(answer: Any) -> list[str]:
    """List the names of the cards, in order."""
    return re.findall(r'<h2><a href="[^"]+">([^<]+)</a></h2>', text(answer))


def test_an_empty_library_offers_every_template(bea: Membership) -> None:
    shown = text(client_of(bea).get(url("list", bea)))

    assert "No personas yet" in shown
    assert set(re.findall(r'href="[^"]+/personas/new/\?template=([\w-]+)"', shown)) == set(
        TEMPLATES
    )


def test_a_viewer_of_an_empty_library_is_offered_nothing(bea: Membership) -> None:
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    shown = text(client_of(viewer).get(url("list", bea)))

    assert "No personas yet" in shown
    assert "/personas/new/" not in shown


def test_the_library_is_filtered_by_kind_status_words_and_whether_archived(bea: Membership) -> None:
    uma, bernd, old = made(bea, "Uma", "user"), made(bea, "Bernd", "buyer"), made(bea, "Old")
    do(bea, bernd.pk, put(bernd.pk, "status", "researched"))
    client = client_of(bea)
    client.post(url("archive", bea, old.pk))

    shown = {
        query: names(client.get(url("list", bea) + query))
        for query in (
            "",
            "?kind=user",
            "?status=researched",
            "?q=MORNING",
            "?archived=1",
            "?kind=user&status=researched",
            "?kind=wizard",
        )
    }
    assert shown == {
        "": ["Bernd", "Uma"],
        "?kind=user": ["Uma"],
        "?status=researched": ["Bernd"],
        "?q=MORNING": ["Uma"],
        "?archived=1": ["Old"],
        "?kind=user&status=researched": [],
        "?kind=wizard": ["Bernd", "Uma"],
    }
    assert uma.name in text(client.get(url("list", bea) + "?view=table&q=morning"))


@pytest.mark.parametrize("view", ["", "?view=table"])
def test_the_library_asks_as_often_for_three_as_for_one(
    bea: Membership,
    view: str,
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    client = client_of(bea)
    for count in (1, 2):
        for number in range(count):
            made(bea, f"Persona {count}.{number}")
        with django_assert_num_queries(12):
            client.get(url("list", bea) + view)


def test_the_page_asks_as_often_for_many_sections_as_for_one(
    bea: Membership, django_assert_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    client, persona = client_of(bea), made(bea)
    for count in (1, 3):
        for _ in range(count):
            within = section(bea, persona.pk)
            fact(bea, persona.pk, within)
        with django_assert_num_queries(17):
            client.get(url("page", bea, persona.pk))


def test_a_persona_is_made_from_a_template(bea: Membership) -> None:
    answer = client_of(bea).post(url("create", bea), {"name": "Uma", "template": "user"})

    with tenant_bound(bea.tenant_id):
        persona = Persona.objects.for_tenant(bea.tenant).get()
    assert (answer.status_code, answer["Location"]) == (302, url("page", bea, persona.pk))
    assert (persona.name, persona.kind) == ("Uma", "user")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": "", "template": "user"}, "This field is required."),
        ({"name": "x" * 121, "template": "user"}, "at most 120 characters"),
        ({"name": "\x00", "template": "user"}, "Null characters are not allowed."),
        ({"name": "   ", "template": "user"}, "This field is required."),
        ({"name": "Uma", "template": "wizard"}, "is not one of the available choices"),
    ],
)
def test_a_form_that_cannot_be_read_says_why_and_makes_nothing(
    bea: Membership, sent: dict[str, str], words: str
) -> None:
    answer = client_of(bea).post(url("create", bea), sent)

    assert answer.status_code == 422
    assert words in text(answer)
    with tenant_bound(bea.tenant_id):
        assert not Persona.objects.for_tenant(bea.tenant).exists()


def test_the_page_shows_every_kind_of_section(bea: Membership) -> None:
    persona = made(bea)
    contents: dict[str, Any] = {
        "text": {"text": "A long story"},
        "quote": {"text": "It is in my way.", "by": "Interview 7"},
        "traits": {"traits": [{"low": "Calm", "high": "Restless", "value": 70}]},
        "links": {"links": [{"title": "Study", "url": "https://example.com/study"}]},
        "metric": {"metric": "nps"},
    }
    for kind in SectionKind:
        values = {"kind": kind.value, "title": f"Title of {kind.value}"}
        values["content"] = contents.get(kind.value, {})
        pk = new_id()
        do(bea, persona.pk, create(pk, "section", values, persona.pk))
        if kind.value in {"facts", "jobs"}:
            told = {"text": f"Line of {kind.value}", "label": "Age"}
            told["facet"] = "social" if kind.value == "jobs" else ""
            do(bea, persona.pk, create(new_id(), "fact", told, pk))
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)

    for reader in (bea, viewer):
        shown = text(client_of(reader).get(url("page", bea, persona.pk)))
        assert [k for k in SectionKind if f"Title of {k.value}" not in shown] == []
        told_all = ["A long story", "It is in my way.", "Interview 7", "Calm", "Restless", "Study"]
        told_all += ["Line of facts", "Line of jobs", "Age", "Social"]
        assert [words for words in told_all if words not in shown] == []
        assert len(re.findall(r">Not bound(?: to a segment|: choose a segment above)", shown)) == 2


def test_a_viewer_reads_and_is_offered_no_change(bea: Membership) -> None:
    persona = made(bea, "Uma", "user")
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    shown = text(client_of(viewer).get(url("page", bea, persona.pk)))

    assert "Types the same address three times" in shown
    assert (
        re.findall(r"data-op(?!ens)|data-editor|data-undo|/archive/|/copy/|/picture/", shown) == []
    )


ACTIONS = ["archive", "copy", "picture", "unarchive"]


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_are_refused_to_viewers_and_strangers(bea: Membership, action: str) -> None:
    persona = made(bea)
    viewer, stranger = make.member(of=bea.tenant, role=Role.VIEWER), make.member()

    answers = [
        client_of(viewer).post(url(action, bea, persona.pk)),
        client_of(stranger).post(url(action, bea, persona.pk)),
        client_of(stranger).post(url(action, stranger, persona.pk)),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert loaded(persona).head_seq == 1


def test_making_one_is_refused_to_viewers(bea: Membership) -> None:
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    answer = client_of(viewer).post(url("create", bea), {"name": "Uma", "template": "user"})

    assert answer.status_code == 404


def test_the_page_of_another_tenant_is_not_found(bea: Membership) -> None:
    theirs = made(make.member())

    assert client_of(bea).get(url("page", bea, theirs.pk)).status_code == 404


def test_an_archived_persona_is_read_and_restored_but_not_edited(bea: Membership) -> None:
    persona, client = made(bea), client_of(bea)
    client.post(url("archive", bea, persona.pk))
    shown = text(client.get(url("page", bea, persona.pk)))
    assert "This persona is archived." in shown
    assert forms_of(shown) == []

    answer = client.post(url("unarchive", bea, persona.pk))
    assert answer["Location"] == url("page", bea, persona.pk)
    assert forms_of(text(client.get(url("page", bea, persona.pk)))) != []


def test_a_copy_is_shown_at_once(bea: Membership) -> None:
    persona, client = made(bea, "Uma", "user"), client_of(bea)
    answer = client.post(url("copy", bea, persona.pk), follow=True)

    assert "Copy of Uma" in text(answer)
    assert "Types the same address three times" in text(answer)


def test_a_picture_is_chosen_and_says_what_it_shows(bea: Membership) -> None:
    persona, client = made(bea), client_of(bea)
    sent = {"face": "3", "hair": "9", "skin": "5", "alt": ""}
    answer = client.post(url("picture", bea, persona.pk), sent)

    assert answer["Location"] == url("page", bea, persona.pk)
    assert loaded(persona).avatar == {"face": 3, "hair": 9, "skin": 5, "alt": ""}
    shown = text(client.get(url("page", bea, persona.pk)))
    assert 'aria-label="Drawn portrait: smiling, with glasses, a headscarf."' in shown
    client.post(url("picture", bea, persona.pk), sent | {"alt": "Bea at her desk"})
    assert 'aria-label="Bea at her desk"' in text(client.get(url("page", bea, persona.pk)))
    assert loaded(persona).head_seq == 3


@pytest.mark.parametrize("sent", [{}, {"face": "12"}, {"skin": "-1"}, {"hair": "x"}])
def test_a_picture_that_there_is_not_is_refused(bea: Membership, sent: dict[str, str]) -> None:
    persona = made(bea)
    whole = {"face": "1", "hair": "1", "skin": "1"} if sent else {}
    answer = client_of(bea).post(url("picture", bea, persona.pk), whole | sent)

    assert answer.status_code == 422
    assert loaded(persona).head_seq == 1


def forms_of(page: str) -> list[dict[str, str]]:
    """Read the hidden inputs of the forms that change something."""
    found = re.findall(r"<form[^>]*data-op[^>]*>(.*?)</form>", page, re.DOTALL)
    pair = re.compile(r'<input type="hidden" name="([\w.]+)" value="([^"]*)"')
    return [dict(pair.findall(form)) for form in found]


def test_everything_is_changed_by_plain_forms_as_they_stand_on_the_page(bea: Membership) -> None:
    persona, client = made(bea), client_of(bea)
    change = url("change", bea, persona.pk)

    def forms(**wanted: str) -> list[dict[str, str]]:
        shown = forms_of(text(client.get(url("page", bea, persona.pk))))
        return [one for one in shown if wanted.items() <= one.items()]

    [name] = forms(field="name")
    client.post(change, name | {"value": "Mara"})
    [needs] = forms(op="create", **{"value.kind": "needs"})
    client.post(change, needs)
    [line] = forms(op="create", kind="fact")
    for said in ("one", "two", "three"):
        client.post(change, line | {"value.text": said})
    up = forms(op="move")[-2]
    client.post(change, up)
    client.post(change, forms(op="delete")[1])

    assert loaded(persona).name == "Mara"
    with tenant_bound(bea.tenant_id):
        left = PersonaFact.objects.for_tenant(bea.tenant).filter(deleted_at=None)
        assert list(left.order_by("ord").values_list("text", flat=True)) == ["three", "two"]


def test_moves_lead_where_they_say(bea: Membership) -> None:
    persona, client = made(bea), client_of(bea)
    within = section(bea, persona.pk)
    facts = {n: fact(bea, persona.pk, within, n) for n in ("a", "b", "c", "d")}
    change = url("change", bea, persona.pk)

    def order() -> str:
        with tenant_bound(bea.tenant_id):
            rows = PersonaFact.objects.for_tenant(bea.tenant).order_by("ord", "pk")
            return "".join(rows.values_list("text", flat=True))

    def press(words: str, which: UUID) -> str:
        shown = text(client.get(url("page", bea, persona.pk)))
        moves = re.findall(r"<form[^>]*data-op[^>]*>(?:(?!</form>).)*?" + words, shown, re.DOTALL)
        [form] = [
            one
            for move in moves
            for one in forms_of(f"{move}</form>")
            if one["lineage"] == str(which)
        ]
        client.post(change, form)
        return order()

    assert order() == "abcd"
    assert press("Move down: ", facts["a"]) == "bacd"
    assert press("Move up: ", facts["a"]) == "abcd"
    assert press("Move up: ", facts["d"]) == "abdc"
    assert press("Move down: ", facts["b"]) == "adbc"


def test_who_sees_no_customers_is_offered_no_segment_and_no_member(bea: Membership) -> None:
    make.segment(of=bea.tenant, title="Secret pros")
    writer = make.member(of=bea.tenant, role=Role.CONTRIBUTOR, email="writer@example.com")
    persona = made(writer)

    shown = {
        who.pk: text(client_of(who).get(url("page", bea, persona.pk))) for who in (bea, writer)
    }
    assert ["Secret pros" in shown[who.pk] for who in (bea, writer)] == [True, False]
    options = {pk: f">{bea.user.email}</option>" in page for pk, page in shown.items()}
    assert options == {bea.pk: True, writer.pk: False}


def test_personas_are_found_by_the_palette(bea: Membership) -> None:
    persona = made(bea, "Mara Mover")
    answer = client_of(bea).get(reverse("web:palette-search", args=[bea.tenant.slug]), {"q": "mov"})

    assert url("page", bea, persona.pk) in text(answer)
