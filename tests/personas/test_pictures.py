"""Pictures that stand for personas, and covers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.collaboration.models import Asset
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from personas.services.matrices import NAMES, create_matrix, place_persona
from tests import make
from tests.collaboration.files import PDF, SVG, picture, stored, upload
from tests.personas import editing
from tests.personas.pages import loaded, post, put_in, shown, url

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def address_of(asset: Asset) -> str:
    return f"/assets/{asset.pk}/"


@pytest.fixture
def pk(bea: Membership) -> UUID:
    return editing.persona(bea)


def test_an_uploaded_picture_stands_for_a_persona_wherever_it_is_shown(bea: Membership) -> None:
    pk = editing.persona(bea)

    answer = post(bea, "picture-upload", pk, file=upload(picture()), alt="Bea at her desk")

    assert answer["Location"] == url("page", bea, pk)
    asset = loaded(bea, pk).picture
    assert asset
    page = shown(bea, "page", pk)
    assert re.search(rf'<img class="avatar" src="[^"]*{asset.pk}[^"]*" alt="Bea at her desk"', page)
    assert address_of(asset) in shown(bea, "list")
    assert address_of(asset) in shown(bea, "compare", query=f"?p={pk}")


def test_a_matrix_shows_pictures_within_its_drawing(bea: Membership) -> None:
    pk = editing.persona(bea)
    post(bea, "picture-upload", pk, file=upload(picture()), alt="Bea")
    persona = loaded(bea, pk)
    with tenant_bound(bea.tenant_id):
        names = {name: name for name in NAMES}
        matrix = create_matrix(tenant=bea.tenant, names=names, by=bea, now=make.NOW)
        place_persona(matrix=matrix, persona=persona, x=0.5, y=0.5)
    client = Client()
    client.force_login(bea.user)

    page = client.get(reverse("personas:matrix-page", args=[bea.tenant.slug, matrix.pk]))

    assert persona.picture
    address = f"/t/{bea.tenant.slug}{address_of(persona.picture)}picture.png"
    assert f'slice" href="{address}"></image>' in page.content.decode()


def test_an_upload_is_one_change_that_undo_takes_back(bea: Membership) -> None:
    pk = editing.persona(bea)
    before = loaded(bea, pk).avatar
    post(bea, "picture-upload", pk, file=upload(picture()), alt="Bea at her desk")

    editing.take_back(bea, pk)

    after = loaded(bea, pk)
    assert (after.picture, after.avatar) == (None, before)
    editing.take_back(bea, pk, is_redo=True)
    again = loaded(bea, pk)
    assert again.picture
    assert again.avatar["alt"] == "Bea at her desk"
    editing.assert_true_log(bea, pk)


def test_a_picture_for_decoration_needs_no_words(bea: Membership) -> None:
    pk = editing.persona(bea)

    post(bea, "picture-upload", pk, file=upload(picture()), alt="unread", is_decorative="on")

    page = shown(bea, "page", pk)
    assert re.search(r'<img class="avatar" src="[^"]*" alt=""', page)
    assert "Say what it shows" not in page


def test_a_picture_without_words_asks_editors_for_them_and_nobody_else(bea: Membership) -> None:
    pk = editing.persona(bea)
    post(bea, "picture-upload", pk, file=upload(picture()), alt="")

    assert "Say what it shows" in shown(bea, "page", pk)
    assert "Say what it shows" not in shown(
        make.member(of=bea.tenant, role=Role.VIEWER), "page", pk
    )


def test_taken_off_the_drawing_stands_there_again_with_words_of_its_own(bea: Membership) -> None:
    pk = editing.persona(bea)
    post(bea, "picture-upload", pk, file=upload(picture()), alt="Bea at her desk")

    post(bea, "picture-take-off", pk)

    persona = loaded(bea, pk)
    assert (persona.picture, persona.avatar["alt"]) == (None, "")
    assert '<svg class="avatar"' in shown(bea, "page", pk)


def test_a_drawing_that_is_chosen_takes_the_place_of_a_picture(bea: Membership) -> None:
    pk = editing.persona(bea)
    post(bea, "picture-upload", pk, file=upload(picture()), alt="", is_decorative="on")

    post(bea, "picture", pk, face="1", hair="2", skin="3", alt="")

    persona = loaded(bea, pk)
    drawn = {"face": 1, "hair": 2, "skin": 3, "alt": ""}
    assert (persona.picture, persona.avatar) == (None, drawn)


def test_a_cover_is_put_on_and_taken_off(bea: Membership) -> None:
    pk = editing.persona(bea)

    post(bea, "cover-upload", pk, file=upload(picture()))

    cover = loaded(bea, pk).cover
    assert cover
    assert re.search(
        rf'class="persona-cover" src="[^"]*{cover.pk}[^"]*" alt=""', shown(bea, "page", pk)
    )
    post(bea, "cover-take-off", pk)
    assert loaded(bea, pk).cover is None


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        pytest.param("picture-upload", SVG, "SVG pictures can hold scripts", id="svg"),
        pytest.param("picture-upload", PDF, "This is a PDF. Choose a", id="document"),
        pytest.param("picture-upload", b"", "The file is empty", id="empty"),
        pytest.param(
            "picture-upload", picture(size=(90, 90))[:80], "The picture is damaged", id="damaged"
        ),
        pytest.param("cover-upload", PDF, "This is a PDF. Choose a", id="cover"),
    ],
)
def test_a_refused_picture_says_why_and_keeps_what_was_typed(
    bea: Membership, name: str, content: bytes, words: str
) -> None:
    pk = editing.persona(bea)

    answer = post(bea, name, pk, file=upload(content), alt="Bea at her desk")

    page = answer.content.decode()
    assert (answer.status_code, words in page) == (422, True)
    assert ('value="Bea at her desk"' in page) == (name == "picture-upload")
    assert loaded(bea, pk).picture is None


def test_a_form_without_a_file_asks_for_one(bea: Membership) -> None:
    answer = post(bea, "picture-upload", editing.persona(bea), alt="Bea")

    assert (answer.status_code, "Choose a file first." in answer.content.decode()) == (422, True)


def test_a_program_reads_pictures_and_files(bea: Membership, pk: UUID) -> None:
    within = editing.section(bea, pk, "image", "Places")
    asset = stored(bea)
    file = put_in(bea, pk, within, asset, title="Door", alt="A door")
    editing.do(bea, pk, editing.put(pk, "picture", str(asset.pk)))
    _, key = make.api_key(of=bea.tenant, rights=[Right.SEE_JOURNEYS])

    told = Client().get(f"/api/v1/personas/{pk}/", headers={"X-Api-Key": key}).json()

    assert (told["picture"], told["cover"]) == (str(asset.pk), None)
    assert told["sections"][0]["files"] == [
        {
            "id": str(file),
            "asset": str(asset.pk),
            "title": "Door",
            "alt": "A door",
            "is_decorative": False,
        }
    ]


def test_history_tells_of_pictures_without_their_ids(bea: Membership, pk: UUID) -> None:
    within = editing.section(bea, pk, "image", "Places")
    asset = stored(bea)
    put_in(bea, pk, within, asset, title="Door")
    editing.do(bea, pk, editing.put(pk, "picture", str(asset.pk)))

    page = shown(bea, "history", pk)

    assert "added file “Door”" in page
    assert re.search(r"Changed Picture of its own\s*<", page)
    assert str(asset.pk) not in page
