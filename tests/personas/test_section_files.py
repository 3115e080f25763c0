"""Pictures and files in the sections of personas, and text with a little Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxm.collaboration.models import Asset
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from personas.models import PersonaFile
from personas.services.personas import copy_persona
from tests import make
from tests.collaboration.files import PDF, SVG, office, picture, stored, upload
from tests.personas import editing
from tests.personas.pages import files, loaded, post, put_in, shown, url

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def pk(bea: Membership) -> UUID:
    return editing.persona(bea)


def test_a_picture_is_put_into_a_section_and_read_by_everybody(bea: Membership, pk: UUID) -> None:
    within = editing.section(bea, pk, "image", "Places")

    answer = post(
        bea, "file-add", pk, within, file=upload(picture()), title="The shop", alt="A red door"
    )

    assert answer["Location"] == f"{url('page', bea, pk)}#section-{within}"
    [file] = files(bea, within)
    assert (file.title, file.alt, file.is_decorative) == ("The shop", "A red door", False)
    for reader in (bea, make.member(of=bea.tenant, role=Role.VIEWER)):
        page = shown(reader, "page", pk)
        assert re.search(rf'<img src="[^"]*{file.asset_id}[^"]*" alt="A red door"', page)
        assert "The shop" in page


def test_a_file_is_put_among_the_links_to_be_saved(bea: Membership, pk: UUID) -> None:
    within = editing.section(bea, pk, "links", "Sources")

    post(bea, "file-add", pk, within, file=upload(PDF, "Study 2026.pdf"), title="")

    [file] = files(bea, within)
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    assert re.search(rf'href="[^"]*{file.asset_id}/Study%202026.pdf"', shown(viewer, "page", pk))


def test_pictures_are_named_described_moved_and_taken_out_by_plain_forms(
    bea: Membership, pk: UUID
) -> None:
    within = editing.section(bea, pk, "image", "Places")
    first, second = (
        put_in(bea, pk, within, stored(bea, picture(colour=colour))) for colour in ("red", "blue")
    )
    for field, value in (("title", "Door"), ("alt", "A door"), ("is_decorative", "True")):
        post(bea, "change", pk, op="set", lineage=second, field=field, value=value)

    post(bea, "change", pk, op="move", lineage=second, after="")

    moved = files(bea, within)
    assert [one.pk for one in moved] == [second, first]
    assert (moved[0].title, moved[0].alt, moved[0].is_decorative) == ("Door", "A door", True)
    post(bea, "change", pk, op="delete", lineage=second)
    assert [one.pk for one in files(bea, within)] == [first]
    editing.take_back(bea, pk)
    assert [one.pk for one in files(bea, within)] == [second, first]
    editing.assert_true_log(bea, pk)


def test_pictures_are_shown_whole_or_cut_to_one_size(bea: Membership, pk: UUID) -> None:
    within = editing.section(bea, pk, "image", "Places")
    put_in(bea, pk, within, stored(bea))
    assert 'class="shown-pictures is-contain' in shown(bea, "page", pk)

    post(
        bea,
        "change",
        pk,
        op="set",
        lineage=within,
        field="content",
        **{"value.content.fit": "cover"},
    )

    assert 'class="shown-pictures is-cover' in shown(bea, "page", pk)


@pytest.mark.parametrize(
    ("values", "is_asked"),
    [({}, True), ({"alt": "A door"}, False), ({"is_decorative": True}, False)],
    ids=["without words", "with words", "for decoration"],
)
def test_editors_are_asked_gently_for_words(
    bea: Membership,
    pk: UUID,
    values: dict[str, Any],
    is_asked: bool,
) -> None:
    within = editing.section(bea, pk, "image", "Places")
    put_in(bea, pk, within, stored(bea), **values)

    assert ("do not know yet what it shows" in shown(bea, "page", pk)) == is_asked


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        pytest.param("image", PDF, "This is a PDF. Choose a", id="document among pictures"),
        pytest.param("image", SVG, "SVG pictures can hold scripts", id="svg"),
        pytest.param("links", b"MZ\0", "This kind of file is not taken", id="program"),
        pytest.param(
            "links", office("word/document.xml", "a/vbaProject.bin"), "macros", id="macro"
        ),
    ],
)
def test_a_refused_file_says_why_and_keeps_what_was_typed(
    bea: Membership, pk: UUID, kind: str, content: bytes, words: str
) -> None:
    within = editing.section(bea, pk, kind, "Places")

    answer = post(bea, "file-add", pk, within, file=upload(content), title="The shop")

    page = answer.content.decode()
    assert (answer.status_code, words in page, 'value="The shop"' in page) == (422, True, True)
    assert files(bea, within) == []


def test_hostile_words_for_a_picture_stay_words(bea: Membership, pk: UUID) -> None:
    within = editing.section(bea, pk, "image", "Places")
    hostile = '"><script>alert(1)</script>'
    post(
        bea,
        "file-add",
        pk,
        within,
        file=upload(picture(), f"{hostile}.png"),
        title=hostile,
        alt=hostile,
    )
    post(bea, "picture-upload", pk, file=upload(picture()), alt=hostile)

    for reader in (bea, make.member(of=bea.tenant, role=Role.VIEWER)):
        assert "<script>alert" not in shown(reader, "page", pk)


def test_only_sections_for_files_take_them(bea: Membership, pk: UUID) -> None:
    within = editing.section(bea, pk, "needs", "Needs")

    assert post(bea, "file-add", pk, within, file=upload(picture())).status_code == 404


@pytest.mark.parametrize(
    "name", ["picture-upload", "picture-take-off", "cover-upload", "cover-take-off", "file-add"]
)
def test_viewers_and_strangers_change_no_picture(bea: Membership, pk: UUID, name: str) -> None:
    within = editing.section(bea, pk, "image", "Places")
    args = (pk, within) if name == "file-add" else (pk,)
    head = loaded(bea, pk).head_seq

    for other in (make.member(of=bea.tenant, role=Role.VIEWER), make.member()):
        assert post(other, name, *args, file=upload(picture())).status_code == 404

    assert loaded(bea, pk).head_seq == head
    with tenant_bound(bea.tenant_id):
        assert not Asset.objects.for_tenant(bea.tenant).exists()


def test_a_section_of_another_persona_is_not_found(bea: Membership, pk: UUID) -> None:
    other = editing.persona(bea, "Other")
    within = editing.section(bea, other, "image", "Places")

    assert post(bea, "file-add", pk, within, file=upload(picture())).status_code == 404


def test_a_file_of_another_tenant_is_put_nowhere(bea: Membership, pk: UUID) -> None:
    foreign = stored(make.member())
    within = editing.section(bea, pk, "image", "Places")

    made = post(
        bea,
        "change",
        pk,
        op="create",
        kind="file",
        parent=within,
        **{"value.asset": str(foreign.pk)},
    )
    put = post(bea, "change", pk, op="set", lineage=pk, field="picture", value=str(foreign.pk))

    assert (made.status_code, put.status_code) == (404, 404)
    assert (files(bea, within), loaded(bea, pk).picture) == ([], None)


def test_a_copy_has_the_same_pictures_and_files(bea: Membership, pk: UUID) -> None:
    within = editing.section(bea, pk, "image", "Places")
    put_in(bea, pk, within, stored(bea), title="Door", alt="A door")
    post(bea, "picture-upload", pk, file=upload(picture(colour="blue")), alt="Bea")
    first = loaded(bea, pk)
    first.tenant = bea.tenant

    with tenant_bound(bea.tenant_id):
        copy = copy_persona(persona=first, by=bea, now=make.NOW)
        [file] = PersonaFile.objects.for_tenant(bea.tenant).filter(persona=copy)

    assert (file.title, file.alt, copy.picture_id) == ("Door", "A door", first.picture_id)


def test_the_page_asks_as_often_for_many_pictures_as_for_one(bea: Membership, pk: UUID) -> None:
    within = editing.section(bea, pk, "image", "Places")
    put_in(bea, pk, within, stored(bea))
    one = _queries(bea, pk)

    for colour in ("blue", "green", "white"):
        put_in(bea, pk, within, stored(bea, picture(colour=colour)))
        put_in(bea, pk, editing.section(bea, pk, "links", "Sources"), stored(bea))

    assert _queries(bea, pk) == one


def _queries(member: Membership, pk: UUID) -> int:
    client = Client()
    client.force_login(member.user)
    client.get(url("page", member, pk))
    with CaptureQueriesContext(connection) as asked:
        client.get(url("page", member, pk))
    return len(asked)


# Text with a little Markdown


def test_readers_see_text_with_its_marks_and_editors_what_they_type(
    bea: Membership, pk: UUID
) -> None:
    within = editing.section(bea, pk, "text", "Story")
    told = {"text": "**Late** again\n<b>x</b> [map](https://maps.example)"}
    editing.do(bea, pk, editing.put(within, "content", told))
    html = (
        "<p><strong>Late</strong> again<br>\n&lt;b&gt;x&lt;/b&gt; "
        '<a href="https://maps.example" rel="noopener noreferrer nofollow">map</a></p>'
    )

    assert html in shown(make.member(of=bea.tenant, role=Role.VIEWER), "page", pk)
    page = shown(bea, "page", pk)
    assert html in page
    assert "**Late** again" in page


def test_a_preview_stands_only_where_it_says_more_than_the_text(bea: Membership, pk: UUID) -> None:
    within = editing.section(bea, pk, "text", "Story")
    editing.do(bea, pk, editing.put(within, "content", {"text": "Late again"}))

    assert "as readers see it" not in shown(bea, "page", pk)
