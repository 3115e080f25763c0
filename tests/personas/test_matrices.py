"""Matrices: named ends, personas placed between them, by page and by service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from personas.errors import EndNameError, OffMatrixError, TooManyMatricesError
from personas.models import Persona, PersonaMatrix, PersonaPosition
from personas.selectors.matrices import matrix_shown
from personas.services import matrices
from tests import make
from tests.personas import editing

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

NAMES = {
    "title": "How they buy",
    "left": "Price",
    "right": "Comfort",
    "bottom": "Rarely",
    "top": "Often",
}


def made(by: Membership, **names: str) -> PersonaMatrix:
    with tenant_bound(by.tenant_id):
        return matrices.create_matrix(
            tenant=by.tenant, names={**NAMES, **names}, by=by, now=make.NOW
        )


def place(by: Membership, matrix: PersonaMatrix, persona: UUID, x: float, y: float) -> None:
    with tenant_bound(by.tenant_id):
        found = Persona.objects.for_tenant(by.tenant).get(pk=persona)
        matrices.place_persona(matrix=matrix, persona=found, x=x, y=y)


def places(by: Membership, matrix: PersonaMatrix) -> list[tuple[str, float, float]]:
    with tenant_bound(by.tenant_id):
        shown = matrix_shown(matrix)
        spots = [one.spot for one in shown.scatter.placed]
    return [(one.label, (one.x or 0) / 100, (one.y or 0) / 100) for one in spots]


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(of: Membership, name: str, *args: Any) -> str:
    return reverse(f"personas:{name}", args=[of.tenant.slug, *args])


def test_a_matrix_has_a_title_and_four_ends(bea: Membership) -> None:
    matrix = made(bea, title="  How   they buy ")

    assert {name: getattr(matrix, name) for name in NAMES} == NAMES


@pytest.mark.parametrize(
    ("names", "field"),
    [
        ({"title": " "}, "title"),
        ({"left": ""}, "left"),
        ({"right": "price"}, "right"),
        ({"top": "RARELY"}, "top"),
    ],
)
def test_ends_are_named_and_differ(bea: Membership, names: dict[str, str], field: str) -> None:
    with pytest.raises(EndNameError) as refused:
        made(bea, **names)

    assert refused.value.field == field


def test_a_workspace_holds_a_hundred_matrices(
    bea: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrices, "MOST_MATRICES", 1)
    made(bea)

    with pytest.raises(TooManyMatricesError, match="up to 1 matrices"):
        made(bea)


def test_a_persona_stands_once_in_a_matrix_and_in_several(bea: Membership) -> None:
    first, second = made(bea), made(bea, title="Another")
    persona = editing.persona(bea, "Bea")

    place(bea, first, persona, 0.2, 0.8)
    place(bea, second, persona, 0.5, 0.5)
    place(bea, first, persona, 0.3, 0.7)

    assert places(bea, first) == [("Bea", 0.3, 0.7)]
    assert places(bea, second) == [("Bea", 0.5, 0.5)]


@pytest.mark.parametrize(("x", "y"), [(-0.01, 0.5), (1.01, 0.5), (0.5, -1), (0.5, float("nan"))])
def test_a_place_lies_within(bea: Membership, x: float, y: float) -> None:
    matrix, persona = made(bea), editing.persona(bea)

    with pytest.raises(OffMatrixError):
        place(bea, matrix, persona, x, y)


def test_the_database_refuses_places_outside(bea: Membership) -> None:
    matrix, persona = made(bea), editing.persona(bea)
    place(bea, matrix, persona, 0, 1)

    with (
        tenant_bound(bea.tenant_id),
        pytest.raises(IntegrityError, match="personas_position_inside"),
        transaction.atomic(),
    ):
        PersonaPosition.objects.for_tenant(bea.tenant).update(x=2)


def test_a_deleted_matrix_leaves_the_personas(bea: Membership) -> None:
    matrix, persona = made(bea), editing.persona(bea)
    place(bea, matrix, persona, 0.5, 0.5)

    answer = client_of(bea).post(url(bea, "matrix-delete", matrix.pk))

    assert answer["Location"] == url(bea, "matrix-list")
    with tenant_bound(bea.tenant_id):
        assert not PersonaMatrix.objects.for_tenant(bea.tenant).exists()
        assert Persona.objects.for_tenant(bea.tenant).count() == 1
        actions = list(
            AuditEntry.objects.for_tenant(bea.tenant)
            .order_by("pk")
            .values_list("action", "object_name")
        )
    assert actions[-1] == ("persona-matrix-deleted", "How they buy")


def test_archived_personas_are_not_in_the_drawing(bea: Membership) -> None:
    matrix, persona = made(bea), editing.persona(bea, "Bea")
    place(bea, matrix, persona, 0.5, 0.5)
    editing.do(bea, persona, editing.put(persona, "archived_at", make.NOW.isoformat()))

    assert places(bea, matrix) == []


def test_a_matrix_is_made_renamed_and_filled_by_forms(bea: Membership) -> None:
    client, persona = client_of(bea), editing.persona(bea, "Bea")

    page = client.post(url(bea, "matrix-create"), NAMES, follow=True)
    matrix = page.context["matrix"]
    client.post(url(bea, "matrix-edit", matrix.pk), {**NAMES, "left": "Cheap"})
    client.post(url(bea, "matrix-place", matrix.pk), {"persona": persona, "x": "30", "y": "70"})
    shown = client.get(url(bea, "matrix-page", matrix.pk)).content.decode()

    assert "Bea: 30 from Cheap to Comfort, 70 from Rarely to Often" in shown
    assert 'x="30.00%" y="30.00%"' in shown
    client.post(url(bea, "matrix-take-off", matrix.pk), {"persona": persona})
    assert places(bea, matrix) == []


def test_a_script_is_answered_without_a_page(bea: Membership) -> None:
    matrix, persona = made(bea), editing.persona(bea, "Bea")
    address = url(bea, "matrix-place", matrix.pk)
    told = {"persona": persona, "x": "12", "y": "100"}

    answers = [
        client_of(bea).post(address, one, headers={"Accept": "application/json"})
        for one in (told, {**told, "x": "101"})
    ]

    assert [(answer.status_code, answer.content) for answer in answers] == [
        (204, b""),
        (422, b"A place is a number from 0 to 100 on both axes. Nothing was moved."),
    ]
    assert places(bea, matrix) == [("Bea", 0.12, 1.0)]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"x": "50", "y": "50"}, "Choose a persona."),
        ({"persona": "none", "x": "50", "y": "50"}, "Choose a persona."),
        ({"x": "fast", "y": "50"}, "from 0 to 100"),
        ({"x": "50", "y": "-1"}, "from 0 to 100"),
        ({"x": "nan", "y": "50"}, "from 0 to 100"),
    ],
)
def test_a_place_that_is_none_is_refused_in_words(
    bea: Membership, told: dict[str, str], words: str
) -> None:
    matrix, persona = made(bea), editing.persona(bea)
    needs_persona = words != "Choose a persona."

    answer = client_of(bea).post(
        url(bea, "matrix-place", matrix.pk),
        {**({"persona": persona} if needs_persona else {}), **told},
    )

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert places(bea, matrix) == []


def test_names_that_do_not_differ_are_refused_in_the_form(bea: Membership) -> None:
    client, matrix = client_of(bea), made(bea)
    told = {**NAMES, "right": "Price"}

    answers = [
        client.post(url(bea, "matrix-create"), told),
        client.post(url(bea, "matrix-edit", matrix.pk), told),
        client.post(url(bea, "matrix-create"), {}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert "need different names" in answers[0].content.decode()


def test_a_viewer_sees_matrices_and_changes_nothing(bea: Membership) -> None:
    matrix, persona = made(bea), editing.persona(bea, "Bea")
    place(bea, matrix, persona, 0.5, 0.5)
    viewer = client_of(make.member(of=bea.tenant, role=Role.VIEWER))
    told = {"persona": persona, "x": "1", "y": "1", **NAMES}

    page = viewer.get(url(bea, "matrix-page", matrix.pk)).content.decode()
    refused = [
        viewer.post(url(bea, name, *args), told).status_code
        for name, args in (
            ("matrix-create", ()),
            ("matrix-edit", (matrix.pk,)),
            ("matrix-delete", (matrix.pk,)),
            ("matrix-place", (matrix.pk,)),
            ("matrix-take-off", (matrix.pk,)),
        )
    ]

    assert "Bea: 50 from Price to Comfort" in page
    assert "<button" not in page.split('class="matrix"')[1].split("</main>")[0]
    assert refused == [404] * 5
    assert places(bea, matrix) == [("Bea", 0.5, 0.5)]


def test_matrices_and_personas_of_others_are_not_found(bea: Membership) -> None:
    matrix, stranger = made(bea), make.member()
    theirs, own = editing.persona(stranger), made(stranger)

    answers = [
        client_of(stranger).get(url(stranger, "matrix-page", matrix.pk)),
        client_of(bea).post(
            url(bea, "matrix-place", matrix.pk), {"persona": theirs, "x": "1", "y": "1"}
        ),
        client_of(bea).post(url(bea, "matrix-take-off", own.pk), {"persona": theirs}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


@pytest.mark.parametrize("name", ["matrix-list", "matrix-page"])
def test_more_rows_cost_no_more_queries(bea: Membership, name: str) -> None:
    client, matrix = client_of(bea), made(bea)
    args = [matrix.pk] if name == "matrix-page" else []
    counts = []
    for number in range(3):
        persona = editing.persona(bea, f"Persona {number}")
        place(bea, matrix, persona, number / 10, 0.5)
        made(bea, title=f"Matrix {number}")
        with CaptureQueriesContext(connection) as queries:
            client.get(url(bea, name, *args))
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


@pytest.mark.slow
def test_fifty_personas_are_placed_apart_with_the_queries_of_one(bea: Membership) -> None:
    matrix = made(bea)
    address = reverse("personas:matrix-page", args=[bea.tenant.slug, matrix.pk])
    client, counts, page = client_of(bea), [], ""
    for number in range(50):
        place(bea, matrix, editing.persona(bea, f"Persona {number}"), 0.5, 0.5)
        if number in {0, 49}:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                page = client.get(address).content.decode()
            counts.append(len(queries))
    with tenant_bound(bea.tenant_id):
        shown = matrix_shown(matrix)

    assert counts == [11, 11]
    assert len({one.aside for one in shown.scatter.placed}) == 50
    assert page.count('class="matrix-node') == 50
    assert 'class="matrix is-crowded"' in page


def test_many_that_stand_nowhere_yet_are_chosen_from_a_list(bea: Membership) -> None:
    matrix = made(bea)
    address = reverse("personas:matrix-page", args=[bea.tenant.slug, matrix.pk])
    for number in range(13):
        editing.persona(bea, f"Persona {number}")
    page = client_of(bea).get(address).content.decode()

    assert "13 are not in it yet" in page
    assert page.count("<option value=") == 14
