"""Getting stored files over pages and the API: who may, and how they are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.collaboration.models import Asset
from cxm.collaboration.selectors.assets import asset_path
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from tests import make
from tests.collaboration.files import PDF, SVG, picture, stored, upload

if TYPE_CHECKING:
    from pathlib import Path

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db

URL = "/api/v1/assets/"


@pytest.fixture
def bea(media: Path) -> Membership:
    return make.member(role=Role.VIEWER)


def address(asset: Asset, member: Membership) -> str:
    return reverse("collaboration:asset-file", args=[member.tenant.slug, asset.pk, asset.name])


def got(member: Membership, asset: Asset, **headers: str) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.get(address(asset, member), headers=headers)


def heads(member: Membership, *rights: Right) -> dict[str, str]:
    return {"X-Api-Key": make.api_key(of=member.tenant, rights=rights)[1]}


def sent(member: Membership, *rights: Right, **body: Any) -> Any:
    return Client().post(URL, body, headers=heads(member, *rights))


def test_a_picture_is_shown_and_does_nothing_else(bea: Membership) -> None:
    asset = stored(bea, name="Our shop.png")

    answer = got(bea, asset)

    assert answer.content == asset_path(asset).read_bytes()
    wanted = {
        "Content-Type": "image/png",
        "Content-Disposition": 'inline; filename="Our shop.png"',
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, max-age=3600",
        "ETag": f'"{asset.sha256}"',
    }
    assert {name: answer[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("content", "name", "mime", "shown"),
    [
        pytest.param(PDF, "a.pdf", "application/pdf", "a.pdf", id="pdf"),
        pytest.param(b"<script>a</script>", "a.html", "text/plain", "a.txt", id="html"),
    ],
)
def test_a_document_is_saved_and_never_shown(
    bea: Membership, content: bytes, name: str, mime: str, shown: str
) -> None:
    answer = got(bea, stored(bea, content, name))

    assert answer["Content-Disposition"] == f'attachment; filename="{shown}"'
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == (mime, "nosniff")


def test_a_browser_that_has_it_is_told_so(bea: Membership) -> None:
    asset = stored(bea)

    answer = got(bea, asset, if_none_match=f'"{asset.sha256}"')

    assert (answer.status_code, answer.content) == (304, b"")


def test_a_guest_finds_no_file(bea: Membership) -> None:
    asset = stored(bea)

    assert got(make.member(of=bea.tenant, role=Role.GUEST), asset).status_code == 404


def test_another_tenant_finds_no_file_under_its_own_name(bea: Membership) -> None:
    asset = stored(bea)
    stranger = make.member()

    assert got(stranger, asset).status_code == 404
    read = heads(stranger, Right.SEE_JOURNEYS)
    for path in (f"{URL}{asset.pk}/", f"{URL}{asset.pk}/file"):
        assert Client().get(path, headers=read).status_code == 404


@pytest.mark.parametrize("path", [None, "", "nowhere/at/all"])
def test_of_a_file_whose_bytes_are_gone_it_is_said_which_and_what_to_do(
    bea: Membership, path: str | None
) -> None:
    asset = stored(bea)
    if path is None:
        asset_path(asset).unlink()
    else:
        with tenant_bound(bea.tenant_id):
            Asset.objects.for_tenant(bea.tenant).filter(pk=asset.pk).update(path=path)

    shown = got(bea, asset)

    assert shown.status_code == 404
    assert f"“{asset.name}” is not here any more" in shown.content.decode()
    read = heads(bea, Right.SEE_JOURNEYS)
    assert Client().get(f"{URL}{asset.pk}/file", headers=read).status_code == 404


def test_a_program_sends_a_file_reads_about_it_and_gets_it_back(bea: Membership) -> None:
    answer = sent(bea, Right.EDIT_JOURNEYS, file=upload(picture(), "shop.png"), alt="A shop")

    assert answer.status_code == 201
    told = answer.json()
    assert {name: told[name] for name in ("name", "mime", "width", "height", "alt")} == {
        "name": "shop.png",
        "mime": "image/png",
        "width": 8,
        "height": 6,
        "alt": "A shop",
    }
    read = heads(bea, Right.SEE_JOURNEYS)
    assert Client().get(f"{URL}{told['id']}/", headers=read).json() == told
    file = Client().get(f"{URL}{told['id']}/file", headers=read)
    assert (len(file.content), file["ETag"]) == (told["bytes"], f'"{told["sha256"]}"')


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"file": SVG}, "file", id="svg"),
        pytest.param({"file": b""}, "file", id="empty"),
        pytest.param({}, "file", id="none"),
        pytest.param({"file": picture(), "alt": "x" * 501}, "alt", id="long words"),
        pytest.param({"file": picture(), "mime": "text/html"}, "mime", id="unknown field"),
    ],
)
def test_what_a_program_may_not_send_is_refused_by_field(
    bea: Membership, body: dict[str, Any], field: str
) -> None:
    told = {n: upload(v) if isinstance(v, bytes) else v for n, v in body.items()}

    answer = sent(bea, Right.EDIT_JOURNEYS, **told)

    fields = [error["field"] for error in answer.json()["errors"]]
    assert (answer.status_code, fields) == (422, [field])


def test_a_program_that_may_only_read_sends_nothing(bea: Membership) -> None:
    assert sent(bea, Right.SEE_JOURNEYS, file=upload(picture())).status_code == 403
